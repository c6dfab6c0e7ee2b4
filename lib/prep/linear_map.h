/* linear_map.h - columns that are linear combinations of others: what pca, svd, ica and
 * random-projection have learned.
 *
 *     made_c = sum_j forth(c, j) (x_j - center_j) / per_c
 *     x_j    = center_j + sum_c back(c, j) per_c made_c        (nearest, when k < n) */
#ifndef ML_PREP_LINEAR_MAP_H
#define ML_PREP_LINEAR_MAP_H

#include "prep/joint.h"

struct ml_linear_map {
	struct ml_joint joint;
	double *center;    /* n */
	double *forth;     /* k x n */
	double *back;      /* k x n; NULL: forth, or no way back */
	double *per;       /* k, above 0; NULL: all 1 */
	double *explained; /* k: what each made column has of `total`; or NULL */
	double total;
};

int ml_linear_map_apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
			struct ml_tally *tally, struct ml_error *err) ML_CHECK;
int ml_linear_map_restore(const void *state, struct ml_table *t, const size_t *cols, size_t m,
			  const char *const *names, struct ml_error *err) ML_CHECK;

/* Of a contract, for a state that is a map. */
void ml_linear_map_save(const void *state, struct ml_fields *out);
int ml_linear_map_load(void *state, unsigned format, const struct ml_fields *in,
		       const enum ml_kind *kind, size_t n, struct ml_error *err) ML_CHECK;
void ml_linear_map_release(void *state);
/* Loadings are those of the way back. */
void ml_linear_map_components(const void *state, struct ml_components *out);

#endif
