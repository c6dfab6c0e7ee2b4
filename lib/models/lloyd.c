/* lloyd.c - Lloyd's iterations: centres become the means of their rows. */
#include "models/lloyd.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/lloyd_parts.h"

/* Distances of all centres from each other are worth while with so many rows a centre. */
enum { ROWS_TO_COMPARE = 16 };
/* Numbers that bound something are rounded up, or down, by more than they can be off. */
static const double up = 1 + 1e-6, down = 1 - 1e-6;

/* ---- centres without rows ---- */

/* Centre k gets row i, which leaves its own. */
static void give(struct ml_lloyd_work *w, size_t k, size_t i)
{
	const struct ml_cloud *c = w->c;
	double *weight = w->sum + w->l->centres->n * c->cols, *row = w->room[0].row;
	double wi = ml_cloud_weight(c, i);
	size_t from = (size_t)w->own[i];

	ml_cloud_row(c, i, row);
	for (size_t j = 0; j < c->cols; j++) {
		w->sum[k * c->cols + j] = wi * row[j];
		w->sum[from * c->cols + j] -= wi * row[j];
	}
	weight[from] -= wi;
	weight[k] = wi;
	w->own[i] = (int32_t)k;
	w->square[i] = 0;
}

/* Centres without rows get those that are farthest from theirs. */
static int repair(struct ml_lloyd_work *w, struct ml_error *err)
{
	size_t n = w->c->n, k = w->l->centres->n;
	const double *weight = w->sum + k * w->c->cols;
	double inertia;

	for (size_t c = 0; c < k; c++) {
		if (weight[c] > 0)
			continue;
		if (!w->square && (!(w->square = ml_alloc(n, sizeof *w->square, err)) ||
				   ml_lloyd_measure(w, &inertia, err)))
			return err->code;
		size_t far = 0;
		for (size_t i = 1; i < n; i++)
			if (w->square[i] > w->square[far])
				far = i;
		if (!(w->square[far] > 0))
			return ml_fail(err, ML_EDATA, "E-TOOFEW",
				       "%zu clusters of rows of which fewer are different", k);
		give(w, c, far);
		w->fresh = true;
	}
	free(w->square);
	w->square = NULL;
	return ML_OK;
}

/* ---- an iteration ---- */

/* What the moves of the centres mean for bounds. */
static void note_moves(struct ml_lloyd_work *w)
{
	size_t k = w->l->centres->n, first = 0, second = SIZE_MAX;

	for (size_t c = 1; c < k; c++)
		if (w->move[c] > w->move[first])
			first = c;
	for (size_t c = 0; c < k; c++)
		if (c != first && (second == SIZE_MAX || w->move[c] > w->move[second]))
			second = c;
	for (size_t c = 0; c < k; c++) {
		size_t most = c == first ? second : first;

		w->others[c] = most == SIZE_MAX ? 0 : w->move[most];
	}
}

static void compare(struct ml_lloyd_work *w)
{
	struct ml_centres *c = w->l->centres;
	double *sq = w->room[0].sq;

	memset(w->half, 0, c->n * sizeof *w->half);
	for (size_t k = 0; c->n <= w->c->n / ROWS_TO_COMPARE && k < c->n; k++) {
		double nearest = INFINITY;

		ml_centres_squares(c, c->v + k * c->p, sq);
		for (size_t other = 0; other < c->n; other++)
			if (other != k && sq[other] < nearest)
				nearest = sq[other];
		w->half[k] = (float)fmin(sqrt(nearest) / 2 * w->c->unit * down, FLT_MAX);
	}
}

/* *moved: the sum of squares of the moves. */
static int move(struct ml_lloyd_work *w, double *moved, struct ml_error *err)
{
	struct ml_centres *c = w->l->centres;
	const double *weight = w->sum + c->n * c->p;
	int rc = repair(w, err);

	*moved = 0;
	for (size_t k = 0; !rc && k < c->n; k++) {
		double square = 0;

		for (size_t j = 0; j < c->p; j++) {
			double *at = &c->v[k * c->p + j], to = w->sum[k * c->p + j] / weight[k];

			square += (to - *at) * (to - *at);
			*at = to;
		}
		*moved += square;
		w->move[k] = (float)fmin(sqrt(square) * w->c->unit * up, FLT_MAX);
	}
	ml_centres_turn(c);
	note_moves(w);
	compare(w);
	return rc;
}

static int tell(struct ml_lloyd_work *w, struct ml_error *err)
{
	struct ml_progress now = { .step = w->l->iters,
				   .steps = w->l->max_iter,
				   .train_loss = NAN,
				   .valid_loss = NAN,
				   .valid_metric = NAN,
				   .rate = NAN };

	if (!w->run->progress)
		return ML_OK;
	if (ml_run_listens(w->run) && ml_lloyd_measure(w, &now.train_loss, err))
		return err->code;
	w->run->progress(w->run->user, &now);
	return ML_OK;
}

static int iterate(struct ml_lloyd_work *w, struct ml_error *err)
{
	struct ml_lloyd *l = w->l;
	size_t changes;
	double moved;

	for (l->iters = 0, l->converged = false;;) {
		int rc = ml_lloyd_assign(w, &changes, err);

		l->converged |= l->iters && !changes;
		if (rc || l->converged || l->iters >= l->max_iter || ml_run_over(w->run))
			return rc;
		if ((rc = move(w, &moved, err)))
			return rc;
		l->iters++;
		l->converged = moved <= l->tol && !w->fresh;
		if ((rc = tell(w, err)))
			return rc;
	}
}

int ml_lloyd_run(struct ml_lloyd *l, const struct ml_cloud *c, const struct ml_run *run,
		 struct ml_error *err)
{
	struct ml_lloyd_work w;
	int rc = ml_lloyd_begin(&w, l, c, run, err);

	if (!rc)
		rc = iterate(&w, err);
	if (!rc)
		rc = ml_lloyd_measure(&w, &l->inertia, err);
	if (!rc)
		memcpy(l->size, w.sum + l->centres->n * c->cols,
		       l->centres->n * sizeof *l->size);
	ml_lloyd_end(&w);
	return rc;
}
