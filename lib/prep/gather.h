/* gather.h - columns of training rows as a matrix that is made when needed (la/columnar.h):
 * centred, weighted by the roots of the weights, brought near 1 by a power of two. */
#ifndef ML_PREP_GATHER_H
#define ML_PREP_GATHER_H

#include "la/columnar.h"
#include "prep/prep.h"

struct ml_gathered {
	struct ml_columnar matrix;
	const double **col;
	double *mean; /* p, weighted, in units of the columns; 0 when not centred */
	double *center, *root;
	double weight;  /* sum of the weights */
	double largest; /* weight: that of the matrix's rows is 1 */
	int exponent;   /* the matrix is in units of 2^exponent */
	size_t rows;    /* of a weight above 0 */
};

/* The columns are numbers without missing cells.  E-RANGE for weights that are not finite. */
int ml_gather(struct ml_gathered *g, const struct ml_prep_fit *f, const size_t *cols, size_t n,
	      bool centred, const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_gather_release(struct ml_gathered *g);
/* A sum of squares of the matrix, as a sum over rows of weight times square in the columns' own
 * units, times `factor`; may be infinite. */
double ml_gather_squares(const struct ml_gathered *g, double square, double factor);

#endif
