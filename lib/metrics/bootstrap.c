/* bootstrap.c - resampling: a resample is the rows under other weights (how often each was
 * drawn, times its own), so that nothing is copied and nothing sorted again; so is what the
 * jackknife leaves. */
#include "metrics/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "metrics/spread.h"

struct worker {
	struct ml_parts *parts; /* one a sheet */
	double *w;              /* n */
	uint32_t *drawn;        /* units: how often each was drawn */
};

struct work {
	const struct ml_replicas *what;
	const struct ml_resampling *how;
	const struct ml_run *run;
	size_t rounds, blocks; /* blocks 0: the bootstrap, else the jackknife */
	struct worker *worker; /* one a thread */
	size_t threads;
	double *value; /* sheets x measures x rounds */
};

static const struct ml_scored *rows_of(const struct work *work)
{
	return work->what->sheet[0]->rows;
}

static size_t units_of(const struct work *work)
{
	return work->how->group ? work->how->groups : rows_of(work)->n;
}

static void draw(const struct work *work, struct worker *me, size_t index)
{
	size_t units = units_of(work);
	const char *stream = work->how->stream ? work->how->stream : "bootstrap";
	struct ml_rng rng;

	ml_rng_init(&rng, work->run->seed, stream, index);
	for (size_t u = 0; u < units; u++)
		me->drawn[u] = 0;
	for (size_t u = 0; u < units; u++)
		me->drawn[ml_rng_below(&rng, units)]++;
}

static void leave_out(const struct work *work, struct worker *me, size_t index)
{
	for (size_t u = 0; u < units_of(work); u++)
		me->drawn[u] = u % work->blocks != index;
}

static int resample(void *arg, size_t index, int thread, struct ml_error *err)
{
	const struct work *work = arg;
	const struct ml_replicas *what = work->what;
	const struct ml_scored *rows = rows_of(work);
	const int32_t *group = work->how->group;
	struct worker *me = &work->worker[thread];
	double *value = work->value + index;

	if (ml_run_over(work->run))
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "out of time after %zu of %zu resamples", index, work->rounds);
	if (work->blocks)
		leave_out(work, me, index);
	else
		draw(work, me, index);
	for (size_t i = 0; i < rows->n; i++)
		me->w[i] =
			me->drawn[group ? (size_t)group[i] : i] * (rows->w ? rows->w[i] : 1.0);
	for (size_t s = 0; s < what->sheets; s++) {
		if (ml_parts_fill(&me->parts[s], me->w, err))
			return err->code;
		for (size_t m = 0; m < what->measures; m++, value += work->rounds)
			*value = ml_measure_value(&what->measure[m], &me->parts[s], what->opts);
	}
	return ML_OK;
}

static int worker_init(struct worker *me, const struct work *work, struct ml_error *err)
{
	const struct ml_replicas *what = work->what;
	int rc = ML_OK;

	if (!(me->parts = ml_alloc(what->sheets, sizeof *me->parts, err)))
		return err->code;
	for (size_t s = 0; !rc && s < what->sheets; s++)
		rc = ml_parts_init(&me->parts[s], what->sheet[s], err);
	if (!rc && !(me->w = ml_alloc(rows_of(work)->n, sizeof *me->w, err)))
		rc = err->code;
	if (!rc && !(me->drawn = ml_alloc(units_of(work), sizeof *me->drawn, err)))
		rc = err->code;
	return rc;
}

static void worker_release(struct worker *me, const struct work *work)
{
	for (size_t s = 0; me->parts && s < work->what->sheets; s++)
		ml_parts_release(&me->parts[s]);
	free(me->parts);
	free(me->w);
	free(me->drawn);
}

static int work_through(struct work *work, struct ml_error *err)
{
	int rc = ML_OK;

	work->threads = work->run->threads > 0 ? (size_t)work->run->threads : 1;
	if (!(work->worker = ml_alloc(work->threads, sizeof *work->worker, err)))
		return err->code;
	for (size_t t = 0; !rc && t < work->threads; t++)
		rc = worker_init(&work->worker[t], work, err);
	if (!rc)
		rc = ml_parallel((int)work->threads, work->rounds, resample, work, err);
	for (size_t t = 0; t < work->threads; t++)
		worker_release(&work->worker[t], work);
	free(work->worker);
	return rc;
}

int ml_bootstrap_values(const struct ml_replicas *what, const struct ml_resampling *how,
			const struct ml_run *run, double *value, struct ml_error *err)
{
	struct work work = {
		.what = what, .how = how, .run = run, .rounds = how->resamples, .value = value
	};

	return work_through(&work, err);
}

int ml_jackknife_values(const struct ml_replicas *what, const struct ml_resampling *how,
			size_t blocks, const struct ml_run *run, double *value,
			struct ml_error *err)
{
	struct work work = { .what = what,
			     .how = how,
			     .run = run,
			     .rounds = blocks,
			     .blocks = blocks,
			     .value = value };

	return work_through(&work, err);
}

static struct ml_interval interval_of(double *v, size_t n, double confidence)
{
	size_t defined = ml_sort_defined(v, n);
	struct ml_interval out = { NAN, NAN, n - defined };

	if (defined == 0 || out.undefined * 2 >= n)
		return out;
	out.lo = ml_quantile(v, defined, (1 - confidence) / 2);
	out.hi = ml_quantile(v, defined, (1 + confidence) / 2);
	return out;
}

int ml_bootstrap(const struct ml_sheet *s, const struct ml_measure *m, size_t n,
		 const struct ml_metric_opts *o, const struct ml_resampling *how,
		 const struct ml_run *run, struct ml_interval *out, struct ml_error *err)
{
	const struct ml_replicas what = {
		.sheet = &s, .sheets = 1, .measure = m, .measures = n, .opts = o
	};

	if (n > SIZE_MAX / how->resamples)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM",
			       "%zu resamples of %zu metrics are too many", how->resamples, n);
	double *value = ml_alloc(n * how->resamples, sizeof *value, err);
	int rc = value ? ml_bootstrap_values(&what, how, run, value, err) : err->code;
	for (size_t i = 0; !rc && i < n; i++)
		out[i] = interval_of(value + i * how->resamples, how->resamples,
				     how->confidence);
	free(value);
	return rc;
}
