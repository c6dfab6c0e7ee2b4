/* dual.c - ridge regression through the kernel of the rows. */
#include "la/dual.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "la/dd.h"
#include "la/gram.h"
#include "la/scale.h"

/* The least pivot a kernel may have, relative to its diagonal: penalties below are lost. */
static const double pivot_tol = 1e-13;

struct dual {
	size_t n, p;
	double *a;      /* n x p: rows about their mean, scaled, times root */
	double *root;   /* n: square roots of the scaled weights */
	double *mean;   /* p, scaled as x */
	double *c, *z;  /* n */
	double *kernel; /* n x n */
	double y_mean;  /* scaled as y */
	int x_exp, y_exp, w_exp;
};

static int dual_init(struct dual *d, const struct ml_lsq *q, struct ml_error *err)
{
	size_t n = q->x->rows, p = q->x->cols;

	*d = (struct dual){ .n = n, .p = p };
	if (!(d->a = ml_alloc(n * p, sizeof *d->a, err)) ||
	    !(d->root = ml_alloc(n, sizeof *d->root, err)) ||
	    !(d->mean = ml_alloc(p, sizeof *d->mean, err)) ||
	    !(d->c = ml_alloc(n, sizeof *d->c, err)) ||
	    !(d->z = ml_alloc(n, sizeof *d->z, err)) ||
	    !(d->kernel = ml_alloc(n * n, sizeof *d->kernel, err)))
		return err->code;
	return ML_OK;
}

static void dual_release(struct dual *d)
{
	free(d->kernel);
	free(d->z);
	free(d->c);
	free(d->mean);
	free(d->root);
	free(d->a);
}

static double largest(const double *v, size_t n)
{
	double max = 0;

	for (size_t i = 0; v && i < n; i++)
		max = fmax(max, fabs(v[i]));
	return max;
}

/* Copies of x, y, w near 1; y less its offset goes to z. */
static void scale_data(struct dual *d, const struct ml_lsq *q)
{
	double max = 0;

	for (size_t i = 0; i < d->n; i++)
		max = fmax(max, largest(q->x->v + i * q->x->ld, d->p));
	d->x_exp = ml_exponent(max);
	d->y_exp = ml_exponent(fmax(largest(q->y, d->n), largest(q->offset, d->n))) + 1;
	d->w_exp = ml_exponent(largest(q->w, d->n));
	for (size_t i = 0; i < d->n; i++) {
		for (size_t j = 0; j < d->p; j++)
			d->a[i * d->p + j] = ldexp(q->x->v[i * q->x->ld + j], -d->x_exp);
		d->z[i] = ldexp(q->y[i], -d->y_exp);
		if (q->offset)
			d->z[i] -= ldexp(q->offset[i], -d->y_exp);
		d->root[i] = q->w ? sqrt(ldexp(q->w[i], -d->w_exp)) : 1;
	}
}

/* Takes the weighted means out of a and z. */
static int centre(struct dual *d, struct ml_error *err)
{
	struct ml_dd *sum = ml_alloc(d->p + 2, sizeof *sum, err);

	if (!sum)
		return err->code;
	for (size_t i = 0; i < d->n; i++) {
		double w = d->root[i] * d->root[i];
		for (size_t j = 0; j < d->p; j++)
			ml_acc_mul(&sum[j], w, d->a[i * d->p + j]);
		ml_acc_mul(&sum[d->p], w, d->z[i]);
		ml_acc_add(&sum[d->p + 1], w);
	}
	struct ml_dd total = ml_acc_end(sum[d->p + 1]);
	for (size_t j = 0; j < d->p; j++)
		d->mean[j] = ml_dd_div(ml_acc_end(sum[j]), total).hi;
	d->y_mean = ml_dd_div(ml_acc_end(sum[d->p]), total).hi;
	for (size_t i = 0; i < d->n; i++) {
		cblas_daxpy((int)d->p, -1, d->mean, 1, d->a + i * d->p, 1);
		d->z[i] -= d->y_mean;
	}
	free(sum);
	return ML_OK;
}

static int solve(struct dual *d, double penalty, struct ml_error *err)
{
	for (size_t i = 0; i < d->n; i++) {
		cblas_dscal((int)d->p, d->root[i], d->a + i * d->p, 1);
		d->c[i] = d->z[i] *= d->root[i];
	}
	cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)d->n, (int)d->p, 1, d->a,
		    (int)d->p, 0, d->kernel, (int)d->n);
	for (size_t i = 0; i < d->n; i++)
		d->kernel[i * d->n + i] += penalty;
	if (!ml_cholesky(d->kernel, d->n, pivot_tol))
		return ml_fail(
			err, ML_EDATA, "E-RANGE",
			"ridge: the penalty is lost beside the %zu columns; scale them, or "
			"use a larger --alpha",
			d->p);
	ml_cholesky_solve(d->kernel, d->n, d->n, d->c);
	return ML_OK;
}

static void write_out(const struct dual *d, const struct ml_lsq *q, double *coef, double *rss)
{
	double sum = 0, *b = coef;

	cblas_dgemv(CblasRowMajor, CblasTrans, (int)d->n, (int)d->p, 1, d->a, (int)d->p, d->c,
		    1, 0, b, 1);
	for (size_t i = 0; i < d->n; i++) {
		double r = d->z[i] - cblas_ddot((int)d->p, d->a + i * d->p, 1, b, 1);
		sum += r * r;
	}
	*rss = ldexp(sum, 2 * d->y_exp + d->w_exp);
	b[d->p] = q->intercept ? ldexp(d->y_mean - ml_dot(d->mean, b, d->p), d->y_exp) : 0;
	for (size_t j = 0; j < d->p; j++)
		b[j] = ldexp(b[j], d->y_exp - d->x_exp);
}

int ml_dual_fit(const struct ml_lsq *problem, double *coef, double *rss, struct ml_error *err)
{
	struct dual d;
	int rc = dual_init(&d, problem, err);

	if (!rc) {
		scale_data(&d, problem);
		if (problem->intercept)
			rc = centre(&d, err);
	}
	/* Scaling rows and weights has scaled the squares that the penalty stands beside. */
	if (!rc)
		rc = solve(&d, ldexp(problem->penalty, -2 * d.x_exp - d.w_exp), err);
	if (!rc)
		write_out(&d, problem, coef, rss);
	dual_release(&d);
	return rc;
}
