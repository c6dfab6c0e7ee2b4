/* carve_values.c - cuts of numbers drawn at random, uniformly between the least and the
 * greatest value in the node (Geurts, Ernst, Wehenkel 2006).
 *
 * Ranks would have to be translated into values and back, which is a search through memory for
 * each cut; so the values themselves are looked at: once for their ends, once for the sums on
 * the left of the cut. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/carve_parts.h"

/* Sums of w and w y, of two classes packed into one number; what the node has for all
 * features. */
void ml_carve_values_node(struct ml_carver *c)
{
	for (size_t k = 0; c->o.classes == 2 && k < c->n; k++) {
		uint64_t w = c->item[k].w;

		c->mass[k] = (int64_t)(w << 32 | (c->item[k].y ? w : 0));
	}
	for (size_t k = 0; c->o.classes != 2 && k < c->n; k++)
		c->mass[k] = c->item[k].w;
	for (size_t k = 0; !c->o.classes && k < c->n; k++)
		c->torque[k] = c->mass[k] * c->item[k].y;
}

struct ends {
	double lo, hi;
	bool missing;
};

static struct ends fetch(struct ml_carver *c, size_t j)
{
	const struct ml_problem *p = c->ranks->p;
	const double *x = p->x.v ? p->x.v + j : p->col[j];
	size_t step = p->x.v ? p->x.ld : 1;
	struct ends e = { (double)INFINITY, -(double)INFINITY, false };

	for (size_t k = 0; k < c->n; k++) {
		double v = x[c->item[k].row * step];

		c->value[k] = v;
		e.lo = v < e.lo ? v : e.lo;
		e.hi = v > e.hi ? v : e.hi;
		e.missing |= v != v;
	}
	return e;
}

/* Missing values compare to nothing. */
static inline bool goes_left(double v, double at, bool missing_left)
{
	return missing_left ? !(v > at) : v <= at;
}

static struct ml_side sum_classes(struct ml_carver *c, double at, bool missing_left)
{
	struct ml_side l = { 0, 0 };

	memset(c->left, 0, c->o.classes * sizeof *c->left);
	for (size_t k = 0; k < c->n; k++) {
		int64_t w = goes_left(c->value[k], at, missing_left) ? c->mass[k] : 0;

		c->left[c->item[k].y] += w;
		l.w += w;
	}
	return l;
}

/* Of the values <= at, and missing ones where they go left. */
static struct ml_side sum_left(struct ml_carver *c, double at, bool missing_left)
{
	const double *value = c->value;
	const int64_t *mass = c->mass, *torque = c->torque;
	int64_t w = 0, s = 0;

	if (c->many)
		return sum_classes(c, at, missing_left);
	for (size_t k = 0; c->o.classes && k < c->n; k++)
		w += mass[k] & -(int64_t)goes_left(value[k], at, missing_left);
	if (c->o.classes)
		return (struct ml_side){ w >> 32, w & UINT32_MAX };
	for (size_t k = 0; k < c->n; k++) {
		int64_t mask = -(int64_t)goes_left(value[k], at, missing_left);

		w += mass[k] & mask;
		s += torque[k] & mask;
	}
	return (struct ml_side){ w, s };
}

static void try_cut(struct ml_carver *c, size_t j, double at, const struct ends *e)
{
	struct ml_carving *best = &c->best;

	for (int left = 0; left < (e->missing ? 2 : 1); left++) {
		struct ml_side l = sum_left(c, at, left);
		double gain = !l.w || l.w == c->all.w ? 0
			      : c->many               ? ml_carve_gain_of_classes(c, l.w)
						      : ml_carver_gain(c, l);

		if (gain <= best->gain)
			continue;
		best->gain = gain;
		best->feature = j;
		best->at = at;
		best->set = false;
		/* Where no cell is missing, later ones go with the more weight. */
		best->missing_left = e->missing ? left : 2 * l.w > c->all.w;
	}
}

bool ml_carve_values(struct ml_carver *c, size_t j, struct ml_rng *r)
{
	struct ends e = fetch(c, j);

	if (!(e.lo < e.hi)) {
		bool varied = e.missing && e.lo <= e.hi;

		if (varied) /* missing against the rest */
			try_cut(c, j, DBL_MAX, &e);
		return varied;
	}
	double u = ml_rng_uniform(r), at = e.lo * (1 - u) + e.hi * u;
	try_cut(c, j, at < e.lo || !(at < e.hi) ? e.lo : at, &e);
	return true;
}
