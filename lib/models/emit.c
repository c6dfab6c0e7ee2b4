/* emit.c - a tree that was grown is asked about rows of its table, and becomes one of many. */
#include <math.h>

#include "base/mem.h"
#include "models/deep_parts.h"

/* ---- rows of the table ---- */

size_t ml_deep_step(const struct ml_deep *d, size_t k, size_t i)
{
	const struct ml_deep_node *node = &d->node[k];
	const struct ml_ranks *r = d->l->ranks;

	if (node->feature < 0)
		return k;
	struct ml_carving s = ml_deep_split(d, k);
	uint16_t rank = r->v[(size_t)node->feature * r->rows + i];
	return node->child + !ml_carving_left(&s, rank, r->of[node->feature].bins);
}

double ml_deep_error(const struct ml_deep *d, size_t k, double y)
{
	size_t classes = d->l->p->nclass, best = 0;
	double off = d->node[k].value - y;

	if (!classes)
		return d->l->o.criterion == ML_ABSOLUTE ? fabs(off) : off * off;
	if (classes == 2)
		return (d->node[k].value > 0.5) != (y > 0);
	for (size_t c = 1; c < classes; c++)
		if (d->share[k * classes + c] > d->share[k * classes + best])
			best = c;
	return best != (size_t)y;
}

/* ---- as trees ---- */

static int emit_set(const struct ml_deep *d, size_t k, struct ml_trees *t, double *at,
		    struct ml_error *err)
{
	const struct ml_deep_node *node = &d->node[k];
	const struct ml_rank *of = &d->l->ranks->of[node->feature];
	size_t levels = of->levels, number;

	if (ml_trees_add_set(t, (levels + 31) / 32, &number, err))
		return err->code;
	uint32_t *words = t->words + t->set[number];
	const uint64_t *bits = of->level ? NULL : d->set + (size_t)node->at;
	for (size_t b = 0; b < levels; b++) {
		bool left = of->level ? b <= d->cut[k] : bits[b / 64] >> b % 64 & 1;
		size_t level = of->level ? of->level[b] : b;

		words[level / 32] |= (uint32_t)left << level % 32;
	}
	*at = (double)number;
	return ML_OK;
}

static int emit_node(const struct ml_deep *d, size_t k, size_t to, size_t child,
		     struct ml_trees *t, struct ml_error *err)
{
	const struct ml_deep_node *node = &d->node[k];
	double at = node->at;
	size_t number;

	t->cover[to] = node->cover;
	if (node->feature < 0) {
		t->value[to] = node->value;
		if (d->width == 1)
			return ML_OK;
		int rc = ml_trees_add_vector(t, d->share + k * d->width, &number, err);
		t->value[to] = rc ? 0 : (double)number;
		return rc;
	}
	bool set = d->l->ranks->of[node->feature].levels > 0;
	if (set && emit_set(d, k, t, &at, err))
		return err->code;
	t->node[to] =
		(struct ml_tnode){ at, node->feature,
				   ml_tnode_link(child, node->flags | (set ? ML_IN_SET : 0)) };
	t->gain[to] = node->gain;
	return ML_OK;
}

int ml_deep_emit(struct ml_deep *d, struct ml_trees *t, struct ml_error *err)
{
	size_t n = 1, next = 1, from = t->nodes;

	if (ML_GROW(d->order, d->order_cap, d->nodes, err))
		return err->code;
	d->order[0] = 0;
	for (size_t k = 0; k < n; k++) {
		const struct ml_deep_node *node = &d->node[d->order[k]];

		if (node->feature < 0)
			continue;
		d->order[n++] = node->child;
		d->order[n++] = node->child + 1;
	}
	t->width = d->width > 1 ? d->width : 0;
	d->emitted = n;
	int rc = ml_trees_add(t, n, err);
	for (size_t k = 0; !rc && k < n; k++) {
		rc = emit_node(d, d->order[k], from + k, next, t, err);
		next += d->node[d->order[k]].feature < 0 ? 0 : 2;
	}
	return rc;
}

size_t ml_deep_emitted(const struct ml_deep *d)
{
	return d->emitted;
}

const struct ml_deep_node *ml_deep_nth(const struct ml_deep *d, size_t k)
{
	return &d->node[d->order[k]];
}
