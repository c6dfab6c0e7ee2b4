/* ballsearch.c - the nearest points in a tree of balls: nearer balls first, and none is entered
 * that is farther than what has been found. */
#include <math.h>

#include "la/balltree.h"
#include "la/nearheap.h"

enum { LANES = ML_KD_LANES };
/* Each step down leaves one node behind, and at most 7/8 of the points, of 2^32, and some. */
enum { DEPTH = 192 };

struct pending {
	uint32_t node;
	double gap; /* centre less radius: orders what overlaps, too */
	double d;   /* raw: no point is nearer */
};

double ml_ball_plain(struct ml_ball_metric metric, double raw)
{
	if (metric.exponent)
		return pow(raw, 1 / metric.exponent);
	return metric.norm == ML_KD_EUCLIDEAN ? sqrt(raw) : raw;
}

double ml_ball_between(struct ml_ball_metric metric, const double *a, const double *b, size_t p)
{
	double d = 0;

	if (!metric.exponent)
		return ml_kd_between(metric.norm, a, b, p);
	for (size_t j = 0; j < p; j++)
		d += pow(fabs(a[j] - b[j]), metric.exponent);
	return d;
}

static double raw_of(const struct ml_balltree *t, double gap)
{
	double raw = gap;

	if (t->metric.exponent)
		raw = pow(gap, t->metric.exponent);
	else if (t->metric.norm == ML_KD_EUCLIDEAN)
		raw = gap * gap;
	return raw * (1 - t->loose);
}

/* Where the distance from the centre is beyond doubles, those of points need not be. */
static struct pending look_at(const struct ml_balltree *t, size_t node, const double *q)
{
	const double *centre = t->centre + node * t->p;
	double raw = t->metric.exponent ? ml_ball_between(t->metric, q, centre, t->p)
					: t->apart(centre, q, t->p);
	double gap = ml_ball_plain(t->metric, raw) * (1 - t->loose) - t->node[node].radius;

	return (struct pending){ (uint32_t)node, gap,
				 gap > 0 && isfinite(raw) ? raw_of(t, gap) : 0 };
}

/* Terms are not below 0: a sum that has passed the bound stays there. */
static unsigned measure_powers(const struct ml_balltree *t, const double *block,
			       const double *q, double bound, double *d)
{
	unsigned mask = 0;

	for (size_t l = 0; l < LANES; l++) {
		d[l] = 0;
		for (size_t j = 0; j < t->p && d[l] <= bound; j++)
			d[l] += pow(fabs(q[j] - block[j * LANES + l]), t->metric.exponent);
		mask |= (unsigned)(d[l] <= bound) << l;
	}
	return mask;
}

static void see_leaf(const struct ml_balltree *t, const struct ml_ballnode *leaf,
		     const double *q, struct ml_nearheap *s)
{
	for (size_t place = leaf->from; place < leaf->to; place += LANES) {
		const double *block = t->x + place * t->p;
		double d[LANES];
		unsigned mask = t->metric.exponent ? measure_powers(t, block, q, s->bound, d)
						   : t->measure(block, q, t->p, s->bound, d);

		if (t->n - place < LANES)
			mask &= (1u << (t->n - place)) - 1;
		for (; mask; mask &= mask - 1) {
			unsigned l = (unsigned)__builtin_ctz(mask);

			ml_nearheap_offer(s, (struct ml_near){ d[l], t->row[place + l] });
		}
	}
}

size_t ml_balltree_nearest(const struct ml_balltree *t, const double *q, size_t k,
			   struct ml_near *near, struct ml_kd_effort *effort)
{
	struct ml_nearheap s = { near, 0, k, INFINITY };
	struct pending later[DEPTH] = { look_at(t, 0, q) };
	struct ml_kd_effort spent = { .nodes = 1 };
	size_t waiting = 1;

	while (waiting) {
		struct pending now = later[--waiting];
		const struct ml_ballnode *at;

		while (now.d <= s.bound && (at = &t->node[now.node])->left) {
			struct pending left = look_at(t, at->left, q);
			struct pending right = look_at(t, at->left + 1, q);

			now = left.gap <= right.gap ? left : right;
			later[waiting++] = left.gap <= right.gap ? right : left;
			spent.nodes += 2;
		}
		if (now.d > s.bound)
			continue;
		see_leaf(t, &t->node[now.node], q, &s);
		spent.points += t->node[now.node].to - t->node[now.node].from;
	}
	ml_nearheap_sort(&s);
	if (effort) {
		effort->nodes += spent.nodes;
		effort->points += spent.points;
	}
	return s.n;
}
