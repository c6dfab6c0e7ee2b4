/* cleave.h - the best split of a leaf at one feature, from its histogram. */
#ifndef ML_MODELS_CLEAVE_H
#define ML_MODELS_CLEAVE_H

#include "models/grow.h"
#include "models/hist.h"

/* Rows whose bin is in `left` go left. */
struct ml_split {
	double gain; /* above what the leaf is worth; <= 0: none */
	size_t feature;
	size_t bin; /* numbers: bins 0..bin are in left */
	bool missing_left;
	uint64_t left[4];          /* one bit a bin, that of missing cells included */
	struct ml_bin_sum in_left; /* of the rows that go left */
};

/* What the whole numbers of a histogram stand for. */
struct ml_quanta {
	double g, h;
};

/* A leaf: its sums, and what its children's values must lie between. */
struct ml_leaf_facts {
	struct ml_bin_sum all;
	double lo, hi;
};

/* What a leaf of sums g, h is worth, and its value -g / (h + l2) with the l1 threshold, within
 * lo..hi. */
double ml_leaf_worth(const struct ml_grow_opts *o, double g, double h);
double ml_leaf_value(const struct ml_grow_opts *o, double g, double h, double lo, double hi);

/* The best split at feature j, whose cuts are *c and whose bins are sum[0..c->bins], the last
 * that of missing cells.  Equal gains: the first in the order of the bins. */
void ml_cleave(struct ml_split *s, size_t j, const struct ml_cuts *c,
	       const struct ml_bin_sum *sum, const struct ml_leaf_facts *leaf,
	       const struct ml_quanta *q, const struct ml_grow_opts *o);

#endif
