/* unseen.h - what a forest says of each row by the trees that have not seen it. */
#ifndef ML_MODELS_UNSEEN_H
#define ML_MODELS_UNSEEN_H

#include "models/model.h"
#include "models/trees.h"

struct ml_unseen {
	const struct ml_problem *p; /* borrowed */
	size_t width;               /* numbers of a leaf */
	double *sum;                /* rows x width, of the trees asked; owned, as are others */
	uint32_t *asked;            /* trees that were asked for each row */
	uint64_t **seen;            /* of each tree at hand a bit a row */
	size_t at_hand;
};

/* For as many trees at a time. */
int ml_unseen_init(struct ml_unseen *u, const struct ml_problem *p, size_t trees,
		   struct ml_error *err) ML_CHECK;
void ml_unseen_release(struct ml_unseen *u); /* a zeroed struct is releasable */
/* How often each row was in the sample that tree k (of those at hand) was grown on. */
void ml_unseen_note(struct ml_unseen *u, size_t k, const uint32_t *times);
/* Asks n trees, one in each of tree[0..n), for the rows that they have not seen. */
int ml_unseen_ask(struct ml_unseen *u, const struct ml_trees *tree, size_t n, int threads,
		  struct ml_error *err) ML_CHECK;
/* The share of the rows that are predicted wrong, or the mean squared error, by their weights;
 * NaN: no row is unseen by a tree. */
double ml_unseen_error(const struct ml_unseen *u);
/* out: rows x (1, or one a class): the mean of the trees asked; NaN where none was. */
void ml_unseen_tell(const struct ml_unseen *u, const struct ml_mat *out);

#endif
