/* carve_random.c - splits drawn at random by ranks (Geurts, Ernst, Wehenkel 2006): of numbers,
 * and of levels, which have an order here, a cut uniformly between the least and the greatest
 * value in the node. */
#include <assert.h>
#include <float.h>
#include <string.h>

#include "models/carve_parts.h"

double ml_carve_gain_of_classes(const struct ml_carver *c, int64_t lw)
{
	size_t k = c->o.classes;
	int64_t rw = c->all.w - lw;

	if (lw < c->o.min_leaf || rw < c->o.min_leaf)
		return 0;
	for (size_t i = 0; i < k; i++)
		c->right[i] = c->count[i] - c->left[i];
	return ml_classes_worth(c->o.criterion, c->left, k, lw) +
	       ml_classes_worth(c->o.criterion, c->right, k, rw) - c->worth;
}

/* The gain of the items that *s sends left, s->left or s->cut and missing_left. */
static double gain_of(struct ml_carver *c, const struct ml_carving *s, size_t missing,
		      struct ml_side *l)
{
	*l = (struct ml_side){ 0, 0 };
	if (c->many)
		memset(c->left, 0, c->o.classes * sizeof *c->left);
	int64_t w = 0, t = 0;
	for (size_t k = 0; k < c->n; k++) {
		bool left = ml_carving_left(s, c->rank[k], missing);
		int64_t mass = c->mass[k] & -(int64_t)left;

		w += mass;
		if (!c->o.classes)
			t += c->torque[k] & -(int64_t)left;
		else if (c->many)
			c->left[c->item[k].y] += mass;
	}
	*l = c->o.classes == 2 ? (struct ml_side){ w >> 32, w & UINT32_MAX }
			       : (struct ml_side){ w, t };
	if (!l->w || l->w == c->all.w)
		return 0;
	return c->many ? ml_carve_gain_of_classes(c, l->w) : ml_carver_gain(c, *l);
}

static void try_split(struct ml_carver *c, struct ml_carving *s, size_t missing, bool has)
{
	struct ml_side l;

	for (int left = 0; left < (has ? 2 : 1); left++) {
		s->missing_left = left;
		s->gain = gain_of(c, s, missing, &l);
		if (!has)
			s->missing_left = 2 * l.w > c->all.w;
		if (s->gain <= c->best.gain)
			continue;
		uint64_t *own = c->best.left;
		c->best = *s;
		c->best.left = own;
	}
}

/* The greatest rank in the node that does not begin above `at`, or one between it and the next.
 * The values of few items are fetched at once, those of a search wait for each other. */
static size_t find_cut(const struct ml_carver *c, const struct ml_rank *of, size_t lo,
		       size_t hi, double at)
{
	enum { FEW = 32 };
	size_t cut = lo;

	for (size_t k = 0; c->n <= FEW && k < c->n; k++) {
		size_t b = c->rank[k];

		if (b < hi && of->least[b] <= at && b > cut)
			cut = b;
	}
	while (c->n > FEW && hi - cut > 1) {
		size_t middle = (cut + hi) / 2;

		if (of->least[middle] <= at)
			cut = middle;
		else
			hi = middle;
	}
	return cut;
}

void ml_carve_random(struct ml_carver *c, size_t j, struct ml_rng *r)
{
	const struct ml_rank *of = &c->ranks->of[j];
	struct ml_carving s = { .feature = j, .ranked = true };
	size_t lo = of->bins, hi = 0;
	bool missing = false;

	assert(!ml_rank_is_set(of)); /* where trees are random, ranks are ordered (forest.c) */
	for (size_t k = 0; k < c->n; k++) {
		size_t b = c->rank[k];

		missing |= b == of->bins;
		lo = b < lo ? b : lo;
		hi = b > hi && b < of->bins ? b : hi;
	}
	if (lo >= hi) { /* missing against the rest */
		s.cut = (uint16_t)lo;
		s.at = DBL_MAX;
		try_split(c, &s, of->bins, missing);
		return;
	}
	double at = ml_carve_draw(of->most[lo], of->least[hi], r);
	lo = find_cut(c, of, lo, hi, at);
	s.cut = (uint16_t)lo;
	s.at = at < of->most[lo] ? of->most[lo] : at;
	try_split(c, &s, of->bins, missing);
}
