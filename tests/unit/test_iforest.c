/* test_iforest.c - isolation forests: scores by the formula, a threshold by a share, missing
 * values, categories, weights. */
#include <stdlib.h>

#include "base/rng.h"
#include "models/model.h"
#include "test.h"

enum { N = 400, P = 3 };

static const int levels[P] = { 0, 0, 4 };

struct outcome {
	double score[N], threshold;
};

static void run_on(struct outcome *o, double *x, const double *w, size_t n, size_t p,
		   const char *name, const char *value)
{
	const struct ml_model *m = ml_model_find("iforest");
	struct ml_problem problem = {
		.x = { x, n, p, p }, .w = w, .levels = p == P ? levels : NULL, .task = ML_DETECT
	};
	struct ml_run run = { .threads = 2, .seed = 4, .deadline = INFINITY };
	struct ml_report rep;
	struct ml_error err;
	void *opts = calloc(1, m->opts_size), *state = calloc(1, m->state_size);
	struct ml_mat out = { o->score, n, 1, 1 };

	ml_opt_defaults(m->opts, opts);
	if (name)
		CHECK(!ml_opt_set(m->opts, opts, name, value, &err));
	CHECK(!m->fit(state, &problem, opts, &run, &rep, &err));
	CHECK(!m->predict(state, &problem.x, &out, &err));
	o->threshold = m->threshold(state);
	m->release(state);
	free(state);
	free(opts);
}

/* A cloud, and a row far away. */
static void make(double *x)
{
	struct ml_rng r;

	ml_rng_init(&r, 11, "cloud", 0);
	for (size_t i = 0; i < N; i++) {
		x[i * P] = ml_rng_uniform(&r) + ml_rng_uniform(&r);
		x[i * P + 1] = ml_rng_uniform(&r);
		x[i * P + 2] = (double)ml_rng_below(&r, 3);
	}
	x[7 * P] = 9.5;
	x[7 * P + 1] = -6.25;
}

TEST("iforest: two rows are parted by one cut, and score 2^(-1 / c(2)) = 1/2")
{
	double x[] = { 1.25, 7.5 };
	struct outcome o;

	run_on(&o, x, NULL, 2, 1, NULL, NULL);
	NEAR(o.score[0], 0.5, 1e-15, "c(2) = 1 (Liu, Ting, Zhou 2008, eq. 1)");
	NEAR(o.score[1], 0.5, 1e-15, "the same");
}

TEST("iforest: rows that are all alike are not cut: 2^(-c(n) / c(n))")
{
	double x[40];
	struct outcome o;

	for (size_t i = 0; i < 40; i++)
		x[i] = 2.385;
	run_on(&o, x, NULL, 40, 1, NULL, NULL);
	NEAR(o.score[3], 0.5, 1e-15, "a root of all rows");
}

TEST("iforest: a row far away scores most, above 0.5")
{
	double x[N * P];
	struct outcome o;

	make(x);
	run_on(&o, x, NULL, N, P, NULL, NULL);
	for (size_t i = 0; i < N; i++)
		CHECK(i == 7 || o.score[i] < o.score[7]);
	CHECK(o.threshold == 0.5 && o.score[7] > 0.65);
}

TEST("iforest: --contamination sets the threshold that so many rows exceed")
{
	double x[N * P];
	struct outcome o;
	size_t above = 0;

	make(x);
	run_on(&o, x, NULL, N, P, "contamination", "0.1");
	for (size_t i = 0; i < N; i++)
		above += o.score[i] > o.threshold;
	CHECK(above >= N / 10 - 2 && above <= N / 10 + 2);
}

TEST("iforest: a rare level, and a value that is missing in one row alone, stand out")
{
	double x[N * P], mean = 0;
	struct outcome o;

	make(x);
	x[20 * P + 2] = 3;
	x[30 * P + 1] = NAN;
	run_on(&o, x, NULL, N, P, "sample", "400");
	for (size_t i = 0; i < N; i++)
		mean += o.score[i] / N;
	CHECK(o.score[20] > mean);
	CHECK(isfinite(o.score[30]));
}

TEST("iforest: rows are drawn by their weights")
{
	double x[N * P], w[N];
	struct outcome even, heavy;

	make(x);
	for (size_t i = 0; i < N; i++)
		w[i] = i == 7 ? 400 : 1;
	run_on(&even, x, NULL, N, P, NULL, NULL);
	run_on(&heavy, x, w, N, P, NULL, NULL);
	/* What is half of the rows is no outlier. */
	CHECK(heavy.score[7] < 0.5 && even.score[7] > 0.5);
}

int main(void)
{
	return ml_tests_run();
}
