/* fastica.c - symmetric FastICA over pieces of rows. */
#include "la/fastica.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/block.h"
#include "la/slices.h"
#include "la/spectrum.h"
#include "la/sums.h"
#include "la/vexp.h"

enum { PIECE = 128 };

/* Eigenvalues of W+ W+' below this share of the largest: rows that are the same. */
static const double least_share = 1e-20;

/* ---- contrasts: u becomes g(u), slope g'(u) ---- */

typedef void contrast_fn(double *u, double *slope, size_t n);

/* tanh u = 1 - 2 / (exp 2u + 1), to some 1e-16: what is added up needs no more. */
static void logcosh(double *u, double *slope, size_t n)
{
	for (size_t i = 0; i < n; i++)
		slope[i] = 2 * u[i];
	ml_vexp(slope, n);
	for (size_t i = 0; i < n; i++) {
		u[i] = 1 - 2 / (slope[i] + 1);
		slope[i] = 1 - u[i] * u[i];
	}
}

static void gauss(double *u, double *slope, size_t n)
{
	for (size_t i = 0; i < n; i++)
		slope[i] = -(u[i] * u[i]) / 2;
	ml_vexp(slope, n);
	for (size_t i = 0; i < n; i++) {
		double e = slope[i];

		slope[i] = (1 - u[i] * u[i]) * e;
		u[i] *= e;
	}
}

static void cube(double *u, double *slope, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		slope[i] = 3 * (u[i] * u[i]);
		u[i] *= u[i] * u[i];
	}
}

static contrast_fn *const contrasts[] = {
	[ML_CONTRAST_LOGCOSH] = logcosh, [ML_CONTRAST_EXP] = gauss, [ML_CONTRAST_CUBE] = cube
};

/* ---- a pass over the rows ---- */

struct pass {
	const struct ml_columnar *a;
	const double *w;
	size_t k;
	contrast_fn *contrast;
	const double *across; /* (W K)', p x k */
	struct ml_slices slices;
	double *sums; /* each slice: k x p of g(u) x', then k of g'(u) */
};

static size_t sums_of(const struct pass *s)
{
	return s->k * (s->a->p + 1);
}

/* rows x p numbers at x to the sums; u, slope: room for rows x k. */
static void add_piece(const struct pass *s, size_t from, size_t rows, const double *x,
		      double *u, double *slope, double *sums)
{
	size_t k = s->k, p = s->a->p;

	memset(u, 0, rows * k * sizeof *u);
	ml_block_add(u, k, rows, k, p, x, 1, p, s->across, k);
	s->contrast(u, slope, rows * k);
	for (size_t i = 0; s->w && i < rows; i++)
		for (size_t c = 0; c < k; c++) {
			u[i * k + c] *= s->w[from + i];
			slope[i * k + c] *= s->w[from + i];
		}
	ml_block_add(sums, p, k, p, rows, u, k, 1, x, p);
	for (size_t i = 0; i < rows; i++)
		for (size_t c = 0; c < k; c++)
			sums[k * p + c] += slope[i * k + c];
}

static int add_slice(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct pass *s = arg;
	size_t to = ml_slice_to(&s->slices, block), k = s->k, p = s->a->p;
	double *x = ml_alloc(PIECE * (p + 2 * k), sizeof *x, err);

	(void)worker;
	if (!x)
		return err->code;
	for (size_t i = ml_slice_from(&s->slices, block); i < to; i += PIECE) {
		size_t rows = to - i < PIECE ? to - i : PIECE;

		ml_columnar_rows(s->a, i, i + rows, x);
		add_piece(s, i, rows, x, x + PIECE * p, x + PIECE * (p + k),
			  s->sums + block * sums_of(s));
	}
	free(x);
	return ML_OK;
}

/* ---- small matrices ---- */

/* out (rows x cols) = a (rows x n) b (n x cols). */
static void multiply(double *out, const double *a, const double *b, size_t rows, size_t n,
		     size_t cols)
{
	memset(out, 0, rows * cols * sizeof *out);
	ml_block_add(out, cols, rows, cols, n, a, 1, n, b, cols);
}

static void transpose(double *out, const double *a, size_t rows, size_t cols)
{
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < cols; j++)
			out[j * rows + i] = a[i * cols + j];
}

int ml_orthogonalise(double *m, size_t k, struct ml_error *err)
{
	double *room = ml_alloc(4 * k * k + k, sizeof *room, err);

	if (!room)
		return err->code;
	double *t = room, *g = t + k * k, *e = g + k * k, *half = e + k * k,
	       *value = half + k * k;
	transpose(t, m, k, k);
	multiply(g, m, t, k, k, k);
	int rc = ml_spectrum_symmetric(g, k, k, value, e, err);
	if (!rc && !(value[k - 1] > value[0] * least_share))
		rc = ml_fail(err, ML_EDATA, "E-RANGE", "the components fall together");
	for (size_t c = 0; !rc && c < k; c++)
		for (size_t j = 0; j < k; j++)
			half[c * k + j] = e[c * k + j] / sqrt(value[c]);
	if (!rc) { /* E' (half m) */
		multiply(g, half, m, k, k, k);
		transpose(t, e, k, k);
		multiply(m, t, g, k, k, k);
	}
	free(room);
	return rc;
}

/* ---- iterations ---- */

struct state {
	struct pass pass;
	const double *whiten, *across_whiten; /* K, K' */
	double *rotation, *next, *map, *across, *total;
	double weight;
};

/* One step; *change as the header says. */
static int step(struct state *s, double *change, int threads, struct ml_error *err)
{
	struct pass *p = &s->pass;
	size_t k = p->k, cols = p->a->p;

	multiply(s->map, s->rotation, s->whiten, k, k, cols);
	transpose(s->across, s->map, k, cols);
	memset(p->sums, 0, p->slices.count * sums_of(p) * sizeof *p->sums);
	int rc = ml_parallel(threads, p->slices.count, add_slice, p, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < sums_of(p); i++) {
		s->total[i] = 0;
		for (size_t b = 0; b < p->slices.count; b++)
			s->total[i] += p->sums[b * sums_of(p) + i];
		s->total[i] /= s->weight;
		if (!isfinite(s->total[i]))
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "the components leave the range of doubles");
	}
	multiply(s->next, s->total, s->across_whiten, k, cols, k);
	for (size_t c = 0; c < k; c++)
		for (size_t d = 0; d < k; d++)
			s->next[c * k + d] -= s->total[k * cols + c] * s->rotation[c * k + d];
	rc = ml_orthogonalise(s->next, k, err);
	*change = 0;
	for (size_t c = 0; !rc && c < k; c++) {
		double dot = 0;

		for (size_t d = 0; d < k; d++)
			dot += s->next[c * k + d] * s->rotation[c * k + d];
		*change = fmax(*change, fabs(1 - fabs(dot)));
	}
	memcpy(s->rotation, s->next, k * k * sizeof *s->next);
	return rc;
}

static int iterate(struct state *s, const struct ml_fastica_ask *ask, const struct ml_run *run,
		   struct ml_fastica_report *report, struct ml_error *err)
{
	int rc = ml_orthogonalise(s->rotation, s->pass.k, err);

	*report = (struct ml_fastica_report){ 0 };
	while (!rc && !report->converged && report->iters < ask->max_iter) {
		rc = step(s, &report->change, run->threads, err);
		report->iters++;
		report->converged = report->change < ask->tol;
		struct ml_progress p = { .step = report->iters,
					 .steps = ask->max_iter,
					 .train_loss = report->change,
					 .valid_loss = (double)NAN,
					 .valid_metric = (double)NAN,
					 .rate = (double)NAN,
					 .best = (double)NAN,
					 .left = (double)NAN };
		if (!rc && run->progress)
			run->progress(run->user, &p);
		if (ml_run_over(run))
			break;
	}
	return rc;
}

int ml_fastica(const struct ml_columnar *a, const double *w, const double *whiten, size_t k,
	       double *rotation, const struct ml_fastica_ask *ask, const struct ml_run *run,
	       struct ml_fastica_report *report, struct ml_error *err)
{
	struct state s = { .pass = { .a = a,
				     .w = w,
				     .k = k,
				     .contrast = contrasts[ask->contrast],
				     .slices = ml_slices_of(a->n) },
			   .whiten = whiten,
			   .rotation = rotation };
	size_t sums = sums_of(&s.pass);
	double *room = ml_alloc(3 * k * a->p + k * k + sums, sizeof *room, err);
	int rc = room ? ML_OK : err->code;

	if (!rc && !(s.pass.sums = ml_alloc(s.pass.slices.count * sums, sizeof *room, err)))
		rc = err->code;
	if (!rc) {
		s.map = room;
		s.across = s.map + k * a->p;
		double *across_whiten = s.across + k * a->p;
		s.next = across_whiten + k * a->p;
		s.total = s.next + k * k;
		s.pass.across = s.across;
		transpose(across_whiten, whiten, k, a->p);
		s.across_whiten = across_whiten;
		s.weight = w ? ml_sum(w, a->n) : (double)a->n;
		rc = iterate(&s, ask, run, report, err);
	}
	free(s.pass.sums);
	free(room);
	return rc;
}
