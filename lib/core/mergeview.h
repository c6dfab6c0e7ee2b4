/* mergeview.h - the merges of a hierarchical clustering: as rows, as a tree in Newick's format,
 * as a graph.  Rows of training are 0..n-1, in their order; step s makes cluster n + s. */
#ifndef ML_CORE_MERGEVIEW_H
#define ML_CORE_MERGEVIEW_H

#include "base/buf.h"
#include "core/findings.h"
#include "core/pipeline.h"

/* All: E-USAGE when the estimator has no merges; `number` is not looked at (core/view.h). */

/* Rows step, a, b, height, size (rows in the cluster). */
int ml_mergeview_rows(struct ml_findings *out, const struct ml_pipeline *p, size_t number,
		      struct ml_error *err) ML_CHECK;
/* One line; the length of a branch is the height above it less the height below it. */
int ml_mergeview_newick(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
			struct ml_error *err) ML_CHECK;
/* A graph for dot(1): inner nodes are labelled with their heights. */
int ml_mergeview_dot(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
		     struct ml_error *err) ML_CHECK;

#endif
