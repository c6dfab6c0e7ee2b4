/* components.h - what steps that make columns of several together have found: principal
 * components and their like. */
#ifndef ML_CORE_COMPONENTS_H
#define ML_CORE_COMPONENTS_H

#include "core/findings.h"
#include "core/pipeline.h"

/* Rows component, explained, share, cumulative: what each made column has of what there is to
 * be explained (pca, ica: the variance; svd: the squares; nmf: the sums of the rows). ML_EUSAGE
 * when no step of p tells it. */
int ml_components_explained(struct ml_findings *out, const struct ml_pipeline *p, size_t unused,
			    struct ml_error *err) ML_CHECK;
/* Rows component, column, loading, a component's together. */
int ml_components_loadings(struct ml_findings *out, const struct ml_pipeline *p, size_t unused,
			   struct ml_error *err) ML_CHECK;
/* Of one step, as part of a text about the model; nothing for a step that has none. */
void ml_components_text(const struct ml_step *s, struct ml_buf *out);

#endif
