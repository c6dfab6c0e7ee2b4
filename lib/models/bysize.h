/* bysize.h - clusters numbered by what they weigh. */
#ifndef ML_MODELS_BYSIZE_H
#define ML_MODELS_BYSIZE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/fields.h"

/* Renumbers label[0..n), each 0..k-1 or -1 for noise: the heaviest cluster becomes 0, equally
 * heavy ones keep the order they have.  w: weights, or NULL.  *size: k + 1, owned by the
 * caller: weights of the clusters, then of noise. */
int ml_bysize(int32_t *label, size_t n, size_t k, const double *w, double **size,
	      struct ml_error *err) ML_CHECK;

/* The same, and numbers of each cluster go along: `count` arrays of k. */
int ml_bysize_births(int32_t *label, size_t n, size_t k, const double *w, double **size,
		     double *const *per, size_t count, struct ml_error *err) ML_CHECK;

/* The sizes as a field, and back: k + 1 numbers >= 0. */
void ml_bysize_save(const double *size, size_t k, struct ml_fields *out);
int ml_bysize_load(double **size, size_t k, const struct ml_fields *in,
		   struct ml_error *err) ML_CHECK;

#endif
