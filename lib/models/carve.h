/* carve.h - the best split of a node of a deep tree, by the impurity it takes away.
 *
 * A node holds items: a row, its weight, and its target as whole numbers, so that all sums are
 * exact and depend on no order.  The gain of a split into L and R is
 *
 *     worth(L) + worth(R) - worth(node)
 *
 * with worth  sum_c n_c^2 / n            gini     (n_c: weight of class c, n: of all)
 *             sum_c n_c log(n_c / n)     entropy
 *             (sum w y)^2 / n            squared
 *             -min_m sum w |y - m|       absolute
 *             (sum w y) log(sum w y / n) poisson
 *
 * (Breiman, Friedman, Olshen, Stone 1984).  Numbers are cut between neighbours that occur in
 * the node.  Levels of a category are put in order of their mean, or their share of the second
 * of two classes, and cut there, which no other subset beats (Fisher 1958; Breiman 1984, thm
 * 4.5); with more classes in order of the share of each of the FREQUENT commonest classes in
 * turn.  What is missing is tried on both sides; of a category it is a level. */
#ifndef ML_MODELS_CARVE_H
#define ML_MODELS_CARVE_H

#include "base/rng.h"
#include "models/ranks.h"

enum ml_criterion { ML_GINI, ML_ENTROPY, ML_SQUARED, ML_ABSOLUTE, ML_POISSON };

/* y: a class, or the target in units of ml_carve_opts.unit above .middle. */
struct ml_item {
	uint32_t row, w;
	int32_t y;
};

/* What is summed over items: w, and w * y (of two classes: the weight of the second). */
struct ml_side {
	int64_t w, s;
};

struct ml_carve_opts {
	enum ml_criterion criterion;
	size_t classes;      /* 0: numbers */
	double middle, unit; /* of numbers: y = middle + unit * item.y */
	int64_t min_leaf;    /* weight of each side */
	bool random;         /* one cut drawn for each feature (extra trees) */
};

/* The best split; gain 0: none.  Rows go left whose rank is <= cut, or in the set. */
struct ml_carving {
	double gain; /* in units of weight, and of y^2 or y */
	size_t feature;
	double at; /* values <= at are the ranks <= cut */
	uint16_t cut;
	bool set, missing_left;
	bool ranked;    /* of a number cut at random: `cut` is known, not `at` alone */
	uint64_t *left; /* with set: one bit a rank */
};

struct ml_carver; /* the workspace of one thread */

struct ml_nearby; /* models/nearby.h */

/* near: where the cells of items are; borrowed. */
int ml_carver_new(struct ml_carver **c, const struct ml_nearby *near,
		  const struct ml_carve_opts *o, struct ml_error *err) ML_CHECK;
void ml_carver_free(struct ml_carver *c);
/* Begins a node: its items stay there until the next one.  True: all alike, no split gains. */
bool ml_carver_node(struct ml_carver *c, const struct ml_item *item, size_t n);
/* Of the node at hand: sums; of each class the weight (classes > 2); what it is worth. */
struct ml_side ml_carver_all(const struct ml_carver *c);
const int64_t *ml_carver_counts(const struct ml_carver *c);
double ml_carver_worth(const struct ml_carver *c);
/* With the absolute criterion: the items whose targets are the lower and the upper median. */
void ml_carver_medians(const struct ml_carver *c, const struct ml_item *median[2]);
/* Tries feature j; false: all items of the node have one value there. */
bool ml_carver_try(struct ml_carver *c, size_t j, struct ml_rng *r);
const struct ml_carving *ml_carver_best(const struct ml_carver *c);
/* True when no other split can gain more: both sides are pure, or single items. */
bool ml_carver_is_done(const struct ml_carver *c);
static inline bool ml_carving_left(const struct ml_carving *s, uint16_t rank, size_t missing)
{
	if (s->set)
		return s->left[rank / 64] >> rank % 64 & 1;
	return rank == missing ? s->missing_left : rank <= s->cut;
}

#endif
