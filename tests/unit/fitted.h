/* fitted.h - tables made for tests of estimators, and fits of every estimator to them. */
#ifndef ML_TESTS_FITTED_H
#define ML_TESTS_FITTED_H

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "models/model.h"
#include "test.h"

/* MANY rows are more than one thread's share (la/slices.h), of estimators for few rows SOME are.
 */
enum { ROWS = 90, SOME = 200, MANY = 1500, EXTRA = 12, COLS = 5, CLASSES = 3 };

/* A table for one task. */
struct data {
	size_t n, p;
	double *x, *y, *w;
	struct ml_problem problem;
};

static struct ml_error err;
static const struct ml_model *now; /* whose turn it is, for messages */

/* Checks with the name of the model, since tests run over all of them. */
#define LAW(cond) \
	do { \
		if (!(cond) && ++ml_test_failed <= 20) \
			printf("# %s:%d: %s: %s\n", __FILE__, __LINE__, now->name, #cond); \
	} while (0)
#define LAW_RC(rc) \
	do { \
		int rc_ = (rc); \
		if (rc_ && ++ml_test_failed <= 20) \
			printf("# %s:%d: %s: %s: %s\n", __FILE__, __LINE__, now->name, #rc, \
			       err.msg); \
	} while (0)

static void data_release(struct data *d)
{
	free(d->w);
	free(d->y);
	free(d->x);
}

static void data_make(struct data *d, enum ml_task task, size_t nclass, size_t rows)
{
	struct ml_rng r;

	*d = (struct data){ .n = rows, .p = COLS };
	d->x = malloc((rows + EXTRA) * COLS * sizeof *d->x);
	d->y = malloc(rows * sizeof *d->y);
	d->w = malloc(rows * sizeof *d->w);
	ml_rng_init(&r, 7, "contract", (uint64_t)task * 10 + nclass);
	for (size_t i = 0; i < rows + EXTRA; i++) {
		double *row = d->x + i * COLS, signal = 0;
		for (size_t j = 0; j < COLS; j++) {
			row[j] = 4 * ml_rng_uniform(&r) - 2 + 0.37 * (double)j;
			signal += row[j] * (j % 2 ? -0.61 : 0.83);
		}
		row[COLS - 1] = ml_rng_uniform(&r) < 0.4; /* ties */
		if (i >= rows)
			continue;
		signal += 1.3 * (ml_rng_uniform(&r) + ml_rng_uniform(&r) - 1);
		double class = floor((signal + 3) / 6 * (double)nclass);
		d->y[i] = task == ML_CLASSIFY ? fmin(fmax(class, 0), (double)nclass - 1)
					      : 2.385 + 3.17 * signal + row[0] * row[1];
		d->w[i] = 1 + (double)ml_rng_below(&r, 3);
	}
	for (size_t c = 0; task == ML_CLASSIFY && c < 2 * nclass; c++)
		d->y[c] = (double)(c % nclass);
	d->problem =
		(struct ml_problem){ .x = { d->x, rows, COLS, COLS },
				     .y = task == ML_CLUSTER || task == ML_DETECT ? NULL : d->y,
				     .w = d->w,
				     .nclass = nclass,
				     .task = task };
}

static const struct ml_run one_thread = { .threads = 1, .seed = 3, .deadline = INFINITY };

/* A fitted state, or one that failed to fit: released by state_free() all the same. */
struct state {
	void *v;
	int rc;
	struct ml_report rep;
};

static struct state state_fit(const struct ml_problem *p, const struct ml_run *run)
{
	struct state s = { .v = calloc(1, now->state_size + 1) };
	void *opts = calloc(1, now->opts_size + 1);

	if (now->opts)
		ml_opt_defaults(now->opts, opts);
	s.rc = now->fit(s.v, p, opts, run, &s.rep, &err);
	if (now->opts)
		ml_opt_release(now->opts, opts);
	free(opts);
	return s;
}

static void state_free(struct state *s)
{
	now->release(s->v);
	free(s->v);
}

static void for_tasks(void (*law)(const struct data *d), size_t rows)
{
	static const struct {
		enum ml_task task;
		size_t nclass;
	} tasks[] = {
		{ ML_CLASSIFY, 2 }, { ML_CLASSIFY, CLASSES }, { ML_REGRESS, 0 },
		{ ML_CLUSTER, 0 },  { ML_DETECT, 0 },
	};

	for (const struct ml_model *const *m = ml_models; *m; m++) {
		now = *m;
		for (size_t t = 0; t < sizeof tasks / sizeof *tasks; t++) {
			struct data d;
			if (!(now->tasks & (unsigned)tasks[t].task))
				continue;
			data_make(&d, tasks[t].task, tasks[t].nclass,
				  now->flags & ML_CUBIC && rows > SOME ? SOME : rows);
			law(&d);
			data_release(&d);
		}
	}
}

static struct ml_fields saved(const struct state *s)
{
	struct ml_fields f = { 0 };

	if (!s->rc)
		now->save(s->v, &f);
	LAW_RC(ml_fields_check(&f, &err));
	return f;
}

#endif
