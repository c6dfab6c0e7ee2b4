/* bags.c - the targets of the rows in each leaf of a forest. */
#include "models/bags.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/argsort.h"

void ml_bags_release(struct ml_bags *b)
{
	free(b->number);
	free(b->weight);
	free(b->rank);
	free(b->from);
	free(b->y);
	*b = (struct ml_bags){ 0 };
}

int ml_bags_targets(struct ml_bags *b, const struct ml_problem *p, int32_t **rank,
		    struct ml_error *err)
{
	size_t n = p->x.rows;
	uint32_t *order = ml_alloc(n, sizeof *order, err);

	*rank = order ? ml_alloc(n, sizeof **rank, err) : NULL;
	b->y = *rank ? ml_alloc(n, sizeof *b->y, err) : NULL;
	int rc = b->y ? ml_argsort(p->y, 1, n, order, err) : err->code;
	for (size_t k = 0; !rc && k < n; k++) {
		double y = p->y[order[k]];

		if (!k || y != b->y[b->values - 1])
			b->y[b->values++] = y;
		(*rank)[order[k]] = (int32_t)b->values - 1;
	}
	free(order);
	return rc;
}

static int add_leaf(struct ml_bags *b, size_t entries, size_t *at, struct ml_error *err)
{
	*at = b->leaves ? b->from[b->leaves] : 0;
	size_t to = *at + entries;

	if (ML_GROW(b->from, b->from_cap, b->leaves + 2, err) ||
	    ML_GROW(b->rank, b->rank_cap, to, err) ||
	    ML_GROW(b->weight, b->weight_cap, to, err))
		return err->code;
	b->from[b->leaves++] = *at;
	b->from[b->leaves] = to;
	return ML_OK;
}

int ml_bags_fill(struct ml_bags *b, const struct ml_deep *d, const int32_t *rank,
		 struct ml_error *err)
{
	const struct ml_item *item = ml_deep_items(d);
	size_t n = ml_deep_emitted(d), at;

	for (size_t k = 0; k < n; k++) {
		const struct ml_deep_node *node = ml_deep_nth(d, k);

		if (node->feature >= 0)
			continue;
		if (add_leaf(b, node->to - node->from, &at, err))
			return err->code;
		for (size_t i = node->from; i < node->to; i++, at++) {
			b->rank[at] = rank[item[i].row];
			b->weight[at] = (int32_t)item[i].w;
		}
	}
	return ML_OK;
}

int ml_bags_append(struct ml_bags *b, const struct ml_bags *more, struct ml_error *err)
{
	for (size_t k = 0; k < more->leaves; k++) {
		size_t from = more->from[k], n = more->from[k + 1] - from, at;

		if (add_leaf(b, n, &at, err))
			return err->code;
		memcpy(b->rank + at, more->rank + from, n * sizeof *b->rank);
		memcpy(b->weight + at, more->weight + from, n * sizeof *b->weight);
	}
	return ML_OK;
}

int ml_bags_bind(struct ml_bags *b, const struct ml_trees *t, struct ml_error *err)
{
	size_t leaf = 0;

	free(b->number);
	b->widest = 0;
	if (!(b->number = ml_alloc(t->nodes, sizeof *b->number, err)))
		return err->code;
	for (size_t tree = 0; tree < t->n; tree++) {
		size_t most = 0;

		for (size_t k = t->root[tree]; k < t->root[tree + 1]; k++) {
			if (!ml_tnode_is_leaf(t, tree, k - t->root[tree]))
				continue;
			if (leaf < b->leaves && b->from[leaf + 1] - b->from[leaf] > most)
				most = b->from[leaf + 1] - b->from[leaf];
			b->number[k] = (uint32_t)leaf++;
		}
		b->widest += most;
	}
	return leaf == b->leaves
		       ? ML_OK
		       : ml_fail(err, ML_EDATA, "E-MODEL",
				 "bags of %zu leaves, the trees have %zu", b->leaves, leaf);
}

/* ---- predicting ---- */

struct entry {
	int32_t rank;
	double w;
};

static int by_rank(const void *a, const void *b)
{
	const struct entry *u = a, *v = b;

	return u->rank != v->rank ? (u->rank > v->rank) - (u->rank < v->rank)
				  : (u->w > v->w) - (u->w < v->w);
}

static size_t gather(const struct ml_bags *b, const struct ml_trees *t, const double *x,
		     struct entry *e)
{
	size_t n = 0;

	for (size_t tree = 0; tree < t->n; tree++) {
		size_t leaf = b->number[ml_trees_leaf(t, tree, x)];
		double sum = 0;

		for (size_t k = b->from[leaf]; k < b->from[leaf + 1]; k++)
			sum += b->weight[k];
		for (size_t k = b->from[leaf]; k < b->from[leaf + 1]; k++)
			e[n++] = (struct entry){ b->rank[k], b->weight[k] / sum };
	}
	return n;
}

/* The least target that no less than the share of all weight does not exceed; a little less
 * will do, since weights are rounded. */
static double quantile_of(const struct ml_bags *b, struct entry *e, size_t n, size_t trees)
{
	double want = b->quantile * (double)trees - 1e-9, sum = 0;
	size_t k = 0;

	qsort(e, n, sizeof *e, by_rank);
	for (; k + 1 < n && (sum += e[k].w) < want;)
		k++;
	return b->y[e[k].rank];
}

int ml_bags_predict(const struct ml_bags *b, const struct ml_trees *t, const struct ml_mat *x,
		    struct ml_mat *out, struct ml_error *err)
{
	struct entry *e = ml_alloc(b->widest, sizeof *e, err);

	for (size_t i = 0; e && i < x->rows; i++)
		out->v[i * out->ld] =
			quantile_of(b, e, gather(b, t, x->v + i * x->ld, e), t->n);
	free(e);
	return e ? ML_OK : err->code;
}

/* ---- as fields ---- */

enum { MAX_ENTRIES = 1 << 28 };

void ml_bags_save(const struct ml_bags *b, struct ml_fields *out)
{
	struct ml_error err;
	int32_t *size = ml_alloc(b->leaves, sizeof *size, &err);

	out->failed |= !size;
	for (size_t k = 0; size && k < b->leaves; k++)
		size[k] = (int32_t)(b->from[k + 1] - b->from[k]);
	if (size) {
		ml_put_real(out, "quantile", b->quantile);
		ml_put_reals(out, "targets", b->y, b->values);
		ml_put_ints(out, "bags", size, b->leaves);
		ml_put_ints(out, "bag-targets", b->rank, b->from[b->leaves]);
		ml_put_ints(out, "bag-weights", b->weight, b->from[b->leaves]);
	}
	free(size);
}

static int take_sizes(struct ml_bags *b, const int32_t *size, size_t n, size_t entries,
		      struct ml_error *err)
{
	size_t at = 0;

	if (!(b->from = ml_alloc(n + 1, sizeof *b->from, err)))
		return err->code;
	for (size_t k = 0; k < n; k++) {
		b->from[k] = at;
		at += (size_t)size[k];
	}
	b->from[n] = at;
	b->leaves = n;
	b->from_cap = n + 1;
	return at == entries ? ML_OK
			     : ml_fail(err, ML_EDATA, "E-MODEL", "bags of %zu rows have %zu",
				       at, entries);
}

int ml_bags_load(struct ml_bags *b, const struct ml_fields *in, struct ml_error *err)
{
	size_t n = 0, entries = 0;
	int32_t *size = NULL;

	if (ml_get_real(in, "quantile", &b->quantile, err) ||
	    ml_get_count(in, "targets", MAX_ENTRIES, &b->values, err) ||
	    ml_get_reals(in, "targets", &b->y, b->values, err) ||
	    ml_get_count(in, "bags", MAX_ENTRIES, &n, err) ||
	    ml_get_count(in, "bag-targets", MAX_ENTRIES, &entries, err))
		return err->code;
	if (!(b->quantile >= 0 && b->quantile <= 1) || !b->values)
		return ml_fail(err, ML_EDATA, "E-MODEL", "quantile %g of %zu targets",
			       b->quantile, b->values);
	int rc = ml_get_ints(in, "bags", &size, n, 1, MAX_ENTRIES, err);
	if (!rc)
		rc = take_sizes(b, size, n, entries, err);
	if (!rc)
		rc = ml_get_ints(in, "bag-targets", &b->rank, entries, 0,
				 (int32_t)b->values - 1, err);
	if (!rc)
		rc = ml_get_ints(in, "bag-weights", &b->weight, entries, 1, INT32_MAX, err);
	free(size);
	return rc;
}
