/* columnwise.h - mean and standard deviation of each column of a matrix, in one pass over it.
 */
#ifndef ML_LA_COLUMNWISE_H
#define ML_LA_COLUMNWISE_H

#include "base/error.h"
#include "la/mat.h"

/* mean, deviation: x->cols each, with divisor n (the sum of the weights); w: x->rows weights,
 * or NULL for all 1.  x->v NULL: the columns are col[0..x->cols), and the results have the same
 * bits.  Values are finite; what is beyond doubles becomes the largest one. */
int ml_columnwise(const struct ml_mat *x, const double *const *col, const double *w,
		  double *mean, double *deviation, struct ml_error *err) ML_CHECK;

#endif
