/* spectrum.h - eigenvalues and singular values, the largest first, with their vectors.
 *
 * All by LAPACK: called by one thread only (la/block.h says why).  Matrices are row-major and
 * finite; vectors are the rows of what is given back, of length 1 and orthogonal to each other,
 * with signs as they come.  E-RANGE when an iteration does not converge. */
#ifndef ML_LA_SPECTRUM_H
#define ML_LA_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The k largest eigenvalues of the symmetric g (m x m; its upper triangle is read, the whole is
 * overwritten); vectors: k x m.  Absolute error: some roundings of the largest. */
int ml_spectrum_symmetric(double *g, size_t m, size_t k, double *values, double *vectors,
			  struct ml_error *err) ML_CHECK;

/* Singular values and right singular vectors of the upper triangle r (m x m, zeros below),
 * which is overwritten by the m vectors.  Of a Cholesky factor R with R'R = G they are the
 * roots of the eigenvalues of G and its eigenvectors: each with a relative error of some
 * roundings times the condition of G scaled to a diagonal of ones (Demmel, Veselic 1992),
 * however different the scales of the columns are. */
int ml_spectrum_triangle(double *r, size_t m, double *sigma, struct ml_error *err) ML_CHECK;

/* Singular values and right singular vectors of a (rows x cols, rows <= cols), which is
 * overwritten by the `rows` vectors.  Absolute error: some roundings of the largest. */
int ml_spectrum_matrix(double *a, size_t rows, size_t cols, double *sigma,
		       struct ml_error *err) ML_CHECK;

/* Rows of a (rows x cols, rows <= cols) become an orthonormal basis of a space that holds all
 * of theirs, by Householder reflections, whatever their rank. */
int ml_orthonormal_rows(double *a, size_t rows, size_t cols, struct ml_error *err) ML_CHECK;

/* Signs are fixed such that the entry of largest magnitude is positive: the first of those that
 * are within a rounding of it.  True when that of v is negative. */
bool ml_sign_is_wrong(const double *v, size_t n);
/* v = -v, without -0. */
void ml_negate(double *v, size_t n);

#endif
