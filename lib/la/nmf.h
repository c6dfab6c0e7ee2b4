/* nmf.h - a matrix of numbers that are not negative as a product of two such: A (n x p) = W H,
 * W n x k, H k x p, so that ||A - W H||_F is least, or a minimum nearby.
 *
 * Coordinate descent on W and H in turn (Cichocki, Phan 2009; Hsieh, Dhillon 2011), with some
 * sweeps for each product with A (Gillis, Glineur 2012).  It starts with W best for the H
 * given. Stops when the projected gradients that the sweeps meet add up to tol times those of
 * the first.  An iteration is one pass over the rows: 4 n p k operations and some n k^2. */
#ifndef ML_LA_NMF_H
#define ML_LA_NMF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"
#include "la/columnar.h"

struct ml_nmf {
	const struct ml_columnar *a; /* nothing negative */
	size_t k;
	double *h; /* k x p: the start, then the result */
	double *w; /* n x k: the result, for rows as they are in A */
	size_t max_iter;
	double tol;
	/* told: */
	size_t iters;
	bool converged;
	double residual; /* ||A - W H||^2 / ||A||^2 */
};

int ml_nmf_fit(struct ml_nmf *m, const struct ml_run *run, struct ml_error *err) ML_CHECK;

/* A start from the k leading singular vectors v (k x p) of A (Boutsidis, Gallopoulos 2008): of
 * each pair the parts of one sign that carry more.  v becomes H; room: n x k numbers. */
int ml_nmf_start(const struct ml_columnar *a, double *v, size_t k, double *room, int threads,
		 struct ml_error *err) ML_CHECK;

#endif
