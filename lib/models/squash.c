/* squash.c - activations.
 *
 *     identity     z
 *     relu         max(z, 0)                  slope 0 at 0
 *     leaky-relu   z, or 0.01 z where z < 0
 *     tanh         tanh(z)
 *     logistic     1 / (1 + exp(-z))
 *     gelu         z Phi(z), Phi the normal distribution (Hendrycks and Gimpel 2016) */
#include "models/squash.h"

#include <math.h>
#include <string.h>

static const double leak = 0.01;

static void identity_apply(const double *z, size_t n, double *a, double *slope)
{
	for (size_t i = 0; i < n; i++) {
		a[i] = z[i];
		if (slope)
			slope[i] = 1;
	}
}

static void relu_apply(const double *z, size_t n, double *a, double *slope)
{
	for (size_t i = 0; slope && i < n; i++)
		slope[i] = z[i] > 0 ? 1 : 0;
	for (size_t i = 0; i < n; i++)
		a[i] = z[i] < 0 ? 0 : z[i]; /* what is no number stays none */
}

static void leaky_apply(const double *z, size_t n, double *a, double *slope)
{
	for (size_t i = 0; slope && i < n; i++)
		slope[i] = z[i] > 0 ? 1 : leak;
	for (size_t i = 0; i < n; i++)
		a[i] = z[i] > 0 ? z[i] : z[i] * leak;
}

static void tanh_apply(const double *z, size_t n, double *a, double *slope)
{
	for (size_t i = 0; i < n; i++) {
		a[i] = tanh(z[i]);
		if (slope)
			slope[i] = (1 - a[i]) * (1 + a[i]);
	}
}

static void logistic_apply(const double *z, size_t n, double *a, double *slope)
{
	for (size_t i = 0; i < n; i++) {
		double e = exp(-fabs(z[i])), big = 1 / (1 + e), small = e * big;

		a[i] = z[i] < 0 ? small : big;
		if (slope)
			slope[i] = small * big;
	}
}

static void gelu_apply(const double *z, size_t n, double *a, double *slope)
{
	const double root_half = 0.70710678118654752440, density = 0.39894228040143267794;

	for (size_t i = 0; i < n; i++) {
		double v = z[i], phi = 0.5 * erfc(-v * root_half);

		a[i] = v * phi;
		if (slope)
			slope[i] = phi + v * density * exp(-0.5 * v * v);
	}
}

static const struct ml_squash identity = { "identity", identity_apply };
static const struct ml_squash relu = { "relu", relu_apply };
static const struct ml_squash leaky = { "leaky-relu", leaky_apply };
static const struct ml_squash hyperbolic = { "tanh", tanh_apply };
static const struct ml_squash logistic = { "logistic", logistic_apply };
static const struct ml_squash gelu = { "gelu", gelu_apply };

const struct ml_squash *const ml_squashes[] = { &relu, &leaky,    &hyperbolic, &logistic,
						&gelu, &identity, NULL };

const struct ml_squash *ml_squash_find(const char *name, size_t n)
{
	for (const struct ml_squash *const *s = ml_squashes; *s; s++)
		if (strlen((*s)->name) == n && !memcmp((*s)->name, name, n))
			return *s;
	return NULL;
}
