/* nearshare.h - the nearest rows that make up a weight. */
#ifndef ML_MODELS_NEARSHARE_H
#define ML_MODELS_NEARSHARE_H

#include <stddef.h>
#include <stdint.h>

struct ml_ranked {
	double d;
	uint32_t row;
};

/* Moves those of least d (of equal ones those of least row) to the front, *n of them, in no
 * order but that the last is the farthest; their weight w[row] (NULL: 1 each), of the last one
 * only a part, is h.  Returns this part.  n_all >= 1, 0 < h; all of them, when they have less.
 * Linear time. */
double ml_nearest_share(struct ml_ranked *v, size_t n_all, const double *w, double h,
			size_t *n);

#endif
