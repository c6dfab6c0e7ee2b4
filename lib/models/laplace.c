/* laplace.c - the evidence of classes, by Laplace's approximation.
 *
 * log p(y | f) = sum w_i log sigmoid(+-f_i).  Newton's method finds the mode of
 *     psi(f) = log p(y | f) - 1/2 f' K^-1 f:
 * with W minus the curvature of log p, g its slope, B = I + W^1/2 K W^1/2, b = W f + g,
 *     a = b - W^1/2 B^-1 W^1/2 K b,  f = K a
 * and at the mode log q(y) = psi(f) - 1/2 log |B|.  Its slope, with R = W^1/2 B^-1 W^1/2, the
 * variances v = diag (K^-1 + W)^-1 = (1 - B^-1_ii) / W_i, and u = (I - R K) (1/2 v * d^3 log p
 * / df^3), is sum_ab dK_ab (1/2 a_a a_b - 1/2 R_ab + u_a g_b). A step that
 * does not raise psi is halved.  Source: Rasmussen, Williams (2006), algorithms 3.1 and 5.1. */
#include <math.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/thread.h"
#include "la/dd.h"
#include "la/lapack.h"
#include "models/evidence.h"

/* Newton's steps, of which a handful is usual; their halvings; the last change of f, beside
 * the largest f: the error squares, so that what is left is rounding. */
enum { MOST_STEPS = 100, MOST_HALVINGS = 10, TILE = 32 };
static const double small_change = 1e-7;
/* Gain of psi that is rounding. */
static const double rounding = 1e-12;

static double *at(const struct ml_evidence *e, enum ml_evidence_list list)
{
	return ml_evidence_at(e, list);
}

/* to = K from. */
static void times_k(const struct ml_evidence *e, const double *from, double *to)
{
	cblas_dsymv(CblasRowMajor, CblasUpper, (int)e->n, 1, ml_evidence_upper(e),
		    (int)e->n + 1, from, 1, 0, to, 1);
}

/* log p(y | f) - 1/2 a'f. */
static double psi(const struct ml_evidence *e, const double *f, const double *a)
{
	struct ml_dd sum = { 0 };

	for (size_t i = 0; i < e->n; i++) {
		double s = e->y[i] > 0 ? f[i] : -f[i], w = e->w ? e->w[i] : 1;
		double loss = s > 0 ? log1p(exp(-s)) : log1p(exp(s)) - s;
		ml_acc_mul(&sum, -w, loss);
		ml_acc_mul(&sum, -0.5 * a[i], f[i]);
	}
	return ml_acc_end(sum).hi;
}

/* Slope, curvature of log p at F. */
static void bend(const struct ml_evidence *e)
{
	const double *f = at(e, ML_EV_F);

	for (size_t i = 0; i < e->n; i++) {
		double w = e->w ? e->w[i] : 1, q = exp(-fabs(f[i])), p = 1 / (1 + q);
		double here = f[i] > 0 ? p : q * p, there = f[i] > 0 ? q * p : p;
		at(e, ML_EV_MEAN)[i] = w * (e->y[i] > 0 ? there : -here);
		at(e, ML_EV_W)[i] = w * here * there;
		at(e, ML_EV_ROOT)[i] = sqrt(at(e, ML_EV_W)[i]);
	}
}

/* Rows of the lower triangle of B, in tiles, since K is read across. */
static int fill_rows(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct ml_evidence *e = arg;
	const double *k = ml_evidence_upper(e), *root = at(e, ML_EV_ROOT);
	double *b = ml_evidence_lower(e);
	size_t from = block * TILE, ld = e->n + 1;
	size_t to = from + TILE < e->n ? from + TILE : e->n;

	(void)worker;
	(void)err;
	for (size_t s = 0; s < to; s += TILE)
		for (size_t i = from; i < to; i++)
			for (size_t j = s; j < s + TILE && j <= i; j++)
				b[i * ld + j] = root[i] * k[j * ld + i] * root[j] + (i == j);
	return ML_OK;
}

static bool factor(struct ml_evidence *e)
{
	int n = (int)e->n, ld = n + 1, info;

	bend(e);
	e->rc = ml_parallel(e->run->threads, (e->n + TILE - 1) / TILE, fill_rows, e, e->err);
	if (e->rc)
		return false;
	dpotrf_("U", &n, ml_evidence_lower(e), &ld, &info);
	return !info;
}

/* x = B^-1 x. */
static void solve(const struct ml_evidence *e, double *x)
{
	int n = (int)e->n, ld = n + 1;

	cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, n,
		    ml_evidence_lower(e), ld, x, 1);
	cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, n,
		    ml_evidence_lower(e), ld, x, 1);
}

/* The a that a full step leads to, into X. */
static void newton(const struct ml_evidence *e)
{
	double *x = at(e, ML_EV_X), *z = at(e, ML_EV_Z);
	const double *root = at(e, ML_EV_ROOT), *f = at(e, ML_EV_F);

	for (size_t i = 0; i < e->n; i++)
		x[i] = at(e, ML_EV_W)[i] * f[i] + at(e, ML_EV_MEAN)[i];
	times_k(e, x, z);
	for (size_t i = 0; i < e->n; i++)
		z[i] *= root[i];
	solve(e, z);
	for (size_t i = 0; i < e->n; i++)
		x[i] -= root[i] * z[i];
}

/* Goes to X, or as far towards it as psi does not fall; *change: of f, beside the largest. */
static void step(struct ml_evidence *e, double *value, double *change)
{
	double *a = at(e, ML_EV_A), *f = at(e, ML_EV_F), *x = at(e, ML_EV_X),
	       *z = at(e, ML_EV_Z);
	double most = 1, moved = 0, next = 0;

	for (int k = 0; k < MOST_HALVINGS; k++) {
		times_k(e, x, z);
		next = psi(e, z, x);
		if (next >= *value - rounding * fabs(*value))
			break;
		for (size_t i = 0; i < e->n; i++)
			x[i] = 0.5 * (x[i] + a[i]);
	}
	for (size_t i = 0; i < e->n; i++) {
		moved = fmax(moved, fabs(z[i] - f[i]));
		most = fmax(most, fabs(z[i]));
		f[i] = z[i];
		a[i] = x[i];
	}
	*change = moved / most;
	*value = next;
}

/* F, A at the mode, and the factor there; false when there is none. */
static bool find_mode(struct ml_evidence *e, double *value)
{
	double *a = at(e, ML_EV_A), *f = at(e, ML_EV_F), change = 1;
	double flat = 0;

	if (e->begun) {
		times_k(e, a, f);
		*value = psi(e, f, a);
	}
	for (size_t i = 0; i < e->n; i++)
		flat -= (e->w ? e->w[i] : 1) * log(2);
	/* The mode for other parameters may be worse than nothing. */
	if (!e->begun || !(*value >= flat)) {
		memset(a, 0, e->n * sizeof *a);
		memset(f, 0, e->n * sizeof *f);
		*value = flat;
	}
	for (int k = 0; k < MOST_STEPS && change > small_change; k++) {
		if (!factor(e))
			return false;
		newton(e);
		step(e, value, &change);
	}
	e->begun = isfinite(*value);
	return e->begun && factor(e);
}

/* U = s - R K s, s = 1/2 v * d^3 log p / df^3, from the inverse of B.  (Equation 5.23 of the
 * book has the other sign: W is minus a second derivative.) */
static void fill_u(const struct ml_evidence *e)
{
	double *u = at(e, ML_EV_U), *x = at(e, ML_EV_X), *z = at(e, ML_EV_Z);
	const double *f = at(e, ML_EV_F), *w = at(e, ML_EV_W), *root = at(e, ML_EV_ROOT);
	const double *inverse = ml_evidence_lower(e);
	int n = (int)e->n;

	for (size_t i = 0; i < e->n; i++) /* v W = 1 - B^-1_ii;  the third is W tanh(f / 2) */
		u[i] = w[i] > 0 ? 0.5 * (1 - inverse[i * (e->n + 2)]) * tanh(0.5 * f[i]) : 0;
	times_k(e, u, x);
	for (size_t i = 0; i < e->n; i++)
		x[i] *= root[i];
	cblas_dsymv(CblasRowMajor, CblasLower, n, 1, inverse, n + 1, x, 1, 0, z, 1);
	for (size_t i = 0; i < e->n; i++)
		u[i] -= root[i] * z[i];
}

static void worth(const struct ml_evidence *e, size_t a, double *by, double *by_self,
		  double *by_noise)
{
	const double *inverse = ml_evidence_lower(e), *root = at(e, ML_EV_ROOT);
	const double *mean = at(e, ML_EV_A), *g = at(e, ML_EV_MEAN), *u = at(e, ML_EV_U);
	size_t ld = e->n + 1;

	for (size_t b = a + 1; b < e->n; b++)
		by[b] = mean[a] * mean[b] - root[a] * inverse[b * ld + a] * root[b] +
			u[a] * g[b] + u[b] * g[a];
	*by_self = 0.5 * (mean[a] * mean[a] - root[a] * inverse[a * ld + a] * root[a]) +
		   u[a] * g[a];
	*by_noise = *by_self;
}

double ml_evidence_classes(void *evidence, const double *t, double *grad)
{
	struct ml_evidence *e = evidence;
	struct ml_dd logs = { 0 };
	size_t diagonal = e->n + 2;
	double value = 0;
	int n = (int)e->n, ld = n + 1, info;

	if (!ml_evidence_fill(e, t))
		return (double)INFINITY;
	for (size_t i = 0; i < e->n; i++)
		ml_evidence_upper(e)[i * diagonal] =
			at(e, ML_EV_SELF)[i] + at(e, ML_EV_NOISE)[i];
	if (!find_mode(e, &value))
		return (double)INFINITY;
	for (size_t i = 0; i < e->n; i++)
		ml_acc_add(&logs, log(ml_evidence_lower(e)[i * diagonal]));
	value = ml_acc_end(logs).hi - value;
	if (!grad || !isfinite(value))
		return isfinite(value) ? value : (double)INFINITY;
	dpotri_("U", &n, ml_evidence_lower(e), &ld, &info);
	fill_u(e);
	ml_evidence_slope(e, worth, grad);
	return value;
}
