/* swift.c - small trees laid out so that many rows are asked at once.
 *
 * The leaves of a tree are bits, from left to right.  A node that sends a row right takes the
 * leaves of its left child away, whatever the other nodes say; when all nodes have been asked,
 * in any order, the first bit that is left is the leaf where the row ends (QuickScorer:
 * Lucchese and others 2015).  Cells are told by the number of cuts below them, a byte, so that
 * a node is asked by 32 rows with one comparison; leaves are kept as bytes of eight, and most
 * nodes touch one of them (RapidScorer: Ye and others 2018).
 *
 * A walk from node to node waits for memory at each step and sees a node or two of many; here
 * all nodes are seen, in a row, and nothing waits: a third of the time for trees of 31 leaves.
 */
#include "models/swift_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void ml_swift_free(struct ml_swift *s)
{
	if (!s)
		return;
	free(s->table);
	free(s->cut);
	free(s->lane);
	free(s->value);
	free(s->question);
	free(s->tree);
	free(s);
}

/* ---- layout ---- */

struct laying {
	struct ml_swift *s;
	const struct ml_trees *t;
	uint32_t *lane_of; /* ML_LANE_KINDS of each feature: 1 + the lane, or 0 */
	size_t *cut_of;    /* features + 1: where the cuts of each begin in s->cut */
	size_t *cuts;      /* of each feature */
	size_t questions, leaves;
	bool small;
};

static int by_value(const void *a, const void *b)
{
	double u = *(const double *)a, v = *(const double *)b;

	return (u > v) - (u < v);
}

static bool is_number(const struct ml_trees *t, size_t tree, size_t i)
{
	return !ml_tnode_is_leaf(t, tree, i - t->root[tree]) && !(t->node[i].child & ML_IN_SET);
}

/* The distinct cuts of each feature, ascending. */
static int collect_cuts(struct laying *l, struct ml_error *err)
{
	const struct ml_trees *t = l->t;
	size_t p = t->features, *at = ml_alloc(p + 1, sizeof *at, err);

	if (!at || !(l->cut_of = ml_alloc(p + 1, sizeof *l->cut_of, err)) ||
	    !(l->cuts = ml_alloc(p, sizeof *l->cuts, err)) ||
	    !(l->s->cut = ml_alloc(t->nodes + ML_SWIFT_WITHIN * p, sizeof *l->s->cut, err))) {
		free(at);
		return err->code;
	}
	for (size_t k = 0; k < t->n; k++)
		for (size_t i = t->root[k]; i < t->root[k + 1]; i++)
			l->cut_of[t->node[i].feature + 1] += is_number(t, k, i);
	for (size_t j = 0; j < p; j++)
		at[j + 1] = l->cut_of[j + 1] += l->cut_of[j] + ML_SWIFT_WITHIN;
	for (size_t k = 0; k < t->n; k++)
		for (size_t i = t->root[k]; i < t->root[k + 1]; i++)
			if (is_number(t, k, i))
				l->s->cut[at[t->node[i].feature]++] = t->node[i].at;
	for (size_t j = 0; j < p; j++) {
		double *cut = l->s->cut + l->cut_of[j];
		size_t n = l->cut_of[j + 1] - l->cut_of[j] - ML_SWIFT_WITHIN;

		qsort(cut, n, sizeof *cut, by_value);
		for (size_t k = 0; k < n; k++)
			if (!k || cut[k] > cut[l->cuts[j] - 1])
				cut[l->cuts[j]++] = cut[k];
		for (size_t k = 0; k < ML_SWIFT_WITHIN; k++)
			cut[l->cuts[j] + k] = (double)INFINITY;
		l->small &= l->cuts[j] <= ML_SWIFT_CUTS;
	}
	free(at);
	return ML_OK;
}

static void make_cells(struct ml_lane *l, const double *cut)
{
	size_t count[ML_SWIFT_CELLS] = { 0 }, below = 0;

	l->least = cut[0];
	l->per_width = ML_SWIFT_CELLS / (cut[l->cuts - 1] - cut[0]);
	for (size_t k = 0; k < l->cuts; k++)
		count[ml_lane_cell(cut[k], l->least, l->per_width)]++;
	for (size_t c = 0; c < ML_SWIFT_CELLS; c++) {
		l->below[c] = (uint8_t)below;
		below += count[c];
		if (count[c] > l->within)
			l->within = count[c];
	}
	if (l->within > ML_SWIFT_WITHIN)
		l->within = 0;
}

static uint32_t lane_of(struct laying *l, size_t feature, enum ml_lane_kind kind)
{
	uint32_t *at = &l->lane_of[feature * ML_LANE_KINDS + kind];

	if (!*at) {
		struct ml_lane *lane = &l->s->lane[l->s->lanes];

		*lane = (struct ml_lane){ .feature = (uint32_t)feature,
					  .kind = kind,
					  .cut = l->cut_of[feature],
					  .cuts = l->cuts[feature] };
		if (kind != ML_IS_LEVEL)
			make_cells(lane, l->s->cut + lane->cut);
		*at = (uint32_t)++l->s->lanes;
	}
	return *at - 1;
}

/* Levels of a set as a table; it is too large when it has more of them. */
static void fill_table(struct laying *l, const struct ml_tnode *n)
{
	const struct ml_trees *t = l->t;
	size_t number = (size_t)n->at, from = t->set[number], to = t->set[number + 1];
	uint8_t *table = l->s->table[l->s->tables];

	for (size_t level = 0; level < 32 * (to - from); level++) {
		if (!(t->words[from + level / 32] >> level % 32 & 1))
			continue;
		l->small &= level < ML_SWIFT_UNKNOWN;
		if (level < ML_SWIFT_UNKNOWN)
			table[level] = 255;
	}
	table[ML_SWIFT_MISSING] = n->child & ML_MISSING_LEFT ? 255 : 0;
}

static void ask(struct laying *l, const struct ml_tnode *n, size_t from, size_t to)
{
	struct ml_question *q = &l->s->question[l->questions++];
	size_t feature = (size_t)n->feature;

	*q = (struct ml_question){ .set = ML_SWIFT_NO_SET,
				   .first = (uint8_t)(from / 8),
				   .bytes = (uint8_t)((to - 1) / 8 - from / 8 + 1) };
	memset(q->mask, 255, sizeof q->mask);
	for (size_t leaf = from; leaf < to; leaf++)
		q->mask[leaf / 8 - from / 8] &= (uint8_t) ~(1u << leaf % 8);
	if (n->child & ML_IN_SET) {
		fill_table(l, n);
		q->set = (uint32_t)l->s->tables++;
		q->lane = lane_of(l, feature, ML_IS_LEVEL);
		return;
	}
	const double *cut = l->s->cut + l->cut_of[feature];
	while (cut[q->cut] < n->at)
		q->cut++;
	q->lane =
		lane_of(l, feature, n->child & ML_MISSING_LEFT ? ML_GOES_LEFT : ML_GOES_RIGHT);
}

/* Children stand behind their parents, so leaves can be counted from the back, and places given
 * from the front. */
static void lay_tree(struct laying *l, size_t tree)
{
	const struct ml_trees *t = l->t;
	size_t n = t->root[tree + 1] - t->root[tree];
	const struct ml_tnode *root = t->node + t->root[tree];
	size_t below[2 * ML_SWIFT_LEAVES] = { 0 }, first[2 * ML_SWIFT_LEAVES] = { 0 };

	for (size_t i = n; i-- > 0;) {
		size_t child = ml_tnode_child(&root[i]);

		below[i] = child == i ? 1 : below[child] + below[child + 1];
	}
	for (size_t i = 0; i < n; i++) {
		size_t child = ml_tnode_child(&root[i]);

		if (child == i) {
			l->s->value[l->leaves + first[i]] = t->value[t->root[tree] + i];
			continue;
		}
		first[child] = first[i];
		first[child + 1] = first[i] + below[child];
		ask(l, &root[i], first[child], first[child + 1]);
	}
	l->leaves += below[0];
	l->s->tree[tree].bytes = (below[0] + 7) / 8;
	l->s->tree[tree + 1] = (struct ml_small){ l->questions, l->leaves, 0 };
}

static size_t count_sets(const struct ml_trees *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->nodes; i++)
		n += (t->node[i].child & ML_IN_SET) != 0;
	return n;
}

/* A node asks one lane. */
static size_t most_lanes(const struct ml_trees *t)
{
	size_t most = t->features * ML_LANE_KINDS;

	return most < t->nodes ? most : t->nodes;
}

static int lay(struct laying *l, struct ml_error *err)
{
	const struct ml_trees *t = l->t;
	struct ml_swift *s = l->s;

	s->outputs = t->outputs;
	s->trees = t->n;
	if (!(s->tree = ml_alloc(t->n + 1, sizeof *s->tree, err)) ||
	    !(s->question = ml_alloc(t->nodes, sizeof *s->question, err)) ||
	    !(s->value = ml_alloc(t->nodes, sizeof *s->value, err)) ||
	    !(s->lane = ml_alloc(most_lanes(t), sizeof *s->lane, err)) ||
	    !(s->table = ml_alloc(count_sets(t), sizeof *s->table, err)) ||
	    !(l->lane_of = ml_alloc(t->features * ML_LANE_KINDS, sizeof *l->lane_of, err)) ||
	    collect_cuts(l, err))
		return err->code;
	for (size_t k = 0; l->small && k < t->n; k++)
		lay_tree(l, k);
	return ML_OK;
}

int ml_swift_new(struct ml_swift **s, const struct ml_trees *t, struct ml_error *err)
{
	struct laying l = { .t = t, .small = t->width <= 1 };

	*s = NULL;
	for (size_t k = 0; k < t->n; k++)
		l.small &= t->root[k + 1] - t->root[k] < 2 * ML_SWIFT_LEAVES;
	if (!l.small)
		return ML_OK;
	if (!(l.s = ml_alloc(1, sizeof *l.s, err)))
		return err->code;
	int rc = lay(&l, err);
	free(l.cuts);
	free(l.cut_of);
	free(l.lane_of);
	if (!rc && l.small)
		*s = l.s;
	else
		ml_swift_free(l.s);
	return rc;
}
