/* crossval_fit.c - a pipeline run on a part of the table, and what came of it. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/sink.h"
#include "core/crossval_parts.h"

enum { SAID_MAX = 65536 }; /* bytes of stderr that are looked at */

void ml_cv_read_end(const char *path, struct ml_buf *out)
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

static int name_file(const struct ml_cv_stock *s, const char *what, char **path,
		     struct ml_error *err)
{
	char name[sizeof s->scratch.path + 64];

	snprintf(name, sizeof name, "%s/%zu.%s", s->scratch.path, s->fits, what);
	*path = ml_strdup(name, err);
	return *path ? ML_OK : err->code;
}

/* Newlines behind what the user wrote end a comment in it.  Subshells, since it may say `exit`.
 */
static int make_command(struct ml_cv_fit *f, const struct ml_cv_share *k, const char *pipeline,
			const char *predict_cmd, struct ml_error *err)
{
	struct ml_buf b = { 0 };

	ml_buf_text(&b, "(");
	ml_cv_expand(&b, pipeline, &f->part, NULL);
	ml_buf_text(&b, "\n)");
	if (predict_cmd) {
		ml_buf_text(&b, " >");
		ml_cv_quote(&b, f->model);
		ml_buf_text(&b, " || exit\n(");
		ml_cv_expand(&b, predict_cmd, &f->part, f->model);
		ml_buf_text(&b, "\n) <");
		ml_cv_quote(&b, k->held);
	}
	int rc = ml_buf_check(&b, err);
	if (!rc && !(f->command = ml_strdup(ml_buf_str(&b), err)))
		rc = err->code;
	ml_buf_release(&b);
	return rc;
}

int ml_cv_fit_begin(struct ml_cv_fit *f, struct ml_cv_stock *s, size_t share,
		    const char *pipeline, const char *predict_cmd, struct ml_error *err)
{
	int rc = ml_cv_stock_make(s, share, err);
	const struct ml_cv_share *k = &s->share[share];

	*f = (struct ml_cv_fit){ .share = share, .model_bytes = NAN };
	f->part = (struct ml_cv_part){ .repeat = k->repeat,
				       .fold = k->fold,
				       .size = k->size,
				       .n = k->n,
				       .trained_on = k->trained_on,
				       .status = -1 };
	if (rc)
		return rc;
	s->fits++;
	if (!(f->part.row = ml_alloc(k->n, sizeof *f->part.row, err)))
		return err->code;
	memcpy(f->part.row, k->row, k->n * sizeof *k->row);
	if ((rc = name_file(s, "model", &f->model, err)) ||
	    (rc = name_file(s, "pred", &f->pred, err)) ||
	    (rc = name_file(s, "errors", &f->errors, err)) ||
	    (rc = make_command(f, k, pipeline, predict_cmd, err)))
		return rc;
	f->job = (struct ml_job){
		.command = f->command,
		.in = k->train,
		.out = predict_cmd ? f->pred : f->model,
		.errors = f->errors,
		.env = s->env,
		.seconds = s->plan->job_seconds,
		.status = -1,
	};
	return ML_OK;
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
static int note_failure(struct ml_cv_fit *f, const char *said, struct ml_error *err)
{
	const struct ml_job *job = &f->job;
	struct ml_cv_part *part = &f->part;
	struct ml_buf why = { 0 };
	char *reason = NULL;

	part->status = job->status ? job->status : ML_EDATA;
	if (job->timed_out)
		ml_buf_printf(&why, "not done after %g seconds (--max-seconds)", job->seconds);
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

static int keep_model(const struct ml_cv_fit *f, const struct ml_cv_plan *plan,
		      struct ml_error *err)
{
	const struct ml_cv_part *part = &f->part;
	struct ml_buf name = { 0 };
	struct ml_sink *sink = NULL;
	char bytes[65536], number[ML_NUMBER_MAX];
	ssize_t n = 0;

	ml_buf_text(&name, plan->keep_models);
	if (plan->repeats > 1)
		ml_buf_printf(&name, "%zu-", part->repeat);
	ml_buf_printf(&name, "%zu", part->fold);
	ml_number_print(part->size, number);
	if (plan->n_sizes)
		ml_buf_printf(&name, "-%s", number);
	ml_buf_text(&name, ".mls");
	int fd = open(f->model, O_RDONLY | O_CLOEXEC);
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

static double size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? NAN : (double)st.st_size;
}

int ml_cv_fit_end(struct ml_cv_fit *f, const struct ml_cv_stock *s, struct ml_error *err)
{
	struct ml_cv_part *part = &f->part;
	struct ml_buf said = { 0 };
	int rc;

	part->seconds = f->job.wall;
	part->peak_kib = f->job.peak_kib;
	part->status = 0;
	f->model_bytes = size_of(f->model);
	ml_cv_read_end(f->errors, &said);
	if (f->job.status || f->job.timed_out)
		rc = note_failure(f, ml_buf_str(&said), err);
	else if ((rc = ml_cv_score(f, s, &said, err)))
		rc = note_useless(part, err);
	if (!rc && !part->status && s->plan->keep_models)
		rc = keep_model(f, s->plan, err);
	if (!rc)
		rc = ml_buf_check(&said, err);
	if (!rc && !(part->said = ml_strdup(ml_buf_str(&said), err)))
		rc = err->code;
	ml_buf_release(&said);
	return rc;
}

void ml_cv_part_release(struct ml_cv_part *part)
{
	free(part->row);
	ml_table_free(part->pred);
	free(part->why);
	free(part->said);
	*part = (struct ml_cv_part){ 0 };
}

void ml_cv_fit_release(struct ml_cv_fit *f)
{
	char *const path[] = { f->model, f->pred, f->errors };

	for (size_t k = 0; k < sizeof path / sizeof *path; k++) {
		if (path[k])
			(void)unlink(path[k]);
		free(path[k]);
	}
	free(f->command);
	ml_cv_part_release(&f->part);
	*f = (struct ml_cv_fit){ 0 };
}
