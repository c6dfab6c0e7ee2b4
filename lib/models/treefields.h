/* treefields.h - the points of a tree of boxes as a field: row after row; the tree is built
 * again when they are loaded. */
#ifndef ML_MODELS_TREEFIELDS_H
#define ML_MODELS_TREEFIELDS_H

#include "data/fields.h"
#include "la/kdtree.h"

void ml_kdtree_save(const struct ml_kdtree *t, const char *name, struct ml_fields *out);
/* rows, p >= 1. */
int ml_kdtree_load(struct ml_kdtree *t, const char *name, size_t rows, size_t p,
		   enum ml_kd_norm norm, const struct ml_fields *in,
		   struct ml_error *err) ML_CHECK;

#endif
