/* hessian.c - factors of the Hessian of logistic regression. */
#include "models/hessian.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/gram.h"

/* The exact Hessian of k classes needs k (k + 1) / 2 products of all rows; beyond this size
 * conjugate gradients over blocks were faster (letter, 26 classes x 17, by half). */
enum { EXACT_TWO = 1024, EXACT_MANY = 320, BLOCK = 1024 };
/* A factor with a pivot smaller than this (relative) is rounding, and gets more on its
 * diagonal. */
static const double pivot_tol = 1e-14;

double ml_curve_weight(const struct ml_logloss *f, size_t i, size_t a, size_t b)
{
	const double *prob = f->prob + i * f->rows;
	double w = f->c * (f->p->w ? f->p->w[i] : 1);

	/* With two classes 1 - p loses digits only where p (1 - p) does not matter. */
	return w * prob[a] * (a == b ? 1 - prob[a] : prob[b]);
}

enum ml_curvature ml_hessian_choose(size_t rows, size_t width)
{
	if (width <= (rows == 1 ? (size_t)EXACT_TWO : EXACT_MANY / rows))
		return ML_CURVE_EXACT;
	return width <= BLOCK ? ML_CURVE_BLOCKS : ML_CURVE_DIAGONAL;
}

size_t ml_hessian_size(enum ml_curvature how, size_t rows, size_t width)
{
	if (how == ML_CURVE_EXACT)
		return rows * width * rows * width;
	return rows * width * (how == ML_CURVE_BLOCKS ? width : 1);
}

/* Rows of [X 1] times the root of the weight for a pair of classes. */
struct pair {
	const struct ml_logloss *f;
	size_t a, b;
};

static void weighted_rows(const void *arg, size_t from, size_t to, double *out)
{
	const struct pair *q = arg;
	const struct ml_mat *x = &q->f->p->x;

	for (size_t i = from; i < to; i++, out += x->cols + 1) {
		double h = sqrt(ml_curve_weight(q->f, i, q->a, q->b));
		const double *row = x->v + i * x->ld;
		for (size_t j = 0; j < x->cols; j++)
			out[j] = h * row[j];
		out[x->cols] = q->f->intercept ? h : 0;
	}
}

static int pair_gram(const struct ml_logloss *f, size_t a, size_t b, double *g,
		     struct ml_error *err)
{
	struct pair q = { f, a, b };
	return ml_gram_rows(g, f->p->x.cols + 1, f->p->x.rows, weighted_rows, &q, f->threads,
			    err);
}

/* The penalty, and a 1 for an intercept that is not there, of the diagonal entry of column j.
 */
static double diagonal_extra(const struct ml_logloss *f, size_t j)
{
	return j < f->p->x.cols ? f->penalty : f->intercept ? 0 : 1;
}

/* factor = Cholesky of h (m x m, upper), with as little added to the diagonal as it takes. */
static int factor_with_jitter(const double *h, double *factor, size_t m, struct ml_error *err)
{
	for (double jitter = 0; jitter<1; jitter = jitter> 0 ? jitter * 1e3 : 1e-12) {
		memcpy(factor, h, m * m * sizeof *h);
		for (size_t j = 0; j < m; j++) {
			double d = h[j * m + j];
			factor[j * m + j] = d > 0 ? d + jitter * d : 1;
		}
		if (ml_cholesky(factor, m, jitter > 0 ? 0 : pivot_tol))
			return ML_OK;
	}
	return ml_fail(
		err, ML_EDATA, "E-RANGE",
		"logistic: the curvature is beyond the largest number; scale the columns");
}

/* Puts +-gram (m x m, upper) as block (a, b) of the Hessian. */
static void place_block(const struct ml_logloss *f, size_t a, size_t b, const double *gram)
{
	size_t m = f->p->x.cols + 1, ld = f->rows * m;
	double *h = f->hessian + a * m * ld + b * m, sign = a == b ? 1 : -1;

	for (size_t j = 0; j < m; j++)
		for (size_t l = j; l < m; l++)
			h[j * ld + l] = h[l * ld + j] = sign * gram[j * m + l];
	for (size_t j = 0; a == b && j < m; j++)
		h[j * ld + j] += diagonal_extra(f, j);
}

/* Curvature along shifts of all classes alike, where there is no penalty. */
static void stiffen_shifts(const struct ml_logloss *f)
{
	size_t m = f->p->x.cols + 1, ld = f->rows * m;

	for (size_t j = 0; f->rows > 1 && j < m; j++) {
		double most = 0;
		if (diagonal_extra(f, j) > 0)
			continue;
		for (size_t c = 0; c < f->rows; c++)
			most = fmax(most, f->hessian[(c * m + j) * (ld + 1)]);
		for (size_t a = 0; a < f->rows; a++)
			for (size_t b = a; b < f->rows; b++)
				f->hessian[(a * m + j) * ld + b * m + j] +=
					most / (double)f->rows;
	}
}

int ml_hessian_exact(void *arg, struct ml_error *err)
{
	struct ml_logloss *f = arg;
	size_t m = f->p->x.cols + 1;
	double *gram = ml_alloc(m * m, sizeof *gram, err);
	int rc = gram ? ML_OK : err->code;

	for (size_t a = 0; a < f->rows; a++)
		for (size_t b = a; !rc && b < f->rows; b++) {
			rc = pair_gram(f, a, b, gram, err);
			if (!rc)
				place_block(f, a, b, gram);
		}
	free(gram);
	if (rc)
		return rc;
	stiffen_shifts(f);
	return factor_with_jitter(f->hessian, f->factor, f->rows * m, err);
}

void ml_hessian_solve_exact(void *arg, const double *r, double *z)
{
	const struct ml_logloss *f = arg;
	size_t m = f->rows * (f->p->x.cols + 1);

	memcpy(z, r, m * sizeof *z);
	ml_cholesky_solve(f->factor, m, m, z);
}

int ml_hessian_blocks(void *arg, struct ml_error *err)
{
	struct ml_logloss *f = arg;
	size_t m = f->p->x.cols + 1;
	int rc = ML_OK;

	for (size_t c = 0; !rc && c < f->rows; c++) {
		double *h = f->hessian + c * m * m;
		rc = pair_gram(f, c, c, h, err);
		for (size_t j = 0; !rc && j < m; j++)
			h[j * m + j] += diagonal_extra(f, j);
		if (!rc)
			rc = factor_with_jitter(h, f->factor + c * m * m, m, err);
	}
	return rc;
}

void ml_hessian_solve_blocks(void *arg, const double *r, double *z)
{
	const struct ml_logloss *f = arg;
	size_t m = f->p->x.cols + 1;

	memcpy(z, r, f->rows * m * sizeof *z);
	for (size_t c = 0; c < f->rows; c++)
		ml_cholesky_solve(f->factor + c * m * m, m, m, z + c * m);
}

/* Diagonals of a slice, in f->sums. */
static int slice_diagonal(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct ml_logloss *f = arg;
	const struct ml_mat *x = &f->p->x;
	size_t m = x->cols + 1, to = ml_slice_to(&f->slices, block);
	double *sum = f->sums + block * f->rows * m;

	(void)worker;
	(void)err;
	memset(sum, 0, f->rows * m * sizeof *sum);
	for (size_t i = ml_slice_from(&f->slices, block); i < to; i++) {
		const double *row = x->v + i * x->ld;
		for (size_t c = 0; c < f->rows; c++) {
			double h = ml_curve_weight(f, i, c, c), *d = sum + c * m;
			for (size_t j = 0; j < x->cols; j++)
				d[j] += h * row[j] * row[j];
			d[x->cols] += f->intercept ? h : 0;
		}
	}
	return ML_OK;
}

int ml_hessian_diagonal(void *arg, struct ml_error *err)
{
	struct ml_logloss *f = arg;
	size_t m = f->p->x.cols + 1, dim = f->rows * m;
	int rc = ml_parallel(f->threads, f->slices.count, slice_diagonal, f, err);

	for (size_t i = 0; !rc && i < dim; i++) {
		double d = diagonal_extra(f, i % m);
		for (size_t b = 0; b < f->slices.count; b++)
			d += f->sums[b * dim + i];
		f->factor[i] = d > 0 ? d : 1;
		if (!isfinite(d))
			rc = ml_fail(
				err, ML_EDATA, "E-RANGE",
				"logistic: the curvature is beyond the largest number; scale "
				"the columns");
	}
	return rc;
}

void ml_hessian_solve_diagonal(void *arg, const double *r, double *z)
{
	const struct ml_logloss *f = arg;

	for (size_t i = 0; i < f->rows * (f->p->x.cols + 1); i++)
		z[i] = r[i] / f->factor[i];
}
