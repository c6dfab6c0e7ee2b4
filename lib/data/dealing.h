/* dealing.h - whole groups dealt to parts. */
#ifndef ML_DATA_DEALING_H
#define ML_DATA_DEALING_H

#include "base/rng.h"
#include "data/strata.h"

/* part_of[g] = 0..parts-1 for each group; share[f] of the rows is wanted in part f (> 0, sum
 * 1).  Groups come by size (powers of two, the largest first), shuffled among those of one
 * size; each goes where the rows of all parts, and of each class in them, come nearest to their
 * shares.  classes NULL: rows only count.  Every part gets a group; groups->n >= parts.  O(rows
 * * parts). */
int ml_deal_groups(const struct ml_strata *groups, const struct ml_strata *classes, size_t rows,
		   const double *share, size_t parts, struct ml_rng *rng, size_t *part_of,
		   struct ml_error *err) ML_CHECK;

#endif
