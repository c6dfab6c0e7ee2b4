/* covar_kinds.c - single kernels of covar.h at many points, and their derivatives.
 *
 * Loops run over points, so that a value is one chain of operations over the columns, the same
 * for any number of points. */
#include <math.h>

#include "la/apart.h"
#include "la/mat.h"
#include "models/covar.h"

static const double pi = 3.14159265358979323846;
/* exp(-r) is 0 from here on; products with larger r, which may be infinite, must be 0, too. */
static const double far = 800;
/* Sums beyond this are this, so that 0 times them is 0. */
static const double farthest = 1e300;

const struct ml_cov_kind_info ml_cov_kinds[ML_COV_KINDS] = {
	[ML_COV_CONST] = { "const", { "value" }, false, { 1 } },
	[ML_COV_LINEAR] = { "linear", { "variance" }, true, { 1 } },
	[ML_COV_MATERN12] = { "matern12", { "length" }, true, { 0 } },
	[ML_COV_MATERN32] = { "matern32", { "length" }, true, { 0 } },
	[ML_COV_MATERN52] = { "matern52", { "length" }, true, { 0 } },
	[ML_COV_PERIODIC] = { "periodic", { "length", "period" }, true, { 0, 1 } },
	[ML_COV_RBF] = { "rbf", { "length" }, true, { 0 } },
	[ML_COV_RQ] = { "rq", { "length", "alpha" }, true, { 0, 1 } },
	[ML_COV_WHITE] = { "white", { "noise" }, false, { 0.1 } },
};

static double first(const struct ml_cov_leaf *l, size_t j)
{
	return l->param[l->each > 1 ? j : 0].value;
}

static double second(const struct ml_cov_leaf *l)
{
	return l->param[l->each].value;
}

/* ---- what a column adds ---- */

/* u = (x_j - z_j)^2 / length^2 of each point. */
static void add_squares(const struct ml_cov_leaf *l, size_t j, double *u)
{
	ml_apart_add(u, l->z + j * l->ld, l->x[j], 1 / first(l, j), l->m);
}

static void add_waves(const struct ml_cov_leaf *l, size_t j, double *u)
{
	const double x = l->x[j], by = 1 / first(l, j), turn = pi / second(l);
	const double *z = l->z + j * l->ld;

	for (size_t b = 0; b < l->m; b++) {
		double d = sin((x - z[b]) * turn) * by;
		u[b] += d * d;
	}
}

static void add_products(const struct ml_cov_leaf *l, size_t j, double *u)
{
	const double x = l->x[j] * first(l, j);
	const double *z = l->z + j * l->ld;

	for (size_t b = 0; b < l->m; b++)
		u[b] += x * z[b];
}

typedef void add_fn(const struct ml_cov_leaf *l, size_t j, double *u);

static add_fn *const adders[ML_COV_KINDS] = {
	[ML_COV_LINEAR] = add_products,  [ML_COV_MATERN12] = add_squares,
	[ML_COV_MATERN32] = add_squares, [ML_COV_MATERN52] = add_squares,
	[ML_COV_PERIODIC] = add_waves,   [ML_COV_RBF] = add_squares,
	[ML_COV_RQ] = add_squares,
};

/* ---- values ---- */

static double root(double s)
{
	double r = sqrt(s);

	return r < far ? r : far;
}

static void finish_rbf(const struct ml_cov_leaf *l, double *k, const double *s)
{
	for (size_t b = 0; b < l->m; b++)
		k[b] = exp(-0.5 * s[b]);
}

static void finish_matern12(const struct ml_cov_leaf *l, double *k, const double *s)
{
	for (size_t b = 0; b < l->m; b++)
		k[b] = exp(-sqrt(s[b]));
}

static void finish_matern32(const struct ml_cov_leaf *l, double *k, const double *s)
{
	for (size_t b = 0; b < l->m; b++) {
		double r = root(3 * s[b]);
		k[b] = (1 + r) * exp(-r);
	}
}

static void finish_matern52(const struct ml_cov_leaf *l, double *k, const double *s)
{
	for (size_t b = 0; b < l->m; b++) {
		double r = root(5 * s[b]);
		k[b] = (1 + r + r * r / 3) * exp(-r);
	}
}

static void finish_rq(const struct ml_cov_leaf *l, double *k, const double *s)
{
	const double alpha = second(l);

	for (size_t b = 0; b < l->m; b++)
		k[b] = exp(-alpha * log1p(s[b] / (2 * alpha)));
}

static void finish_periodic(const struct ml_cov_leaf *l, double *k, const double *s)
{
	for (size_t b = 0; b < l->m; b++)
		k[b] = exp(-2 * s[b]);
}

static void finish_linear(const struct ml_cov_leaf *l, double *k, const double *s)
{
	for (size_t b = 0; b < l->m; b++)
		k[b] = s[b];
}

static void finish_const(const struct ml_cov_leaf *l, double *k, const double *s)
{
	(void)s;
	for (size_t b = 0; b < l->m; b++)
		k[b] = first(l, 0);
}

static void finish_white(const struct ml_cov_leaf *l, double *k, const double *s)
{
	(void)s;
	for (size_t b = 0; b < l->m; b++)
		k[b] = 0;
}

typedef void finish_fn(const struct ml_cov_leaf *l, double *k, const double *s);

static finish_fn *const finishers[ML_COV_KINDS] = {
	[ML_COV_CONST] = finish_const,       [ML_COV_LINEAR] = finish_linear,
	[ML_COV_MATERN12] = finish_matern12, [ML_COV_MATERN32] = finish_matern32,
	[ML_COV_MATERN52] = finish_matern52, [ML_COV_PERIODIC] = finish_periodic,
	[ML_COV_RBF] = finish_rbf,           [ML_COV_RQ] = finish_rq,
	[ML_COV_WHITE] = finish_white,
};

/* NaN stays. */
static void cap(double *s, size_t m)
{
	for (size_t b = 0; b < m; b++)
		s[b] = s[b] > farthest ? farthest : s[b];
}

void ml_cov_leaf_values(enum ml_cov_kind kind, const struct ml_cov_leaf *l, double *k,
			double *s)
{
	for (size_t b = 0; b < l->m; b++)
		s[b] = 0;
	for (size_t j = 0; adders[kind] && j < l->columns; j++)
		adders[kind](l, j, s);
	cap(s, l->m);
	finishers[kind](l, k, s);
}

/* ---- derivatives ---- */

/* g, the factor in dk / dlog(length_j) = g u_j (of linear: dk / dlog(variance_j)), times adj,
 * into adj. */
static void by_rbf(const struct ml_cov_leaf *l, const double *k, const double *s, double *adj)
{
	(void)s;
	for (size_t b = 0; b < l->m; b++)
		adj[b] *= k[b];
}

static void by_matern12(const struct ml_cov_leaf *l, const double *k, const double *s,
			double *adj)
{
	/* At distance 0 it has no derivative by x, but it has one by length, which is 0. */
	for (size_t b = 0; b < l->m; b++)
		adj[b] *= s[b] > 0 ? k[b] / sqrt(s[b]) : 0;
}

static void by_matern32(const struct ml_cov_leaf *l, const double *k, const double *s,
			double *adj)
{
	(void)k;
	for (size_t b = 0; b < l->m; b++)
		adj[b] *= 3 * exp(-root(3 * s[b]));
}

static void by_matern52(const struct ml_cov_leaf *l, const double *k, const double *s,
			double *adj)
{
	(void)k;
	for (size_t b = 0; b < l->m; b++) {
		double r = root(5 * s[b]);
		adj[b] *= 5. / 3 * (1 + r) * exp(-r);
	}
}

static void by_rq(const struct ml_cov_leaf *l, const double *k, const double *s, double *adj)
{
	const double alpha = second(l);

	for (size_t b = 0; b < l->m; b++)
		adj[b] *= k[b] / (1 + s[b] / (2 * alpha));
}

static void by_periodic(const struct ml_cov_leaf *l, const double *k, const double *s,
			double *adj)
{
	(void)s;
	for (size_t b = 0; b < l->m; b++)
		adj[b] *= 4 * k[b];
}

static void by_linear(const struct ml_cov_leaf *l, const double *k, const double *s,
		      double *adj)
{
	(void)l;
	(void)k;
	(void)s;
	(void)adj;
}

typedef void by_fn(const struct ml_cov_leaf *l, const double *k, const double *s, double *adj);

static by_fn *const factors[ML_COV_KINDS] = {
	[ML_COV_LINEAR] = by_linear,
	[ML_COV_MATERN12] = by_matern12,
	[ML_COV_MATERN32] = by_matern32,
	[ML_COV_MATERN52] = by_matern52,
	[ML_COV_PERIODIC] = by_periodic,
	[ML_COV_RBF] = by_rbf,
	[ML_COV_RQ] = by_rq,
};

static void alpha_of_rq(const struct ml_cov_leaf *l, const double *k, const double *s,
			const double *adj, double *u, double *grad)
{
	const double alpha = second(l);

	for (size_t b = 0; b < l->m; b++) {
		double q = s[b] / (2 * alpha);
		u[b] = k[b] * (alpha * q / (1 + q) - alpha * log1p(q));
	}
	grad[l->each] += ml_dot(adj, u, l->m);
}

static void period(const struct ml_cov_leaf *l, const double *k, const double *s,
		   const double *adj, double *u, double *grad)
{
	(void)s;
	for (size_t b = 0; b < l->m; b++)
		u[b] = 0;
	for (size_t j = 0; j < l->columns; j++) {
		const double x = l->x[j], length = first(l, j), turn = pi / second(l);
		const double *z = l->z + j * l->ld;
		for (size_t b = 0; b < l->m; b++) {
			double d = (x - z[b]) * turn;
			u[b] += 2 * k[b] * sin(2 * d) * d / (length * length);
		}
	}
	grad[l->each] += ml_dot(adj, u, l->m);
}

typedef void second_fn(const struct ml_cov_leaf *l, const double *k, const double *s,
		       const double *adj, double *u, double *grad);

static second_fn *const seconds[ML_COV_KINDS] = {
	[ML_COV_PERIODIC] = period,
	[ML_COV_RQ] = alpha_of_rq,
};

void ml_cov_leaf_slope(enum ml_cov_kind kind, const struct ml_cov_leaf *l, const double *k,
		       const double *s, double *adj, double *u, double *grad)
{
	if (kind == ML_COV_CONST)
		grad[0] += ml_dot(adj, k, l->m);
	if (!factors[kind])
		return;
	if (seconds[kind])
		seconds[kind](l, k, s, adj, u, grad);
	factors[kind](l, k, s, adj);
	if (l->each == 1) {
		grad[0] += ml_dot(adj, s, l->m);
		return;
	}
	for (size_t j = 0; j < l->columns; j++) {
		for (size_t b = 0; b < l->m; b++)
			u[b] = 0;
		adders[kind](l, j, u);
		cap(u, l->m);
		grad[j] += ml_dot(adj, u, l->m);
	}
}
