/* descent.h - the minimum of a smooth function of a few numbers, in a box. */
#ifndef ML_SEARCH_DESCENT_H
#define ML_SEARCH_DESCENT_H

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

#endif
