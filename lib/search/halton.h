/* halton.h - points that fill a space evenly. */
#ifndef ML_SEARCH_HALTON_H
#define ML_SEARCH_HALTON_H

#include <stddef.h>
#include <stdint.h>

#include "search/space.h"

/* Point i of the scrambled Halton sequence of this seed, tidy. */
void ml_halton_point(const struct ml_space *s, uint64_t seed, size_t i, double *point);

#endif
