/* trees_planes.h - the nodes of large trees as fields that deflate well. */
#ifndef ML_MODELS_TREES_PLANES_H
#define ML_MODELS_TREES_PLANES_H

#include "models/trees.h"

/* Nodes of trees, in their order: of each the feature (-1: a leaf), flags of inner ones, cut or
 * set, or value or vector, and of leaves the weight.  Arrays are owned by whoever asked. */
struct ml_flat_nodes {
	size_t n;
	int32_t *feature, *flags;
	double *at, *cover; /* 0 of inner nodes */
};
void ml_planes_put(const struct ml_flat_nodes *f, size_t features, struct ml_fields *out);
/* Are they there?  Else fields are those of format 1. */
bool ml_planes_has(const struct ml_fields *in);
/* At most `most` nodes; features, finite numbers and weights are checked (E-MODEL).  What has
 * been read by then stays in *f on failure. */
int ml_planes_get(struct ml_flat_nodes *f, size_t features, size_t most,
		  const struct ml_fields *in, struct ml_error *err) ML_CHECK;

#endif
