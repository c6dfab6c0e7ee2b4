/* jobs.h - shell commands run for the user, several at a time, with their standard streams
 * held.
 *
 * Each command is run by /bin/sh -c, or by bash where that alone knows `set -o pipefail`: a
 * pipe fails when any part of it does.  It is in a process group of its own, so that a stop, a
 * deadline or a failure ends everything it has started.  Standard input is a file (or
 * /dev/null), standard output goes to a file; standard error is passed on, or kept in a file.
 */
#ifndef ML_CORE_JOBS_H
#define ML_CORE_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"

struct ml_job {
	const char *command;    /* for sh -c; borrowed */
	const char *in, *out;   /* paths; in NULL: /dev/null; out NULL: /dev/null */
	const char *errors;     /* path of what it says; NULL: our own standard error */
	const char *const *env; /* "NAME=VALUE" added to ours, NULL-ended; NULL: none */
	double seconds;         /* ends it after so long; 0: never */
	/* filled: */
	int status;       /* exit status; 128 + signal when it was killed; -1: not run */
	bool timed_out;   /* ended after `seconds` */
	bool stopped;     /* ended since the run was over, whatever its status */
	double wall, cpu; /* seconds */
	/* Largest resident set of any of its processes; not less than that of this process when
	 * the job began, which Linux counts in when it starts another one. */
	long peak_kib;
};

/* Called in the thread of ml_jobs_run(). */
struct ml_job_calls {
	/* The next job to begin, the caller's, who keeps it until it has ended.  ML_END: there
	 * is none, and none will come; ML_NO: none now, asked again when a job has ended, or
	 * after a tenth of a second; another code is a failure, and ends all. */
	int (*next)(void *arg, struct ml_job **job, struct ml_error *err);
	/* As each ends; may be NULL.  ML_END begins no further job, another code ends all. */
	int (*done)(void *arg, struct ml_job *job, struct ml_error *err);
	void *arg;
};

/* Runs jobs as `next` gives them, at most `at_once` at a time (and no more than
 * ML_DOOMED_GROUPS).  ML_OK when those begun have ended (look at their status), and `next` or
 * `done` gave ML_END, or ml_run_over(run), which ends those that run; those are given to `done`
 * as well.  ML_EIO, E-IO when one could not be started.  On failure those that run are ended,
 * and nobody is asked any more: SIGTERM, and after two seconds SIGKILL, to the whole group; so
 * is what a job that failed has left running.  When a signal kills this process, jobs are ended
 * by ml_doomed_end(). */
int ml_jobs_run(int at_once, const struct ml_run *run, const struct ml_job_calls *calls,
		struct ml_error *err) ML_CHECK;

/* A directory of our own for files between jobs (mode 0700, under the TMPDIR given, or /tmp),
 * removed with the files in it by ml_scratch_remove(), and by ml_doomed_end().  ML_ECREATE,
 * E-OPEN. */
struct ml_scratch {
	char path[256];
};
int ml_scratch_make(struct ml_scratch *s, const char *tmpdir, struct ml_error *err) ML_CHECK;
void ml_scratch_remove(struct ml_scratch *s);

#endif
