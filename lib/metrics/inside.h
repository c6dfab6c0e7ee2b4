/* inside.h - how good clusters are by the rows alone: near their centres, far from each other.
 */
#ifndef ML_METRICS_INSIDE_H
#define ML_METRICS_INSIDE_H

#include "base/error.h"
#include "metrics/metric.h"

/* NaN: not defined, or not asked for. */
struct ml_inside {
	double silhouette, dunn;                           /* ML_NEEDS_PAIRS */
	double inertia, calinski_harabasz, davies_bouldin; /* ML_NEEDS_FEATURES */
};

/* Under the weights w, NULL for all 1; `needs` of ml_metric_needs.  Rows that are noise are
 * left out. */
int ml_inside_fill(struct ml_inside *in, const struct ml_scored *rows, const double *w,
		   unsigned needs, struct ml_error *err) ML_CHECK;

#endif
