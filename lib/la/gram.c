/* gram.c - cross products and Cholesky factors. */
#include "la/gram.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/block.h"
#include "la/lapack.h"
#include "la/slices.h"

/* Numbers multiplied at once: what the second-level cache holds, but not fewer than some rows.
 */
enum { PIECE_NUMBERS = 16384, PIECE_ROWS = 32 };

static size_t piece_rows(size_t m)
{
	return PIECE_NUMBERS / m > PIECE_ROWS ? PIECE_NUMBERS / m : PIECE_ROWS;
}

struct sums {
	size_t m;
	struct ml_slices slices;
	ml_rows_fn *rows;
	const void *arg;
	double *g; /* one a slice, m x m */
};

static int slice_gram(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct sums *s = arg;
	size_t to = ml_slice_to(&s->slices, block);
	size_t piece = piece_rows(s->m);
	double *a = ml_alloc(piece * s->m, sizeof *a, err);

	(void)worker;
	if (!a)
		return err->code;
	for (size_t i = ml_slice_from(&s->slices, block); i < to; i += piece) {
		size_t end = to - i < piece ? to : i + piece;
		s->rows(s->arg, i, end, a);
		ml_block_gram(s->g + block * s->m * s->m, s->m, s->m, end - i, a, s->m);
	}
	free(a);
	return ML_OK;
}

int ml_gram_rows(double *g, size_t m, size_t n, ml_rows_fn *rows, const void *arg, int threads,
		 struct ml_error *err)
{
	struct sums s = { .m = m, .slices = ml_slices_of(n), .rows = rows, .arg = arg };
	size_t square = m * m;

	if (m > INT_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu columns are too many", m);
	if (!(s.g = ml_alloc(s.slices.count * square, sizeof *g, err)))
		return err->code;
	int rc = ml_parallel(threads, s.slices.count, slice_gram, &s, err);
	for (size_t i = 0; !rc && i < square; i++) {
		g[i] = 0;
		for (size_t b = 0; i % m >= i / m && b < s.slices.count; b++)
			g[i] += s.g[b * square + i];
	}
	free(s.g);
	return rc;
}

bool ml_cholesky(double *g, size_t m, double tol)
{
	int n = (int)m, info;

	for (size_t i = 0; i < m; i++)
		for (size_t j = i; j < m; j++)
			if (!isfinite(g[i * m + j]))
				return false;
	dpotrf_("L", &n, g, &n, &info);
	if (info)
		return false;
	for (size_t j = 0; j < m; j++) {
		/* The diagonal entry was the square of the column's length. */
		double length = cblas_dnrm2((int)j + 1, g + j, n), pivot = g[j * m + j];
		if (!(pivot * pivot > tol * length * length))
			return false;
	}
	return true;
}

void ml_cholesky_solve(const double *r, size_t ld, size_t m, double *x)
{
	cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, (int)m, r, (int)ld, x,
		    1);
	cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, (int)m, r, (int)ld,
		    x, 1);
}
