/* halton.c - a scrambled Halton sequence: random points that keep away from each other.
 *
 * Coordinate j of point i is the radical inverse of i in the base b of the j-th prime: the
 * digits of i behind the point, in reverse.  Digit k of coordinate j goes through a permutation
 * of its own, drawn from the seed; zeros that lead are digits, too, so every coordinate is
 * uniform in [0, 1), and any number of first points fills the space evenly. Plain Halton points
 * of neighbouring large primes lie on lines; scrambled ones do not.
 * Source: Owen (2017) "A randomized Halton algorithm in R", arXiv:1706.02808. */
#include "search/halton.h"

#include "base/rng.h"
#include "search/search.h"

/* Digits beyond this are below what a point keeps. */
static const double resolution = 1e-9;
/* Permutations are named by coordinate * DIGITS + digit; base 2 has 30 digits. */
enum { DIGITS = 64 };

static bool is_prime(size_t v)
{
	for (size_t d = 2; d * d <= v; d++)
		if (v % d == 0)
			return false;
	return true;
}

/* Where a random permutation of 0..base-1 (Fisher, Yates) takes `digit`: the swaps are made,
 * and only this one place is followed. */
static size_t permuted(struct ml_rng *rng, size_t base, size_t digit)
{
	size_t at = digit;

	for (size_t k = base; k > 1; k--) {
		size_t other = (size_t)ml_rng_below(rng, k);
		if (at == k - 1)
			at = other;
		else if (at == other)
			at = k - 1;
	}
	return at;
}

static double coordinate(uint64_t seed, size_t j, size_t base, size_t i)
{
	double u = 0, unit = 1. / (double)base;
	struct ml_rng rng;

	for (size_t k = 0; k < DIGITS && unit > resolution; k++) {
		ml_rng_init(&rng, seed, "search-halton", (uint64_t)j * DIGITS + k);
		u += unit * (double)permuted(&rng, base, i % base);
		i /= base;
		unit /= (double)base;
	}
	return u;
}

void ml_halton_point(const struct ml_space *s, uint64_t seed, size_t i, double *point)
{
	size_t base = 1;

	for (size_t j = 0; j < s->n; j++) {
		do
			base++;
		while (!is_prime(base));
		point[j] = ml_space_at(s, j, coordinate(seed, j, base, i));
	}
	ml_space_tidy(s, point);
}

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	(void)ended;
	(void)run;
	(void)err;
	ml_halton_point(s->space, s->seed, i, point);
	*budget = 1;
	return ML_OK;
}

const struct ml_search ml_search_halton = {
	.name = "halton",
	.summary = "points at random that keep away from each other",
	.repeats = true,
	.propose = propose,
};
