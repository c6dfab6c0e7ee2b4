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
/* Bytes of the tables of a tree: those that no fit makes, being absurdly deep, take more. */
static const double most_room = 1 << 30;

/* An edge is known by the node that it leads to, from the root of the tree on; node 0 stands
 * for none.  Rows have in common: */
struct edge {
	size_t before; /* the edge of the same feature above it */
	double z;      /* of the feature, on the path to here */
	double share;  /* of the rows above that take it */
};

/* A row on its way. */
struct step {
	size_t node;
	size_t hot_child; /* where the row goes on */
	int tried;        /* children so far */
	bool hot;         /* o of the edge's feature, on the path to here */
};

/* All rows in one tree.  f and g are of an edge: f as above when it is hot, z (1 - t) when not;
 * g = weight (o - z) / f, of a cold edge -weight / (1 - t). */
struct walk {
	const struct ml_trees *t;
	size_t values; /* numbers of a leaf */
	size_t lanes;  /* quadrature nodes, with those of weight 0 */
	double *at, *weight;
	struct edge *edge; /* of each node, as the next ones are, lanes each: */
	double *rise;      /* f / f of the edge before, both hot; */
	double *fall;      /* the same, the edge cold; */
	double *add;       /* g - g of the edge before, both hot; */
	double *lose;      /* the same, the edge cold */
	size_t *last;      /* of each feature its last edge on the path */
	struct step *step; /* of each depth, as the next ones are: */
	double *reach;     /* lanes: prod f_j */
	double *sum;       /* values x lanes: v reach over the leaves below, so far */
	bool *cold;        /* of each node on the path */
	const double *x;
	double *phi;
};

static size_t values_of(const struct ml_trees *t)
{
	return t->width > 1 ? t->width : 1;
}

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

/* ---- what rows have in common ---- */

static void make_edge(struct walk *w, size_t tree, size_t parent, size_t node)
{
	const struct ml_trees *t = w->t;
	const struct ml_tnode *n = &t->node[t->root[tree] + parent];
	size_t before = w->last[n->feature], lanes = w->lanes;
	struct edge *e = &w->edge[node];

	e->before = before;
	e->share = share(t, t->root[tree], ml_tnode_child(n), node);
	e->z = w->edge[before].z * e->share;
	for (size_t q = 0; q < lanes; q++) {
		double at = w->at[q], weight = w->weight[q], above = w->edge[before].z;
		double f = e->z + (1 - e->z) * at, f_above = above + (1 - above) * at;
		double g_above = weight * (1 - above) / f_above;

		w->rise[node * lanes + q] = f / f_above;
		w->fall[node * lanes + q] = e->z * (1 - at) / f_above;
		w->add[node * lanes + q] = weight * (1 - e->z) / f - g_above;
		w->lose[node * lanes + q] = -weight / (1 - at) - g_above;
	}
}

/* Goes through the tree as rows do, so that w->last is that of each path. */
static void make_edges(struct walk *w, size_t tree)
{
	const struct ml_trees *t = w->t;
	const struct ml_tnode *root = t->node + t->root[tree];
	size_t d = 0;

	w->step[0] = (struct step){ .node = 0 };
	for (;;) {
		struct step *s = &w->step[d];
		size_t first = ml_tnode_child(&root[s->node]);

		if (first != s->node && s->tried < 2) {
			size_t child = first + (size_t)s->tried++;

			make_edge(w, tree, s->node, child);
			w->last[root[s->node].feature] = child;
			w->step[++d] = (struct step){ .node = child };
		} else if (d) {
			w->last[root[s[-1].node].feature] = w->edge[s->node].before;
			d--;
		} else {
			return;
		}
	}
}

/* ---- one row in one tree ---- */

/* Loops over all lanes, in groups of LANES; n is a multiple of it. */
static inline void multiply(double *restrict to, const double *restrict a,
			    const double *restrict b, size_t n)
{
	for (size_t q = 0; q < n; q += LANES)
		for (size_t l = 0; l < LANES; l++)
			to[q + l] = a[q + l] * b[q + l];
}

static inline void multiply_all(double *restrict to, const double *restrict a, double by,
				size_t n)
{
	for (size_t q = 0; q < n; q += LANES)
		for (size_t l = 0; l < LANES; l++)
			to[q + l] = a[q + l] * by;
}

static inline void add(double *restrict to, const double *restrict a, size_t n)
{
	for (size_t q = 0; q < n; q += LANES)
		for (size_t l = 0; l < LANES; l++)
			to[q + l] += a[q + l];
}

static inline double product(const double *restrict a, const double *restrict b, size_t n)
{
	double part[LANES] = { 0 };

	for (size_t q = 0; q < n; q += LANES)
		for (size_t l = 0; l < LANES; l++)
			part[l] += a[q + l] * b[q + l];
	return (part[0] + part[1]) + (part[2] + part[3]);
}

/* What the leaves below an edge, whose sums are given, say of its feature. */
static void credit(struct walk *w, size_t node, int32_t feature, bool hot, const double *sum)
{
	const struct edge *e = &w->edge[node];
	const double *g = (hot ? w->add : w->lose) + node * w->lanes;

	if (w->cold[e->before]) /* nothing changes */
		return;
	for (size_t v = 0; v < w->values; v++, sum += w->lanes)
		w->phi[v * (w->t->features + 1) + (size_t)feature] += product(sum, g, w->lanes);
}

/* Down to the next child of depth d; false when nobody goes there, known or not. */
static bool descend(struct walk *w, const struct ml_tnode *root, size_t d)
{
	struct step *s = &w->step[d], *down = s + 1;
	size_t first = ml_tnode_child(&root[s->node]), lanes = w->lanes;
	size_t child = first + (size_t)s->tried++;
	const struct edge *e = &w->edge[child];
	bool was_cold = w->cold[e->before], hot = !was_cold && child == s->hot_child;
	const double *reach = w->reach + d * lanes;
	const double *factor = (hot ? w->rise : w->fall) + child * lanes;
	double *to = w->reach + (d + 1) * lanes;

	if (e->z == 0 && !hot)
		return false;
	*down = (struct step){ .node = child, .hot = hot };
	w->cold[child] = !hot;
	if (was_cold)
		multiply_all(to, reach, e->share, lanes);
	else
		multiply(to, reach, factor, lanes);
	return true;
}

/* The row is at a node for the first time. */
static void enter(struct walk *w, size_t tree, size_t d)
{
	const struct ml_trees *t = w->t;
	struct step *s = &w->step[d];
	size_t i = t->root[tree] + s->node, lanes = w->lanes;
	const double *reach = w->reach + d * lanes;
	double *sum = w->sum + d * w->values * lanes;

	if (ml_tnode_child(&t->node[i]) == s->node) {
		const double *value = ml_trees_vector(t, i);

		s->tried = 2;
		for (size_t v = 0; v < w->values; v++)
			multiply_all(sum + v * lanes, reach, value[v], lanes);
		return;
	}
	s->hot_child = ml_trees_next(t, tree, s->node, w->x);
	memset(sum, 0, w->values * lanes * sizeof *sum);
}

static void walk_tree(struct walk *w, size_t tree)
{
	const struct ml_tnode *root = w->t->node + w->t->root[tree];
	size_t d = 0, wide = w->values * w->lanes;

	w->step[0] = (struct step){ .hot = true };
	enter(w, tree, 0);
	for (;;) {
		struct step *s = &w->step[d];

		if (s->tried < 2) {
			if (descend(w, root, d))
				enter(w, tree, ++d);
		} else if (d) {
			const double *sum = w->sum + d * wide;
			double *to = w->sum + (d - 1) * wide;

			credit(w, s->node, root[s[-1].node].feature, s->hot, sum);
			add(to, sum, wide);
			d--;
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

/* What a row gets of which nothing is known, added to base[values]; `mean` is room for a tree.
 */
static void expectation(const struct ml_trees *t, size_t tree, size_t values, double *mean,
			double *base)
{
	size_t root = t->root[tree];

	for (size_t v = 0; v < values; v++) {
		for (size_t i = t->root[tree + 1] - root; i-- > 0;) {
			size_t first = ml_tnode_child(&t->node[root + i]);

			mean[i] = first == i ? ml_trees_vector(t, root + i)[v]
					     : share(t, root, first, first) * mean[first] +
						       share(t, root, first, first + 1) *
							       mean[first + 1];
		}
		base[v] += mean[0];
	}
}

static int add_bases(const struct ml_trees *t, size_t values, size_t largest,
		     struct ml_mat *out, struct ml_error *err)
{
	size_t scores = t->outputs * values;
	double *mean = ml_alloc(largest, sizeof *mean, err);
	double *base = ml_alloc(scores, sizeof *base, err);

	for (size_t k = 0; mean && base && k < t->n; k++)
		expectation(t, k, values, mean, base + k % t->outputs * values);
	for (size_t i = 0; mean && base && i < out->rows; i++)
		for (size_t c = 0; c < scores; c++)
			out->v[i * out->ld + c * (t->features + 1) + t->features] += base[c];
	int rc = mean && base ? ML_OK : err->code;
	free(base);
	free(mean);
	return rc;
}

static int begin(struct walk *w, size_t deepest, size_t largest, struct ml_error *err)
{
	size_t features = deepest < w->t->features ? deepest : w->t->features;
	size_t nodes = features > 1 ? (features + 1) / 2 : 1, depths = deepest + 1;

	w->lanes = (nodes + LANES - 1) / LANES * LANES;
	if ((double)w->lanes *
		    (4 * (double)largest + (double)depths * (1 + (double)w->values)) *
		    sizeof(double) >
	    most_room)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "contributions: a tree of %zu nodes, %zu splits deep", largest,
			       deepest);
	if (!(w->at = ml_alloc(w->lanes, sizeof *w->at, err)) ||
	    !(w->weight = ml_alloc(w->lanes, sizeof *w->weight, err)) ||
	    !(w->edge = ml_alloc(largest, sizeof *w->edge, err)) ||
	    !(w->rise = ml_alloc(largest * w->lanes, sizeof *w->rise, err)) ||
	    !(w->fall = ml_alloc(largest * w->lanes, sizeof *w->fall, err)) ||
	    !(w->add = ml_alloc(largest * w->lanes, sizeof *w->add, err)) ||
	    !(w->lose = ml_alloc(largest * w->lanes, sizeof *w->lose, err)) ||
	    !(w->cold = ml_alloc(largest, sizeof *w->cold, err)) ||
	    !(w->step = ml_alloc(depths, sizeof *w->step, err)) ||
	    !(w->reach = ml_alloc(depths * w->lanes, sizeof *w->reach, err)) ||
	    !(w->sum = ml_alloc(depths * w->values * w->lanes, sizeof *w->sum, err)) ||
	    !(w->last = ml_alloc(w->t->features, sizeof *w->last, err)))
		return err->code;
	gauss(nodes, w->at, w->weight);
	for (size_t q = nodes; q < w->lanes; q++)
		w->at[q] = 0.5;
	/* Before its first split a feature lets all rows pass: f = 1. */
	w->edge[0] = (struct edge){ .z = 1, .share = 1 };
	for (size_t q = 0; q < w->lanes; q++)
		w->reach[q] = 1;
	return ML_OK;
}

static void release(struct walk *w)
{
	free(w->last);
	free(w->sum);
	free(w->reach);
	free(w->step);
	free(w->cold);
	free(w->lose);
	free(w->add);
	free(w->fall);
	free(w->rise);
	free(w->edge);
	free(w->weight);
	free(w->at);
}

int ml_trees_shap(const struct ml_trees *t, const struct ml_mat *x, struct ml_mat *out,
		  struct ml_error *err)
{
	struct walk w = { .t = t, .values = values_of(t) };
	size_t deepest, largest, width = (t->features + 1) * w.values;

	if (x->cols != t->features || out->cols != width * t->outputs)
		return ml_fail(err, ML_EBUG, "E-BUG", "%zu columns for %zu features", x->cols,
			       t->features);
	int rc = measure(t, &deepest, &largest, err);
	if (!rc)
		rc = add_bases(t, w.values, largest, out, err);
	if (!rc)
		rc = begin(&w, deepest, largest, err);
	for (size_t k = 0; !rc && k < t->n; k++) {
		make_edges(&w, k);
		for (size_t i = 0; i < x->rows; i++) {
			w.x = x->v + i * x->ld;
			w.phi = out->v + i * out->ld + k % t->outputs * width;
			walk_tree(&w, k);
		}
	}
	release(&w);
	return rc;
}
