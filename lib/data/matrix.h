/* matrix.h - the numbers of a table as a row-major matrix. */
#ifndef ML_DATA_MATRIX_H
#define ML_DATA_MATRIX_H

#include "data/table.h"
#include "la/mat.h"

/* rows x n matrix of the columns idx[0..n): numbers as they are (NaN missing), codes of
 * categories as doubles (missing: NaN).  out->v is the caller's (free()).  With `consume` the
 * pages of the number columns are given back while they are copied, so that memory holds one
 * copy: their values are undefined afterwards. */
int ml_matrix_build(struct ml_mat *out, struct ml_table *t, const size_t *idx, size_t n,
		    bool consume, int threads, struct ml_error *err) ML_CHECK;

#endif
