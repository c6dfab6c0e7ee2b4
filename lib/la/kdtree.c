/* kdtree.c - building the tree: nodes in preorder, cut at the median of the longest side. */
#include "la/kdtree.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "la/rankselect.h"

enum { LANES = ML_KD_LANES, LEAF = ML_KD_LEAF };
_Static_assert(LEAF % LANES == 0, "leaves are whole blocks");

struct building {
	struct ml_kdtree *t;
	const struct ml_mat *x;
	struct ml_ranked *key; /* n: the coordinate along the cut */
	uint64_t draw;
};

/* The box of the rows of keys [from, to), and its longest side. */
static size_t measure_box(struct building *b, size_t from, size_t to, double *lo, double *hi)
{
	size_t p = b->t->p, longest = 0;

	for (size_t j = 0; j < p; j++) {
		lo[j] = INFINITY;
		hi[j] = -INFINITY;
	}
	for (size_t i = from; i < to; i++) {
		const double *x = b->x->v + b->key[i].row * b->x->ld;
		for (size_t j = 0; j < p; j++) {
			lo[j] = x[j] < lo[j] ? x[j] : lo[j];
			hi[j] = x[j] > hi[j] ? x[j] : hi[j];
		}
	}
	for (size_t j = 1; j < p; j++)
		if (hi[j] / 2 - lo[j] / 2 > hi[longest] / 2 - lo[longest] / 2)
			longest = j;
	return longest;
}

/* How many of n points go left: half of them, in whole blocks. */
static size_t left_of(size_t n)
{
	return (n / 2 + LANES - 1) / LANES * LANES;
}

static size_t count_nodes(size_t n)
{
	return n <= LEAF ? 1 : 1 + count_nodes(left_of(n)) + count_nodes(n - left_of(n));
}

static void build(struct building *b, size_t from, size_t to, size_t parent)
{
	struct ml_kdtree *t = b->t;
	size_t at = t->nodes++;
	double *lo = t->box + at * 2 * t->p;
	size_t side = measure_box(b, from, to, lo, lo + t->p);

	t->node[at] = (struct ml_kdnode){ .from = (uint32_t)from,
					  .to = (uint32_t)to,
					  .parent = (uint32_t)parent };
	if (to - from <= LEAF)
		return;
	size_t middle = from + left_of(to - from);
	for (size_t i = from; i < to; i++)
		b->key[i].v = b->x->v[b->key[i].row * b->x->ld + side];
	ml_rank_select(b->key + from, to - from, middle - from, &b->draw);
	build(b, from, middle, at);
	t->node[at].right = (uint32_t)t->nodes;
	build(b, middle, to, at);
}

static void place_points(struct building *b)
{
	struct ml_kdtree *t = b->t;
	size_t whole = (t->n + LANES - 1) / LANES * LANES;

	for (size_t i = 0; i < whole; i++) {
		double *block = t->x + i / LANES * t->p * LANES + i % LANES;
		const double *x = i < t->n ? b->x->v + b->key[i].row * b->x->ld : NULL;
		t->row[i] = x ? b->key[i].row : UINT32_MAX;
		for (size_t j = 0; j < t->p; j++)
			block[j * LANES] = x ? x[j] : INFINITY;
	}
}

int ml_kdtree_init(struct ml_kdtree *t, const struct ml_mat *x, enum ml_kd_norm norm,
		   struct ml_error *err)
{
	struct building b = { .t = t, .x = x, .draw = 0x9e3779b97f4a7c15u };
	size_t whole = (x->rows + LANES - 1) / LANES * LANES;

	*t = (struct ml_kdtree){ .n = x->rows,
				 .p = x->cols,
				 .norm = norm,
				 .measure = ml_kd_measure(norm),
				 .reach = ml_kd_reach(norm) };
	if (x->rows > UINT32_MAX - LEAF)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", x->rows);
	size_t nodes = count_nodes(x->rows);
	if (!(t->x = ml_alloc(whole * x->cols, sizeof *t->x, err)) ||
	    !(t->row = ml_alloc(whole, sizeof *t->row, err)) ||
	    !(t->node = ml_alloc(nodes, sizeof *t->node, err)) ||
	    !(t->box = ml_alloc(nodes * 2 * x->cols, sizeof *t->box, err)) ||
	    !(b.key = ml_alloc(x->rows, sizeof *b.key, err)))
		return err->code;
	for (size_t i = 0; i < x->rows; i++)
		b.key[i].row = (uint32_t)i;
	build(&b, 0, x->rows, 0);
	place_points(&b);
	free(b.key);
	return ML_OK;
}

void ml_kdtree_release(struct ml_kdtree *t)
{
	free(t->box);
	free(t->node);
	free(t->row);
	free(t->x);
	*t = (struct ml_kdtree){ 0 };
}
