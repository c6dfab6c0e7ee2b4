/* balltree.c - building the tree: siblings stand together; cut between two ends.
 *
 * Ends are a point far from the centre and the one farthest from it, then the means of the
 * points that are nearer to each (a step of k-means): that halves the balls where points lie in
 * clusters, too. */
#include "la/balltree.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "la/rankselect.h"

enum { LANES = ML_KD_LANES, LEAF = ML_KD_LEAF, SHARE = 8 };
_Static_assert(LEAF % LANES == 0 && LEAF >= 2 * LANES, "a node that is cut has two blocks");

struct building {
	struct ml_balltree *t;
	const struct ml_mat *x;
	struct ml_ranked *key; /* n */
	double *ends;          /* 2 x p */
	uint64_t draw;
};

static const double *row_of(const struct building *b, size_t i)
{
	return b->x->v + b->key[i].row * b->x->ld;
}

/* Not as exact as between points: for choosing, and for bounds with room. */
static double between(const struct building *b, const double *u, const double *v)
{
	const struct ml_balltree *t = b->t;

	return t->metric.exponent ? ml_ball_between(t->metric, u, v, t->p)
				  : t->apart(v, u, t->p);
}

/* The mean of rows of keys [from, to), which may be outside of doubles only if they are. */
static void find_centre(const struct building *b, size_t from, size_t to, double *centre)
{
	double share = 1 / (double)(to - from);

	for (size_t j = 0; j < b->t->p; j++)
		centre[j] = 0;
	for (size_t i = from; i < to; i++) {
		const double *x = row_of(b, i);

		for (size_t j = 0; j < b->t->p; j++)
			centre[j] += x[j] * share;
	}
}

/* The key whose row is farthest from q, and how far that is, raw. */
static size_t find_farthest(const struct building *b, size_t from, size_t to, const double *q,
			    double *most)
{
	size_t at = from;

	*most = 0;
	for (size_t i = from; i < to; i++) {
		double d = between(b, q, row_of(b, i));

		if (d > *most) {
			*most = d;
			at = i;
		}
	}
	return at;
}

/* Keys by how much nearer they are to u than to v; how many are.  Distances beyond doubles tell
 * nothing. */
static size_t compare_ends(struct building *b, size_t from, size_t to, const double *u,
			   const double *v)
{
	size_t nearer = 0;

	for (size_t i = from; i < to; i++) {
		double d = between(b, u, row_of(b, i)) - between(b, v, row_of(b, i));

		b->key[i].v = isnan(d) ? 0 : d;
		nearer += d < 0;
	}
	return nearer;
}

/* The means of the keys that are nearer to one end, and of the others: better ends. */
static void move_ends(struct building *b, size_t from, size_t to, size_t nearer)
{
	size_t p = b->t->p;
	double share[2] = { 1 / (double)nearer, 1 / (double)(to - from - nearer) };

	for (size_t j = 0; j < 2 * p; j++)
		b->ends[j] = 0;
	for (size_t i = from; i < to; i++) {
		const double *x = row_of(b, i);
		size_t end = !(b->key[i].v < 0);

		for (size_t j = 0; j < p; j++)
			b->ends[end * p + j] += x[j] * share[end];
	}
}

/* Where to cut [from, to): row u is far from the others.  Both halves are whole blocks, and a
 * share of all, so that the tree has no long branches. */
static size_t cut(struct building *b, size_t from, size_t to, size_t u)
{
	size_t n = to - from, least = n / SHARE, p = b->t->p;
	double unused;
	size_t v = find_farthest(b, from, to, row_of(b, u), &unused);
	size_t left = compare_ends(b, from, to, row_of(b, u), row_of(b, v));

	if (left > 0 && left < n) {
		move_ends(b, from, to, left);
		left = compare_ends(b, from, to, b->ends, b->ends + p);
	}
	left = left < least ? least : left > n - least ? n - least : left;
	left = (left + LANES / 2) / LANES * LANES;
	left = left < LANES ? LANES : left < n ? left : (n - 1) / LANES * LANES;
	ml_rank_select(b->key + from, n, left, &b->draw);
	return from + left;
}

static void build(struct building *b, size_t at, size_t from, size_t to)
{
	struct ml_balltree *t = b->t;
	double *centre = t->centre + at * t->p, most;

	find_centre(b, from, to, centre);
	size_t u = find_farthest(b, from, to, centre, &most);
	t->node[at] = (struct ml_ballnode){
		.from = (uint32_t)from,
		.to = (uint32_t)to,
		.radius = ml_ball_plain(t->metric, most) * (1 + t->loose) + t->slack
	};
	if (to - from <= LEAF)
		return;
	size_t middle = cut(b, from, to, u), left = t->nodes;
	t->node[at].left = (uint32_t)left;
	t->nodes += 2;
	build(b, left, from, middle);
	build(b, left + 1, middle, to);
}

static void place_points(const struct building *b)
{
	struct ml_balltree *t = b->t;
	size_t whole = (t->n + LANES - 1) / LANES * LANES;

	for (size_t i = 0; i < whole; i++) {
		double *block = t->x + i / LANES * t->p * LANES + i % LANES;
		const double *x = i < t->n ? row_of(b, i) : NULL;

		t->row[i] = x ? b->key[i].row : UINT32_MAX;
		for (size_t j = 0; j < t->p; j++)
			block[j * LANES] = x ? x[j] : INFINITY;
	}
}

/* Coordinates are subtracted and sums of p rounded, the root and the power are taken, and
 * reach() takes off 2^-30: a few times all that.  A square or power below the least double is
 * lost: more than the root of p times that. */
static void set_margins(struct ml_balltree *t)
{
	double e = t->metric.exponent                  ? t->metric.exponent
		   : t->metric.norm == ML_KD_EUCLIDEAN ? 2
						       : 1;

	t->loose = ldexp((double)t->p + 64, -50) + 0x1p-28;
	t->slack = pow(1e-300, 1 / e);
}

int ml_balltree_init(struct ml_balltree *t, const struct ml_mat *x,
		     struct ml_ball_metric metric, struct ml_error *err)
{
	struct building b = { .t = t, .x = x, .draw = 0x9e3779b97f4a7c15u };
	size_t whole = (x->rows + LANES - 1) / LANES * LANES;

	*t = (struct ml_balltree){ .n = x->rows,
				   .p = x->cols,
				   .metric = metric,
				   .measure = ml_kd_measure(metric.norm),
				   .apart = ml_ball_apart(metric.norm) };
	set_margins(t);
	if (x->rows > UINT32_MAX - LEAF)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", x->rows);
	size_t nodes = 2 * (whole / LANES); /* a leaf is a block at least */
	if (!(t->x = ml_alloc(whole, x->cols * sizeof *t->x, err)) ||
	    !(t->row = ml_alloc(whole, sizeof *t->row, err)) ||
	    !(t->node = ml_alloc(nodes, sizeof *t->node, err)) ||
	    !(t->centre = ml_alloc(nodes, x->cols * sizeof *t->centre, err)) ||
	    !(b.ends = ml_alloc(2, x->cols * sizeof *b.ends, err)) ||
	    !(b.key = ml_alloc(x->rows, sizeof *b.key, err))) {
		free(b.ends);
		return err->code;
	}
	for (size_t i = 0; i < x->rows; i++)
		b.key[i].row = (uint32_t)i;
	t->nodes = 1;
	build(&b, 0, 0, x->rows);
	place_points(&b);
	free(b.key);
	free(b.ends);
	return ML_OK;
}

void ml_balltree_release(struct ml_balltree *t)
{
	free(t->centre);
	free(t->node);
	free(t->row);
	free(t->x);
	*t = (struct ml_balltree){ 0 };
}
