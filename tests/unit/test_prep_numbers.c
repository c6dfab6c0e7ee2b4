/* test_prep_numbers.c - what preparations make of numbers.
 * Expected values: R 4.2.2 (quantile(type = 7), findInterval(), log1p(); weighted ones from
 * rep(x, w); standard deviations with divisor n, as scikit-learn's StandardScaler says), or by
 * hand. */
#include "prep_fixture.h"

#include "la/quantile.h"

#define ROUNDING "a few roundings of values near 20"

static const double x[] = { 2.385, -17.25, 3.0625, 41.5, 0.078125, 2.385, 9.71, -3.3 };
static const double w[] = { 3, 1, 0, 2, 5, 1, 2, 4 };
enum { N = 8 };

static struct ml_table *table_of_x(void)
{
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);

	t->rows = N;
	add_numbers(t, "x", x);
	return t;
}

static void check_quantiles(const double *weights, const double *p, const double *want,
			    size_t n)
{
	struct ml_sorted s;

	MUST(ml_sorted_init(&s, x, weights, N, &err));
	for (size_t k = 0; k < n; k++)
		NEAR(ml_sorted_quantile(&s, p[k]), want[k], 1e-14, ROUNDING);
	ml_sorted_release(&s);
}

TEST("quantile: type 7, weights as counts")
{
	static const double p[] = { 0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1 };
	static const double want[] = {
		-17.25,   -16.2735,           -7.4849999999999977, -0.76640625, 2.385,
		4.724375, 19.246999999999993, 39.274699999999989,  41.5
	};
	static const double wp[] = { 0.01, 0.25, 0.5, 0.75, 0.9 };
	static const double weighted[] = { -14.8785, -2.45546875, 0.078125, 2.385,
					   19.247000000000021 };

	check_quantiles(NULL, p, want, 9);
	check_quantiles(w, wp, weighted, 5);
}

TEST("quantile: weights that are no counts matter by their proportions")
{
	static const double p[] = { 0, 0.1, 0.5, 0.9, 1 };
	static const double want[] = { -17.25, -7.4849999999999977, 2.385, 19.246999999999993,
				       41.5 };
	static const double scale[] = { 0.3, 1e-300, 1.7e300 };
	double equal[N];

	for (size_t s = 0; s < 3; s++) {
		for (size_t i = 0; i < N; i++)
			equal[i] = scale[s];
		check_quantiles(equal, p, want, 5);
	}
}

TEST("quantile: a third of the way between two values is exact")
{
	static const double v[] = { 2000, 1000.5, 1500, 9000, 1200 };
	struct ml_sorted s;

	MUST(ml_sorted_init(&s, v, NULL, 5, &err));
	CHECK(ml_sorted_quantile(&s, 1.0 / 3) == 1300);
	ml_sorted_release(&s);
}

/* 4999 values in a scrambled order: 7 i mod 4999 runs through 0..4998 once. */
TEST("quantile: many values, sorted by digits")
{
	enum { MANY = 4999 };
	struct ml_sorted s;
	double v[MANY], weight[MANY];

	for (size_t i = 0; i < MANY; i++) {
		v[i] = ((double)(7 * i % MANY) - 2499) * 1.25;
		weight[i] = v[i] < 0 ? 2 : 1;
	}
	MUST(ml_sorted_init(&s, v, NULL, MANY, &err));
	CHECK(s.n == MANY && s.total == MANY);
	for (size_t i = 0; i < s.n; i++)
		CHECK(s.v[i] == ((double)i - 2499) * 1.25);
	ml_sorted_release(&s);
	MUST(ml_sorted_init(&s, v, weight, MANY, &err));
	/* 2 * 2499 + 2500 = 7498 values, the middle two of them the two copies of number 1874.
	 */
	CHECK(ml_sorted_quantile(&s, 0.5) == (1874 - 2499) * 1.25);
	ml_sorted_release(&s);
}

TEST("quantile: missing and huge values, ties, nothing at all")
{
	static const double huge[] = { 1.7e308, -1.7e308, NAN, 1.7e308, -1.7e308 };
	struct ml_sorted s;

	MUST(ml_sorted_init(&s, huge, NULL, 5, &err));
	NEAR(ml_sorted_quantile(&s, 0.5), 0, 0, "the middle of two opposite values");
	CHECK(ml_sorted_quantile(&s, 0.9) == 1.7e308);
	CHECK(ml_sorted_mode(&s) == -1.7e308);
	ml_sorted_release(&s);
	MUST(ml_sorted_init(&s, huge + 2, NULL, 1, &err));
	CHECK(isnan(ml_sorted_quantile(&s, 0.5)) && isnan(ml_sorted_mode(&s)));
	ml_sorted_release(&s);
}

/* Column `name` of x, prepared, is `want`. */
static void check_x(const char *prep, const char *spec, const double *weights,
		    const char *option, const char *value, const char *name, const double *want)
{
	struct ml_table *t = table_of_x();
	struct fitted p;

	MUST(fit_named(&p, prep, t, spec, weights, option, value));
	MUST(apply_to(&p, t));
	size_t j = ml_table_find(t, name);
	CHECK(j != SIZE_MAX);
	for (size_t i = 0; j != SIZE_MAX && i < N; i++)
		NEAR(t->col[j].num[i], want[i], 1e-14, ROUNDING);
	release_fitted(&p);
	ml_table_free(t);
}

TEST("scale: standard, minmax, maxabs, robust")
{
	static const double z[] = { -0.15565977565157385, -1.4101622638657394,
				    -0.11237352987795036, 2.3434420744374043,
				    -0.3030486438715409,  -0.15565977565157385,
				    0.31234280780494583,  -0.51888089332397169 };
	static const double minmax[] = { 0.33421276595744676, 0,
					 0.34574468085106386, 1,
					 0.29494680851063831, 0.33421276595744676,
					 0.45889361702127662, 0.23744680851063829 };
	static const double maxabs[] = { 0.057469879518072281,  -0.41566265060240964,
					 0.073795180722891568,  1,
					 0.0018825301204819277, 0.057469879518072281,
					 0.23397590361445786,   -0.079518072289156624 };
	static const double robust[] = { 0,
					 -3.5759938533337121,
					 0.12338863435872631,
					 7.1237585726074952,
					 -0.42013602344839357,
					 0,
					 1.3340542386386274,
					 -1.0353717879400131 };
	double weighted[N];

	for (size_t i = 0; i < N; i++)
		weighted[i] = (x[i] - 4.5500347222222226) / 14.189830924637592;
	check_x("scale", "standard", NULL, NULL, NULL, "x", z);
	check_x("scale", "x=minmax", NULL, NULL, NULL, "x", minmax);
	check_x("scale", "standard,x=maxabs", NULL, NULL, NULL, "x", maxabs);
	check_x("scale", "x=standard,@1=robust", NULL, NULL, NULL, "x", robust);
	check_x("scale", "standard", w, NULL, NULL, "x", weighted);
	check_x("scale", "standard,x=none", NULL, NULL, NULL, "x", x);
}

static void check_scale(const double *v, const char *how, double center, double factor)
{
	struct ml_table t = { .rows = 4 };
	struct fitted p;
	double c = 0, f = 0;

	add_numbers(&t, "x", v);
	MUST(fit_named(&p, "scale", &t, how, NULL, NULL, NULL));
	CHECK(p.prep->affine(p.state, 0, &c, &f));
	NEAR(c / center, 1, 1e-15, "one rounding");
	NEAR(f / factor, 1, 4e-16, "two roundings");
	release_fitted(&p);
	ml_table_release(&t);
}

TEST("scale: constant, huge and tiny columns")
{
	static const double constant[] = { 0.1, 0.1, NAN, 0.1 };
	static const double huge[] = { 1e308, 3e307, 1e308, 3e307 };
	static const double tiny[] = { 1e-200, 3e-200, 1e-200, 3e-200 };

	check_scale(constant, "standard", 0.1, 1);
	check_scale(constant, "minmax", 0.1, 1);
	check_scale(constant, "robust", 0.1, 1);
	check_scale(huge, "standard", 6.5e307, 1 / 3.5e307);
	check_scale(huge, "minmax", 3e307, 1 / 7e307);
	check_scale(tiny, "standard", 2e-200, 1e200);
}

TEST("clip: bounds and quantiles; cells within are not touched")
{
	static const double fixed[] = { 2.385, -5, 3.0625, 10.5, 0.078125, 2.385, 9.71, -3.3 };
	static const double upper[] = { 2.385,    -17.25, 3.0625, 3.0625,
					0.078125, 2.385,  3.0625, -3.3 };
	double inner[N];

	for (size_t i = 0; i < N; i++)
		inner[i] = fmin(fmax(x[i], -7.4849999999999977), 19.246999999999993);
	check_x("clip", "-5..10.5", NULL, NULL, NULL, "x", fixed);
	check_x("clip", "x=..3.0625", NULL, NULL, NULL, "x", upper);
	check_x("clip", "x=q0.1..q0.9", NULL, NULL, NULL, "x", inner);
}

TEST("clip, bins, scale: what is no bound, bin or way is a usage error")
{
	static const char *const wrong[][2] = {
		{ "clip", "x=5..1" },         { "clip", ".." },      { "clip", "x=q2..3" },
		{ "clip", "x=a..b" },         { "bins", "1" },       { "bins", "edges:3;1;2" },
		{ "bins", "edges:1;2" },      { "bins", "cubes:3" }, { "scale", "standrad" },
		{ "scale", "robust,maxabs" },
	};
	struct ml_table *t = table_of_x();
	struct fitted p;

	for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
		CHECK(fit_named(&p, wrong[k][0], t, wrong[k][1], NULL, NULL, NULL) ==
		      ML_EUSAGE);
		release_fitted(&p);
	}
	CHECK(fit_named(&p, "clip", t, "x=100..q0.5", NULL, NULL, NULL) == ML_EDATA);
	release_fitted(&p);
	ml_table_free(t);
}

TEST("bins: quantiles, equal widths, edges")
{
	static const double quarters[] = { 2, 0, 2, 3, 1, 2, 3, 0 };
	static const double widths[] = { 1, 0, 1, 3, 1, 1, 1, 0 };
	static const double edges[] = { 0, 0, 1, 1, 0, 0, 1, 0 };
	static const double high[] = { 0, 0, 0, 1, 0, 0, 0, 0 };

	check_x("bins", "4", NULL, NULL, NULL, "x", quarters);
	check_x("bins", "4", NULL, "strategy", "uniform", "x", widths);
	check_x("bins", "x=uniform:4", NULL, NULL, NULL, "x", widths);
	check_x("bins", "x=edges:0;3.0625;5", NULL, NULL, NULL, "x", edges);
	check_x("bins", "edges:0;3.0625;12;12.5", NULL, "encode", "onehot", "x=>=12", high);
}

TEST("bins: names of the intervals; cuts that coincide are one; missing stays or is a level")
{
	static const double v[] = { 0, 0, 0, 0, 7.5, NAN };
	struct ml_table t = { .rows = 6 };
	struct fitted p;

	add_numbers(&t, "v", v);
	struct ml_table *dummies = copy_table(&t);
	MUST(fit_named(&p, "bins", &t, "v=edges:-1;2.5;1e20;1e30", NULL, "encode", "category"));
	MUST(apply_to(&p, &t));
	CHECK(t.col[0].kind == ML_CATEGORY && t.col[0].levels->n == 3);
	SAME_TEXT(text_of(&t.col[0], 0), "<2.5");
	SAME_TEXT(text_of(&t.col[0], 4), "[2.5,1e20)");
	CHECK(ml_missing(&t.col[0], 5));
	release_fitted(&p);
	MUST(fit_named(&p, "bins", dummies, "v=quantile:3", NULL, "encode", "onehot"));
	MUST(apply_to(&p, dummies));
	CHECK(dummies->ncol == 2);
	SAME_TEXT(dummies->col[0].name, "v=all");
	SAME_TEXT(dummies->col[1].name, "v=NA");
	CHECK(dummies->col[1].num[5] == 1 && dummies->col[1].dummy);
	release_fitted(&p);
	ml_table_free(dummies);
	ml_table_release(&t);
}

TEST("ln, log1p, sqrt: outside their range a cell becomes missing and is counted")
{
	static const double log1ps[] = { 1.2193539063642382,   NAN,
					 1.4017985476558559,   3.7495040759303713,
					 0.075223421237587532, 1.2193539063642382,
					 2.3711778844596574,   NAN };
	static const char *const names[] = { "ln", "log1p", "sqrt" };
	struct fitted p;

	for (size_t k = 0; k < 3; k++) {
		struct ml_table *t = table_of_x();

		MUST(fit_named(&p, names[k], t, "x", NULL, NULL, NULL));
		MUST(apply_to(&p, t));
		CHECK(p.tally[0].undefined == 2);
		for (size_t i = 0; k == 1 && i < N; i++)
			CHECK(isnan(log1ps[i]) ? isnan(t->col[0].num[i])
					       : fabs(t->col[0].num[i] - log1ps[i]) < 1e-15);
		release_fitted(&p);
		ml_table_free(t);
	}
}

/* Three columns of two rows, the second row with a missing b. */
static struct ml_table *table_of_three(void)
{
	static const double v[3][2] = { { 2, 1.5 }, { 3, NAN }, { 5, -4 } };
	static const char *const names[] = { "a", "b", "c" };
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);

	t->rows = 2;
	for (size_t j = 0; j < 3; j++)
		add_numbers(t, names[j], v[j]);
	return t;
}

static void check_products(const char *prep, const char *spec, const char *option,
			   const char *value, const char *const *names, const double *first)
{
	struct ml_table *t = table_of_three();
	struct fitted p;
	size_t j = 3;

	MUST(fit_named(&p, prep, t, spec, NULL, option, value));
	MUST(apply_to(&p, t));
	for (; names[j - 3] && j < t->ncol; j++) {
		SAME_TEXT(t->col[j].name, names[j - 3]);
		CHECK(t->col[j].num[0] == first[j - 3]);
		CHECK(isnan(t->col[j].num[1]) == (strchr(names[j - 3], 'b') != NULL));
	}
	CHECK(!names[j - 3] && j == t->ncol);
	release_fitted(&p);
	ml_table_free(t);
}

/* The order of scikit-learn's PolynomialFeatures. */
TEST("poly, interact: names, order and values of products")
{
	static const char *const two[] = { "a^2", "a*b", "b^2", NULL };
	static const char *const three[] = { "a^2", "a*b",   "a*c",   "b^2",   "b*c",   "c^2",
					     "a^3", "a^2*b", "a^2*c", "a*b^2", "a*b*c", "a*c^2",
					     "b^3", "b^2*c", "b*c^2", "c^3",   NULL };
	static const char *const mixed[] = { "a*b", "a*c", "b*c", NULL };
	static const char *const pairs[] = { "c*a", "b*a", "b*c", NULL };

	check_products("poly", "a,b", NULL, NULL, two, (const double[]){ 4, 6, 9 });
	check_products("poly", "@num", "degree", "3", three,
		       (const double[]){ 4, 6, 10, 9, 15, 25, 8, 12, 20, 18, 30, 50, 27, 45, 75,
					 125 });
	check_products("poly", "a:c", "interaction-only", NULL, mixed,
		       (const double[]){ 6, 10, 15 });
	check_products("interact", "c:a,b:*", NULL, NULL, pairs, (const double[]){ 10, 6, 15 });
}

TEST("poly: a product beyond the doubles is missing and counted; too many products are refused")
{
	static const double v[] = { 1e200, -2 };
	struct ml_table t = { .rows = 2 };
	struct fitted p;
	char name[16];

	add_numbers(&t, "v", v);
	MUST(fit_named(&p, "poly", &t, "v", NULL, NULL, NULL));
	MUST(apply_to(&p, &t));
	CHECK(isnan(t.col[1].num[0]) && t.col[1].num[1] == 4 && p.tally[0].undefined == 1);
	release_fitted(&p);
	for (int j = 0; j < 450; j++) {
		snprintf(name, sizeof name, "n%d", j);
		add_column(&t, name, ML_NUMBER);
	}
	CHECK(fit_named(&p, "poly", &t, "@num", NULL, NULL, NULL) == ML_EDATA);
	SAME_TEXT(err.tag, "E-LIMIT");
	release_fitted(&p);
	ml_table_release(&t);
}

int main(void)
{
	return ml_tests_run();
}
