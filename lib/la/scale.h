/* scale.h - scaling by powers of two, which rounds nothing: with it huge and tiny columns
 * (1e300, 1e-300) are brought near 1, so that no square over- or underflows. */
#ifndef ML_LA_SCALE_H
#define ML_LA_SCALE_H

#include <math.h>

/* The exponent e such that v * 2^-e lies in [0.5, 1); 0 for v == 0.  Not below -1022, so that
 * 2^-e is finite: for subnormal v the product is only near that range. */
static inline int ml_exponent(double v)
{
	int e = 0;

	(void)frexp(v, &e);
	return e < -1022 ? -1022 : e;
}

#endif
