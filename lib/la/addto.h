/* addto.h - multiples of vectors added to sums, the vectors in single precision or in double.
 *
 * The same bits on every CPU: products and sums are rounded each, in the order of the rows. */
#ifndef ML_LA_ADDTO_H
#define ML_LA_ADDTO_H

#include <stddef.h>

/* to[k] = from[k], rounded. */
void ml_single_from(float *to, const double *from, size_t n);
/* sum[k] += d[0] row[0][at + k], then d[1] row[1][at + k], ..., k < n. */
void ml_add_singles(double *sum, const float *const *row, const double *d, size_t rows,
		    size_t at, size_t n);
/* sum[k] += d v[k]. */
void ml_add_multiple(double *sum, const double *v, double d, size_t n);

#endif
