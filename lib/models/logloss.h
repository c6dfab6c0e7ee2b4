/* logloss.h - the objective of logistic regression, with its derivatives.
 *
 *     f(W) = C sum_i w_i loss_i(W)  +  penalty/2 sum_r sum_j<p W_rj^2
 *
 * W: rows x (p + 1), the last column the intercepts (which carry no penalty; without them
 * their derivatives are 0).  Two classes: one row, loss = log(1 + exp(-+s)), s = W x; k > 2
 * classes: k rows, loss = -log softmax(W x)_y.  All rows pass once for value and gradient, by
 * slices. Curvature: the Hessian's Cholesky factor while W has few numbers, else its blocks by
 * class, or its diagonal, to precondition conjugate gradients. */
#ifndef ML_MODELS_LOGLOSS_H
#define ML_MODELS_LOGLOSS_H

#include "la/newton.h"
#include "la/slices.h"
#include "models/model.h"

enum ml_curvature { ML_CURVE_EXACT, ML_CURVE_BLOCKS, ML_CURVE_DIAGONAL };

struct ml_logloss {
	const struct ml_problem *p;
	size_t rows; /* 1, or the number of classes */
	bool intercept;
	double c, penalty; /* penalty 0 or 1 */
	int threads;
	enum ml_curvature how;
	struct ml_slices slices;
	double *prob;    /* n x rows: probabilities at the last W (one row: of class 1) */
	double *weights; /* the last W */
	double *turned;  /* (p + 1) x rows: what is multiplied with, by class */
	double *sums;    /* a gradient for each slice */
	double *factor, *hessian; /* sizes by `how` */
};

/* Borrows p.  ml_logloss_release() frees, after failure too. */
int ml_logloss_init(struct ml_logloss *f, const struct ml_problem *p, bool intercept, double c,
		    double penalty, int threads, struct ml_error *err) ML_CHECK;
void ml_logloss_release(struct ml_logloss *f);
/* The functions for this objective; their argument is f. */
const struct ml_newton_fns *ml_logloss_fns(const struct ml_logloss *f);

#endif
