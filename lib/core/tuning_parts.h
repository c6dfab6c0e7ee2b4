/* tuning_parts.h - between the files that run trials. */
#ifndef ML_CORE_TUNING_PARTS_H
#define ML_CORE_TUNING_PARTS_H

#include "core/crossval_parts.h"
#include "core/tunewords.h"
#include "core/tuning.h"

/* A trial under way. */
struct ml_attempt {
	bool live;
	size_t trial, fits, begun, running;
	char *command, *predict_cmd; /* owned */
	double size;                 /* share of the training rows */
	bool closing;                /* no further fit begins */
	bool settled;                /* result is what came of it */
	struct ml_tried result;      /* what will be put into the journal */
	struct ml_fit_result {
		bool known;
		double value, seconds, cpu, bytes, peak;
		char *why; /* owned; NULL: fine */
	} * fit;           /* `fits` of them, owned */
};

/* ---- tuning_fit.c: one fit of a trial ---- */
struct ml_tune_fit {
	bool live;
	struct ml_attempt *of;
	size_t k;            /* which of its fits */
	struct ml_cv_fit cv; /* its job; without folds all else in it is the command's files */
};
struct ml_tune_work {
	struct ml_book *book;
	const struct ml_tune_plan *plan;
	const struct ml_run *run;
	struct ml_words words, predict_words;
	struct ml_cv_stock stock;   /* without folds: scratch, env and count only */
	struct ml_attempt *attempt; /* plan->jobs of them, as of fits */
	struct ml_tune_fit *fit;
	size_t first;    /* all trials before have ended */
	size_t held;     /* trials asked and not told */
	double begun_at; /* seconds of the monotonic clock, */
	size_t had;      /* and how many had ended then */
	double told_at;  /* when progress was told */
};
int ml_tune_fit_begin(struct ml_tune_work *w, struct ml_tune_fit *f,
		      struct ml_error *err) ML_CHECK;
/* Fills the result of the fit; *f is free again. */
int ml_tune_fit_end(struct ml_tune_work *w, struct ml_tune_fit *f,
		    struct ml_error *err) ML_CHECK;

/* ---- tuning_value.c: from fits to trials ---- */
/* The metric of predictions part->pred, which gets the target and the weight of those rows. */
int ml_tune_score(struct ml_cv_part *part, const struct ml_tune_plan *plan,
		  const struct ml_run *run, double *value, struct ml_error *err) ML_CHECK;
/* Sets a->settled and fills a->result when the fits that are known tell what becomes of the
 * trial; a->closing when no further fit is needed. */
int ml_tune_settle(struct ml_tune_work *w, struct ml_attempt *a, struct ml_error *err) ML_CHECK;
void ml_attempt_release(struct ml_attempt *a);

#endif
