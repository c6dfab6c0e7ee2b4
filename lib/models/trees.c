/* trees.c - many trees as one array of nodes. */
#include "models/trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/survey.h"

/* Rows that take their steps together, and rows done with one tree before the next. */
enum { TOGETHER = 8, BLOCK = 64 };
_Static_assert(BLOCK % TOGETHER == 0, "blocks are whole groups");

void ml_trees_release(struct ml_trees *t)
{
	free(t->feature_gain);
	free(t->single);
	free(t->vector);
	free(t->set);
	free(t->words);
	free(t->gain);
	free(t->cover);
	free(t->value);
	free(t->root);
	free(t->node);
	*t = (struct ml_trees){ 0 };
}

int ml_trees_add(struct ml_trees *t, size_t nodes, struct ml_error *err)
{
	size_t from = t->nodes, to = from + nodes;

	if (nodes > UINT32_MAX >> 2)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "a tree of %zu nodes is too large",
			       nodes);
	if (ML_GROW(t->root, t->tree_cap, t->n + 2, err) ||
	    ML_GROW(t->node, t->node_cap, to, err) ||
	    ML_GROW(t->value, t->value_cap, to, err) ||
	    ML_GROW(t->cover, t->cover_cap, to, err) || ML_GROW(t->gain, t->gain_cap, to, err))
		return err->code;
	for (size_t k = 0; k < nodes; k++) {
		t->node[from + k] =
			(struct ml_tnode){ .at = (double)INFINITY,
					   .child = ml_tnode_link(k, ML_MISSING_LEFT) };
		t->value[from + k] = t->cover[from + k] = t->gain[from + k] = 0;
	}
	t->root[t->n++] = from;
	t->root[t->n] = t->nodes = to;
	return ML_OK;
}

int ml_trees_add_set(struct ml_trees *t, size_t words, size_t *number, struct ml_error *err)
{
	size_t at = t->sets ? t->set[t->sets] : 0;

	if (ML_GROW(t->set, t->set_cap, t->sets + 2, err) ||
	    ML_GROW(t->words, t->word_cap, at + words, err))
		return err->code;
	memset(t->words + at, 0, words * sizeof *t->words);
	t->set[t->sets] = at;
	*number = t->sets++;
	t->set[t->sets] = at + words;
	return ML_OK;
}

/* Where v is 1 and all else 0; SIZE_MAX: nowhere. */
static size_t single_at(const double *v, size_t n)
{
	size_t at = SIZE_MAX;

	for (size_t c = 0; c < n; c++) {
		if (v[c] == 0)
			continue;
		if (v[c] != 1 || at != SIZE_MAX)
			return SIZE_MAX;
		at = c;
	}
	return at;
}

int ml_trees_add_vector(struct ml_trees *t, const double *v, size_t *number,
			struct ml_error *err)
{
	size_t to = t->vectors * t->width, at = single_at(v, t->width);

	if (!t->single && !(t->single = ml_alloc(t->width, sizeof *t->single, err)))
		return err->code;
	if (at != SIZE_MAX && t->single[at]) {
		*number = t->single[at] - 1;
		return ML_OK;
	}
	if (ML_GROW(t->vector, t->vector_cap, to + t->width, err))
		return err->code;
	memcpy(t->vector + to, v, t->width * sizeof *v);
	*number = t->vectors++;
	if (at != SIZE_MAX)
		t->single[at] = t->vectors;
	return ML_OK;
}

/* Sets of u behind those of t. */
static int append_sets(struct ml_trees *t, const struct ml_trees *u, struct ml_error *err)
{
	for (size_t k = 0; k < u->sets; k++) {
		size_t number = 0, words = u->set[k + 1] - u->set[k];

		if (ml_trees_add_set(t, words, &number, err))
			return err->code;
		memcpy(t->words + t->set[number], u->words + u->set[k],
		       words * sizeof *t->words);
	}
	return ML_OK;
}

static int append_tree(struct ml_trees *t, const struct ml_trees *u, size_t tree, size_t sets,
		       const size_t *vector, struct ml_error *err)
{
	size_t from = u->root[tree], n = u->root[tree + 1] - from, to = t->nodes;

	if (ml_trees_add(t, n, err))
		return err->code;
	memcpy(t->node + to, u->node + from, n * sizeof *t->node);
	memcpy(t->value + to, u->value + from, n * sizeof *t->value);
	memcpy(t->cover + to, u->cover + from, n * sizeof *t->cover);
	memcpy(t->gain + to, u->gain + from, n * sizeof *t->gain);
	for (size_t i = 0; i < n; i++) {
		if (t->width > 1 && ml_tnode_is_leaf(t, t->n - 1, i))
			t->value[to + i] = (double)vector[(size_t)t->value[to + i]];
		if (t->node[to + i].child & ML_IN_SET)
			t->node[to + i].at += (double)sets;
	}
	return ML_OK;
}

int ml_trees_append(struct ml_trees *t, const struct ml_trees *u, struct ml_error *err)
{
	size_t sets = t->sets, *vector = ml_alloc(u->vectors, sizeof *vector, err);
	int rc = vector ? append_sets(t, u, err) : err->code;

	for (size_t k = 0; !rc && k < u->vectors; k++)
		rc = ml_trees_add_vector(t, u->vector + k * u->width, &vector[k], err);
	for (size_t k = 0; !rc && k < u->n; k++)
		rc = append_tree(t, u, k, sets, vector, err);
	free(vector);
	return rc;
}

void ml_trees_cut(struct ml_trees *t, size_t n)
{
	if (n >= t->n)
		return;
	t->nodes = t->root[n];
	t->n = n;
	/* Sets are numbered as their nodes came to be, tree by tree. */
	t->sets = 0;
	for (size_t k = 0; k < t->nodes; k++)
		if (t->node[k].child & ML_IN_SET && (size_t)t->node[k].at >= t->sets)
			t->sets = (size_t)t->node[k].at + 1;
}

bool ml_tnode_is_leaf(const struct ml_trees *t, size_t tree, size_t node)
{
	return ml_tnode_child(&t->node[t->root[tree] + node]) == node;
}

/* ---- rows through trees ---- */

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

void ml_trees_sum(const struct ml_trees *t, size_t from, size_t to, const struct ml_mat *x,
		  struct ml_mat *out)
{
	size_t at[TOGETHER];

	for (size_t begin = 0; from < to && begin < x->rows; begin += BLOCK) {
		size_t end = x->rows - begin < BLOCK ? x->rows : begin + BLOCK;
		bool plain = !t->sets && all_there(x, begin, end);

		for (size_t k = from; k < to; k++)
			for (size_t i = begin; i < end; i += TOGETHER) {
				size_t m = end - i < TOGETHER ? end - i : TOGETHER;
				double *o = out->v + i * out->ld + k % t->outputs;
				const double *value = t->value + t->root[k];

				if (plain && m == TOGETHER)
					plain_leaves(t->node + t->root[k], x->v + i * x->ld,
						     x->ld, at);
				else
					leaves(t, k, x->v + i * x->ld, x->ld, m, at);
				for (size_t r = 0; r < m; r++)
					o[r * out->ld] += value[at[r]];
			}
	}
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

void ml_trees_gain(const struct ml_trees *t, double *gain)
{
	for (size_t j = 0; t->feature_gain && j < t->features; j++)
		gain[j] += t->feature_gain[j];
	for (size_t tree = 0; tree < t->n; tree++)
		for (size_t k = 0; k < t->root[tree + 1] - t->root[tree]; k++)
			if (!ml_tnode_is_leaf(t, tree, k))
				gain[t->node[t->root[tree] + k].feature] +=
					t->gain[t->root[tree] + k];
}

int ml_trees_slim(struct ml_trees *t, struct ml_error *err)
{
	double *gain = ml_alloc(t->features, sizeof *gain, err);

	if (!gain)
		return err->code;
	ml_trees_gain(t, gain);
	memset(t->gain, 0, t->nodes * sizeof *t->gain);
	free(t->feature_gain);
	t->feature_gain = gain;
	return ML_OK;
}

void ml_trees_splits(const struct ml_trees *t, double *count)
{
	for (size_t tree = 0; tree < t->n; tree++)
		for (size_t k = 0; k < t->root[tree + 1] - t->root[tree]; k++)
			if (!ml_tnode_is_leaf(t, tree, k))
				count[t->node[t->root[tree] + k].feature]++;
}
