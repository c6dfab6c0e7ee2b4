/* carve_classes.c - cuts between more than two classes.
 *
 * Items go from the right side to the left one by one, and sums of squares follow them, so that
 * a node costs the same for any number of classes; entropy is added up anew at each cut. */
#include <stdlib.h>
#include <string.h>

#include "models/carve_parts.h"

/* Categories are tried in the order of the shares of so many classes. */
enum { FREQUENT = 8 };

struct moving {
	struct ml_carver *c;
	int64_t lw, rw;
	uint64_t lsq, rsq; /* of weights by class; weights in all are below 2^31 */
};

static void move_unit(struct moving *m, const struct ml_unit *u)
{
	struct ml_carver *c = m->c;

	for (uint32_t k = c->head[u->rank]; k; k = c->next[k]) {
		const struct ml_item *t = &c->item[k - 1];
		uint64_t w = t->w, l = (uint64_t)c->left[t->y], r = (uint64_t)c->right[t->y];

		m->lsq += (2 * l + w) * w;
		m->rsq -= (2 * r - w) * w;
		c->left[t->y] += t->w;
		c->right[t->y] -= t->w;
	}
	m->lw += u->sum.w;
	m->rw -= u->sum.w;
}

static double gain_now(const struct moving *m)
{
	const struct ml_carver *c = m->c;

	if (m->lw < c->o.min_leaf || m->rw < c->o.min_leaf)
		return 0;
	if (c->o.criterion == ML_ENTROPY)
		return ml_classes_worth(ML_ENTROPY, c->left, c->o.classes, m->lw) +
		       ml_classes_worth(ML_ENTROPY, c->right, c->o.classes, m->rw) - c->worth;
	return (double)m->lsq / (double)m->lw + (double)m->rsq / (double)m->rw - c->worth;
}

static void scan_classes(struct ml_carver *c, size_t j, bool missing_left)
{
	struct moving m = { .c = c, .rw = c->all.w };
	size_t cuts = c->units - !(c->missing && !missing_left), at = 0;
	double best = c->best.gain;
	bool heavier = false;

	memset(c->left, 0, c->o.classes * sizeof *c->left);
	memcpy(c->right, c->count, c->o.classes * sizeof *c->right);
	for (size_t k = 0; k < c->o.classes; k++)
		m.rsq += (uint64_t)c->count[k] * (uint64_t)c->count[k];
	if (missing_left)
		move_unit(&m, &c->unit[c->units]);
	for (size_t q = 0; q < cuts; q++) {
		move_unit(&m, &c->unit[q]);
		double gain = gain_now(&m);
		if (gain <= best)
			continue;
		best = gain;
		at = q;
		heavier = m.lw > m.rw;
	}
	if (best > c->best.gain)
		ml_carver_note(c, j, at, best, c->missing ? missing_left : heavier);
}

/* The commonest classes of the node first; equal ones in their order. */
static size_t choose_frequent(struct ml_carver *c)
{
	size_t n = 0;

	for (size_t k = 0; k < c->o.classes; k++) {
		size_t at = n < FREQUENT ? n++ : FREQUENT;

		if (!c->count[k]) {
			n -= at < FREQUENT;
			continue;
		}
		for (; at && c->count[k] > c->count[c->frequent[at - 1]]; at--)
			if (at < FREQUENT)
				c->frequent[at] = c->frequent[at - 1];
		if (at < FREQUENT)
			c->frequent[at] = k;
	}
	return n;
}

static void order_by_share(struct ml_carver *c, size_t class)
{
	for (size_t q = 0; q < c->units; q++) {
		int64_t sum = 0;

		for (uint32_t k = c->head[c->unit[q].rank]; k; k = c->next[k])
			sum += (size_t)c->item[k - 1].y == class ? c->item[k - 1].w : 0;
		c->unit[q].key = (double)sum / (double)c->unit[q].sum.w;
	}
	ml_carver_order(c);
}

void ml_carve_classes(struct ml_carver *c, size_t j)
{
	if (!ml_rank_is_set(&c->ranks->of[j])) {
		scan_classes(c, j, false);
		if (c->missing)
			scan_classes(c, j, true);
		return;
	}
	size_t n = choose_frequent(c);
	for (size_t k = 0; k < n; k++) {
		order_by_share(c, c->frequent[k]);
		scan_classes(c, j, false);
	}
}
