/* parentage.h - from which columns of the source table the features of an estimator come.
 *
 * Dummies, bins and whatever else a step makes of one column belong to that column; what it
 * makes of several (a product) stands for itself, as if it were a column. */
#ifndef ML_CORE_PARENTAGE_H
#define ML_CORE_PARENTAGE_H

#include "core/pipeline.h"

struct ml_parentage {
	size_t n; /* columns that some feature comes from, in the order of the features */
	char **name;
	size_t features;
	size_t *of; /* of each feature its column, 0..n-1 */
};

/* The steps are asked by applying them to small tables.  ML_EDATA, E-FORMAT when p has no
 * estimator. */
int ml_parentage_init(struct ml_parentage *a, const struct ml_pipeline *p,
		      struct ml_error *err) ML_CHECK;
void ml_parentage_release(struct ml_parentage *a);

#endif
