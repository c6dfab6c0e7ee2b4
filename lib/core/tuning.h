/* tuning.h - the trials of a search run as shell commands, several at a time.
 *
 * What a trial is worth is the mean of a metric over the folds of a table (core/crossval.h), or
 * the number that its command prints.  A trial that fails is one of the journal's lines, with
 * what was said.  Which trials there are and what they are worth does not depend on how many
 * run at once, on other processes that work on the same journal, or on how often the search was
 * stopped and begun again. */
#ifndef ML_CORE_TUNING_H
#define ML_CORE_TUNING_H

#include "core/book.h"
#include "core/crossval.h"
#include "metrics/metric.h"

struct ml_tune_plan {
	const char *command;  /* template (tunewords.h) */
	size_t trials;        /* how many there are to be; 0: no end but the run's */
	bool again;           /* also those that were handed out and never told */
	double resource;      /* what {budget} is a share of; 0: a plain share */
	int jobs;             /* at once */
	const char *metric;   /* by folds: what they are judged by; NULL: the command prints a
				 number */
	const char *positive; /* class, or NULL */
	const struct ml_table *t;
	/* What a command has said on standard error, "trial 3 fold 2"; may be NULL. */
	void (*said)(void *user, const char *who, const char *said);
	void *user;
	/* By folds: all of it but sizes, keep_models and pipeline; else only job_threads and
	 * tmpdir. */
	struct ml_cv_plan cv;
};

/* What stands in the way when not all trials have ended. */
struct ml_tune_left {
	size_t asked; /* handed out by ml-tune ask, and never told */
};

/* Runs trials until all have ended or the run is over (what runs then is ended, and will be run
 * again).  ML_EUSAGE: the command (tunewords.h; --save without {fold}); ML_EDATA, E-TRIAL:
 * every trial has failed. */
int ml_tune_run(struct ml_book *b, const struct ml_tune_plan *plan, struct ml_tune_left *left,
		const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Runs the command of a trial on all rows, which it gets as folds do; what it writes goes to
 * sink.  ML_EDATA, E-TRIAL: it fails. */
int ml_tune_refit(const struct ml_book *b, const struct ml_tune_plan *plan, size_t trial,
		  struct ml_sink *sink, const struct ml_run *run,
		  struct ml_error *err) ML_CHECK;

#endif
