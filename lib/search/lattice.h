/* lattice.h - all combinations of some values of each parameter. */
#ifndef ML_SEARCH_LATTICE_H
#define ML_SEARCH_LATTICE_H

#include <stddef.h>

#include "base/error.h"
#include "search/space.h"

struct ml_lattice {
	const struct ml_space *space; /* borrowed */
	double **value;               /* the values of each parameter, ascending; owned */
	size_t *values;               /* how many */
	double *below; /* combinations of a parameter and all that depends on it */
	double size;   /* of all: the number of points; beyond 2^53 not exact */
};

/* `points` values of a range, or as many as the parameter says; all of whole numbers that have
 * no more.  SIZE_MAX: all, for spaces without reals.  To be released after a failure, too. */
int ml_lattice_init(struct ml_lattice *g, const struct ml_space *s, size_t points,
		    struct ml_error *err) ML_CHECK;
/* Point i < size, the last parameter changing fastest; tidy.  Not for sizes beyond 2^53. */
void ml_lattice_point(const struct ml_lattice *g, size_t i, double *point);
void ml_lattice_release(struct ml_lattice *g);

#endif
