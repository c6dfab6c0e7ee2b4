/* quantile.h - order statistics of weighted values.
 *
 * Quantiles are type 7 of Hyndman and Fan (1996), the default of R and numpy: of N sorted
 * values, at h = (N - 1) p, the mean of the step function of the values over [h, h + 1].  Said
 * so it has a meaning for weights, too: value i is w_i wide.  Whole weights are counts: weight
 * 2 is the row twice, N their sum.  Other weights matter by their proportions only: they are
 * scaled so that they sum to the number of values (and so may be given in any unit). */
#ifndef ML_LA_QUANTILE_H
#define ML_LA_QUANTILE_H

#include <stddef.h>

#include "base/error.h"

/* Distinct values in ascending order. */
struct ml_sorted {
	double *v;    /* n values, owned */
	double *upto; /* weight of v[0..i], scaled as said above, owned */
	size_t n;
	double total; /* upto[n - 1] */
};

/* Sorts v[0..n): NaNs (missing) and values of weight 0 are left out.  w: weights >= 0, finite,
 * or NULL for all 1.  48 bytes a value while it works. */
int ml_sorted_init(struct ml_sorted *s, const double *v, const double *w, size_t n,
		   struct ml_error *err) ML_CHECK;
void ml_sorted_release(struct ml_sorted *s);
/* 0 <= p <= 1; always within the values; NaN when there are none. */
double ml_sorted_quantile(const struct ml_sorted *s, double p);
/* The value of the greatest weight, the smallest of several; NaN when there are none. */
double ml_sorted_mode(const struct ml_sorted *s);

#endif
