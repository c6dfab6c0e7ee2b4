/* carve_parts.h - the workspace that the parts of carving share. */
#ifndef ML_MODELS_CARVE_PARTS_H
#define ML_MODELS_CARVE_PARTS_H

#include "models/carve.h"
#include "models/nearby.h"

/* Words of one bit a rank, and of one bit a word. */
enum { ML_CARVE_WORDS = (ML_RANKS + 64) / 64, ML_CARVE_TOPS = (ML_CARVE_WORDS + 63) / 64 };

/* Items that are looked at together; arrays for all of them have room for the last group. */
enum { ML_CARVE_LANES = 4 };

/* A rank that occurs in the node. */
struct ml_unit {
	uint16_t rank;
	struct ml_side sum; /* with more than two classes .w alone */
	double key;         /* what categories are ordered by */
};

struct ml_carver {
	const struct ml_ranks *ranks;
	const struct ml_nearby *near;
	struct ml_carve_opts o;
	bool many; /* more than two classes */
	/* The node. */
	const struct ml_item *item;
	size_t n;
	struct ml_side all;
	int64_t *count; /* of each class */
	double worth;
	struct ml_carving best;
	/* The feature. */
	uint16_t *rank; /* of each item */
	struct ml_unit *unit;
	size_t units; /* without that of missing numbers, which follows them */
	bool missing;
	/* By rank; all zero between features. */
	struct ml_side *sum;
	uint64_t *pair; /* two classes: weight << 32, and that of the second */
	uint64_t word[ML_CARVE_WORDS], top[ML_CARVE_TOPS];
	/* More than two classes: items of a rank, as a list. */
	uint32_t *head, *next; /* 0: none; else the number of an item and 1 */
	int64_t *left, *right;
	size_t *frequent; /* classes, the commonest first */
	/* Cuts at random, of each item: its value; its weight, and w * y; of two classes both
	 * of them in mass (w << 32). */
	double *value;
	int64_t *mass, *torque;
	int32_t *at; /* its row */
	bool wide;   /* there are vector units */
	/* Absolute: of each item the rank of y among those of the node, sums by it, costs. */
	uint32_t *order, *place;
	struct ml_side *tree;
	int64_t *cost;
};

/* Notes a split that gains more than those before it: units [0, k] are left. */
void ml_carver_note(struct ml_carver *c, size_t j, size_t k, double gain, bool missing_left);
/* Sends rank b left in the set that has just been noted, or is being made. */
static inline void ml_carver_bit(uint64_t *bits, size_t b)
{
	bits[b / 64] |= UINT64_C(1) << b % 64;
}
/* The gain of l against the rest, or 0 where a side is too small; not for `many` or absolute.
 */
double ml_carver_gain(const struct ml_carver *c, struct ml_side l);
/* Worth of classes of weights count[0..k), whose sum is w. */
double ml_classes_worth(enum ml_criterion criterion, const int64_t *count, size_t k, int64_t w);
/* Tries all cuts of the units in their order (carve_classes.c, carve_median.c). */
void ml_carve_classes(struct ml_carver *c, size_t j);
void ml_carve_medians(struct ml_carver *c, size_t j);
/* -min_m sum w |y - m| of the node, which begins (carve_median.c). */
double ml_carve_begin_medians(struct ml_carver *c);
/* Orders the units of a category by ->key. */
void ml_carver_order(struct ml_carver *c);
/* Draws a split of a category or few numbers (carve_random.c), of many numbers
 * (carve_values.c): false: one value is all there is. */
void ml_carve_random(struct ml_carver *c, size_t j, struct ml_rng *r);
bool ml_carve_values(struct ml_carver *c, size_t j, struct ml_rng *r);
/* A cut from lo on and below hi. */
double ml_carve_draw(double lo, double hi, struct ml_rng *r);
bool ml_carve_wide(void);
/* The node at hand, before ml_carve_values(): c->at, ->mass, ->torque.  Of two classes both
 * weights are in mass, and their sums are given back. */
void ml_carve_values_node(struct ml_carver *c);
struct ml_side ml_carve_values_two(struct ml_carver *c);
/* The gain of c->left, whose sum is lw, against the rest; 0 where a side is too small. */
double ml_carve_gain_of_classes(const struct ml_carver *c, int64_t lw);

#endif
