/* posterior.h - thirty rows of iris (every fifth, from the first), three queries (rows 2, 53
 * and 107), and fits of nb, lda and qda to them. */
#ifndef ML_TESTS_POSTERIOR_H
#define ML_TESTS_POSTERIOR_H

#include <stdarg.h>
#include <stdlib.h>

#include "models/model.h"
#include "test.h"

enum { N = 30, P = 4, K = 3, Q = 3 };

static const double iris[N * P] = {
	5.1, 3.5, 1.4, 0.2, 5.4, 3.9, 1.7, 0.4, 5.4, 3.7, 1.5, 0.2, 5.7, 4.4, 1.5,
	0.4, 5.4, 3.4, 1.7, 0.2, 5,   3,   1.6, 0.2, 4.8, 3.1, 1.6, 0.2, 5,   3.2,
	1.2, 0.2, 5,   3.5, 1.3, 0.3, 4.8, 3,   1.4, 0.3, 7,   3.2, 4.7, 1.4, 5.7,
	2.8, 4.5, 1.3, 5,   2,   3.5, 1,   6.7, 3.1, 4.4, 1.4, 5.9, 3.2, 4.8, 1.8,
	6.6, 3,   4.4, 1.4, 5.5, 2.4, 3.8, 1.1, 6,   3.4, 4.5, 1.6, 5.5, 2.6, 4.4,
	1.2, 5.7, 3,   4.2, 1.2, 6.3, 3.3, 6,   2.5, 7.6, 3,   6.6, 2.1, 6.5, 3.2,
	5.1, 2,   6.4, 3.2, 5.3, 2.3, 6.9, 3.2, 5.7, 2.3, 7.2, 3.2, 6,   1.8, 7.4,
	2.8, 6.1, 1.9, 7.7, 3,   6.1, 2.3, 6.7, 3.1, 5.6, 2.4, 6.7, 3,   5.2, 2.3,
};
static const double queries[Q * P] = {
	4.9, 3, 1.4, 0.2, 6.9, 3.1, 4.9, 1.5, 4.9, 2.5, 4.5, 1.7
};
static const char *const names[K] = { "setosa", "versicolor", "virginica" };

/* The table, and what a fit and its predictions say. */
struct table {
	double x[N * P], y[N], w[N];
	struct ml_problem p;
};
struct fitted {
	const struct ml_model *m;
	void *state, *opts;
	int rc;
	struct ml_error err;
	struct ml_report rep;
	char warned[256];
};

static void table_make(struct table *t)
{
	memcpy(t->x, iris, sizeof iris);
	for (size_t i = 0; i < N; i++) {
		t->y[i] = (double)(i / 10);
		t->w[i] = 1 + (double)(i % 3);
	}
	t->p = (struct ml_problem){ .x = { t->x, N, P, P },
				    .y = t->y,
				    .nclass = K,
				    .classes = names,
				    .task = ML_CLASSIFY };
}

static void warn(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	struct fitted *f = user;
	size_t used = strlen(f->warned);

	(void)column;
	(void)fmt;
	snprintf(f->warned + used, sizeof f->warned - used, "%s ", tag);
}

/* options: "name=value name=value". */
static void set(struct fitted *f, const char *name, const char *options)
{
	char words[256], *at = words;

	*f = (struct fitted){ .m = ml_model_find(name) };
	f->opts = calloc(1, f->m->opts_size);
	f->state = calloc(1, f->m->state_size);
	ml_opt_defaults(f->m->opts, f->opts);
	snprintf(words, sizeof words, "%s", options);
	while (*at) {
		char *option = at, *value = strchr(at, '=');
		at += strcspn(at, " ");
		if (*at)
			*at++ = '\0';
		*value++ = '\0';
		/* A text is a view: it must outlive the fit. */
		if (!strcmp(option, "priors"))
			value = strstr(options, "priors=") + strlen("priors=");
		CHECK(!ml_opt_set(f->m->opts, f->opts, option, value, &f->err));
	}
}

static void fit(struct fitted *f, const char *name, const char *options,
		const struct ml_problem *p)
{
	struct ml_run run = { .threads = 2, .deadline = INFINITY, .user = f, .warn = warn };

	set(f, name, options);
	f->rc = f->m->fit(f->state, p, f->opts, &run, &f->rep, &f->err);
}

static void done(struct fitted *f)
{
	f->m->release(f->state);
	free(f->state);
	free(f->opts);
}

static void ask(const struct fitted *f, const double *x, size_t rows, size_t p, bool logs,
		double *out)
{
	struct ml_error err;
	double *copy = malloc(rows * p * sizeof *copy);
	struct ml_mat in = { copy, rows, p, p }, to = { out, rows, K, K };

	memcpy(copy, x, rows * p * sizeof *copy);
	CHECK(!(logs ? f->m->predict_log : f->m->predict)(f->state, &in, &to, &err));
	free(copy);
}

#endif
