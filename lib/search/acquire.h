/* acquire.h - the point that promises most, given a model of the losses. */
#ifndef ML_SEARCH_ACQUIRE_H
#define ML_SEARCH_ACQUIRE_H

#include "search/gp.h"
#include "search/past.h"

/* A point of the space as the model sees it (space->n numbers): units of numbers and of choices
 * that have an order, indices of other choices, NaN for what is not active. */
void ml_acquire_encode(const struct ml_space *s, const double *point, double *x);
/* words[j]: the model sees parameter j as a word. */
void ml_acquire_words(const struct ml_space *s, bool *words);

/* Log of the expected improvement on `best` where the loss is normal with this mean and
 * variance, and its derivatives (NULL: not wanted). */
double ml_log_improvement(double best, double mean, double variance, double *by_mean,
			  double *by_variance);

/* A point not in `p` with about the largest expected improvement on the least mean at the
 * points of g.  good: points worth looking around at, best first. */
int ml_acquire(const struct ml_gp *g, const struct ml_past *p, const double *const *good,
	       size_t goods, struct ml_rng *rng, double *point, double *merit,
	       const struct ml_run *run, struct ml_error *err) ML_CHECK;

#endif
