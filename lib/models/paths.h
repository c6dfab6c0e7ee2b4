/* paths.h - which features a node may be split at, given those on its path: interaction
 * constraints (as in LightGBM and scikit-learn).
 *
 * A node may be split at the features of the groups that hold all features on its path; so
 * those of any path are together in one group. */
#ifndef ML_MODELS_PATHS_H
#define ML_MODELS_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "models/model.h"

struct ml_paths {
	size_t words;       /* of a mask of groups; 0: any features may meet */
	uint64_t *groups;   /* of each feature: the groups it is in; owned */
	uint64_t *possible; /* of each leaf: the groups that hold its whole path; owned */
};

/* m NULL: no constraints. */
int ml_paths_init(struct ml_paths *p, const struct ml_meetings *m, size_t features,
		  size_t leaves, struct ml_error *err) ML_CHECK;
void ml_paths_release(struct ml_paths *p);
/* A tree begins: leaf 0 is its root. */
void ml_paths_begin(struct ml_paths *p);
/* The leaf is split at the feature: it becomes one child, leaf number `other` the other. */
void ml_paths_split(struct ml_paths *p, size_t leaf, size_t other, size_t feature);
bool ml_paths_allow(const struct ml_paths *p, size_t leaf, size_t feature);

#endif
