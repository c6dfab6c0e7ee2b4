/* rankselect.h - the key of a rank put in its place. */
#ifndef ML_LA_RANKSELECT_H
#define ML_LA_RANKSELECT_H

#include <stddef.h>
#include <stdint.h>

/* A row and a number of it, not NaN; rows break ties, so that no two are equal. */
struct ml_ranked {
	double v;
	uint32_t row;
};

/* The key of rank k < n in its place, lesser ones before it.  draw: the state of what draws the
 * pivots, not 0. */
void ml_rank_select(struct ml_ranked *v, size_t n, size_t k, uint64_t *draw);

#endif
