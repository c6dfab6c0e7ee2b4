/* block.h - small matrix products that several threads may do at once.
 *
 * OpenBLAS cannot be used there: its serial build hands out work memory without a lock, and
 * concurrent calls gave wrong products (its issue 2126; Debian's 0.3.21 has the fault).  So
 * BLAS and LAPACK are called from one thread only, and work inside ml_parallel() uses this.
 *
 * Each element is one chain of additions over r = 0, 1, ..., so its bits do not depend on the
 * shapes of a and b; with AVX2 and AVX-512 the chain is of fused multiply-adds (elsewhere it is
 * not, so bits depend on the class of CPU, like those of BLAS).  Speed: about that of BLAS for
 * up to a few hundred columns. */
#ifndef ML_LA_BLOCK_H
#define ML_LA_BLOCK_H

#include <stddef.h>

/* c (rows x cols, ldc numbers a row) += sum over r < n of a(r, i) b(r, j), where a(r, i) is
 * a[r * by_r + i * by_i] and b(r, j) is b[r * ldb + j]:
 *     C += A' B for tall A, B:  by_r = lda, by_i = 1
 *     C += A B:                 by_r = 1, by_i = lda */
void ml_block_add(double *c, size_t ldc, size_t rows, size_t cols, size_t n, const double *a,
		  size_t by_r, size_t by_i, const double *b, size_t ldb);

/* The upper triangle of g (m x m, ldg numbers a row) += that of A'A, A n x m; some elements
 * under the diagonal change, too. */
void ml_block_gram(double *g, size_t ldg, size_t m, size_t n, const double *a, size_t lda);

#endif
