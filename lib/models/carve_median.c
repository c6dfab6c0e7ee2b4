/* carve_median.c - cuts by the sum of absolute deviations from the median.
 *
 * Items are added in the order of the units to a Fenwick tree over the ranks of their targets,
 * which tells median and deviations in O(log n) each time: O(n log n) a feature. */
#include <stdlib.h>

#include "models/carve_parts.h"

struct target {
	int32_t y;
	uint32_t item;
};

static int by_target(const void *a, const void *b)
{
	const struct target *u = a, *v = b;

	return u->y != v->y ? (u->y > v->y) - (u->y < v->y)
			    : (u->item > v->item) - (u->item < v->item);
}

static void add(struct ml_carver *c, uint32_t k)
{
	int64_t w = c->item[k].w, s = w * c->item[k].y;

	for (size_t i = c->place[k]; i <= c->n; i += i & -i) {
		c->tree[i].w += w;
		c->tree[i].s += s;
	}
}

static void clear(struct ml_carver *c)
{
	for (size_t i = 0; i <= c->n; i++)
		c->tree[i] = (struct ml_side){ 0, 0 };
}

/* sum w |y - median| of what is in the tree, whose sums are `all`. */
static int64_t deviation(const struct ml_carver *c, struct ml_side all)
{
	struct ml_side below = { 0, 0 };
	size_t at = 0, step = 1;

	while (step <= c->n / 2)
		step *= 2;
	/* The most targets that weigh less than half. */
	for (; step; step /= 2) {
		size_t next = at + step;

		if (next <= c->n && 2 * (below.w + c->tree[next].w) < all.w) {
			at = next;
			below.w += c->tree[next].w;
			below.s += c->tree[next].s;
		}
	}
	int64_t m = c->item[c->order[at]].y;
	return m * below.w - below.s + (all.s - below.s) - m * (all.w - below.w);
}

double ml_carve_begin_medians(struct ml_carver *c)
{
	struct target *t = (struct target *)(void *)c->cost; /* as large, and free here */
	struct ml_side all = { 0, 0 };

	_Static_assert(sizeof(struct target) <= sizeof *c->cost, "targets fit");
	for (size_t k = 0; k < c->n; k++)
		t[k] = (struct target){ c->item[k].y, (uint32_t)k };
	qsort(t, c->n, sizeof *t, by_target);
	for (size_t k = 0; k < c->n; k++) {
		c->order[k] = t[k].item;
		c->place[t[k].item] = (uint32_t)k + 1;
	}
	clear(c);
	for (size_t k = 0; k < c->n; k++) {
		add(c, (uint32_t)k);
		all.w += c->item[k].w;
		all.s += (int64_t)c->item[k].w * c->item[k].y;
	}
	return -(double)deviation(c, all);
}

void ml_carver_medians(const struct ml_carver *c, const struct ml_item *median[2])
{
	int64_t below = 0;
	size_t k = 0;

	for (; 2 * (below + c->item[c->order[k]].w) < c->all.w; k++)
		below += c->item[c->order[k]].w;
	bool even = 2 * (below + c->item[c->order[k]].w) == c->all.w && k + 1 < c->n;
	median[0] = &c->item[c->order[k]];
	median[1] = &c->item[c->order[k + even]];
}

static void add_unit(struct ml_carver *c, const struct ml_unit *u, struct ml_side *sum)
{
	for (uint32_t k = c->head[u->rank]; k; k = c->next[k])
		add(c, k - 1);
	sum->w += u->sum.w;
	sum->s += u->sum.s;
}

/* c->cost[q]: of the units behind q, and the missing ones unless they are left. */
static void scan_medians(struct ml_carver *c, size_t j, bool missing_left)
{
	size_t cuts = c->units - !(c->missing && !missing_left);
	struct ml_side l = { 0, 0 }, r = { 0, 0 };

	clear(c);
	if (c->missing && !missing_left)
		add_unit(c, &c->unit[c->units], &r);
	for (size_t q = c->units; q-- > 0;) {
		c->cost[q] = r.w ? deviation(c, r) : 0;
		add_unit(c, &c->unit[q], &r);
	}
	clear(c);
	if (c->missing && missing_left)
		add_unit(c, &c->unit[c->units], &l);
	for (size_t q = 0; q < cuts; q++) {
		add_unit(c, &c->unit[q], &l);
		if (l.w < c->o.min_leaf || c->all.w - l.w < c->o.min_leaf)
			continue;
		double gain = -(double)(deviation(c, l) + c->cost[q]) - c->worth;
		if (gain > c->best.gain)
			ml_carver_note(c, j, q, gain,
				       c->missing ? missing_left : 2 * l.w > c->all.w);
	}
}

void ml_carve_medians(struct ml_carver *c, size_t j)
{
	scan_medians(c, j, false);
	if (c->missing)
		scan_medians(c, j, true);
}
