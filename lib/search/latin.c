/* latin.c - Latin hypercube: with N trials, each N-th of each parameter's scale is tried once.
 *
 * Parameter j of trial i lies at random in the slice permutation_j(i) of N.  The permutation is
 * computed, not stored, so that any trial can be proposed at once: a Feistel network over the
 * next power of four, walked along until it comes back below N (at most four steps on average).
 * Choices and whole numbers occur equally often, up to one.
 * Sources: McKay, Beckman, Conover (1979) "A comparison of three methods for selecting values
 * of input variables"; Black, Rogaway (2002) "Ciphers with arbitrary finite domains". */
#include "base/rng.h"
#include "search/search.h"

/* Eight rounds: small domains need more than the customary four to look shuffled. */
enum { ROUNDS = 8 };

/* Finaliser of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mixed(uint64_t v)
{
	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
	v = (v ^ v >> 27) * 0x94d049bb133111eb;
	return v ^ v >> 31;
}

static size_t permuted(const uint64_t key[ROUNDS], size_t n, size_t i)
{
	unsigned half = 1;

	while (half < 31 && (uint64_t)1 << 2 * half < n)
		half++;
	uint64_t mask = ((uint64_t)1 << half) - 1, v = i;
	do {
		uint64_t left = v >> half, right = v & mask;
		for (int k = 0; k < ROUNDS; k++) {
			uint64_t next = left ^ (mixed(right ^ key[k]) & mask);
			left = right;
			right = next;
		}
		v = left << half | right;
	} while (v >= n);
	return (size_t)v;
}

static int count(const struct ml_search_plan *s, size_t *trials, struct ml_error *err)
{
	if (!s->trials)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"latin cuts ranges into as many slices as there are trials: say how "
			"many with --trials");
	*trials = s->trials;
	return ML_OK;
}

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	size_t n = 1;
	int rc = count(s, &n, err);

	(void)ended;
	(void)run;
	for (size_t j = 0; !rc && j < s->space->n; j++) {
		uint64_t key[ROUNDS];
		struct ml_rng rng;

		ml_rng_init(&rng, s->seed, "search-latin", j);
		for (int k = 0; k < ROUNDS; k++)
			key[k] = ml_rng_bits(&rng);
		/* Trials beyond the number said begin the permutation again. */
		size_t slice = permuted(key, n, i % n);
		ml_rng_init(&rng, ml_rng_bits(&rng), "search-latin-place", i);
		double u = ((double)slice + ml_rng_uniform(&rng)) / (double)n;
		point[j] = ml_space_at(s->space, j, u);
	}
	if (!rc)
		ml_space_tidy(s->space, point);
	*budget = 1;
	return rc;
}

const struct ml_search ml_search_latin = {
	.name = "latin",
	.summary = "points at random, spread evenly over each parameter",
	.repeats = true,
	.count = count,
	.propose = propose,
};
