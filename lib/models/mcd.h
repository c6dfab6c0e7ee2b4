/* mcd.h - the minimum covariance determinant: where rows lie and how they spread, by those
 * h rows whose covariance has the least determinant, so that the others may be anything.
 *
 * FAST-MCD (Rousseeuw, Van Driessen 1999): from p + 1 rows drawn at random, mean and covariance
 * are renewed by the h rows nearest to them ("C-steps", which never raise the determinant): two
 * steps from each of 500 draws, then the ten best until nothing changes.  With more than 600
 * rows the draws are of up to five subsets of some 300 rows, then of these together. */
#ifndef ML_MODELS_MCD_H
#define ML_MODELS_MCD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"
#include "la/mat.h"
#include "models/scatter.h"

/* x: n x p, well scaled; w: weights, or NULL; h: the weight to be covered, in (0, total].
 * m: zeroed, or as it was left; its covariance has the covered weight as divisor.  *steps:
 * C-steps made on all rows.  *singular: no h rows span the space, and nothing else is told. */
int ml_mcd_fit(struct ml_scatter *m, const struct ml_mat *x, const double *w, double h,
	       const struct ml_run *run, size_t *steps, bool *singular,
	       struct ml_error *err) ML_CHECK;

#endif
