/* squash.h - what a unit of a network makes of its sum. */
#ifndef ML_MODELS_SQUASH_H
#define ML_MODELS_SQUASH_H

#include <stddef.h>

struct ml_squash {
	const char *name;
	/* a[i] = f(z[i]), slope[i] = f'(z[i]), i < n; slope NULL: not wanted.  An element's
	 * bits depend on z[i] only.  a may be z where there is no slope. */
	void (*apply)(const double *z, size_t n, double *a, double *slope);
};

/* NULL-ended. */
extern const struct ml_squash *const ml_squashes[];
const struct ml_squash *ml_squash_find(const char *name, size_t n); /* n bytes; or NULL */

#endif
