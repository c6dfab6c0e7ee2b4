/* test_ranking.c - rows that are ranked within groups: metrics against scikit-learn 1.2.1 and
 * against all orders of what is tied, gradients of LambdaRank against their definition. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "metrics/sheet.h"
#include "models/boost_opts.h"
#include "models/lambdarank.h"
#include "test.h"

#define TOL 1e-14
#define WHY "scikit-learn 1.2.1 on the same rows; a few roundings"

/* ---- metrics ---- */

/* Four groups, their rows mixed; group 2 has no relevant one. */
enum { N = 30 };
static const double relevance[N] = { 3, 3, 0, 3, 3, 3, 2, 0, 0, 3, 2, 1, 3, 0, 0,
				     3, 0, 0, 2, 2, 0, 0, 1, 1, 0, 3, 3, 0, 0, 0 };
static const double guess[N] = { 0.885, 1.135, 0.5,   0.885, 0.885, 1.385, 1.635, 1.0,
				 0.5,   0.385, 0.885, 0.25,  0.885, 1.0,   0.25,  1.385,
				 0.885, 1.25,  0.635, 0.885, 1.0,   0.5,   0.5,   0.0,
				 0.885, 0.885, 1.135, 0.5,   0.75,  0.25 };
static const int32_t group[N] = { 3, 3, 0, 0, 0, 0, 1, 1, 3, 0, 3, 3, 3, 3, 1,
				  1, 2, 2, 1, 0, 3, 2, 3, 0, 2, 1, 0, 3, 3, 0 };

static double value_of(const char *name, const double *truth, const double *value,
		       const double *w)
{
	struct ml_scored rows = { .task = ML_FOR_NUMBERS,
				  .n = N,
				  .w = w,
				  .truth = truth,
				  .value = value,
				  .group = group };
	const struct ml_metric_opts opts = { .beta = 1, .bins = 15 };
	struct ml_measure m = { 0 };
	struct ml_sheet sheet;
	struct ml_parts parts;
	struct ml_error err = { 0 };

	CHECK(ml_metric_find(name, strlen(name), &m));
	CHECK(!ml_sheet_init(&sheet, &rows, ml_measure_needs(&m), false, &err));
	CHECK(!ml_parts_init(&parts, &sheet, &err));
	CHECK(!ml_parts_fill(&parts, w, &err));
	double v = ml_measure_value(&m, &parts, &opts);
	ml_parts_release(&parts);
	ml_sheet_release(&sheet);
	return v;
}

TEST("ndcg is that of ndcg_score with gains 2^y - 1, ties and all")
{
	NEAR(value_of("ndcg", relevance, guess, NULL), 0.8772038355161245, TOL, WHY);
	NEAR(value_of("ndcg@1", relevance, guess, NULL), 0.8095238095238096, TOL, WHY);
	NEAR(value_of("ndcg@3", relevance, guess, NULL), 0.6662579469525702, TOL, WHY);
	NEAR(value_of("ndcg@5", relevance, guess, NULL), 0.8105587684837289, TOL, WHY);
	CHECK(value_of("ndcg@11", relevance, guess, NULL) ==
	      value_of("ndcg", relevance, guess, NULL));
}

TEST("a group counts by the mean weight of its rows")
{
	static const double of_group[] = { 2.5, 0.7, 1, 1.9 };
	double w[N];

	for (size_t i = 0; i < N; i++)
		w[i] = of_group[group[i]];
	NEAR(value_of("ndcg", relevance, guess, w), 0.9032920070530766, TOL, WHY);
}

TEST("map is the mean of average_precision_score")
{
	double worse[N];

	for (size_t i = 0; i < N; i++)
		worse[i] = -guess[i];
	NEAR(value_of("map", relevance, guess, NULL), 0.8365294097436954, TOL, WHY);
	NEAR(value_of("map", relevance, worse, NULL), 0.6747380265237407, TOL, WHY);
	NEAR(value_of("ndcg@3", relevance, worse, NULL), 0.27050094191616564, TOL, WHY);
}

TEST("mrr is the mean over all orders of what is tied")
{
	double worse[N], threes[N];

	for (size_t i = 0; i < N; i++) {
		worse[i] = -guess[i];
		threes[i] = relevance[i] == 3;
	}
	CHECK(value_of("mrr", relevance, guess, NULL) == 1);
	NEAR(value_of("mrr", relevance, worse, NULL), 2.5 / 3, TOL, "by hand");
	NEAR(value_of("mrr", threes, worse, NULL), (2. / 3 + 10. / 63) / 3, TOL,
	     "all orders of the tied rows, enumerated");
	NEAR(value_of("mrr@3", threes, worse, NULL), 2. / 9, TOL, "the same");
	CHECK(value_of("mrr@2", threes, worse, NULL) == 0);
}

TEST("no relevant row at all, or a relevance below 0: not defined")
{
	double none[N] = { 0 }, below[N];

	memcpy(below, relevance, sizeof below);
	below[16] = -1; /* of the group that is left out */
	CHECK(isnan(value_of("ndcg", none, guess, NULL)));
	CHECK(isnan(value_of("map", none, guess, NULL)));
	CHECK(isnan(value_of("mrr", none, guess, NULL)));
	CHECK(isnan(value_of("ndcg", below, guess, NULL)));
}

/* ---- gradients ---- */

enum { ROWS = 700, QUERIES = 40, COLS = 4 };
static double x[ROWS * COLS], y[ROWS], w[ROWS], s[ROWS];
static int query[ROWS];
static struct ml_error err;

static void make(uint64_t seed)
{
	struct ml_rng r;

	ml_rng_init(&r, seed, "ranking", 0);
	for (size_t i = 0; i < ROWS; i++) {
		double *v = x + i * COLS, signal;

		for (size_t j = 0; j < COLS; j++)
			v[j] = 2.385 * ml_rng_uniform(&r) - 1;
		query[i] = (int)ml_rng_below(&r, QUERIES);
		signal = v[0] + v[1] * v[2] + 0.4 * ml_rng_uniform(&r) + 0.3 * (query[i] % 3);
		y[i] = fmax(0, fmin(4, floor(2 + 1.7 * signal)));
		w[i] = 0.5 + ml_rng_uniform(&r);
		s[i] = round(40 * (ml_rng_uniform(&r) + 0.2 * y[i])) / 23.7;
	}
}

static struct ml_problem rows_of(size_t from, size_t n)
{
	return (struct ml_problem){ .x = { x + from * COLS, n, COLS, COLS },
				    .y = y + from,
				    .w = w + from,
				    .group = query + from,
				    .task = ML_REGRESS };
}

/* 0-based rank of row i among those of its query. */
static size_t rank_of(size_t i)
{
	size_t rank = 0;

	for (size_t j = 0; j < ROWS; j++)
		rank += query[j] == query[i] && (s[j] > s[i] || (s[j] == s[i] && j < i));
	return rank;
}

/* The DCG of the best `top` rows of query q. */
static double ideal_of(int q, size_t top)
{
	double sum = 0;
	size_t rank = 0;

	for (double level = 4; level >= 0; level--)
		for (size_t i = 0; i < ROWS; i++)
			if (query[i] == q && y[i] == level && rank < top)
				sum += (exp2(level) - 1) / log2((double)rank++ + 2);
	return sum;
}

/* Gradient of row i by the definition, not normalised. */
static double lambda_of(size_t i, size_t top, double *h)
{
	double g = 0, ideal = ideal_of(query[i], top);
	size_t ri = rank_of(i);

	*h = 0;
	for (size_t j = 0; j < ROWS; j++) {
		if (query[j] != query[i] || y[j] == y[i])
			continue;
		size_t rj = rank_of(j);
		if ((ri < rj ? ri : rj) >= top)
			continue;
		double change = fabs(exp2(y[i]) - exp2(y[j])) *
				fabs(1 / log2((double)ri + 2) - 1 / log2((double)rj + 2)) /
				ideal;
		double rho = 1 / (1 + exp(y[i] > y[j] ? s[i] - s[j] : s[j] - s[i]));

		g += (y[i] > y[j] ? -rho : rho) * change;
		*h += rho * (1 - rho) * change;
	}
	return g;
}

TEST("gradients are those of LambdaRank, times the weights of the rows")
{
	static double g[ROWS], h[ROWS];

	make(1);
	struct ml_problem p = rows_of(0, ROWS);
	for (size_t top = 5; top <= ROWS; top += ROWS - 5) {
		struct ml_ranking r;

		CHECK(!ml_ranking_init(&r, &p, top, 2, &err));
		CHECK(!ml_ranking_gradients(&r, s, false, g, h, &err));
		for (size_t i = 0; i < ROWS; i += 7) {
			double curve, slope = lambda_of(i, top, &curve);

			NEAR(g[i], w[i] * slope, 1e-12, "some ten pairs are added up");
			NEAR(h[i], fmax(w[i] * curve, 1e-16), 1e-12, "the same");
		}
		ml_ranking_release(&r);
	}
}

TEST("normalised, the gradients of a query add up to log2(1 + their sum)")
{
	static double g[ROWS], h[ROWS], plain[ROWS];
	struct ml_ranking r;

	make(2);
	for (size_t i = 0; i < ROWS; i++) {
		w[i] = 1;
		s[i] = 0; /* equal scores: only the sum is normalised */
	}
	struct ml_problem p = rows_of(0, ROWS);
	CHECK(!ml_ranking_init(&r, &p, 0, 1, &err));
	CHECK(!ml_ranking_gradients(&r, s, false, plain, h, &err));
	CHECK(!ml_ranking_gradients(&r, s, true, g, h, &err));
	for (size_t k = 0; k < r.queries.n; k++) {
		double sum = 0;
		size_t n = r.queries.start[k + 1] - r.queries.start[k];
		const uint32_t *row = r.queries.row + r.queries.start[k];

		/* Pairs of n scores all alike: each has a rho of 1/2, and counts twice. */
		for (size_t a = 0; a < n; a++)
			for (size_t b = a + 1; b < n; b++)
				sum += fabs(exp2(y[row[a]]) - exp2(y[row[b]])) *
				       fabs(1 / log2((double)a + 2) - 1 / log2((double)b + 2)) /
				       r.ideal[k];
		for (size_t a = 0; a < n && sum > 0; a++)
			NEAR(g[row[a]], plain[row[a]] * log2(1 + sum) / sum, 1e-12,
			     "two ways to add up");
	}
	ml_ranking_release(&r);
}

/* ---- boosting ---- */

static struct ml_boost_opts options(void)
{
	struct ml_boost_opts o;

	ml_opt_defaults(ml_boost_table, &o);
	o.trees = 30;
	o.min_rows = 5;
	o.max_leaves = 8;
	for (o.loss = 0; strcmp(ml_boost_losses[o.loss], "lambdarank"); o.loss++)
		;
	return o;
}

/* The objective, 1 - NDCG, after the fit. */
static double fit(const struct ml_problem *p, const struct ml_boost_opts *o, int threads,
		  double *score)
{
	const struct ml_model *m = ml_model_find("boost");
	const struct ml_run run = { .threads = threads,
				    .seed = 5,
				    .deadline = (double)INFINITY };
	void *state = calloc(1, m->state_size);
	struct ml_report rep = { 0 };
	struct ml_mat out = { score, p->x.rows, 1, 1 };

	CHECK(!m->fit(state, p, o, &run, &rep, &err));
	CHECK(!m->predict(state, &p->x, &out, &err));
	m->release(state);
	free(state);
	return rep.objective;
}

TEST("rounds rank better, and have the same bits for any number of threads")
{
	static double one[ROWS], many[ROWS];
	struct ml_boost_opts o = options();

	make(3);
	struct ml_problem p = rows_of(0, ROWS);
	o.trees = 1;
	double first = fit(&p, &o, 1, one);
	o.trees = 30;
	double last = fit(&p, &o, 1, one);
	CHECK(last > 0 && last < 0.5 * first);
	CHECK(fit(&p, &o, 3, many) == last);
	CHECK(!memcmp(one, many, sizeof one));
}

TEST("rows without groups, targets that are no relevance, nothing to rank: refused")
{
	const struct ml_model *m = ml_model_find("boost");
	const struct ml_run run = { .threads = 1, .deadline = (double)INFINITY };
	struct ml_boost_opts o = options();
	struct ml_report rep;
	void *state = calloc(1, m->state_size);

	make(4);
	struct ml_problem p = rows_of(0, ROWS);
	y[17] = 32;
	CHECK(m->fit(state, &p, &o, &run, &rep, &err) == ML_EDATA);
	CHECK(!strcmp(err.tag, "E-TARGET") && strstr(err.msg, "0 to 31"));
	m->release(state);
	memset(state, 0, m->state_size);
	y[17] = -0.5;
	CHECK(m->fit(state, &p, &o, &run, &rep, &err) == ML_EDATA);
	m->release(state);
	memset(state, 0, m->state_size);
	for (size_t i = 0; i < ROWS; i++)
		y[i] = query[i] % 4;
	CHECK(m->fit(state, &p, &o, &run, &rep, &err) == ML_EDATA);
	CHECK(strstr(err.msg, "nothing to rank") != NULL);
	m->release(state);
	free(state);
	CHECK(m->by_group(NULL, &o) && m->task_of(&o) == ML_REGRESS);
}

int main(void)
{
	return ml_tests_run();
}
