/* evidence.c - covariances of all rows, what their parts are worth, and the evidence of
 * numbers.
 *
 * With K the covariance of y, a = K^-1 y,
 *     log p(y) = -1/2 y'a - sum log R_ii - n/2 log 2 pi,   d = 1/2 sum_ab (a_a a_b - K^-1_ab)
 * dK_ab (algorithm 2.1 and equation 5.9 of Rasmussen, Williams 2006).  A row of weight w is w
 * rows with the same y: its noise v becomes v / w, and what they say of each other adds
 * -(w - 1)/2 log(2 pi v) - 1/2 log w. */
#include "models/evidence.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "base/spare.h"
#include "base/thread.h"
#include "la/dd.h"
#include "la/lapack.h"
#include "la/mat.h"

/* Rows of a block. */
enum { BLOCK = 16 };
static const double log_2pi = 1.83787706640934548356;
/* A pivot this small beside its diagonal is rounding. */
static const double least_pivot = 1e-15;

static int check_size(const struct ml_evidence *e, struct ml_error *err)
{
	double n = (double)e->n, need = 8 * n * (n + ML_EV_LISTS + 1),
	       spare = ml_spare_memory();

	if (e->n < INT_MAX && need <= spare)
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-LIMIT",
		       "gp: the covariances of %zu rows are %.3g GB, and %.3g GB of memory are "
		       "free: take a sample of some thousands (ml-split), or another estimator",
		       e->n, need / 1e9, fmin(spare, 1e300) / 1e9);
}

int ml_evidence_init(struct ml_evidence *e, struct ml_error *err)
{
	size_t n = e->n, threads = (size_t)e->run->threads;

	e->err = err;
	e->blocks = (n + BLOCK - 1) / BLOCK;
	if (check_size(e, err) ||
	    !(e->square = ml_alloc(n * (n + 1), sizeof *e->square, err)) ||
	    !(e->list = ml_alloc(ML_EV_LISTS * n, sizeof *e->list, err)) ||
	    !(e->free = ml_alloc(e->cov->params, sizeof *e->free, err)) ||
	    !(e->slopes = ml_alloc(e->blocks * e->cov->params, sizeof *e->slopes, err)) ||
	    !(e->work = ml_alloc(threads, sizeof *e->work, err)) ||
	    !(e->weights = ml_alloc(threads * n, sizeof *e->weights, err)))
		return err->code;
	for (size_t k = 0; k < e->cov->params; k++)
		if (!e->cov->param[k].fixed)
			e->free[e->n_free++] = k;
	for (size_t k = 0; k < threads; k++)
		if (ml_cov_work_init(&e->work[k], e->cov, err))
			return err->code;
	return ML_OK;
}

void ml_evidence_release(struct ml_evidence *e)
{
	for (int k = 0; e->work && k < e->run->threads; k++)
		ml_cov_work_release(&e->work[k]);
	free(e->weights);
	free(e->work);
	free(e->slopes);
	free(e->free);
	free(e->list);
	free(e->square);
}

/* ---- rows ---- */

static bool all_finite(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += 0 * v[i];
	return sum == 0;
}

static int fill_block(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct ml_evidence *e = arg;
	const struct ml_cov_points points = { e->points, e->n };
	size_t from = block * BLOCK, to = from + BLOCK < e->n ? from + BLOCK : e->n;
	bool finite = true;

	(void)err;
	for (size_t a = from; a < to; a++) {
		const double *x = e->rows + a * e->p;
		double *k = ml_evidence_upper(e) + a * (e->n + 1);
		double *self = ml_evidence_at(e, ML_EV_SELF) + a;
		double *noise = ml_evidence_at(e, ML_EV_NOISE) + a;

		ml_cov_row(e->cov, x, &points, a + 1, e->n, k, &e->work[worker]);
		ml_cov_self(e->cov, x, self, noise);
		*noise += e->jitter;
		finite &= all_finite(k + a + 1, e->n - a - 1) && isfinite(*self + *noise);
	}
	e->slopes[block * e->cov->params] = finite;
	return ML_OK;
}

bool ml_evidence_fill(struct ml_evidence *e, const double *t)
{
	bool finite = true;

	for (size_t k = 0; k < e->n_free; k++)
		e->cov->param[e->free[k]].value = exp(t[k]);
	if (ml_parallel(e->run->threads, e->blocks, fill_block, e, e->err))
		return false;
	for (size_t b = 0; b < e->blocks; b++)
		finite &= e->slopes[b * e->cov->params] > 0;
	return finite;
}

/* ---- the slope ---- */

struct sloping {
	struct ml_evidence *e;
	ml_worth_fn *worth;
};

static int slope_block(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct sloping *s = arg;
	struct ml_evidence *e = s->e;
	const struct ml_cov_points points = { e->points, e->n };
	size_t from = block * BLOCK, to = from + BLOCK < e->n ? from + BLOCK : e->n;
	double *by = e->weights + (size_t)worker * e->n;
	double *grad = e->slopes + block * e->cov->params;

	(void)err;
	memset(grad, 0, e->cov->params * sizeof *grad);
	for (size_t a = from; a < to; a++) {
		const double *x = e->rows + a * e->p;
		double by_self, by_noise;

		s->worth(e, a, by, &by_self, &by_noise);
		ml_cov_row_slope(e->cov, x, &points, a + 1, e->n, by + a + 1, grad,
				 &e->work[worker]);
		ml_cov_self_slope(e->cov, x, by_self, by_noise, grad);
	}
	return ML_OK;
}

void ml_evidence_slope(struct ml_evidence *e, ml_worth_fn *worth, double *grad)
{
	struct sloping s = { e, worth };

	if (ml_parallel(e->run->threads, e->blocks, slope_block, &s, e->err))
		return;
	for (size_t k = 0; k < e->n_free; k++) {
		struct ml_dd sum = { 0 };
		for (size_t b = 0; b < e->blocks; b++)
			ml_acc_add(&sum, e->slopes[b * e->cov->params + e->free[k]]);
		grad[k] = -ml_acc_end(sum).hi;
	}
}

/* ---- numbers ---- */

/* The factor of the covariance of y; false when there is none. */
static bool factor(struct ml_evidence *e)
{
	const double *self = ml_evidence_at(e, ML_EV_SELF);
	const double *noise = ml_evidence_at(e, ML_EV_NOISE);
	double *k = ml_evidence_upper(e);
	int n = (int)e->n, ld = n + 1, info;

	for (size_t i = 0; i < e->n; i++)
		k[i * (e->n + 2)] = self[i] + noise[i] / (e->w ? e->w[i] : 1);
	dpotrf_("L", &n, k, &ld, &info);
	if (info)
		return false;
	for (size_t i = 0; i < e->n; i++) {
		double pivot = k[i * (e->n + 2)];
		double diagonal = self[i] + noise[i] / (e->w ? e->w[i] : 1);
		if (!(pivot * pivot > least_pivot * diagonal))
			return false;
	}
	return true;
}

static double minus_evidence(const struct ml_evidence *e)
{
	const double *a = ml_evidence_at(e, ML_EV_MEAN),
		     *noise = ml_evidence_at(e, ML_EV_NOISE);
	const double *k = ml_evidence_upper(e);
	struct ml_dd sum = { 0 };

	for (size_t i = 0; i < e->n; i++) {
		double w = e->w ? e->w[i] : 1;
		ml_acc_mul(&sum, 0.5 * e->y[i], a[i]);
		ml_acc_add(&sum, log(k[i * (e->n + 2)]));
		ml_acc_add(&sum, 0.5 * w * log_2pi);
		if (e->w)
			ml_acc_add(&sum, 0.5 * ((w - 1) * log(noise[i]) + log(w)));
	}
	return ml_acc_end(sum).hi;
}

static void worth(const struct ml_evidence *e, size_t a, double *by, double *by_self,
		  double *by_noise)
{
	const double *mean = ml_evidence_at(e, ML_EV_MEAN);
	const double *inverse = ml_evidence_upper(e) + a * (e->n + 1);
	double w = e->w ? e->w[a] : 1, ma = mean[a];

	for (size_t b = a + 1; b < e->n; b++)
		by[b] = ma * mean[b] - inverse[b];
	*by_self = 0.5 * (ma * ma - inverse[a]);
	*by_noise = *by_self / w - 0.5 * (w - 1) / ml_evidence_at(e, ML_EV_NOISE)[a];
}

double ml_evidence_numbers(void *evidence, const double *t, double *grad)
{
	struct ml_evidence *e = evidence;
	double *mean = ml_evidence_at(e, ML_EV_MEAN), *k = ml_evidence_upper(e);
	int n = (int)e->n, ld = n + 1, info;

	if (!ml_evidence_fill(e, t) || !factor(e))
		return (double)INFINITY;
	memcpy(mean, e->y, e->n * sizeof *mean);
	cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, n, k, ld, mean, 1);
	cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, n, k, ld, mean, 1);
	double value = minus_evidence(e);
	if (!grad || !isfinite(value))
		return isfinite(value) ? value : (double)INFINITY;
	dpotri_("L", &n, k, &ld, &info);
	ml_evidence_slope(e, worth, grad);
	return value;
}
