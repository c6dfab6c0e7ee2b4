/* nonneg.h - least squares with coefficients that are not negative.
 *
 *     minimise  x' G x / 2 - b' x   over x >= 0
 *
 * for a small G (k x k, positive semidefinite, as H H').  Coordinate descent finds which
 * coefficients are 0; the others are then solved for, and the conditions of Karush, Kuhn and
 * Tucker tell whether that was right (as Portugal, Judice, Vicente 1994 do after a guess).
 * No allocation, no BLAS: for many small problems one after another. */
#ifndef ML_LA_NONNEG_H
#define ML_LA_NONNEG_H

#include <stddef.h>

/* Numbers of workspace. */
static inline size_t ml_nonneg_room(size_t k)
{
	return k * k + 3 * k;
}

/* x: k, overwritten, without regard to what it was.  g row-major. */
void ml_nonneg_solve(const double *g, const double *b, size_t k, double *x, double *room);

/* Sweeps of coordinate descent over `many` problems with one G at once: column i of x and b (k
 * x many, ld numbers a row) is problem i.  They end when one sweep meets a tenth of the
 * gradients that the first met, or there were `most`.  Returns the sum of the gradients that
 * the first met, as far as they could be followed down to 0.  gradient: room for (k + 1) x ld.
 * `many` is a multiple of ML_NONNEG_SIDE: problems of zeros fill it up. */
enum { ML_NONNEG_SIDE = 8 };
double ml_nonneg_descend(const double *g, const double *b, size_t k, double *x, size_t many,
			 size_t ld, int most, double *gradient);

#endif
