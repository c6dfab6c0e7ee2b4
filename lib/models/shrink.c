/* shrink.c - covariances shrunk towards a multiple of the identity. */
#include <math.h>
#include <string.h>

#include "la/block.h"
#include "la/gram.h"
#include "models/within.h"

/* The share of Ledoit and Wolf (2004), lemma 3.1 with the estimators of section 3.3, for the
 * scatter g (upper triangle) about known means: beta^2 / delta^2. */
static double best_share(const double *g, size_t p, double weight, double fourth)
{
	double trace = 0, square = 0, size = (double)p;

	for (size_t i = 0; i < p; i++) {
		trace += g[i * p + i] / weight;
		for (size_t j = i; j < p; j++) {
			double v = g[i * p + j] / weight;
			square += (i == j ? 1 : 2) * v * v;
		}
	}
	double delta = square - trace * trace / size;
	double beta = (fourth / weight - square) / weight;

	beta = beta < delta ? beta : delta;
	return beta > 0 ? beta / delta : 0;
}

bool ml_shrink_factor(double *r, size_t p, const struct ml_shrink *how, double divisor,
		      double weight, double fourth, double *share)
{
	double root = sqrt(divisor), trace = 0;

	*share = how->share;
	if (!how->automatic && how->share == 0) {
		for (size_t i = 0; i < p * p; i++) {
			r[i] /= root;
			if (!isfinite(r[i]))
				return false;
		}
		return true;
	}
	/* The triangle has p rows: their cross products take the room behind it. */
	double *g = r + p * p;
	memset(g, 0, p * p * sizeof *g);
	ml_block_gram(g, p, p, p, r, p);
	if (how->automatic)
		*share = best_share(g, p, weight, fourth);
	for (size_t i = 0; i < p; i++)
		trace += g[i * p + i] / divisor;
	for (size_t i = 0; i < p; i++)
		for (size_t j = 0; j < p; j++) {
			double v = j < i ? 0 : g[i * p + j] / divisor * (1 - *share);
			r[i * p + j] = v + (i == j ? *share * trace / (double)p : 0);
		}
	return ml_cholesky(r, p, 0);
}
