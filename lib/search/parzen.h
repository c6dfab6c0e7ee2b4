/* parzen.h - a density over a space: a mixture of kernels about points. */
#ifndef ML_SEARCH_PARZEN_H
#define ML_SEARCH_PARZEN_H

#include <stddef.h>

#include "base/error.h"
#include "base/rng.h"
#include "search/space.h"

struct ml_parzen {
	const struct ml_space *space; /* borrowed */
	const double **point;         /* kernels' centres, n, borrowed; owned list */
	size_t n;
	double *width;    /* of each parameter, on its unit scale; owned */
	double *log_mass; /* n x space->n: log of what of a kernel lies in [0, 1]; owned */
	double *room;     /* n + 1, owned */
};

/* Takes over the list `point` (also when it fails). */
int ml_parzen_init(struct ml_parzen *d, const struct ml_space *s, const double **point,
		   size_t n, struct ml_error *err) ML_CHECK;
void ml_parzen_release(struct ml_parzen *d);
/* A point drawn from it, tidy. */
void ml_parzen_draw(const struct ml_parzen *d, struct ml_rng *rng, double *point);
/* Log of the density at a tidy point; uses d->room. */
double ml_parzen_log(const struct ml_parzen *d, const double *point);

#endif
