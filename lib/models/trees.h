/* trees.h - many trees as one array of nodes: what tree models save, load and predict with.
 *
 * A row goes from the root of each tree to a leaf: at an inner node to the first child when the
 * feature is <= the threshold (of a category: when its level is in the set), else to the
 * second, which stands behind the first; a missing value goes where the node says.  The values
 * of the leaves are added up, tree t counting for output t % outputs.
 *
 * With width > 1 a leaf holds as many numbers, a vector, which it may share with other leaves:
 * its value is the number of the vector. */
#ifndef ML_MODELS_TREES_H
#define ML_MODELS_TREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/fields.h"
#include "la/mat.h"

enum ml_tnode_flags { ML_MISSING_LEFT = 1, ML_IN_SET = 2 };

/* A leaf is its own first child and sends every row there, so that rows may take steps
 * together until the last has arrived. */
struct ml_tnode {
	double at;       /* threshold; or the number of a set; of a leaf infinity */
	int32_t feature; /* of a leaf 0 */
	uint32_t child;  /* the first child, from the root of the tree on, times 4, and flags */
};

struct ml_swift; /* models/swift.h */

struct ml_trees {
	size_t features, outputs;
	size_t n, nodes, sets;
	struct ml_tnode *node; /* owned, as are the others; behind its parent, all of them */
	size_t *root;          /* n + 1: where each tree begins */
	double *value;         /* of each leaf; 0 of inner nodes */
	size_t width, vectors; /* width 0 is 1 */
	double *vector;        /* vectors x width */
	size_t *single; /* width: 1 + the number of the vector that is 1 there and 0 else, or 0
			 */
	double *cover;  /* of each node: weight of the training rows that came there */
	double *gain;   /* of each inner node: what its split gained; 0 of leaves */
	double *feature_gain;   /* of each feature, in place of those of nodes; or NULL */
	uint32_t *words;        /* the sets, one bit a level */
	size_t *set;            /* sets + 1: where each begins in words */
	struct ml_swift *swift; /* small ones laid out for many rows, once loaded; or NULL */
	size_t node_cap, value_cap, cover_cap, gain_cap, tree_cap, set_cap, word_cap,
		vector_cap;
};

static inline uint32_t ml_tnode_link(size_t child, unsigned flags)
{
	return (uint32_t)child << 2 | flags;
}
static inline size_t ml_tnode_child(const struct ml_tnode *n)
{
	return n->child >> 2;
}

void ml_trees_release(struct ml_trees *t); /* a zeroed struct is empty */
/* Adds a tree of `nodes` nodes, all of them leaves of value 0; inner ones are to be filled. */
int ml_trees_add(struct ml_trees *t, size_t nodes, struct ml_error *err) ML_CHECK;
/* A set of `words` words, zeroed; its number. */
int ml_trees_add_set(struct ml_trees *t, size_t words, size_t *number,
		     struct ml_error *err) ML_CHECK;
/* The trees of *u, which has the same features, outputs and width, behind those of t. */
int ml_trees_append(struct ml_trees *t, const struct ml_trees *u,
		    struct ml_error *err) ML_CHECK;
/* A vector of width numbers; its number.  One that is 1 in one place is kept once. */
int ml_trees_add_vector(struct ml_trees *t, const double *v, size_t *number,
			struct ml_error *err) ML_CHECK;
/* Forgets the trees from number n on. */
void ml_trees_cut(struct ml_trees *t, size_t n);

bool ml_tnode_is_leaf(const struct ml_trees *t, size_t tree, size_t node);
/* The leaf of tree `tree` where a row ends: its index in t->node. */
size_t ml_trees_leaf(const struct ml_trees *t, size_t tree, const double *x);
/* Those of m rows, which take their steps together; 8 at a time are quickest. */
void ml_trees_leaves(const struct ml_trees *t, size_t tree, const double *const *x, size_t m,
		     size_t *at);
/* The child of an inner node where a row goes; a leaf itself. */
size_t ml_trees_next(const struct ml_trees *t, size_t tree, size_t node, const double *x);
/* out (rows x outputs) += the values of trees [from, to).  Trees are added in order, so a row's
 * sums have the same bits alone and in a batch. */
void ml_trees_sum(const struct ml_trees *t, size_t from, size_t to, const struct ml_mat *x,
		  struct ml_mat *out);
/* out (rows x width) += the vectors of trees [from, to), in order; of width 1 the values. */
void ml_trees_sum_vectors(const struct ml_trees *t, size_t from, size_t to,
			  const struct ml_mat *x, struct ml_mat *out);
/* The numbers of leaf `node` (in t->node). */
static inline const double *ml_trees_vector(const struct ml_trees *t, size_t node)
{
	return t->width > 1 ? t->vector + (size_t)t->value[node] * t->width : t->value + node;
}
/* gain[features] += what the splits at each feature gained. */
void ml_trees_gain(const struct ml_trees *t, double *gain);
/* count[features] += how many splits are at each feature. */
void ml_trees_splits(const struct ml_trees *t, double *count);

/* Keeps the gains of features in place of those of nodes, which are half of what large trees
 * take to store. */
int ml_trees_slim(struct ml_trees *t, struct ml_error *err) ML_CHECK;

/* Fields of trees; load checks all of it: links point forward, features, sets and numbers are
 * in range (E-MODEL). */
void ml_trees_save(const struct ml_trees *t, struct ml_fields *out);
int ml_trees_load(struct ml_trees *t, const struct ml_fields *in,
		  struct ml_error *err) ML_CHECK;

#endif
