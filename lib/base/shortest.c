/* shortest.c - the shortest decimal of a double, by Schubfach.
 *
 * A double v = c * 2^q is read back from any decimal between vl and vr, the middles to its
 * neighbours (themselves included when c is even).  With 10^k no larger than vr - vl, at least
 * one multiple of 10^k lies between them, and at most one multiple of 10^(k+1) does: that is
 * the shortest when there is one, else the multiple of 10^k nearest to v.  The products with
 * 10^-k need no more than their upper 64 bits and whether anything is below these; 128 bits of
 * the power of ten are enough for both.  About 10 ns.
 * Source: Giulietti (2020) "The Schubfach way to render doubles", sections 8 and 9. */
#include "base/shortest.h"

#include <stdbool.h>
#include <string.h>

#include "base/pow5.h"

enum {
	FRACTION = 52, /* stored bits of a double's significand */
	BIAS = 1023 + FRACTION,
};

/* pow5.py proves these three for all exponents that occur. */
static int log10_pow2(int e)
{
	return e * 1262611 >> 22;
}

static int log10_three_quarters_pow2(int e)
{
	return (e * 1262611 - 524031) >> 22;
}

static int log2_pow10(int e)
{
	return e * 1741647 >> 19;
}

/* Bits 128 and up of p * c; the lowest of them is set as well where any below are ("round to
 * odd", section 9.9).  pow5.py proves that the next 64 bits tell that, for every double. */
static uint64_t scale(const struct ml_wide *p, uint64_t c)
{
	struct ml_wide high = ml_wide_mul(p->hi, c);
	uint64_t next = high.lo + ml_wide_mul(p->lo, c).hi;

	return (high.hi + (next < high.lo)) | (next != 0);
}

struct ml_decimal ml_shortest(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	uint64_t fraction = bits & (UINT64_MAX >> (64 - FRACTION));
	int exponent = (int)(bits >> FRACTION);
	uint64_t c = exponent ? fraction | UINT64_C(1) << FRACTION : fraction;
	int q = (exponent ? exponent : 1) - BIAS;
	/* Below a power of two the doubles are twice as dense. */
	bool even = !(c & 1), uneven = !fraction && exponent > 1;
	int k = uneven ? log10_three_quarters_pow2(q) : log10_pow2(q);
	int h = q + log2_pow10(-k) + 1;
	const struct ml_wide *p = &ml_pow5[-k - POW5_MIN];
	/* Four times v and its bounds, in units of 10^k. */
	uint64_t v = scale(p, 4 * c << h);
	uint64_t lower = scale(p, (4 * c - 2 + uneven) << h) + !even;
	uint64_t upper = scale(p, (4 * c + 2) << h) - !even;
	uint64_t s = v / 4;

	if (s >= 10) {
		uint64_t tens = s / 10;
		bool down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
		if (down != up)
			return (struct ml_decimal){ tens + up, k + 1 };
	}
	bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
	if (down != up)
		return (struct ml_decimal){ s + up, k };
	uint64_t middle = 4 * s + 2;
	return (struct ml_decimal){ s + (v > middle || (v == middle && (s & 1))), k };
}
