/* tuning_fit.c - one command of a trial: on a fold, or one that prints what the trial is worth.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/tuning_parts.h"

/* ---- by folds ---- */

static int begin_fold(struct ml_tune_work *w, struct ml_tune_fit *f, struct ml_error *err)
{
	const struct ml_split_plan *split = &w->plan->cv.split;
	size_t first = split->time ? 2 : 1, each = split->folds - first + 1, share = 0;

	int rc = ml_cv_stock_find(&w->stock, f->k / each + 1, f->k % each + first, f->of->size,
				  &share, err);
	return rc ? rc
		  : ml_cv_fit_begin(&f->cv, &w->stock, share, f->of->command,
				    f->of->predict_cmd, err);
}

static int end_fold(struct ml_tune_work *w, struct ml_tune_fit *f, struct ml_fit_result *r,
		    struct ml_error *err)
{
	struct ml_cv_part *part = &f->cv.part;
	struct ml_buf why = { 0 };
	int rc = ml_cv_fit_end(&f->cv, &w->stock, err);

	r->bytes = f->cv.model_bytes;
	if (rc)
		return rc;
	if (!part->status)
		rc = ml_tune_score(part, w->plan, w->run, &r->value, err);
	if (!rc && !part->status)
		return ML_OK;
	if (rc && rc != ML_EDATA && rc != ML_EUSAGE) /* others are not the fit's own fault */
		return rc;
	ml_cv_name(&why, &w->plan->cv, part);
	ml_buf_printf(&why, ": %s", rc ? err->msg : part->why);
	if (rc)
		ml_buf_printf(&why, " [%s]", err->tag ? err->tag : "E-DATA");
	rc = ml_buf_check(&why, err);
	if (!rc && !(r->why = ml_strdup(ml_buf_str(&why), err)))
		rc = err->code;
	ml_buf_release(&why);
	return rc;
}

/* ---- a number printed ---- */

static int name_file(const struct ml_cv_stock *s, const char *what, char **path,
		     struct ml_error *err)
{
	char name[sizeof s->scratch.path + 64];

	snprintf(name, sizeof name, "%s/%zu.%s", s->scratch.path, s->fits, what);
	*path = ml_strdup(name, err);
	return *path ? ML_OK : err->code;
}

static int begin_command(struct ml_tune_work *w, struct ml_tune_fit *f, struct ml_error *err)
{
	struct ml_cv_fit *c = &f->cv;

	*c = (struct ml_cv_fit){ .model_bytes = NAN };
	w->stock.fits++;
	int rc = name_file(&w->stock, "out", &c->pred, err);
	if (!rc)
		rc = name_file(&w->stock, "errors", &c->errors, err);
	c->job = (struct ml_job){ .command = f->of->command,
				  .out = c->pred,
				  .errors = c->errors,
				  .env = w->stock.env,
				  .status = -1 };
	return rc;
}

/* The last word of what was printed. */
static void last_word(const struct ml_buf *said, const char **word, size_t *n)
{
	size_t end = said->n;

	while (end && strchr(" \t\r\n", said->v[end - 1]))
		end--;
	size_t from = end;
	while (from && !strchr(" \t\r\n", said->v[from - 1]))
		from--;
	*word = end ? (const char *)said->v + from : "";
	*n = end - from;
}

/* Why the command is no use, or nothing. */
static int find_fault(const struct ml_job *job, const struct ml_buf *out, const char *said,
		      double *value, struct ml_buf *why, struct ml_error *err)
{
	struct ml_number number = { 0 };
	char *reason = NULL;
	const char *word;
	size_t n;

	last_word(out, &word, &n);
	if (job->status && ml_cv_reason(&reason, said, err))
		return err->code;
	if (job->status && *reason)
		ml_buf_text(why, reason);
	else if (job->status > 128)
		ml_buf_printf(why, "the command was killed by signal %d", job->status - 128);
	else if (job->status)
		ml_buf_printf(why, "the command ended with status %d", job->status);
	else if (!n)
		ml_buf_text(why, "the command has printed nothing");
	else if (!ml_number_parse(word, n, &number))
		ml_buf_printf(why, "the last word printed is no number: '%s'",
			      ML_SHOW(word, n));
	*value = number.value;
	free(reason);
	return ml_buf_check(why, err);
}

static int end_command(struct ml_tune_fit *f, struct ml_fit_result *r, struct ml_error *err)
{
	struct ml_buf out = { 0 }, said = { 0 }, why = { 0 };

	ml_cv_read_end(f->cv.pred, &out);
	ml_cv_read_end(f->cv.errors, &said);
	int rc = ml_buf_check(&out, err);
	if (!rc)
		rc = ml_buf_check(&said, err);
	if (!rc)
		rc = find_fault(&f->cv.job, &out, ml_buf_str(&said), &r->value, &why, err);
	if (!rc && why.n && !(r->why = ml_strdup(ml_buf_str(&why), err)))
		rc = err->code;
	ml_buf_release(&out);
	ml_buf_release(&said);
	ml_buf_release(&why);
	return rc;
}

/* ---- either ---- */

int ml_tune_fit_begin(struct ml_tune_work *w, struct ml_tune_fit *f, struct ml_error *err)
{
	int rc = w->plan->metric ? begin_fold(w, f, err) : begin_command(w, f, err);

	f->live = true;
	f->of->begun++;
	f->of->running++;
	return rc;
}

/* What a fit that failed has said stands in its row. */
static void pass_on(const struct ml_tune_work *w, const struct ml_tune_fit *f)
{
	char who[80];

	snprintf(who, sizeof who, "trial %zu fold %zu", f->of->trial, f->cv.part.fold);
	w->plan->said(w->plan->user, who, f->cv.part.said);
}

int ml_tune_fit_end(struct ml_tune_work *w, struct ml_tune_fit *f, struct ml_error *err)
{
	const struct ml_job *job = &f->cv.job;
	struct ml_fit_result *r = &f->of->fit[f->k];
	int rc = ML_OK;

	*r = (struct ml_fit_result){ .value = NAN,
				     .seconds = job->wall,
				     .cpu = job->cpu,
				     .bytes = NAN,
				     .peak = 1024 * (double)job->peak_kib };
	/* What was ended since the run is over says nothing about the trial, not even when it
	 * has ended well: ml-fit then writes what it has. */
	r->known = !job->stopped;
	if (r->known)
		rc = w->plan->metric ? end_fold(w, f, r, err) : end_command(f, r, err);
	if (!rc && r->known && w->plan->said && w->plan->metric && !r->why)
		pass_on(w, f);
	f->of->running--;
	ml_cv_fit_release(&f->cv);
	f->live = false;
	return rc;
}
