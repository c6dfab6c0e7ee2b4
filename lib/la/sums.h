/* sums.h - sums over rows that reach a model: accumulated in double-double, so that the
 * result is the correctly rounded sum in all but contrived cases and depends on no blocking.
 * NaN entries (missing) are left out and counted.  w: row weights, or NULL for all 1. */
#ifndef ML_LA_SUMS_H
#define ML_LA_SUMS_H

#include <stddef.h>

#include "la/survey.h"

double ml_sum(const double *v, size_t n);

struct ml_moments {
	size_t n, missing; /* values seen, NaNs left out */
	double weight;     /* sum of the weights of the values seen */
	double mean;       /* weighted; NaN when weight is 0 */
	double ss;         /* sum of w (v - mean)^2, two passes with correction */
	double min, max;   /* NaN when there is no value */
};
/* Values may be as large as the largest double: mean and ss are computed after scaling by a
 * power of two; ss may still overflow to infinity, mean cannot. */
struct ml_moments ml_moments_of(const double *v, const double *w, size_t n);
/* Their mean alone, for less. */
double ml_mean_of(const double *v, const double *w, size_t n);
/* The same, without weights, of values that have been surveyed. */
struct ml_moments ml_moments_surveyed(const struct ml_survey *s, const double *v, size_t n);
double ml_mean_surveyed(const struct ml_survey *s, const double *v, size_t n);

#endif
