/* rng.c - named random streams: published outputs, laws, independence of names. */
#include <stdint.h>

#include <gsl/gsl_randist.h>

#include "base/rng.h"
#include "test.h"

TEST("xoshiro256++ gives the outputs of its reference implementation")
{
	/* State 1, 2, 3, 4; from xoshiro256plusplus.c by Blackman and Vigna. */
	static const uint64_t want[] = {
		UINT64_C(41943041),
		UINT64_C(58720359),
		UINT64_C(3588806011781223),
		UINT64_C(3591011842654386),
		UINT64_C(9228616714210784205),
		UINT64_C(9973669472204895162),
		UINT64_C(14011001112246962877),
		UINT64_C(12406186145184390807),
		UINT64_C(15849039046786891736),
		UINT64_C(10450023813501588000),
	};
	struct ml_rng r = { .s = { 1, 2, 3, 4 } };

	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		CHECK(ml_rng_bits(&r) == want[i]);
}

TEST("the state is the SHA-256 of the name")
{
	/* printf '\121\11\0\0\0\0\0\0\7\0\0\0\0\0\0\0bootstrap' | sha256sum  (seed 2385, index
	 * 7); words are little-endian. */
	struct ml_rng r;

	ml_rng_init(&r, 2385, "bootstrap", 7);
	CHECK(r.s[0] == UINT64_C(0x9c4e794ad528a029));
	CHECK(r.s[1] == UINT64_C(0xa1fe1c7282447dec));
	CHECK(r.s[2] == UINT64_C(0x848c404267b989be));
	CHECK(r.s[3] == UINT64_C(0x8f088c7a3294df08));
}

TEST("each part of a name makes another stream, the same name the same one")
{
	static const struct {
		uint64_t seed;
		const char *purpose;
		uint64_t index;
	} name[] = {
		{ 0, "rows", 0 },    { 1, "rows", 0 },          { 0, "rows", 1 },
		{ 0, "columns", 0 }, { 0, "rowscolumns", 0 },   { 0, "", 0 },
		{ 1, "", 1 },        { UINT64_MAX, "rows", 0 }, { 0, "rows", UINT64_MAX },
	};
	enum { N = sizeof name / sizeof *name };
	uint64_t first[N];

	for (int i = 0; i < N; i++) {
		struct ml_rng a, b;

		ml_rng_init(&a, name[i].seed, name[i].purpose, name[i].index);
		ml_rng_init(&b, name[i].seed, name[i].purpose, name[i].index);
		first[i] = ml_rng_bits(&a);
		CHECK(first[i] == ml_rng_bits(&b));
		for (int k = 0; k < i; k++)
			CHECK(first[k] != first[i]);
	}
}

TEST("uniforms lie in [0, 1) with the moments and the bits of a uniform law")
{
	enum { N = 1000000, BITS = 53 };
	double sum = 0, squares = 0, lag = 0, before = 0.5;
	int ones[BITS] = { 0 };
	struct ml_rng r;

	ml_rng_init(&r, 1, "moments", 0);
	for (int i = 0; i < N; i++) {
		double u = ml_rng_uniform(&r);
		uint64_t bits = (uint64_t)(u * 0x1p53);

		CHECK(u >= 0 && u < 1 && (double)bits * 0x1p-53 == u);
		for (int b = 0; b < BITS; b++)
			ones[b] += (int)(bits >> b & 1);
		sum += u;
		squares += u * u;
		lag += (u - 0.5) * (before - 0.5);
		before = u;
	}
	NEAR(sum / N, 0.5, 5 * 0.2887e-3, "five standard deviations, sqrt(1/12/N)");
	NEAR(squares / N, 1 / 3.0, 5 * 0.2981e-3, "five standard deviations, sqrt(4/45/N)");
	NEAR(lag / N, 0, 5 * 0.0834e-3, "five standard deviations, 1/12/sqrt(N)");
	for (int b = 0; b < BITS; b++)
		NEAR(ones[b] / (double)N, 0.5, 5 * 0.5e-3, "five standard deviations");
}

TEST("below(n) is even over 0..n-1, for n where a plain remainder would not be")
{
	struct ml_rng r;
	int counts[7] = { 0 };
	double chi = 0;

	ml_rng_init(&r, 2, "below", 0);
	for (int i = 0; i < 700000; i++)
		counts[ml_rng_below(&r, 7)]++;
	for (int i = 0; i < 7; i++)
		chi += (counts[i] - 1e5) * (counts[i] - 1e5) / 1e5;
	CHECK(chi < 33.0); /* chi squared with 6 degrees: above that once in 100,000 seeds */
	/* A remainder, or a product without rejection, gives the lowest third twice as often.
	 */
	uint64_t n = UINT64_C(3) << 62;
	int low = 0;
	for (int i = 0; i < 100000; i++) {
		uint64_t v = ml_rng_below(&r, n);
		CHECK(v < n);
		low += v < n / 3;
	}
	NEAR(low / 1e5, 1 / 3.0, 5 * 1.49e-3, "five standard deviations");
	for (int i = 0; i < 100; i++)
		CHECK(ml_rng_below(&r, 1) == 0);
}

TEST("a shuffle is a permutation, and all are equally frequent")
{
	int counts[24] = { 0 };
	double chi = 0;
	struct ml_rng r;

	ml_rng_init(&r, 3, "shuffle", 0);
	for (int i = 0; i < 240000; i++) {
		size_t v[4] = { 0, 1, 2, 3 };
		size_t rank = 0;

		ml_rng_shuffle(&r, v, 4);
		CHECK((1u << v[0] | 1u << v[1] | 1u << v[2] | 1u << v[3]) == 15);
		for (size_t k = 0; k < 4; k++) {
			size_t smaller = 0;
			for (size_t later = k + 1; later < 4; later++)
				smaller += v[later] < v[k];
			rank = rank * (4 - k) + smaller;
		}
		counts[rank]++;
	}
	for (int i = 0; i < 24; i++)
		chi += (counts[i] - 1e4) * (counts[i] - 1e4) / 1e4;
	CHECK(chi < 61.0); /* 23 degrees: above that once in 35,000 seeds */
	ml_rng_shuffle(&r, NULL, 0);
}

TEST("GSL draws the same numbers from the same stream, also after a copy")
{
	struct ml_rng a, b, c;

	ml_rng_init(&a, 4, "gsl", 9);
	b = a;
	ml_rng_gsl(&b);
	c = b; /* c.gsl still points into b: ml_rng_gsl() must not trust it */
	const gsl_rng *gb = ml_rng_gsl(&b), *gc = ml_rng_gsl(&c);
	for (int i = 0; i < 1000; i++) {
		double u = ml_rng_uniform(&a);
		CHECK(gsl_rng_uniform(gb) == u);
		CHECK(gsl_rng_uniform(gc) == u);
	}
	CHECK(gsl_rng_get(gb) == (unsigned long)ml_rng_bits(&a));
	CHECK(gsl_rng_min(gb) == 0);
	gsl_rng *copy = gsl_rng_clone(gb);
	CHECK(gsl_rng_get(copy) == gsl_rng_get(gb));
	gsl_rng_free(copy);
}

TEST("GSL's normal and gamma variates have their moments")
{
	enum { N = 200000 };
	double sum = 0, squares = 0, gamma = 0;
	struct ml_rng r;
	const gsl_rng *g;

	ml_rng_init(&r, 5, "normal", 0);
	g = ml_rng_gsl(&r);
	for (int i = 0; i < N; i++) {
		double z = gsl_ran_gaussian_ziggurat(g, 1);
		sum += z;
		squares += z * z;
		gamma += gsl_ran_gamma(g, 2.385, 1);
	}
	NEAR(sum / N, 0, 5 / sqrt(N), "five standard deviations");
	NEAR(squares / N, 1, 5 * sqrt(2.0 / N), "five standard deviations");
	NEAR(gamma / N, 2.385, 5 * sqrt(2.385 / N) / 2.385, "five standard deviations");
}

int main(void)
{
	return ml_tests_run();
}
