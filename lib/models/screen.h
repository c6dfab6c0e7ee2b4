/* screen.h - which point is nearest to each of many rows, in single precision: fast, and honest
 * about what it cannot tell.
 *
 * The nearest point c is that of the largest x c - |c|^2 / 2.  This is computed in floats,
 * eight points and 32 (16) rows at a time; an error bound says whether the largest is so for
 * certain. Where it is not, the caller has to look in double precision.  So the outcome depends
 * neither on vector units nor on rounding here; only the speed does.
 *
 * Floats need numbers of one size: rows and points are shifted by `mean` and multiplied by
 * `unit`, such that none of the rows' is above 1 in absolute value. */
#ifndef ML_MODELS_SCREEN_H
#define ML_MODELS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "models/centres.h"

enum { ML_SCREEN_GROUP = 8, ML_SCREEN_ROWS = 32 };

struct ml_screen {
	size_t n, p;
	size_t chunk; /* rows at a time, a multiple of ML_SCREEN_ROWS */
	float *c;     /* groups of 8 points, each p x 8; owned */
	float *half;  /* -|c|^2 / 2 of each, -inf where there is none; owned */
	float most;   /* the largest |c| */
};

/* What came of a row. */
struct ml_screened {
	float *best, *second; /* the two largest values of x c - |c|^2 / 2 */
	int32_t *own;         /* the point of the first */
};

/* False where the CPU has no vectors for it. */
bool ml_screen_can(void);
/* A zeroed struct is releasable. */
int ml_screen_init(struct ml_screen *s, size_t n, size_t p, struct ml_error *err) ML_CHECK;
void ml_screen_release(struct ml_screen *s);
/* The points, in the units of the rows. */
void ml_screen_set(struct ml_screen *s, const struct ml_centres *c, const double *mean,
		   double unit);
/* x: p columns of `rows` <= chunk numbers (a multiple of ML_SCREEN_ROWS), `chunk` apart. */
void ml_screen_rows(const struct ml_screen *s, const float *x, size_t rows,
		    struct ml_screened *out);
/* The same rows: from the length of each what is known of it.  upper: no less than the distance
 * from its nearest point, lower: no more than that from all others; 0 and infinity where the
 * nearest is not known for certain. */
void ml_screen_bounds(const struct ml_screen *s, const float *x, size_t rows,
		      const struct ml_screened *in, float *upper, float *lower);

#endif
