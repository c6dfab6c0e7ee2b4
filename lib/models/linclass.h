/* linclass.h - classes by linear scores: what logistic regression and linear discriminants have
 * in common once they are fitted.
 *
 * Two classes have one row of coefficients, the log-odds of the last; k > 2 have k, and the
 * softmax of their scores are the probabilities.  A state that begins with a struct ml_linclass
 * may put these functions into its struct ml_model (model.h says what each has to do). */
#ifndef ML_MODELS_LINCLASS_H
#define ML_MODELS_LINCLASS_H

#include "models/linpred.h"

struct ml_linclass {
	size_t classes;
	struct ml_linpred lin; /* 1 row, or one a class */
};

/* Zeroed coefficients, means and deviations of the features. */
int ml_linclass_init(struct ml_linclass *m, const struct ml_problem *p,
		     struct ml_error *err) ML_CHECK;

int ml_linclass_predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
			struct ml_error *err) ML_CHECK;
int ml_linclass_predict_log(const void *state, const struct ml_mat *x, struct ml_mat *out,
			    struct ml_error *err) ML_CHECK;
size_t ml_linclass_width(const void *state);
void ml_linclass_save(const void *state, struct ml_fields *out);
int ml_linclass_load(void *state, unsigned format, const struct ml_fields *in,
		     struct ml_error *err) ML_CHECK;
void ml_linclass_release(void *state);
size_t ml_linclass_rows(const void *state);
void ml_linclass_coefficients(const void *state, struct ml_mat *out);
void ml_linclass_importances(const void *state, double *gain);
int ml_linclass_contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			      struct ml_error *err) ML_CHECK;

#endif
