/* bout.h - a search under test: spaces, and trials that end as a test wants them to. */
#ifndef ML_TESTS_BOUT_H
#define ML_TESTS_BOUT_H

#include <stdint.h>
#include <stdlib.h>

#include "search/search.h"
#include "test.h"

enum { MOST = 64, DIMS = 8, OPTS = 512 };

/* A search under test: its space, and trials that end as `how` says. */
struct bout {
	const struct ml_search *m;
	struct ml_space space;
	union {
		double align;
		char bytes[OPTS];
	} opts;
	struct ml_search_plan plan;
	struct ml_trial v[MOST];
	double point[MOST][DIMS];
	size_t n; /* trials there are */
};

enum how { USUAL, CONSTANT, FAILING, PRUNED, HUGE, MIXED_ENDS, HOWS };

static const char *const spaces[][DIMS + 1] = {
	{ "C=log:1e-3:1e3", "gamma=log:1e-4:10", "p=real:-1:2" },
	{ "algorithm=ridge,svm", "alpha=log:1e-3:1e3 if algorithm=ridge",
	  "kernel=linear,rbf,poly if algorithm=svm", "gamma=log:1e-4:10 if kernel=rbf|poly",
	  "degree=2:5 if kernel=poly", "depth=1:400", "size=8,16,32" },
	{ "x=real:0:1" },
	{ "n=1:2" },
	{ "only=this" },
	{ "only=7", "k=a,b" },
	{ "a=1:3", "b=x,y", "c=4,8,16 if b=y" },
	{ "n=log-whole:1:1000000", "far=real:1e6:1000001", "tiny=log:1e-300:1e-200" },
};
enum { SPACES = sizeof spaces / sizeof *spaces };
/* Points of the finite ones: grid, tpe and bayes try all of them before any again. */
static const size_t finite[SPACES] = { [3] = 2, [4] = 1, [5] = 2, [6] = 12 };

static inline bool bout_init(struct bout *b, const struct ml_search *m, size_t space,
			     uint64_t seed, size_t trials, size_t lag)
{
	struct ml_error err = { 0 };

	*b = (struct bout){ .m = m };
	for (const char *const *p = spaces[space]; *p; p++)
		if (ml_space_add(&b->space, *p, &err)) {
			printf("# %s\n", err.msg);
			return false;
		}
	if (m->opts)
		ml_opt_defaults(m->opts, &b->opts);
	b->plan = (struct ml_search_plan){
		.space = &b->space, .opts = &b->opts, .seed = seed, .trials = trials, .lag = lag
	};
	return m->opts_size <= OPTS;
}

/* How many trials are to be made: all there are, at most `want`. */
static inline size_t bout_count(const struct bout *b, size_t want)
{
	struct ml_error err = { 0 };
	size_t n = 0;

	if (b->m->count && b->m->count(&b->plan, &n, &err)) {
		printf("# %s: %s\n", b->m->name, err.msg);
		ml_test_failed++;
		return 0;
	}
	return n && n < want ? n : want;
}

static inline struct ml_trial ending(const double *point, double budget, size_t i, enum how how,
				     const struct ml_space *s)
{
	double loss = 2.385;
	enum ml_trial_end end = ML_TRIAL_DONE;

	for (size_t j = 0; j < s->n; j++)
		if (!isnan(point[j])) {
			double u = ml_space_unit(s, j, point[j]) - 0.3;
			loss += u * u * (1 + 0.5 * (double)j) + 0.1 * (1 - budget);
		}
	if (how == CONSTANT)
		loss = 0.7;
	if (how == HUGE)
		loss = i % 2 ? 1e308 * (loss - 2) : -1e308;
	if (how == FAILING || (how == MIXED_ENDS && i % 3 == 1))
		end = ML_TRIAL_FAILED;
	if (how == PRUNED || (how == MIXED_ENDS && i % 3 == 2))
		end = ML_TRIAL_PRUNED;
	return (struct ml_trial){ point, budget, end,
				  end == ML_TRIAL_FAILED ? (double)NAN : loss };
}

/* Proposes trial b->n with those before it, of which only needs() may be looked at. */
static inline int bout_propose(struct bout *b, double *point, double *budget, bool tell,
			       struct ml_error *err)
{
	struct ml_run run = { .threads = 1, .deadline = (double)INFINITY };
	size_t need = b->m->needs ? b->m->needs(&b->plan, b->n) : 0;

	b->plan.asked = tell ? b->v + need : NULL;
	return b->m->propose(&b->plan, b->n, b->v, point, budget, &run, err);
}

static inline bool bout_step(struct bout *b, enum how how)
{
	struct ml_error err = { 0 };
	double budget = -1;
	int rc = bout_propose(b, b->point[b->n], &budget, true, &err);

	if (rc) {
		printf("# %s, trial %zu: %s\n", b->m->name, b->n, err.msg);
		ml_test_failed++;
		return false;
	}
	b->v[b->n] = ending(b->point[b->n], budget, b->n, how, &b->space);
	b->n++;
	return true;
}

static inline bool same(const double *a, const double *b, size_t n)
{
	for (size_t j = 0; j < n; j++)
		if (isnan(a[j]) != isnan(b[j]) || (!isnan(a[j]) && a[j] != b[j]))
			return false;
	return true;
}

#endif
