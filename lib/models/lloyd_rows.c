/* lloyd_rows.c - each row to the nearest centre.
 *
 * A row keeps an upper bound of the distance from its centre and a lower one of that from the
 * second nearest.  Centres that move widen both; as long as the upper bound is below the lower
 * one, or below half the way from its centre to the next, the row keeps its centre and is not
 * looked at (Hamerly 2010).  The others are looked at by screen.h, and in double precision
 * where floats cannot tell: what comes of it is what distances in double precision say.
 *
 * Sums of rows run over blocks, slices of blocks, and all slices, in the order of the rows. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "models/lloyd_parts.h"

/* Slices: as la/slices.h, but fewer where the sums of each would be many beside the rows. */
enum { SLICES = 32, SLICE_ROWS = 1024, ROWS_A_CENTRE = 4 };
/* Rows whose sums stand for themselves. */
enum { BLOCK_ROWS = 1024 };
/* From so many centres on a row's own distance is looked at before all others. */
enum { MANY_CENTRES = 400 };
/* Bounds are floats: each use widens them by more than it can lose. */
static const float wider = 1 + 0x1p-21f, narrower = 1 - 0x1p-21f;

/* ---- a row ---- */

/* In double precision; true when its centre is another one. */
static bool settle(const struct ml_lloyd_work *w, struct ml_lloyd_room *r, size_t i)
{
	const struct ml_centres *c = w->l->centres;
	double next = INFINITY;

	ml_cloud_row(w->c, i, r->row);
	ml_centres_squares(c, r->row, r->sq);
	size_t own = ml_centres_nearest(c, r->sq);
	for (size_t k = 0; k < c->n; k++)
		if (k != own && r->sq[k] < next)
			next = r->sq[k];
	bool other = w->own[i] != (int32_t)own;
	w->own[i] = (int32_t)own;
	w->upper[i] = (float)(sqrt(r->sq[own]) * w->c->unit) * wider + FLT_MIN;
	w->lower[i] = (float)fmin(sqrt(next) * w->c->unit, FLT_MAX) * narrower;
	return other;
}

static double square_of(const struct ml_lloyd_work *w, struct ml_lloyd_room *r, size_t i)
{
	const double *at = w->l->centres->v + (size_t)w->own[i] * w->c->cols;
	double sum = 0;

	ml_cloud_row(w->c, i, r->row);
	for (size_t j = 0; j < w->c->cols; j++)
		sum += (r->row[j] - at[j]) * (r->row[j] - at[j]);
	return sum;
}

/* ---- a chunk of rows ---- */

/* Carries the bounds of rows from..from+m over what the centres moved; r->idx gets those (from
 * `from` on) that have to be looked at. */
static size_t in_doubt(const struct ml_lloyd_work *w, struct ml_lloyd_room *r, size_t from,
		       size_t m)
{
	float *upper = w->upper + from, *lower = w->lower + from;
	const int32_t *own = w->own + from;
	size_t n = 0, left = 0;

	for (size_t i = 0; i < m; i++) {
		int32_t k = own[i];
		float low = lower[i] - w->others[k];

		upper[i] = (upper[i] + w->move[k]) * wider;
		lower[i] = low > 0 ? low * narrower : 0;
		r->idx[n] = (uint32_t)i;
		n += !(upper[i] < fmaxf(lower[i], w->half[k]));
	}
	if (w->l->centres->n < MANY_CENTRES)
		return n;
	for (size_t t = 0; t < n; t++) {
		size_t i = r->idx[t];

		upper[i] =
			(float)(sqrt(square_of(w, r, from + i)) * w->c->unit) * wider + FLT_MIN;
		r->idx[left] = (uint32_t)i;
		left += !(upper[i] < fmaxf(lower[i], w->half[own[i]]));
	}
	return left;
}

/* The rows r->idx[0..m), counted from `from`, of a chunk of `rows`; how many have another
 * centre than before. */
static size_t look_at(const struct ml_lloyd_work *w, struct ml_lloyd_room *r, size_t from,
		      size_t rows, size_t m)
{
	size_t padded = (m + ML_SCREEN_ROWS - 1) / ML_SCREEN_ROWS * ML_SCREEN_ROWS, others = 0;

	if (!w->screens) {
		for (size_t t = 0; t < m; t++)
			others += settle(w, r, from + r->idx[t]);
		return others;
	}
	/* What fills the last tile up is what stood there, and is not looked at. */
	ml_cloud_floats(w->c, from, rows, r->idx, m, r->x, w->chunk);
	ml_screen_rows(&w->screen, r->x, padded, &r->at);
	ml_screen_bounds(&w->screen, r->x, padded, &r->at, r->upper, r->lower);
	for (size_t t = 0; t < m; t++) {
		size_t i = from + r->idx[t];

		if (isinf(r->upper[t])) {
			others += settle(w, r, i);
			continue;
		}
		others += w->own[i] != r->at.own[t];
		w->own[i] = r->at.own[t];
		w->upper[i] = r->upper[t];
		w->lower[i] = r->lower[t];
	}
	return others;
}

/* ---- all rows ---- */

static void flush(const struct ml_lloyd_work *w, struct ml_lloyd_room *r, double *sum)
{
	for (size_t k = 0; k < w->each; k++)
		sum[k] += r->sum[k];
	memset(r->sum, 0, w->each * sizeof *r->sum);
}

static size_t slice_end(const struct ml_lloyd_work *w, size_t block)
{
	size_t to = (block + 1) * w->slice_rows;

	return to < w->c->n ? to : w->c->n;
}

static int assign(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct ml_lloyd_work *w = arg;
	struct ml_lloyd_room *r = &w->room[worker];
	size_t end = slice_end(w, block), k = w->l->centres->n, rows = 0, changes = 0, m;
	size_t most = 4 * k > BLOCK_ROWS ? 4 * k : BLOCK_ROWS;
	double *sum = w->sum + block * w->each;

	(void)err;
	memset(sum, 0, w->each * sizeof *sum);
	memset(r->sum, 0, w->each * sizeof *r->sum);
	for (size_t from = block * w->slice_rows; from < end; from += m) {
		m = end - from < w->chunk ? end - from : w->chunk;
		size_t n = m;

		for (size_t i = 0; w->fresh && i < m; i++)
			r->idx[i] = (uint32_t)i;
		if (!w->fresh)
			n = in_doubt(w, r, from, m);
		changes += look_at(w, r, from, m, n);
		ml_cloud_add(w->c, from, m, w->own + from, r->sum, r->sum + k * w->c->cols);
		if ((rows += m) >= most) {
			flush(w, r, sum);
			rows = 0;
		}
	}
	flush(w, r, sum);
	w->changes[block] = changes;
	return ML_OK;
}

int ml_lloyd_assign(struct ml_lloyd_work *w, size_t *changes, struct ml_error *err)
{
	if (w->screens)
		ml_screen_set(&w->screen, w->l->centres, w->c->mean, w->c->unit);
	int rc = ml_parallel(w->run->threads, w->slices, assign, w, err);

	*changes = 0;
	for (size_t b = 0; !rc && b < w->slices; b++) {
		*changes += w->changes[b];
		for (size_t k = 0; b && k < w->each; k++)
			w->sum[k] += w->sum[b * w->each + k];
	}
	w->fresh = false;
	return rc;
}

static int measure(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct ml_lloyd_work *w = arg;
	size_t end = slice_end(w, block), from = block * w->slice_rows;
	double all = 0, part = 0;

	(void)err;
	for (size_t i = from; i < end; i++) {
		double square = square_of(w, &w->room[worker], i);

		part += ml_cloud_weight(w->c, i) * square;
		if (w->square)
			w->square[i] = square;
		if ((i - from) % BLOCK_ROWS == BLOCK_ROWS - 1) {
			all += part;
			part = 0;
		}
	}
	w->inertia[block] = all + part;
	return ML_OK;
}

int ml_lloyd_measure(struct ml_lloyd_work *w, double *inertia, struct ml_error *err)
{
	int rc = ml_parallel(w->run->threads, w->slices, measure, w, err);

	*inertia = 0;
	for (size_t b = 0; !rc && b < w->slices; b++)
		*inertia += w->inertia[b];
	return rc;
}

/* ---- room ---- */

static int make_room(struct ml_lloyd_room *r, const struct ml_lloyd_work *w,
		     struct ml_error *err)
{
	size_t cols = w->c->cols, chunk = w->chunk;
	bool ok = (r->idx = ml_alloc(chunk, sizeof *r->idx, err)) &&
		  (r->row = ml_alloc(cols, sizeof *r->row, err)) &&
		  (r->sq = ml_alloc(w->l->centres->n, sizeof *r->sq, err)) &&
		  (r->sum = ml_alloc(w->each, sizeof *r->sum, err));

	if (ok && w->screens)
		ok = (r->x = ml_alloc(chunk, cols * sizeof *r->x, err)) &&
		     (r->upper = ml_alloc(chunk, sizeof *r->upper, err)) &&
		     (r->lower = ml_alloc(chunk, sizeof *r->lower, err)) &&
		     (r->at.best = ml_alloc(chunk, sizeof *r->at.best, err)) &&
		     (r->at.second = ml_alloc(chunk, sizeof *r->at.second, err)) &&
		     (r->at.own = ml_alloc(chunk, sizeof *r->at.own, err));
	return ok ? ML_OK : err->code;
}

static void cut(struct ml_lloyd_work *w)
{
	size_t n = w->c->n, most = n / (ROWS_A_CENTRE * w->l->centres->n);

	w->slices = most < 1 ? 1 : most < SLICES ? most : SLICES;
	w->slice_rows = n / w->slices + (n % w->slices != 0);
	if (w->slice_rows < SLICE_ROWS)
		w->slice_rows = SLICE_ROWS;
	w->slices = n / w->slice_rows + (n % w->slice_rows != 0);
}

int ml_lloyd_begin(struct ml_lloyd_work *w, struct ml_lloyd *l, const struct ml_cloud *c,
		   const struct ml_run *run, struct ml_error *err)
{
	size_t k = l->centres->n, n = c->n, threads = (size_t)run->threads;

	*w = (struct ml_lloyd_work){ .l = l, .c = c, .run = run, .fresh = true };
	w->screens = ml_screen_can();
	w->each = k * c->cols + k;
	cut(w);
	int rc = ml_screen_init(&w->screen, k, c->cols, err);
	w->chunk = w->screen.chunk;
	bool ok = !rc && (w->own = ml_alloc(n, sizeof *w->own, err)) &&
		  (w->upper = ml_alloc(n, sizeof *w->upper, err)) &&
		  (w->lower = ml_alloc(n, sizeof *w->lower, err)) &&
		  (w->move = ml_alloc(k, sizeof *w->move, err)) &&
		  (w->others = ml_alloc(k, sizeof *w->others, err)) &&
		  (w->half = ml_alloc(k, sizeof *w->half, err)) &&
		  (w->sum = ml_alloc(w->slices, w->each * sizeof *w->sum, err)) &&
		  (w->changes = ml_alloc(w->slices, sizeof *w->changes, err)) &&
		  (w->inertia = ml_alloc(w->slices, sizeof *w->inertia, err)) &&
		  (w->room = ml_alloc(threads, sizeof *w->room, err));
	for (size_t t = 0; ok && t < threads; t++)
		ok = !make_room(&w->room[t], w, err);
	return ok ? ML_OK : err->code;
}

void ml_lloyd_end(struct ml_lloyd_work *w)
{
	for (int t = 0; w->room && t < w->run->threads; t++) {
		struct ml_lloyd_room *r = &w->room[t];

		free(r->x);
		free(r->upper);
		free(r->lower);
		free(r->at.best);
		free(r->at.second);
		free(r->at.own);
		free(r->idx);
		free(r->row);
		free(r->sq);
		free(r->sum);
	}
	free(w->room);
	free(w->square);
	free(w->inertia);
	free(w->changes);
	free(w->sum);
	free(w->half);
	free(w->others);
	free(w->move);
	free(w->lower);
	free(w->upper);
	free(w->own);
	ml_screen_release(&w->screen);
}
