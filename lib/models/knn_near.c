/* knn_near.c - neighbours by an index of the points, or one distance after another.
 *
 * All find the same: the k least in the order (distance, row). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/knn_parts.h"

/* ---- norms ---- */

static double plain_norm(const struct ml_knn *m, double d)
{
	return ml_kd_plain(m->norm, d);
}

/* ---- cosine: Euclidean distances of rows of length 1; half their square is 1 - cosine ---- */

static double plain_cosine(const struct ml_knn *m, double d)
{
	(void)m;
	return d / 2;
}

/* cols numbers, p of them x / |x|; behind them 1 for a row of zeros, else 0. */
static void make_unit(const double *x, size_t p, size_t cols, double *out)
{
	double most = 0, square = 0;

	for (size_t j = 0; j < p; j++)
		most = fmax(most, fabs(x[j]));
	for (size_t j = 0; j < p; j++) {
		out[j] = most > 0 ? x[j] / most : x[j]; /* NaN stays */
		square += out[j] * out[j];
	}
	for (size_t j = 0; square > 0 && j < p; j++)
		out[j] /= sqrt(square);
	if (cols > p)
		out[p] = square == 0;
}

static bool is_zero(const double *x, size_t p)
{
	for (size_t j = 0; j < p; j++)
		if (x[j] != 0)
			return false;
	return true;
}

static int make_units(const struct ml_knn *m, const struct ml_mat *x, size_t cols,
		      struct ml_mat *out, struct ml_error *err)
{
	*out = (struct ml_mat){ ml_alloc(x->rows, cols * sizeof *out->v, err), x->rows, cols,
				cols };
	for (size_t i = 0; out->v && i < x->rows; i++)
		make_unit(x->v + i * x->ld, m->p, cols, out->v + i * cols);
	return out->v ? ML_OK : err->code;
}

int ml_knn_prepare(struct ml_knn *m, struct ml_error *err)
{
	struct ml_mat x = { m->x, m->n, m->p, m->p }, unit;
	size_t cols = m->p;

	m->cols = m->p;
	if (m->metric != ML_KNN_COSINE)
		return ML_OK;
	for (size_t i = 0; i < m->n; i++)
		if (is_zero(m->x + i * m->p, m->p))
			cols = m->p + 1;
	if (make_units(m, &x, cols, &unit, err))
		return err->code;
	free(m->x);
	m->x = unit.v;
	m->cols = cols;
	return ML_OK;
}

static int find_cosine(const struct ml_knn *m, const struct ml_mat *x, struct ml_near *near,
		       struct ml_error *err)
{
	struct ml_mat unit;
	int rc = make_units(m, x, m->cols, &unit, err);

	/* A query has no 1 in the last column. */
	for (size_t i = 0; !rc && m->cols > m->p && i < x->rows; i++)
		unit.v[i * m->cols + m->p] = 0;
	if (!rc)
		rc = ml_knn_ask_index(m, &unit, near, err);
	/* From zeros all points are as far. */
	for (size_t i = 0; !rc && i < x->rows; i++)
		for (size_t l = 0; is_zero(x->v + i * x->ld, m->p) && l < m->k; l++)
			near[i * m->k + l] = (struct ml_near){ 2, (uint32_t)l };
	free(unit.v);
	return rc;
}

/* ---- one distance after another ---- */

typedef double pair_fn(const struct ml_knn *m, const double *a, const double *b);

static double minkowski(const struct ml_knn *m, const double *a, const double *b)
{
	double d = 0;

	for (size_t j = 0; j < m->p; j++)
		d += pow(fabs(a[j] - b[j]), m->exponent);
	return d;
}

/* The share of columns that differ, of those that both have. */
static double hamming(const struct ml_knn *m, const double *a, const double *b)
{
	double differ = 0, both = 0;

	for (size_t j = 0; j < m->p; j++) {
		if (isnan(a[j]) || isnan(b[j]))
			continue;
		both++;
		differ += a[j] != b[j];
	}
	return both > 0 ? differ / both : (double)NAN;
}

/* The mean over the columns that both have of |a - b| / range, at most 1, and for categories of
 * 0 or 1. */
static double gower(const struct ml_knn *m, const double *a, const double *b)
{
	double sum = 0, both = 0;

	for (size_t j = 0; j < m->p; j++) {
		double apart = fabs(a[j] - b[j]);

		if (isnan(apart))
			continue;
		both++;
		if (m->levels[j] || !(apart < m->range[j]))
			sum += apart > 0;
		else
			sum += apart / m->range[j];
	}
	return both > 0 ? sum / both : (double)NAN;
}

static void scan(const struct ml_knn *m, const double *q, pair_fn *pair, struct ml_near *near)
{
	size_t found = 0;

	for (size_t i = 0; i < m->n; i++) {
		double d = pair(m, q, m->x + i * m->p);

		if (isnan(d) || (found == m->k && !(d < near[found - 1].d)))
			continue;
		size_t at = found < m->k ? found++ : found - 1;
		for (; at > 0 && near[at - 1].d > d; at--)
			near[at] = near[at - 1];
		near[at] = (struct ml_near){ d, (uint32_t)i };
	}
	for (; found < m->k; found++)
		near[found] = (struct ml_near){ NAN, 0 };
}

static int find_minkowski(const struct ml_knn *m, const struct ml_mat *x, struct ml_near *near,
			  struct ml_error *err)
{
	(void)err;
	for (size_t i = 0; i < x->rows; i++)
		if (ml_knn_finite(x->v + i * x->ld, m->p))
			scan(m, x->v + i * x->ld, minkowski, near + i * m->k);
		else
			for (size_t l = 0; l < m->k; l++)
				near[i * m->k + l] = (struct ml_near){ NAN, 0 };
	return ML_OK;
}

static int find_hamming(const struct ml_knn *m, const struct ml_mat *x, struct ml_near *near,
			struct ml_error *err)
{
	(void)err;
	for (size_t i = 0; i < x->rows; i++)
		scan(m, x->v + i * x->ld, hamming, near + i * m->k);
	return ML_OK;
}

static int find_gower(const struct ml_knn *m, const struct ml_mat *x, struct ml_near *near,
		      struct ml_error *err)
{
	(void)err;
	for (size_t i = 0; i < x->rows; i++)
		scan(m, x->v + i * x->ld, gower, near + i * m->k);
	return ML_OK;
}

static double plain_minkowski(const struct ml_knn *m, double d)
{
	return pow(d, 1 / m->exponent);
}

static double as_is(const struct ml_knn *m, double d)
{
	(void)m;
	return d;
}

static int no_index(struct ml_knn *m, struct ml_error *err)
{
	if (m->n > UINT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", m->n);
	return ML_OK;
}

static int find_ranges(struct ml_knn *m, struct ml_error *err)
{
	if (!(m->range = ml_alloc(m->p, sizeof *m->range, err)))
		return err->code;
	for (size_t j = 0; j < m->p; j++) {
		double least = INFINITY, most = -INFINITY;

		for (size_t i = 0; i < m->n; i++) {
			double v = m->x[i * m->p + j];

			least = v < least ? v : least;
			most = v > most ? v : most;
		}
		m->range[j] = most > least ? most - least : 0;
	}
	return no_index(m, err);
}

/* ---- which ---- */

static const struct ml_knn_finder by_norm = { ml_knn_make_index, ml_knn_ask_index, plain_norm };
static const struct ml_knn_finder by_angle = { ml_knn_make_index, find_cosine, plain_cosine };
static const struct ml_knn_finder by_power = { ml_knn_make_index, ml_knn_ask_index,
					       plain_minkowski };
static const struct ml_knn_finder by_all_powers = { no_index, find_minkowski, plain_minkowski };
static const struct ml_knn_finder by_mismatch = { no_index, find_hamming, as_is };
static const struct ml_knn_finder by_gower = { find_ranges, find_gower, as_is };

static const struct ml_knn_finder *const finders[ML_KNN_METRICS] = {
	[ML_KNN_EUCLIDEAN] = &by_norm, [ML_KNN_MANHATTAN] = &by_norm,
	[ML_KNN_CHEBYSHEV] = &by_norm, [ML_KNN_MINKOWSKI] = &by_power,
	[ML_KNN_COSINE] = &by_angle,   [ML_KNN_HAMMING] = &by_mismatch,
	[ML_KNN_GOWER] = &by_gower,
};

/* The norm that minkowski of some exponents is. */
static int known_norm(const struct ml_knn *m)
{
	if (m->metric != ML_KNN_MINKOWSKI)
		return m->metric;
	return m->exponent == 1   ? ML_KNN_MANHATTAN
	       : m->exponent == 2 ? ML_KNN_EUCLIDEAN
				  : ML_KNN_MINKOWSKI;
}

int ml_knn_index(struct ml_knn *m, struct ml_error *err)
{
	int metric = known_norm(m);

	m->finder = finders[metric];
	m->norm = metric == ML_KNN_MANHATTAN   ? ML_KD_MANHATTAN
		  : metric == ML_KNN_CHEBYSHEV ? ML_KD_CHEBYSHEV
					       : ML_KD_EUCLIDEAN;
	m->by_power = metric == ML_KNN_MINKOWSKI;
	if (m->by_power && m->search == ML_KNN_BRUTE)
		m->finder = &by_all_powers;
	return m->finder->init(m, err);
}
