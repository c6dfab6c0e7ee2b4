/* gp.c - Gaussian process: what is known of a function at points.
 *
 * Mean m + k'a with a = (K + noise I)^-1 (y - m), variance s - |R^-T k|^2, R'R = K + noise I.
 * Source: Rasmussen, Williams (2006) "Gaussian Processes for Machine Learning", ch. 2.  BLAS is
 * called, so one thread only. */
#include "search/gp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "la/gram.h"
#include "search/gp_parts.h"

/* A pivot this small beside its diagonal is rounding. */
static const double least_pivot = 1e-14;
/* How far apart points are in a dimension that one of them does not have. */
static const double absent = 0.5;

int ml_gp_init(struct ml_gp *g, size_t n, size_t cap, size_t dims, const bool *word,
	       struct ml_error *err)
{
	*g = (struct ml_gp){ .n = n, .cap = cap, .dims = dims, .word = word };
	if (!(g->x = ml_alloc(cap * dims, sizeof *g->x, err)) ||
	    !(g->y = ml_alloc(cap, sizeof *g->y, err)) ||
	    !(g->length = ml_alloc(dims, sizeof *g->length, err)) ||
	    !(g->chol = ml_alloc(cap * cap, sizeof *g->chol, err)) ||
	    !(g->alpha = ml_alloc(cap, sizeof *g->alpha, err)))
		return err->code;
	return ML_OK;
}

void ml_gp_release(struct ml_gp *g)
{
	free(g->x);
	free(g->y);
	free(g->length);
	free(g->chol);
	free(g->alpha);
	*g = (struct ml_gp){ 0 };
}

double ml_gp_apart(const struct ml_gp *g, size_t j, double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) && isnan(b) ? 0 : absent;
	return g->word[j] ? a != b : a - b;
}

double ml_gp_kernel(const struct ml_gp *g, const double *a, const double *b, double *slope)
{
	double squares = 0;

	for (size_t j = 0; j < g->dims; j++) {
		double d = ml_gp_apart(g, j, a[j], b[j]) / g->length[j];
		squares += d * d;
	}
	double r = sqrt(5 * squares), e = exp(-r);
	if (slope)
		*slope = (1 + r) * e * (5. / 3);
	return (1 + r + r * r / 3) * e;
}

int ml_gp_factor(struct ml_gp *g, struct ml_error *err)
{
	size_t n = g->n;

	for (;; g->noise *= 10) {
		for (size_t a = 0; a < n; a++) {
			memset(g->chol + a * n, 0, a * sizeof *g->chol);
			g->chol[a * n + a] = g->scale + g->noise;
			for (size_t b = a + 1; b < n; b++)
				g->chol[a * n + b] =
					g->scale * ml_gp_kernel(g, g->x + a * g->dims,
								g->x + b * g->dims, NULL);
		}
		if (ml_cholesky(g->chol, n, least_pivot))
			break;
		/* With noise as large as the scale it cannot fail but for what is not finite.
		 */
		if (!(g->noise < 10 * g->scale))
			return ml_fail(err, ML_EBUG, "E-BUG", "no Cholesky factor of a kernel");
	}
	for (size_t a = 0; a < n; a++)
		g->alpha[a] = g->y[a] - g->mean;
	ml_cholesky_solve(g->chol, n, n, g->alpha);
	return ML_OK;
}

void ml_gp_at(const struct ml_gp *g, const double *points, size_t m, double *work, double *mean,
	      double *variance)
{
	size_t n = g->n;

	for (size_t i = 0; i < m; i++)
		for (size_t a = 0; a < n; a++)
			work[i * n + a] = g->scale * ml_gp_kernel(g, points + i * g->dims,
								  g->x + a * g->dims, NULL);
	for (size_t i = 0; i < m; i++)
		mean[i] = g->mean + cblas_ddot((int)n, work + i * n, 1, g->alpha, 1);
	/* Rows w = k R^-1, that is R^-T k. */
	cblas_dtrsm(CblasRowMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, (int)m,
		    (int)n, 1, g->chol, (int)n, work, (int)n);
	for (size_t i = 0; i < m; i++) {
		double known = cblas_ddot((int)n, work + i * n, 1, work + i * n, 1);
		variance[i] = fmax(g->scale - known, 0);
	}
}

void ml_gp_slope(const struct ml_gp *g, const double *point, double *work, double *mean,
		 double *variance, double *dmean, double *dvariance)
{
	size_t n = g->n;
	double *k = work, *slope = work + n, *solved = work + 2 * n;

	for (size_t a = 0; a < n; a++) {
		k[a] = g->scale * ml_gp_kernel(g, point, g->x + a * g->dims, &slope[a]);
		solved[a] = k[a];
	}
	ml_cholesky_solve(g->chol, n, n, solved);
	*mean = g->mean + cblas_ddot((int)n, k, 1, g->alpha, 1);
	*variance = fmax(g->scale - cblas_ddot((int)n, k, 1, solved, 1), 0);
	for (size_t j = 0; j < g->dims; j++) {
		double by_mean = 0, by_variance = 0;
		bool number = !g->word[j] && !isnan(point[j]);
		for (size_t a = 0; number && a < n; a++) {
			double other = g->x[a * g->dims + j];
			if (isnan(other))
				continue;
			double dk = -slope[a] * (point[j] - other);
			by_mean += g->alpha[a] * dk;
			by_variance -= 2 * solved[a] * dk;
		}
		double unit = g->scale / (g->length[j] * g->length[j]);
		dmean[j] = by_mean * unit;
		dvariance[j] = by_variance * unit;
	}
}

int ml_gp_believe(struct ml_gp *g, const double *points, size_t m, struct ml_error *err)
{
	if (!m)
		return ML_OK;
	double *work = ml_alloc(m * (g->n + 1), sizeof *work, err);
	if (!work)
		return err->code;
	ml_gp_at(g, points, m, work, g->y + g->n, work + m * g->n);
	memcpy(g->x + g->n * g->dims, points, m * g->dims * sizeof *points);
	g->n += m;
	free(work);
	return ml_gp_factor(g, err);
}
