/* mcd.c - see mcd.h. */
#include "models/mcd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "la/slices.h"

/* As in the paper: 500 draws, two C-steps of each, the ten best are kept; subsets of some 300
 * rows, at most five of them, from 600 rows on. */
enum { DRAWS = 500, FIRST_STEPS = 2, KEPT = 10, SUBSET = 300, SUBSETS = 5, MANY = 600 };
/* Draws that are made at once; steps at most. */
enum { AT_ONCE = 32, MAX_STEPS = 100 };
/* Rows, and how much of them a fit is to cover. */
struct sample {
	struct ml_mat x;
	const double *w; /* or NULL */
	double h;
};

/* What one thread works in. */
struct desk {
	struct ml_ranked *rank; /* as many as rows */
	double *w;              /* likewise: weights of rows by their place in rank */
	double *room;           /* ML_SCATTER_ROOM(p) */
};

struct fitting {
	const struct ml_run *run;
	const struct sample *all;
	const struct sample *s;        /* where draws are made, or kept fits improved */
	struct ml_scatter *slot;       /* AT_ONCE: what came of draws */
	const struct ml_scatter *from; /* fits that are improved, or NULL: draw */
	struct desk *desk;             /* one a thread */
	size_t first;                  /* number of the first draw */
	size_t steps;
	const char *purpose;
	size_t starts, taken;
};

/* ---- steps ---- */

struct measuring {
	const struct ml_scatter *m;
	const struct sample *s;
	struct desk *desk; /* one a thread; the first one's rank is written */
	struct ml_slices slices;
};

static int measure_slice(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct measuring *w = arg;
	const struct ml_mat *x = &w->s->x;

	(void)err;
	for (size_t i = ml_slice_from(&w->slices, block); i < ml_slice_to(&w->slices, block);
	     i++)
		w->desk[0].rank[i] =
			(struct ml_ranked){ ml_scatter_distance(w->m->mean, w->m->factor,
								x->cols, x->v + i * x->ld,
								w->desk[worker].room),
					    (uint32_t)i };
	return ML_OK;
}

/* One C-step; false: what it found is singular. */
static bool step(struct ml_scatter *m, const struct sample *s, struct desk *desk, int threads)
{
	struct measuring w = { m, s, desk, ml_slices_of(s->x.rows) };
	struct ml_error none;
	size_t n = 0;

	/* Measuring cannot fail. */
	int rc = ml_parallel(threads, w.slices.count, measure_slice, &w, &none);
	if (rc)
		return false;
	double last = ml_nearest_share(desk->rank, s->x.rows, s->w, s->h, &n);
	for (size_t i = 0; i < n; i++)
		desk->w[i] = s->w ? s->w[desk->rank[i].row] : 1;
	desk->w[n - 1] = last;
	return ml_scatter_moments(m, &s->x, desk->rank, desk->w, n, 0, desk->room);
}

/* p + 1 rows at random, and more until they span the space. */
static bool draw(struct ml_scatter *m, const struct sample *s, struct ml_rng *r,
		 struct desk *desk)
{
	size_t n = s->x.rows, p = s->x.cols, have = 0;
	bool whole = false;

	for (size_t i = 0; i < n; i++)
		desk->rank[i] = (struct ml_ranked){ 0, (uint32_t)i };
	while (!whole && have < n) {
		size_t upto = have ? have + 1 + have / 8 : p + 1;
		for (; have < upto && have < n; have++) {
			size_t k = have + ml_rng_below(r, n - have);
			struct ml_ranked t = desk->rank[k];
			desk->rank[k] = desk->rank[have];
			desk->rank[have] = t;
			desk->w[have] = s->w ? s->w[t.row] : 1;
		}
		whole = ml_scatter_moments(m, &s->x, desk->rank, desk->w, have, 0, desk->room);
	}
	return whole;
}

static int try_one(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct fitting *f = arg;
	struct ml_scatter *m = &f->slot[block];
	struct desk *desk = &f->desk[worker];
	bool whole = true;

	(void)err;
	if (f->from) {
		ml_scatter_copy(m, &f->from[f->first + block], f->s->x.cols);
	} else {
		struct ml_rng r;
		ml_rng_init(&r, f->run->seed, f->purpose, f->first + block);
		whole = draw(m, f->s, &r, desk);
	}
	for (size_t k = 0; whole && k < f->steps; k++)
		whole = step(m, f->s, desk, 1);
	if (!whole)
		m->logdet = INFINITY;
	return ML_OK;
}

/* Puts a fit among the best, in order; equal ones as they came. */
static void keep(struct ml_scatter *best, size_t *n, const struct ml_scatter *m, size_t p)
{
	size_t at = *n;

	if (isinf(m->logdet) || (*n == KEPT && m->logdet >= best[KEPT - 1].logdet))
		return;
	if (*n < KEPT)
		++*n;
	else
		at--;
	struct ml_scatter spare = best[at];
	ml_scatter_copy(&spare, m, p);
	for (; at && best[at - 1].logdet > m->logdet; at--)
		best[at] = best[at - 1];
	best[at] = spare;
}

/* The best of f->starts draws, or improved fits; the first ones whatever the clock says. */
static int try_all(struct fitting *f, struct ml_scatter *best, size_t *n, struct ml_error *err)
{
	int rc = ML_OK;

	for (f->first = 0; !rc && f->first < f->starts; f->first += AT_ONCE) {
		size_t some = f->starts - f->first < AT_ONCE ? f->starts - f->first : AT_ONCE;
		if (*n && ml_run_over(f->run))
			break;
		rc = ml_parallel(f->run->threads, some, try_one, f, err);
		for (size_t k = 0; !rc && k < some; k++)
			keep(best, n, &f->slot[k], f->s->x.cols);
	}
	return rc;
}

/* ---- subsets ---- */

/* Rows order[from..to) of all, copied. */
static int take(struct sample *s, const struct sample *all, const size_t *order, size_t n,
		double **x, double **w, struct ml_error *err)
{
	size_t p = all->x.cols;
	double total = 0, part = 0;

	if (!(*x = ml_alloc(n * p, sizeof **x, err)) || !(*w = ml_alloc(n, sizeof **w, err)))
		return err->code;
	for (size_t i = 0; i < n; i++) {
		memcpy(*x + i * p, all->x.v + order[i] * all->x.ld, p * sizeof **x);
		part += (*w)[i] = all->w ? all->w[order[i]] : 1;
	}
	for (size_t i = 0; i < all->x.rows; i++)
		total += all->w ? all->w[i] : 1;
	s->x = (struct ml_mat){ *x, n, p, p };
	s->w = *w;
	s->h = all->h * (part / total);
	return ML_OK;
}

static int try_subsets(struct fitting *f, struct ml_scatter *kept, size_t *n_kept,
		       struct ml_scatter *best, struct ml_error *err)
{
	static const char *const purposes[SUBSETS] = { "mcd-1", "mcd-2", "mcd-3", "mcd-4",
						       "mcd-5" };
	size_t n = f->all->x.rows, p = f->all->x.cols, at = 0;
	size_t parts = n / SUBSET < SUBSETS ? n / SUBSET : SUBSETS;
	size_t used = n / SUBSET < SUBSETS ? n : (size_t)SUBSET * SUBSETS;
	size_t *order = ml_alloc(n, sizeof *order, err);
	double *x = NULL, *w = NULL;
	struct sample part = { 0 };
	struct ml_rng r;
	int rc = order ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < n; i++)
		order[i] = i;
	ml_rng_init(&r, f->run->seed, "mcd-subsets", 0);
	if (!rc)
		ml_rng_shuffle(&r, order, n);
	for (size_t k = 0; !rc && k < parts; k++) {
		size_t found = 0, upto = (k + 1) * used / parts;
		rc = take(&part, f->all, order + at, upto - at, &x, &w, err);
		f->s = &part;
		f->purpose = purposes[k];
		f->starts = DRAWS / parts;
		if (!rc)
			rc = try_all(f, best, &found, err);
		for (size_t i = 0; !rc && i < found; i++)
			ml_scatter_copy(&kept[(*n_kept)++], &best[i], p);
		at = upto;
		free(x);
		free(w);
		x = w = NULL;
	}
	/* The ten best of each are improved on all subsets together. */
	if (!rc)
		rc = take(&part, f->all, order, used, &x, &w, err);
	f->s = &part;
	f->from = kept;
	f->starts = *n_kept;
	size_t found = 0;
	if (!rc)
		rc = try_all(f, best, &found, err);
	*n_kept = rc ? 0 : found;
	f->s = NULL;
	free(x);
	free(w);
	free(order);
	return rc;
}

/* ---- all rows ---- */

/* C-steps of a fit until its determinant falls no more. */
static bool converge(struct fitting *f, struct ml_scatter *m, struct ml_scatter *next,
		     size_t most)
{
	size_t p = f->all->x.cols;

	for (size_t k = 0; k < most && !(k && ml_run_over(f->run)); k++) {
		ml_scatter_copy(next, m, p);
		if (!step(next, f->all, f->desk, f->run->threads))
			return false;
		bool falls = next->logdet < m->logdet - 1e-12 * fabs(m->logdet);
		/* The draw's own determinant is of other rows: the first step is taken. */
		if (k == 0 || falls)
			ml_scatter_copy(m, next, p);
		f->taken++;
		if (k && !falls)
			break;
	}
	return true;
}

/* The best ones, improved on all rows: two steps each, then the best until nothing changes. */
static bool finish(struct fitting *f, struct ml_scatter *best, size_t n, struct ml_scatter *out)
{
	bool few = f->all->x.rows <= MANY;
	size_t pick = SIZE_MAX;

	for (size_t k = 0; k < n; k++)
		if (converge(f, &best[k], &f->slot[0], few ? MAX_STEPS : FIRST_STEPS) &&
		    (pick == SIZE_MAX || best[k].logdet < best[pick].logdet))
			pick = k;
	if (pick == SIZE_MAX)
		return false;
	if (!few && !converge(f, &best[pick], &f->slot[0], MAX_STEPS))
		return false;
	ml_scatter_copy(out, &best[pick], f->all->x.cols);
	return true;
}

static int init_many(struct ml_scatter **m, size_t n, size_t p, struct ml_error *err)
{
	int rc = (*m = ml_alloc(n, sizeof **m, err)) ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < n; k++)
		rc = ml_scatter_init(&(*m)[k], p, err);
	return rc;
}

static void free_many(struct ml_scatter *m, size_t n)
{
	for (size_t k = 0; m && k < n; k++)
		ml_scatter_release(&m[k]);
	free(m);
}

static int make_desks(struct fitting *f, size_t n, size_t p, struct ml_error *err)
{
	if (!(f->desk = ml_alloc((size_t)f->run->threads, sizeof *f->desk, err)))
		return err->code;
	for (int t = 0; t < f->run->threads; t++) {
		struct desk *d = &f->desk[t];
		/* Only the first one works on all rows. */
		size_t rows = t && n > MANY ? (size_t)SUBSET * SUBSETS : n;
		if (!(d->rank = ml_alloc(rows, sizeof *d->rank, err)) ||
		    !(d->w = ml_alloc(rows, sizeof *d->w, err)) ||
		    !(d->room = ml_alloc(ML_SCATTER_ROOM(p), sizeof *d->room, err)))
			return err->code;
	}
	return ML_OK;
}

int ml_mcd_fit(struct ml_scatter *m, const struct ml_mat *x, const double *w, double h,
	       const struct ml_run *run, size_t *steps, bool *singular, struct ml_error *err)
{
	struct sample all = { *x, w, h };
	struct fitting f = { .run = run, .all = &all, .steps = FIRST_STEPS };
	struct ml_scatter *best = NULL, *kept = NULL;
	size_t n = 0, p = x->cols;
	int rc = make_desks(&f, x->rows, p, err);

	if (!rc)
		rc = init_many(&f.slot, AT_ONCE, p, err);
	if (!rc)
		rc = init_many(&best, KEPT, p, err);
	if (!rc && x->rows > MANY) {
		rc = init_many(&kept, (size_t)KEPT * SUBSETS, p, err);
		if (!rc)
			rc = try_subsets(&f, kept, &n, best, err);
	} else if (!rc) {
		f.s = &all;
		f.purpose = "mcd";
		f.starts = DRAWS;
		rc = try_all(&f, best, &n, err);
	}
	if (!rc)
		rc = m->mean ? ML_OK : ml_scatter_init(m, p, err);
	*singular = !rc && !finish(&f, best, n, m);
	*steps = f.taken;
	free_many(kept, (size_t)KEPT * SUBSETS);
	free_many(best, KEPT);
	free_many(f.slot, AT_ONCE);
	for (int t = 0; f.desk && t < run->threads; t++) {
		free(f.desk[t].rank);
		free(f.desk[t].w);
		free(f.desk[t].room);
	}
	free(f.desk);
	return rc;
}
