/* deep.c - a tree grown on ranks to any depth.
 *
 * The items of a node are a piece of one array, which a split parts in place (those that go
 * right wait in a second array).  A node is searched for its split when it comes to be, while
 * its items are in the cache, and split later. */
#include "models/deep.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/deep_parts.h"

void ml_deep_free(struct ml_deep *d)
{
	if (!d)
		return;
	free(d->order);
	free(d->feature);
	free(d->open);
	free(d->set);
	free(d->share);
	free(d->cut);
	free(d->node);
	free(d->moved);
	free(d->item);
	ml_carver_free(d->carver);
	ml_nearby_release(&d->near);
	free(d);
}

int ml_deep_new(struct ml_deep **out, const struct ml_lesson *l, struct ml_error *err)
{
	struct ml_deep *d = *out = ml_alloc(1, sizeof *d, err);
	size_t n = l->ranks->rows, p = l->ranks->cols;

	if (!d)
		return err->code;
	struct ml_carve_opts o = { .criterion = l->o.criterion,
				   .classes = l->p->nclass,
				   .middle = l->middle,
				   .unit = l->unit,
				   .random = l->o.random };
	/* A weight that rounding has made a little less is enough. */
	o.min_leaf =
		l->o.min_leaf > 1 ? (int64_t)ceil(l->o.min_leaf / l->weight * 0.999999) : 1;
	d->min_split =
		l->o.min_split > 2 ? (int64_t)ceil(l->o.min_split / l->weight * 0.999999) : 0;
	d->l = l;
	d->width = l->p->nclass > 2 ? l->p->nclass : 1;
	if (ml_nearby_init(&d->near, l->ranks, l->o.random, l->o.features, err) ||
	    ml_carver_new(&d->carver, &d->near, &o, err) ||
	    !(d->item = ml_alloc(n, sizeof *d->item, err)) ||
	    !(d->moved = ml_alloc(n, sizeof *d->moved, err)) ||
	    !(d->feature = ml_alloc(p, sizeof *d->feature, err)))
		return err->code;
	return ML_OK;
}

/* ---- the rows of a tree ---- */

static uint64_t weight_of(const struct ml_lesson *l, size_t i, const uint32_t *times,
			  const double *factor)
{
	uint64_t w = times ? (uint64_t)l->w[i] * times[i] : l->w[i];

	if (!factor || !w)
		return w;
	double scaled = nearbyint((double)w * factor[l->y[i]]);
	return scaled < 1 ? 1 : (uint64_t)scaled;
}

/* Weights in all stay below 2^31. */
static void choose_items(struct ml_deep *d, const uint32_t *times, const double *factor)
{
	const struct ml_lesson *l = d->l;
	uint64_t sum = 0;
	unsigned down = 0;

	d->n = 0;
	for (size_t i = 0; i < l->ranks->rows; i++)
		sum += weight_of(l, i, times, factor);
	while (sum >> down >> 30)
		down++;
	for (size_t i = 0; i < l->ranks->rows; i++) {
		uint64_t w = weight_of(l, i, times, factor);

		if (w)
			d->item[d->n++] = (struct ml_item){
				(uint32_t)i, w >> down ? (uint32_t)(w >> down) : 1, l->y[i]
			};
	}
}

/* ---- nodes ---- */

static double mean_of(const struct ml_deep *d, const struct ml_item *item, size_t n)
{
	const double *y = d->l->p->y;
	double sum = 0, w = 0, base = y[ml_nearby_row(&d->near, &item[0])];

	for (size_t k = 0; k < n; k++) {
		sum += item[k].w * (y[ml_nearby_row(&d->near, &item[k])] / 2 - base / 2);
		w += item[k].w;
	}
	double mean = base + 2 * (sum / w);
	if (isfinite(mean))
		return mean;
	/* Near the ends of doubles: as shares of the weight, which cannot add up to more. */
	mean = 0;
	for (size_t k = 0; k < n; k++)
		mean += item[k].w / w * y[ml_nearby_row(&d->near, &item[k])];
	return fmin(fmax(mean, -DBL_MAX), DBL_MAX);
}

static double median_of(const struct ml_deep *d)
{
	const struct ml_item *m[2];

	ml_carver_medians(d->carver, m);
	const double *y = d->l->p->y;
	return y[ml_nearby_row(&d->near, m[0])] / 2 + y[ml_nearby_row(&d->near, m[1])] / 2;
}

/* What a leaf here would predict. */
static void set_value(struct ml_deep *d, size_t k)
{
	struct ml_deep_node *node = &d->node[k];
	struct ml_side all = ml_carver_all(d->carver);
	size_t classes = d->l->p->nclass;

	if (!classes) {
		node->value = d->l->o.criterion == ML_ABSOLUTE
				      ? median_of(d)
				      : mean_of(d, d->item + node->from, node->to - node->from);
	} else if (classes == 2) {
		node->value = (double)all.s / (double)all.w;
	} else {
		const int64_t *count = ml_carver_counts(d->carver);

		for (size_t c = 0; c < classes; c++)
			d->share[k * classes + c] = (double)count[c] / (double)all.w;
	}
}

static void try_features(struct ml_deep *d)
{
	size_t p = d->l->ranks->cols, tried = 0, varied = 0;

	for (; tried < p && (tried < d->l->o.features || !varied); tried++) {
		/* The first of the best is kept, so no other would be. */
		if (d->r && varied && ml_carver_is_done(d->carver))
			return;
		if (d->r) {
			size_t k = tried + ml_rng_below(d->r, p - tried);
			uint32_t j = d->feature[k];

			d->feature[k] = d->feature[tried];
			d->feature[tried] = j;
		}
		varied += ml_carver_try(d->carver, d->feature[tried], d->r);
	}
}

static int keep_split(struct ml_deep *d, size_t k, struct ml_error *err)
{
	const struct ml_carving *s = ml_carver_best(d->carver);
	struct ml_deep_node *node = &d->node[k];
	size_t words = d->l->ranks->of[s->feature].bins / 64 + 1;

	node->feature = (int32_t)s->feature;
	node->gain = s->gain * d->gain;
	node->flags = s->missing_left ? ML_MISSING_LEFT : 0;
	node->at = s->at;
	node->by_rank = s->ranked;
	d->cut[k] = s->cut;
	if (s->set) {
		if (ML_GROW(d->set, d->set_cap, d->sets + words, err))
			return err->code;
		memcpy(d->set + d->sets, s->left, words * sizeof *s->left);
		node->flags |= ML_IN_SET;
		node->at = (double)d->sets;
		d->sets += words;
	}
	if (ML_GROW(d->open, d->open_cap, d->opened + 1, err))
		return err->code;
	d->open[d->opened++] = (uint32_t)k;
	return ML_OK;
}

/* Sums up node k, and finds its split where it may have one. */
static int consider(struct ml_deep *d, size_t k, struct ml_error *err)
{
	struct ml_deep_node *node = &d->node[k];
	const struct ml_deep_opts *o = &d->l->o;
	bool alike = ml_carver_node(d->carver, d->item + node->from, node->to - node->from);
	int64_t w = ml_carver_all(d->carver).w;
	bool leaf = alike || (o->max_depth && node->depth >= o->max_depth) || w < d->min_split;

	node->cover = (double)w * d->l->weight;
	node->worth = ml_carver_worth(d->carver) * d->gain;
	if (!leaf)
		try_features(d);
	leaf = leaf || !(ml_carver_best(d->carver)->gain > d->least);
	/* Values of inner nodes are asked for where trees are pruned, which are not drawn. */
	if (leaf || !d->r)
		set_value(d, k);
	return leaf ? ML_OK : keep_split(d, k, err);
}

static int add_nodes(struct ml_deep *d, size_t n, struct ml_error *err)
{
	size_t to = d->nodes + n;

	if (to > UINT32_MAX >> 2)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "a tree of %zu nodes is too large",
			       to);
	if (ML_GROW(d->node, d->node_cap, to, err) || ML_GROW(d->cut, d->cut_cap, to, err))
		return err->code;
	if (d->width > 1 && ML_GROW(d->share, d->share_cap, to * d->width, err))
		return err->code;
	for (; d->nodes < to; d->nodes++)
		d->node[d->nodes] = (struct ml_deep_node){ .feature = -1 };
	return ML_OK;
}

struct ml_carving ml_deep_split(const struct ml_deep *d, size_t k)
{
	const struct ml_deep_node *node = &d->node[k];
	struct ml_carving s = { .cut = d->cut[k],
				.set = node->flags & ML_IN_SET,
				.missing_left = node->flags & ML_MISSING_LEFT };

	if (s.set)
		s.left = d->set + (size_t)node->at;
	return s;
}

/* A number that was cut at random: by its values. */
static size_t part_values(struct ml_deep *d, const struct ml_deep_node *node)
{
	size_t step, left = node->from, right = 0;
	const double *x = ml_nearby_values(&d->near, (size_t)node->feature, &step);
	bool missing_left = node->flags & ML_MISSING_LEFT;

	for (size_t i = node->from; i < node->to; i++) {
		struct ml_item item = d->item[i];
		double v = x[item.row * step];
		bool goes_left = v <= node->at || (v != v && missing_left);

		d->item[left] = item;
		d->moved[right] = item;
		left += goes_left;
		right += !goes_left;
	}
	memcpy(d->item + left, d->moved, right * sizeof *d->item);
	return left;
}

/* Items that go right wait in d->moved. */
static size_t part(struct ml_deep *d, size_t k)
{
	bool number = !d->l->ranks->of[d->node[k].feature].levels;

	/* Of rows nearby there are values. */
	if (d->l->o.random && number && (d->near.to || !d->node[k].by_rank))
		return part_values(d, &d->node[k]);
	const struct ml_deep_node *node = &d->node[k];
	const struct ml_ranks *r = d->l->ranks;
	const uint16_t *v = ml_nearby_ranks(&d->near, (size_t)node->feature);
	size_t missing = r->of[node->feature].bins, left = node->from, right = 0;
	struct ml_carving s = ml_deep_split(d, k);

	for (size_t i = node->from; i < node->to; i++) {
		struct ml_item item = d->item[i];
		bool goes_left = ml_carving_left(&s, v[item.row], missing);

		d->item[left] = item;
		d->moved[right] = item;
		left += goes_left;
		right += !goes_left;
	}
	memcpy(d->item + left, d->moved, right * sizeof *d->item);
	return left;
}

static int split(struct ml_deep *d, size_t k, struct ml_error *err)
{
	size_t child = d->nodes;

	if (add_nodes(d, 2, err))
		return err->code;
	struct ml_deep_node *node = &d->node[k], *two = &d->node[child];
	if (!d->l->o.max_leaves)
		ml_nearby_visit(&d->near, d->item, node->from, node->to);
	size_t middle = part(d, k);
	node->child = (uint32_t)child;
	two[0].depth = two[1].depth = node->depth + 1;
	two[0].from = node->from;
	two[0].to = two[1].from = middle;
	two[1].to = node->to;
	int rc = consider(d, child, err);
	return rc ? rc : consider(d, child + 1, err);
}

/* The node to be split next: with max_leaves the one that gains most. */
static size_t choose_open(struct ml_deep *d)
{
	size_t best = d->opened - 1;

	for (size_t k = 0; d->l->o.max_leaves && k < d->opened; k++) {
		double a = d->node[d->open[k]].gain, b = d->node[d->open[best]].gain;

		if (a > b || (a == b && d->open[k] < d->open[best]))
			best = k;
	}
	size_t node = d->open[best];
	d->open[best] = d->open[--d->opened];
	return node;
}

/* What one unit of gain, and of weight, is of the target's; 1 where that is no number. */
static double unit_of_gain(const struct ml_lesson *l)
{
	double unit = l->o.criterion == ML_SQUARED    ? l->unit * l->unit
		      : l->o.criterion == ML_ABSOLUTE ? l->unit
						      : 1;

	return unit > 0 && unit < 1e200 ? unit : 1;
}

int ml_deep_grow(struct ml_deep *d, const uint32_t *times, const double *factor,
		 struct ml_rng *r, struct ml_error *err)
{
	const struct ml_deep_opts *o = &d->l->o;
	size_t leaves = 1;

	d->r = r;
	d->nodes = d->sets = d->opened = 0;
	for (size_t j = 0; j < d->l->ranks->cols; j++)
		d->feature[j] = (uint32_t)j;
	choose_items(d, times, factor);
	if (add_nodes(d, 1, err))
		return err->code;
	d->node[0].to = d->n;
	int64_t w = 0;
	for (size_t k = 0; k < d->n; k++)
		w += d->item[k].w;
	double unit = unit_of_gain(d->l);
	d->gain = d->l->weight * unit;
	d->least = o->min_decrease * (double)w / unit;
	int rc = consider(d, 0, err);
	for (; !rc && d->opened && (!o->max_leaves || leaves < o->max_leaves); leaves++)
		rc = split(d, choose_open(d), err);
	ml_nearby_leave(&d->near, d->item);
	for (size_t k = 0; k < d->opened; k++)
		d->node[d->open[k]].feature = -1;
	return rc;
}

struct ml_deep_node *ml_deep_nodes(const struct ml_deep *d, size_t *n)
{
	*n = d->nodes;
	return d->node;
}

const struct ml_item *ml_deep_items(const struct ml_deep *d)
{
	return d->item;
}
