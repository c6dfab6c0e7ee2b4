/* mcnemar.c - two classifiers, and the rows that one of them alone has right.
 *
 * Interval of the difference of accuracies, b and c discordant rows of n: half a row is added
 * to each of the four cells, N = n + 2, and (c - b) / N  +-  z sqrt((b + c + 1) - (c - b)^2 /
 * N) / N (Agresti, Min 2005, "Simple improved confidence intervals for comparing matched
 * proportions", Statistics in Medicine 24). */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>

#include "metrics/contrast.h"

struct ml_contrast ml_contrast_none(void)
{
	return (struct ml_contrast){ NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN };
}

struct ml_discordant ml_discordant_of(const int32_t *y, const int32_t *first,
				      const int32_t *second, size_t n)
{
	struct ml_discordant d = { .n = n };

	for (size_t i = 0; i < n; i++) {
		bool a = first[i] == y[i], b = second[i] == y[i];
		d.first += a && !b;
		d.second += b && !a;
	}
	return d;
}

/* All but p and what it is read from. */
static struct ml_contrast difference(const struct ml_discordant *d, double confidence)
{
	struct ml_contrast out = ml_contrast_none();
	double b = (double)d->first, c = (double)d->second, n = (double)d->n, more = n + 2;
	double z = gsl_cdf_ugaussian_Pinv((1 + confidence) / 2);
	double half = z * sqrt(b + c + 1 - (c - b) * (c - b) / more) / more;

	out.diff = (c - b) / n;
	out.lo = (c - b) / more - half;
	out.hi = (c - b) / more + half;
	out.effect = b > 0 ? c / b : NAN;
	out.statistic = fmin(b, c);
	return out;
}

/* The chance of at most min(b, c) of b + c fair coins, and of exactly so many. */
static double tail(const struct ml_discordant *d, double *point)
{
	unsigned all = (unsigned)(d->first + d->second);
	unsigned few = (unsigned)(d->first < d->second ? d->first : d->second);

	*point = gsl_ran_binomial_pdf(few, 0.5, all);
	return gsl_cdf_binomial_P(few, 0.5, all);
}

struct ml_contrast ml_mcnemar_exact(const struct ml_discordant *d, double confidence)
{
	struct ml_contrast out = difference(d, confidence);
	double point;

	out.p = fmin(1, 2 * tail(d, &point));
	return out;
}

struct ml_contrast ml_mcnemar_mid(const struct ml_discordant *d, double confidence)
{
	struct ml_contrast out = difference(d, confidence);
	double point, below = tail(d, &point);

	out.p = d->first == d->second ? 1 - point / 2 : 2 * below - point;
	if (d->first + d->second == 0)
		out.p = 1;
	return out;
}

struct ml_contrast ml_mcnemar_chi(const struct ml_discordant *d, double confidence)
{
	struct ml_contrast out = difference(d, confidence);
	double b = (double)d->first, c = (double)d->second;
	double apart = fmax(0, fabs(b - c) - 1);

	out.df = 1;
	out.statistic = b + c > 0 ? apart * apart / (b + c) : 0;
	out.p = gsl_cdf_chisq_Q(out.statistic, 1);
	return out;
}
