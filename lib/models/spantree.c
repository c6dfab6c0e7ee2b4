/* spantree.c - see spantree.h. */
#include "models/spantree.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "models/joined.h"

enum { LANES = ML_KD_LANES, DEPTH = 64, PIECE = 512 };

/* What is known of the nearest point outside a point's component. */
struct candidate {
	double d;     /* how far it is; at least so far, when row is UINT32_MAX */
	uint32_t row; /* was the nearest: still is, while it is of another component */
};

struct spanning {
	const struct ml_kdtree *t;
	double *core;          /* by place */
	uint32_t *component;   /* by place: a number below n, the row that stands for it */
	uint32_t *by_row;      /* the same by row */
	uint32_t *node_in;     /* by node: the component of all in it, or UINT32_MAX */
	double *node_core;     /* least core distance */
	uint32_t *node_row;    /* least row */
	struct candidate *at;  /* by place */
	_Atomic uint64_t *far; /* by component: bits of the least distance found; positive
				* doubles are in the order of their bits */
	struct ml_span *best;  /* by component */
	struct ml_joined sets;
};

static double as_double(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof v);
	return v;
}

static uint64_t as_bits(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	return bits;
}

static void lower(_Atomic uint64_t *to, double d)
{
	uint64_t bits = as_bits(d), now = atomic_load_explicit(to, memory_order_relaxed);

	while (bits < now &&
	       !atomic_compare_exchange_weak_explicit(to, &now, bits, memory_order_relaxed,
						      memory_order_relaxed))
		;
}

/* ---- the nearest of another component ---- */

struct asking {
	const struct spanning *s;
	const double *q;
	double core;
	uint32_t component;
	struct candidate best;
};

static double reach(const struct asking *a, uint32_t node, double *box_only)
{
	const struct ml_kdtree *t = a->s->t;
	const double *box = ml_kdtree_box(t, node);
	double d = t->reach(box, box + t->p, a->q, t->p), core = a->s->node_core[node];

	*box_only = d;
	d = d > a->core ? d : a->core;
	return d > core ? d : core;
}

static bool worth(const struct asking *a, uint32_t node, double d)
{
	return a->s->node_in[node] != a->component &&
	       (d < a->best.d || (d == a->best.d && a->s->node_row[node] < a->best.row));
}

static void see_leaf(struct asking *a, uint32_t node)
{
	const struct spanning *s = a->s;
	const struct ml_kdtree *t = s->t;

	for (size_t place = t->node[node].from; place < t->node[node].to; place += LANES) {
		double d[LANES];
		unsigned mask = t->measure(ml_kdtree_block(t, place), a->q, t->p, a->best.d, d);
		for (; mask; mask &= mask - 1) {
			size_t l = (size_t)__builtin_ctz(mask), i = place + l;
			if (i >= t->n || s->component[i] == a->component)
				continue;
			double v = d[l] > a->core ? d[l] : a->core;
			v = v > s->core[i] ? v : s->core[i];
			if (v < a->best.d || (v == a->best.d && t->row[i] < a->best.row))
				a->best = (struct candidate){ v, t->row[i] };
		}
	}
}

static void nearest(struct asking *a)
{
	struct {
		uint32_t node;
		double d;
	} later[DEPTH] = { { 0, 0 } };
	size_t waiting = 1;

	while (waiting) {
		uint32_t node = later[--waiting].node, right;
		double d = later[waiting].d;
		while (worth(a, node, d) && (right = a->s->t->node[node].right)) {
			double bl, br, dl = reach(a, node + 1, &bl), dr = reach(a, right, &br);
			bool go_left = bl < br || (bl == br && a->s->node_row[node + 1] <
								       a->s->node_row[right]);
			later[waiting].node = go_left ? right : node + 1;
			later[waiting++].d = go_left ? dr : dl;
			node = go_left ? node + 1 : right;
			d = go_left ? dl : dr;
		}
		if (worth(a, node, d))
			see_leaf(a, node);
	}
}

static int ask_piece(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct spanning *s = arg;
	const struct ml_kdtree *t = s->t;
	size_t to = (block + 1) * PIECE < t->n ? (block + 1) * PIECE : t->n;
	double *q = ml_alloc(t->p, sizeof *q, err);

	(void)worker;
	for (size_t i = block * PIECE; q && i < to; i++) {
		struct candidate *c = &s->at[i];
		uint32_t own = s->component[i];
		double most =
			as_double(atomic_load_explicit(&s->far[own], memory_order_relaxed));
		bool known = c->row != UINT32_MAX && s->by_row[c->row] != own;
		if (known || c->d > most)
			continue;
		/* No row is UINT32_MAX: what is just as far as `most` is taken, too. */
		struct asking a = { s, q, s->core[i], own, { most, UINT32_MAX } };
		ml_kdtree_point(t, i, q);
		nearest(&a);
		*c = a.best;
		if (c->row == UINT32_MAX)
			c->d = nextafter(most, INFINITY);
		else
			lower(&s->far[own], c->d);
	}
	free(q);
	return q ? ML_OK : err->code;
}

/* ---- rounds ---- */

static bool shorter(const struct ml_span *a, const struct ml_span *b)
{
	if (a->d != b->d)
		return a->d < b->d;
	return a->a != b->a ? a->a < b->a : a->b < b->b;
}

/* Components by place and node, from the sets. */
static void label(struct spanning *s)
{
	const struct ml_kdtree *t = s->t;

	for (size_t i = 0; i < t->n; i++) {
		uint32_t row = t->row[i];
		s->component[i] = s->by_row[row] = ml_joined_find(&s->sets, row);
	}
	for (size_t v = t->nodes; v-- > 0;) {
		const struct ml_kdnode *node = &t->node[v];
		uint32_t in = s->component[node->from];
		if (node->right)
			in = s->node_in[v + 1] == s->node_in[node->right] ? s->node_in[v + 1]
									  : UINT32_MAX;
		for (size_t i = node->from; !node->right && i < node->to; i++)
			in = s->component[i] == in ? in : UINT32_MAX;
		s->node_in[v] = in;
	}
}

static void offer(struct spanning *s, size_t place)
{
	const struct candidate *c = &s->at[place];
	uint32_t row = s->t->row[place], own = s->component[place];

	if (c->row == UINT32_MAX || s->by_row[c->row] == own)
		return;
	struct ml_span e = { c->d, row < c->row ? row : c->row, row < c->row ? c->row : row };
	if (shorter(&e, &s->best[own]))
		s->best[own] = e;
}

static size_t round_of(struct spanning *s, const struct ml_run *run, struct ml_span *spans,
		       size_t found, int *rc, struct ml_error *err)
{
	const struct ml_kdtree *t = s->t;

	for (size_t i = 0; i < t->n; i++) {
		atomic_init(&s->far[i], as_bits(INFINITY));
		s->best[i] = (struct ml_span){ INFINITY, UINT32_MAX, UINT32_MAX };
	}
	for (size_t i = 0; i < t->n; i++)
		if (s->at[i].row != UINT32_MAX && s->by_row[s->at[i].row] != s->component[i])
			lower(&s->far[s->component[i]], s->at[i].d);
	*rc = ml_parallel(run->threads, (t->n + PIECE - 1) / PIECE, ask_piece, s, err);
	for (size_t i = 0; !*rc && i < t->n; i++)
		offer(s, i);
	for (size_t i = 0; !*rc && i < t->n; i++) {
		const struct ml_span *e = &s->best[i];
		if (e->a == UINT32_MAX ||
		    ml_joined_find(&s->sets, e->a) == ml_joined_find(&s->sets, e->b))
			continue;
		ml_joined_join(&s->sets, e->a, e->b);
		spans[found++] = *e;
	}
	return found;
}

static int begin(struct spanning *s, const double *core, struct ml_error *err)
{
	const struct ml_kdtree *t = s->t;

	if (!(s->core = ml_alloc(t->n, sizeof *s->core, err)) ||
	    !(s->component = ml_alloc(t->n, sizeof *s->component, err)) ||
	    !(s->by_row = ml_alloc(t->n, sizeof *s->by_row, err)) ||
	    !(s->node_in = ml_alloc(t->nodes, sizeof *s->node_in, err)) ||
	    !(s->node_core = ml_alloc(t->nodes, sizeof *s->node_core, err)) ||
	    !(s->node_row = ml_alloc(t->nodes, sizeof *s->node_row, err)) ||
	    !(s->at = ml_alloc(t->n, sizeof *s->at, err)) ||
	    !(s->far = ml_alloc(t->n, sizeof *s->far, err)) ||
	    !(s->best = ml_alloc(t->n, sizeof *s->best, err)) ||
	    ml_joined_init(&s->sets, t->n, err))
		return err->code;
	for (size_t i = 0; i < t->n; i++) {
		s->core[i] = core ? core[t->row[i]] : 0;
		s->at[i] = (struct candidate){ 0, UINT32_MAX };
	}
	for (size_t v = 0; v < t->nodes; v++) {
		s->node_core[v] = INFINITY;
		s->node_row[v] = UINT32_MAX;
		for (size_t i = t->node[v].from; i < t->node[v].to; i++) {
			s->node_core[v] = fmin(s->node_core[v], s->core[i]);
			s->node_row[v] =
				t->row[i] < s->node_row[v] ? t->row[i] : s->node_row[v];
		}
	}
	return ML_OK;
}

int ml_spantree(const struct ml_kdtree *t, const double *core, const struct ml_run *run,
		struct ml_span *spans, size_t *found, struct ml_error *err)
{
	struct spanning s = { .t = t };
	int rc = begin(&s, core, err);

	*found = 0;
	while (!rc && *found + 1 < t->n && !ml_run_over(run)) {
		label(&s);
		*found = round_of(&s, run, spans, *found, &rc, err);
	}
	ml_joined_release(&s.sets);
	free(s.best);
	free(s.far);
	free(s.at);
	free(s.node_row);
	free(s.node_core);
	free(s.node_in);
	free(s.by_row);
	free(s.component);
	free(s.core);
	return rc;
}
