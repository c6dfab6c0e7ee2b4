/* crossval.h - any pipeline judged on rows it has not seen: for each fold the pipeline is run on the other folds, and
 * what it writes (a model) predicts the rows of the fold. */
#ifndef ML_CORE_CROSSVAL_H
#define ML_CORE_CROSSVAL_H

#include "core/jobs.h"
#include "data/split.h"
#include "data/table.h"

struct ml_cv_plan {
	const char *pipeline;          /* shell command: a table on stdin, a model on stdout; {fold} {repeat} are replaced */
	const char *predict_cmd;       /* NULL: the model is a stream and predicts here; else a command that gets the held-out
	                                * table on stdin and {model} (path of what the pipeline wrote), and writes predictions */
	struct ml_split_plan split;    /* folds, stratify, group, time */
	size_t repeats;                /* >= 1; repeat r shuffles with its own stream of random numbers */
	const double *sizes;           /* learning curve: shares of the training part, or NULL */
	size_t n_sizes;
	bool csv;                      /* parts are passed as CSV, not as binary tables */
	int jobs;                      /* at once; each gets ML_THREADS = cores / jobs */
	double job_seconds;            /* each pipeline's budget; 0: none */
	const char *tmpdir;            /* NULL: /tmp */
};

/* Predictions of one fit, in the order of the held-out rows. */
struct ml_cv_part {
	size_t repeat, fold;           /* 1-based */
	double size;                   /* share of the training part, 1 when there is no curve */
	size_t *row;                   /* rows of the table, ascending; n of them; owned */
	size_t n;
	struct ml_table *pred;         /* n rows: pred, prob:CLASS ... ; owned; NULL when the fit failed */
	int status;                    /* of the pipeline; 0: fine */
	char *why;                     /* first line of what it said when it failed; owned, or NULL */
	double fit_seconds;
	long peak_kib;
};

struct ml_cv {
	struct ml_cv_part *part;       /* repeats x sizes x folds, in this order */
	size_t n;
};

/* Runs it all.  A fit that fails fails the whole (ML_EDATA, E-FOLD, with its fold and what it said) unless `keep_failed`.
 * Results do not depend on `jobs`.  A --save FILE inside the pipeline without {fold} is ML_EUSAGE: folds would overwrite
 * each other. */
int ml_cv_run(struct ml_cv *cv, const struct ml_table *t, const struct ml_cv_plan *plan, bool keep_failed,
              const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_cv_release(struct ml_cv *cv);

#endif
