/* grow.c - a tree grown leaf by leaf. */
#include "models/grow.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/scale.h"
#include "models/cleave.h"
#include "models/hist.h"
#include "models/paths.h"

/* Rows that are told apart by one thread at a time. */
enum { PIECE = 1 << 15 };
/* Fewer pieces are done before other threads have begun. */
enum { ALONE = 4 };

struct leaf {
	size_t from, to, depth; /* rows in g->rows */
	size_t node;            /* in the tree being grown */
	struct ml_leaf_facts facts;
	struct ml_split split;  /* the best one */
	struct ml_bin_sum *sum; /* histogram; in the pool */
};

/* An inner node. */
struct fork {
	struct ml_split split;
	size_t node, child;
};

struct ml_grower {
	const struct ml_binned *b;
	const struct ml_cuts *cuts;
	struct ml_grow_opts asked, o; /* o: as asked, for gradients in units of 2^unit */
	int unit; /* 0 but where the squares of gradients would leave the range of doubles */
	struct ml_hist_layout layout;
	struct ml_hist_room room;
	struct ml_paths paths;   /* of each leaf */
	struct ml_bin_sum *pool; /* max_leaves histograms */
	uint64_t *packed;        /* of each row of b */
	uint32_t *rows, *moved;  /* of all leaves, one after the other; workspace */
	size_t *count;           /* of each piece, rows that go left */
	struct leaf *leaf;
	struct fork *fork;
	struct ml_split *best; /* of each feature: workspace */
	struct ml_grown_leaf *grown;
	/* Of the tree, breadth first: the nodes as they came to be, of those the fork
	 * (SIZE_MAX: a leaf) and where they stand now; workspace. */
	size_t *order, *fork_of, *place;
	size_t root; /* of the tree, in its trees */
	size_t leaves, forks, n;
	struct ml_quanta quanta;
	const bool *use;
};

static void release(struct ml_grower *g)
{
	free(g->place);
	free(g->fork_of);
	free(g->order);
	free(g->grown);
	free(g->best);
	free(g->fork);
	free(g->leaf);
	free(g->count);
	free(g->moved);
	free(g->rows);
	free(g->packed);
	free(g->pool);
	ml_paths_release(&g->paths);
	ml_hist_room_release(&g->room);
	ml_hist_layout_release(&g->layout);
}

void ml_grower_free(struct ml_grower *g)
{
	if (g)
		release(g);
	free(g);
}

int ml_grower_new(struct ml_grower **out, const struct ml_binned *b, const struct ml_cuts *cuts,
		  const struct ml_grow_opts *o, int threads, struct ml_error *err)
{
	struct ml_grower *g = *out = ml_alloc(1, sizeof *g, err);

	if (!g)
		return err->code;
	g->b = b;
	g->cuts = cuts;
	g->asked = g->o = *o;
	/* A leaf holds a row at least. */
	if (g->o.max_leaves > b->rows)
		g->o.max_leaves = b->rows > 2 ? b->rows : 2;
	size_t leaves = g->o.max_leaves;
	if (ml_hist_layout_init(&g->layout, cuts, b->cols, err) ||
	    ml_hist_room_init(&g->room, &g->layout, threads, err) ||
	    ml_paths_init(&g->paths, o->meetings, b->cols, leaves, err) ||
	    !(g->pool = ml_alloc(leaves * g->layout.bins, sizeof *g->pool, err)) ||
	    !(g->packed = ml_alloc(b->rows, sizeof *g->packed, err)) ||
	    !(g->rows = ml_alloc(b->rows, sizeof *g->rows, err)) ||
	    !(g->moved = ml_alloc(b->rows, sizeof *g->moved, err)) ||
	    !(g->count = ml_alloc(b->rows / PIECE + 2, sizeof *g->count, err)) ||
	    !(g->leaf = ml_alloc(leaves, sizeof *g->leaf, err)) ||
	    !(g->fork = ml_alloc(leaves, sizeof *g->fork, err)) ||
	    !(g->best = ml_alloc(b->cols, sizeof *g->best, err)) ||
	    !(g->order = ml_alloc(2 * leaves, sizeof *g->order, err)) ||
	    !(g->fork_of = ml_alloc(2 * leaves, sizeof *g->fork_of, err)) ||
	    !(g->place = ml_alloc(2 * leaves, sizeof *g->place, err)) ||
	    !(g->grown = ml_alloc(leaves, sizeof *g->grown, err)))
		return err->code;
	return ML_OK;
}

/* ---- gradients as whole numbers ---- */

/* Of the rows the tree is grown on; of all rows the same quanta would be coarser. */
static double largest(const double *v, const uint32_t *rows, size_t n, bool all)
{
	double max = 0;

	for (size_t k = 0; k < n; k++) {
		double size = fabs(v[all ? k : rows[k]]);

		max = size > max ? size : max;
	}
	return max;
}

struct packing {
	struct ml_grower *gr;
	const double *g, *h;
	double per_g, per_h;
};

static int pack_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct packing *p = arg;
	size_t from = piece * PIECE, n = p->gr->n, to = n - from < PIECE ? n : from + PIECE;
	bool all = n == p->gr->b->rows;

	(void)worker;
	(void)err;
	for (size_t k = from; k < to; k++) {
		size_t i = all ? k : p->gr->rows[k];
		double g = p->g[i] * p->per_g, h = p->h[i] * p->per_h;

		g += g < 0 ? -0.5 : 0.5;
		p->gr->packed[i] = ml_hist_pack((int32_t)g, (int32_t)(h + 0.5));
	}
	return ML_OK;
}

static void choose_unit(struct ml_grower *gr, double max_g)
{
	enum { SAFE = 200 };
	int e = ml_exponent(max_g);

	gr->unit = e < -SAFE || e > SAFE ? e : 0;
	gr->o.l1 = ldexp(gr->asked.l1, -gr->unit);
	gr->o.min_gain = ldexp(gr->asked.min_gain, -2 * gr->unit);
}

static int pack(struct ml_grower *gr, const double *g, const double *h, struct ml_error *err)
{
	bool all = gr->n == gr->b->rows;
	double max_g = largest(g, gr->rows, gr->n, all),
	       max_h = largest(h, gr->rows, gr->n, all);
	struct packing p = { gr, g, h, max_g > 0 ? ML_HIST_QUANTA / max_g : 0,
			     max_h > 0 ? ML_HIST_QUANTA / max_h : 0 };
	size_t pieces = (gr->n + PIECE - 1) / PIECE;

	choose_unit(gr, max_g);
	gr->quanta = (struct ml_quanta){ ldexp(max_g, -gr->unit) / ML_HIST_QUANTA,
					 max_h / ML_HIST_QUANTA };
	return ml_parallel(pieces >= ALONE ? gr->room.workers : 1, pieces, pack_piece, &p, err);
}

/* ---- splits ---- */

struct search {
	struct ml_grower *g;
	const struct leaf *leaf;
};

static int search_one(void *arg, size_t j, int worker, struct ml_error *err)
{
	const struct search *s = arg;
	struct ml_grower *g = s->g;

	(void)worker;
	(void)err;
	g->best[j] = (struct ml_split){ 0 };
	if ((!g->use || g->use[j]) && ml_paths_allow(&g->paths, (size_t)(s->leaf - g->leaf), j))
		ml_cleave(&g->best[j], j, &g->cuts[j], s->leaf->sum + g->layout.base[j],
			  &s->leaf->facts, &g->quanta, &g->o);
	return ML_OK;
}

/* Threads cost more than they save below so many bins. */
enum { PARALLEL_BINS = 1 << 17 };

static int find_split(struct ml_grower *g, struct leaf *leaf, struct ml_error *err)
{
	struct search s = { g, leaf };
	bool deep = g->o.max_depth && leaf->depth >= g->o.max_depth;
	int threads = g->layout.bins < PARALLEL_BINS ? 1 : g->room.workers;

	leaf->split = (struct ml_split){ 0 };
	if (deep || leaf->facts.all.n < 2 * (int64_t)g->o.min_rows)
		return ML_OK;
	int rc = ml_parallel(threads, g->b->cols, search_one, &s, err);
	for (size_t j = 0; !rc && j < g->b->cols; j++)
		if (g->best[j].gain > leaf->split.gain)
			leaf->split = g->best[j];
	return rc;
}

/* ---- rows go left or right ---- */

struct parting {
	const struct ml_grower *g;
	size_t from, to;
	const uint8_t *column; /* the feature */
	uint8_t left[256];
	bool moving;
};

static int count_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct parting *p = arg;
	const uint32_t *rows = p->g->rows;
	size_t from = p->from + piece * PIECE;
	size_t to = p->to - from < PIECE ? p->to : from + PIECE, n = 0;

	(void)worker;
	(void)err;
	for (size_t k = from; k < to; k++)
		n += p->left[p->column[rows[k]]];
	p->g->count[piece] = n;
	return ML_OK;
}

/* Into g->moved: those that go left from count[piece] on, the others behind all of them. */
static int move_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct parting *p = arg;
	const uint32_t *rows = p->g->rows;
	size_t from = p->from + piece * PIECE, pieces = (p->to - p->from + PIECE - 1) / PIECE;
	size_t to = p->to - from < PIECE ? p->to : from + PIECE;
	size_t left = p->g->count[piece];
	size_t right = p->g->count[pieces] + (from - p->from) - left;
	uint32_t *l = p->g->moved + p->from + left, *r = p->g->moved + p->from + right;

	(void)worker;
	(void)err;
	for (size_t k = from; k < to; k++) {
		uint32_t i = rows[k];
		bool goes_left = p->left[p->column[i]];

		*(goes_left ? l : r) = i;
		l += goes_left;
		r += !goes_left;
	}
	return ML_OK;
}

/* All in one go: those that go left stay in their places or move forward. */
static size_t part_alone(const struct parting *p)
{
	uint32_t *rows = p->g->rows, *moved = p->g->moved;
	size_t l = p->from, r = 0;

	for (size_t k = p->from; k < p->to; k++) {
		uint32_t i = rows[k];
		bool goes_left = p->left[p->column[i]];

		rows[l] = i;
		moved[r] = i;
		l += goes_left;
		r += !goes_left;
	}
	memcpy(rows + l, moved, r * sizeof *rows);
	return l;
}

static int part(struct ml_grower *g, const struct leaf *leaf, size_t *middle,
		struct ml_error *err)
{
	struct parting p = { .g = g,
			     .from = leaf->from,
			     .to = leaf->to,
			     .column = g->b->column + leaf->split.feature * g->b->rows };
	size_t pieces = (p.to - p.from + PIECE - 1) / PIECE, n = 0;
	int threads = pieces >= ALONE ? g->room.workers : 1;

	for (size_t b = 0; b < 256; b++)
		p.left[b] = leaf->split.left[b / 64] >> b % 64 & 1;
	if (threads == 1) {
		*middle = part_alone(&p);
		return ML_OK;
	}
	int rc = ml_parallel(threads, pieces, count_piece, &p, err);
	if (rc)
		return rc;
	for (size_t k = 0; k <= pieces; k++) {
		size_t here = k < pieces ? g->count[k] : 0;

		g->count[k] = n;
		n += here;
	}
	*middle = p.from + n;
	rc = ml_parallel(threads, pieces, move_piece, &p, err);
	if (!rc)
		memcpy(g->rows + p.from, g->moved + p.from, (p.to - p.from) * sizeof *g->rows);
	return rc;
}

/* ---- leaves become two ---- */

static int make_histogram(struct ml_grower *g, struct leaf *leaf, struct ml_error *err)
{
	return ml_hist_rows(leaf->sum, &g->layout, g->b, g->rows + leaf->from,
			    leaf->to - leaf->from, g->packed, &g->room, err);
}

/* Values on the two sides of a monotone split are kept apart by the middle of what they would
 * be. */
static void bound_children(const struct ml_grower *g, const struct leaf *old, struct leaf *l,
			   struct leaf *r)
{
	const struct ml_split *s = &old->split;
	int way = g->o.monotone ? g->o.monotone[s->feature] : 0;

	l->facts.lo = r->facts.lo = old->facts.lo;
	l->facts.hi = r->facts.hi = old->facts.hi;
	if (!way)
		return;
	double vl = ml_leaf_value(&g->o, (double)l->facts.all.g * g->quanta.g,
				  (double)l->facts.all.h * g->quanta.h, old->facts.lo,
				  old->facts.hi);
	double vr = ml_leaf_value(&g->o, (double)r->facts.all.g * g->quanta.g,
				  (double)r->facts.all.h * g->quanta.h, old->facts.lo,
				  old->facts.hi);
	double middle = vl / 2 + vr / 2;
	if (way > 0)
		l->facts.hi = r->facts.lo = middle;
	else
		l->facts.lo = r->facts.hi = middle;
}

/* The leaf number `at` becomes the left child, a new one the right child. */
static int split_leaf(struct ml_grower *g, size_t at, struct ml_error *err)
{
	const struct leaf old = g->leaf[at];
	size_t middle, child = 1 + 2 * g->forks;
	struct leaf *l = &g->leaf[at], *r = &g->leaf[g->leaves];
	int rc = part(g, &old, &middle, err);

	if (rc)
		return rc;
	g->fork[g->forks++] = (struct fork){ old.split, old.node, child };
	*l = (struct leaf){ .from = old.from, .to = middle, .node = child };
	*r = (struct leaf){ .from = middle, .to = old.to, .node = child + 1 };
	l->depth = r->depth = old.depth + 1;
	l->facts.all = old.split.in_left;
	r->facts.all = old.facts.all;
	ml_hist_subtract(&r->facts.all, &l->facts.all, 1);
	bound_children(g, &old, l, r);
	ml_paths_split(&g->paths, at, g->leaves, old.split.feature);
	struct ml_bin_sum *spare = g->pool + g->leaves * g->layout.bins;
	bool left_smaller = l->to - l->from <= r->to - r->from;
	struct leaf *small = left_smaller ? l : r, *large = left_smaller ? r : l;
	small->sum = spare;
	large->sum = old.sum;
	g->leaves++;
	rc = make_histogram(g, small, err);
	if (rc)
		return rc;
	ml_hist_subtract(large->sum, small->sum, g->layout.bins);
	rc = find_split(g, l, err);
	return rc ? rc : find_split(g, r, err);
}

static int begin(struct ml_grower *g, struct ml_error *err)
{
	struct leaf *root = &g->leaf[0];

	g->leaves = 1;
	ml_paths_begin(&g->paths);
	g->forks = 0;
	*root = (struct leaf){ .to = g->n, .sum = g->pool };
	root->facts.lo = -(double)INFINITY;
	root->facts.hi = (double)INFINITY;
	int rc = make_histogram(g, root, err);
	/* Any feature's bins hold all rows. */
	for (size_t k = 0; !rc && k < g->layout.base[1]; k++) {
		root->facts.all.g += root->sum[k].g;
		root->facts.all.h += root->sum[k].h;
		root->facts.all.n += root->sum[k].n;
	}
	return rc ? rc : find_split(g, root, err);
}

/* ---- the tree ---- */

static int note_fork(const struct ml_grower *g, const struct fork *f, size_t child,
		     struct ml_trees *t, size_t node, struct ml_error *err)
{
	const struct ml_split *s = &f->split;
	const struct ml_cuts *c = &g->cuts[s->feature];
	unsigned flags = s->missing_left ? ML_MISSING_LEFT : 0;
	double at = DBL_MAX; /* missing cells against the rest */

	if (!c->levels && s->bin + 1 < c->bins)
		at = c->upper[s->bin];
	if (c->levels) {
		size_t number;

		if (ml_trees_add_set(t, (c->levels + 31) / 32, &number, err))
			return err->code;
		uint32_t *words = t->words + t->set[number];
		for (size_t b = 0; b < c->bins; b++)
			if (s->left[b / 64] >> b % 64 & 1)
				words[c->level[b] / 32] |= UINT32_C(1) << c->level[b] % 32;
		/* Levels without a bin went with the missing ones. */
		for (size_t k = 0; s->missing_left && k < c->levels; k++)
			if (c->bin[k] == c->bins)
				words[k / 32] |= UINT32_C(1) << k % 32;
		at = (double)number;
		flags |= ML_IN_SET;
	}
	t->node[node] =
		(struct ml_tnode){ at, (int32_t)s->feature, ml_tnode_link(child, flags) };
	t->gain[node] = fmin(ldexp(s->gain, 2 * g->unit), DBL_MAX);
	return ML_OK;
}

/* Numbers the nodes breadth first. */
static void number_nodes(struct ml_grower *g, size_t nodes)
{
	size_t next = 1;

	for (size_t k = 0; k < nodes; k++)
		g->fork_of[k] = SIZE_MAX;
	for (size_t k = 0; k < g->forks; k++)
		g->fork_of[g->fork[k].node] = k;
	g->order[0] = 0;
	for (size_t k = 0; k < nodes; k++) {
		size_t f = g->fork_of[g->order[k]];

		g->place[g->order[k]] = k;
		if (f == SIZE_MAX)
			continue;
		g->order[next++] = g->fork[f].child;
		g->order[next++] = g->fork[f].child + 1;
	}
}

/* The weight of the rows of a leaf. */
static double cover_of(const struct ml_grower *g, const struct leaf *l, const double *w)
{
	double sum = 0;

	if (!w)
		return (double)(l->to - l->from);
	for (size_t i = l->from; i < l->to; i++)
		sum += w[g->rows[i]];
	return sum;
}

static int make_tree(struct ml_grower *g, const double *w, struct ml_trees *t,
		     struct ml_error *err)
{
	size_t nodes = 2 * g->forks + 1;
	int rc = ml_trees_add(t, nodes, err);
	size_t root = t->nodes - nodes;

	g->root = root;
	if (!rc)
		number_nodes(g, nodes);
	for (size_t k = 0; !rc && k < g->forks; k++)
		rc = note_fork(g, &g->fork[k], g->place[g->fork[k].child], t,
			       root + g->place[g->fork[k].node], err);
	for (size_t k = 0; !rc && k < g->leaves; k++) {
		const struct leaf *l = &g->leaf[k];
		size_t node = root + g->place[l->node];

		t->cover[node] = cover_of(g, l, w);
		g->grown[k] = (struct ml_grown_leaf){ l->from, l->to, node,
						      ldexp(l->facts.lo, g->unit),
						      ldexp(l->facts.hi, g->unit) };
	}
	/* Children stand behind their parents. */
	for (size_t k = nodes; !rc && k-- > 0;) {
		size_t f = g->fork_of[g->order[k]];

		if (f == SIZE_MAX)
			continue;
		const double *child = t->cover + root + g->place[g->fork[f].child];
		t->cover[root + k] = child[0] + child[1];
	}
	return rc;
}

int ml_grower_grow(struct ml_grower *gr, const uint32_t *rows, size_t n, const double *g,
		   const double *h, const double *w, const bool *use, struct ml_trees *trees,
		   struct ml_error *err)
{
	memcpy(gr->rows, rows, n * sizeof *rows);
	gr->n = n;
	gr->use = use;
	int rc = pack(gr, g, h, err);
	if (!rc)
		rc = begin(gr, err);
	while (!rc && gr->leaves < gr->o.max_leaves) {
		size_t best = 0;

		for (size_t k = 1; k < gr->leaves; k++)
			if (gr->leaf[k].split.gain > gr->leaf[best].split.gain)
				best = k;
		if (!(gr->leaf[best].split.gain > 0))
			break;
		rc = split_leaf(gr, best, err);
	}
	return rc ? rc : make_tree(gr, w, trees, err);
}

const struct ml_grown_leaf *ml_grower_leaves(const struct ml_grower *g, size_t *n)
{
	*n = g->leaves;
	return g->grown;
}

const uint32_t *ml_grower_rows(const struct ml_grower *g)
{
	return g->rows;
}

size_t ml_grower_node(const struct ml_grower *g, size_t row)
{
	const uint8_t *v = g->b->v + row * g->b->stride;
	size_t node = 0, f;

	while ((f = g->fork_of[node]) != SIZE_MAX) {
		const struct ml_split *s = &g->fork[f].split;
		size_t b = v[s->feature];

		node = g->fork[f].child + !(s->left[b / 64] >> b % 64 & 1);
	}
	return g->root + g->place[node];
}
