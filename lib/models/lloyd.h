/* lloyd.h - k-means from given centres: each row to the nearest, each centre to the mean of its
 * rows, until nothing changes (Lloyd 1957, 1982). */
#ifndef ML_MODELS_LLOYD_H
#define ML_MODELS_LLOYD_H

#include "models/centres.h"
#include "models/cloud.h"

struct ml_lloyd {
	struct ml_centres *centres; /* where it begins, and ends */
	double *size;               /* centres->n: sums of weights */
	size_t max_iter;
	double tol; /* ends when the squares of the centres' moves sum to no more; 0: when no
		     * row changes its centre */
	/* what came of it */
	double inertia; /* sum of weight times squared distance from the nearest centre */
	size_t iters;
	bool converged;
};

/* Inertia and sizes are those of the centres that it ends with: what predictions of the same
 * rows would say.  A centre without rows moves to the row that is farthest from its own.
 * E-TOOFEW when there are not as many different rows as centres. */
int ml_lloyd_run(struct ml_lloyd *l, const struct ml_cloud *c, const struct ml_run *run,
		 struct ml_error *err) ML_CHECK;

#endif
