/* slab.h - products with a matrix cut into slabs of ML_SLAB columns, by any thread.
 *
 * A matrix of n x m is kept as m / ML_SLAB slabs (the last filled up with zeros), each n rows
 * of ML_SLAB numbers that lie one behind another.  So the inner loop reads it in order, and
 * nothing has to be packed.  As in la/block.h each element is one chain of additions over k =
 * 0, 1, ..., of fused multiply-adds with AVX2 or AVX-512, so its bits do not depend on the
 * number of rows, on how k is cut, or on which of the two there is. */
#ifndef ML_LA_SLAB_H
#define ML_LA_SLAB_H

#include <stddef.h>

enum { ML_SLAB = 16 };

/* m rounded up to whole slabs. */
static inline size_t ml_slab_width(size_t m)
{
	return (m + ML_SLAB - 1) / ML_SLAB * ML_SLAB;
}

/* c(i, j), i < rows, j < ML_SLAB, goes on to c(i, j) + a(0, i) b(0, j) + a(1, i) b(1, j) +
 * ..., n terms, added one by one: c(i, j) is c[i * ldc + j], a(k, i) is a[k * by_k + i * by_i],
 * b(k, j) is b[k * ldb + j] */
void ml_slab_add(double *c, size_t ldc, size_t rows, size_t n, const double *a, size_t by_k,
		 size_t by_i, const double *b, size_t ldb);

#endif
