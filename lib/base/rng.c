/* rng.c - named streams of random numbers.
 *
 * State: SHA-256 over seed, index (little-endian) and purpose, as four little-endian words.
 * So streams with different names are unrelated, and none begins at the forbidden state of
 * zeros (for which a preimage would have to be known).  About 0.3 us a stream.
 * Source: Blackman, Vigna (2021) "Scrambled linear pseudorandom number generators";
 * bounded numbers: Lemire (2019) "Fast random integer generation in an interval". */
#include "base/rng.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/wide.h"

static uint64_t rotate(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static uint64_t next(uint64_t s[4])
{
	uint64_t result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

/* The upper bits are the better ones; the constant is 2^-53. */
static double unit(uint64_t bits)
{
	return (double)(bits >> 11) * 0x1p-53;
}

/* GSL's view: state is the s of a struct ml_rng. */
static void gsl_set(void *state, unsigned long seed)
{
	struct ml_rng r;

	ml_rng_init(&r, seed, "gsl", 0);
	memcpy(state, r.s, sizeof r.s);
}

static unsigned long gsl_get(void *state)
{
	return (unsigned long)(next(state) >> (64 - CHAR_BIT * sizeof(unsigned long)));
}

static double gsl_get_double(void *state)
{
	return unit(next(state));
}

static const gsl_rng_type xoshiro = {
	.name = "xoshiro256++",
	.max = ULONG_MAX,
	.min = 0,
	.size = 4 * sizeof(uint64_t),
	.set = gsl_set,
	.get = gsl_get,
	.get_double = gsl_get_double,
};

static void put_word(unsigned char out[8], uint64_t v)
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(v >> 8 * i);
}

void ml_rng_init(struct ml_rng *r, uint64_t seed, const char *purpose, uint64_t index)
{
	unsigned char name[16], digest[ML_DIGEST];
	struct ml_sha sha;

	put_word(name, seed);
	put_word(name + 8, index);
	ml_sha_init(&sha);
	ml_sha_add(&sha, name, sizeof name);
	ml_sha_add(&sha, purpose, strlen(purpose));
	ml_sha_end(&sha, digest);
	*r = (struct ml_rng){ .gsl = { .type = &xoshiro } };
	for (int i = 0; i < ML_DIGEST; i++)
		r->s[i / 8] |= (uint64_t)digest[i] << i % 8 * 8;
}

uint64_t ml_rng_bits(struct ml_rng *r)
{
	return next(r->s);
}

double ml_rng_uniform(struct ml_rng *r)
{
	return unit(next(r->s));
}

uint64_t ml_rng_below(struct ml_rng *r, uint64_t n)
{
	struct ml_wide m = ml_wide_mul(next(r->s), n);

	/* 2^64 mod n of the products are one too many: those with the lowest low words. */
	if (m.lo < n) {
		uint64_t surplus = (0 - n) % n;

		while (m.lo < surplus)
			m = ml_wide_mul(next(r->s), n);
	}
	return m.hi;
}

void ml_rng_shuffle(struct ml_rng *r, size_t *v, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = (size_t)ml_rng_below(r, i), old = v[i - 1];

		v[i - 1] = v[k];
		v[k] = old;
	}
}

const gsl_rng *ml_rng_gsl(struct ml_rng *r)
{
	r->gsl.type = &xoshiro;
	r->gsl.state = r->s; /* set here, not in init: r may have been copied since */
	return &r->gsl;
}

void ml_rng_normals(struct ml_rng *r, double *v, size_t n)
{
	for (size_t i = 0; i < n;) {
		double a = 2 * ml_rng_uniform(r) - 1, b = 2 * ml_rng_uniform(r) - 1;
		double s = a * a + b * b;

		if (s >= 1 || s == 0)
			continue;
		double f = sqrt(-2 * log(s) / s);
		v[i++] = a * f;
		if (i < n)
			v[i++] = b * f;
	}
}
