/* bags.h - the targets of the rows in each leaf of a forest, for quantiles (Meinshausen 2006).
 *
 * A tree gives each training row of the leaf where a new row ends the weight that it has there,
 * of 1 in all; the quantile is that of the targets under the mean of these weights over the
 * trees. */
#ifndef ML_MODELS_BAGS_H
#define ML_MODELS_BAGS_H

#include "models/deep.h"

struct ml_bags {
	double quantile;        /* 0..1 */
	double *y;              /* distinct targets, ascending; owned, as are the others */
	size_t values;          /* of y */
	size_t *from;           /* leaves + 1: where each begins in rank, weight */
	int32_t *rank, *weight; /* in y; > 0 */
	size_t leaves, from_cap, rank_cap, weight_cap;
	uint32_t *number; /* of each node of the trees, if a leaf, its number */
	size_t widest;    /* entries of all trees, at most, for one row */
};

/* What one thread puts aside for its trees; all have the same y, which is not theirs. */
void ml_bags_release(struct ml_bags *b); /* a zeroed struct is empty */
/* b->y of the targets, and the rank of each row in it (n numbers, the caller's to free). */
int ml_bags_targets(struct ml_bags *b, const struct ml_problem *p, int32_t **rank,
		    struct ml_error *err) ML_CHECK;
/* The leaves of the tree that d has just emitted. */
int ml_bags_fill(struct ml_bags *b, const struct ml_deep *d, const int32_t *rank,
		 struct ml_error *err) ML_CHECK;
int ml_bags_append(struct ml_bags *b, const struct ml_bags *more,
		   struct ml_error *err) ML_CHECK;
/* Binds bags to their trees, before the first prediction; E-MODEL when the leaves are not as
 * many. */
int ml_bags_bind(struct ml_bags *b, const struct ml_trees *t, struct ml_error *err) ML_CHECK;
int ml_bags_predict(const struct ml_bags *b, const struct ml_trees *t, const struct ml_mat *x,
		    struct ml_mat *out, struct ml_error *err) ML_CHECK;

void ml_bags_save(const struct ml_bags *b, struct ml_fields *out);
int ml_bags_load(struct ml_bags *b, const struct ml_fields *in, struct ml_error *err) ML_CHECK;

#endif
