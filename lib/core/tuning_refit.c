/* tuning_refit.c - the command of a trial, run once on all rows. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/tuning_parts.h"

struct refit {
	struct ml_job job;
	bool begun;
};

static int next(void *arg, struct ml_job **job, struct ml_error *err)
{
	struct refit *r = arg;

	(void)err;
	if (r->begun)
		return ML_END;
	r->begun = true;
	*job = &r->job;
	return ML_OK;
}

static int copy(const char *path, struct ml_sink *sink, struct ml_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = ML_OK;
	char bytes[65536];
	ssize_t n = fd < 0 ? -1 : 0;

	while (!rc && fd >= 0 &&
	       ((n = read(fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			rc = ml_sink_put(sink, bytes, (size_t)n, err);
	if (!rc && n < 0)
		rc = ml_fail(err, ML_EIO, "E-IO", "the model cannot be read: %s",
			     strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* {fold} is 0: none. */
static int make_command(const struct ml_book *b, const struct ml_tune_plan *plan, size_t trial,
			struct ml_buf *out, struct ml_error *err)
{
	const struct ml_tried *t = &b->trials.v[trial];
	const struct ml_words_of of = { t->point, trial, b->study.seed, t->budget,
					plan->resource };
	const struct ml_cv_part whole = { .size = 1 };
	struct ml_buf text = { 0 };
	struct ml_words words;

	int rc = ml_words_init(&words, plan->command, &b->study.space, true, err);
	if (!rc) {
		ml_words_put(&words, &of, &text);
		ml_cv_expand(out, ml_buf_str(&text), &whole, NULL);
		rc = ml_buf_check(&text, err);
	}
	ml_buf_release(&text);
	ml_words_release(&words);
	return rc ? rc : ml_buf_check(out, err);
}

/* A binary table brings along where it comes from, and what the model will tell of its rows. */
static int write_table(const struct ml_tune_plan *plan, const char *path, struct ml_error *err)
{
	struct ml_sink *sink = NULL;

	if (plan->cv.csv)
		return ml_cv_write_rows(&plan->cv, plan->t, path, true, err);
	int rc = ml_sink_open_scratch(&sink, path, err);
	if (!rc)
		rc = ml_pipeline_write(plan->cv.done, 0, plan->t, sink, err);
	if (!rc)
		return ml_sink_commit(sink, err);
	ml_sink_abandon(sink);
	return rc;
}

static int run_it(const char *command, const char *dir, const struct ml_tune_plan *plan,
		  struct ml_sink *sink, const struct ml_run *run, struct ml_error *err)
{
	/* The search is over, whatever stopped it; what it was for is made all the same. */
	const struct ml_run free_run = { .threads = run->threads, .deadline = INFINITY };
	char in[320], out[320], threads[32];
	const char *const env[] = { threads, NULL };

	snprintf(in, sizeof in, "%s/all.train", dir);
	snprintf(out, sizeof out, "%s/all.model", dir);
	snprintf(threads, sizeof threads, "ML_THREADS=%d", run->threads);
	struct refit r = { .job = { .command = command, .in = in, .out = out, .env = env } };
	const struct ml_job_calls calls = { next, NULL, &r };
	int rc = write_table(plan, in, err);
	if (!rc)
		rc = ml_jobs_run(1, &free_run, &calls, err);
	if (!rc && r.job.status)
		rc = ml_fail(err, ML_EDATA, "E-TRIAL",
			     "the best setting failed on all rows (status %d)", r.job.status);
	return rc ? rc : copy(out, sink, err);
}

int ml_tune_refit(const struct ml_book *b, const struct ml_tune_plan *plan, size_t trial,
		  struct ml_sink *sink, const struct ml_run *run, struct ml_error *err)
{
	struct ml_buf command = { 0 };
	struct ml_scratch scratch = { 0 };

	int rc = make_command(b, plan, trial, &command, err);
	if (!rc)
		rc = ml_scratch_make(&scratch, plan->cv.tmpdir, err);
	if (!rc)
		rc = run_it(ml_buf_str(&command), scratch.path, plan, sink, run, err);
	ml_scratch_remove(&scratch);
	ml_buf_release(&command);
	return rc;
}
