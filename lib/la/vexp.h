/* vexp.h - exponentials of many numbers.
 *
 * The same bits for a number wherever it stands, and on every CPU: no fused operations, and
 * vectors do what one number alone would do. */
#ifndef ML_LA_VEXP_H
#define ML_LA_VEXP_H

#include <stddef.h>

/* v[i] = exp(v[i]) within two units of the last digit, for v[i] in [-700, 700]; what is below
 * becomes exp(-700), about 1e-304, what is above exp(700). */
void ml_vexp(double *v, size_t n);
/* v[i] = exp(-gamma max(own + norm[i] - 2 v[i], 0)): of products of a row with others the
 * Gaussian of their distance. */
void ml_vexp_gauss(double *v, const double *norm, double own, double gamma, size_t n);

#endif
