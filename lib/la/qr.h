/* qr.h - the triangular factor of a tall matrix, made from its rows piece by piece.
 *
 * A = Q R by Householder reflections, Q never kept: each slice of rows (la/slices.h) folds
 * piece after piece into a triangle of its own, and the triangles are folded in order
 * (Demmel, Grigori, Hoemmen, Langou 2012, "Communication-optimal parallel and sequential QR").
 * Backward stable.  Cost: 2 n m^2 operations; at most 32 triangles of memory. */
#ifndef ML_LA_QR_H
#define ML_LA_QR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Writes rows [from, to) of A, m numbers each, to out.  Called by several threads. */
typedef void ml_rows_fn(const void *arg, size_t from, size_t to, double *out);

/* r: m x m, row-major, upper; on entry zero, or a triangle to which the n rows are added.
 * The signs of its rows are arbitrary.  The rows must be finite and far from overflow. */
int ml_qr_rows(double *r, size_t m, size_t n, ml_rows_fn *rows, const void *arg, int threads,
	       struct ml_error *err) ML_CHECK;

/* Decides the rank of the first m columns of R (ld numbers a row, m <= ld; the columns behind
 * are carried along), in their order: a column whose part orthogonal to the kept columns before
 * it is at most tol times its length is taken out.  Columns move left, `kept` (m) receives
 * the old index of each that stays; returns how many stay.  The columns from m on
 * are then found behind the kept ones. */
size_t ml_qr_rank(double *r, size_t m, size_t ld, double tol, size_t *kept);

/* inv: m x m, row-major, upper: the inverse of the upper triangle r with ld numbers a row,
 * whose diagonal is not 0. */
void ml_qr_inverse(const double *r, size_t ld, size_t m, double *inv);

#endif
