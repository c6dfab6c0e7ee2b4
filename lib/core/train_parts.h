/* train_parts.h - between the files of core/train. */
#ifndef ML_CORE_TRAIN_PARTS_H
#define ML_CORE_TRAIN_PARTS_H

#include "core/fitjudge.h"
#include "core/train.h"

/* ---- train_steps.c ---- */

bool ml_is_feature(const struct ml_column *c);
bool ml_train_is_constant(const struct ml_column *c, size_t rows);
/* Columns with a role are no features, though they are asked for by their names (W-ROLE). */
void ml_train_warn_role(const struct ml_column *c, const char *spec, const struct ml_run *run);
/* The features asked for, without those of one value (W-CONSTANT); others are ignored from here
 * on. */
int ml_train_choose(struct ml_table *t, const struct ml_train_plan *plan,
		    const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Fits and applies the steps that the estimator asks for.  is_category: one a column of t, of
 * which none is added then; NULL: the estimator takes no categories. */
int ml_train_prepare(struct ml_pipeline *p, struct ml_table *t,
		     const struct ml_train_plan *plan, bool *is_category,
		     const struct ml_run *run, struct ml_error *err) ML_CHECK;

/* ---- train_target.c, train_weights.c ---- */

/* Finds target and weight (SIZE_MAX: none), and leaves out the rows without. */
int ml_aim_rows(struct ml_table *t, const struct ml_run *run, size_t *y, size_t *w,
		struct ml_error *err) ML_CHECK;
/* Without a target: weights alone, of the rows that have one. */
int ml_aim_nothing(struct ml_aim *a, struct ml_table *t, const struct ml_train_plan *plan,
		   struct ml_error *err) ML_CHECK;
int ml_aim_choose_positive(struct ml_aim *a, const char *positive,
			   struct ml_error *err) ML_CHECK;
/* --class-weight: a->w times the weights of the classes, which stay in a->class_weight. */
int ml_aim_weigh(struct ml_aim *a, const char *spec, size_t rows,
		 struct ml_error *err) ML_CHECK;

/* ---- train_held.c ---- */

/* Target, weights and classes (those of `like`) of rows that a model is to see later.  A class
 * that it does not know is E-TARGET. */
int ml_aim_like(struct ml_aim *a, struct ml_table *t, const struct ml_outcome *like,
		const struct ml_run *run, struct ml_error *err) ML_CHECK;

/* ---- train_groups.c ---- */

/* Sets a->group, rows of t by their group, when the estimator is about groups (state: that it
 * goes on from, or NULL).  E-USAGE, E-COLUMNS: no column has that role; E-MISSING. */
int ml_aim_group(struct ml_aim *a, const struct ml_table *t, const struct ml_train_plan *plan,
		 const void *state, struct ml_error *err) ML_CHECK;

/* The rows that are held out of a fit, as the estimator gets them. */
struct ml_held {
	struct ml_table *t; /* NULL: there are none; borrowed */
	const char *file;   /* where they come from, for messages, or NULL */
	struct ml_run run;  /* its warnings say what they are about */
	const struct ml_run *outer;
	struct ml_aim aim;
	double *w; /* what they count in the loss: aim.w times class weights; owned, or NULL */
	struct ml_mat x; /* owned */
	struct ml_problem problem;
	struct ml_fit_judge judge;
};
/* A zeroed struct is releasable. */
int ml_held_begin(struct ml_held *h, const struct ml_train_plan *plan, const struct ml_aim *aim,
		  const void *state, const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Applies steps from, from + 1, ... of p. */
int ml_held_apply(struct ml_held *h, struct ml_pipeline *p, size_t from,
		  struct ml_error *err) ML_CHECK;
/* Sets p->valid and p->judge, of the features that s needs. */
int ml_held_join(struct ml_held *h, const struct ml_step *s, const struct ml_train_plan *plan,
		 struct ml_problem *p, struct ml_error *err) ML_CHECK;
void ml_held_release(struct ml_held *h);

/* ---- train_oob.c ---- */

/* Out-of-bag predictions, and the columns that say of which rows they are. */
struct ml_oob {
	struct ml_table *rows; /* owned */
	struct ml_mat out;     /* v owned */
};
/* t: the rows that will be learned from.  A zeroed struct is releasable. */
int ml_oob_begin(struct ml_oob *b, const struct ml_table *t, const struct ml_outcome *o,
		 struct ml_error *err) ML_CHECK;
/* Writes what fit() has put into b->out to a file, as CSV: the columns that have a role, then
 * predictions, as ml-eval reads them.  Rows without any are left out, and told of (W-OOB). */
int ml_oob_write(struct ml_oob *b, const struct ml_outcome *o, const char *file,
		 const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_oob_release(struct ml_oob *b);

/* ---- train_bounds.c ---- */

/* --monotone and --interactions, for the features of a problem. */
struct ml_bounds {
	int *monotone; /* owned, or NULL: none */
	bool *has;     /* owned */
	struct ml_meetings meetings;
};
/* idx[0..n): the features among the columns of t; is_category: of each column of t, or NULL.
 * A zeroed struct is releasable. */
int ml_bounds_init(struct ml_bounds *b, const struct ml_train_plan *plan,
		   const struct ml_table *t, const size_t *idx, size_t n,
		   const bool *is_category, const struct ml_outcome *o,
		   const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Sets p->monotone and p->meetings, which are views of b. */
void ml_bounds_join(const struct ml_bounds *b, struct ml_problem *p);
void ml_bounds_release(struct ml_bounds *b);

/* ---- train.c ---- */

/* E-USAGE when the plan asks for what its estimator does not do. */
int ml_train_check(const struct ml_train_plan *plan, struct ml_error *err) ML_CHECK;
/* The fit of a step whose needs are known, more of one that is there, the rest of one that was
 * put by; tells when it has not converged (W-ITER). */
enum ml_train_how { ML_TRAIN_FIT, ML_TRAIN_UPDATE, ML_TRAIN_RESUME };
int ml_train_call(struct ml_step *s, const struct ml_problem *p, const void *opts,
		  enum ml_train_how how, const struct ml_run *run,
		  struct ml_error *err) ML_CHECK;

#endif
