/* factor.h - a large triangular factor as it is kept: R upper with R'R = A, without the zeros,
 * and right-hand sides solved many at a time by any thread.
 *
 * Rows stand in blocks of ML_FACTOR_ROWS; a block begins at its diagonal, so that it is a
 * matrix of its own: products are those of la/block.h, and BLAS is not needed. */
#ifndef ML_LA_FACTOR_H
#define ML_LA_FACTOR_H

#include <stddef.h>

#include "base/error.h"

enum { ML_FACTOR_ROWS = 64 };

struct ml_factor {
	size_t n;
	double *v; /* owned; NULL: there is none */
};

int ml_factor_init(struct ml_factor *f, size_t n, struct ml_error *err) ML_CHECK;
void ml_factor_release(struct ml_factor *f);
/* Row i of R from the diagonal on, n - i numbers, apart by `by`: put, and got by one. */
void ml_factor_put(struct ml_factor *f, size_t i, const double *row, size_t by);
const double *ml_factor_row(const struct ml_factor *f, size_t i);
/* b, n x m with ldb numbers a row, becomes R'^-1 b; work: as b.  Each column has the same bits
 * for any m. */
void ml_factor_forward(const struct ml_factor *f, double *b, size_t m, size_t ldb,
		       double *work);

#endif
