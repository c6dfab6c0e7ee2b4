/* crossval.c - fits in jobs, and what came of them.
 *
 * A fit's training part is written just before its job begins and removed when it ends, so that
 * no more parts lie on the disk than jobs run.  Jobs begin in order, and no new one begins
 * after a failure; so the first failed fit is the same for any number of jobs. */
#define _POSIX_C_SOURCE 200809L
#include "core/crossval.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/sink.h"
#include "core/crossval_parts.h"

enum { SAID_MAX = 65536 }; /* bytes of stderr that are looked at */

struct work {
	struct ml_cv *cv;
	const struct ml_table *t;
	const struct ml_cv_plan *plan;
	struct ml_cv_deal deal;
	struct ml_scratch scratch;
	struct ml_job *job;        /* one a part */
	struct ml_cv_files *files; /* one a part, */
	char **command;            /* and its command: made when it begins, gone when it ends */
	char threads[32];
	const char *env[2];
	bool keep_failed;
};

/* ---- files ---- */

static char *path_of(const struct work *w, size_t i, const char *what, struct ml_error *err)
{
	char path[sizeof w->scratch.path + 64];

	snprintf(path, sizeof path, "%s/%zu.%s", w->scratch.path, i + 1, what);
	return ml_strdup(path, err);
}

static int name_files(const struct work *w, size_t i, struct ml_error *err)
{
	struct ml_cv_files *f = &w->files[i];

	if (!(f->train = path_of(w, i, "train", err)) ||
	    !(f->held = path_of(w, i, "held", err)) ||
	    !(f->model = path_of(w, i, "model", err)) ||
	    !(f->pred = path_of(w, i, "pred", err)) ||
	    !(f->errors = path_of(w, i, "errors", err)))
		return err->code;
	return ML_OK;
}

static void forget_files(struct ml_cv_files *f)
{
	char *const path[] = { f->train, f->held, f->model, f->pred, f->errors };

	for (size_t k = 0; k < sizeof path / sizeof *path; k++) {
		if (path[k])
			(void)unlink(path[k]);
		free(path[k]);
	}
	*f = (struct ml_cv_files){ 0 };
}

/* The end of a file, at most SAID_MAX bytes; what cannot be read is left out. */
static void read_end(const char *path, struct ml_buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[4096];
	ssize_t n;

	if (fd < 0)
		return;
	if (lseek(fd, -(off_t)SAID_MAX, SEEK_END) < 0)
		(void)lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR))
		for (ssize_t i = 0; i < n; i++)
			if (bytes[i]) /* it is to be a string */
				ml_buf_byte(out, (unsigned char)bytes[i]);
	(void)close(fd);
	if (out->n && out->v[out->n - 1] != '\n')
		ml_buf_byte(out, '\n');
}

/* ---- a fit begins ---- */

static int write_parts(struct work *w, size_t i, struct ml_error *err)
{
	struct ml_cv_part *part = &w->cv->part[i];
	struct ml_table *rows = NULL;
	size_t *train = NULL;

	int rc = ml_cv_held_out(&w->deal, part, &part->row, &part->n, err);
	if (!rc)
		rc = ml_cv_train(&w->deal, part, &train, &part->trained_on, err);
	if (!rc)
		rc = ml_table_take(&rows, w->t, train, part->trained_on, err);
	if (!rc)
		rc = ml_cv_write_rows(w->plan, rows, w->files[i].train, true, err);
	free(train);
	ml_table_free(rows);
	rows = NULL;
	if (rc || !(w->plan->predict_cmd || w->plan->csv))
		return rc;
	rc = ml_cv_held_table(&rows, w->t, part, err);
	if (!rc)
		rc = ml_cv_write_rows(w->plan, rows, w->files[i].held, false, err);
	ml_table_free(rows);
	return rc;
}

/* Newlines behind what the user wrote end a comment in it.  Subshells, since it may say `exit`.
 */
static int make_command(struct work *w, size_t i, struct ml_error *err)
{
	const struct ml_cv_part *part = &w->cv->part[i];
	const struct ml_cv_files *f = &w->files[i];
	struct ml_buf b = { 0 };

	ml_buf_text(&b, "(");
	ml_cv_expand(&b, w->plan->pipeline, part, NULL);
	ml_buf_text(&b, "\n)");
	if (w->plan->predict_cmd) {
		ml_buf_text(&b, " >");
		ml_cv_quote(&b, f->model);
		ml_buf_text(&b, " || exit\n(");
		ml_cv_expand(&b, w->plan->predict_cmd, part, f->model);
		ml_buf_text(&b, "\n) <");
		ml_cv_quote(&b, f->held);
	}
	int rc = ml_buf_check(&b, err);
	if (!rc && !(w->command[i] = ml_strdup(ml_buf_str(&b), err)))
		rc = err->code;
	ml_buf_release(&b);
	return rc;
}

static int begin(void *arg, size_t i, struct ml_error *err)
{
	struct work *w = arg;

	int rc = name_files(w, i, err);
	if (!rc)
		rc = write_parts(w, i, err);
	if (!rc)
		rc = make_command(w, i, err);
	w->job[i] = (struct ml_job){
		.command = w->command[i],
		.in = w->files[i].train,
		.out = w->plan->predict_cmd ? w->files[i].pred : w->files[i].model,
		.errors = w->files[i].errors,
		.env = w->env,
		.seconds = w->plan->job_seconds,
		.status = -1,
	};
	return rc;
}

/* ---- a fit ends ---- */

static int put_why(struct ml_cv_part *part, struct ml_buf *why, struct ml_error *err)
{
	int rc = ml_buf_check(why, err);

	if (!rc && !(part->why = ml_strdup(ml_buf_str(why), err)))
		rc = err->code;
	ml_buf_release(why);
	return rc;
}

/* The pipeline, or predict_cmd, has failed. */
static int note_failure(const struct work *w, const struct ml_job *job, struct ml_cv_part *part,
			const char *said, struct ml_error *err)
{
	struct ml_buf why = { 0 };
	char *reason = NULL;

	part->status = job->status ? job->status : ML_EDATA;
	if (job->timed_out)
		ml_buf_printf(&why, "not done after %g seconds (--max-seconds)",
			      w->plan->job_seconds);
	else if (ml_cv_reason(&reason, said, err))
		return err->code;
	else if (*reason)
		ml_buf_text(&why, reason);
	else if (job->status > 128)
		ml_buf_printf(&why, "the pipeline was killed by signal %d", job->status - 128);
	else
		ml_buf_printf(&why, "the pipeline ended with status %d", job->status);
	free(reason);
	return put_why(part, &why, err);
}

/* It did what it should, as it says, but what it wrote is no use: only data is the fit's own
 * fault. */
static int note_useless(struct ml_cv_part *part, struct ml_error *err)
{
	struct ml_buf why = { 0 };

	if (err->code != ML_EDATA && err->code != ML_EUSAGE)
		return err->code;
	part->status = err->code;
	ml_buf_printf(&why, "%s [%s]", err->msg, err->tag ? err->tag : "E-DATA");
	return put_why(part, &why, err);
}

static int keep_model(const struct work *w, size_t i, struct ml_error *err)
{
	const struct ml_cv_part *part = &w->cv->part[i];
	struct ml_buf name = { 0 };
	struct ml_sink *sink = NULL;
	char bytes[65536], number[ML_NUMBER_MAX];
	ssize_t n = 0;

	ml_buf_text(&name, w->plan->keep_models);
	if (w->plan->repeats > 1)
		ml_buf_printf(&name, "%zu-", part->repeat);
	ml_buf_printf(&name, "%zu", part->fold);
	ml_number_print(part->size, number);
	if (w->plan->n_sizes)
		ml_buf_printf(&name, "-%s", number);
	ml_buf_text(&name, ".mls");
	int fd = open(w->files[i].model, O_RDONLY | O_CLOEXEC);
	int rc = ml_buf_check(&name, err);
	if (!rc)
		rc = ml_sink_open(&sink, ml_buf_str(&name), err);
	while (!rc && ((n = read(fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			rc = ml_sink_put(sink, bytes, (size_t)n, err);
	if (!rc && n < 0)
		rc = ml_fail(err, ML_EIO, "E-IO", "a model cannot be read: %s",
			     strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	ml_buf_release(&name);
	if (!rc)
		return ml_sink_commit(sink, err);
	ml_sink_abandon(sink);
	return rc;
}

static int done(void *arg, size_t i, struct ml_error *err)
{
	struct work *w = arg;
	const struct ml_job *job = &w->job[i];
	struct ml_cv_part *part = &w->cv->part[i];
	struct ml_buf said = { 0 };
	int rc;

	part->seconds = job->wall;
	part->peak_kib = job->peak_kib;
	part->status = 0;
	read_end(w->files[i].errors, &said);
	if (job->status || job->timed_out)
		rc = note_failure(w, job, part, ml_buf_str(&said), err);
	else if ((rc = ml_cv_score(part, w->plan, w->t, &w->files[i], &said, err)))
		rc = note_useless(part, err);
	if (!rc && !part->status && w->plan->keep_models)
		rc = keep_model(w, i, err);
	if (!rc)
		rc = ml_buf_check(&said, err);
	if (!rc && !(part->said = ml_strdup(ml_buf_str(&said), err)))
		rc = err->code;
	ml_buf_release(&said);
	forget_files(&w->files[i]);
	free(w->command[i]);
	w->command[i] = NULL;
	return rc ? rc : part->status && !w->keep_failed ? ML_END : ML_OK;
}

/* ---- all of them ---- */

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

/* The first fit that failed, or was not done. */
static int tell_failure(const struct work *w, struct ml_error *err)
{
	struct ml_buf name = { 0 };

	for (size_t i = 0; i < w->cv->n; i++) {
		const struct ml_cv_part *part = &w->cv->part[i];
		if (!part->status)
			continue;
		ml_cv_name(&name, w->plan, part);
		ml_fail(err, ML_EDATA, "E-FOLD", "%s: %s", ml_buf_str(&name),
			part->why ? part->why : "not done, since the run was stopped");
		ml_buf_release(&name);
		return err->code;
	}
	return ML_OK;
}

static int run_jobs(struct work *w, const struct ml_run *run, struct ml_error *err)
{
	const struct ml_job_calls calls = { begin, done, w };
	size_t n = w->cv->n;

	snprintf(w->threads, sizeof w->threads, "ML_THREADS=%d", w->plan->job_threads);
	w->env[0] = w->threads;
	if (!(w->job = ml_alloc(n, sizeof *w->job, err)) ||
	    !(w->files = ml_alloc(n, sizeof *w->files, err)) ||
	    !(w->command = ml_alloc(n, sizeof *w->command, err)))
		return err->code;
	int rc = ml_scratch_make(&w->scratch, w->plan->tmpdir, err);
	if (rc)
		return rc;
	rc = ml_jobs_run(w->job, n, w->plan->jobs, run, &calls, err);
	for (size_t i = 0; i < n; i++) {
		forget_files(&w->files[i]);
		free(w->command[i]);
	}
	ml_scratch_remove(&w->scratch);
	return rc;
}

int ml_cv_run(struct ml_cv *cv, const struct ml_table *t, const struct ml_cv_plan *plan,
	      bool keep_failed, const struct ml_run *run, struct ml_error *err)
{
	struct work w = { .cv = cv, .t = t, .plan = plan, .keep_failed = keep_failed };

	*cv = (struct ml_cv){ 0 };
	int rc = ml_cv_check_pipeline(plan, err);
	if (!rc)
		rc = ml_cv_deal_init(&w.deal, plan, t->rows, run, err);
	if (!rc)
		rc = make_parts(cv, plan, err);
	if (!rc)
		rc = run_jobs(&w, run, err);
	if (!rc && !keep_failed)
		rc = tell_failure(&w, err);
	ml_cv_deal_release(&w.deal);
	free(w.job);
	free(w.files);
	free(w.command);
	return rc;
}

void ml_cv_release(struct ml_cv *cv)
{
	for (size_t i = 0; i < cv->n; i++) {
		free(cv->part[i].row);
		ml_table_free(cv->part[i].pred);
		free(cv->part[i].why);
		free(cv->part[i].said);
	}
	free(cv->part);
	*cv = (struct ml_cv){ 0 };
}
