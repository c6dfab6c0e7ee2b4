/* bootstrap.h - percentile intervals of metrics, by drawing rows with replacement (Efron 1979).
 */
#ifndef ML_METRICS_BOOTSTRAP_H
#define ML_METRICS_BOOTSTRAP_H

#include "base/error.h"
#include "base/run.h"
#include "metrics/sheet.h"

struct ml_resampling {
	size_t resamples;     /* >= 1 */
	double confidence;    /* in (0, 1) */
	const int32_t *group; /* n: 0..groups-1, rows that are drawn together; or NULL */
	size_t groups;
};
struct ml_interval {
	double lo, hi;    /* NaN when the metric is not defined in half of the resamples */
	size_t undefined; /* resamples in which it is not defined, left out of lo and hi */
};

/* out[0..n): intervals of the measures m[0..n) over the rows of the sheet (made with keep).
 * Resample i is drawn from the stream (run->seed, "bootstrap", i): threads change nothing.
 * Memory: n x resamples numbers, and two a row for each thread. */
int ml_bootstrap(const struct ml_sheet *s, const struct ml_measure *m, size_t n,
		 const struct ml_metric_opts *o, const struct ml_resampling *how,
		 const struct ml_run *run, struct ml_interval *out,
		 struct ml_error *err) ML_CHECK;

#endif
