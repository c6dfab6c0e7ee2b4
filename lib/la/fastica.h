/* fastica.h - directions along which the rows of a matrix are farthest from normal: symmetric
 * FastICA (Hyvarinen 1999; Hyvarinen, Oja 2000).
 *
 * With Z the whitened rows (K x_i, of mean 0 and covariance I), g the derivative of a contrast
 * and W k x k:
 *
 *     W+ = E[g(W z) z'] - diag(E[g'(W z)]) W
 *     W  = (W+ W+')^-1/2 W+
 *
 * until max_c |1 - |<w+_c, w_c>|| < tol.  Z is not kept: a pass over the rows costs n k (2 p)
 * and n k values of g. */
#ifndef ML_LA_FASTICA_H
#define ML_LA_FASTICA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"
#include "la/columnar.h"

enum ml_contrast { ML_CONTRAST_LOGCOSH, ML_CONTRAST_EXP, ML_CONTRAST_CUBE };

struct ml_fastica_ask {
	enum ml_contrast contrast;
	size_t max_iter; /* at least 1 */
	double tol;
};
struct ml_fastica_report {
	size_t iters;
	bool converged;
	double change; /* at the end */
};

/* a: rows without weights (a->root NULL); w: a->n weights, or NULL for all 1.
 * whiten: K, k x p.  rotation: W, k x k: on entry any regular matrix, on return orthogonal. */
int ml_fastica(const struct ml_columnar *a, const double *w, const double *whiten, size_t k,
	       double *rotation, const struct ml_fastica_ask *ask, const struct ml_run *run,
	       struct ml_fastica_report *report, struct ml_error *err) ML_CHECK;

/* m (k x k) becomes the nearest orthogonal matrix, (m m')^-1/2 m; E-RANGE when it is singular.
 */
int ml_orthogonalise(double *m, size_t k, struct ml_error *err) ML_CHECK;

#endif
