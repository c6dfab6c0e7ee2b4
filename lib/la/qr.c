/* qr.c - triangular factors of tall matrices. */
#include "la/qr.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/block.h"
#include "la/slices.h"

/* Numbers folded in at once: what the second-level cache holds, but not fewer than some rows.
 */
enum { PIECE_NUMBERS = 16384, PIECE_ROWS = 64 };
/* Columns reflected together: the columns behind them are then changed by matrix products. */
enum { PANEL = 32 };

/* A triangle, and room for a piece of rows. */
struct fold {
	size_t m, piece;
	double *r;   /* m x m */
	double *a;   /* piece x m; reflections are left in it */
	double *tau; /* PANEL */
	double *t;   /* PANEL x PANEL, upper: Q = I - V T V' for a panel */
	double *w;   /* PANEL x m */
};

static int fold_init(struct fold *f, size_t m, struct ml_error *err)
{
	f->m = m;
	f->piece = PIECE_NUMBERS / m > PIECE_ROWS ? PIECE_NUMBERS / m : PIECE_ROWS;
	if (f->piece < m)
		f->piece += (m - f->piece) / 2; /* a wide triangle is gone through less often */
	size_t rows = f->piece > m ? f->piece : m;
	f->r = ml_alloc(m * m, sizeof *f->r, err);
	f->a = ml_alloc(rows * m, sizeof *f->a, err);
	f->tau = ml_alloc(PANEL, sizeof *f->tau, err);
	f->t = ml_alloc(PANEL * PANEL, sizeof *f->t, err);
	f->w = ml_alloc(PANEL * m, sizeof *f->w, err);
	return f->r && f->a && f->tau && f->t && f->w ? ML_OK : err->code;
}

static void fold_release(struct fold *f)
{
	free(f->w);
	free(f->t);
	free(f->tau);
	free(f->a);
	free(f->r);
}

/* The reflection that turns column k, (R_kk, a column of `rows` numbers), into a multiple of
 * the first unit vector: I - tau (1, v) (1, v)'.  v takes the place of the numbers. */
static double reflect(struct fold *f, size_t rows, size_t k)
{
	double *top = f->r + k * f->m + k, *v = f->a + k, square = 0;

	for (size_t i = 0; i < rows; i++)
		square += v[i * f->m] * v[i * f->m];
	if (square == 0)
		return 0;
	double alpha = *top, beta = -copysign(hypot(alpha, sqrt(square)), alpha);
	for (size_t i = 0; i < rows; i++)
		v[i * f->m] /= alpha - beta;
	*top = beta;
	return (beta - alpha) / beta;
}

/* Applies reflection k to the columns from..to behind it. */
static void apply_one(struct fold *f, size_t rows, size_t k, double tau, size_t to)
{
	size_t m = f->m, from = k + 1;
	double *w = f->w, *top = f->r + k * m;

	memcpy(w, top + from, (to - from) * sizeof *w);
	ml_block_add(w, m, 1, to - from, rows, f->a + k, m, 1, f->a + from, m);
	for (size_t j = from; j < to; j++)
		top[j] -= w[j - from] *= tau;
	for (size_t i = 0; i < rows; i++) {
		double *row = f->a + i * m, v = row[k];
		for (size_t j = from; j < to; j++)
			row[j] -= v * w[j - from];
	}
}

/* T of a panel of nb reflections from column k on (Schreiber, Van Loan 1989). */
static void compact(struct fold *f, size_t rows, size_t k, size_t nb)
{
	double *t = f->t;

	memset(t, 0, PANEL * PANEL * sizeof *t);
	ml_block_gram(t, PANEL, nb, rows, f->a + k, f->m);
	for (size_t j = 0; j < nb; j++) {
		double column[PANEL];
		for (size_t i = 0; i < j; i++)
			column[i] = t[i * PANEL + j];
		for (size_t i = 0; i < j; i++) {
			double sum = 0;
			for (size_t l = i; l < j; l++)
				sum += t[i * PANEL + l] * column[l];
			t[i * PANEL + j] = -f->tau[j] * sum;
		}
		t[j * PANEL + j] = f->tau[j];
	}
}

/* Applies the panel k..k+nb to the columns behind it: W = T' (R + V' A), R -= W, A -= V W. */
static void apply_panel(struct fold *f, size_t rows, size_t k, size_t nb)
{
	size_t m = f->m, from = k + nb, cols = m - from;
	double *w = f->w;

	for (size_t i = 0; i < nb; i++)
		memcpy(w + i * cols, f->r + (k + i) * m + from, cols * sizeof *w);
	ml_block_add(w, cols, nb, cols, rows, f->a + k, m, 1, f->a + from, m);
	/* From the last row up: row i of T' W needs the rows of W before it. */
	for (size_t i = nb; i-- > 0;) {
		double *wi = w + i * cols;
		for (size_t j = 0; j < cols; j++)
			wi[j] *= f->t[i * PANEL + i];
		for (size_t l = 0; l < i; l++)
			for (size_t j = 0; j < cols; j++)
				wi[j] += f->t[l * PANEL + i] * w[l * cols + j];
	}
	for (size_t i = 0; i < nb; i++)
		for (size_t j = 0; j < cols; j++) {
			f->r[(k + i) * m + from + j] -= w[i * cols + j];
			w[i * cols + j] = -w[i * cols + j];
		}
	ml_block_add(f->a + from, m, rows, cols, nb, f->a + k, 1, m, w, cols);
}

/* Folds the first `rows` rows of f->a into the triangle. */
static void fold_piece(struct fold *f, size_t rows)
{
	for (size_t k = 0; k < f->m; k += PANEL) {
		size_t nb = f->m - k < PANEL ? f->m - k : PANEL;
		for (size_t j = 0; j < nb; j++) {
			f->tau[j] = reflect(f, rows, k + j);
			apply_one(f, rows, k + j, f->tau[j], k + nb);
		}
		if (k + nb < f->m) {
			compact(f, rows, k, nb);
			apply_panel(f, rows, k, nb);
		}
	}
}

static void fold_rows(struct fold *f, size_t from, size_t to, ml_rows_fn *rows, const void *arg)
{
	for (size_t i = from; i < to; i += f->piece) {
		size_t end = to - i < f->piece ? to : i + f->piece;
		rows(arg, i, end, f->a);
		fold_piece(f, end - i);
	}
}

struct tall {
	size_t m;
	struct ml_slices slices;
	ml_rows_fn *rows;
	const void *arg;
	double *triangles; /* one a slice, m x m */
};

static int slice_triangle(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct tall *t = arg;
	struct fold f = { 0 };
	size_t square = t->m * t->m;

	(void)worker;
	int rc = fold_init(&f, t->m, err);
	if (!rc) {
		fold_rows(&f, ml_slice_from(&t->slices, block), ml_slice_to(&t->slices, block),
			  t->rows, t->arg);
		memcpy(t->triangles + block * square, f.r, square * sizeof *f.r);
	}
	fold_release(&f);
	return rc;
}

/* Folds `count` triangles of m rows each into r. */
static int join_triangles(double *r, const double *triangles, size_t m, size_t count,
			  struct ml_error *err)
{
	struct fold f = { 0 };
	size_t square = m * m;
	int rc = fold_init(&f, m, err);

	if (!rc) {
		memcpy(f.r, r, square * sizeof *r);
		for (size_t b = 0; b < count; b++) {
			memcpy(f.a, triangles + b * square, square * sizeof *r);
			fold_piece(&f, m);
		}
		memcpy(r, f.r, square * sizeof *r);
	}
	fold_release(&f);
	return rc;
}

int ml_qr_rows(double *r, size_t m, size_t n, ml_rows_fn *rows, const void *arg, int threads,
	       struct ml_error *err)
{
	struct tall t = { .m = m, .slices = ml_slices_of(n), .rows = rows, .arg = arg };

	if (m > INT_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu columns are too many for QR", m);
	if (!(t.triangles = ml_alloc(t.slices.count * m * m, sizeof *r, err)))
		return err->code;
	int rc = ml_parallel(threads, t.slices.count, slice_triangle, &t, err);
	if (!rc)
		rc = join_triangles(r, t.triangles, m, t.slices.count, err);
	free(t.triangles);
	return rc;
}

/* Takes column j out; rotations of neighbouring rows make R triangular again. */
static void drop_column(double *r, size_t j, size_t rows, size_t cols, size_t ld)
{
	for (size_t i = 0; i < rows; i++)
		memmove(r + i * ld + j, r + i * ld + j + 1, (cols - j - 1) * sizeof *r);
	for (size_t i = j; i + 1 < rows && i + 1 < cols; i++) {
		double *up = r + i * ld, *down = up + ld, length = hypot(up[i], down[i]);
		if (length == 0)
			continue;
		cblas_drot((int)(cols - 1 - i), up + i, 1, down + i, 1, up[i] / length,
			   down[i] / length);
		down[i] = 0;
	}
}

size_t ml_qr_rank(double *r, size_t m, size_t ld, double tol, size_t *kept)
{
	size_t rank = 0, cols = ld;

	for (size_t j = 0; j < m; j++) {
		double length = cblas_dnrm2((int)rank + 1, r + rank, (int)ld);
		/* Rows under the diagonal are 0, so this is the length of the whole column. */
		if (fabs(r[rank * ld + rank]) > tol * length)
			kept[rank++] = j;
		else
			drop_column(r, rank, ld, cols--, ld);
	}
	return rank;
}

void ml_qr_inverse(const double *r, size_t ld, size_t m, double *inv)
{
	memset(inv, 0, m * m * sizeof *inv);
	for (size_t j = 0; j < m; j++)
		inv[j * m + j] = 1;
	cblas_dtrsm(CblasRowMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, (int)m,
		    (int)m, 1, r, (int)ld, inv, (int)m);
}
