/* test_metric_contract.c - the laws that every metric of the registry keeps. */
#include <stdlib.h>

#include "base/rng.h"
#include "metrics/sheet.h"
#include "test.h"

/* Values differ by the rounding of a few hundred additions. */
#define TOL 1e-12
enum { N = 173, K = 5, P = 3, GROUPS = 11 };

static const struct ml_metric_opts opts = { .beta = 0.37, .bins = 11 };

/* Twice N rows, so that rows can be written twice. */
struct rows {
	double w[2 * N], truth[2 * N], value[2 * N], prob[2 * N * K], x[2 * N * P];
	int32_t y[2 * N], pred[2 * N], group[2 * N];
};

static void random_rows(struct rows *r, size_t k, uint64_t seed)
{
	struct ml_rng g;

	ml_rng_init(&g, seed, "test-metrics", k);
	for (size_t i = 0; i < N; i++) {
		double *p = r->prob + i * k, sum = 0;
		r->y[i] = (int32_t)ml_rng_below(&g, k);
		r->pred[i] = (int32_t)(ml_rng_below(&g, 3) ? (uint64_t)r->y[i]
							   : ml_rng_below(&g, k));
		r->w[i] = 0.13 + ml_rng_uniform(&g);
		r->truth[i] = 2.385 + 10 * ml_rng_uniform(&g);
		r->value[i] = r->truth[i] + ml_rng_uniform(&g) - 0.417;
		for (size_t j = 0; j < P; j++)
			r->x[i * P + j] = 1.7 * r->y[i] * (double)(j + 1) + ml_rng_uniform(&g);
		r->group[i] = (int32_t)ml_rng_below(&g, GROUPS);
		/* Few distinct scores: ties. */
		for (size_t c = 0; c < k; c++)
			sum += p[c] =
				(double)(1 + ml_rng_below(&g, 4)) + (r->y[i] == (int32_t)c);
		for (size_t c = 0; c < k; c++)
			p[c] /= sum;
	}
}

/* Relevances of a few levels, and predictions that are wrong at times, some of them alike. */
static void to_be_ranked(struct rows *r)
{
	for (size_t i = 0; i < N; i++) {
		double off = r->value[i] - r->truth[i];

		r->truth[i] = fmax(0, floor(r->truth[i] / 2.4) - 3);
		r->value[i] = r->truth[i] + round(7 * off);
	}
}

static void copy_row(struct rows *to, size_t i, const struct rows *from, size_t j, size_t k)
{
	to->w[i] = from->w[j];
	to->truth[i] = from->truth[j];
	to->value[i] = from->value[j];
	to->y[i] = from->y[j];
	to->pred[i] = from->pred[j];
	memcpy(to->x + i * P, from->x + j * P, P * sizeof *to->x);
	to->group[i] = from->group[j];
	memcpy(to->prob + i * k, from->prob + j * k, k * sizeof *to->prob);
}

static double value_of(const struct ml_measure *m, struct rows *r, size_t n, size_t k,
		       bool weighted)
{
	struct ml_scored s = { .task = m->metric->task,
			       .n = n,
			       .w = weighted ? r->w : NULL,
			       .truth = r->truth,
			       .value = r->value,
			       .group = r->group,
			       .classes = k,
			       .positive = k - 1,
			       .y = r->y,
			       .pred = r->pred,
			       .prob = { r->prob, n, k, k },
			       .x = { r->x, n, P, P },
			       .noise = -1,
			       .threads = 2 };
	struct ml_sheet sheet;
	struct ml_parts parts;
	struct ml_error err = { 0 };

	CHECK(!ml_sheet_init(&sheet, &s, ml_measure_needs(m), false, &err));
	CHECK(!ml_parts_init(&parts, &sheet, &err));
	CHECK(!ml_parts_fill(&parts, s.w, &err));
	double v = ml_measure_value(m, &parts, &opts);
	ml_parts_release(&parts);
	ml_sheet_release(&sheet);
	return v;
}

/* Calls `law` for each metric, its averages and classes, with 2, 3 and K classes. */
typedef void law_fn(const struct ml_measure *m, struct rows *r, size_t k);

static void hold(law_fn *law)
{
	static const size_t counts[] = { 2, 3, K };
	struct rows *r = calloc(1, sizeof *r);

	for (const struct ml_metric *const *m = ml_metrics; *m; m++)
		for (size_t i = 0; i < 3; i++)
			for (int a = ML_AVG_PLAIN; a <= ML_AVG_CLASS; a++) {
				struct ml_measure what = { *m, (enum ml_average)a, 1, 0 };
				if (a != ML_AVG_PLAIN && !ml_metric_has_classes(*m))
					continue;
				if (a == ML_AVG_MICRO && !(*m)->of_counts)
					continue;
				random_rows(r, counts[i], i);
				/* Chance agreement of clusters is about whole rows. */
				for (size_t t = 0; (*m)->task == ML_FOR_CLUSTERS && t < N; t++)
					r->w[t] = ceil(3 * r->w[t]);
				if ((*m)->of_ranks)
					to_be_ranked(r);
				int before = ml_test_failed;
				law(&what, r, counts[i]);
				if (ml_test_failed > before)
					printf("# ... %s%s of %zu classes\n", (*m)->name,
					       ml_average_suffix(what.average), counts[i]);
			}
	free(r);
}

static void same_in_any_order(const struct ml_measure *m, struct rows *r, size_t k)
{
	struct rows *other = calloc(1, sizeof *other);
	struct ml_rng g;
	size_t order[N];

	for (size_t i = 0; i < N; i++)
		order[i] = i;
	ml_rng_init(&g, 1, "test-order", 0);
	ml_rng_shuffle(&g, order, N);
	for (size_t i = 0; i < N; i++)
		copy_row(other, i, r, order[i], k);
	NEAR(value_of(m, other, N, k, true), value_of(m, r, N, k, true), TOL, "rounding");
	free(other);
}

static void weight_two_is_twice(const struct ml_measure *m, struct rows *r, size_t k)
{
	struct rows *twice = calloc(1, sizeof *twice);
	size_t n = 0;

	for (size_t i = 0; i < N; i++) {
		bool ranks = m->metric->of_ranks != NULL;
		bool heavy = (ranks ? (size_t)r->group[i] : i) % 3 == 0;

		r->w[i] = 1 + (double)heavy;
		copy_row(twice, n++, r, i, k);
		if (!heavy)
			continue;
		copy_row(twice, n++, r, i, k);
		twice->group[n - 1] += ranks ? GROUPS : 0;
	}
	NEAR(value_of(m, r, N, k, true), value_of(m, twice, n, k, false), TOL, "rounding");
	free(twice);
}

static void weight_zero_is_absent(const struct ml_measure *m, struct rows *r, size_t k)
{
	struct rows *less = calloc(1, sizeof *less);
	size_t n = 0;

	for (size_t i = 0; i < N; i++) {
		if (i % 4 == 0) {
			r->w[i] = 0;
			r->value[i] += 100;
			r->x[i * P] -= 100;
			r->truth[i] = i % 8 ? 0 : -1000;
		} else {
			copy_row(less, n++, r, i, k);
		}
	}
	NEAR(value_of(m, r, N, k, true), value_of(m, less, n, k, true), TOL, "rounding");
	free(less);
}

static void in_range(const struct ml_measure *m, struct rows *r, size_t k)
{
	double v = value_of(m, r, N, k, true);

	CHECK(v >= m->metric->lo && v <= m->metric->hi);
	/* The predictions are better than chance, but not perfect. */
	CHECK(v != m->metric->hi && (v != m->metric->lo));
}

static void perfect_is_best(const struct ml_measure *m, struct rows *r, size_t k)
{
	for (size_t i = 0; i < N; i++) {
		r->pred[i] = r->y[i];
		r->value[i] = r->truth[i];
		for (size_t c = 0; c < k; c++)
			r->prob[i * k + c] = r->y[i] == (int32_t)c;
	}
	double best = m->metric->higher_better ? m->metric->hi : m->metric->lo;
	/* Clusters that are the truth need not lie apart. */
	if (m->metric->needs & ML_NEEDS_FEATURES || isinf(best))
		return;
	NEAR(value_of(m, r, N, k, true), best, 1e-15, "one rounding");
	CHECK(value_of(m, r, N, k, false) == best);
}

static void wrong_is_worst(const struct ml_measure *m, struct rows *r, size_t k)
{
	double before = value_of(m, r, N, k, true);

	for (size_t i = 0; i < N; i++) {
		/* Clusters have other names anyway. */
		r->pred[i] =
			(int32_t)(((m->metric->task == ML_FOR_CLUSTERS ? i : (size_t)r->y[i]) +
				   1) %
				  k);
		r->value[i] =
			m->metric->of_ranks ? -r->truth[i] : r->truth[i] - 20 - (double)(i % 7);
		for (size_t c = 0; c < k; c++)
			r->prob[i * k + c] = r->pred[i] == (int32_t)c;
	}
	double after = value_of(m, r, N, k, true);
	CHECK(m->metric->higher_better ? after < before : after > before);
	CHECK(after >= m->metric->lo && after <= m->metric->hi);
}

TEST("every metric: the order of the rows does not matter")
{
	hold(same_in_any_order);
}

TEST("every metric: weight 2 equals the row twice, or where rows are ranked the group")
{
	hold(weight_two_is_twice);
}

TEST("every metric: weight 0 equals the row absent")
{
	hold(weight_zero_is_absent);
}

TEST("every metric: values lie in its range")
{
	hold(in_range);
}

TEST("every metric: perfect predictions reach the best end of its range")
{
	hold(perfect_is_best);
}

TEST("every metric: wrong predictions are worse, and in its range")
{
	hold(wrong_is_worst);
}

TEST("the registry: sorted, whole, each name found, each with one function")
{
	for (const struct ml_metric *const *m = ml_metrics; *m; m++) {
		struct ml_measure found = { 0 };
		CHECK(!m[1] || strcmp((*m)->name, m[1]->name) < 0);
		CHECK((*m)->summary && (*m)->summary[strlen((*m)->summary) - 1] != '.');
		CHECK((*m)->undefined && (*m)->lo < (*m)->hi);
		CHECK(((*m)->value != NULL) + ((*m)->of_counts != NULL) +
			      ((*m)->of_class != NULL) + ((*m)->of_ranks != NULL) ==
		      1);
		CHECK((*m)->needs != 0);
		CHECK(ml_metric_find((*m)->name, strlen((*m)->name), &found) &&
		      found.metric == *m);
	}
}

TEST("names: aliases, averages, underscores; what does not exist is not found")
{
	struct ml_measure m;

	CHECK(ml_metric_find("roc_auc", 7, &m) && !strcmp(m.metric->name, "auc"));
	CHECK(ml_metric_find("f1_macro", 8, &m) && m.average == ML_AVG_MACRO);
	CHECK(ml_metric_find("precision-weighted", 18, &m) && m.average == ML_AVG_WEIGHTED);
	CHECK(!ml_metric_find("auc-micro", 9, &m));
	CHECK(!ml_metric_find("accuracy-macro", 14, &m));
	CHECK(!ml_metric_find("-macro", 6, &m));
	CHECK(!ml_metric_find("f1-", 3, &m));
	CHECK(!ml_metric_find("", 0, &m));
	CHECK(!ml_metric_find("accuracyy", 9, &m));
	CHECK(ml_metric_find("ndcg@10", 7, &m) && m.top == 10 &&
	      !strcmp(m.metric->name, "ndcg"));
	CHECK(ml_metric_find("ndcg", 4, &m) && m.top == 0);
	CHECK(!ml_metric_find("ndcg@", 5, &m) && !ml_metric_find("ndcg@0", 6, &m));
	CHECK(!ml_metric_find("ndcg@1x", 7, &m) && !ml_metric_find("ndcg@99999999999", 16, &m));
	CHECK(!ml_metric_find("rmse@10", 7, &m) && !ml_metric_find("@10", 3, &m));
}

int main(void)
{
	return ml_tests_run();
}
