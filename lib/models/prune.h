/* prune.h - cost-complexity pruning (Breiman, Friedman, Olshen, Stone 1984, ch. 3).
 *
 * A subtree T of L leaves that takes away G of the impurity is worth keeping at the price alpha
 * a leaf when G / W > alpha (L - 1), W being the weight of all rows.  As alpha grows, the node
 * where G / (L - 1) is least becomes a leaf first. */
#ifndef ML_MODELS_PRUNE_H
#define ML_MODELS_PRUNE_H

#include "models/deep.h"

/* Makes leaves of the inner nodes of the tree of d that are not worth alpha. */
int ml_prune(struct ml_deep *d, double alpha, struct ml_error *err) ML_CHECK;
/* The price at which each node becomes a leaf: 0 of leaves, and no more than its parent's.
 * Prices that differ by less than 1 % count as one. */
int ml_prune_prices(const struct ml_deep *d, double *price, struct ml_error *err) ML_CHECK;

/* The largest alpha whose error on held-out rows, by cross-validation in `folds` folds, is
 * within `errors` standard errors of the least.  Errors are counts of wrong classes, or squares
 * (absolute criterion: sizes). */
int ml_prune_choose(const struct ml_lesson *l, struct ml_deep *d, size_t folds, double errors,
		    const struct ml_run *run, double *alpha, struct ml_error *err) ML_CHECK;

#endif
