/* nearest.c - w * 10^q rounded to a double, by the method of Eisel and Lemire.
 *
 *     w * 10^q = w * 5^q * 2^q
 *
 * The leading 64 bits of w times the leading 128 bits of 5^q give the bits of the result that
 * decide the rounding.  They are in error by less than what would matter: Mushtak and Lemire
 * proved that no decimal of 64 bits comes that near to the middle of two doubles, except where
 * the middle is hit exactly, which is possible for -4 <= q <= 23 only and is tested for.
 * About 8 ns.  Sources: Lemire (2021) "Number parsing at a gigabyte per second", section 5;
 * Mushtak, Lemire (2023) "Fast number parsing without fallback". */
#include "base/nearest.h"

#include <string.h>

#include "base/pow5.h"

enum {
	FRACTION = 52, /* stored bits of a double's significand */
	BIAS = 1023,
	INFINITE = 0x7ff, /* exponent field of infinity */
	LARGEST = 308,    /* w * 10^q is infinite for larger q */
	TIE_MIN = -4,
	TIE_MAX = 23,
};
_Static_assert(LARGEST <= (int)POW5_MAX, "the table reaches as far as finite doubles do");

/* floor(log2(10^q)), proved by pow5.py over the range of the table. */
static int log2_pow10(int q)
{
	return q * 1741647 >> 19;
}

static double from_fields(uint64_t fraction, int exponent)
{
	uint64_t bits = (uint64_t)exponent << FRACTION | fraction;
	double v;

	memcpy(&v, &bits, sizeof v);
	return v;
}

/* The upper 128 bits of w * 5^q (w with its top bit set): all that matters of them. */
static struct ml_wide product(uint64_t w, int q)
{
	const struct ml_wide *power = &ml_pow5[q - POW5_MIN];
	/* Below FRACTION + 1 bits, one for rounding and one for a leading zero. */
	const uint64_t below = UINT64_MAX >> (FRACTION + 3);
	struct ml_wide p = ml_wide_mul(w, power->hi);

	if ((p.hi & below) == below) { /* a carry from the lower half could matter */
		uint64_t carry = ml_wide_mul(w, power->lo).hi;

		p.lo += carry;
		p.hi += p.lo < carry;
	}
	return p;
}

/* m holds the significand and one bit more; below the normal doubles its bits are lost
 * one by one. */
static double subnormal(uint64_t m, int exponent)
{
	int drop = 1 - exponent;

	if (drop >= 64)
		return 0;
	m >>= drop;
	m = (m + (m & 1)) >> 1;
	/* Rounding up to 2^52 gives the smallest normal double by itself. */
	return from_fields(m, 0);
}

double ml_nearest(uint64_t w, int64_t q)
{
	if (q < POW5_MIN)
		return 0;
	if (q > LARGEST)
		return from_fields(0, INFINITE);
	int zeros = ml_leading_zeros(w);
	struct ml_wide p = product(w << zeros, (int)q);
	int top = (int)(p.hi >> 63), shift = top + 64 - FRACTION - 3;
	int exponent = log2_pow10((int)q) + 63 + top - zeros + BIAS;
	uint64_t m = p.hi >> shift;

	if (exponent <= 0)
		return subnormal(m, exponent);
	/* Exactly between an even double and the odd one above: not up. */
	if (p.lo <= 1 && q >= TIE_MIN && q <= TIE_MAX && (m & 3) == 1 && m << shift == p.hi)
		m--;
	m = (m + (m & 1)) >> 1;
	if (m >> (FRACTION + 1)) {
		m >>= 1;
		exponent++;
	}
	if (exponent >= INFINITE)
		return from_fields(0, INFINITE);
	return from_fields(m & (UINT64_MAX >> (64 - FRACTION)), exponent);
}
