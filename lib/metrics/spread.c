/* spread.c - percentile and BCa bounds.
 *
 * BCa (Efron 1987, "Better bootstrap confidence intervals", JASA 82): the q-quantile is taken
 * at Phi(z0 + (z0 + z) / (1 - a (z0 + z))),  z = Phi^-1(q), z0 = Phi^-1 of the share of
 * resampled values below the estimate (ties as halves), a the acceleration. */
#include "metrics/spread.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "la/dd.h"
#include "la/sums.h"

static int ascending(const void *a, const void *b)
{
	const double *u = a, *v = b;
	return (*u > *v) - (*u < *v);
}

size_t ml_sort_defined(double *v, size_t n)
{
	size_t defined = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i]))
			v[defined++] = v[i];
	qsort(v, defined, sizeof *v, ascending);
	return defined;
}

double ml_quantile(const double *v, size_t n, double q)
{
	double at = q * (double)(n - 1), below = floor(at);
	size_t i = (size_t)below;

	return i + 1 < n ? v[i] + (at - below) * (v[i + 1] - v[i]) : v[n - 1];
}

double ml_acceleration(const double *v, size_t n)
{
	double mean = ml_sum(v, n) / (double)n;
	struct ml_dd squares = { 0, 0 }, cubes = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		double d = mean - v[i];
		if (isnan(v[i]))
			return NAN;
		ml_acc_mul(&squares, d, d);
		ml_acc_mul(&cubes, d * d, d);
	}
	double ss = ml_acc_end(squares).hi;
	return ss > 0 ? ml_acc_end(cubes).hi / (6 * ss * sqrt(ss)) : NAN;
}

/* How many are below x, those equal to it as halves. */
static double count_below(const struct ml_spread *s, double x)
{
	double below = 0;

	for (size_t i = 0; i < s->n && s->v[i] <= x; i++)
		below += s->v[i] < x ? 1 : 0.5;
	return below;
}

double ml_spread_bound(const struct ml_spread *s, double q)
{
	double below = count_below(s, s->estimate), n = (double)s->n;

	if (isnan(s->accel) || !(below > 0 && below < n))
		return ml_quantile(s->v, s->n, q);
	double z0 = gsl_cdf_ugaussian_Pinv(below / n), z = z0 + gsl_cdf_ugaussian_Pinv(q);
	return ml_quantile(s->v, s->n, gsl_cdf_ugaussian_P(z0 + z / (1 - s->accel * z)));
}

/* Percentiles: twice the smaller share on one side of `at`. */
static double plain_p(const struct ml_spread *s, double at)
{
	size_t lower = 0, upper = 0;

	for (size_t i = 0; i < s->n; i++) {
		lower += s->v[i] <= at;
		upper += s->v[i] >= at;
	}
	return fmin(1, 2 * ((double)(lower < upper ? lower : upper) + 1) / ((double)s->n + 1));
}

double ml_spread_p(const struct ml_spread *s, double at)
{
	double below = count_below(s, s->estimate), n = (double)s->n;

	if (isnan(s->accel) || !(below > 0 && below < n))
		return plain_p(s, at);
	double z0 = gsl_cdf_ugaussian_Pinv(below / n);
	double w = gsl_cdf_ugaussian_Pinv((count_below(s, at) + 1) / (n + 2)) - z0;
	if (!(1 + s->accel * w > 0)) /* beyond what any confidence reaches */
		return plain_p(s, at);
	return 2 * gsl_cdf_ugaussian_Q(fabs(w / (1 + s->accel * w) - z0));
}
