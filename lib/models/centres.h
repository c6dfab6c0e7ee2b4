/* centres.h - points in the space of the features, and how far rows are from them. */
#ifndef ML_MODELS_CENTRES_H
#define ML_MODELS_CENTRES_H

#include <stddef.h>

#include "base/error.h"
#include "data/fields.h"
#include "la/mat.h"

/* Larger numbers have no finite squares of distances. */
#define ML_CENTRE_MAX 1e150

struct ml_centres {
	size_t n, p;
	double *v;      /* n x p; owned */
	double *across; /* p x n: the same, turned; owned */
};

/* n points at 0; a zeroed struct is releasable. */
int ml_centres_init(struct ml_centres *c, size_t n, size_t p, struct ml_error *err) ML_CHECK;
void ml_centres_release(struct ml_centres *c);
/* To be called when v was written, before distances are asked for. */
void ml_centres_turn(struct ml_centres *c);

/* sq[0..n): squared distances of a row of p numbers.  Each is one chain of additions over the
 * features, without fused operations: its bits depend on row and point alone. */
void ml_centres_squares(const struct ml_centres *c, const double *row, double *sq);
/* The nearest; of several the first. */
size_t ml_centres_nearest(const struct ml_centres *c, const double *sq);

/* What predict() of an estimator does that goes by distances: for each row the nearest, then
 * the n distances. */
int ml_centres_predict(const struct ml_centres *c, const struct ml_mat *x, struct ml_mat *out,
		       struct ml_error *err) ML_CHECK;
void ml_centres_save(const struct ml_centres *c, struct ml_fields *out);
int ml_centres_load(struct ml_centres *c, const struct ml_fields *in,
		    struct ml_error *err) ML_CHECK;

#endif
