/* carve.c - the best split of a node of a deep tree.
 *
 * Items are added up by rank, and the ranks that occur are then visited in ascending order: all
 * of them one by one where there are fewer ranks than items, else by the bits of a map of two
 * levels, so that a node of few items costs little however many ranks the feature has, and
 * nothing is sorted. */
#include "models/carve.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/carve_parts.h"

/* Nodes that are looked at by ranks where cuts are drawn, unless their cells are nearby. */
enum { LARGE = 256 };

/* ---- what sides are worth ---- */

static double x_log(double x, double of)
{
	return x > 0 ? x * log(x / of) : 0;
}

double ml_classes_worth(enum ml_criterion criterion, const int64_t *count, size_t k, int64_t w)
{
	double sum = 0, n = (double)w;

	for (size_t c = 0; c < k; c++) {
		double m = (double)count[c];

		sum += criterion == ML_ENTROPY ? x_log(m, n) : m * m;
	}
	return criterion == ML_ENTROPY ? sum : sum / n;
}

static double entropy_of(struct ml_side s)
{
	double n = (double)s.w;

	return x_log((double)s.s, n) + x_log((double)(s.w - s.s), n);
}

static double poisson_of(const struct ml_carver *c, struct ml_side s)
{
	double n = (double)s.w, y = c->o.middle * n + c->o.unit * (double)s.s;

	return x_log(y, n);
}

/* 2 (p N - P n)^2 / (N n n'): what the worths come to, exact up to one rounding a term. */
static inline double gini_gain(struct ml_side all, struct ml_side l, struct ml_side r)
{
	double d = (double)(l.s * all.w - all.s * l.w);

	return 2 * d * d / ((double)all.w * (double)l.w * (double)r.w);
}

static inline double squared_gain(struct ml_side all, struct ml_side l, struct ml_side r)
{
	double mean = (double)all.s / (double)all.w, n = (double)l.w;
	double d = (double)l.s - mean * n;

	return d * d * (double)all.w / (n * (double)r.w);
}

static inline double gain_by(enum ml_criterion criterion, const struct ml_carver *c,
			     struct ml_side l)
{
	struct ml_side all = c->all, r = { all.w - l.w, all.s - l.s };

	if (l.w < c->o.min_leaf || r.w < c->o.min_leaf)
		return 0;
	if (criterion == ML_GINI)
		return gini_gain(all, l, r);
	if (criterion == ML_SQUARED)
		return squared_gain(all, l, r);
	if (criterion == ML_ENTROPY)
		return entropy_of(l) + entropy_of(r) - c->worth;
	return poisson_of(c, l) + poisson_of(c, r) - c->worth;
}

double ml_carver_gain(const struct ml_carver *c, struct ml_side l)
{
	return gain_by(c->o.criterion, c, l);
}

/* ---- the node ---- */

static bool begin_classes(struct ml_carver *c)
{
	memset(c->count, 0, c->o.classes * sizeof *c->count);
	c->all = (struct ml_side){ 0, 0 };
	for (size_t k = 0; k < c->n; k++) {
		c->count[c->item[k].y] += c->item[k].w;
		c->all.w += c->item[k].w;
	}
	c->all.s = c->count[1];
	c->worth = ml_classes_worth(c->o.criterion, c->count, c->o.classes, c->all.w);
	return c->count[c->item[0].y] == c->all.w;
}

/* Where cuts are drawn. */
static bool begin_two(struct ml_carver *c)
{
	c->all = ml_carve_values_two(c);
	c->count[0] = c->all.w - c->all.s;
	c->count[1] = c->all.s;
	c->worth = ml_classes_worth(c->o.criterion, c->count, 2, c->all.w);
	return !c->count[0] || !c->count[1];
}

static bool begin_numbers(struct ml_carver *c)
{
	bool alike = true;
	struct ml_side all = { 0, 0 };

	for (size_t k = 0; k < c->n; k++) {
		all.w += c->item[k].w;
		all.s += (int64_t)c->item[k].w * c->item[k].y;
		alike &= c->item[k].y == c->item[0].y;
	}
	c->all = all;
	c->worth = c->o.criterion == ML_POISSON ? poisson_of(c, all)
		   : c->o.criterion == ML_ABSOLUTE
			   ? ml_carve_begin_medians(c)
			   : (double)all.s / (double)all.w * (double)all.s;
	return alike;
}

bool ml_carver_node(struct ml_carver *c, const struct ml_item *item, size_t n)
{
	c->item = item;
	c->n = n;
	c->best.gain = 0;
	if (c->o.random && c->o.classes == 2)
		return begin_two(c);
	if (c->o.random)
		ml_carve_values_node(c);
	return c->o.classes ? begin_classes(c) : begin_numbers(c);
}

struct ml_side ml_carver_all(const struct ml_carver *c)
{
	return c->all;
}

const int64_t *ml_carver_counts(const struct ml_carver *c)
{
	return c->count;
}

double ml_carver_worth(const struct ml_carver *c)
{
	return c->worth;
}

const struct ml_carving *ml_carver_best(const struct ml_carver *c)
{
	return &c->best;
}

bool ml_carver_is_done(const struct ml_carver *c)
{
	/* A side of one class is worth its weight, by entropy nothing. */
	double most = c->o.criterion == ML_ENTROPY ? 0 : (double)c->all.w;

	if (!c->o.classes)
		return c->n == 2 && c->best.gain > 0;
	return c->best.gain >= (most - c->worth) * (1 - 1e-12);
}

/* ---- the ranks of a feature that occur ---- */

static void add_items(struct ml_carver *c)
{
	const struct ml_item *item = c->item;
	const uint16_t *rank = c->rank;
	size_t n = c->n;

	if (c->many || c->o.criterion == ML_ABSOLUTE) {
		for (size_t k = n; k-- > 0;) {
			c->next[k + 1] = c->head[rank[k]];
			c->head[rank[k]] = (uint32_t)k + 1;
			c->sum[rank[k]].w += item[k].w;
			c->sum[rank[k]].s += (int64_t)item[k].w * item[k].y;
		}
		return;
	}
	for (size_t k = 0; c->o.classes && k < n; k++)
		c->pair[rank[k]] += (uint64_t)item[k].w << 32 | (item[k].y ? item[k].w : 0);
	for (size_t k = 0; !c->o.classes && k < n; k++) {
		c->sum[rank[k]].w += item[k].w;
		c->sum[rank[k]].s += (int64_t)item[k].w * item[k].y;
	}
}

/* Takes the sums of rank b, where there are any, and leaves zeros. */
static inline void take_unit(struct ml_carver *c, size_t b)
{
	struct ml_unit *u = &c->unit[c->units];

	u->rank = (uint16_t)b;
	if (c->o.classes == 2) {
		uint64_t pair = c->pair[b];

		u->sum =
			(struct ml_side){ (int64_t)(pair >> 32), (int64_t)(pair & UINT32_MAX) };
		c->pair[b] = 0;
	} else {
		u->sum = c->sum[b];
		c->sum[b] = (struct ml_side){ 0, 0 };
	}
	c->units += u->sum.w > 0;
}

static void mark(struct ml_carver *c)
{
	for (size_t k = 0; k < c->n; k++)
		ml_carver_bit(c->word, c->rank[k]);
	for (size_t k = 0; k < c->n; k++)
		ml_carver_bit(c->top, c->rank[k] / 64);
}

static void take_marked(struct ml_carver *c, size_t bins)
{
	for (size_t t = 0; t <= bins / 64 / 64; t++)
		for (; c->top[t]; c->top[t] &= c->top[t] - 1) {
			size_t w = 64 * t + (size_t)__builtin_ctzll(c->top[t]);

			for (; c->word[w]; c->word[w] &= c->word[w] - 1)
				take_unit(c, 64 * w + (size_t)__builtin_ctzll(c->word[w]));
		}
}

/* False where one rank is all there is. */
static bool gather(struct ml_carver *c, size_t j)
{
	const uint16_t *v = ml_nearby_ranks(c->near, j);
	const struct ml_rank *of = &c->ranks->of[j];
	bool varied = false;

	for (size_t k = 0; k < c->n; k++)
		c->rank[k] = v[c->item[k].row];
	for (size_t k = 1; !varied && k < c->n; k++)
		varied = c->rank[k] != c->rank[0];
	if (!varied || c->o.random)
		return varied;
	add_items(c);
	c->units = 0;
	if (c->n > of->bins) {
		for (size_t b = 0; b <= of->bins; b++)
			take_unit(c, b);
	} else {
		mark(c);
		take_marked(c, of->bins);
	}
	c->missing = !ml_rank_is_set(of) && c->unit[c->units - 1].rank == of->bins;
	c->units -= c->missing;
	return true;
}

/* Lists are emptied for the next feature. */
static void forget(struct ml_carver *c)
{
	for (size_t q = 0; c->head && q < c->units + c->missing; q++)
		c->head[c->unit[q].rank] = 0;
}

/* ---- cuts ---- */

/* Levels that do not occur here go with the more weight. */
static void note_set(struct ml_carver *c, size_t j, size_t k)
{
	size_t words = c->ranks->of[j].bins / 64 + 1;
	int64_t left = 0;

	for (size_t q = 0; q <= k; q++)
		left += c->unit[q].sum.w;
	bool most = 2 * left > c->all.w;
	memset(c->best.left, most ? 0xff : 0, words * sizeof *c->best.left);
	for (size_t q = most ? k + 1 : 0; q < (most ? c->units : k + 1); q++) {
		size_t b = c->unit[q].rank;

		c->best.left[b / 64] ^= UINT64_C(1) << b % 64;
	}
	size_t missing = c->ranks->of[j].bins;
	c->best.missing_left = c->best.left[missing / 64] >> missing % 64 & 1;
}

void ml_carver_note(struct ml_carver *c, size_t j, size_t k, double gain, bool missing_left)
{
	const struct ml_rank *of = &c->ranks->of[j];

	c->best.gain = gain;
	c->best.feature = j;
	c->best.missing_left = missing_left;
	c->best.set = ml_rank_is_set(of);
	if (c->best.set) {
		note_set(c, j, k);
		return;
	}
	c->best.cut = c->unit[k].rank;
	c->best.at = k + 1 < c->units ? ml_rank_cut(of, c->unit[k].rank, c->unit[k + 1].rank)
				      : DBL_MAX;
}

/* Cuts behind unit after unit, and, where missing ones are on the right, behind the last. */
static inline void scan_by(enum ml_criterion criterion, struct ml_carver *c, size_t j,
			   struct ml_side l, bool missing_left)
{
	size_t cuts = c->units - !(c->missing && !missing_left), at = 0;
	double best = c->best.gain;
	int64_t heavier = 0;

	for (size_t q = 0; q < cuts; q++) {
		l.w += c->unit[q].sum.w;
		l.s += c->unit[q].sum.s;
		double gain = gain_by(criterion, c, l);
		if (gain <= best)
			continue;
		best = gain;
		at = q;
		heavier = 2 * l.w - c->all.w;
	}
	/* Where no cell is missing, later ones go with the more weight. */
	if (best > c->best.gain)
		ml_carver_note(c, j, at, best, c->missing ? missing_left : heavier > 0);
}

static void scan(struct ml_carver *c, size_t j, struct ml_side l, bool missing_left)
{
	switch (c->o.criterion) {
	case ML_GINI:
		scan_by(ML_GINI, c, j, l, missing_left);
		break;
	case ML_SQUARED:
		scan_by(ML_SQUARED, c, j, l, missing_left);
		break;
	case ML_ENTROPY:
		scan_by(ML_ENTROPY, c, j, l, missing_left);
		break;
	default:
		scan_by(ML_POISSON, c, j, l, missing_left);
	}
}

static int by_key(const void *a, const void *b)
{
	const struct ml_unit *u = a, *v = b;

	return u->key != v->key ? (u->key > v->key) - (u->key < v->key)
				: (u->rank > v->rank) - (u->rank < v->rank);
}

void ml_carver_order(struct ml_carver *c)
{
	qsort(c->unit, c->units, sizeof *c->unit, by_key);
}

static void order_by_mean(struct ml_carver *c)
{
	for (size_t q = 0; q < c->units; q++)
		c->unit[q].key = (double)c->unit[q].sum.s / (double)c->unit[q].sum.w;
	ml_carver_order(c);
}

bool ml_carver_try(struct ml_carver *c, size_t j, struct ml_rng *r)
{
	const struct ml_side none = { 0, 0 };
	bool category = ml_rank_is_set(&c->ranks->of[j]);

	if (c->o.random && !c->ranks->of[j].levels && (c->near->to || c->n < LARGE))
		return ml_carve_values(c, j, r);
	if (!gather(c, j))
		return false;
	if (c->o.random) {
		ml_carve_random(c, j, r);
	} else if (c->many) {
		ml_carve_classes(c, j);
	} else {
		if (category)
			order_by_mean(c);
		if (c->o.criterion == ML_ABSOLUTE) {
			ml_carve_medians(c, j);
		} else {
			scan(c, j, none, false);
			if (c->missing)
				scan(c, j, c->unit[c->units].sum, true);
		}
	}
	forget(c);
	return true;
}
