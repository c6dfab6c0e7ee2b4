/* searching.h - runs a search on a function, as ml-tune would on a command. */
#ifndef ML_TESTS_SEARCHING_H
#define ML_TESTS_SEARCHING_H

#include <stdlib.h>

#include "objectives.h"
#include "search/search.h"

static inline bool space_of_objective(struct ml_space *s, const struct objective *o)
{
	struct ml_error err = { 0 };

	*s = (struct ml_space){ 0 };
	for (size_t j = 0; o->params[j]; j++)
		if (ml_space_add(s, o->params[j], &err)) {
			printf("# %s: %s\n", o->name, err.msg);
			return false;
		}
	return true;
}

/* regret[i]: the true loss of what looks best among trials 0..i, over the minimum.  False when
 * the method failed. */
static inline bool search_on(const struct objective *o, const char *method, uint64_t seed,
			     size_t trials, size_t lag, double *regret)
{
	const struct ml_search *m = ml_search_find(method);
	struct ml_space s;
	union {
		double align;
		char bytes[512];
	} opts = { 0 };
	struct ml_search_plan plan = {
		.space = &s, .opts = &opts, .seed = seed, .trials = trials, .lag = lag
	};
	struct ml_run run = { .threads = 1, .deadline = (double)INFINITY };
	struct ml_error err = { 0 };
	struct ml_rng rng;
	bool ok = m && space_of_objective(&s, o);
	struct ml_trial *v = calloc(trials, sizeof *v);
	double *points = calloc(trials * 16, sizeof *points), seen = (double)INFINITY,
	       true_loss = 0;

	ok = ok && v && points;
	if (ok && m->opts)
		ml_opt_defaults(m->opts, &opts);
	ml_rng_init(&rng, seed, "test-noise", 0);
	for (size_t i = 0; ok && i < trials; i++) {
		double *point = points + i * s.n, budget;

		plan.asked = m->needs ? v + m->needs(&plan, i) : v;
		ok = !m->propose(&plan, i, v, point, &budget, &run, &err);
		if (!ok) {
			printf("# %s on %s: %s\n", method, o->name, err.msg);
			break;
		}
		double u = 1 - ml_rng_uniform(&rng), w = ml_rng_uniform(&rng);
		double loss = o->loss(point),
		       shown = loss + o->noise * sqrt(-2 * log(u)) * cos(2 * pi * w);
		v[i] = (struct ml_trial){ point, budget, ML_TRIAL_DONE, shown };
		if (shown < seen) {
			seen = shown;
			true_loss = loss;
		}
		regret[i] = true_loss - o->minimum;
	}
	free(points);
	free(v);
	ml_space_release(&s);
	return ok;
}

static inline int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static inline double median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_size);
	return n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

#endif
