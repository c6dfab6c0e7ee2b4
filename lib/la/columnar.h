/* columnar.h - columns as a matrix A of n rows, made piece by piece when it is needed, so that
 * no copy of the table stands beside the table:
 *
 *     A(i, j) = root_i (unit x(i, j) - center_j)
 *
 * Products with it are shared out among threads; each number is one chain of additions whose
 * order depends on n and p only. */
#ifndef ML_LA_COLUMNAR_H
#define ML_LA_COLUMNAR_H

#include <stddef.h>

#include "base/error.h"

struct ml_columnar {
	const double *const *col; /* p columns of n finite values */
	size_t n, p;
	double unit;          /* a power of two that brings large and tiny values near 1 */
	const double *center; /* p, in that unit; or NULL: all 0 */
	const double *root;   /* n, the roots of the weights of the rows; or NULL: all 1 */
};

/* Rows from..to of A, p numbers each (an ml_rows_fn, la/qr.h). */
void ml_columnar_rows(const void *columnar, size_t from, size_t to, double *out);
/* Columns a..b of these rows, b - a numbers each. */
void ml_columnar_piece(const struct ml_columnar *s, size_t from, size_t to, size_t a, size_t b,
		       double *out);
/* The same rows as p columns, of which each begins ld numbers behind that before it. */
void ml_columnar_columns(const struct ml_columnar *s, size_t from, size_t to, double *out,
			 size_t ld);

/* g: p x p, overwritten: its upper triangle becomes A'A, zeros below. */
int ml_columnar_gram(const struct ml_columnar *s, double *g, int threads,
		     struct ml_error *err) ML_CHECK;
/* out (k x n) = B A', B k x p. */
int ml_columnar_forth(const struct ml_columnar *s, const double *b, size_t k, double *out,
		      int threads, struct ml_error *err) ML_CHECK;
/* out (k x p) = Q A, Q k x n. */
int ml_columnar_back(const struct ml_columnar *s, const double *q, size_t k, double *out,
		     int threads, struct ml_error *err) ML_CHECK;
/* The sum of the squares of A. */
int ml_columnar_squares(const struct ml_columnar *s, double *sum, int threads,
			struct ml_error *err) ML_CHECK;

#endif
