/* treeunits.h - features of an estimator as people know them, and thresholds in their units. */
#ifndef ML_CORE_TREEUNITS_H
#define ML_CORE_TREEUNITS_H

#include "core/parentage.h"
#include "core/pipeline.h"
#include "models/trees.h"

struct ml_unit {
	char *label;                    /* owned */
	const struct ml_levels *levels; /* its codes are those of these; NULL: a number */
	const char *level;              /* a dummy: label is 1 for this level; or NULL */
	bool dummy;                     /* 0/1 */
	bool folded;                    /* thresholds are to be taken back through steps */
};

struct ml_units {
	struct ml_unit *unit; /* n, one a feature */
	size_t n;
	double *missing; /* the features of a row of which nothing is known */
};

int ml_units_init(struct ml_units *u, const struct ml_pipeline *p,
		  struct ml_error *err) ML_CHECK;
void ml_units_release(struct ml_units *u);
/* at[node] of a tree, for each inner node: the threshold in the unit of its feature.  Of folded
 * ones the largest number of 15 digits that goes to the first child. */
int ml_units_thresholds(const struct ml_units *u, const struct ml_pipeline *p,
			const struct ml_trees *t, size_t tree, double *at,
			struct ml_error *err) ML_CHECK;

#endif
