/* improvement.c - the logarithm of the expected improvement.
 *
 * With z = (best - mean) / sd the expected improvement is sd h(z), h(z) = phi(z) + z Phi(z). It
 * underflows a few deviations from the best, where most of the space is, and then neither ranks
 * points nor has a slope; its logarithm does.  With the Mills ratio M(t) = Phi(-t) / phi(t):
 *     log h(z) = log phi(z) + log(1 + z M(-z))    for z < -1
 * Source: Ament, Daulton, Eriksson, Balandat, Bakshy (2023) "Unexpected improvements to
 * expected improvement for Bayesian optimization". */
#include <math.h>

#include "search/acquire.h"

static const double log_root_2pi = 0.91893853320467274, root_2pi = 2.5066282746310002;
static const double root_half = 0.70710678118654752;
/* From here on the continued fraction is exact to 1e-15 with FRACTION terms. */
static const double far = 6;
enum { FRACTION = 40 };
/* Beyond this 1 - t M(t), about 1 / t^2, is lost in rounding. */
static const double very_far = 1e5;

/* M(t), t > 0. */
static double mills(double t)
{
	double below = t;

	if (t < far)
		return 0.5 * erfc(t * root_half) * root_2pi * exp(0.5 * t * t);
	for (int k = FRACTION; k > 0; k--)
		below = t + k / below;
	return 1 / below;
}

/* log h(z), and *ratio = Phi(z) / h(z), its slope. */
static double log_h(double z, double *ratio)
{
	if (z > -1) {
		double above = 0.5 * erfc(-z * root_half);
		double h = exp(-0.5 * z * z) / root_2pi + z * above;
		*ratio = above / h;
		return log(h);
	}
	double t = -z, m = mills(t), log_rest = t < very_far ? log1p(-t * m) : -2 * log(t);
	*ratio = exp(log(m) - log_rest);
	return -0.5 * z * z - log_root_2pi + log_rest;
}

double ml_log_improvement(double best, double mean, double variance, double *by_mean,
			  double *by_variance)
{
	double sd = sqrt(fmax(variance, 1e-300)), z = (best - mean) / sd, ratio;
	double log_ei = log(sd) + log_h(z, &ratio);

	if (by_mean)
		*by_mean = -ratio / sd;
	if (by_variance)
		*by_variance = (1 - ratio * z) / (2 * sd * sd);
	return log_ei;
}
