/* closest.h - "did you mean": the known word nearest to one that is not known. */
#ifndef ML_BASE_CLOSEST_H
#define ML_BASE_CLOSEST_H

#include <stddef.h>

/* Begin with { .wanted = word }, try all candidates, then `best` is the nearest (the first of
 * equals) or NULL.  Near: at most a third of the word's length in insertions, deletions,
 * replacements and swaps of neighbours; ASCII letters of either case are alike.
 * Candidates are borrowed. */
struct ml_closest {
	const char *wanted;
	const char *best;
	size_t distance;   /* of best */
};
void ml_closest_try(struct ml_closest *c, const char *candidate);

#endif
