/* mixture.c - densities of a mixture. */
#include "models/mixture.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/argsort.h"
#include "la/block.h"

static const double log_two_pi = 1.8378770664093454836;

/* What is different in the four shapes. */
static const struct kind {
	bool square, shared; /* p x p numbers; one for all components */
	bool one;            /* a single number */
} kinds[] = {
	[ML_FULL] = { .square = true },
	[ML_TIED] = { .square = true, .shared = true },
	[ML_DIAG] = { .square = false },
	[ML_SPHERICAL] = { .one = true },
};

/* Numbers of a covariance. */
static size_t each(const struct ml_mixture *m)
{
	return kinds[m->shape].square ? m->p * m->p : kinds[m->shape].one ? 1 : m->p;
}

static size_t at(const struct ml_mixture *m, size_t c)
{
	return kinds[m->shape].shared ? 0 : c * each(m);
}

size_t ml_mixture_covs(const struct ml_mixture *m)
{
	return kinds[m->shape].shared ? each(m) : m->k * each(m);
}

double ml_mixture_parameters(const struct ml_mixture *m)
{
	double k = (double)m->k, p = (double)m->p, covs = kinds[m->shape].shared ? 1 : k;
	double cov = kinds[m->shape].square ? p * (p + 1) / 2 : kinds[m->shape].one ? 1 : p;

	return k - 1 + k * p + covs * cov;
}

int ml_mixture_init(struct ml_mixture *m, enum ml_shape shape, size_t k, size_t p,
		    struct ml_error *err)
{
	*m = (struct ml_mixture){ .shape = shape, .k = k, .p = p };
	if (!(m->weight = ml_alloc(k, sizeof *m->weight, err)) ||
	    !(m->constant = ml_alloc(k, sizeof *m->constant, err)) ||
	    !(m->mean = ml_alloc(k * p, sizeof *m->mean, err)) ||
	    !(m->cov = ml_alloc(ml_mixture_covs(m), sizeof *m->cov, err)) ||
	    !(m->inverse = ml_alloc(ml_mixture_covs(m), sizeof *m->inverse, err)))
		return err->code;
	return ML_OK;
}

void ml_mixture_release(struct ml_mixture *m)
{
	free(m->weight);
	free(m->constant);
	free(m->mean);
	free(m->cov);
	free(m->inverse);
	*m = (struct ml_mixture){ 0 };
}

void ml_mixture_copy(struct ml_mixture *to, const struct ml_mixture *from)
{
	size_t covs = ml_mixture_covs(from);

	memcpy(to->weight, from->weight, from->k * sizeof *to->weight);
	memcpy(to->constant, from->constant, from->k * sizeof *to->constant);
	memcpy(to->mean, from->mean, from->k * from->p * sizeof *to->mean);
	memcpy(to->cov, from->cov, covs * sizeof *to->cov);
	memcpy(to->inverse, from->inverse, covs * sizeof *to->inverse);
}

/* ---- inverses ---- */

/* t: the inverse of the lower Cholesky factor L of s, turned (so upper); *log_det of it. */
static bool invert(const double *s, double *t, size_t p, double *log_det)
{
	*log_det = 0;
	/* L in the lower triangle. */
	for (size_t i = 0; i < p; i++) {
		double *row = t + i * p;
		for (size_t j = 0; j <= i; j++) {
			double v = s[i * p + j] - ml_dot(row, t + j * p, j);
			if (j < i)
				row[j] = v / t[j * p + j];
			else if (v > 0 && isfinite(v))
				row[i] = sqrt(v);
			else
				return false;
		}
		*log_det -= log(row[i]);
	}
	/* Column c of the inverse becomes row c, above the diagonal, which comes last. */
	for (size_t c = 0; c < p; c++)
		for (size_t i = c + 1; i < p; i++) {
			double v = t[i * p + c] / t[c * p + c];
			for (size_t j = c + 1; j < i; j++)
				v += t[i * p + j] * t[c * p + j];
			t[c * p + i] = -v / t[i * p + i];
		}
	for (size_t i = 0; i < p; i++) {
		t[i * p + i] = 1 / t[i * p + i];
		for (size_t j = 0; j < i; j++)
			t[i * p + j] = 0;
	}
	return isfinite(*log_det);
}

static bool invert_numbers(const double *s, double *t, size_t n, double times, double *log_det)
{
	*log_det = 0;
	for (size_t j = 0; j < n; j++) {
		if (!(s[j] > 0) || !isfinite(s[j]))
			return false;
		t[j] = 1 / sqrt(s[j]);
		*log_det += times * log(t[j]);
	}
	return isfinite(*log_det);
}

size_t ml_mixture_prepare(struct ml_mixture *m)
{
	double log_det = 0;

	for (size_t c = 0; c < m->k; c++) {
		const double *s = m->cov + at(m, c);
		double *t = m->inverse + at(m, c);
		bool fine = true;
		if (kinds[m->shape].square && !(c && kinds[m->shape].shared))
			fine = invert(s, t, m->p, &log_det);
		else if (!kinds[m->shape].square)
			fine = invert_numbers(s, t, each(m),
					      kinds[m->shape].one ? (double)m->p : 1, &log_det);
		if (!fine)
			return c;
		m->constant[c] = log(m->weight[c]) + log_det - (double)m->p * log_two_pi / 2;
	}
	return SIZE_MAX;
}

int ml_mixture_sort(struct ml_mixture *m, struct ml_error *err)
{
	struct ml_mixture was = { 0 };
	uint32_t *order = ml_alloc(m->k, sizeof *order, err);
	double *less = ml_alloc(m->k, sizeof *less, err);
	int rc = order && less ? ml_mixture_init(&was, m->shape, m->k, m->p, err) : err->code;

	for (size_t c = 0; !rc && c < m->k; c++)
		less[c] = -m->weight[c];
	if (!rc)
		rc = ml_argsort(less, 1, m->k, order, err);
	if (!rc)
		ml_mixture_copy(&was, m);
	for (size_t c = 0; !rc && c < m->k; c++) {
		size_t from = order[c], own = each(m);
		m->weight[c] = was.weight[from];
		m->constant[c] = was.constant[from];
		memcpy(m->mean + c * m->p, was.mean + from * m->p, m->p * sizeof *m->mean);
		if (kinds[m->shape].shared)
			continue;
		memcpy(m->cov + c * own, was.cov + from * own, own * sizeof *m->cov);
		memcpy(m->inverse + c * own, was.inverse + from * own, own * sizeof *m->cov);
	}
	ml_mixture_release(&was);
	free(less);
	free(order);
	return rc;
}

/* ---- rows ---- */

/* z = (x - mean) times the inverse factor, row by row; z follows d in room. */
static const double *whiten(const struct ml_mixture *m, size_t c, const double *x, size_t ldx,
			    size_t rows, double *room)
{
	size_t p = m->p;
	const double *mean = m->mean + c * p, *t = m->inverse + at(m, c);
	double *d = room, *z = room + ML_MIXTURE_ROWS * p;

	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < p; j++)
			d[i * p + j] = x[i * ldx + j] - mean[j];
	if (kinds[m->shape].square) {
		memset(z, 0, rows * p * sizeof *z);
		ml_block_add(z, p, rows, p, p, d, 1, p, t, p);
		return z;
	}
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < p; j++)
			d[i * p + j] *= kinds[m->shape].one ? t[0] : t[j];
	return d;
}

/* Logarithms become shares. */
static double share_out(double *prob, size_t k)
{
	double most = prob[0], sum = 0;

	for (size_t c = 1; c < k; c++)
		most = prob[c] > most ? prob[c] : most;
	if (isinf(most)) { /* too far from all: nothing can be told */
		for (size_t c = 0; c < k; c++)
			prob[c] = NAN;
		return -INFINITY;
	}
	for (size_t c = 0; c < k; c++)
		sum += prob[c] = exp(prob[c] - most);
	for (size_t c = 0; c < k; c++)
		prob[c] /= sum;
	return most + log(sum);
}

void ml_mixture_rows(const struct ml_mixture *m, const double *x, size_t ldx, size_t rows,
		     double *prob, size_t ldp, double *density, double *room)
{
	for (size_t c = 0; c < m->k; c++) {
		const double *z = whiten(m, c, x, ldx, rows, room);
		for (size_t i = 0; i < rows; i++)
			prob[i * ldp + c] =
				m->constant[c] - ml_dot(z + i * m->p, z + i * m->p, m->p) / 2;
	}
	for (size_t i = 0; i < rows; i++) {
		double d = share_out(prob + i * ldp, m->k);
		if (density)
			density[i] = d;
	}
}
