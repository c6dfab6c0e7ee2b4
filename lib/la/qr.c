/* qr.c - triangular factors of tall matrices. */
#include "la/qr.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/lapack.h"
#include "la/slices.h"

/* Rows folded in at once: several times the width, so that the triangle's own rows cost little,
 * and enough of narrow ones to outweigh the calls. */
enum { PIECE_ROWS = 256, PIECE_WIDTHS = 4 };
/* dgelqf's blocks are 32 wide; 64 columns of workspace serve any build of it. */
enum { WORK_COLUMNS = 64 };

/* Room for a triangle above one piece of rows. */
struct fold {
	size_t m, piece;
	double *a, *tau, *work;
};

static int fold_init(struct fold *f, size_t m, struct ml_error *err)
{
	f->m = m;
	f->piece = PIECE_WIDTHS * m > PIECE_ROWS ? PIECE_WIDTHS * m : PIECE_ROWS;
	f->a = ml_alloc((m + f->piece) * m, sizeof *f->a, err);
	f->tau = ml_alloc(m, sizeof *f->tau, err);
	f->work = ml_alloc(m * WORK_COLUMNS, sizeof *f->work, err);
	return f->a && f->tau && f->work ? ML_OK : err->code;
}

static void fold_release(struct fold *f)
{
	free(f->work);
	free(f->tau);
	free(f->a);
}

/* The m + rows rows at f->a become a triangle in the first m. */
static void fold_piece(struct fold *f, size_t rows)
{
	int m = (int)f->m, n = (int)(f->m + rows), lwork = m * WORK_COLUMNS, info;

	dgelqf_(&m, &n, f->a, &m, f->tau, f->work, &lwork, &info);
	for (size_t i = 1; i < f->m; i++)
		memset(f->a + i * f->m, 0, i * sizeof *f->a);
}

static void fold_rows(struct fold *f, size_t from, size_t to, ml_rows_fn *rows, const void *arg)
{
	for (size_t i = from; i < to; i += f->piece) {
		size_t end = to - i < f->piece ? to : i + f->piece;
		rows(arg, i, end, f->a + f->m * f->m);
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
		memcpy(t->triangles + block * square, f.a, square * sizeof *f.a);
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
		memcpy(f.a, r, square * sizeof *r);
		for (size_t b = 0; b < count; b++) {
			memcpy(f.a + square, triangles + b * square, square * sizeof *r);
			fold_piece(&f, m);
		}
		memcpy(r, f.a, square * sizeof *r);
	}
	fold_release(&f);
	return rc;
}

int ml_qr_rows(double *r, size_t m, size_t n, ml_rows_fn *rows, const void *arg, int threads,
	       struct ml_error *err)
{
	struct tall t = { .m = m, .slices = ml_slices_of(n), .rows = rows, .arg = arg };

	if (m > INT_MAX / WORK_COLUMNS)
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
