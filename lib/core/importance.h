/* importance.h - how much each column of the source table matters to an estimator. */
#ifndef ML_CORE_IMPORTANCE_H
#define ML_CORE_IMPORTANCE_H

#include "core/findings.h"
#include "core/pipeline.h"

/* Rows feature, share, importance, splits, the largest first: what the estimator says of its
 * features (model.h), added up over those that come of one column, and its share of the sum;
 * splits are empty where there are none to count.  ML_EUSAGE when the estimator tells nothing
 * of the kind; ML_EDATA, E-FORMAT when there is none. */
int ml_importance(struct ml_findings *out, const struct ml_pipeline *p,
		  struct ml_error *err) ML_CHECK;

#endif
