/* hessian.h - the curvature of the logistic objective (logloss.h): factors to solve with.
 *
 * exact: Cholesky factor of the whole Hessian, rows (p + 1) numbers square.
 * blocks: factors of its diagonal blocks, one a class.  diagonal: its diagonal.
 *
 * The classes' scores may all be shifted alike: along such shifts of unpenalised coefficients
 * the Hessian of three and more classes is 0.  The exact one gets a curvature there; since
 * gradients have no component along them, no step changes by it. */
#ifndef ML_MODELS_HESSIAN_H
#define ML_MODELS_HESSIAN_H

#include "models/logloss.h"

/* Weight of x_i x_i' in the Hessian of classes a and b, without its sign: C w p_a (1 - p_a)
 * for a == b, C w p_a p_b else. */
double ml_curve_weight(const struct ml_logloss *f, size_t i, size_t a, size_t b);

enum ml_curvature ml_hessian_choose(size_t rows, size_t width);
size_t ml_hessian_size(enum ml_curvature how, size_t rows, size_t width);

/* Members of struct ml_newton_fns. */
int ml_hessian_exact(void *f, struct ml_error *err);
void ml_hessian_solve_exact(void *f, const double *r, double *z);
int ml_hessian_blocks(void *f, struct ml_error *err);
void ml_hessian_solve_blocks(void *f, const double *r, double *z);
int ml_hessian_diagonal(void *f, struct ml_error *err);
void ml_hessian_solve_diagonal(void *f, const double *r, double *z);

#endif
