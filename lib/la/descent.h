/* descent.h - the minimum of a smooth function of a few numbers, in a box. */
#ifndef ML_LA_DESCENT_H
#define ML_LA_DESCENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"

/* Value and gradient (n) at x; infinity where there is none (the gradient does not count then).
 */
typedef double ml_slope_fn(void *arg, const double *x, double *grad);

/* From x (n, inside lo..hi) downhill by projected BFGS, at most `evals` calls of fn, fewer when
 * run is over or nothing is gained; x is the best place seen, *value the value there (infinity
 * when there is none at the start). */
int ml_descend(ml_slope_fn *fn, void *arg, size_t n, const double *lo, const double *hi,
	       double *x, double *value, size_t evals, const struct ml_run *run,
	       struct ml_error *err) ML_CHECK;

/* The same with more to say. */
struct ml_descent {
	size_t n;
	const double *lo, *hi; /* n */
	size_t evals;          /* 0: none but that at the start, and polishing */
	double little; /* two steps in a row that gain no more than this share of 1 + |value|
			* end it, or the promise of such a one; 0: as ml_descend() */
	/* At most so many steps at the end that are judged by their slopes, which are to halve:
	 * they go on where values are too coarse to tell (an optimum is flat). */
	size_t polish;
	/* n x n, or NULL: the inverse of the curvature to begin with, when `curved`; and then
	 * what was learned of it. */
	double *inverse;
	bool curved;
	void (*step)(void *arg, size_t steps, double value); /* called after each, or NULL */
	/* What became of it. */
	double value;
	size_t steps;
	bool settled; /* it ended since nothing is to be gained */
};
int ml_descent_run(struct ml_descent *d, ml_slope_fn *fn, void *arg, double *x,
		   const struct ml_run *run, struct ml_error *err) ML_CHECK;

#endif
