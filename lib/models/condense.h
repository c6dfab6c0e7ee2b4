/* condense.h - the clusters in a dendrogram that are worth the name, and the best of them.
 *
 * From the root down a cluster stays itself while rows fall off it in lots of fewer than
 * min_size, and ends where two of at least that many part, which are born there.  With density
 * lambda = 1 / height, its stability is the sum over its rows of lambda when they left less
 * lambda when it was born.  Chosen are clusters none of which is in another: those with the
 * greatest sum of stabilities (excess of mass), or those that do not part (leaves); never the
 * root.  Merges of the same height are one, of all that they merge.  (Campello, Moulavi, Sander
 * 2013; Campello, Moulavi, Zimek, Sander 2015.) */
#ifndef ML_MODELS_CONDENSE_H
#define ML_MODELS_CONDENSE_H

#include <stdbool.h>

#include "models/dendrogram.h"

struct ml_condensed {
	int32_t *label; /* by row: 0..clusters-1 by when they were born, or -1: noise; owned */
	double *birth;  /* by cluster: the height at which it is born; owned */
	/* The strength of a row in its cluster is end / fall, at most 1 (McInnes, Healy,
	 * Astels 2017: the least density at which it belongs there, as a share of the greatest
	 * that the cluster has before it parts).  Both are above 0; owned. */
	double *end;  /* by cluster: the least height at which it has lost rows, or parted */
	double *fall; /* by row: the height at which it fell off */
	size_t clusters;
};

int ml_condense(struct ml_condensed *c, const struct ml_dendrogram *d, size_t min_size,
		bool leaves, struct ml_error *err) ML_CHECK;
void ml_condensed_release(struct ml_condensed *c);

#endif
