/* cloud.h - the rows of a problem as points: where their middle is, how far they reach, and a
 * row at a time, whether they came as columns or as a matrix. */
#ifndef ML_MODELS_CLOUD_H
#define ML_MODELS_CLOUD_H

#include "base/run.h"
#include "models/model.h"

struct ml_cloud {
	const struct ml_problem *p; /* borrowed */
	size_t n, cols;
	double *mean;  /* of each column, weighted; owned */
	double spread; /* the mean variance of the columns */
	double unit;   /* a power of two: no |x - mean| * unit is above 1 */
};

/* E-RANGE where numbers are too large for squares of distances (centres.h). */
int ml_cloud_init(struct ml_cloud *c, const struct ml_problem *p, const struct ml_run *run,
		  struct ml_error *err) ML_CHECK;
void ml_cloud_release(struct ml_cloud *c); /* a zeroed struct is releasable */

double ml_cloud_weight(const struct ml_cloud *c, size_t i);
void ml_cloud_row(const struct ml_cloud *c, size_t i, double *row);
/* (x - mean) * unit of the rows from + idx[0..m), all below from + rows: column j begins at
 * out[j * stride].  m == rows means all of them.  Fast up to ML_CLOUD_ROWS rows. */
enum { ML_CLOUD_ROWS = 128 };
void ml_cloud_floats(const struct ml_cloud *c, size_t from, size_t rows, const uint32_t *idx,
		     size_t m, float *out, size_t stride);
/* sq[0..m): squared distances of the rows from, from + 1, ... from a point; the bits are those
 * of ml_centres_squares(). */
void ml_cloud_squares(const struct ml_cloud *c, size_t from, size_t m, const double *point,
		      double *sq);
/* sum[own[i] * cols + j] += weight * x(from + i, j), weight[own[i]] += weight, for i < m. */
void ml_cloud_add(const struct ml_cloud *c, size_t from, size_t m, const int32_t *own,
		  double *sum, double *weight);

#endif
