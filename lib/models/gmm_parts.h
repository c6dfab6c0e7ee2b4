/* gmm_parts.h - what the files of gmm share: gmm.c the contract, gmm_fit.c the fit. */
#ifndef ML_MODELS_GMM_PARTS_H
#define ML_MODELS_GMM_PARTS_H

#include "models/mixture.h"
#include "models/model.h"

/* Where a fit begins. */
enum gmm_start { GMM_KMEANS, GMM_PLUS, GMM_RANDOM, GMM_FIRST, GMM_FILE };

struct gmm_opts {
	const char *components, *init;
	int shape, criterion;
	double reg, tol;
	int64_t n_init, max_iter;
};

struct gmm {
	struct ml_mixture mix;
	double *size; /* k: weight of the rows of training whose most likely component it is */
	double likelihood, bic, aic;
};

/* What --init says: a word that is none of the others is a file. */
enum gmm_start ml_gmm_start(const char *init);
int ml_gmm_fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err) ML_CHECK;

#endif
