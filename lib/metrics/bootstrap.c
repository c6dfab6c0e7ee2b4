/* bootstrap.c - resampling: a resample is the rows under other weights (how often each was
 * drawn, times its own), so that nothing is copied and nothing sorted again.  Quantiles are
 * interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996, NumPy's
 * default). */
#include "metrics/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"

struct worker {
	struct ml_parts parts;
	double *w;       /* n */
	uint32_t *drawn; /* units: how often each was drawn */
};

struct work {
	const struct ml_sheet *sheet;
	const struct ml_measure *measure;
	size_t measures;
	const struct ml_metric_opts *opts;
	const struct ml_resampling *how;
	const struct ml_run *run;
	struct worker *worker; /* one a thread */
	double *value;         /* measures x resamples */
};

static void draw(const struct work *work, struct worker *me, size_t index)
{
	const struct ml_scored *rows = work->sheet->rows;
	const struct ml_resampling *how = work->how;
	size_t units = how->group ? how->groups : rows->n;
	struct ml_rng rng;

	ml_rng_init(&rng, work->run->seed, "bootstrap", index);
	for (size_t u = 0; u < units; u++)
		me->drawn[u] = 0;
	for (size_t u = 0; u < units; u++)
		me->drawn[ml_rng_below(&rng, units)]++;
	for (size_t i = 0; i < rows->n; i++)
		me->w[i] = me->drawn[how->group ? (size_t)how->group[i] : i] *
			   (rows->w ? rows->w[i] : 1.0);
}

static int resample(void *arg, size_t index, int thread, struct ml_error *err)
{
	const struct work *work = arg;
	struct worker *me = &work->worker[thread];

	if (ml_run_over(work->run))
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "out of time after %zu of %zu resamples", index,
			       work->how->resamples);
	draw(work, me, index);
	if (ml_parts_fill(&me->parts, me->w, err))
		return err->code;
	for (size_t m = 0; m < work->measures; m++)
		work->value[m * work->how->resamples + index] =
			ml_measure_value(&work->measure[m], &me->parts, work->opts);
	return ML_OK;
}

static int ascending(const void *a, const void *b)
{
	const double *u = a, *v = b;
	return (*u > *v) - (*u < *v);
}

static double quantile(const double *v, size_t n, double q)
{
	double at = q * (double)(n - 1), below = floor(at);
	size_t i = (size_t)below;

	return i + 1 < n ? v[i] + (at - below) * (v[i + 1] - v[i]) : v[n - 1];
}

static struct ml_interval interval_of(double *v, size_t n, double confidence)
{
	size_t defined = 0;
	struct ml_interval out = { NAN, NAN, 0 };

	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i]))
			v[defined++] = v[i];
	out.undefined = n - defined;
	if (defined == 0 || out.undefined * 2 >= n)
		return out;
	qsort(v, defined, sizeof *v, ascending);
	out.lo = quantile(v, defined, (1 - confidence) / 2);
	out.hi = quantile(v, defined, (1 + confidence) / 2);
	return out;
}

static int worker_init(struct worker *me, const struct work *work, struct ml_error *err)
{
	size_t n = work->sheet->rows->n, units = work->how->group ? work->how->groups : n;
	int rc = ml_parts_init(&me->parts, work->sheet, err);

	if (!rc && !(me->w = ml_alloc(n, sizeof *me->w, err)))
		rc = err->code;
	if (!rc && !(me->drawn = ml_alloc(units, sizeof *me->drawn, err)))
		rc = err->code;
	return rc;
}

int ml_bootstrap(const struct ml_sheet *s, const struct ml_measure *m, size_t n,
		 const struct ml_metric_opts *o, const struct ml_resampling *how,
		 const struct ml_run *run, struct ml_interval *out, struct ml_error *err)
{
	struct work work = { s, m, n, o, how, run, NULL, NULL };
	size_t threads = run->threads > 0 ? (size_t)run->threads : 1;
	int rc = ML_OK;

	if (n > SIZE_MAX / how->resamples)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM",
			       "%zu resamples of %zu metrics are too many", how->resamples, n);
	work.value = ml_alloc(n * how->resamples, sizeof *work.value, err);
	work.worker = work.value ? ml_alloc(threads, sizeof *work.worker, err) : NULL;
	if (!work.worker)
		rc = err->code;
	for (size_t t = 0; !rc && t < threads; t++)
		rc = worker_init(&work.worker[t], &work, err);
	if (!rc)
		rc = ml_parallel((int)threads, how->resamples, resample, &work, err);
	for (size_t i = 0; !rc && i < n; i++)
		out[i] = interval_of(work.value + i * how->resamples, how->resamples,
				     how->confidence);
	for (size_t t = 0; work.worker && t < threads; t++) {
		ml_parts_release(&work.worker[t].parts);
		free(work.worker[t].w);
		free(work.worker[t].drawn);
	}
	free(work.worker);
	free(work.value);
	return rc;
}
