/* gp.h - a Gaussian process over points whose distance is a sum over dimensions.
 *
 * The kernel is Matern 5/2 with a length a dimension,
 *     k(a, b) = s (1 + r + r^2 / 3) exp(-r),   r^2 = 5 sum_j d_j(a, b)^2 / length_j^2,
 * where d_j(a, b) = |a_j - b_j| of numbers on their unit scale and 0 or 1 of words.  A
 * dimension that is not active (NaN) in one of the points only is half a scale away. */
#ifndef ML_SEARCH_GP_H
#define ML_SEARCH_GP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"

struct ml_gp {
	size_t n, cap, dims;
	const bool *word; /* dims; borrowed: d_j is 0 or 1 */
	double *x;        /* n x dims; owned, like all that follows */
	double *y;        /* n, about 0 with variance about 1 */
	double *length;   /* dims */
	double scale;     /* s: variance of the function */
	double noise;     /* variance of y about the function */
	double mean;      /* of the function */
	double *chol;     /* n x n, upper: R'R = K + noise I */
	double *alpha;    /* n: (K + noise I)^-1 (y - mean) */
};

/* n points, whose x and y the caller fills, and room for cap. */
int ml_gp_init(struct ml_gp *g, size_t n, size_t cap, size_t dims, const bool *word,
	       struct ml_error *err) ML_CHECK;
void ml_gp_release(struct ml_gp *g);
/* Finds lengths, scale, noise and mean: the most probable ones given y, under priors that keep
 * them sensible when points are few.  Then as after ml_gp_factor(). */
int ml_gp_fit(struct ml_gp *g, const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* chol and alpha for x, y and parameters as they are; more noise when it is not positive
 * definite otherwise. */
int ml_gp_factor(struct ml_gp *g, struct ml_error *err) ML_CHECK;
/* k(a, b) / s, and *slope = (1 + r) exp(-r) 5 / 3: k / s changes by -slope (a_j - b_j) /
 * length_j^2 with a_j. */
double ml_gp_kernel(const struct ml_gp *g, const double *a, const double *b, double *slope);
/* Mean and variance (without noise) of the function at m points (m x dims, row-major). work:
 * m x g->n. */
void ml_gp_at(const struct ml_gp *g, const double *points, size_t m, double *work, double *mean,
	      double *variance);
/* The same at one point, with their derivatives by its numbers (those of words and NaN are 0);
 * work: 3 n. */
void ml_gp_slope(const struct ml_gp *g, const double *point, double *work, double *mean,
		 double *variance, double *dmean, double *dvariance);
/* Adds m points of which nothing is known but what is expected (n + m <= cap): their y is the
 * mean there, so that only the variance changes ("Kriging believer": Ginsbourger et al. 2010).
 */
int ml_gp_believe(struct ml_gp *g, const double *points, size_t m,
		  struct ml_error *err) ML_CHECK;

#endif
