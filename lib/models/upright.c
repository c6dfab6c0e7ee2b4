/* upright.c - see upright.h: columns are taken one after another, by the rows of a Cholesky
 * factor of the kept ones. */
#include "models/upright.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "la/block.h"
#include "la/columnwise.h"
#include "la/scale.h"

/* A column whose part orthogonal to those before it has at most this share of its variance is
 * left out: squares of numbers that agree to five digits. */
static const double rank_tol = 1e-10;
enum { PIECE = 64 };

static void scale_row(const struct ml_problem *p, size_t i, const double *mean,
		      const double *unit, double *out)
{
	const double *v = p->x.v + i * p->x.ld;

	for (size_t j = 0; j < p->x.cols; j++)
		out[j] = (v[j] - mean[j]) * unit[j];
}

/* The upper triangle of the covariance of all columns. */
static int covariance(double *g, const struct ml_problem *p, double total, const double *mean,
		      const double *unit, struct ml_error *err)
{
	size_t n = p->x.rows, cols = p->x.cols;
	double *piece = ml_alloc(PIECE * cols, sizeof *piece, err);

	if (!piece)
		return err->code;
	for (size_t i = 0; i < n; i += PIECE) {
		size_t some = n - i < PIECE ? n - i : PIECE;
		for (size_t k = 0; k < some; k++) {
			double w = sqrt((p->w ? p->w[i + k] : 1) / total);
			scale_row(p, i + k, mean, unit, piece + k * cols);
			for (size_t j = 0; j < cols; j++)
				piece[k * cols + j] *= w;
		}
		ml_block_gram(g, cols, cols, some, piece, cols);
	}
	free(piece);
	return ML_OK;
}

/* Rows of the factor go below the diagonal of g, those of kept columns into kept columns. */
static void choose(struct ml_upright *u, double *g, size_t p, const struct ml_run *run)
{
	for (size_t j = 0; j < p; j++) {
		double *row = g + j * p, spread = row[j], left = spread;
		for (size_t i = 0; i < u->rank; i++) {
			size_t c = (size_t)u->kept[i];
			const double *of = g + c * p;
			double s = of[j];
			for (size_t k = 0; k < i; k++)
				s -= row[u->kept[k]] * of[u->kept[k]];
			row[c] = s / of[c];
			left -= row[c] * row[c];
		}
		if (spread > 0 && left > rank_tol * spread) {
			row[j] = sqrt(left);
			u->kept[u->rank++] = (int32_t)j;
		} else if (run->warn) {
			run->warn(run->user, "W-RANK", j,
				  "depends on the columns before it and is left out");
		}
	}
}

static int copy_rows(struct ml_upright *u, const struct ml_problem *p, struct ml_error *err)
{
	size_t n = p->x.rows, rank = u->rank;

	if (!(u->x.v = ml_alloc(n * rank, sizeof *u->x.v, err)))
		return err->code;
	u->x = (struct ml_mat){ u->x.v, n, rank, rank };
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < rank; k++)
			u->x.v[i * rank + k] =
				(p->x.v[i * p->x.ld + (size_t)u->kept[k]] - u->mean[k]) *
				u->unit[k];
	for (size_t i = 0; i < n * rank; i++)
		if (!isfinite(u->x.v[i]))
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "the numbers are too far apart: scale the columns");
	return ML_OK;
}

int ml_upright_init(struct ml_upright *u, const struct ml_problem *p, double total,
		    const struct ml_run *run, struct ml_error *err)
{
	size_t cols = p->x.cols;
	double *g = NULL;

	*u = (struct ml_upright){ .kept = ml_alloc(cols, sizeof *u->kept, err) };
	int rc = u->kept ? ML_OK : err->code;
	if (!rc && (!(u->mean = ml_alloc(cols, sizeof *u->mean, err)) ||
		    !(u->unit = ml_alloc(cols, sizeof *u->unit, err)) ||
		    !(g = ml_alloc(cols * cols, sizeof *g, err))))
		rc = err->code;
	if (!rc)
		rc = ml_columnwise(&p->x, NULL, p->w, u->mean, u->unit, err);
	for (size_t j = 0; !rc && j < cols; j++)
		u->unit[j] = ldexp(1, -ml_exponent(u->unit[j]));
	if (!rc)
		rc = covariance(g, p, total, u->mean, u->unit, err);
	if (!rc)
		choose(u, g, cols, run);
	if (!rc && !u->rank)
		rc = ml_fail(err, ML_EDATA, "E-RANGE", "no column varies");
	for (size_t k = 0; !rc && k < u->rank; k++) {
		u->mean[k] = u->mean[u->kept[k]];
		u->unit[k] = u->unit[u->kept[k]];
	}
	if (!rc)
		rc = copy_rows(u, p, err);
	free(g);
	return rc;
}

void ml_upright_release(struct ml_upright *u)
{
	free(u->x.v);
	free(u->kept);
	free(u->mean);
	free(u->unit);
	*u = (struct ml_upright){ 0 };
}
