/* inner.h - products with the inverse of R'R in the directions where R is not (nearly) 0.
 *
 * The columns of R are scaled to length 1; singular values up to tol are left out, with the
 * directions that belong to them (the pseudoinverse).  Where none is that small, which the
 * norm of the inverse tells, the triangle is solved as it is. */
#ifndef ML_LA_INNER_H
#define ML_LA_INNER_H

#include <stddef.h>

#include "base/error.h"

struct ml_inner {
	size_t p, rank;
	double log_det;  /* of R'R, of the directions kept */
	const double *r; /* borrowed: p x p, upper; or NULL: */
	double *root;    /* p x p, row-major: rank columns V / singular value; owned */
	double *length;  /* p: of the columns of R, 0 counts as 1; owned */
	double *room;    /* p; owned */
};

/* Borrows r, which is finite.  ml_inner_release() frees, after failure too. */
int ml_inner_init(struct ml_inner *s, const double *r, size_t p, double tol,
		  struct ml_error *err) ML_CHECK;
void ml_inner_release(struct ml_inner *s);
/* out = (R'R)^-1 v, p numbers. */
void ml_inner_solve(struct ml_inner *s, const double *v, double *out);

#endif
