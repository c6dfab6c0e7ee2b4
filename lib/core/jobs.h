/* jobs.h - shell commands run for the user, several at a time, with their standard streams held.
 *
 * Each command is run by /bin/sh -c with `set -o pipefail` where the shell knows it, in a process group of its
 * own, so that a stop, a deadline or a failure ends everything it has started.  Standard input is a file (or
 * /dev/null), standard output goes to a file; standard error is passed on, or kept in a file. */
#ifndef ML_CORE_JOBS_H
#define ML_CORE_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"

struct ml_job {
	const char *command;           /* for sh -c; borrowed */
	const char *in, *out;          /* paths; in NULL: /dev/null; out NULL: /dev/null */
	const char *errors;            /* path; NULL: our own standard error */
	const char *const *env;        /* "NAME=VALUE" added to ours, NULL-ended; NULL: none */
	double seconds;                /* ends it after so long; 0: never */
	/* filled: */
	int status;                    /* exit status; 128 + signal when it was killed; -1: not run */
	bool timed_out;
	double wall, cpu;              /* seconds */
	long peak_kib;                 /* largest resident set of any of its processes */
};

/* Runs jobs 0..n-1, at most `at_once` at a time, begun in order.  ML_OK when all were run (look at
 * their status); ML_EIO when one could not be started; stops early when ml_run_over(run).  `done`, when
 * not NULL, is called in this thread as each ends; ML_END from it begins no further job, another code ends all. */
typedef int ml_job_done_fn(void *arg, size_t job, struct ml_error *err);
int ml_jobs_run(struct ml_job *jobs, size_t n, int at_once, const struct ml_run *run,
                ml_job_done_fn *done, void *arg, struct ml_error *err) ML_CHECK;

/* A directory of our own for files between jobs (mode 0700, under TMPDIR given, or /tmp), removed with all in it by
 * ml_scratch_remove, by ml_sink_unlink_all's handler too when that is possible. */
struct ml_scratch { char path[256]; };
int ml_scratch_make(struct ml_scratch *s, const char *tmpdir, struct ml_error *err) ML_CHECK;
void ml_scratch_remove(struct ml_scratch *s);

#endif
