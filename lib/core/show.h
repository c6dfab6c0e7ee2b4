/* show.h - models as text, JSON and CSV. */
#ifndef ML_CORE_SHOW_H
#define ML_CORE_SHOW_H

#include "core/findings.h"
#include "core/pipeline.h"

/* For people: steps, the estimator with its coefficients and figures, lineage. */
int ml_show_text(const struct ml_pipeline *p, struct ml_buf *out,
		 struct ml_error *err) ML_CHECK;
/* One JSON object: steps (type, options, needs, gives, fields ...; the estimator's with task,
 * target, classes, fit), lineage, profile. */
int ml_show_json(const struct ml_pipeline *p, struct ml_buf *out,
		 struct ml_error *err) ML_CHECK;
/* Rows class, feature, coef; the intercept's feature is (intercept). */
int ml_show_coef(const struct ml_pipeline *p, struct ml_findings *out,
		 struct ml_error *err) ML_CHECK;

#endif
