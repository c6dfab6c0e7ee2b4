/* Shell commands run several at a time: order, streams, status, what is ended and when. */
#define _DEFAULT_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/doomed.h"
#include "core/jobs.h"
#include "test.h"

static const struct ml_run forever = { .threads = 1, .deadline = (double)INFINITY };

/* Jobs of an array, one behind the other. */
struct row {
	struct ml_job *jobs;
	size_t n, begun, ended, most;
	int (*done)(struct row *row, size_t job, struct ml_error *err);
	int pauses; /* ML_NO so often before each job but the first */
	int paused;
};

static int next(void *arg, struct ml_job **job, struct ml_error *err)
{
	struct row *r = arg;

	(void)err;
	if (r->begun == r->n)
		return ML_END;
	if (r->begun && r->paused++ < r->pauses)
		return ML_NO;
	r->paused = 0;
	*job = &r->jobs[r->begun++];
	if (r->begun - r->ended > r->most)
		r->most = r->begun - r->ended;
	return ML_OK;
}

static int on_done(void *arg, struct ml_job *job, struct ml_error *err)
{
	struct row *r = arg;

	r->ended++;
	return r->done ? r->done(r, (size_t)(job - r->jobs), err) : ML_OK;
}

static int run_row(struct row *r, int at_once, const struct ml_run *run, struct ml_error *err)
{
	const struct ml_job_calls calls = { next, on_done, r };

	for (size_t i = 0; i < r->n; i++)
		r->jobs[i].status = -1;
	return ml_jobs_run(at_once, run, &calls, err);
}

static int run_jobs(struct ml_job *jobs, size_t n, int at_once, const struct ml_run *run,
                    struct ml_error *err)
{
	return run_row(&(struct row){ .jobs = jobs, .n = n }, at_once, run, err);
}

static struct ml_scratch scratch(void)
{
	struct ml_scratch s;
	struct ml_error err;

	CHECK(!ml_scratch_make(&s, NULL, &err));
	return s;
}

static const char *in(const struct ml_scratch *s, const char *name, char path[300])
{
	snprintf(path, 300, "%s/%s", s->path, name);
	return path;
}

static void read_text(const char *path, char text[200])
{
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, 199, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool exists(const char *path)
{
	struct stat st;

	return !stat(path, &st);
}

TEST("a job reads its input, writes its output, says what it says to its file")
{
	struct ml_scratch s = scratch();
	char a[300], b[300], c[300], text[200];
	const char *const env[] = { "ML_THREADS=7", "HOME=there", NULL };
	struct ml_error err;

	struct ml_job first = { .command = "printf 2.385", .out = in(&s, "a", a) };
	CHECK(!run_jobs(&first, 1, 1, &forever, &err));
	struct ml_job job = { .command = "cat; echo $ML_THREADS$HOME; echo oops >&2; exit 3 # why",
		              .in = a, .out = in(&s, "b", b), .errors = in(&s, "c", c), .env = env };
	CHECK(!run_jobs(&job, 1, 1, &forever, &err));
	CHECK(job.status == 3 && !job.timed_out && job.wall > 0 && job.peak_kib > 0);
	read_text(b, text);
	SAME_TEXT(text, "2.3857there\n");
	read_text(c, text);
	SAME_TEXT(text, "oops\n");
	ml_scratch_remove(&s);
}

TEST("jobs begin in order, no more at once than allowed, and every one ends")
{
	struct ml_job jobs[9];
	struct ml_error err;

	for (int at_once = 1; at_once <= 4; at_once++) {
		struct row seen = { .jobs = jobs, .n = 9, .pauses = at_once % 2 };
		for (size_t i = 0; i < 9; i++)
			jobs[i] = (struct ml_job){ .command = i % 2 ? "exit 0" : "sleep 0.02; exit 5" };
		CHECK(!run_row(&seen, at_once, &forever, &err));
		CHECK(seen.begun == 9 && seen.ended == 9 && seen.most <= (size_t)at_once);
		for (size_t i = 0; i < 9; i++)
			CHECK(jobs[i].status == (i % 2 ? 0 : 5));
	}
}

TEST("a run that is over waits for no job that may come")
{
	struct ml_run run = { .threads = 1, .deadline = now() + 0.3 };
	struct ml_job jobs[2] = { { .command = "exit 0" }, { .command = "exit 0" } };
	struct row row = { .jobs = jobs, .n = 2, .pauses = 1000 };
	struct ml_error err;

	double start = now();
	CHECK(!run_row(&row, 2, &run, &err) && now() - start < 5);
	CHECK(jobs[0].status == 0 && jobs[1].status == -1);
}

TEST("a job over its time is ended with all it has started, even when it does not heed SIGTERM")
{
	struct ml_scratch s = scratch();
	char late[300], command[900];
	struct ml_error err;

	snprintf(command, sizeof command,
	         "trap '' TERM; (sleep 3.2; echo x >%s) & sleep 3.1; sleep 3; exit 0",
	         in(&s, "late", late));
	struct ml_job jobs[2] = { { .command = "sleep 30 | sleep 30", .seconds = 0.2 },
		                  { .command = command, .seconds = 0.2 } };
	double start = now();
	CHECK(!run_jobs(jobs, 2, 2, &forever, &err));
	CHECK(jobs[0].timed_out && jobs[0].status == 128 + SIGTERM && jobs[0].wall < 2);
	CHECK(jobs[1].timed_out && jobs[1].status == 128 + SIGKILL && jobs[1].wall < 3);
	usleep((useconds_t)((3.6 - (now() - start)) * 1e6));
	CHECK(!exists(late));
	ml_scratch_remove(&s);
}

TEST("a pipe fails when any part of it does, where a shell that knows how is there")
{
	struct ml_job job = { .command = "echo 'it'\\''s' \"$0\"; (exit 7) | cat" };
	struct ml_error err;

	if (system("bash -c :")) /* nothing that could be promised */
		return;
	CHECK(!run_jobs(&job, 1, 1, &forever, &err) && job.status == 7);
}

static int stop_at_first(struct row *row, size_t job, struct ml_error *err)
{
	(void)row;
	(void)job;
	(void)err;
	return ML_END;
}

static int fail_at_first(struct row *row, size_t job, struct ml_error *err)
{
	(void)row;
	return ml_fail(err, ML_EDATA, "E-FOLD", "job %zu", job);
}

TEST("after ML_END no job begins, after a failure those that run are ended")
{
	struct ml_error err = { 0 };
	struct ml_job jobs[4] = { { .command = "exit 1" }, { .command = "sleep 0.1; exit 2" },
		                  { .command = "exit 3" }, { .command = "exit 4" } };

	struct row row = { .jobs = jobs, .n = 4, .done = stop_at_first };
	CHECK(!run_row(&row, 2, &forever, &err));
	CHECK(jobs[0].status == 1 && jobs[1].status == 2 && jobs[2].status == -1);
	row = (struct row){ .jobs = jobs, .n = 4, .done = fail_at_first };
	jobs[1].command = "sleep 30";
	double start = now();
	CHECK(run_row(&row, 2, &forever, &err) == ML_EDATA && now() - start < 5);
	CHECK(jobs[1].status == 128 + SIGTERM && jobs[3].status == -1);
	SAME_TEXT(err.msg, "job 0");
}

TEST("a run that is over ends its jobs")
{
	volatile bool stop = false;
	struct ml_run run = { .threads = 1, .deadline = now() + 0.3, .stop = &stop };
	struct ml_job jobs[3] = { { .command = "sleep 30" }, { .command = "sleep 30" },
		                  { .command = "exit 0" } };
	struct ml_error err;

	double start = now();
	CHECK(!run_jobs(jobs, 3, 2, &run, &err) && now() - start < 5);
	CHECK(jobs[0].status == 128 + SIGTERM && jobs[2].status == -1);
	stop = true;
	CHECK(!run_jobs(jobs, 3, 2, &run, &err) && jobs[0].status == -1);
}

TEST("a command that fails ends what it has left running")
{
	struct ml_scratch s = scratch();
	char late[300], command[400];
	struct ml_error err;

	snprintf(command, sizeof command, "(sleep 0.4; echo x >%s) & exit 9", in(&s, "late", late));
	struct ml_job job = { .command = command };
	CHECK(!run_jobs(&job, 1, 1, &forever, &err) && job.status == 9);
	usleep(600000);
	CHECK(!exists(late));
	ml_scratch_remove(&s);
}

TEST("a scratch directory is private, and goes with all files in it")
{
	struct ml_scratch s = scratch(), none;
	char path[300];
	struct stat st;
	struct ml_error err;

	CHECK(!stat(s.path, &st) && (st.st_mode & 0777) == 0700);
	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof path, "%s/a-rather-long-name-of-a-file-%d", s.path, i);
		FILE *f = fopen(path, "w");
		CHECK(f);
		if (f)
			fclose(f);
	}
	snprintf(path, sizeof path, "%s", s.path);
	ml_scratch_remove(&s);
	CHECK(!exists(path));
	ml_scratch_remove(&s);
	CHECK(ml_scratch_make(&none, "/nonexistent", &err) == ML_ECREATE);
}

int main(void)
{
	return ml_tests_run();
}
