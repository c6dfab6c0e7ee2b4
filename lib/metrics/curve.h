/* curve.h - points of curves, for one class against the rest. */
#ifndef ML_METRICS_CURVE_H
#define ML_METRICS_CURVE_H

#include "base/error.h"
#include "metrics/sheet.h"

enum { ML_CURVE_COLUMNS = 5 }; /* at most */

/* Takes one point: a value for each column, NaN: none. */
typedef int ml_point_fn(void *arg, const double *v, struct ml_error *err);

struct ml_curve {
	const char *name; /* "roc" */
	const char *summary;
	const char *undefined;                    /* why it may have no points */
	const char *column[ML_CURVE_COLUMNS + 1]; /* NULL-ended */
	unsigned needs;                           /* of ml_metric_needs */
	/* Gives all points of class c in order; none where the curve is not defined. */
	int (*points)(const struct ml_parts *p, size_t c, const struct ml_metric_opts *o,
		      ml_point_fn *point, void *arg, struct ml_error *err) ML_CHECK;
};

extern const struct ml_curve ml_curves[];  /* ended by .name NULL */
extern const char *const ml_curve_names[]; /* "none", then as in ml_curves; NULL-ended */

#endif
