/* trees.c - many trees as one array of nodes. */
#include "models/trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/swift.h"

void ml_trees_release(struct ml_trees *t)
{
	ml_swift_free(t->swift);
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

static void forget_layout(struct ml_trees *t)
{
	ml_swift_free(t->swift);
	t->swift = NULL;
}

int ml_trees_add(struct ml_trees *t, size_t nodes, struct ml_error *err)
{
	size_t from = t->nodes, to = from + nodes;

	forget_layout(t);
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
	forget_layout(t);
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
