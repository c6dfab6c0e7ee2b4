/* rng.h - named streams of random numbers: the same (seed, purpose, index) gives the same
 * numbers whatever the order of work, the threads, or what else was drawn.
 * Generator: xoshiro256++ (Blackman, Vigna 2019), its state filled from a hash of the
 * name; exposed as a gsl_rng as well, so that GSL's distributions can draw from it. */
#ifndef ML_BASE_RNG_H
#define ML_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_rng.h>

struct ml_rng {
	uint64_t s[4];
	gsl_rng gsl;
};

void ml_rng_init(struct ml_rng *r, uint64_t seed, const char *purpose, uint64_t index);
uint64_t ml_rng_bits(struct ml_rng *r);
double ml_rng_uniform(struct ml_rng *r); /* [0, 1), 53 bits */
/* n numbers of mean 0 and variance 1, by the polar method (Marsaglia, Bray 1964). */
void ml_rng_normals(struct ml_rng *r, double *v, size_t n);
uint64_t ml_rng_below(struct ml_rng *r, uint64_t n);        /* 0..n-1, unbiased; n >= 1 */
void ml_rng_shuffle(struct ml_rng *r, size_t *v, size_t n); /* Fisher, Yates */
const gsl_rng *ml_rng_gsl(struct ml_rng *r); /* valid as long as r stays where it is */

#endif
