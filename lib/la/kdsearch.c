/* kdsearch.c - questions to the tree: nodes are taken nearest first, and none is entered that
 * is farther than what is wanted. */
#include "la/kdtree.h"
#include "la/nearheap.h"

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

static void see_leaf(const struct ml_kdtree *t, const struct ml_kdnode *leaf, const double *q,
		     struct ml_nearheap *s)
{
	for (size_t place = leaf->from; place < leaf->to; place += LANES) {
		double d[LANES];
		unsigned mask = t->measure(ml_kdtree_block(t, place), q, t->p, s->bound, d);
		for (mask = filled(t, place, mask); mask; mask &= mask - 1) {
			unsigned l = (unsigned)__builtin_ctz(mask);
			ml_nearheap_offer(s, (struct ml_near){ d[l], t->row[place + l] });
		}
	}
}

size_t ml_kdtree_nearest_counted(const struct ml_kdtree *t, const double *q, size_t k,
				 double bound, struct ml_near *near,
				 struct ml_kd_effort *effort)
{
	struct ml_nearheap s = { near, 0, k, bound };
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
			effort->nodes += 2;
		}
		if (now.d > s.bound)
			continue;
		see_leaf(t, &t->node[now.node], q, &s);
		effort->points += t->node[now.node].to - t->node[now.node].from;
	}
	ml_nearheap_sort(&s);
	return s.n;
}

size_t ml_kdtree_nearest(const struct ml_kdtree *t, const double *q, size_t k, double bound,
			 struct ml_near *near)
{
	struct ml_kd_effort unused = { 0 };

	return ml_kdtree_nearest_counted(t, q, k, bound, near, &unused);
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
