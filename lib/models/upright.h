/* upright.h - rows about their means, in units near one, without the columns that depend on
 * those before them: what a covariance can be inverted of. */
#ifndef ML_MODELS_UPRIGHT_H
#define ML_MODELS_UPRIGHT_H

#include "models/model.h"

struct ml_upright {
	struct ml_mat x; /* n x rank, finite; v owned */
	size_t rank;     /* columns that are kept, at least 1 */
	int32_t *kept;   /* which; owned */
	double *mean;    /* rank, in the units of the problem; owned */
	double *unit;    /* rank: (value - mean) * unit is what is in x; powers of two; owned */
};

/* total: of the weights.  W-RANK for a column left out; E-RANGE when none varies, or the
 * numbers are too far apart.  ml_upright_release() frees, after failure too.  Cost: n p^2. */
int ml_upright_init(struct ml_upright *u, const struct ml_problem *p, double total,
		    const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_upright_release(struct ml_upright *u);

#endif
