/* crossval.c - fits in jobs, and what came of them.
 *
 * A fit's training part is written just before its job begins and removed when it ends, so that
 * no more parts lie on the disk than jobs run.  Jobs begin in order, and no new one begins
 * after a failure; so the first failed fit is the same for any number of jobs. */
#define _POSIX_C_SOURCE 200809L
#include "core/crossval.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "core/crossval_parts.h"

struct work {
	struct ml_cv *cv;
	struct ml_cv_stock stock; /* one share a part, in the same order */
	struct ml_cv_fit *fit;    /* one a part */
	size_t begun, ended;
	bool keep_failed;
	const struct ml_run *run;
	double begun_at; /* seconds of the monotonic clock */
};

static double seconds_now(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) ? 0
						  : (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* How many fits have ended, and how long the others will take at that rate. */
static void tell(const struct work *w)
{
	struct ml_progress p = { .step = w->ended,
				 .steps = w->cv->n,
				 .train_loss = (double)NAN,
				 .valid_loss = (double)NAN,
				 .valid_metric = (double)NAN,
				 .rate = (double)NAN,
				 .unit = "fit",
				 .best = (double)NAN,
				 .left = (double)NAN };

	if (!w->run->progress)
		return;
	if (w->ended)
		p.left = (seconds_now() - w->begun_at) / (double)w->ended *
			 (double)(p.steps - p.step);
	w->run->progress(w->run->user, &p);
}

static int make_parts(struct ml_cv *cv, const struct ml_cv_plan *plan, struct ml_error *err)
{
	static const double whole = 1;
	const double *size = plan->n_sizes ? plan->sizes : &whole;
	size_t n_sizes = plan->n_sizes ? plan->n_sizes : 1, first = plan->split.time ? 2 : 1;
	size_t folds = plan->split.folds;

	if (!(cv->part = ml_alloc(plan->repeats * n_sizes, folds * sizeof *cv->part, err)))
		return err->code;
	for (size_t r = 1; r <= plan->repeats; r++)
		for (size_t s = 0; s < n_sizes; s++)
			for (size_t f = first; f <= folds; f++)
				cv->part[cv->n++] = (struct ml_cv_part){
					.repeat = r, .fold = f, .size = size[s], .status = -1
				};
	return ML_OK;
}

static int next(void *arg, struct ml_job **job, struct ml_error *err)
{
	struct work *w = arg;
	const struct ml_cv_plan *plan = w->stock.plan;

	if (w->begun == w->cv->n)
		return ML_END;
	struct ml_cv_fit *f = &w->fit[w->begun];
	const struct ml_cv_part *part = &w->cv->part[w->begun++];
	size_t share = 0;
	int rc = ml_cv_stock_find(&w->stock, part->repeat, part->fold, part->size, &share, err);
	if (!rc)
		rc = ml_cv_fit_begin(f, &w->stock, share, plan->pipeline, plan->predict_cmd,
				     err);
	*job = &f->job;
	tell(w);
	return rc;
}

static int done(void *arg, struct ml_job *job, struct ml_error *err)
{
	struct work *w = arg;
	size_t i = 0;

	while (job != &w->fit[i].job)
		i++;
	struct ml_cv_fit *f = &w->fit[i];
	int rc = ml_cv_fit_end(f, &w->stock, err);
	w->cv->part[i] = f->part;
	f->part = (struct ml_cv_part){ 0 };
	ml_cv_stock_drop(&w->stock, f->share);
	ml_cv_fit_release(f);
	w->ended++;
	tell(w);
	return rc ? rc : w->cv->part[i].status && !w->keep_failed ? ML_END : ML_OK;
}

/* The first fit that failed, or was not done. */
static int tell_failure(const struct work *w, struct ml_error *err)
{
	struct ml_buf name = { 0 };

	for (size_t i = 0; i < w->cv->n; i++) {
		const struct ml_cv_part *part = &w->cv->part[i];
		if (!part->status)
			continue;
		ml_cv_name(&name, w->stock.plan, part);
		ml_fail(err, ML_EDATA, "E-FOLD", "%s: %s", ml_buf_str(&name),
			part->why ? part->why : "not done, since the run was stopped");
		ml_buf_release(&name);
		return err->code;
	}
	return ML_OK;
}

int ml_cv_run(struct ml_cv *cv, const struct ml_table *t, const struct ml_cv_plan *plan,
	      bool keep_failed, const struct ml_run *run, struct ml_error *err)
{
	struct work w = {
		.cv = cv, .keep_failed = keep_failed, .run = run, .begun_at = seconds_now()
	};
	const struct ml_job_calls calls = { next, done, &w };

	*cv = (struct ml_cv){ 0 };
	int rc = ml_cv_stock_init(&w.stock, t, plan, run, err);
	if (!rc)
		rc = make_parts(cv, plan, err);
	if (!rc && !(w.fit = ml_alloc(cv->n, sizeof *w.fit, err)))
		rc = err->code;
	if (!rc)
		rc = ml_jobs_run(plan->jobs, run, &calls, err);
	if (!rc && !keep_failed)
		rc = tell_failure(&w, err);
	for (size_t i = 0; w.fit && i < cv->n; i++)
		ml_cv_fit_release(&w.fit[i]);
	free(w.fit);
	ml_cv_stock_release(&w.stock);
	return rc;
}

void ml_cv_release(struct ml_cv *cv)
{
	for (size_t i = 0; i < cv->n; i++)
		ml_cv_part_release(&cv->part[i]);
	free(cv->part);
	*cv = (struct ml_cv){ 0 };
}
