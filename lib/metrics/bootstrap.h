/* bootstrap.h - intervals of metrics, by drawing rows with replacement (Efron 1979).
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
	const char *stream; /* name of the random stream; NULL: "bootstrap" */
};
struct ml_interval {
	double lo, hi;    /* NaN when the metric is not defined in half of the resamples */
	size_t undefined; /* resamples in which it is not defined, left out of lo and hi */
};

/* out[0..n): percentile intervals of the measures m[0..n) over the rows of the sheet (made with
 * keep). Resample i is drawn from the stream (run->seed, how->stream, i): threads change
 * nothing. Memory: n x resamples numbers, and two a row for each thread. */
int ml_bootstrap(const struct ml_sheet *s, const struct ml_measure *m, size_t n,
		 const struct ml_metric_opts *o, const struct ml_resampling *how,
		 const struct ml_run *run, struct ml_interval *out,
		 struct ml_error *err) ML_CHECK;

/* Several models of the same rows, resampled together: what they differ by is paired. */
struct ml_replicas {
	const struct ml_sheet *const
		*sheet; /* one a model, made with keep; equally many rows */
	size_t sheets;
	const struct ml_measure *measure;
	size_t measures;
	const struct ml_metric_opts *opts;
};
/* value[(s * measures + m) * resamples + r]: measure m of sheet s in resample r, NaN where it
 * is not defined.  how->confidence is not looked at. */
int ml_bootstrap_values(const struct ml_replicas *what, const struct ml_resampling *how,
			const struct ml_run *run, double *value, struct ml_error *err) ML_CHECK;
/* The same without the rows (or groups) u where u % blocks == r, for each block r. */
int ml_jackknife_values(const struct ml_replicas *what, const struct ml_resampling *how,
			size_t blocks, const struct ml_run *run, double *value,
			struct ml_error *err) ML_CHECK;
/* Blocks that serve n rows or groups: all of them up to 200, so that the jackknife costs less
 * than the bootstrap. */
enum { ML_JACKKNIFE_BLOCKS = 200 };

#endif
