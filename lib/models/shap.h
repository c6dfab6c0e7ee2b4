/* shap.h - what each feature adds to the sum of trees for one row: Shapley values.
 *
 * The value of a set S of features is what a row is expected to get when it is known in S
 * alone: at splits on other features it goes both ways, in proportion to the training rows that
 * did (the path-dependent expectation of Lundberg, Erion and Lee 2018).  Contributions of a row
 * and the base, the value of no feature, add up to what the trees give the row. */
#ifndef ML_MODELS_SHAP_H
#define ML_MODELS_SHAP_H

#include "models/trees.h"

/* out: x->rows x (scores * (features + 1)), added to: for each score the contributions of the
 * features, then the base.  Scores are the outputs, or where leaves are vectors their numbers.
 * A row gets the same bits alone and in a batch.  Cost of a row: the nodes times half the
 * longest path.  E-LIMIT for trees of absurd depth. */
int ml_trees_shap(const struct ml_trees *t, const struct ml_mat *x, struct ml_mat *out,
		  struct ml_error *err) ML_CHECK;

#endif
