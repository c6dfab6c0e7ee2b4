/* spantree.h - the minimum spanning tree of points.
 *
 * Boruvka (1926): each component is joined to what is nearest to it, until one is left.  What
 * is nearest is asked of a tree of boxes that passes by boxes of the same component, and boxes
 * farther than what the component has found.  With core distances the distance of two points is
 * the greatest of theirs and those of both ("mutual reachability", Campello, Moulavi, Sander
 * 2013).
 * Edges are compared by (distance, lesser row, greater row), so the tree is the only one, for
 * any number of threads.  Some n log n where p is small. */
#ifndef ML_MODELS_SPANTREE_H
#define ML_MODELS_SPANTREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/run.h"
#include "la/kdtree.h"

struct ml_span {
	double d;      /* raw, as the tree's */
	uint32_t a, b; /* rows, a < b */
};

/* core: raw, by row, or NULL.  spans: t->n - 1, in no order.  *found: how many there are, less
 * when the run was over before the last. */
int ml_spantree(const struct ml_kdtree *t, const double *core, const struct ml_run *run,
		struct ml_span *spans, size_t *found, struct ml_error *err) ML_CHECK;

#endif
