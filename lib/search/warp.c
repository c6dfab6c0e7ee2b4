/* warp.c - losses made about normal.
 *
 * Losses often have a long tail of bad ones, which would decide what the model thinks of the
 * good ones.  They are centred by their median, divided by the spread of their better half, and
 * bent by the map of Yeo and Johnson,
 *     ((v + 1)^p - 1) / p   for v >= 0,     -((1 - v)^(2 - p) - 1) / (2 - p)   for v < 0,
 * with the p in [-1, 1] that makes them most normal (largest likelihood); p = 1 changes
 * nothing, p = 0 is the logarithm. Sources: Yeo, Johnson (2000) "A new family of power
 * transformations to improve normality or symmetry"; Cowen-Rivers et al. (2022) "HEBO: pushing
 * the limits of sample-efficient hyper-parameter optimisation". */
#include "search/warp.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { POWERS = 21 };
static const double least_power = -1;
/* From the centre, in spreads: squares of third powers of it are still finite. */
static const double farthest = 1e50;

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double bent(double v, double p)
{
	if (v >= 0)
		return fabs(p) < 1e-9 ? log1p(v) : expm1(p * log1p(v)) / p;
	return -expm1((2 - p) * log1p(-v)) / (2 - p);
}

/* Mean 0, variance 1. */
static void standardise(double *v, size_t n)
{
	double mean = 0, ss = 0;

	for (size_t i = 0; i < n; i++)
		mean += v[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		ss += (v[i] - mean) * (v[i] - mean) / (double)n;
	for (size_t i = 0; i < n; i++)
		v[i] = ss > 0 ? (v[i] - mean) / sqrt(ss) : 0;
}

/* Log likelihood of v bent by p as normal, the logarithm of the map's slope included. */
static double likelihood(const double *v, size_t n, double p)
{
	double mean = 0, ss = 0, slope = 0;

	for (size_t i = 0; i < n; i++) {
		mean += bent(v[i], p) / (double)n;
		slope += (p - 1) * copysign(log1p(fabs(v[i])), v[i]);
	}
	for (size_t i = 0; i < n; i++)
		ss += (bent(v[i], p) - mean) * (bent(v[i], p) - mean) / (double)n;
	return slope - 0.5 * (double)n * log(fmax(ss, DBL_MIN));
}

/* Half of the centre, and half of the spread of the better half: the distance of its median
 * from the centre is two thirds of a standard deviation.  Halves, since the difference of two
 * finite losses may not be finite. */
static void measure(const double *sorted, size_t n, double *centre, double *spread)
{
	*centre = sorted[n / 2] / 2;
	*spread = (*centre - sorted[n / 4] / 2) / 0.6745;
	if (!(*spread > 0))
		*spread = *centre - sorted[0] / 2;
	if (!(*spread > 0))
		*spread = sorted[n - 1] / 2 - *centre;
}

static double best_power(const double *v, size_t n)
{
	double best = 1, most = likelihood(v, n, 1);

	for (int k = 0; k < POWERS - 1; k++) {
		double p = least_power + (1 - least_power) * k / (POWERS - 1);
		double fits = likelihood(v, n, p);
		if (fits > most) {
			most = fits;
			best = p;
		}
	}
	return best;
}

int ml_warp(double *v, size_t n, struct ml_error *err)
{
	double *sorted = ml_alloc(n, sizeof *sorted, err), centre, spread;

	if (!sorted)
		return err->code;
	memcpy(sorted, v, n * sizeof *v);
	qsort(sorted, n, sizeof *v, by_size);
	measure(sorted, n, &centre, &spread);
	free(sorted);
	for (size_t i = 0; i < n; i++)
		v[i] = spread > 0
			       ? fmax(fmin((v[i] / 2 - centre) / spread, farthest), -farthest)
			       : 0;
	if (!(spread > 0)) /* all are equal */
		return ML_OK;
	double p = best_power(v, n);
	for (size_t i = 0; i < n; i++)
		v[i] = bent(v[i], p);
	standardise(v, n);
	return ML_OK;
}
