/* pam.c - exchanges of medoids.
 *
 * With d_1 and d_2 the distances of a row from its nearest and second nearest medoid,
 * exchanging medoid i for row c changes the loss by
 *
 *     sum over all rows of w min(d(c) - d_1, 0)
 *     + sum over the rows of i of w (d_2 - d_1, but d(c) - d_1 or 0 where d(c) is less),
 *
 * which one pass over the rows tells for all i at once.  The paper exchanges at the first row
 * that gains; here BATCH rows are looked at, by all threads, and the one that gains most is
 * taken, so that threads do not change the outcome.  Ends when a whole pass gains nothing.
 * Cost: n^2 p a pass, no distance is kept. */
#include "models/pam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/slices.h"

enum { BATCH = 32 };
/* Gains that are rounding would go round in circles. */
static const double least_gain = 1e-12;

struct work {
	struct ml_pam *m;
	const struct ml_cloud *c;
	const struct ml_run *run;
	struct ml_slices slices;
	int32_t *own;           /* n: nearest medoid */
	double *first, *second; /* n: distances from the nearest two */
	double *leave;          /* k: what leaving each out costs */
	double *room;           /* a worker: a row, k squares */
	double *part;           /* a slice: loss, k sizes, k of leave */
	double *change;         /* BATCH x k */
	size_t from;            /* the batch */
	double gain[BATCH];     /* of each row of it, at best; by exchanging: */
	size_t goes[BATCH];
};

/* ---- rows and their medoids ---- */

static int assign(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct work *w = arg;
	const struct ml_centres *c = w->m->medoids;
	size_t k = c->n;
	double *row = w->room + (size_t)worker * (c->p + k), *sq = row + c->p;
	/* A single medoid has no second: farther away than any row is. */
	double far = 4 * sqrt((double)c->p) / w->c->unit;
	double *part = w->part + block * (2 * k + 1);

	(void)err;
	memset(part, 0, (2 * k + 1) * sizeof *part);
	for (size_t i = ml_slice_from(&w->slices, block); i < ml_slice_to(&w->slices, block);
	     i++) {
		double wi = ml_cloud_weight(w->c, i), next = INFINITY;

		ml_cloud_row(w->c, i, row);
		ml_centres_squares(c, row, sq);
		size_t own = ml_centres_nearest(c, sq);
		for (size_t o = 0; o < k; o++)
			if (o != own && sq[o] < next)
				next = sq[o];
		w->own[i] = (int32_t)own;
		w->first[i] = sqrt(sq[own]);
		w->second[i] = isinf(next) ? far : sqrt(next);
		part[0] += wi * w->first[i];
		part[1 + own] += wi;
		part[1 + k + own] += wi * (w->second[i] - w->first[i]);
	}
	return ML_OK;
}

static int assign_all(struct work *w, struct ml_error *err)
{
	size_t k = w->m->medoids->n;

	ml_centres_turn(w->m->medoids);
	int rc = ml_parallel(w->run->threads, w->slices.count, assign, w, err);
	for (size_t b = 1; !rc && b < w->slices.count; b++)
		for (size_t t = 0; t < 2 * k + 1; t++)
			w->part[t] += w->part[b * (2 * k + 1) + t];
	w->m->loss = w->part[0];
	memcpy(w->m->size, w->part + 1, k * sizeof *w->m->size);
	memcpy(w->leave, w->part + 1 + k, k * sizeof *w->leave);
	return rc;
}

/* ---- a row as a medoid ---- */

/* Rows from..from+m, of distance d from the candidate: what of the exchange with medoid i is
 * beside what leaving i out costs, and what all exchanges have in common. */
static double look(const struct work *w, size_t from, size_t m, const double *d, double *change)
{
	double common = 0;

	for (size_t t = 0; t < m; t++) {
		size_t i = from + t;

		if (!(d[t] < w->second[i]))
			continue;
		double wi = ml_cloud_weight(w->c, i);
		if (d[t] < w->first[i]) {
			common += wi * (d[t] - w->first[i]);
			change[w->own[i]] += wi * (w->first[i] - w->second[i]);
		} else {
			change[w->own[i]] += wi * (d[t] - w->second[i]);
		}
	}
	return common;
}

static int try_row(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct work *w = arg;
	size_t k = w->m->medoids->n, n = w->c->n, best = 0, m;
	double *change = w->change + block * k,
	       *row = w->room + (size_t)worker * (w->c->cols + k);
	double d[ML_CLOUD_ROWS], common = 0;

	(void)err;
	memcpy(change, w->leave, k * sizeof *change);
	ml_cloud_row(w->c, w->from + block, row);
	for (size_t from = 0; from < n; from += m) {
		m = n - from < ML_CLOUD_ROWS ? n - from : ML_CLOUD_ROWS;
		ml_cloud_squares(w->c, from, m, row, d);
		for (size_t t = 0; t < m; t++)
			d[t] = sqrt(d[t]);
		common += look(w, from, m, d, change);
	}
	for (size_t i = 1; i < k; i++)
		if (change[i] < change[best])
			best = i;
	w->gain[block] = -(change[best] + common);
	w->goes[block] = best;
	return ML_OK;
}

/* A pass over all rows; *exchanged: how many became medoids. */
static int pass(struct work *w, size_t *exchanged, struct ml_error *err)
{
	struct ml_centres *c = w->m->medoids;
	int rc = ML_OK;

	*exchanged = 0;
	for (w->from = 0; !rc && w->from < w->c->n && !ml_run_over(w->run); w->from += BATCH) {
		size_t m = w->c->n - w->from < BATCH ? w->c->n - w->from : BATCH, best = 0;

		rc = ml_parallel(w->run->threads, m, try_row, w, err);
		for (size_t t = 1; t < m; t++)
			if (w->gain[t] > w->gain[best])
				best = t;
		if (rc || !(w->gain[best] > least_gain * w->m->loss))
			continue;
		ml_cloud_row(w->c, w->from + best, c->v + w->goes[best] * c->p);
		++*exchanged;
		rc = assign_all(w, err);
	}
	return rc;
}

static void tell(const struct work *w)
{
	if (w->run->progress)
		w->run->progress(w->run->user, &(struct ml_progress){ .step = w->m->iters,
								      .steps = w->m->max_iter,
								      .train_loss = w->m->loss,
								      .valid_loss = NAN,
								      .valid_metric = NAN,
								      .rate = NAN });
}

static int iterate(struct work *w, struct ml_error *err)
{
	struct ml_pam *m = w->m;
	size_t exchanged;
	/* A single medoid is exchanged for the best row like any other. */
	int rc = assign_all(w, err);

	m->iters = 0;
	m->converged = false;
	while (!rc && !m->converged && m->iters < m->max_iter && !ml_run_over(w->run)) {
		rc = pass(w, &exchanged, err);
		m->iters++;
		m->converged = !exchanged && !ml_run_over(w->run);
		if (!rc)
			tell(w);
	}
	return rc;
}

int ml_pam_run(struct ml_pam *m, const struct ml_cloud *c, const struct ml_run *run,
	       struct ml_error *err)
{
	size_t k = m->medoids->n;
	struct work w = { .m = m, .c = c, .run = run, .slices = ml_slices_of(c->n) };
	bool ok =
		(w.own = ml_alloc(c->n, sizeof *w.own, err)) &&
		(w.first = ml_alloc(c->n, sizeof *w.first, err)) &&
		(w.second = ml_alloc(c->n, sizeof *w.second, err)) &&
		(w.leave = ml_alloc(k, sizeof *w.leave, err)) &&
		(w.change = ml_alloc(BATCH, k * sizeof *w.change, err)) &&
		(w.part = ml_alloc(w.slices.count, (2 * k + 1) * sizeof *w.part, err)) &&
		(w.room = ml_alloc((size_t)run->threads, (c->cols + k) * sizeof *w.room, err));
	int rc = ok ? iterate(&w, err) : err->code;

	free(w.room);
	free(w.part);
	free(w.change);
	free(w.leave);
	free(w.second);
	free(w.first);
	free(w.own);
	return rc;
}
