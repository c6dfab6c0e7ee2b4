/* flock.c - see flock.h. */
#include "models/flock.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"

enum { LANES = ML_KD_LANES, DEPTH = 64 };
/* Rows a thread asks for at a time. */
enum { PIECE = 1024 };

/* Rounding may make n_a n_b / (n_a + n_b) of a least size a few units larger than that of a
 * greater one. */
static const double slack = 1 - 0x1p-48;

static double share(const struct ml_flock *f, double a, double b)
{
	if (!f->ward)
		return 1;
	/* Either may be infinite, in an empty node. */
	return isinf(b) ? a : a * b / (a + b);
}

/* ---- nodes ---- */

static bool put(double *to, double v)
{
	bool changed = *to != v;

	*to = v;
	return changed;
}

/* Box and least size of a leaf, from what is in it. */
static bool look_at_leaf(struct ml_flock *f, uint32_t node)
{
	struct ml_kdtree *t = &f->tree;
	double *lo = t->box + node * 2 * t->p, *hi = lo + t->p, least = INFINITY;
	bool changed = false;

	for (size_t j = 0; j < t->p; j++) {
		double min = INFINITY, max = -INFINITY;
		for (size_t i = t->node[node].from; i < t->node[node].to; i++) {
			double v = ml_kdtree_block(t, i)[j * LANES + i % LANES];
			if (t->row[i] == UINT32_MAX)
				continue;
			min = v < min ? v : min;
			max = v > max ? v : max;
		}
		changed |= put(&lo[j], min);
		changed |= put(&hi[j], max);
	}
	for (size_t i = t->node[node].from; i < t->node[node].to; i++)
		if (t->row[i] != UINT32_MAX)
			least = fmin(least, f->size[t->row[i]]);
	changed |= put(&f->least[node], least);
	return changed;
}

/* The same of an inner node, from its children. */
static bool look_at_node(struct ml_flock *f, uint32_t node)
{
	struct ml_kdtree *t = &f->tree;
	uint32_t left = node + 1, right = t->node[node].right;
	const double *a = ml_kdtree_box(t, left), *b = ml_kdtree_box(t, right);
	double *to = t->box + node * 2 * t->p;
	bool changed = false;

	for (size_t j = 0; j < t->p; j++)
		changed |= put(&to[j], a[j] < b[j] ? a[j] : b[j]);
	for (size_t j = t->p; j < 2 * t->p; j++)
		changed |= put(&to[j], a[j] > b[j] ? a[j] : b[j]);
	changed |= put(&f->least[node], fmin(f->least[left], f->least[right]));
	return changed;
}

static void look_again(struct ml_flock *f, size_t place)
{
	uint32_t node = f->leaf[place / LANES];
	bool changed = look_at_leaf(f, node);

	while (changed && node) {
		node = f->tree.node[node].parent;
		changed = look_at_node(f, node);
	}
}

static void fill(struct ml_flock *f, size_t place, const double *centre, uint32_t who)
{
	struct ml_kdtree *t = &f->tree;
	double *to = t->x + place / LANES * t->p * LANES + place % LANES;

	for (size_t j = 0; j < t->p; j++)
		to[j * LANES] = centre ? centre[j] : INFINITY;
	t->row[place] = who;
	if (who != UINT32_MAX)
		f->place[who] = (uint32_t)place;
}

/* ---- the tree ---- */

/* Of fresh places, whose clusters are there; nodes behind their parents. */
static int adopt(struct ml_flock *f, struct ml_error *err)
{
	struct ml_kdtree *t = &f->tree;
	size_t blocks = (t->n + LANES - 1) / LANES;

	free(f->least);
	free(f->leaf);
	f->leaf = NULL;
	if (!(f->least = ml_alloc(t->nodes, sizeof *f->least, err)) ||
	    !(f->leaf = ml_alloc(blocks, sizeof *f->leaf, err)))
		return err->code;
	for (size_t i = 0; i < t->n; i++)
		f->place[t->row[i]] = (uint32_t)i;
	for (uint32_t v = (uint32_t)t->nodes; v-- > 0;) {
		if (t->node[v].right) {
			look_at_node(f, v);
			continue;
		}
		look_at_leaf(f, v);
		for (size_t i = t->node[v].from; i < t->node[v].to; i += LANES)
			f->leaf[i / LANES] = v;
	}
	return ML_OK;
}

static int rebuild(struct ml_flock *f, struct ml_error *err)
{
	struct ml_kdtree *old = &f->tree, fresh = { 0 };
	size_t p = old->p, m = 0;
	double *x = ml_alloc(f->alive * p, sizeof *x, err);
	uint32_t *who = ml_alloc(f->alive, sizeof *who, err);
	int rc = x && who ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < old->n; i++)
		if (old->row[i] != UINT32_MAX) {
			ml_kdtree_point(old, i, x + m * p);
			who[m++] = old->row[i];
		}
	if (!rc)
		rc = ml_kdtree_init(&fresh, &(struct ml_mat){ x, m, p, p }, old->norm, err);
	if (!rc) {
		for (size_t i = 0; i < m; i++)
			fresh.row[i] = who[fresh.row[i]];
		ml_kdtree_release(old);
		*old = fresh;
		rc = adopt(f, err);
	} else {
		ml_kdtree_release(&fresh);
	}
	free(who);
	free(x);
	return rc;
}

int ml_flock_init(struct ml_flock *f, const struct ml_mat *x, const double *w, bool ward,
		  struct ml_error *err)
{
	size_t most = 2 * x->rows - 1;

	*f = (struct ml_flock){ .ward = ward, .alive = x->rows };
	if (x->rows > INT32_MAX / 2)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", x->rows);
	if (!(f->place = ml_alloc(most, sizeof *f->place, err)) ||
	    !(f->size = ml_alloc(most, sizeof *f->size, err)))
		return err->code;
	for (size_t i = 0; i < most; i++)
		f->place[i] = UINT32_MAX;
	for (size_t i = 0; i < x->rows; i++)
		f->size[i] = w ? w[i] : 1;
	int rc = ml_kdtree_init(&f->tree, x, ML_KD_EUCLIDEAN, err);
	return rc ? rc : adopt(f, err);
}

void ml_flock_release(struct ml_flock *f)
{
	ml_kdtree_release(&f->tree);
	free(f->place);
	free(f->size);
	free(f->least);
	free(f->leaf);
	*f = (struct ml_flock){ 0 };
}

/* ---- nearest ---- */

struct asking {
	const struct ml_flock *f;
	uint32_t who;
	double size;
	const double *q;
};

/* What no cluster in the node has less of. */
static double reach(const struct asking *a, uint32_t node)
{
	const struct ml_kdtree *t = &a->f->tree;
	const double *box = ml_kdtree_box(t, node);
	double d = t->reach(box, box + t->p, a->q, t->p);

	return a->f->ward ? share(a->f, a->size, a->f->least[node]) * d * slack : d;
}

static void see_leaf(const struct asking *a, uint32_t node, struct ml_flockmate *best)
{
	const struct ml_flock *f = a->f;
	const struct ml_kdtree *t = &f->tree;
	const struct ml_kdnode *leaf = &t->node[node];
	double least = share(f, a->size, f->least[node]) * slack;

	for (size_t place = leaf->from; place < leaf->to; place += LANES) {
		double d[LANES];
		unsigned mask =
			t->measure(ml_kdtree_block(t, place), a->q, t->p, best->d / least, d);
		for (; mask; mask &= mask - 1) {
			unsigned l = (unsigned)__builtin_ctz(mask);
			uint32_t who = t->row[place + l];
			if (who == UINT32_MAX || who == a->who)
				continue;
			double v = share(f, a->size, f->size[who]) * d[l];
			if (v < best->d || (v == best->d && who < best->who))
				*best = (struct ml_flockmate){ v, who };
		}
	}
}

struct pending {
	uint32_t node;
	double d;
};

struct ml_flockmate ml_flock_nearest(const struct ml_flock *f, uint32_t who, double bound,
				     double *room)
{
	const struct ml_kdtree *t = &f->tree;
	struct asking a = { f, who, f->size[who], room };
	/* No cluster is numbered 0 or less: at the bound itself none is taken. */
	struct ml_flockmate best = { bound, 0 };
	struct pending later[DEPTH] = { { 0, 0 } };
	size_t waiting = 1;

	ml_kdtree_point(t, f->place[who], room);
	while (waiting) {
		struct pending now = later[--waiting];
		uint32_t right;
		while (now.d <= best.d && (right = t->node[now.node].right)) {
			struct pending l = { now.node + 1, reach(&a, now.node + 1) };
			struct pending r = { right, reach(&a, right) };
			now = l.d <= r.d ? l : r;
			later[waiting++] = l.d <= r.d ? r : l;
		}
		if (now.d <= best.d)
			see_leaf(&a, now.node, &best);
	}
	if (!(best.d < bound))
		best = (struct ml_flockmate){ INFINITY, UINT32_MAX };
	return best;
}

struct asking_all {
	const struct ml_flock *f;
	struct ml_flockmate *mate;
	double *room; /* p numbers for each thread */
};

static int ask_piece(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct asking_all *a = arg;
	const struct ml_kdtree *t = &a->f->tree;
	size_t to = (block + 1) * PIECE < t->n ? (block + 1) * PIECE : t->n;

	(void)err;
	/* In the order of places: neighbours look at the same leaves. */
	for (size_t i = block * PIECE; i < to; i++)
		a->mate[t->row[i]] = ml_flock_nearest(a->f, t->row[i], INFINITY,
						      a->room + (size_t)worker * t->p);
	return ML_OK;
}

int ml_flock_all_nearest(const struct ml_flock *f, int threads, struct ml_flockmate *mate,
			 struct ml_error *err)
{
	struct asking_all a = { f, mate,
				ml_alloc((size_t)threads * f->tree.p, sizeof *a.room, err) };
	int rc = a.room ? ml_parallel(threads, (f->tree.n + PIECE - 1) / PIECE, ask_piece, &a,
				      err)
			: err->code;

	free(a.room);
	return rc;
}

int ml_flock_merge(struct ml_flock *f, uint32_t a, uint32_t b, uint32_t born, bool midway,
		   double *room, struct ml_error *err)
{
	struct ml_kdtree *t = &f->tree;
	size_t keeps = f->place[a], leaves = f->place[b];
	double na = midway ? 1 : f->size[a], nb = midway ? 1 : f->size[b];
	const double *u = ml_kdtree_block(t, keeps), *v = ml_kdtree_block(t, leaves);

	for (size_t j = 0; j < t->p; j++)
		room[j] = (na * u[j * LANES + keeps % LANES] +
			   nb * v[j * LANES + leaves % LANES]) /
			  (na + nb);
	f->size[born] = f->size[a] + f->size[b];
	f->place[a] = f->place[b] = UINT32_MAX;
	fill(f, leaves, NULL, UINT32_MAX);
	fill(f, keeps, room, born);
	look_again(f, leaves);
	look_again(f, keeps);
	f->alive--;
	return f->alive > LANES && f->alive < t->n / 2 ? rebuild(f, err) : ML_OK;
}
