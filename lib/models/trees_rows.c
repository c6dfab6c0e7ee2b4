/* trees_rows.c - rows go through trees: many at a time, so that steps do not wait for each
 * other. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/survey.h"
#include "models/swift.h"
#include "models/trees.h"

/* Rows that take their steps together, and rows done with one tree before the next. */
enum { TOGETHER = 8, BLOCK = 64 };
/* Fewer trees are not worth the making of bins. */
enum { ENOUGH = 8 };
_Static_assert(BLOCK % TOGETHER == 0, "blocks are whole groups");

static bool in_set(const struct ml_trees *t, size_t number, double level)
{
	size_t from = t->set[number], words = t->set[number + 1] - from;

	if (!(level >= 0) || level >= 32.0 * (double)words)
		return false;
	size_t bit = (size_t)level;
	return t->words[from + bit / 32] >> bit % 32 & 1;
}

static inline size_t step(const struct ml_trees *t, const struct ml_tnode *n, const double *x)
{
	double v = x[n->feature];
	bool missing = v != v, left = v <= n->at;

	if (n->child & ML_IN_SET)
		left = in_set(t, (size_t)n->at, v);
	left |= missing & n->child; /* ML_MISSING_LEFT is the lowest bit */
	return (n->child >> 2) + !left;
}

size_t ml_trees_next(const struct ml_trees *t, size_t tree, size_t node, const double *x)
{
	return step(t, t->node + t->root[tree] + node, x);
}

size_t ml_trees_leaf(const struct ml_trees *t, size_t tree, const double *x)
{
	const struct ml_tnode *root = t->node + t->root[tree];
	size_t at = 0, next;

	while ((next = step(t, root + at, x)) != at)
		at = next;
	return t->root[tree] + at;
}

void ml_trees_leaves(const struct ml_trees *t, size_t tree, const double *const *x, size_t m,
		     size_t *at)
{
	const struct ml_tnode *root = t->node + t->root[tree];
	size_t moved;

	for (size_t r = 0; r < m; r++)
		at[r] = 0;
	do {
		moved = 0;
		for (size_t r = 0; r < m; r++) {
			size_t next = step(t, root + at[r], x[r]);

			moved |= next ^ at[r];
			at[r] = next;
		}
	} while (moved);
	for (size_t r = 0; r < m; r++)
		at[r] += t->root[tree];
}

/* The leaves of m <= TOGETHER rows. */
static void leaves(const struct ml_trees *t, size_t tree, const double *x, size_t ld, size_t m,
		   size_t at[TOGETHER])
{
	const struct ml_tnode *root = t->node + t->root[tree];
	size_t moved;

	for (size_t r = 0; r < TOGETHER; r++)
		at[r] = 0;
	do {
		moved = 0;
		for (size_t r = 0; r < m; r++) {
			size_t next = step(t, root + at[r], x + r * ld);

			moved |= next ^ at[r];
			at[r] = next;
		}
	} while (moved);
}

/* One step of a row without missing values in a tree without sets. */
static inline size_t plain_step(const struct ml_tnode *root, size_t at, const double *x)
{
	const struct ml_tnode *n = root + at;

	return (n->child >> 2) + (x[n->feature] > n->at);
}

/* The same as leaves() for TOGETHER such rows, with the places in registers, and four steps
 * before it is asked whether all have arrived: a third of the time. */
static void plain_leaves(const struct ml_tnode *root, const double *x, size_t ld,
			 size_t at[TOGETHER])
{
	const double *x1 = x + ld, *x2 = x1 + ld, *x3 = x2 + ld;
	const double *x4 = x3 + ld, *x5 = x4 + ld, *x6 = x5 + ld, *x7 = x6 + ld;
	size_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, moved;

#define STEP \
	a = plain_step(root, a, x), b = plain_step(root, b, x1), c = plain_step(root, c, x2), \
	d = plain_step(root, d, x3), e = plain_step(root, e, x4), f = plain_step(root, f, x5), \
	g = plain_step(root, g, x6), h = plain_step(root, h, x7)
	do {
		STEP, STEP, STEP;
		size_t a0 = a, b0 = b, c0 = c, d0 = d, e0 = e, f0 = f, g0 = g, h0 = h;
		STEP;
		moved = (a ^ a0) | (b ^ b0) | (c ^ c0) | (d ^ d0) | (e ^ e0) | (f ^ f0) |
			(g ^ g0) | (h ^ h0);
	} while (moved);
#undef STEP
	const size_t all[TOGETHER] = { a, b, c, d, e, f, g, h };
	memcpy(at, all, sizeof all);
}

/* True when no cell of the rows [from, to) is missing. */
static bool all_there(const struct ml_mat *x, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (ml_survey_next_nan(x->v + i * x->ld, 0, x->cols) < x->cols)
			return false;
	return true;
}

/* Rows [begin, end), BLOCK at most. */
static void sum_block(const struct ml_trees *t, size_t from, size_t to, const struct ml_mat *x,
		      struct ml_mat *out, size_t begin, size_t end)
{
	size_t at[TOGETHER];
	bool plain = !t->sets && all_there(x, begin, end);

	for (size_t k = from; k < to; k++)
		for (size_t i = begin; i < end; i += TOGETHER) {
			size_t m = end - i < TOGETHER ? end - i : TOGETHER;
			double *o = out->v + i * out->ld + k % t->outputs;
			const double *value = t->value + t->root[k];

			if (plain && m == TOGETHER)
				plain_leaves(t->node + t->root[k], x->v + i * x->ld, x->ld, at);
			else
				leaves(t, k, x->v + i * x->ld, x->ld, m, at);
			for (size_t r = 0; r < m; r++)
				o[r * out->ld] += value[at[r]];
		}
}

/* Whole blocks of rows, where the trees are laid out for that; how many rows. */
static size_t sum_swiftly(const struct ml_trees *t, size_t from, size_t to,
			  const struct ml_mat *x, struct ml_mat *out)
{
	struct ml_error err;
	size_t rows = x->rows / ML_SWIFT_ROWS * ML_SWIFT_ROWS;
	uint8_t *room = t->swift && rows && to - from >= ENOUGH
				? ml_alloc(ml_swift_room(t->swift), 1, &err)
				: NULL;

	for (size_t i = 0; room && i < rows; i += ML_SWIFT_ROWS) {
		ml_swift_bins(t->swift, x->v + i * x->ld, x->ld, room);
		ml_swift_sum(t->swift, from, to, room, out->v + i * out->ld, out->ld);
	}
	free(room);
	return room ? rows : 0;
}

void ml_trees_sum(const struct ml_trees *t, size_t from, size_t to, const struct ml_mat *x,
		  struct ml_mat *out)
{
	/* Without room for that the other way is as good. */
	size_t begin = sum_swiftly(t, from, to, x, out);

	for (; from < to && begin < x->rows; begin += BLOCK)
		sum_block(t, from, to, x, out, begin,
			  x->rows - begin < BLOCK ? x->rows : begin + BLOCK);
}

static void add_leaves(const struct ml_trees *t, size_t tree, const size_t at[TOGETHER],
		       size_t m, struct ml_mat *out, size_t row)
{
	for (size_t r = 0; r < m; r++) {
		const double *v = ml_trees_vector(t, t->root[tree] + at[r]);
		double *o = out->v + (row + r) * out->ld;

		for (size_t c = 0; c < out->cols; c++)
			o[c] += v[c];
	}
}

void ml_trees_sum_vectors(const struct ml_trees *t, size_t from, size_t to,
			  const struct ml_mat *x, struct ml_mat *out)
{
	size_t at[TOGETHER];

	for (size_t begin = 0; begin < x->rows; begin += BLOCK) {
		size_t end = x->rows - begin < BLOCK ? x->rows : begin + BLOCK;

		for (size_t k = from; k < to; k++)
			for (size_t i = begin; i < end; i += TOGETHER) {
				size_t m = end - i < TOGETHER ? end - i : TOGETHER;

				leaves(t, k, x->v + i * x->ld, x->ld, m, at);
				add_leaves(t, k, at, m, out, i);
			}
	}
}
