/* gram.h - cross products of the rows of a tall matrix, and Cholesky factors.
 *
 * Blocks of rows are summed by threads (la/block.h), in an order fixed by the number of rows.
 */
#ifndef ML_LA_GRAM_H
#define ML_LA_GRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "la/qr.h"

/* g: m x m, row-major, overwritten: its upper triangle becomes A'A, zeros below. */
int ml_gram_rows(double *g, size_t m, size_t n, ml_rows_fn *rows, const void *arg, int threads,
		 struct ml_error *err) ML_CHECK;

/* The upper triangle of g (m x m, row-major) becomes R with R'R = g.  False when g is not
 * positive definite, is not finite, or is so only by rounding: when a pivot is at most tol
 * times its diagonal entry.  g is then spoilt. */
bool ml_cholesky(double *g, size_t m, double tol);
/* x = (R'R)^-1 x; r has ld numbers a row. */
void ml_cholesky_solve(const double *r, size_t ld, size_t m, double *x);

#endif
