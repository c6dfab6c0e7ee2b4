/* nmf.c - a matrix as a product of two that are not negative. */
#include "la/nmf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/block.h"
#include "la/nonneg.h"
#include "la/slices.h"

enum { PIECE = 128, SWEEPS = 5 };
_Static_assert(PIECE % ML_NONNEG_SIDE == 0, "pieces are problems side by side");

/* ---- a pass over the rows: W, then the products that H is made from ---- */

struct pass {
	struct ml_nmf *m;
	const double *gram; /* H H' */
	bool first;
	struct ml_slices slices;
	double *sums; /* each slice: W'W (k x k), A'W (p x k), gradients met */
};

static size_t sums_of(const struct ml_nmf *m)
{
	return m->k * m->k + m->k * m->a->p + 1;
}

static void transpose(double *out, size_t ldo, const double *in, size_t ldi, size_t rows,
		      size_t cols)
{
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < cols; j++)
			out[j * ldo + i] = in[i * ldi + j];
}

/* Room of a slice: columns of a piece, their products with H, amounts, gradients. */
struct room {
	double *x, *b, *w, *gradient;
};

/* Amounts of `rows` rows from i on, and their products. */
static void add_piece(const struct pass *s, size_t i, size_t rows, const struct room *r,
		      double *sums)
{
	const struct ml_nmf *m = s->m;
	size_t k = m->k, p = m->a->p;
	double *w = m->w + i * k, *wa = sums + k * k;

	ml_columnar_columns(m->a, i, i + rows, r->x, PIECE);
	memset(r->b, 0, k * PIECE * sizeof *r->b);
	ml_block_add(r->b, PIECE, k, rows, p, m->h, 1, p, r->x, PIECE);
	if (s->first) {
		transpose(r->w, k, r->b, PIECE, k, rows);
		for (size_t row = 0; row < rows; row++)
			ml_nonneg_solve(s->gram, r->w + row * k, k, w + row * k, r->gradient);
	} else {
		/* Rows that are not there are problems of zeros. */
		memset(r->w, 0, k * PIECE * sizeof *r->w);
		transpose(r->w, PIECE, w, k, rows, k);
		wa[k * p] += ml_nonneg_descend(s->gram, r->b, k, r->w, PIECE, PIECE, SWEEPS,
					       r->gradient);
		transpose(w, k, r->w, PIECE, k, rows);
	}
	ml_block_add(sums, k, k, k, rows, w, k, 1, w, k);
	ml_block_add(wa, k, p, k, rows, r->x, 1, PIECE, w, k);
}

static int add_slice(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct pass *s = arg;
	size_t k = s->m->k, p = s->m->a->p, to = ml_slice_to(&s->slices, block);
	size_t gradient = (k + 1) * PIECE + ml_nonneg_room(k);
	double *x = ml_alloc(PIECE * (p + 2 * k) + gradient, sizeof *x, err);

	(void)worker;
	if (!x)
		return err->code;
	struct room r = { x, x + PIECE * p, x + PIECE * (p + k), x + PIECE * (p + 2 * k) };
	for (size_t i = ml_slice_from(&s->slices, block); i < to; i += PIECE)
		add_piece(s, i, to - i < PIECE ? to - i : PIECE, &r,
			  s->sums + block * sums_of(s->m));
	free(x);
	return ML_OK;
}

/* ---- iterations ---- */

struct state {
	struct pass pass;
	size_t ld;                                    /* p, filled up */
	double *across, *gram, *total, *h, *gradient; /* across: W'A or H'; h: H, filled up */
	double squares;                               /* of A */
};

static int update_rows(struct state *s, int threads, struct ml_error *err)
{
	struct pass *p = &s->pass;
	const struct ml_nmf *m = p->m;
	size_t k = m->k, cols = m->a->p, sums = sums_of(m);

	transpose(s->across, k, m->h, cols, k, cols);
	memset(s->gram, 0, k * k * sizeof *s->gram);
	ml_block_add(s->gram, k, k, k, cols, m->h, 1, cols, s->across, k);
	memset(p->sums, 0, p->slices.count * sums * sizeof *p->sums);
	int rc = ml_parallel(threads, p->slices.count, add_slice, p, err);
	for (size_t i = 0; !rc && i < sums; i++) {
		s->total[i] = 0;
		for (size_t b = 0; b < p->slices.count; b++)
			s->total[i] += p->sums[b * sums + i];
	}
	return rc;
}

/* H, all columns at once. */
static double update_columns(struct state *s)
{
	const struct ml_nmf *m = s->pass.m;
	size_t k = m->k, p = m->a->p;
	const double *ww = s->total;

	transpose(s->across, s->ld, ww + k * k, k, p, k);
	for (size_t c = 0; c < k; c++)
		memcpy(s->h + c * s->ld, m->h + c * p, p * sizeof *s->h);
	double met =
		ml_nonneg_descend(ww, s->across, k, s->h, s->ld, s->ld, SWEEPS, s->gradient);
	for (size_t c = 0; c < k; c++)
		memcpy(m->h + c * p, s->h + c * s->ld, p * sizeof *s->h);
	return met;
}

/* ||A||^2 - 2 <H, W'A> + <W'W H, H> */
static double residual(const struct state *s)
{
	const struct ml_nmf *m = s->pass.m;
	size_t k = m->k, p = m->a->p;
	const double *ww = s->total, *wa = ww + k * k;
	double rest = s->squares;

	for (size_t c = 0; c < k; c++)
		for (size_t j = 0; j < p; j++) {
			double both = 0;

			for (size_t d = 0; d < k; d++)
				both += ww[c * k + d] * m->h[d * p + j];
			rest += m->h[c * p + j] * (both - 2 * wa[j * k + c]);
		}
	return fmax(rest / s->squares, 0);
}

static int iterate(struct state *s, const struct ml_run *run, struct ml_error *err)
{
	struct ml_nmf *m = s->pass.m;
	double begin = 0;
	int rc = ML_OK;

	m->iters = 0;
	m->converged = false;
	while (!rc && !m->converged && m->iters < m->max_iter) {
		s->pass.first = m->iters == 0;
		if ((rc = update_rows(s, run->threads, err)))
			break;
		double met = s->total[sums_of(m) - 1] + update_columns(s);

		if (s->pass.first)
			begin = met;
		m->iters++;
		m->converged = met <= m->tol * begin;
		struct ml_progress p = { .step = m->iters,
					 .steps = m->max_iter,
					 .train_loss = ml_run_listens(run) ? residual(s)
									   : (double)NAN,
					 .valid_loss = (double)NAN,
					 .valid_metric = (double)NAN,
					 .rate = (double)NAN,
					 .best = (double)NAN,
					 .left = (double)NAN };
		if (run->progress)
			run->progress(run->user, &p);
		if (ml_run_over(run))
			break;
	}
	m->residual = residual(s);
	if (!rc && !isfinite(m->residual))
		rc = ml_fail(err, ML_EDATA, "E-RANGE",
			     "the products leave the range of doubles");
	return rc;
}

int ml_nmf_fit(struct ml_nmf *m, const struct ml_run *run, struct ml_error *err)
{
	struct state s = { .pass = { .m = m, .slices = ml_slices_of(m->a->n) } };
	size_t k = m->k, p = m->a->p, sums = sums_of(m);
	double *room;

	s.ld = (p + ML_NONNEG_SIDE - 1) / ML_NONNEG_SIDE * ML_NONNEG_SIDE;
	room = ml_alloc((3 * k + 1) * s.ld + k * k + sums, sizeof *room, err);
	int rc = room ? ML_OK : err->code;

	if (!rc && !(s.pass.sums = ml_alloc(s.pass.slices.count * sums, sizeof *room, err)))
		rc = err->code;
	if (!rc)
		rc = ml_columnar_squares(m->a, &s.squares, run->threads, err);
	if (!rc && !(s.squares > 0))
		rc = ml_fail(err, ML_EDATA, "E-RANGE", "all numbers are 0");
	if (!rc) {
		s.across = room;
		s.gram = s.across + k * s.ld;
		s.total = s.gram + k * k;
		s.h = s.total + sums;
		s.gradient = s.h + k * s.ld;
		s.pass.gram = s.gram;
		rc = iterate(&s, run, err);
	}
	free(s.pass.sums);
	free(room);
	return rc;
}

/* ---- a start ---- */

/* The lengths of the positive and the negative part of v. */
static void part_lengths(const double *v, size_t n, double length[2])
{
	double above = 0, below = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i] > 0)
			above += v[i] * v[i];
		else
			below += v[i] * v[i];
	length[0] = sqrt(above);
	length[1] = sqrt(below);
}

int ml_nmf_start(const struct ml_columnar *a, double *v, size_t k, double *room, int threads,
		 struct ml_error *err)
{
	int rc = ml_columnar_forth(a, v, k, room, threads, err);

	for (size_t c = 0; !rc && c < k; c++) {
		double *h = v + c * a->p, of_rows[2], of_columns[2];

		part_lengths(room + c * a->n, a->n, of_rows);
		part_lengths(h, a->p, of_columns);
		bool below = of_rows[1] * of_columns[1] > of_rows[0] * of_columns[0];
		for (size_t j = 0; j < a->p; j++)
			h[j] = fmax(below ? 0 - h[j] : h[j], 0);
	}
	return rc;
}
