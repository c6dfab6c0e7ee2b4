/* history.c - a line an iteration. */
#define _POSIX_C_SOURCE 200809L
#include "core/history.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/utf8.h"

static const char header[] = "iteration,train_loss,valid_loss,valid_metric,learning_rate,"
			     "seconds,rows_per_second,peak_memory_bytes,cpu_percent\n";

static double seconds(clockid_t clock)
{
	struct timespec t;

	return clock_gettime(clock, &t) ? 0 : (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* All of it, in one write where the system takes it. */
static void put(struct ml_history *h, const char *bytes, size_t n)
{
	while (n && !h->failure.code) {
		ssize_t done = write(h->fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			ml_fail(&h->failure, ML_EIO, "E-IO", "%s: %s",
				ML_SHOW(h->file, strlen(h->file)),
				done ? strerror(errno) : "nothing more can be written");
			return;
		}
		bytes += done;
		n -= (size_t)done;
	}
}

static void add_number(struct ml_buf *b, double v)
{
	char text[ML_NUMBER_MAX];

	if (isfinite(v))
		ml_buf_put(b, text, ml_number_print(v, text));
}

/* To the millisecond, or three digits: more is noise. */
static double rounded(double v)
{
	return round(1000 * v) / 1000;
}

static void on_progress(void *user, const struct ml_progress *p)
{
	struct ml_history *h = user;
	struct ml_buf line = { 0 };
	struct rusage used;
	double now = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	double took = now - h->last;
	double known = getrusage(RUSAGE_SELF, &used) ? (double)NAN : 1;
	const double figures[] = { (double)p->step,
				   p->train_loss,
				   p->valid_loss,
				   p->valid_metric,
				   p->rate,
				   rounded(now - h->begun),
				   round(h->rows / took),
				   known * 1024 * (double)used.ru_maxrss,
				   round(100 * (cpu - h->cpu) / took) };

	for (size_t k = 0; k < sizeof figures / sizeof *figures; k++) {
		if (k)
			ml_buf_byte(&line, ',');
		add_number(&line, figures[k]);
	}
	ml_buf_byte(&line, '\n');
	if (ml_buf_check(&line, &h->failure) == ML_OK)
		put(h, (const char *)line.v, line.n);
	ml_buf_release(&line);
	h->last = now;
	h->cpu = cpu;
	if (h->outer->progress)
		h->outer->progress(h->outer->user, p);
}

static bool listens(void *user)
{
	(void)user;
	return true;
}

static void ML_PRINTF(4, 5)
	pass_warning(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	const struct ml_history *h = user;
	char text[384];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (h->outer->warn)
		h->outer->warn(h->outer->user, tag, column, "%s", text);
}

int ml_history_open(struct ml_history *h, const struct ml_run *outer, const char *file,
		    size_t rows, struct ml_error *err)
{
	*h = (struct ml_history){ .run = *outer, .outer = outer, .file = file, .fd = -1 };
	h->rows = (double)rows;
	h->run.user = h;
	h->run.progress = on_progress;
	h->run.listens = listens;
	h->run.warn = pass_warning;
	do
		h->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	while (h->fd < 0 && errno == EINTR);
	if (h->fd < 0) {
		*h = (struct ml_history){ 0 };
		return ml_fail(err, ML_ECREATE, "E-OPEN", "%s: %s", ML_SHOW(file, strlen(file)),
			       strerror(errno));
	}
	put(h, header, sizeof header - 1);
	h->begun = h->last = seconds(CLOCK_MONOTONIC);
	h->cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	return ML_OK;
}

int ml_history_close(struct ml_history *h, struct ml_error *err)
{
	struct ml_error failure = h->failure;

	if (!h->file)
		return ML_OK;
	if (close(h->fd) && !failure.code && errno != EINTR)
		ml_fail(&failure, ML_EIO, "E-IO", "%s: %s", ML_SHOW(h->file, strlen(h->file)),
			strerror(errno));
	*h = (struct ml_history){ 0 };
	if (failure.code)
		*err = failure;
	return failure.code;
}
