/* dual.h - ridge regression with more columns than rows, by way of the n x n kernel.
 *
 * With A = sqrt(W) (X - 1 mean'), z = sqrt(W) (y - mean of y), both about their weighted means
 * when there is an intercept,
 *
 *     b = A' c,   (A A' + penalty I) c = z,   intercept = mean of y - mean' b
 *
 * minimises sum_i w_i (y_i - b_0 - x_i b)^2 + penalty sum_j b_j^2.
 * Cost: n^2 p + n^3 / 3 operations, a copy of x. */
#ifndef ML_LA_DUAL_H
#define ML_LA_DUAL_H

#include "base/error.h"
#include "la/lsq.h"

/* coef: p coefficients, then the intercept (0 without one); not finite where beyond the
 * largest double.  *rss: the weighted sum of squared residuals, likewise.  ML_EDATA, E-RANGE
 * when the penalty is lost beside the kernel. */
int ml_dual_fit(const struct ml_lsq *problem, double *coef, double *rss,
		struct ml_error *err) ML_CHECK;

#endif
