/* densely.c - see densely.h.
 *
 * A walk over pairs of nodes joins the core rows: pairs of boxes too far apart are passed by,
 * so are boxes whose core rows are all of one cluster already, and the rows of a box whose
 * diagonal is within reach are joined unseen.  So dense regions cost next to nothing, however
 * many neighbours their rows have. */
#include "models/densely.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "models/joined.h"

enum { LANES = ML_KD_LANES, PIECE = 1024 };

struct joining {
	struct ml_kdtree t;
	double reach, enough;
	double *w;        /* by place, or NULL */
	bool *core;       /* by place */
	uint32_t *cores;  /* by node: core rows in it */
	uint32_t *stands; /* by node: a row all core rows in it are joined to, or UINT32_MAX */
	struct ml_joined sets; /* of rows */
	const struct ml_run *run;
	double *q; /* room for a point */
	size_t visits;
	bool late;
};

static int count_piece(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct joining *s = arg;
	size_t to = (block + 1) * PIECE < s->t.n ? (block + 1) * PIECE : s->t.n;
	double *q = ml_alloc(s->t.p, sizeof *q, err);

	(void)worker;
	if (!q)
		return err->code;
	for (size_t i = block * PIECE; i < to && !ml_run_over(s->run); i++) {
		ml_kdtree_point(&s->t, i, q);
		s->core[i] = ml_kdtree_weigh(&s->t, q, s->reach, s->w, s->enough) >= s->enough;
	}
	free(q);
	return ML_OK;
}

/* Least and greatest distance of points of two boxes; of one box its diagonal. */
static void boxes_apart(const struct joining *s, uint32_t a, uint32_t b, double *least,
			double *most)
{
	size_t p = s->t.p;
	const double *u = ml_kdtree_box(&s->t, a), *v = ml_kdtree_box(&s->t, b);

	*least = *most = 0;
	for (size_t j = 0; j < p; j++) {
		double below = v[j] - u[p + j], above = u[j] - v[p + j];
		double gap = below > above ? below : above;
		double wide =
			u[p + j] - v[j] > v[p + j] - u[j] ? u[p + j] - v[j] : v[p + j] - u[j];
		gap = gap > 0 ? gap : 0;
		if (s->t.norm == ML_KD_CHEBYSHEV) {
			*least = gap > *least ? gap : *least;
			*most = wide > *most ? wide : *most;
		} else {
			*least += s->t.norm == ML_KD_EUCLIDEAN ? gap * gap : gap;
			*most += s->t.norm == ML_KD_EUCLIDEAN ? wide * wide : wide;
		}
	}
}

/* Whether what a and b stand for is one set already. */
static bool same(struct joining *s, uint32_t a, uint32_t b)
{
	return s->stands[a] != UINT32_MAX && s->stands[b] != UINT32_MAX &&
	       ml_joined_find(&s->sets, s->stands[a]) == ml_joined_find(&s->sets, s->stands[b]);
}

static void join_leaves(struct joining *s, uint32_t a, uint32_t b)
{
	const struct ml_kdtree *t = &s->t;
	bool whole = s->stands[a] != UINT32_MAX && s->stands[b] != UINT32_MAX;

	for (size_t i = t->node[a].from; i < t->node[a].to; i++) {
		if (!s->core[i])
			continue;
		ml_kdtree_point(t, i, s->q);
		for (size_t place = t->node[b].from; place < t->node[b].to; place += LANES) {
			double d[LANES];
			unsigned mask =
				t->measure(ml_kdtree_block(t, place), s->q, t->p, s->reach, d);
			for (; mask; mask &= mask - 1) {
				size_t k = place + (size_t)__builtin_ctz(mask);
				if (k >= t->n || !s->core[k])
					continue;
				ml_joined_join(&s->sets, t->row[i], t->row[k]);
				if (whole)
					return;
			}
		}
	}
}

static void join_nodes(struct joining *s, uint32_t a, uint32_t b)
{
	const struct ml_kdnode *u = &s->t.node[a], *v = &s->t.node[b];
	double least, most;

	if (!s->cores[a] || !s->cores[b] || same(s, a, b))
		return;
	boxes_apart(s, a, b, &least, &most);
	if (least > s->reach)
		return;
	if (++s->visits % PIECE == 0)
		s->late |= ml_run_over(s->run);
	if (s->late)
		return;
	if (most <= s->reach && s->stands[a] != UINT32_MAX && s->stands[b] != UINT32_MAX) {
		ml_joined_join(&s->sets, s->stands[a], s->stands[b]);
	} else if (!u->right && !v->right) {
		join_leaves(s, a, b);
	} else if (!v->right || (u->right && u->to - u->from >= v->to - v->from)) {
		join_nodes(s, a + 1, b);
		join_nodes(s, u->right, b);
	} else {
		join_nodes(s, a, b + 1);
		join_nodes(s, a, v->right);
	}
}

/* Joins all core rows of the node, since they are within reach. */
static void join_all(struct joining *s, uint32_t node)
{
	const struct ml_kdnode *at = &s->t.node[node];

	for (size_t i = at->from; i < at->to; i++) {
		if (!s->core[i])
			continue;
		if (s->stands[node] == UINT32_MAX)
			s->stands[node] = s->t.row[i];
		ml_joined_join(&s->sets, s->stands[node], s->t.row[i]);
	}
}

/* Whether the core rows of a leaf have all been joined. */
static void settle_leaf(struct joining *s, uint32_t node)
{
	const struct ml_kdnode *at = &s->t.node[node];
	uint32_t stands = UINT32_MAX;

	for (size_t i = at->from; i < at->to; i++) {
		if (!s->core[i])
			continue;
		uint32_t own = ml_joined_find(&s->sets, s->t.row[i]);
		if (stands != UINT32_MAX && stands != own)
			return;
		stands = own;
	}
	s->stands[node] = stands;
}

/* Children come after their parents: from the last node to the first all is done below. */
static void join_within(struct joining *s, uint32_t node)
{
	const struct ml_kdnode *at = &s->t.node[node];
	uint32_t left = node + 1, right = at->right;
	double least, most;

	s->stands[node] = UINT32_MAX;
	boxes_apart(s, node, node, &least, &most);
	if (most <= s->reach) {
		join_all(s, node);
	} else if (!right) {
		join_leaves(s, node, node);
		settle_leaf(s, node);
	} else {
		join_nodes(s, left, right);
		/* The cores of both, where the other has none. */
		if (!s->cores[left] || !s->cores[right])
			s->stands[node] = s->stands[s->cores[left] ? left : right];
		else if (same(s, left, right))
			s->stands[node] = s->stands[left];
	}
}

static void join_cores(struct joining *s)
{
	const struct ml_kdtree *t = &s->t;

	for (uint32_t v = (uint32_t)t->nodes; v-- > 0;) {
		const struct ml_kdnode *at = &t->node[v];
		if (at->right)
			s->cores[v] = s->cores[v + 1] + s->cores[at->right];
		for (size_t i = at->from; !at->right && i < at->to; i++)
			s->cores[v] += s->core[i];
		if (s->cores[v])
			join_within(s, v);
	}
}

static int begin(struct joining *s, const struct ml_mat *x, const double *w,
		 enum ml_kd_norm norm, struct ml_error *err)
{
	if (ml_kdtree_init(&s->t, x, norm, err) ||
	    !(s->core = ml_alloc(x->rows, sizeof *s->core, err)) ||
	    !(s->cores = ml_alloc(s->t.nodes, sizeof *s->cores, err)) ||
	    !(s->stands = ml_alloc(s->t.nodes, sizeof *s->stands, err)) ||
	    ml_joined_init(&s->sets, x->rows, err) ||
	    !(s->q = ml_alloc(x->cols, sizeof *s->q, err)) ||
	    (w && !(s->w = ml_alloc(x->rows, sizeof *s->w, err))))
		return err->code;
	for (size_t i = 0; w && i < x->rows; i++)
		s->w[i] = w[s->t.row[i]];
	return ML_OK;
}

static void number(struct ml_densely *out, struct joining *s, bool *core)
{
	for (size_t i = 0; i < s->t.n; i++)
		core[s->t.row[i]] = s->core[i];
	/* At first: by the row that stands for the set, at that row. */
	for (uint32_t i = 0; i < s->t.n; i++)
		out->label[i] = UINT32_MAX;
	for (uint32_t i = 0; i < s->t.n; i++) {
		if (!core[i])
			continue;
		uint32_t stands = ml_joined_find(&s->sets, i);
		if (out->label[stands] == UINT32_MAX)
			out->label[stands] = (uint32_t)out->clusters++;
		out->label[i] = out->label[stands];
		out->cores++;
	}
}

int ml_densely_find(struct ml_densely *out, const struct ml_mat *x, const double *w,
		    enum ml_kd_norm norm, double reach, double enough, const struct ml_run *run,
		    struct ml_error *err)
{
	struct joining s = { .reach = reach, .enough = enough, .run = run };
	bool *core = ml_alloc(x->rows, sizeof *core, err);

	*out = (struct ml_densely){ .label = ml_alloc(x->rows, sizeof *out->label, err) };
	int rc = core && out->label ? begin(&s, x, w, norm, err) : err->code;
	if (!rc)
		rc = ml_parallel(run->threads, (x->rows + PIECE - 1) / PIECE, count_piece, &s,
				 err);
	if (!rc)
		join_cores(&s);
	if (!rc && (s.late || ml_run_over(run)))
		rc = ml_fail(err, ML_EDATA, "E-LIMIT",
			     "out of time before all rows were joined");
	if (!rc)
		number(out, &s, core);
	free(s.w);
	free(s.q);
	ml_joined_release(&s.sets);
	free(s.stands);
	free(s.cores);
	free(s.core);
	ml_kdtree_release(&s.t);
	free(core);
	return rc;
}

void ml_densely_release(struct ml_densely *s)
{
	free(s->label);
	*s = (struct ml_densely){ 0 };
}
