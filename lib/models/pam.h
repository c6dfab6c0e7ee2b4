/* pam.h - k-medoids from given rows: medoids are exchanged for other rows as long as that makes
 * distances smaller (FasterPAM; Schubert, Rousseeuw 2021). */
#ifndef ML_MODELS_PAM_H
#define ML_MODELS_PAM_H

#include "models/centres.h"
#include "models/cloud.h"

struct ml_pam {
	struct ml_centres *medoids; /* rows, where it begins, and ends */
	double *size;               /* medoids->n: sums of weights */
	size_t max_iter;            /* passes over the rows */
	/* what came of it */
	double loss; /* sum of weight times distance from the nearest medoid */
	size_t iters;
	bool converged;
};

int ml_pam_run(struct ml_pam *m, const struct ml_cloud *c, const struct ml_run *run,
	       struct ml_error *err) ML_CHECK;

#endif
