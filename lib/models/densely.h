/* densely.h - core rows and how they hang together: the work of dbscan. */
#ifndef ML_MODELS_DENSELY_H
#define ML_MODELS_DENSELY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/run.h"
#include "la/kdtree.h"

struct ml_densely {
	uint32_t *label;        /* by row: the cluster of a core row, else UINT32_MAX; owned */
	size_t cores, clusters; /* clusters are numbered by their first core rows */
};

/* reach: raw, how far neighbours are at most; enough: their weight (w, NULL: 1 each) that makes
 * a core row.  Out of time: ML_EDATA, E-LIMIT. */
int ml_densely_find(struct ml_densely *s, const struct ml_mat *x, const double *w,
		    enum ml_kd_norm norm, double reach, double enough, const struct ml_run *run,
		    struct ml_error *err) ML_CHECK;
void ml_densely_release(struct ml_densely *s);

#endif
