/* crossval.h - any pipeline judged on rows it has not seen: for each fold the pipeline is run
 * on the other folds, and what it writes (a model) predicts the rows of the fold. */
#ifndef ML_CORE_CROSSVAL_H
#define ML_CORE_CROSSVAL_H

#include "core/input.h"
#include "core/jobs.h"
#include "data/split.h"

/* In commands {fold}, {repeat} and {size} are replaced by the numbers of the fit. */
struct ml_cv_plan {
	const char *pipeline;       /* shell command: a table on stdin, a model on stdout */
	const char *predict_cmd;    /* NULL: the model is a stream and predicts here; else a
				     * command that gets the held-out    table (without target) on
				     * stdin and {model} (path of what the pipeline wrote, quoted
				     * for the    shell), and writes predictions: a table of as
				     * many    rows, with a column pred, or one column */
	struct ml_split_plan split; /* folds, stratify, group, time; seed */
	size_t repeats; /* >= 1; repeat 1 has the folds of ml-split, later ones draw anew */
	const double *
		sizes; /* learning curve: shares of the training part in (0, 1], or NULL; a
			* smaller one is part of a larger one, and keeps the shares of strata */
	size_t n_sizes;
	bool csv;                          /* parts are passed as CSV, not as binary tables */
	const struct ml_input_opts *input; /* how cells are written, for parts passed as CSV */
	const struct ml_pipeline *done;    /* steps the table has been through: they travel with
					      the parts; NULL: none */
	const char *file;                  /* names the table in messages */
	const char *keep_models; /* PREFIX: models are kept as PREFIX[REPEAT-]FOLD[-SIZE].mls;
				    or NULL */
	int jobs, job_threads;   /* at once; ML_THREADS of each */
	double job_seconds;      /* budget of each fit; 0: none */
	const char *tmpdir;      /* NULL: /tmp */
};

/* Predictions of one fit, in the order of the held-out rows. */
struct ml_cv_part {
	size_t repeat, fold;  /* 1-based */
	double size;          /* share of the training part, 1 when there is no curve */
	size_t *row;          /* rows of the table, ascending; n of them; owned */
	size_t n, trained_on; /* rows */
	struct ml_table
		*pred;  /* n rows: pred, prob:CLASS ... ; owned; NULL when the fit failed */
	int status;     /* of the pipeline; 0: fine; -1: not run */
	char *why;      /* when it failed: one line, what it said itself; owned */
	char *said;     /* all it said on stderr (the last 64 KiB), and warnings of predicting;
			   owned, or NULL */
	double seconds; /* wall */
	long peak_kib;  /* jobs.h */
};

struct ml_cv {
	struct ml_cv_part *part; /* repeats x sizes x folds, in this order; by time the first
				    fold is never held out */
	size_t n;
};

/* Runs it all; the table is not changed.  A fit that fails fails the whole (ML_EDATA, E-FOLD,
 * with the first such fold and what was said) unless `keep_failed`.  Results do not depend on
 * `jobs`.  ML_EUSAGE: a --save FILE inside the pipeline without {fold} (folds would overwrite
 * each other), repeats of folds by time.  run->progress is told of each fit (unit "fit"). */
int ml_cv_run(struct ml_cv *cv, const struct ml_table *t, const struct ml_cv_plan *plan,
	      bool keep_failed, const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_cv_release(struct ml_cv *cv);

/* Out-of-fold predictions: the rows of t by repeat and size, in order, with columns PREFIXfold,
 * PREFIXrepeat, with `curve` PREFIXsize, then PREFIXpred and with `proba` PREFIXprob:CLASS of
 * all classes any fold has (0 where a model does not know the class, W-RARE).  Parts without
 * predictions are left out.  *out is the caller's. */
struct ml_cv_columns {
	const char *prefix;
	bool proba, curve;
};
int ml_cv_table(struct ml_table **out, const struct ml_cv *cv, const struct ml_table *t,
		const struct ml_cv_columns *columns, const struct ml_run *run,
		struct ml_error *err) ML_CHECK;
/* E-DUP when t has such a column: asked before the work. */
int ml_cv_check_columns(const struct ml_table *t, const struct ml_cv_columns *columns,
			struct ml_error *err) ML_CHECK;

#endif
