/* factor.c - a triangular factor in blocks. */
#include "la/factor.h"

#include <stdlib.h>

#include "base/mem.h"
#include "la/block.h"

/* Numbers in the blocks before the one that begins at row s: ROWS (n - ROWS k) of block k. */
static size_t before(size_t n, size_t s)
{
	size_t blocks = s / ML_FACTOR_ROWS;

	return s * n -
	       (blocks ? blocks * (blocks - 1) / 2 * ML_FACTOR_ROWS * ML_FACTOR_ROWS : 0);
}

static size_t height(size_t n, size_t s)
{
	return n - s < ML_FACTOR_ROWS ? n - s : ML_FACTOR_ROWS;
}

int ml_factor_init(struct ml_factor *f, size_t n, struct ml_error *err)
{
	size_t last = n ? (n - 1) / ML_FACTOR_ROWS * ML_FACTOR_ROWS : 0;

	f->n = n;
	f->v = ml_alloc(before(n, last) + (n - last) * (n - last), sizeof *f->v, err);
	return f->v ? ML_OK : err->code;
}

void ml_factor_release(struct ml_factor *f)
{
	free(f->v);
	*f = (struct ml_factor){ 0 };
}

static double *at(const struct ml_factor *f, size_t i)
{
	size_t s = i / ML_FACTOR_ROWS * ML_FACTOR_ROWS;

	return f->v + before(f->n, s) + (i - s) * (f->n - s) + (i - s);
}

void ml_factor_put(struct ml_factor *f, size_t i, const double *row, size_t by)
{
	double *to = at(f, i);

	for (size_t j = 0; j < f->n - i; j++)
		to[j] = row[j * by];
}

const double *ml_factor_row(const struct ml_factor *f, size_t i)
{
	return at(f, i);
}

/* Rows s.. of b, from which those before have been taken, by their block alone. */
static void solve_block(const struct ml_factor *f, size_t s, double *b, size_t m, size_t ldb)
{
	for (size_t i = s; i < s + height(f->n, s); i++) {
		double *x = b + i * ldb;
		for (size_t r = s; r < i; r++) {
			double by = at(f, r)[i - r];
			for (size_t c = 0; c < m; c++)
				x[c] -= by * b[r * ldb + c];
		}
		double pivot = *at(f, i);
		for (size_t c = 0; c < m; c++)
			x[c] /= pivot;
	}
}

void ml_factor_forward(const struct ml_factor *f, double *b, size_t m, size_t ldb, double *work)
{
	size_t n = f->n;

	for (size_t s = 0; s < n; s += ML_FACTOR_ROWS) {
		size_t h = height(n, s);
		/* work holds what is solved, with the other sign. */
		for (size_t t = 0; t < s; t += ML_FACTOR_ROWS)
			ml_block_add(b + s * ldb, ldb, h, m, ML_FACTOR_ROWS, at(f, t) + (s - t),
				     n - t, 1, work + t * ldb, ldb);
		solve_block(f, s, b, m, ldb);
		for (size_t i = s; i < s + h; i++)
			for (size_t c = 0; c < m; c++)
				work[i * ldb + c] = -b[i * ldb + c];
	}
}
