/* isolate.c - one tree of an isolation forest. */
#include "models/isolate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct ml_isolate_node {
	size_t from, to, depth;
	int32_t feature;   /* -1: a leaf */
	size_t child, set; /* set: its number, of a category */
	double at;
	bool missing_left, category;
};

static double harmonic(double n)
{
	const double gamma = 0.57721566490153286;

	if (n > 1000) /* Euler, Maclaurin: below 1e-15 */
		return log(n) + gamma + 1 / (2 * n) - 1 / (12 * n * n);
	double sum = 0;
	for (double k = n; k >= 1; k--)
		sum += 1 / k;
	return sum;
}

double ml_isolate_depth(size_t m)
{
	double n = (double)m;

	return m < 2 ? 0 : 2 * harmonic(n - 1) - 2 * (n - 1) / n;
}

static double cell(const struct ml_problem *p, size_t i, size_t j)
{
	return p->x.v ? p->x.v[i * p->x.ld + j] : p->col[j][i];
}

static void choose_rows(const struct ml_isolation *f, struct ml_isolator *w, struct ml_rng *r)
{
	size_t n = f->p->x.rows, want = f->sample, left = n, k = 0;

	for (size_t i = 0; !f->upto && i < n; i++, left--)
		if (ml_rng_below(r, left) < want) {
			w->row[k++] = (uint32_t)i;
			want--;
		}
	for (; f->upto && k < f->sample; k++) {
		double at = ml_rng_uniform(r) * f->upto[n - 1];
		size_t lo = 0, hi = n - 1;

		while (lo < hi) {
			size_t middle = (lo + hi) / 2;

			if (f->upto[middle] <= at)
				lo = middle + 1;
			else
				hi = middle;
		}
		w->row[k] = (uint32_t)lo;
	}
}

/* The cells of a node's rows; false: there is but one value. */
static bool look(const struct ml_isolation *f, struct ml_isolator *w,
		 const struct ml_isolate_node *node, size_t j, double *lo, double *hi)
{
	*lo = (double)INFINITY;
	*hi = -(double)INFINITY;
	for (size_t k = node->from; k < node->to; k++) {
		double v = w->value[k] = cell(f->p, w->row[k], j);

		*lo = v < *lo ? v : *lo;
		*hi = v > *hi ? v : *hi;
	}
	return *lo < *hi;
}

/* Each level that occurs by a coin, until both sides have one. */
static void throw_levels(const struct ml_isolation *f, struct ml_isolator *w,
			 const struct ml_isolate_node *node, size_t j, struct ml_rng *r)
{
	bool both = false, first = false;

	while (!both) {
		size_t seen = SIZE_MAX;

		for (int b = 0; b < f->p->levels[j]; b++)
			w->left[b] = ml_rng_bits(r) >> 63;
		for (size_t k = node->from; !both && k < node->to; k++) {
			if (isnan(w->value[k]))
				continue;
			if (seen == SIZE_MAX)
				first = w->left[seen = (size_t)w->value[k]];
			both = w->left[(size_t)w->value[k]] != first;
		}
	}
}

static int keep_levels(const struct ml_isolation *f, const struct ml_isolator *w,
		       struct ml_isolate_node *node, struct ml_trees *t, struct ml_error *err)
{
	size_t levels = (size_t)f->p->levels[node->feature];

	if (ml_trees_add_set(t, (levels + 31) / 32, &node->set, err))
		return err->code;
	for (size_t b = 0; b < levels; b++)
		t->words[t->set[node->set] + b / 32] |= (uint32_t)w->left[b] << b % 32;
	return ML_OK;
}

/* Draws a cut; a node without one stays a leaf. */
static int draw(const struct ml_isolation *f, struct ml_isolator *w,
		struct ml_isolate_node *node, struct ml_trees *t, struct ml_rng *r,
		struct ml_error *err)
{
	size_t p = f->p->x.cols, j = 0, tried = 0;
	double lo, hi;

	if (node->depth >= f->depth || node->to - node->from < 2)
		return ML_OK;
	for (; tried < p; tried++) {
		size_t k = tried + ml_rng_below(r, p - tried);

		j = w->feature[k];
		w->feature[k] = w->feature[tried];
		w->feature[tried] = (uint32_t)j;
		if (look(f, w, node, j, &lo, &hi))
			break;
	}
	if (tried == p)
		return ML_OK;
	double u = ml_rng_uniform(r);
	node->feature = (int32_t)j;
	node->missing_left = ml_rng_bits(r) >> 63;
	node->category = f->p->levels && f->p->levels[j] > 0;
	node->at = lo * (1 - u) + hi * u;
	if (!(node->at < hi))
		node->at = lo;
	if (!node->category)
		return ML_OK;
	throw_levels(f, w, node, j, r);
	return keep_levels(f, w, node, t, err);
}

static size_t part(struct ml_isolator *w, const struct ml_isolate_node *node)
{
	size_t left = node->from, right = 0;

	for (size_t k = node->from; k < node->to; k++) {
		double v = w->value[k];
		uint32_t row = w->row[k];
		bool goes = isnan(v)         ? node->missing_left
			    : node->category ? w->left[(size_t)v]
					     : v <= node->at;

		if (goes)
			w->row[left++] = row;
		else
			w->moved[right++] = row;
	}
	memcpy(w->row + left, w->moved, right * sizeof *w->row);
	return left;
}

/* Breadth first, as trees are kept. */
static int grow(const struct ml_isolation *f, struct ml_isolator *w, struct ml_trees *t,
		struct ml_rng *r, struct ml_error *err)
{
	size_t n = 1;

	w->node[0] = (struct ml_isolate_node){ .to = f->sample, .feature = -1 };
	for (size_t k = 0; k < n; k++) {
		struct ml_isolate_node *node = &w->node[k];

		if (draw(f, w, node, t, r, err))
			return err->code;
		if (node->feature < 0)
			continue;
		size_t middle = part(w, node), d = node->depth + 1;
		node->child = n;
		w->node[n++] = (struct ml_isolate_node){ node->from, middle, d, .feature = -1 };
		w->node[n++] = (struct ml_isolate_node){ middle, node->to, d, .feature = -1 };
	}
	int rc = ml_trees_add(t, n, err);
	for (size_t k = 0; !rc && k < n; k++) {
		const struct ml_isolate_node *node = &w->node[k];
		unsigned flags = (node->missing_left ? ML_MISSING_LEFT : 0) |
				 (node->category ? ML_IN_SET : 0);

		t->cover[k] = (double)(node->to - node->from);
		if (node->feature < 0)
			t->value[k] =
				(double)node->depth + ml_isolate_depth(node->to - node->from);
		else
			t->node[k] = (struct ml_tnode){ node->category ? (double)node->set
								       : node->at,
							node->feature,
							ml_tnode_link(node->child, flags) };
	}
	return rc;
}

static int begin(const struct ml_isolation *f, struct ml_isolator *w, struct ml_error *err)
{
	size_t p = f->p->x.cols;

	if (w->node)
		return ML_OK;
	if (!(w->row = ml_alloc(f->sample, sizeof *w->row, err)) ||
	    !(w->moved = ml_alloc(f->sample, sizeof *w->moved, err)) ||
	    !(w->value = ml_alloc(f->sample, sizeof *w->value, err)) ||
	    !(w->feature = ml_alloc(p, sizeof *w->feature, err)) ||
	    !(w->left = ml_alloc(f->most_levels, sizeof *w->left, err)) ||
	    !(w->node = ml_alloc(2 * f->sample, sizeof *w->node, err)))
		return err->code;
	return ML_OK;
}

void ml_isolator_release(struct ml_isolator *w)
{
	free(w->node);
	free(w->left);
	free(w->feature);
	free(w->value);
	free(w->moved);
	free(w->row);
}

int ml_isolate(const struct ml_isolation *f, struct ml_isolator *w, struct ml_trees *t,
	       struct ml_rng *r, struct ml_error *err)
{
	if (begin(f, w, err))
		return err->code;
	for (size_t j = 0; j < f->p->x.cols; j++)
		w->feature[j] = (uint32_t)j;
	choose_rows(f, w, r);
	return grow(f, w, t, r, err);
}
