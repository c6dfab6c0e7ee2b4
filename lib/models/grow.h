/* grow.h - a regression tree grown leaf by leaf on binned features, by second-order gain.
 *
 * With gradients g and curvatures h of a loss at each row, a leaf of rows I is worth
 *
 *     G^2 / (H + l2),  G = soft(sum g, l1), H = sum h over I
 *
 * and the leaf is split whose best split gains most, until there are max_leaves (Friedman 2001;
 * Chen and Guestrin 2016, eq. 7; Ke et al. 2017).  Missing values go to the side that gains
 * more. Levels of a category are ordered by G / (H + smooth) and cut in this order (Fisher
 * 1958).
 *
 * Gradients are rounded to whole numbers first, so sums are exact and depend neither on the
 * order of rows nor on threads.  The histogram of the smaller child is made of its rows, that
 * of the other is what remains of the parent's. */
#ifndef ML_MODELS_GROW_H
#define ML_MODELS_GROW_H

#include "models/binned.h"
#include "models/trees.h"

struct ml_grow_opts {
	size_t max_leaves;  /* >= 2 */
	size_t max_depth;   /* 0: no limit */
	size_t min_rows;    /* of a leaf */
	double min_hessian; /* of a leaf */
	double l1, l2, min_gain;
	double cat_smooth, cat_l2; /* categories: added to H where levels are ordered; to l2 */
	size_t cat_levels;         /* levels on the smaller side of a split, at most */
	size_t cat_rows;           /* rows that the levels of one more step of a cut have */
	const int *monotone;       /* of each feature -1, 0, 1; or NULL */
	const struct ml_meetings *meetings; /* groups of features; or NULL */
};

/* A leaf of the tree grown last: its rows. */
struct ml_grown_leaf {
	size_t from, to; /* in ml_grower_rows() */
	size_t node;     /* in the tree */
	double lo, hi;   /* what its value must lie between (monotone); infinite where free */
};

struct ml_grower;

int ml_grower_new(struct ml_grower **g, const struct ml_binned *b, const struct ml_cuts *cuts,
		  const struct ml_grow_opts *o, int threads, struct ml_error *err) ML_CHECK;
void ml_grower_free(struct ml_grower *g);
/* Grows a tree on rows[0..n) (ascending) and adds it to `trees`; the values of its leaves are
 * the caller's to set.  g, h: of every row of b; h > 0.  use: features that may be split, or
 * NULL for all.  Covers are sums of w, or numbers of rows. */
int ml_grower_grow(struct ml_grower *gr, const uint32_t *rows, size_t n, const double *g,
		   const double *h, const double *w, const bool *use, struct ml_trees *trees,
		   struct ml_error *err) ML_CHECK;
/* Of the last tree.  Rows of a leaf are ascending. */
const struct ml_grown_leaf *ml_grower_leaves(const struct ml_grower *g, size_t *n);
const uint32_t *ml_grower_rows(const struct ml_grower *g);
/* The node of the last tree (in its trees) where a row of b ends that it was not grown on. */
size_t ml_grower_node(const struct ml_grower *g, size_t row);

#endif
