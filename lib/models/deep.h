/* deep.h - single trees grown on ranks to any depth: what tree, forest and extra-trees share.
 *
 * Nodes are split depth first, or with max_leaves the one that gains most first, by the best of
 * `features` features drawn for each, or of all.  Features that have one value in the node
 * count as drawn, but drawing goes on until one has two (as in scikit-learn). */
#ifndef ML_MODELS_DEEP_H
#define ML_MODELS_DEEP_H

#include "models/carve.h"
#include "models/trees.h"

struct ml_deep_opts {
	enum ml_criterion criterion;
	size_t max_depth, max_leaves; /* 0: no limit */
	double min_leaf, min_split;   /* weight of a leaf, of a node that is split */
	double min_decrease;          /* gain / weight of all rows, at least */
	size_t features;              /* tried at a node */
	bool random;                  /* extra trees */
};

/* What all trees learn from, as whole numbers. */
struct ml_lesson {
	const struct ml_ranks *ranks;
	const struct ml_problem *p;
	struct ml_deep_opts o;
	uint32_t *w; /* of each row; owned, as is y */
	int32_t *y;
	double weight, middle, unit; /* of one unit of w, and of y above the middle */
};

/* Whole numbers of p: weights so that those of the problem with a row twice are those with a
 * weight of 2. */
int ml_lesson_init(struct ml_lesson *l, const struct ml_ranks *r, const struct ml_problem *p,
		   const struct ml_deep_opts *o, struct ml_error *err) ML_CHECK;
/* Other weights (all above 0, or NULL for 1) for the trees to come. */
void ml_lesson_weigh(struct ml_lesson *l, const double *w);
void ml_lesson_release(struct ml_lesson *l);

/* A node of the tree grown last.  Children are child and child + 1. */
struct ml_deep_node {
	int32_t feature; /* -1: a leaf */
	uint32_t child;
	unsigned flags; /* ml_tnode_flags */
	uint32_t depth;
	double at;   /* or where its set begins */
	double gain; /* in weight times impurity, as are: */
	double worth;
	double cover; /* weight */
	double value; /* a number; of two classes the share of the second */
	size_t from, to;
	bool by_rank; /* of a number cut at random: by ml_deep's cuts, else by `at` */
};

struct ml_deep; /* one thread's workspace, and a tree */
int ml_deep_new(struct ml_deep **d, const struct ml_lesson *l, struct ml_error *err) ML_CHECK;
void ml_deep_free(struct ml_deep *d);
/* times: how often each row is in, or NULL: once each; factor: of the weights of each class, or
 * NULL.  One row at least is in.  r: what features and cuts are drawn from; NULL: all features
 * are tried in order. */
int ml_deep_grow(struct ml_deep *d, const uint32_t *times, const double *factor,
		 struct ml_rng *r, struct ml_error *err) ML_CHECK;
/* Of the last tree, the root first; the caller may make leaves of inner nodes (feature -1). */
struct ml_deep_node *ml_deep_nodes(const struct ml_deep *d, size_t *n);
/* Items of leaves: [from, to) of the node. */
const struct ml_item *ml_deep_items(const struct ml_deep *d);
/* Where row i of the lesson goes from a node: a child, or the node itself, a leaf. */
size_t ml_deep_step(const struct ml_deep *d, size_t node, size_t i);
/* What a node's prediction is off y: 0 or 1 of classes; else the square, or by the absolute
 * criterion the size, of the difference.  Inner nodes know it where nothing was drawn. */
double ml_deep_error(const struct ml_deep *d, size_t node, double y);
/* Adds the tree to t, whose width is that of the classes where there are more than two. */
int ml_deep_emit(struct ml_deep *d, struct ml_trees *t, struct ml_error *err) ML_CHECK;
/* Of the tree emitted last: how many nodes it has there, and the k-th of them. */
size_t ml_deep_emitted(const struct ml_deep *d);
const struct ml_deep_node *ml_deep_nth(const struct ml_deep *d, size_t k);

#endif
