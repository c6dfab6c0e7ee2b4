/* test_metrics.c - metrics against scikit-learn 1.2.1 on the predictions in tests/data/metrics.
 */
#include <stdlib.h>

#include "metrics/bootstrap.h"
#include "metrics/chances.h"
#include "metrics/curve.h"
#include "test.h"

/* Both sum some hundred numbers; what differs is rounding. */
#define TOL 1e-12
#define WHY "scikit-learn 1.2.1"
enum { MAX = 300, K = 4 };

struct rows {
	struct ml_scored s;
	double truth[MAX], value[MAX], prob[MAX * K], w[MAX], score[MAX];
	int32_t y[MAX], pred[MAX];
};

static const struct ml_metric_opts plain = { .beta = 2, .bins = 15 };
static const char *const vehicle[K] = { "bus", "opel", "saab", "van" };

static int32_t vehicle_of(const char *name)
{
	for (int32_t c = 0; c < K; c++)
		if (!strcmp(name, vehicle[c]))
			return c;
	return -1;
}

static FILE *open_rows(const char *name)
{
	FILE *f = fopen(name, "r");

	CHECK(f != NULL);
	CHECK(f && fscanf(f, "%*[^\n]") == 0); /* the header */
	return f;
}

static void weigh(struct rows *r)
{
	for (size_t i = 0; i < r->s.n; i++)
		r->w[i] = (double)(i % 5 + 1) / 4;
}

static struct rows *binary(void)
{
	struct rows *r = calloc(1, sizeof *r);
	FILE *f = open_rows("tests/data/metrics/metrics_binary.csv");
	size_t n = 0;
	double p;

	for (; f && n < MAX && fscanf(f, "%d,%lf,%d", &r->y[n], &p, &r->pred[n]) == 3; n++) {
		r->prob[2 * n] = 1 - p;
		r->prob[2 * n + 1] = p;
		r->score[n] = p;
	}
	CHECK(n == 192);
	r->s = (struct ml_scored){ .task = ML_FOR_CLASSES,
				   .n = n,
				   .classes = 2,
				   .positive = 1,
				   .y = r->y,
				   .pred = r->pred,
				   .prob = { r->prob, n, 2, 2 } };
	weigh(r);
	if (f)
		fclose(f);
	return r;
}

static struct rows *multi(void)
{
	struct rows *r = calloc(1, sizeof *r);
	FILE *f = open_rows("tests/data/metrics/metrics_multi.csv");
	size_t n = 0;
	char y[16], pred[16];

	while (f && n < MAX) {
		double *p = r->prob + K * n;
		if (fscanf(f, " %15[^,],%15[^,],%lf,%lf,%lf,%lf", y, pred, p, p + 1, p + 2,
			   p + 3) != 6)
			break;
		r->y[n] = vehicle_of(y);
		r->pred[n++] = vehicle_of(pred);
	}
	CHECK(n == 212);
	r->s = (struct ml_scored){ .task = ML_FOR_CLASSES,
				   .n = n,
				   .classes = K,
				   .y = r->y,
				   .pred = r->pred,
				   .prob = { r->prob, n, K, K } };
	weigh(r);
	if (f)
		fclose(f);
	return r;
}

static struct rows *numbers(void)
{
	struct rows *r = calloc(1, sizeof *r);
	FILE *f = open_rows("tests/data/metrics/metrics_reg.csv");
	size_t n = 0;

	while (f && n < MAX && fscanf(f, "%lf,%lf", &r->truth[n], &r->value[n]) == 2)
		n++;
	CHECK(n == 258);
	r->s = (struct ml_scored){
		.task = ML_FOR_NUMBERS, .n = n, .truth = r->truth, .value = r->value
	};
	weigh(r);
	if (f)
		fclose(f);
	return r;
}

struct made {
	struct ml_sheet sheet;
	struct ml_parts parts;
};

static void make(struct made *m, const struct ml_scored *rows, bool keep)
{
	struct ml_error err = { 0 };

	CHECK(!ml_sheet_init(&m->sheet, rows, ~0u, keep, &err));
	CHECK(!ml_parts_init(&m->parts, &m->sheet, &err));
	CHECK(!ml_parts_fill(&m->parts, rows->w, &err));
}

static void unmake(struct made *m)
{
	ml_parts_release(&m->parts);
	ml_sheet_release(&m->sheet);
}

/* NAME, or NAME:CLASS with the number of a class. */
static struct ml_measure measure(const char *name)
{
	struct ml_measure m = { 0 };
	const char *colon = strchr(name, ':');
	size_t len = colon ? (size_t)(colon - name) : strlen(name);

	CHECK(ml_metric_find(name, len, &m));
	if (colon) {
		m.average = ML_AVG_CLASS;
		m.cls = (size_t)(colon[1] - '0');
	}
	return m;
}

struct expected {
	const char *name;
	double plain, weighted;
};

static void compare(struct rows *r, const struct expected *e, size_t n, bool keep)
{
	for (int weighted = 0; weighted < 2; weighted++) {
		struct made m;
		r->s.w = weighted ? r->w : NULL;
		make(&m, &r->s, keep);
		for (size_t i = 0; i < n; i++) {
			struct ml_measure what = measure(e[i].name);
			double got = ml_measure_value(&what, &m.parts, &plain);
			double want = weighted ? e[i].weighted : e[i].plain;
			if (!(fabs(got - want) <= TOL * fmax(1, fabs(want))))
				printf("# %s:\n", e[i].name);
			NEAR(got, want, TOL, WHY);
		}
		unmake(&m);
	}
}
#define COMPARE(r, e, keep) compare((r), (e), sizeof(e) / sizeof *(e), (keep))

/* sklearn.metrics on metrics_binary.csv; weights 0.25 (i % 5 + 1).  ece by its definition in
 * NumPy (bins from searchsorted), since scikit-learn has none. */
static const struct expected of_two[] = {
	{ "accuracy", 0.7708333333333334, 0.7417102966841187 },
	{ "balanced-accuracy", 0.727044776119403, 0.6989063568010936 },
	{ "precision", 0.7090909090909091, 0.6848484848484848 },
	{ "recall", 0.582089552238806, 0.5406698564593302 },
	{ "specificity", 0.872, 0.8571428571428571 },
	{ "f1", 0.6393442622950819, 0.6042780748663102 },
	{ "fbeta", 0.6037151702786377, 0.5644355644355644 },
	{ "f1-macro", 0.735702665498686, 0.7062841151533623 },
	{ "f1-micro", 0.7708333333333333, 0.7417102966841187 },
	{ "f1-weighted", 0.764810933133108, 0.7338773721245544 },
	{ "mcc", 0.47873181384828434, 0.422892944760389 },
	{ "kappa", 0.47377600597981806, 0.41648088514573534 },
	{ "auc", 0.8328955223880596, 0.819778905305221 },
	{ "roc_auc", 0.8328955223880596, 0.819778905305221 },
	{ "auc:0", 0.8328955223880596, 0.819778905305221 },
	{ "average-precision", 0.7128162455732813, 0.6941926882284297 },
	{ "average-precision:0", 0.9046916170472674, 0.8956380922189854 },
	{ "log-loss", 0.47607477151833355, 0.5024859445371013 },
	{ "brier", 0.15670364583333335, 0.16839912739965096 },
	{ "ece", 0.06432291666666669, 0.09356020942408379 },
};

/* sklearn.metrics on metrics_multi.csv, one class against the rest where it has no argument for
 * it. */
static const struct expected of_four[] = {
	{ "accuracy", 0.7783018867924528, 0.7883096366508688 },
	{ "balanced-accuracy", 0.7801025983101455, 0.7878832872697098 },
	{ "mcc", 0.7074518921367069, 0.7238596246440708 },
	{ "kappa", 0.7042094638722318, 0.7174455440927124 },
	{ "log-loss", 0.4645505606299806, 0.4350472258941704 },
	{ "precision", 0.7770013593370992, 0.7898008562897865 },
	{ "precision-macro", 0.7770013593370992, 0.7898008562897865 },
	{ "precision-micro", 0.7783018867924528, 0.7883096366508688 },
	{ "precision-weighted", 0.7748757268560227, 0.7926037204320998 },
	{ "precision:0", 0.85, 0.865979381443299 },
	{ "precision:2", 0.6229508196721312, 0.6065573770491803 },
	{ "recall-macro", 0.7801025983101455, 0.7878832872697098 },
	{ "recall-weighted", 0.7783018867924528, 0.7883096366508688 },
	{ "recall:1", 0.5094339622641509, 0.4782608695652174 },
	{ "specificity:3", 0.9753086419753086, 0.973305954825462 },
	{ "f1-macro", 0.7731722477606817, 0.7777447130564663 },
	{ "f1-micro", 0.7783018867924528, 0.7883096366508687 },
	{ "f1-weighted", 0.771193066990195, 0.779301899956032 },
	{ "f1:0", 0.8869565217391303, 0.9032258064516129 },
	{ "fbeta-macro", 0.7762535774929825, 0.7817426711586615 },
	{ "fbeta-weighted", 0.7743772133850815, 0.7826239320182518 },
	{ "fbeta:1", 0.5399999999999999, 0.51747311827957 },
	{ "auc", 0.946709643339203, 0.9536257696105697 },
	{ "auc-weighted", 0.9461381851145941, 0.9543812804115338 },
	{ "auc:2", 0.8960384435067978, 0.9151156310950126 },
	{ "average-precision", 0.8639260770989265, 0.8805188837080365 },
	{ "average-precision-weighted", 0.862591700394657, 0.8824720995225621 },
	{ "average-precision:1", 0.7214689267753669, 0.7647740889827086 },
	{ "brier", 0.27691894635932257, 0.2581263907222079 },
	{ "ece", 0.08111308582073422, 0.09823663216945819 },
};

/* sklearn.metrics on metrics_reg.csv; the weighted median is numpy.median of the rows repeated.
 */
static const struct expected of_numbers[] = {
	{ "mae", 6.936217054263565, 6.717566796368351 },
	{ "mse", 84.79523032558139, 82.07652724254214 },
	{ "rmse", 9.208432566163548, 9.059609662813411 },
	{ "r2", 0.7287668012745172, 0.7276252742235558 },
	{ "median-ae", 5.284999999999998, 4.881999999999998 },
	{ "mape", 0.2596384914127257, 0.2532282999136437 },
	{ "max-error", 40.384, 40.384 },
	{ "explained-variance", 0.7321125420802443, 0.7301686805032483 },
};

TEST("two classes: as scikit-learn, plain and weighted")
{
	struct rows *r = binary();

	COMPARE(r, of_two, false);
	free(r);
}

TEST("four classes: as scikit-learn, plain and weighted, orders kept or not")
{
	struct rows *r = multi();

	COMPARE(r, of_four, false);
	COMPARE(r, of_four, true);
	free(r);
}

TEST("numbers: as scikit-learn, plain and weighted")
{
	struct rows *r = numbers();

	COMPARE(r, of_numbers, true);
	free(r);
}

TEST("a score need not be a probability: only its order counts")
{
	struct rows *r = binary();
	struct made m;
	struct ml_measure auc = measure("auc"), ap = measure("ap:0");

	for (size_t i = 0; i < r->s.n; i++)
		r->score[i] = 3.7 * r->score[i] - 2.1;
	r->s.score = r->score;
	r->s.prob = (struct ml_mat){ 0 };
	make(&m, &r->s, false);
	NEAR(ml_measure_value(&auc, &m.parts, &plain), 0.8328955223880596, TOL, WHY);
	NEAR(ml_measure_value(&ap, &m.parts, &plain), 0.9046916170472674, TOL, WHY);
	unmake(&m);
	free(r);
}

static double small_value(const char *name, struct ml_scored *rows)
{
	struct ml_measure what = measure(name);
	struct made m;

	make(&m, rows, false);
	double v = ml_measure_value(&what, &m.parts, &plain);
	unmake(&m);
	return v;
}

TEST("all scores tied: the area is 0.5 exactly, with any weights")
{
	int32_t y[] = { 0, 1, 0, 1, 1 };
	double score[] = { 0.3, 0.3, 0.3, 0.3, 0.3 }, w[] = { 0.1, 2.385, 0.7, 1.1, 3.3 };
	struct ml_scored s = { .n = 5, .classes = 2, .positive = 1, .y = y, .score = score };

	CHECK(small_value("auc", &s) == 0.5);
	s.w = w;
	CHECK(small_value("auc", &s) == 0.5);
}

TEST("-0 and 0 are the same score")
{
	int32_t y[] = { 0, 1, 0, 1 };
	double score[] = { 0.0, -0.0, -0.0, 0.0 };
	struct ml_scored s = { .n = 4, .classes = 2, .positive = 1, .y = y, .score = score };

	CHECK(small_value("auc", &s) == 0.5);
}

TEST("what is not defined is NaN, never 0 or 0.5")
{
	int32_t ones[] = { 1, 1, 1 }, zeros[] = { 0, 0, 0 }, both[] = { 0, 1, 1 };
	double score[] = { 0.2, 0.9, 0.4 }, flat[] = { 2.5, 2.5, 2.5 }, zero[] = { 1, 0, 2 };
	struct ml_scored s = {
		.n = 3, .classes = 2, .positive = 1, .y = ones, .score = score, .pred = zeros
	};

	CHECK(isnan(small_value("auc", &s)));
	CHECK(isnan(small_value("precision", &s)));
	CHECK(isnan(small_value("specificity", &s)));
	CHECK(small_value("recall", &s) == 0);
	CHECK(small_value("f1", &s) == 0);
	CHECK(isnan(small_value("mcc", &s)));
	CHECK(small_value("kappa", &s) == 0);
	s.pred = ones;
	CHECK(isnan(small_value("kappa", &s)));
	s.y = zeros;
	CHECK(isnan(small_value("recall", &s)));
	CHECK(isnan(small_value("average-precision", &s)));
	s.y = both;
	CHECK(isnan(small_value("mcc", &s)));
	struct ml_scored v = { .task = ML_FOR_NUMBERS, .n = 3, .truth = flat, .value = zero };
	CHECK(isnan(small_value("r2", &v)));
	CHECK(isnan(small_value("explained-variance", &v)));
	v = (struct ml_scored){ .task = ML_FOR_NUMBERS, .n = 3, .truth = zero, .value = flat };
	CHECK(isnan(small_value("mape", &v)));
	double huge[] = { 1e308, -1e308, 1e308 }, other[] = { -1e308, 1e308, -1e308 };
	v = (struct ml_scored){ .task = ML_FOR_NUMBERS, .n = 3, .truth = huge, .value = other };
	CHECK(isnan(small_value("mse", &v)));
}

TEST("a certain mistake costs a finite log loss: minus log of 2^-52")
{
	int32_t y[] = { 0, 1 };
	double prob[] = { 0, 1, 0, 1 };
	struct ml_scored s = {
		.n = 2, .classes = 2, .positive = 1, .y = y, .prob = { prob, 2, 2, 2 }
	};

	NEAR(small_value("log-loss", &s), 52 * log(2) / 2, 1e-15, "the definition");
}

TEST("bins: the upper edge belongs to the bin, 0 to the first")
{
	for (size_t bins = 1; bins <= ML_BINS_MAX; bins += 37)
		for (size_t b = 0; b < bins; b++) {
			double edge = (double)(b + 1) / (double)bins;
			CHECK(ml_bin_of(edge, bins) == b);
			CHECK(ml_bin_of(nextafter(edge, 2), bins) ==
			      (b + 1 < bins ? b + 1 : b));
		}
	CHECK(ml_bin_of(0, 15) == 0);
	CHECK(ml_bin_of(1, 15) == 14);
}

struct points {
	double v[MAX][ML_CURVE_COLUMNS];
	size_t n;
};

static int add_point(void *arg, const double *v, struct ml_error *err)
{
	struct points *p = arg;

	(void)err;
	memcpy(p->v[p->n++], v, sizeof p->v[0]);
	return 0;
}

TEST("the ROC curve has the area that auc tells")
{
	struct rows *r = binary();
	struct points p = { .n = 0 };
	struct ml_error err = { 0 };
	struct made m;
	double area = 0;

	make(&m, &r->s, false);
	CHECK(!ml_curves[0].points(&m.parts, 1, &plain, add_point, &p, &err));
	for (size_t i = 1; i < p.n; i++)
		area += (p.v[i][1] - p.v[i - 1][1]) * (p.v[i][2] + p.v[i - 1][2]) / 2;
	NEAR(area, 0.8328955223880596, TOL, WHY);
	CHECK(isnan(p.v[0][0]) && p.v[0][1] == 0 && p.v[0][2] == 0);
	CHECK(p.v[p.n - 1][1] == 1 && p.v[p.n - 1][2] == 1);
	unmake(&m);
	free(r);
}

TEST("the precision-recall curve goes through scikit-learn's points")
{
	struct rows *r = binary();
	struct points p = { .n = 0 };
	struct ml_error err = { 0 };
	struct made m;

	make(&m, &r->s, false);
	CHECK(!ml_curves[1].points(&m.parts, 1, &plain, add_point, &p, &err));
	CHECK(p.n == 77);
	CHECK(isnan(p.v[0][0]) && p.v[0][1] == 1 && p.v[0][2] == 0);
	/* The end of sklearn's precision_recall_curve, which goes upwards. */
	NEAR(p.v[4][0], 0.93, 0, WHY);
	NEAR(p.v[4][1], 0.83333333, 1e-8, WHY);
	NEAR(p.v[4][2], 0.07462687, 1e-8, WHY);
	unmake(&m);
	free(r);
}

TEST("the calibration curve has scikit-learn's bins")
{
	/* sklearn.calibration.calibration_curve(n_bins=10) on metrics_binary.csv */
	static const double observed[] = { 0.023255813953488372,
					   0.16,
					   0.2903225806451613,
					   0.3333333333333333,
					   0.4666666666666667,
					   0.6,
					   0.5833333333333334,
					   0.9,
					   0.8,
					   0.7777777777777778 };
	static const double predicted[] = { 0.062093023255813985,
					    0.14600000000000002,
					    0.2506451612903226,
					    0.34925925925925927,
					    0.45999999999999996,
					    0.5439999999999999,
					    0.645,
					    0.767,
					    0.835,
					    0.9366666666666666 };
	struct ml_metric_opts ten = { .bins = 10 };
	struct rows *r = binary();
	struct points p = { .n = 0 };
	struct ml_error err = { 0 };
	struct made m;

	make(&m, &r->s, false);
	CHECK(!ml_curves[2].points(&m.parts, 1, &ten, add_point, &p, &err));
	CHECK(p.n == 10);
	for (size_t b = 0; b < p.n && b < 10; b++) {
		NEAR(p.v[b][2], predicted[b], TOL, WHY);
		NEAR(p.v[b][3], observed[b], TOL, WHY);
	}
	unmake(&m);
	free(r);
}

static void intervals(const struct rows *r, int threads, struct ml_interval out[3],
		      const struct ml_resampling *how)
{
	struct ml_measure m[] = { measure("accuracy"), measure("auc"), measure("f1") };
	struct ml_run run = { .threads = threads, .seed = 7, .deadline = INFINITY };
	struct ml_error err = { 0 };
	struct made made;

	make(&made, &r->s, true);
	CHECK(!ml_bootstrap(&made.sheet, m, 3, &plain, how, &run, out, &err));
	unmake(&made);
}

TEST("bootstrap: threads do not change the intervals, which hold the value")
{
	struct ml_resampling how = { .resamples = 300, .confidence = 0.95 };
	struct rows *r = binary();
	struct ml_interval one[3], four[3];

	intervals(r, 1, one, &how);
	intervals(r, 4, four, &how);
	for (int i = 0; i < 3; i++) {
		CHECK(one[i].lo == four[i].lo && one[i].hi == four[i].hi);
		CHECK(one[i].undefined == 0);
	}
	CHECK(one[0].lo < 0.7708333 && one[0].hi > 0.7708334);
	/* Normal approximation: 1.96 sqrt(a (1 - a) / 192) = 0.0595; 300 resamples leave a
	 * tenth. */
	NEAR(one[0].hi - one[0].lo, 2 * 0.0595, 0.02, "normal approximation");
	free(r);
}

TEST("bootstrap: rows of a group are drawn together")
{
	int32_t group[MAX];
	struct ml_resampling how = {
		.resamples = 100, .confidence = 0.9, .group = group, .groups = 1
	};
	struct rows *r = binary();
	struct ml_interval out[3];

	memset(group, 0, sizeof group);
	intervals(r, 2, out, &how);
	CHECK(out[0].lo == out[0].hi); /* one group is always the whole table */
	free(r);
}

int main(void)
{
	return ml_tests_run();
}
