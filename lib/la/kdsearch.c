/* kdsearch.c - questions to the tree: nodes are taken nearest first, and none is entered that
 * is farther than what is wanted. */
#include <math.h>

#include "la/kdtree.h"

enum { LANES = ML_KD_LANES };
/* Each step down leaves one node behind: levels of 2^32 points, and some. */
enum { DEPTH = 64 };

struct pending {
	uint32_t node;
	double d;
};

static double reach(const struct ml_kdtree *t, size_t node, const double *q)
{
	const double *box = ml_kdtree_box(t, node);

	return t->reach(box, box + t->p, q, t->p);
}

/* Of the last block only what is there. */
static unsigned filled(const struct ml_kdtree *t, size_t place, unsigned mask)
{
	return t->n - place < LANES ? mask & ((1u << (t->n - place)) - 1) : mask;
}

/* ---- nearest ---- */

static bool farther(struct ml_near a, struct ml_near b)
{
	return a.d > b.d || (a.d == b.d && a.row > b.row);
}

/* v[0..n) is a heap but for v[i], which may be too near. */
static void sink(struct ml_near *v, size_t n, size_t i)
{
	struct ml_near moved = v[i];

	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && farther(v[child + 1], v[child]))
			child++;
		if (!farther(v[child], moved))
			break;
		v[i] = v[child];
	}
	v[i] = moved;
}

static void rise(struct ml_near *v, size_t i)
{
	struct ml_near moved = v[i];

	for (; i && farther(moved, v[(i - 1) / 2]); i = (i - 1) / 2)
		v[i] = v[(i - 1) / 2];
	v[i] = moved;
}

struct nearest {
	struct ml_near *v; /* a heap, the farthest on top */
	size_t n, k;
	double bound;
};

static void see_leaf(const struct ml_kdtree *t, const struct ml_kdnode *leaf, const double *q,
		     struct nearest *s)
{
	for (size_t place = leaf->from; place < leaf->to; place += LANES) {
		double d[LANES];
		unsigned mask = t->measure(ml_kdtree_block(t, place), q, t->p, s->bound, d);
		for (mask = filled(t, place, mask); mask; mask &= mask - 1) {
			unsigned l = (unsigned)__builtin_ctz(mask);
			struct ml_near found = { d[l], t->row[place + l] };
			if (s->n < s->k) {
				s->v[s->n] = found;
				rise(s->v, s->n++);
			} else if (farther(s->v[0], found)) {
				s->v[0] = found;
				sink(s->v, s->k, 0);
			}
			if (s->n == s->k)
				s->bound = s->v[0].d;
		}
	}
}

size_t ml_kdtree_nearest(const struct ml_kdtree *t, const double *q, size_t k, double bound,
			 struct ml_near *near)
{
	struct nearest s = { near, 0, k, bound };
	struct pending later[DEPTH] = { { 0, reach(t, 0, q) } };
	size_t waiting = 1;

	while (waiting) {
		struct pending now = later[--waiting];
		const struct ml_kdnode *at;
		while (now.d <= s.bound && (at = &t->node[now.node])->right) {
			struct pending left = { now.node + 1, reach(t, now.node + 1, q) };
			struct pending right = { at->right, reach(t, at->right, q) };
			now = left.d <= right.d ? left : right;
			later[waiting++] = left.d <= right.d ? right : left;
		}
		if (now.d <= s.bound)
			see_leaf(t, &t->node[now.node], q, &s);
	}
	for (size_t i = s.n; i-- > 1;) {
		struct ml_near top = near[0];
		near[0] = near[i];
		near[i] = top;
		sink(near, i, 0);
	}
	return s.n;
}

/* ---- within ---- */

void ml_kdtree_within(const struct ml_kdtree *t, const double *q, double bound,
		      bool (*see)(void *arg, size_t place, double d), void *arg)
{
	uint32_t later[DEPTH] = { 0 };
	size_t waiting = 1;

	while (waiting) {
		uint32_t node = later[--waiting];
		const struct ml_kdnode *at = &t->node[node];
		if (reach(t, node, q) > bound)
			continue;
		if (at->right) {
			later[waiting++] = at->right;
			later[waiting++] = node + 1;
			continue;
		}
		for (size_t place = at->from; place < at->to; place += LANES) {
			double d[LANES];
			unsigned mask =
				t->measure(ml_kdtree_block(t, place), q, t->p, bound, d);
			for (mask = filled(t, place, mask); mask; mask &= mask - 1) {
				unsigned l = (unsigned)__builtin_ctz(mask);
				if (!see(arg, place + l, d[l]))
					return;
			}
		}
	}
}

struct weighing {
	const double *w;
	double sum, enough;
};

static bool weigh(void *arg, size_t place, double d)
{
	struct weighing *s = arg;

	(void)d;
	s->sum += s->w ? s->w[place] : 1;
	return s->sum < s->enough;
}

double ml_kdtree_weigh(const struct ml_kdtree *t, const double *q, double bound,
		       const double *w, double enough)
{
	struct weighing s = { w, 0, enough };

	ml_kdtree_within(t, q, bound, weigh, &s);
	return s.sum;
}
