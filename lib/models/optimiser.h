/* optimiser.h - how gradients change what is learned.
 *
 *     sgd      v = momentum v - rate g;  w += v, or with Nesterov's look ahead (Sutskever and
 *              others 2013) w += momentum v - rate g
 *     adam     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
 *              w -= rate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps)
 *              in step t (Kingma and Ba 2015, the order of the end of their section 2)
 *     adamw    the same, and weights (no biases) lose rate * decay of themselves (Loshchilov
 *              and Hutter 2019)
 *
 * where of weights g is the gradient and penalty w. */
#ifndef ML_MODELS_OPTIMISER_H
#define ML_MODELS_OPTIMISER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum ml_solver { ML_ADAM, ML_ADAMW, ML_SGD };

struct ml_optimiser {
	enum ml_solver solver;
	double momentum; /* of sgd */
	bool nesterov;
	double beta1, beta2, eps, decay;
	uint64_t steps; /* done */
	double *m, *v;  /* as long as what is learned; m NULL for sgd; owned */
	double *param;  /* what is learned; borrowed */
	const double *grad;
	/* Of the step at hand. */
	double rate, scaled, penalty;
};

/* n: numbers that are learned, whole groups of 16. */
int ml_optimiser_init(struct ml_optimiser *o, size_t n, struct ml_error *err) ML_CHECK;
void ml_optimiser_release(struct ml_optimiser *o); /* a zeroed struct is releasable */
/* The next step begins. */
void ml_optimiser_step(struct ml_optimiser *o, double rate, double penalty);
/* Changes param[from, from + n), whole groups of 16, by the gradients there.  `penalised`: they
 * are weights.  Other threads may do other ranges. */
void ml_optimiser_change(void *optimiser, size_t from, size_t n, bool penalised);

#endif
