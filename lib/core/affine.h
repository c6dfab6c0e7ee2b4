/* affine.h - steps that shift and scale features in place, gone back through. */
#ifndef ML_CORE_AFFINE_H
#define ML_CORE_AFFINE_H

#include "core/pipeline.h"

/* Feature j of the estimator was (x - center) * factor of what it was before a step. */
typedef void ml_fold_fn(void *arg, size_t j, double center, double factor);

/* From the estimator of p back through the steps before it, the last first: `fold` is called
 * for each feature that a step has changed so, until a step is met that has made it, or changed
 * it in another way. */
int ml_affine_back(const struct ml_pipeline *p, ml_fold_fn *fold, void *arg,
		   struct ml_error *err) ML_CHECK;

#endif
