/* cleave.c - the best split of a leaf at one feature. */
#include "models/cleave.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Categories of so few levels are split one level against the rest. */
enum { FEW_LEVELS = 4 };

static double soft(double g, double l1)
{
	double size = fabs(g) - l1;

	return size > 0 ? copysign(size, g) : 0;
}

double ml_leaf_worth(const struct ml_grow_opts *o, double g, double h)
{
	g = soft(g, o->l1);
	return g * g / (h + o->l2);
}

double ml_leaf_value(const struct ml_grow_opts *o, double g, double h, double lo, double hi)
{
	double v = -soft(g, o->l1) / (h + o->l2);

	return v < lo ? lo : v > hi ? hi : v;
}

/* ---- what a split gains ---- */

struct search {
	const struct ml_grow_opts *o;
	const struct ml_leaf_facts *leaf;
	const struct ml_quanta *q;
	double worth; /* of the leaf, with what a split has to gain */
	double l2;
	int monotone;
};

/* Twice the loss saved by a leaf of a given value: less than its worth where the value is
 * bounded. */
static double saved(const struct search *s, double g, double h, double value)
{
	return -(2 * soft(g, s->o->l1) * value + (h + s->l2) * value * value);
}

static double bounded_gain(const struct search *s, double gl, double hl, double gr, double hr)
{
	struct ml_grow_opts o = *s->o;

	o.l2 = s->l2;
	double left = ml_leaf_value(&o, gl, hl, s->leaf->lo, s->leaf->hi);
	double right = ml_leaf_value(&o, gr, hr, s->leaf->lo, s->leaf->hi);
	if ((s->monotone > 0 && left > right) || (s->monotone < 0 && left < right))
		return -(double)INFINITY;
	return saved(s, gl, hl, left) + saved(s, gr, hr, right);
}

static bool allowed(const struct search *s, const struct ml_bin_sum *l)
{
	int64_t least = (int64_t)s->o->min_rows, right = s->leaf->all.n - l->n;

	return l->n >= least && right >= least && (double)l->h * s->q->h >= s->o->min_hessian &&
	       (double)(s->leaf->all.h - l->h) * s->q->h >= s->o->min_hessian;
}

/* The gain of sending *l left; not above 0 where that is not allowed. */
static double gain_of(const struct search *s, const struct ml_bin_sum *l)
{
	const struct ml_bin_sum *all = &s->leaf->all;

	if (!allowed(s, l))
		return 0;
	double gl = (double)l->g * s->q->g, hl = (double)l->h * s->q->h;
	double gr = (double)(all->g - l->g) * s->q->g, hr = (double)(all->h - l->h) * s->q->h;
	if (s->o->monotone)
		return bounded_gain(s, gl, hl, gr, hr) - s->worth;
	gl = soft(gl, s->o->l1);
	gr = soft(gr, s->o->l1);
	return gl * gl / (hl + s->l2) + gr * gr / (hr + s->l2) - s->worth;
}

static void add(struct ml_bin_sum *a, const struct ml_bin_sum *b)
{
	a->g += b->g;
	a->h += b->h;
	a->n += b->n;
}

/* ---- numbers ---- */

/* Cuts behind each bin but the last; missing cells go left when `from` holds them. */
static void scan(const struct search *s, struct ml_split *best, const struct ml_bin_sum *sum,
		 size_t cuts, struct ml_bin_sum from, bool missing_left)
{
	for (size_t b = 0; b < cuts; b++) {
		if (!sum[b].n)
			continue; /* the cut before it is the same */
		add(&from, &sum[b]);
		double gain = gain_of(s, &from);
		if (gain <= best->gain)
			continue;
		best->gain = gain;
		best->bin = b;
		best->missing_left = missing_left;
		best->in_left = from;
	}
}

static void set_bit(uint64_t bits[4], size_t b)
{
	bits[b / 64] |= UINT64_C(1) << b % 64;
}

static void cleave_number(const struct search *s, struct ml_split *best,
			  const struct ml_cuts *c, const struct ml_bin_sum *sum)
{
	const struct ml_bin_sum none = { 0 }, *missing = &sum[c->bins];

	/* Missing against the rest is a cut, too. */
	scan(s, best, sum, missing->n ? c->bins : c->bins - 1, none, false);
	if (missing->n)
		scan(s, best, sum, c->bins - 1, *missing, true);
	if (!(best->gain > 0))
		return;
	for (size_t b = 0; b <= best->bin; b++)
		set_bit(best->left, b);
	/* Where training has no missing cell, later ones go with the more rows. */
	if (!missing->n)
		best->missing_left = 2 * best->in_left.n >= s->leaf->all.n;
	if (best->missing_left)
		set_bit(best->left, c->bins);
}

/* ---- categories ---- */

struct ranked {
	double ratio;
	size_t bin;
};

static int by_ratio(const void *a, const void *b)
{
	const struct ranked *u = a, *v = b;

	return u->ratio != v->ratio ? (u->ratio > v->ratio) - (u->ratio < v->ratio)
				    : (u->bin > v->bin) - (u->bin < v->bin);
}

static void one_against_rest(const struct search *s, struct ml_split *best,
			     const struct ranked *r, size_t n, const struct ml_bin_sum *sum)
{
	for (size_t k = 0; k < n; k++) {
		double gain = gain_of(s, &sum[r[k].bin]);

		if (gain <= best->gain)
			continue;
		best->gain = gain;
		best->in_left = sum[r[k].bin];
		memset(best->left, 0, sizeof best->left);
		set_bit(best->left, r[k].bin);
	}
}

/* Levels from one end of the order on. */
static void ordered(const struct search *s, struct ml_split *best, const struct ranked *r,
		    size_t n, bool backward, const struct ml_bin_sum *sum)
{
	const struct ml_grow_opts *o = s->o;
	struct ml_bin_sum left = { 0 };
	int64_t group = 0;
	size_t taken = 0, most = n / 2 + n % 2;
	uint64_t bits[4] = { 0 };

	if (most > o->cat_levels)
		most = o->cat_levels;
	for (; taken < most; taken++) {
		size_t b = r[backward ? n - 1 - taken : taken].bin;

		add(&left, &sum[b]);
		set_bit(bits, b);
		group += sum[b].n;
		if (s->leaf->all.n - left.n < (int64_t)o->cat_rows)
			break;
		if (group < (int64_t)o->cat_rows)
			continue;
		group = 0;
		double gain = gain_of(s, &left);
		if (gain <= best->gain)
			continue;
		best->gain = gain;
		best->in_left = left;
		memcpy(best->left, bits, sizeof bits);
	}
}

/* Missing cells are a level like others. */
static void cleave_category(struct search *s, struct ml_split *best, const struct ml_cuts *c,
			    const struct ml_bin_sum *sum)
{
	const struct ml_grow_opts *o = s->o;
	struct ranked r[ML_BINS + 1];
	size_t n = 0, present = 0;

	for (size_t b = 0; b <= c->bins; b++)
		present += sum[b].n > 0;
	bool few = present <= FEW_LEVELS;
	for (size_t b = 0; b <= c->bins; b++) {
		double h = (double)sum[b].h * s->q->h;

		if (!sum[b].n || (!few && (double)sum[b].n < o->cat_smooth))
			continue;
		r[n++] = (struct ranked){ (double)sum[b].g * s->q->g / (h + o->cat_smooth), b };
	}
	if (few) {
		one_against_rest(s, best, r, n, sum);
	} else {
		qsort(r, n, sizeof *r, by_ratio);
		s->l2 += o->cat_l2;
		ordered(s, best, r, n, false, sum);
		ordered(s, best, r, n, true, sum);
	}
	best->missing_left = best->left[c->bins / 64] >> c->bins % 64 & 1;
}

void ml_cleave(struct ml_split *s, size_t j, const struct ml_cuts *c,
	       const struct ml_bin_sum *sum, const struct ml_leaf_facts *leaf,
	       const struct ml_quanta *q, const struct ml_grow_opts *o)
{
	struct search search = { .o = o, .leaf = leaf, .q = q, .l2 = o->l2 };
	double g = (double)leaf->all.g * q->g, h = (double)leaf->all.h * q->h;

	search.worth = ml_leaf_worth(o, g, h) + o->min_gain;
	if (o->monotone) {
		search.monotone = o->monotone[j];
		search.worth =
			saved(&search, g, h, ml_leaf_value(o, g, h, leaf->lo, leaf->hi)) +
			o->min_gain;
	}
	*s = (struct ml_split){ .feature = j };
	if (c->levels)
		cleave_category(&search, s, c, sum);
	else
		cleave_number(&search, s, c, sum);
}
