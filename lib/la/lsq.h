/* lsq.h - weighted least squares, with or without a penalty, to the last digit.
 *
 *     minimise  sum_i w_i (y_i - offset_i - b_0 - x_i b)^2  +  penalty * sum_j b_j^2
 *
 * Columns, target and weights are scaled by powers of two, so that 1e300 and 1e-300 are
 * harmless. A triangular factor R of the scaled problem comes from Householder QR of the rows,
 * or, where a penalty makes that safe, by Cholesky from the cross products.  It only has to be
 * good enough to improve a solution: with residuals and gradient in double-double,
 *
 *     r = y - A b,   g = A' W r - penalty b,   b += (R' R)^-1 g
 *
 * is repeated until b, itself double-double, changes no more.  Each step shrinks the error (in
 * the norm |R b|) by about cond(A) * 1e-16, so one or two do; the result is then the solution
 * for the given doubles, rounded once. Reference: Bjorck (1996), Numerical Methods for Least
 * Squares Problems, sections 2.9, 6.6. Cost: about 2.5 n p^2 (QR) or n p^2 (Cholesky) and, a
 * step, 4 n p double-double operations. */
#ifndef ML_LA_LSQ_H
#define ML_LA_LSQ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"
#include "la/mat.h"

struct ml_lsq {
	const struct ml_mat *x;   /* n x p, finite */
	const double *const *col; /* or p columns of n, where x->v is NULL; not for la/dual.h */
	const double *y;          /* n, finite */
	const double *w;          /* n weights > 0, or NULL for all 1 */
	const double *offset;     /* n, or NULL */
	bool intercept;
	double penalty; /* >= 0; the intercept has none */
	/* Cholesky first, and QR only where a pivot is at most this share of its diagonal
	 * entry; 0: QR at once. */
	double quick_tol;
	/* A column whose part orthogonal to those before it is at most this share of its length
	 * counts as dependent and is left out. */
	double rank_tol;
};

struct ml_lsq_fit {
	double *coef; /* p coefficients, then the intercept (0 without one); owned.  Not finite
		       * where beyond the largest double. */
	double *se;   /* p + 1; owned: times sqrt(rss / df) these are the standard errors; 0 for
		       * what was left out */
	bool *kept;   /* p + 1; owned; false for the intercept without one */
	size_t rank;  /* how many were kept */
	double condition; /* of A with columns of length 1, in the 1-norm */
	/* In units of 2^exponent (even), since they may be beyond a double: the sum of w r^2,
	 * and the same without the features.  Sigma is sqrt(rss / df) * 2^(exponent / 2). */
	double rss, tss;
	int exponent;
	size_t steps; /* refinements made */
	bool converged;
};

/* *fit is overwritten; ml_lsq_release() frees it, after failure too.  When run is over
 * refinement stops early (converged false). */
int ml_lsq_fit(struct ml_lsq_fit *fit, const struct ml_lsq *problem, const struct ml_run *run,
	       struct ml_error *err) ML_CHECK;
void ml_lsq_release(struct ml_lsq_fit *fit);

#endif
