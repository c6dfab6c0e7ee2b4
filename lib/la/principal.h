/* principal.h - the directions along which the rows of a matrix A (n x p) spread most: its
 * leading right singular vectors, and the squares of its singular values.
 *
 * Exact, n >= p: cross products A'A in one pass over the rows, then
 *   - their Cholesky factor and one-sided Jacobi rotations (up to some hundred columns): small
 *     values are right to nearly their last digits however different the columns' scales are;
 *   - where columns are nearly collinear, so that A'A has lost digits: a triangle R of A by
 *     Householder reflections (a second pass), whose singular values are those of A;
 *   - more columns: eigenvalues of A'A (Householder, bisection), which do for all but those
 *     that are small beside the largest.
 * Exact, n < p: singular values of A itself.
 * Randomized (Halko, Martinsson, Tropp 2011, algorithms 4.4 and 5.1): the range of A found by
 * k + 10 random directions and 7 power iterations, each orthonormalised.
 *
 * Cost: n p^2 and p^3, or p n^2, or some 30 n p k.  Memory beside A: p^2, or n p, or (n + p) k
 * numbers. */
#ifndef ML_LA_PRINCIPAL_H
#define ML_LA_PRINCIPAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "la/columnar.h"

enum ml_principal_solver { ML_PRINCIPAL_AUTO, ML_PRINCIPAL_EXACT, ML_PRINCIPAL_RANDOMIZED };

struct ml_principal_ask {
	size_t k;     /* directions, at most min(n, p); 0: as many as `share` takes */
	double share; /* of the sum of squares, in (0, 1]; for exact solvers */
	/* Auto: randomized when min(n, p) is above 1000 and k at most a tenth of it. */
	enum ml_principal_solver solver;
	bool rough;    /* the randomized one by 2 power iterations: for a start */
	uint64_t seed; /* of the random directions */
	const char *purpose;
	int threads;
};

struct ml_principal {
	size_t k, p;
	double *v;      /* k x p, rows of length 1, by decreasing square, signs fixed; owned */
	double *square; /* k squares of singular values; owned */
	double total;   /* sum of all squares: of the elements of A */
	bool randomized;
};

/* E-RANGE when all of A is 0. */
int ml_principal_fit(struct ml_principal *out, const struct ml_columnar *a,
		     const struct ml_principal_ask *ask, struct ml_error *err) ML_CHECK;
void ml_principal_release(struct ml_principal *out);

/* The randomized one alone: k directions into v (k x p), squares (k). */
int ml_rangefinder(const struct ml_columnar *a, const struct ml_principal_ask *ask, double *v,
		   double *square, struct ml_error *err) ML_CHECK;

#endif
