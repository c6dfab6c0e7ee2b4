/* panel.h - dot products of rows with many other rows, which are packed for it.
 *
 * ML_PANEL rows stand together, column by column: element j of row k is at
 * v[((k / ML_PANEL) * cols + j) * ML_PANEL + k % ML_PANEL].  A vector register then holds an
 * element of each row of a panel, and nothing has to be added across lanes.
 *
 * Each product is one chain of additions over the columns in order, so its bits do not depend
 * on which rows are asked for together, and (a, b) has those of (b, a); with AVX2 or AVX-512
 * the chain is of fused multiply-adds (elsewhere it is not, so bits depend on the class of CPU,
 * like those of la/block.h).  Any number of threads may ask at once. */
#ifndef ML_LA_PANEL_H
#define ML_LA_PANEL_H

#include <stddef.h>

enum { ML_PANEL = 8 };

/* Panels that n rows take; the last may be filled in part (its other lanes hold zeros, or
 * whatever was put there). */
static inline size_t ml_panels(size_t n)
{
	return n / ML_PANEL + (n % ML_PANEL != 0);
}

/* Row k of the panels v is `row`, and back; cols numbers. */
void ml_panel_put(double *v, size_t cols, size_t k, const double *row);
void ml_panel_get(const double *v, size_t cols, size_t k, double *row);

/* out[i * ldo + k] = dot of row i of a (n rows, lda numbers each) with row k of the panels v,
 * k < ML_PANEL * panels. */
void ml_panel_dots(const double *v, size_t cols, size_t panels, const double *a, size_t lda,
		   size_t n, double *out, size_t ldo);
/* The product of a row with itself, with the bits that ml_panel_dots() gives. */
double ml_panel_square(const double *row, size_t cols);

#endif
