/* train.h - from a table to a fitted estimator: target, classes, weights, the ordinary steps
 * that the estimator asks for, the fit. */
#ifndef ML_CORE_TRAIN_H
#define ML_CORE_TRAIN_H

#include "core/checkpoint.h"
#include "core/pipeline.h"

struct ml_train_plan {
	const struct ml_model *model;
	const void *opts;         /* its hyperparameters */
	const char *features;     /* COLUMNS; NULL: all that have no role */
	enum ml_task task;        /* 0: a text target means classes, a numeric one regression */
	const char *positive;     /* class, or NULL: the last */
	const char *class_weight; /* "balanced", "a=2,b=1", or NULL */
	/* Steps put before the estimator; NULL: what it asks for, "none": not. */
	const char *impute;     /* spec of the impute preparation */
	const char *encode;     /* onehot, ordinal */
	const char *scale;      /* spec of the scale preparation */
	const char *unknown;    /* of the encoder: zeros, missing, error; NULL: its default */
	const char *max_levels; /* of the encoder, as text; NULL: its default */
	/* What the estimator has to keep to; NULL: nothing. */
	const char *monotone;     /* "COLUMNS:+,COLUMNS:-" */
	const char *interactions; /* groups of COLUMNS, ';' between them */
	/* Rows that judge the fit while it goes on (core/holdout.h): columns, kinds and roles
	 * as those of the training table, the steps of p applied.  Their values are used up.
	 * NULL: none. */
	struct ml_table *held;
	/* Rows that the estimator begins at (its starts()), read likewise; NULL: none. */
	struct ml_table *starts;
	const char *starts_file;
	const char *held_file;   /* where they come from, for messages, or NULL */
	const char *held_metric; /* NULL: the loss is the judge */
	struct ml_checkpoint
		*checkpoint; /* where the fit is put by, and gone on with; or NULL */
	const char *oob;     /* file for out-of-bag predictions (train_oob.c), or NULL */
};

/* What is to be predicted of target y: as asked, or as its kind says. */
enum ml_task ml_train_task(const struct ml_train_plan *plan, const struct ml_column *y);

/* Fits `plan` on the rows of t, whose chain is p, and appends the steps to p.  The values of t
 * are used up. Warnings as input-rules has them (W-DROPPED, W-TASK, W-LABELS, W-RARE,
 * W-CONSTANT, W-IMPUTED, W-ITER ...); errors E-TARGET, E-NOROWS, E-ONECLASS, E-TYPE, E-MISSING,
 * E-TOOFEW ... */
int ml_train(struct ml_pipeline *p, struct ml_table *t, const struct ml_train_plan *plan,
	     const struct ml_run *run, struct ml_error *err) ML_CHECK;

/* Goes on from the model p with the rows of t, which have been through its first `from` steps;
 * its estimator, which must be the plan's, is replaced by what comes of it, the steps before it
 * stay.  Columns are bound by name, classes are the model's (another one is E-TARGET);
 * features, impute, encode, scale of the plan are not looked at.  What is new to the steps is
 * counted, for the caller to tell of when it has gone on for the last time (ml_holdout_tell).
 * E-USAGE when the estimator cannot, or is another one. */
int ml_train_update(struct ml_pipeline *p, size_t from, struct ml_table *t,
		    const struct ml_train_plan *plan, const struct ml_run *run,
		    struct ml_error *err) ML_CHECK;

/* Whether t has a row that ml_train_update() could learn from: one with a target, where the
 * model p has one, and a weight other than 0. */
bool ml_train_adds(const struct ml_pipeline *p, const struct ml_table *t);

/* ---- its parts (train_target.c) ---- */

/* y, weights and classes of the rows that have a target. */
struct ml_aim {
	struct ml_outcome outcome; /* task, target, classes; owned until moved */
	double *y, *w;             /* rows each; w NULL: all 1; owned */
	double *class_weight; /* of each class, which w has been multiplied by, or NULL; owned
			       */
	int *group;           /* of each row 0.., or NULL: nobody asks; owned */
};
/* Removes the rows without a target (or of weight 0) from t, decides the task, codes the
 * classes. */
int ml_aim_init(struct ml_aim *a, struct ml_table *t, const struct ml_train_plan *plan,
		const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_aim_release(struct ml_aim *a);

#endif
