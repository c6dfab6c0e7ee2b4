/* gp_fit.c - the parameters of a Gaussian process.
 *
 * The logarithms t of lengths, scale and noise minimise
 *     1/2 (y - m)'a + sum log R_ii + m^2 / 2 - log prior(t),    a = (K + noise I)^-1 (y - m),
 * m being the best for these.  With W = a a' - (K + noise I)^-1 the gradient of the first two
 * is -1/2 sum W_ab dK_ab/dt.  Priors are normal in t: lengths  mean sqrt 2 + log(d) / 2,
 * deviation sqrt 3: longer where dimensions are many, so that the function stays as complex as
 * a few dimensions are (Hvarfner, Hellsten, Nardi 2024 "Vanilla Bayesian optimization performs
 * great in high dimensions") scale    mean 0, deviation 1, since y has variance 1 noise    mean
 * log 1e-4, deviation 2.5: mostly small, but not if the data tell otherwise Several starts,
 * since short lengths with little noise and long ones with much can both be optima.  Cost:
 * O(n^3 + n^2 d) a step. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "la/gram.h"
#include "la/lapack.h"
#include "la/descent.h"
#include "search/gp.h"
#include "search/gp_parts.h"

static const double length_middle = 0.3, length_sd = 0.8;
static const double scale_mean = 0, scale_sd = 1;
static const double noise_mean = -9.2103403719761827, noise_sd = 2.5;
/* Ends, for the logarithms: of 0.02 .. 50, 0.02 .. 50, 1e-7 .. 2. */
static const double length_lo = -3.912, length_hi = 3.912;
static const double scale_lo = -3.912, scale_hi = 3.912;
static const double noise_lo = -16.118, noise_hi = 0.693;
static const double least_pivot = 1e-14;

/* Where it starts: lengths (times sqrt d) and noise. */
static const struct {
	double length, noise;
} starts[] = { { 0.3, 1e-4 }, { 1, 1e-3 }, { 0.2, 0.1 } };
enum { STARTS = sizeof starts / sizeof *starts };
/* Steps a start; fewer where steps are slow: FLOPS is about a third of a second. */
enum { MOST_STEPS = 50, LEAST_STEPS = 8 };
static const double flops = 1e9;

struct fit {
	struct ml_gp *gp;
	double *apart; /* dims lists of n (n - 1) / 2 squares of distances */
	double *slope; /* n (n - 1) / 2 */
	double *inverse, *ones;
};

static size_t pairs(size_t n)
{
	return n * (n - 1) / 2;
}

static void read_parameters(struct ml_gp *g, const double *t)
{
	for (size_t j = 0; j < g->dims; j++)
		g->length[j] = exp(t[j]);
	g->scale = exp(t[g->dims]);
	g->noise = exp(t[g->dims + 1]);
}

/* K + noise I into chol, and into slope what its derivatives by lengths have in common. */
static void fill_kernel(struct fit *f)
{
	struct ml_gp *g = f->gp;
	size_t n = g->n, p = pairs(n);

	memset(f->slope, 0, p * sizeof *f->slope);
	for (size_t j = 0; j < g->dims; j++)
		cblas_daxpy((int)p, 5 / (g->length[j] * g->length[j]), f->apart + j * p, 1,
			    f->slope, 1);
	for (size_t a = 0, k = 0; a < n; a++) {
		memset(g->chol + a * n, 0, a * sizeof *g->chol);
		g->chol[a * n + a] = g->scale + g->noise;
		for (size_t b = a + 1; b < n; b++, k++) {
			double r = sqrt(f->slope[k]), e = g->scale * exp(-r);
			g->chol[a * n + b] = (1 + r + r * r / 3) * e;
			f->slope[k] = (1 + r) * e * (5. / 3);
		}
	}
}

/* alpha and mean for the factor; false when there is no factor. */
static bool solve(struct fit *f)
{
	struct ml_gp *g = f->gp;
	size_t n = g->n;
	double num = 0, den = 1; /* 1: the prior of the mean */

	if (!ml_cholesky(g->chol, n, least_pivot))
		return false;
	for (size_t a = 0; a < n; a++) {
		g->alpha[a] = g->y[a];
		f->ones[a] = 1;
	}
	ml_cholesky_solve(g->chol, n, n, g->alpha);
	ml_cholesky_solve(g->chol, n, n, f->ones);
	for (size_t a = 0; a < n; a++) {
		num += g->alpha[a];
		den += f->ones[a];
	}
	g->mean = num / den;
	cblas_daxpy((int)n, -g->mean, f->ones, 1, g->alpha, 1);
	return true;
}

/* Gradient of all but the priors.  slope is spoilt. */
static void fill_gradient(struct fit *f, double *grad)
{
	struct ml_gp *g = f->gp;
	size_t n = g->n, p = pairs(n);
	int order = (int)n, info;
	double diagonal = 0, rest = 0;

	memcpy(f->inverse, g->chol, n * n * sizeof *g->chol);
	dpotri_("L", &order, f->inverse, &order, &info);
	for (size_t a = 0, k = 0; a < n; a++) {
		diagonal += g->alpha[a] * g->alpha[a] - f->inverse[a * n + a];
		for (size_t b = a + 1; b < n; b++, k++) {
			double w = g->alpha[a] * g->alpha[b] - f->inverse[a * n + b];
			f->slope[k] *= w;
		}
	}
	for (size_t j = 0; j < g->dims; j++)
		grad[j] = -cblas_ddot((int)p, f->slope, 1, f->apart + j * p, 1) /
			  (g->length[j] * g->length[j]);
	/* sum W (K + noise I) = alpha'(y - mean) - n gives the scale's without K. */
	for (size_t a = 0; a < n; a++)
		rest += g->alpha[a] * (g->y[a] - g->mean);
	grad[g->dims] = -0.5 * (rest - (double)n - g->noise * diagonal);
	grad[g->dims + 1] = -0.5 * g->noise * diagonal;
}

static double prior(double t, double mean, double sd, double *grad)
{
	double z = (t - mean) / sd;

	*grad += z / sd;
	return 0.5 * z * z;
}

static double value(void *arg, const double *t, double *grad)
{
	struct fit *f = arg;
	struct ml_gp *g = f->gp;
	double sum = 0, centre = log(length_middle) + 0.5 * log((double)g->dims);

	read_parameters(g, t);
	fill_kernel(f);
	if (!solve(f))
		return (double)INFINITY;
	sum += 0.5 * g->mean * g->mean;
	for (size_t a = 0; a < g->n; a++)
		sum += 0.5 * g->alpha[a] * (g->y[a] - g->mean) + log(g->chol[a * g->n + a]);
	fill_gradient(f, grad);
	for (size_t j = 0; j < g->dims; j++)
		sum += prior(t[j], centre, length_sd, &grad[j]);
	sum += prior(t[g->dims], scale_mean, scale_sd, &grad[g->dims]);
	sum += prior(t[g->dims + 1], noise_mean, noise_sd, &grad[g->dims + 1]);
	return sum;
}

static void fill_apart(struct fit *f)
{
	const struct ml_gp *g = f->gp;
	size_t k = 0;

	for (size_t j = 0; j < g->dims; j++)
		for (size_t a = 0; a < g->n; a++)
			for (size_t b = a + 1; b < g->n; b++) {
				double d = ml_gp_apart(g, j, g->x[a * g->dims + j],
						       g->x[b * g->dims + j]);
				f->apart[k++] = d * d;
			}
}

static size_t steps_for(size_t n)
{
	double cube = (double)n * (double)n * (double)n;
	double steps = flops / (cube * STARTS);

	return steps > MOST_STEPS    ? MOST_STEPS
	       : steps < LEAST_STEPS ? LEAST_STEPS
				     : (size_t)steps;
}

/* The best end of all starts into best. room: 3 (dims + 2). */
static int try_starts(struct fit *f, double *room, double *best, const struct ml_run *run,
		      struct ml_error *err)
{
	size_t m = f->gp->dims + 2;
	double *t = room, *lo = room + m, *hi = room + 2 * m, least = (double)INFINITY;
	int rc = ML_OK;

	for (size_t j = 0; j < m; j++) {
		lo[j] = j + 2 < m ? length_lo : j + 2 == m ? scale_lo : noise_lo;
		hi[j] = j + 2 < m ? length_hi : j + 2 == m ? scale_hi : noise_hi;
	}
	for (size_t k = 0; !rc && k < STARTS; k++) {
		double v;
		for (size_t j = 0; j + 2 < m; j++)
			t[j] = fmin(log(starts[k].length) + 0.5 * log((double)(m - 2)),
				    length_hi);
		t[m - 2] = scale_mean;
		t[m - 1] = log(starts[k].noise);
		if (k == 0)
			memcpy(best, t, m * sizeof *t);
		rc = ml_descend(value, f, m, lo, hi, t, &v, steps_for(f->gp->n), run, err);
		if (!rc && v < least) {
			least = v;
			memcpy(best, t, m * sizeof *t);
		}
	}
	return rc;
}

int ml_gp_fit(struct ml_gp *g, const struct ml_run *run, struct ml_error *err)
{
	size_t n = g->n, m = g->dims + 2;
	struct fit f = { .gp = g };
	double *room = NULL;
	int rc = ML_OK;

	if (!(f.apart = ml_alloc(g->dims * pairs(n), sizeof *f.apart, err)) ||
	    !(f.slope = ml_alloc(pairs(n), sizeof *f.slope, err)) ||
	    !(f.inverse = ml_alloc(n * n, sizeof *f.inverse, err)) ||
	    !(f.ones = ml_alloc(n, sizeof *f.ones, err)) ||
	    !(room = ml_alloc(4 * m, sizeof *room, err)))
		rc = err->code;
	if (!rc) {
		fill_apart(&f);
		rc = try_starts(&f, room + m, room, run, err);
	}
	if (!rc) {
		read_parameters(g, room);
		fill_kernel(&f);
		if (!solve(&f)) /* only where no start had a value */
			rc = ml_gp_factor(g, err);
	}
	free(room);
	free(f.ones);
	free(f.inverse);
	free(f.slope);
	free(f.apart);
	return rc;
}
