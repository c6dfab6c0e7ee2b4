/* asked.h - an estimator without a target, fitted with some options and asked about rows. */
#ifndef ML_TESTS_ASKED_H
#define ML_TESTS_ASKED_H

#include <stdlib.h>

#include "models/model.h"
#include "test.h"

struct asked {
	const struct ml_model *m;
	void *state, *opts;
	struct ml_report rep;
	int rc;
	struct ml_error err;
};

/* options: names and values in turn, NULL-ended. */
static struct asked ask_fit(const char *name, const struct ml_problem *p,
			    const char *const *options, int threads)
{
	struct asked a = { .m = ml_model_find(name) };
	struct ml_run run = { .threads = threads, .seed = 5, .deadline = INFINITY };

	a.state = calloc(1, a.m->state_size);
	a.opts = calloc(1, a.m->opts_size);
	ml_opt_defaults(a.m->opts, a.opts);
	for (; options && *options; options += 2)
		CHECK(!ml_opt_set(a.m->opts, a.opts, options[0], options[1], &a.err));
	a.rc = a.m->fit(a.state, p, a.opts, &run, &a.rep, &a.err);
	return a;
}

/* What it tells of the rows of x, width numbers a row; owned by the caller. */
static double *ask_rows(struct asked *a, const struct ml_mat *x)
{
	size_t k = ml_model_width(a->m, a->state);
	double *v = malloc(x->rows * k * sizeof *v);
	struct ml_mat out = { v, x->rows, k, k };

	CHECK(!a->m->predict(a->state, x, &out, &a->err));
	return v;
}

static void ask_release(struct asked *a)
{
	a->m->release(a->state);
	ml_opt_release(a->m->opts, a->opts);
	free(a->opts);
	free(a->state);
}

#endif
