/* delong.c - two areas under ROC curves of the same rows.
 *
 * With m rows of the class and n others, r the midranks among all rows and s those among the
 * rows of one kind alone,
 *     theta = sum of r over the class / (m n) - (m + 1) / (2 n),
 *     V10(i) = (r_i - s_i) / n,  V01(j) = 1 - (r_j - s_j) / m,
 *     cov = cov(V10, V10') / m + cov(V01, V01') / n
 * (Sun, Xu 2014, "Fast implementation of DeLong's algorithm", IEEE Signal Processing Letters
 * 21). */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "la/argsort.h"
#include "la/dd.h"
#include "metrics/contrast.h"

struct rows {
	const int32_t *y;
	int32_t positive;
	size_t n, pos;
};

static bool is_pos(const struct rows *r, size_t i)
{
	return r->y[i] == r->positive;
}

/* part[i]: V10 of a row of the class, V01 of another. */
static int place(const struct rows *r, const struct ml_scores *s, double *part,
		 struct ml_error *err)
{
	uint32_t *order = ml_alloc(r->n, sizeof *order, err);
	double m = (double)r->pos, n = (double)(r->n - r->pos);
	size_t seen = 0; /* rows of the class with lower scores */

	if (!order || ml_argsort(s->v, s->stride, r->n, order, err)) {
		free(order);
		return err->code;
	}
	for (size_t i = 0, j; i < r->n; i = j) {
		size_t here = 0;
		for (j = i;
		     j < r->n && s->v[order[j] * s->stride] == s->v[order[i] * s->stride]; j++)
			here += is_pos(r, order[j]);
		/* midrank among all minus midrank among its kind: others below, ties as halves
		 */
		double others = (double)(i - seen) + (double)(j - i - here) / 2;
		double like = (double)seen + (double)here / 2;
		for (size_t k = i; k < j; k++)
			part[order[k]] = is_pos(r, order[k]) ? others / n : 1 - like / m;
		seen += here;
	}
	free(order);
	return ML_OK;
}

static double mean_of(const struct rows *r, const double *v, bool pos)
{
	struct ml_dd sum = { 0, 0 };

	for (size_t i = 0; i < r->n; i++)
		if (is_pos(r, i) == pos)
			ml_acc_add(&sum, v[i]);
	return ml_acc_end(sum).hi / (double)(pos ? r->pos : r->n - r->pos);
}

/* cov(V, V') / count, of one kind of rows. */
static double cov_of(const struct rows *r, const double *u, const double *v, bool pos)
{
	struct ml_dd sum = { 0, 0 };
	double count = (double)(pos ? r->pos : r->n - r->pos);
	double mu = mean_of(r, u, pos), mv = mean_of(r, v, pos);

	for (size_t i = 0; i < r->n; i++)
		if (is_pos(r, i) == pos)
			ml_acc_mul(&sum, u[i] - mu, v[i] - mv);
	return ml_acc_end(sum).hi / (count - 1) / count;
}

static double both(const struct rows *r, const double *u, const double *v)
{
	return cov_of(r, u, v, true) + cov_of(r, u, v, false);
}

int ml_areas_of(const struct ml_scores *first, const struct ml_scores *second, const int32_t *y,
		int32_t positive, size_t n, struct ml_areas *out, struct ml_error *err)
{
	struct rows r = { y, positive, n, 0 };

	*out = (struct ml_areas){ NAN, NAN, NAN, NAN, NAN };
	for (size_t i = 0; i < n; i++)
		r.pos += y[i] == positive;
	if (r.pos < 2 || n - r.pos < 2)
		return ML_OK;
	double *u = ml_alloc(2 * n, sizeof *u, err);
	int rc = u ? place(&r, first, u, err) : err->code;
	if (!rc)
		rc = place(&r, second, u + n, err);
	if (!rc)
		*out = (struct ml_areas){ .first = mean_of(&r, u, true),
					  .second = mean_of(&r, u + n, true),
					  .var_first = both(&r, u, u),
					  .var_second = both(&r, u + n, u + n),
					  .cov = both(&r, u, u + n) };
	free(u);
	return rc;
}

struct ml_contrast ml_delong(const struct ml_areas *a, double confidence)
{
	struct ml_contrast out = ml_contrast_none();
	double var = a->var_first + a->var_second - 2 * a->cov;
	/* What is left of a difference of equal variances is rounding. */
	double se = var > 1e-15 * (a->var_first + a->var_second) ? sqrt(var) : 0;
	double half = gsl_cdf_ugaussian_Pinv((1 + confidence) / 2) * se;

	out.diff = a->second - a->first;
	if (isnan(var))
		return out;
	out.lo = out.diff - half;
	out.hi = out.diff + half;
	if (se > 0)
		out.statistic = out.diff / se;
	out.p = se > 0 ? fmin(1, 2 * gsl_cdf_ugaussian_Q(fabs(out.statistic)))
		       : (out.diff == 0 ? 1 : NAN);
	return out;
}
