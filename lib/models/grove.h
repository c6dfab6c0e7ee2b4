/* grove.h - what tree, forest and extra-trees have learned: trees whose leaves hold shares of
 * the classes, or numbers, and whose mean is predicted.  Functions are those of the contract
 * (models/model.h). */
#ifndef ML_MODELS_GROVE_H
#define ML_MODELS_GROVE_H

#include "models/bags.h"
#include "models/deep.h"

struct ml_grove {
	size_t classes;
	struct ml_trees trees;
	bool judged;          /* oob means something */
	struct ml_bags *bags; /* of a quantile forest, owned; else NULL */
	double oob;           /* share of the rows predicted wrong, or mean squared error */
};

void ml_grove_init(struct ml_grove *m, const struct ml_problem *p);
/* ML_EUSAGE where a criterion, called `name`, is not for the task; E-TARGET: negative targets
 * for poisson. */
int ml_criterion_check(enum ml_criterion c, const char *name, const struct ml_problem *p,
		       struct ml_error *err) ML_CHECK;

int ml_grove_predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		     struct ml_error *err) ML_CHECK;
size_t ml_grove_width(const void *state);
void ml_grove_save(const void *state, struct ml_fields *out);
int ml_grove_load(void *state, unsigned format, const struct ml_fields *in,
		  struct ml_error *err) ML_CHECK;
void ml_grove_release(void *state);
void ml_grove_importances(const void *state, double *gain);
void ml_grove_splits(const void *state, double *count);
const struct ml_trees *ml_grove_trees(const void *state);
size_t ml_grove_scores(const void *state);
int ml_grove_contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			   struct ml_error *err) ML_CHECK;

#endif
