/* dot.c - the dot product whose bits depend on its arguments only.
 *
 * Eight partial sums that the compiler may keep in vector registers; it may not reorder
 * them, so any compiler and vector unit gives the same bits.  BLAS is no choice here: its
 * order of additions depends on the shape of the block a row happens to be in. */
#include "la/mat.h"

enum { LANES = 8 };

double ml_dot(const double *a, const double *b, size_t n)
{
	double s[LANES] = { 0 };
	size_t j = 0;

	for (; j + LANES <= n; j += LANES)
		for (size_t l = 0; l < LANES; l++)
			s[l] += a[j + l] * b[j + l];
	for (size_t l = 0; j < n; j++, l++)
		s[l] += a[j] * b[j];
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}
