/* tuning.c - which trial is next, and what becomes of those under way.
 *
 * Fits are begun trial by trial, those of one trial in their order.  A trial is begun when the
 * trials it learns from have ended (core/proposing.h) and no other process has claimed it.
 * When there is none, but others are under way here or elsewhere, it is asked again later: so
 * what a process that was killed has claimed is taken over. */
#define _POSIX_C_SOURCE 200809L
#include "core/tuning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/proposing.h"
#include "core/tuning_parts.h"

static double seconds_now(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) ? 0
						  : (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- progress ---- */

static const double PAUSE = 0.1; /* seconds */

static double best_so_far(const struct ml_book *b)
{
	double best = NAN;

	for (size_t i = 0; i < b->trials.n; i++) {
		const struct ml_tried *t = &b->trials.v[i];
		if (t->state == ML_STATE_DONE)
			best = b->study.maximize ? fmax(best, t->value) : fmin(best, t->value);
	}
	return best;
}

/* Not after every trial: there may be many, and the best is sought among all. */
static void tell(struct ml_tune_work *w)
{
	const struct ml_book *b = w->book;
	size_t done = b->ended - w->had;
	double now = seconds_now();

	if (!w->run->progress || now < w->told_at + PAUSE)
		return;
	w->told_at = now;
	struct ml_progress p = { .step = b->ended,
				 .steps = w->plan->trials,
				 .train_loss = NAN,
				 .valid_loss = NAN,
				 .valid_metric = NAN,
				 .rate = NAN,
				 .unit = "trial",
				 .best = best_so_far(b),
				 .left = NAN };
	if (done && p.steps > p.step)
		p.left = (now - w->begun_at) / (double)done * (double)(p.steps - p.step);
	w->run->progress(w->run->user, &p);
}

/* ---- a trial begins ---- */

static int expand(const struct ml_tune_work *w, const struct ml_words *words, size_t trial,
		  char **out, struct ml_error *err)
{
	const struct ml_study *s = &w->book->study;
	const struct ml_tried *t = &w->book->trials.v[trial];
	const struct ml_words_of of = { t->point, trial, s->seed, t->budget,
					w->plan->resource };
	struct ml_buf text = { 0 };

	ml_words_put(words, &of, &text);
	int rc = ml_buf_check(&text, err);
	if (!rc && !(*out = ml_strdup(ml_buf_str(&text), err)))
		rc = err->code;
	ml_buf_release(&text);
	return rc;
}

static size_t fits_of(const struct ml_tune_plan *plan)
{
	const struct ml_split_plan *split = &plan->cv.split;

	return plan->metric ? plan->cv.repeats * (split->folds - (split->time != NULL)) : 1;
}

static int begin_trial(struct ml_tune_work *w, struct ml_attempt *a, size_t i,
		       struct ml_error *err)
{
	const struct ml_tried *t = &w->book->trials.v[i];
	size_t n = w->book->study.space.n;

	*a = (struct ml_attempt){ .live = true, .trial = i, .fits = fits_of(w->plan) };
	a->size = w->words.budget ? 1 : t->budget;
	a->result.budget = t->budget;
	a->result.value = a->result.se = NAN;
	if (!w->plan->metric && a->size < 1)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"this method gives trials less than the full budget: the command "
			"must say what {budget} of it means");
	if (!(a->fit = ml_alloc(a->fits, sizeof *a->fit, err)) ||
	    !(a->result.point = ml_alloc(n, sizeof *a->result.point, err)))
		return err->code;
	memcpy(a->result.point, t->point, n * sizeof *t->point);
	int rc = expand(w, &w->words, i, &a->command, err);
	if (!rc && w->plan->cv.predict_cmd)
		rc = expand(w, &w->predict_words, i, &a->predict_cmd, err);
	return rc;
}

static struct ml_attempt *attempt_at(const struct ml_tune_work *w, size_t trial)
{
	for (int k = 0; k < w->plan->jobs; k++)
		if (w->attempt[k].live && w->attempt[k].trial == trial)
			return &w->attempt[k];
	return NULL;
}

/* Finds and claims a trial: ML_OK; ML_NO: there may be one later; ML_END. */
static int find_trial(struct ml_tune_work *w, size_t *found, struct ml_error *err)
{
	struct ml_book *b = w->book;
	bool later = false, ours = false, ready = false;
	int rc = ml_book_sync(b, err);

	w->held = 0;
	while (w->first < b->trials.n && ml_tried_ended(&b->trials.v[w->first]))
		w->first++;
	for (size_t i = w->first; !rc && (!w->plan->trials || i < w->plan->trials); i++) {
		if (attempt_at(w, i) || (i < b->trials.n && ml_tried_ended(&b->trials.v[i]))) {
			later = later || attempt_at(w, i);
			continue;
		}
		if (!w->plan->again && i < b->trials.n &&
		    b->trials.v[i].state == ML_TRIAL_ASKED) {
			w->held++;
			continue;
		}
		if ((rc = ml_propose(b, i, &ready, err)) || !ready ||
		    (rc = ml_book_claim(b, i, &ours, err)))
			break;
		if (ours) {
			*found = i;
			return ML_OK;
		}
		later = true;
	}
	return rc ? rc : later ? ML_NO : ML_END;
}

/* ---- jobs ---- */

static int next(void *arg, struct ml_job **job, struct ml_error *err)
{
	struct ml_tune_work *w = arg;
	struct ml_attempt *a = NULL, *open = NULL;
	struct ml_tune_fit *f = w->fit;
	size_t trial = 0;
	int rc = ML_OK;

	for (int k = 0; k < w->plan->jobs; k++) {
		struct ml_attempt *at = &w->attempt[k];
		if (!at->live)
			open = at;
		else if (!at->closing && at->begun < at->fits && (!a || at->trial < a->trial))
			a = at;
	}
	if (!a) {
		if ((rc = find_trial(w, &trial, err)))
			return rc;
		rc = begin_trial(w, a = open, trial, err);
	}
	while (f->live)
		f++;
	f->of = a;
	f->k = a->begun;
	if (!rc)
		rc = ml_tune_fit_begin(w, f, err);
	*job = &f->cv.job;
	return rc;
}

static int done(void *arg, struct ml_job *job, struct ml_error *err)
{
	struct ml_tune_work *w = arg;
	struct ml_tune_fit *f = w->fit;

	while (job != &f->cv.job)
		f++;
	struct ml_attempt *a = f->of;
	int rc = ml_tune_fit_end(w, f, err);
	if (!rc)
		rc = ml_tune_settle(w, a, err);
	if (rc || !a->settled || a->running)
		return rc;
	rc = ml_book_add(w->book, a->trial, &a->result, err);
	ml_book_unclaim(w->book, a->trial);
	ml_attempt_release(a);
	if (!rc)
		tell(w);
	return rc;
}

/* ---- all of them ---- */

static int tell_failure(const struct ml_book *b, struct ml_error *err)
{
	const struct ml_tried *first = NULL;

	for (size_t i = 0; i < b->trials.n; i++) {
		const struct ml_tried *t = &b->trials.v[i];
		if (t->state == ML_STATE_DONE || t->state == ML_STATE_PRUNED)
			return ML_OK;
		if (!first && t->state == ML_STATE_FAILED)
			first = t;
	}
	if (!first)
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-TRIAL", "every trial has failed; the first: %s",
		       first->why ? first->why : "it is not known why");
}

static int prepare(struct ml_tune_work *w, struct ml_error *err)
{
	const struct ml_tune_plan *plan = w->plan;
	size_t n = (size_t)plan->jobs;
	bool folds = plan->metric != NULL;

	int rc = ml_words_init(&w->words, plan->command, &w->book->study.space, folds, err);
	if (!rc && plan->cv.predict_cmd)
		rc = ml_words_init(&w->predict_words, plan->cv.predict_cmd,
				   &w->book->study.space, true, err);
	if (!rc && (!(w->attempt = ml_alloc(n, sizeof *w->attempt, err)) ||
		    !(w->fit = ml_alloc(n, sizeof *w->fit, err))))
		rc = err->code;
	if (!rc)
		rc = folds ? ml_cv_stock_init(&w->stock, plan->t, &plan->cv, w->run, err)
			   : ml_cv_stock_bare(&w->stock, &plan->cv, err);
	return rc;
}

static void finish(struct ml_tune_work *w)
{
	for (int k = 0; w->fit && k < w->plan->jobs; k++)
		if (w->fit[k].live)
			ml_cv_fit_release(&w->fit[k].cv);
	for (int k = 0; w->attempt && k < w->plan->jobs; k++)
		if (w->attempt[k].live) {
			ml_book_unclaim(w->book, w->attempt[k].trial);
			ml_attempt_release(&w->attempt[k]);
		}
	free(w->fit);
	free(w->attempt);
	ml_words_release(&w->words);
	ml_words_release(&w->predict_words);
	ml_cv_stock_release(&w->stock);
}

int ml_tune_run(struct ml_book *b, const struct ml_tune_plan *plan, struct ml_tune_left *left,
		const struct ml_run *run, struct ml_error *err)
{
	struct ml_tune_work w = {
		.book = b, .plan = plan, .run = run, .begun_at = seconds_now(), .had = b->ended
	};
	const struct ml_job_calls calls = { next, done, &w };

	*left = (struct ml_tune_left){ 0 };
	int rc = prepare(&w, err);
	if (!rc) {
		tell(&w);
		rc = ml_jobs_run(plan->jobs, run, &calls, err);
	}
	if (!rc)
		rc = tell_failure(b, err);
	left->asked = w.held;
	finish(&w);
	return rc;
}
