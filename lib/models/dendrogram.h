/* dendrogram.h - which clusters were merged in which step, and how high.
 *
 * Rows are clusters 0..n-1; step s makes cluster n + s of two clusters that there are by then.
 * Heights rise, except where a method has inversions (centroid, median). */
#ifndef ML_MODELS_DENDROGRAM_H
#define ML_MODELS_DENDROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/fields.h"

struct ml_merge {
	uint32_t a, b; /* a < b */
	uint32_t rows; /* in both */
	double height;
};

struct ml_dendrogram {
	size_t n;               /* rows */
	struct ml_merge *merge; /* n - 1, owned */
};

/* n >= 1 rows and no merges yet. */
int ml_dendrogram_init(struct ml_dendrogram *d, size_t n, struct ml_error *err) ML_CHECK;
void ml_dendrogram_release(struct ml_dendrogram *d);
/* Merges come in any order, a and b being rows in the two clusters: they are put in the order
 * of their heights (as they came, where these are equal), clusters are numbered, rows counted.
 */
int ml_dendrogram_order(struct ml_dendrogram *d, struct ml_error *err) ML_CHECK;
/* Merges are in order, a and b numbered: counts rows. */
void ml_dendrogram_count(struct ml_dendrogram *d);
/* label[0..n): the cluster of each row, 0.. by their first rows, when the first `steps` merges
 * were made. */
int ml_dendrogram_cut(const struct ml_dendrogram *d, size_t steps, uint32_t *label,
		      struct ml_error *err) ML_CHECK;

void ml_dendrogram_save(const struct ml_dendrogram *d, struct ml_fields *out);
/* n: known already. */
int ml_dendrogram_load(struct ml_dendrogram *d, size_t n, const struct ml_fields *in,
		       struct ml_error *err) ML_CHECK;

#endif
