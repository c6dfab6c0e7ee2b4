/* argsort.h - the rows in the order of their values. */
#ifndef ML_LA_ARGSORT_H
#define ML_LA_ARGSORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* order[0..n): row numbers by ascending v[row * stride], equal values by row; -0 equals 0.
 * No value is NaN.  Linear time; workspace of 32 bytes a row.  n beyond UINT32_MAX:
 * ML_EDATA, E-LIMIT. */
int ml_argsort(const double *v, size_t stride, size_t n, uint32_t *order,
	       struct ml_error *err) ML_CHECK;

#endif
