/* shap.c - Shapley values of trees, exact, in time linear in the depth.
 *
 * For a path to a leaf of value v let z_i be the share of the training rows that its splits on
 * feature i let pass, and o_i 1 when they let the row at hand pass, else 0.  The leaf's game
 * has the value v prod_{i in S} o_i prod_{i not in S} z_i, so that (the weights of Shapley
 * being beta integrals)
 *
 *     phi_i = v (o_i - z_i) int_0^1 prod_{j != i} f_j(t) dt,   f_j(t) = z_j (1 - t) + o_j t.
 *
 * The integrand is a polynomial of a degree below the number of features of the path, hence
 * Gauss-Legendre with half as many nodes is exact.  Products of the f_j are carried down the
 * tree for each node t, their sums over leaves up; where a feature stands several times on a
 * path, the lower edge takes back what the upper one has put in.
 *
 * TreeSHAP (Lundberg, Erion, Lee 2018, algorithm 2) has the same values.  It divides
 * polynomials in place of the quadrature, which costs a factor of the depth more, and loses
 * digits where paths are long; here all terms are positive. */
#include "models/shap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Nodes are done in groups, so that compilers make vectors of them; the last group is filled
 * with nodes of weight 0. */
enum { LANES = 4 };
/* Bytes of the tables for one path: deeper trees than this allows no fit makes. */
static const double most_room = 1 << 30;

struct edge {
	size_t node;      /* where it leads, from the root of the tree on */
	size_t before;    /* the edge of the same feature above it; 0: none */
	double z;         /* of the feature, on the path so far */
	bool hot;         /* o, likewise */
	int tried;        /* children of the node so far */
	size_t hot_child; /* of the node: where the row goes */
};

/* One row in one tree.  Edge d leads to depth d; edge 0 to the root, feature none. */
struct walk {
	const struct ml_trees *t;
	size_t lanes; /* quadrature nodes, with those of weight 0 */
	double *at, *weight;
	struct edge *edge;
	double *reach;   /* of each depth, lanes each: prod f_j */
	double *inverse; /* 1 / f of the edge's feature */
	double *sum;     /* of v reach over the leaves below, so far */
	size_t *last;    /* of each feature its last edge on the path; 0: none */
	const double *x;
	double *phi;
};

/* The share of the rows of their parent that go to `child`, one of the pair from `first` on. */
static double share(const struct ml_trees *t, size_t root, size_t first, size_t child)
{
	double both = t->cover[root + first] + t->cover[root + first + 1];

	return both > 0 ? t->cover[root + child] / both : 0.5;
}

/* ---- quadrature ---- */

/* P_n and its derivative at x. */
static double legendre(size_t n, double x, double *slope)
{
	double p = 1, q = 0;

	for (size_t k = 1; k <= n; k++) {
		double next = ((2 * (double)k - 1) * x * p - ((double)k - 1) * q) / (double)k;
		q = p;
		p = next;
	}
	*slope = (double)n * (x * p - q) / (x * x - 1);
	return p;
}

/* Nodes and weights for [0, 1]; Newton's method from Tricomi's guess. */
static void gauss(size_t n, double *at, double *weight)
{
	const double pi = 3.14159265358979323846;

	for (size_t k = 0; k < (n + 1) / 2; k++) {
		double slope, x = cos(pi * ((double)k + 0.75) / ((double)n + 0.5));

		for (int step = 0; step < 8; step++) {
			double move = legendre(n, x, &slope) / slope;
			x -= move;
		}
		(void)legendre(n, x, &slope);
		at[k] = (1 - x) / 2;
		at[n - 1 - k] = (1 + x) / 2;
		weight[k] = weight[n - 1 - k] = 1 / ((1 - x * x) * slope * slope);
	}
}

/* ---- one row in one tree ---- */

/* The row is at a node for the first time. */
static void enter(struct walk *w, size_t tree, size_t d)
{
	const struct ml_trees *t = w->t;
	struct edge *e = &w->edge[d];
	double *sum = w->sum + d * w->lanes, *reach = w->reach + d * w->lanes;
	bool leaf = ml_tnode_is_leaf(t, tree, e->node);
	double v = leaf ? t->value[t->root[tree] + e->node] : 0;

	for (size_t q = 0; q < w->lanes; q++)
		sum[q] = v * reach[q];
	e->tried = leaf ? 2 : 0;
	e->hot_child = leaf ? 0 : ml_trees_next(t, tree, e->node, w->x);
}

/* Down to a child; false when nobody goes there, known or not. */
static bool descend(struct walk *w, size_t tree, size_t d)
{
	const struct ml_trees *t = w->t;
	struct edge *e = &w->edge[d], *down = e + 1;
	const struct ml_tnode *n = &t->node[t->root[tree] + e->node];
	size_t first = ml_tnode_child(n), lanes = w->lanes, before = w->last[n->feature];
	size_t child = first + (size_t)e->tried++;
	double z = w->edge[before].z * share(t, t->root[tree], first, child);
	bool hot = w->edge[before].hot && child == e->hot_child;

	if (z == 0 && !hot)
		return false;
	*down = (struct edge){ .node = child, .before = before, .z = z, .hot = hot };
	w->last[n->feature] = d + 1;

	const double *reach = w->reach + d * lanes, *above = w->inverse + before * lanes;
	double *to = w->reach + (d + 1) * lanes, *inverse = w->inverse + (d + 1) * lanes;
	double rise = hot ? 1 - z : -z; /* f = z + rise t */

	for (size_t q = 0; q < lanes; q++) {
		double f = z + rise * w->at[q];

		to[q] = reach[q] * f * above[q];
		inverse[q] = 1 / f;
	}
	return true;
}

/* Back up from depth d. */
static void ascend(struct walk *w, size_t tree, size_t d)
{
	const struct ml_trees *t = w->t;
	const struct edge *e = &w->edge[d], *up = &w->edge[e->before];
	int32_t feature = t->node[t->root[tree] + e[-1].node].feature;
	size_t lanes = w->lanes;
	const double *sum = w->sum + d * lanes, *inverse = w->inverse + d * lanes;
	const double *above = w->inverse + e->before * lanes;
	double *to = w->sum + (d - 1) * lanes, part[LANES] = { 0 };
	double gap = (e->hot ? 1 : 0) - e->z, gap_above = (up->hot ? 1 : 0) - up->z;

	for (size_t q = 0; q < lanes; q += LANES)
		for (size_t l = 0; l < LANES; l++) {
			double g = gap * inverse[q + l] - gap_above * above[q + l];

			part[l] += w->weight[q + l] * sum[q + l] * g;
			to[q + l] += sum[q + l];
		}
	w->phi[feature] += (part[0] + part[1]) + (part[2] + part[3]);
	w->last[feature] = e->before;
}

static void walk_tree(struct walk *w, size_t tree)
{
	size_t d = 0;

	enter(w, tree, 0);
	for (;;) {
		if (w->edge[d].tried < 2) {
			if (descend(w, tree, d))
				enter(w, tree, ++d);
		} else if (d) {
			ascend(w, tree, d--);
		} else {
			return;
		}
	}
}

/* ---- all rows, all trees ---- */

/* The most edges from the root of a tree to a leaf of it; the most nodes a tree has. */
static int measure(const struct ml_trees *t, size_t *deepest, size_t *largest,
		   struct ml_error *err)
{
	*deepest = *largest = 0;
	for (size_t k = 0; k < t->n; k++)
		if (t->root[k + 1] - t->root[k] > *largest)
			*largest = t->root[k + 1] - t->root[k];
	size_t *depth = ml_alloc(*largest, sizeof *depth, err);
	if (!depth)
		return err->code;
	for (size_t k = 0; k < t->n; k++) {
		depth[0] = 0;
		for (size_t i = 0; i < t->root[k + 1] - t->root[k]; i++) {
			size_t first = ml_tnode_child(&t->node[t->root[k] + i]);

			if (depth[i] > *deepest)
				*deepest = depth[i];
			if (first != i)
				depth[first] = depth[first + 1] = depth[i] + 1;
		}
	}
	free(depth);
	return ML_OK;
}

/* What a row gets of which nothing is known; `mean` is room for a tree. */
static double expectation(const struct ml_trees *t, size_t tree, double *mean)
{
	size_t root = t->root[tree];

	for (size_t i = t->root[tree + 1] - root; i-- > 0;) {
		size_t first = ml_tnode_child(&t->node[root + i]);
		double left;

		mean[i] = t->value[root + i];
		if (first == i)
			continue;
		left = share(t, root, first, first);
		mean[i] =
			left * mean[first] + share(t, root, first, first + 1) * mean[first + 1];
	}
	return mean[0];
}

static int add_bases(const struct ml_trees *t, size_t largest, struct ml_mat *out,
		     struct ml_error *err)
{
	double *mean = ml_alloc(largest, sizeof *mean, err);
	double *base = ml_alloc(t->outputs, sizeof *base, err);

	for (size_t k = 0; mean && base && k < t->n; k++)
		base[k % t->outputs] += expectation(t, k, mean);
	for (size_t i = 0; mean && base && i < out->rows; i++)
		for (size_t c = 0; c < t->outputs; c++)
			out->v[i * out->ld + c * (t->features + 1) + t->features] += base[c];
	int rc = mean && base ? ML_OK : err->code;
	free(base);
	free(mean);
	return rc;
}

static int begin(struct walk *w, size_t deepest, struct ml_error *err)
{
	size_t features = deepest < w->t->features ? deepest : w->t->features;
	size_t nodes = features > 1 ? (features + 1) / 2 : 1;

	w->lanes = (nodes + LANES - 1) / LANES * LANES;
	if ((double)w->lanes * (double)(deepest + 1) * 3 * sizeof(double) > most_room)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "contributions: a tree is %zu splits deep", deepest);
	size_t room = (deepest + 1) * w->lanes;
	if (!(w->at = ml_alloc(w->lanes, sizeof *w->at, err)) ||
	    !(w->weight = ml_alloc(w->lanes, sizeof *w->weight, err)) ||
	    !(w->edge = ml_alloc(deepest + 1, sizeof *w->edge, err)) ||
	    !(w->reach = ml_alloc(room, sizeof *w->reach, err)) ||
	    !(w->inverse = ml_alloc(room, sizeof *w->inverse, err)) ||
	    !(w->sum = ml_alloc(room, sizeof *w->sum, err)) ||
	    !(w->last = ml_alloc(w->t->features, sizeof *w->last, err)))
		return err->code;
	gauss(nodes, w->at, w->weight);
	for (size_t q = nodes; q < w->lanes; q++)
		w->at[q] = 0.5;
	/* Before its first split a feature lets all rows pass: f = 1. */
	w->edge[0] = (struct edge){ .z = 1, .hot = true };
	for (size_t q = 0; q < w->lanes; q++)
		w->reach[q] = w->inverse[q] = 1;
	return ML_OK;
}

static void release(struct walk *w)
{
	free(w->last);
	free(w->sum);
	free(w->inverse);
	free(w->reach);
	free(w->edge);
	free(w->weight);
	free(w->at);
}

int ml_trees_shap(const struct ml_trees *t, const struct ml_mat *x, struct ml_mat *out,
		  struct ml_error *err)
{
	struct walk w = { .t = t };
	size_t deepest, largest, width = t->features + 1;

	if (x->cols != t->features || out->cols != width * t->outputs)
		return ml_fail(err, ML_EBUG, "E-BUG", "%zu columns for %zu features", x->cols,
			       t->features);
	int rc = measure(t, &deepest, &largest, err);
	if (!rc)
		rc = add_bases(t, largest, out, err);
	if (!rc)
		rc = begin(&w, deepest, err);
	for (size_t i = 0; !rc && i < x->rows; i++) {
		w.x = x->v + i * x->ld;
		for (size_t k = 0; k < t->n; k++) {
			w.phi = out->v + i * out->ld + k % t->outputs * width;
			walk_tree(&w, k);
		}
	}
	release(&w);
	return rc;
}
