/* separated.h - are the classes separable, so that without a penalty there is no optimum?
 *
 * Where a direction separates the classes (completely, or all but rows on the boundary), the
 * loss falls for ever along it: rows are fitted with probabilities near 1, and a Newton step of
 * the loss still moves their scores by about 1 (for loss exp(-s), step = slope / curvature =
 * 1). At a finite optimum that step is 0, however certain some rows are. */
#ifndef ML_MODELS_SEPARATED_H
#define ML_MODELS_SEPARATED_H

#include "models/linpred.h"
#include "models/logloss.h"

/* *rows: how many rows are both fitted with certainty (loss below 1e-5) and still on their way.
 * `m` holds the coefficients; f->weights, the curvature are overwritten. */
int ml_separated_rows(struct ml_logloss *f, const struct ml_linpred *m,
		      const struct ml_run *run, size_t *rows, struct ml_error *err) ML_CHECK;

#endif
