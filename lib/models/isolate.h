/* isolate.h - one tree of an isolation forest (iforest.c). */
#ifndef ML_MODELS_ISOLATE_H
#define ML_MODELS_ISOLATE_H

#include "base/rng.h"
#include "models/model.h"
#include "models/trees.h"

/* What all trees are grown on. */
struct ml_isolation {
	const struct ml_problem *p;
	size_t sample;      /* rows of a tree */
	size_t depth;       /* cuts on a path, at most */
	size_t most_levels; /* of any category */
	double *upto;       /* sums of weights up to each row; NULL: rows are drawn once each */
};

struct ml_isolate_node;
/* One thread's workspace; zeroed before the first tree. */
struct ml_isolator {
	uint32_t *row, *moved, *feature;
	double *value; /* of each row, of the feature at hand */
	bool *left;    /* of each level */
	struct ml_isolate_node *node;
};
void ml_isolator_release(struct ml_isolator *w);

/* c(m): the mean depth of a search tree of m rows. */
double ml_isolate_depth(size_t m);
/* Adds a tree to t; a leaf of m rows at depth h has the value h + c(m). */
int ml_isolate(const struct ml_isolation *f, struct ml_isolator *w, struct ml_trees *t,
	       struct ml_rng *r, struct ml_error *err) ML_CHECK;

#endif
