/* number_print.c - the shortest decimal that reads back, by Schubfach.
 *
 * A double v = c * 2^q is read back from any decimal between vl and vr, the middles to its
 * neighbours (themselves included when c is even).  With 10^k no larger than vr - vl, at least
 * one multiple of 10^k lies between them, and at most one multiple of 10^(k+1) does: that is
 * the shortest when there is one, else the multiple of 10^k nearest to v.  The products with
 * 10^-k need no more than their upper 64 bits and whether anything is below these; a 128-bit
 * power of ten, rounded up, is enough for both (Giulietti 2020, "The Schubfach way to render
 * doubles", sections 8 and 9).
 * Whole numbers below 1e17 are written digit by digit: of all texts as short, that one
 * is the closest. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/number.h"
#include "base/pow5.h"

enum {
	FRACTION = 52, /* stored bits of a double's significand */
	BIAS = 1023 + FRACTION,
	DIGITS = 17,    /* a double needs no more */
	FIXED_MIN = -4, /* 0.d * 10^place: 1e-5 is 0.1e-4, and */
	FIXED_MAX = 17, /* all below 1e17 are 0.d * 10^17 or less */
};

struct decimal {
	uint64_t digits;
	int exp;
};

/* These three are proved by pow5.py for all exponents that occur. */
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

/* 5^q rounded up. */
static struct ml_wide power(int q)
{
	struct ml_wide p = ml_pow5[q - POW5_MIN];

	p.lo += q < POW5_UP || q > POW5_EXACT;
	return p;
}

/* Bits 128 and up of p * c; the lowest of them is set as well when any below are, those
 * excepted that the rounding of p can have made: "round to odd", paper section 9.9. */
static uint64_t scale(struct ml_wide p, uint64_t c)
{
	struct ml_wide high = ml_wide_mul(p.hi, c);
	uint64_t mid = high.lo + ml_wide_mul(p.lo, c).hi;

	return (high.hi + (mid < high.lo)) | (mid > 1);
}

/* The shortest decimal of the double with these two fields, without its sign. */
static struct decimal shortest(uint64_t fraction, int exponent)
{
	uint64_t c = exponent ? fraction | UINT64_C(1) << FRACTION : fraction;
	int q = (exponent ? exponent : 1) - BIAS;
	/* Below a power of two the doubles are twice as dense. */
	bool even = !(c & 1), uneven = !fraction && exponent > 1;
	int k = uneven ? log10_three_quarters_pow2(q) : log10_pow2(q);
	int h = q + log2_pow10(-k) + 1;
	struct ml_wide p = power(-k);
	/* Four times v and its bounds, in units of 10^k. */
	uint64_t v = scale(p, 4 * c << h);
	uint64_t lower = scale(p, (4 * c - 2 + uneven) << h) + !even;
	uint64_t upper = scale(p, (4 * c + 2) << h) - !even;
	uint64_t s = v / 4;

	if (s >= 10) {
		uint64_t tens = s / 10;
		bool down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
		if (down != up)
			return (struct decimal){ tens + up, k + 1 };
	}
	bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
	if (down != up)
		return (struct decimal){ s + up, k };
	uint64_t middle = 4 * s + 2;
	return (struct decimal){ s + (v > middle || (v == middle && (s & 1))), k };
}

static void put_two(char *out, uint32_t v)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";

	memcpy(out, pairs + 2 * v, 2);
}

static void put_eight(char *out, uint32_t v)
{
	uint32_t high = v / 10000, low = v % 10000;

	put_two(out, high / 100);
	put_two(out + 2, high % 100);
	put_two(out + 4, low / 100);
	put_two(out + 6, low % 100);
}

/* Writes v < 10^17 with leading zeros to 17 digits; returns how many zeros lead (16 for 0). */
static int put_digits(char out[DIGITS], uint64_t v)
{
	int zeros = 0;

	put_eight(out + 9, (uint32_t)(v % 100000000));
	v /= 100000000;
	put_eight(out + 1, (uint32_t)(v % 100000000));
	out[0] = (char)('0' + v / 100000000);
	while (zeros < DIGITS - 1 && out[zeros] == '0')
		zeros++;
	return zeros;
}

static size_t put_exponent(char *out, int exp)
{
	char *at = out;

	*at++ = 'e';
	if (exp < 0)
		*at++ = '-';
	exp = exp < 0 ? -exp : exp;
	if (exp >= 100)
		*at++ = (char)('0' + exp / 100);
	if (exp >= 10)
		*at++ = (char)('0' + exp / 10 % 10);
	*at++ = (char)('0' + exp % 10);
	return (size_t)(at - out);
}

/* The n digits d, with the point `place` digits behind the start of them. */
static size_t put_decimal(char *out, const char *d, int n, int place)
{
	if (place > FIXED_MAX || place < FIXED_MIN) {
		out[0] = d[0];
		out[1] = '.';
		memcpy(out + 2, d + 1, (size_t)n - 1);
		size_t used = n > 1 ? (size_t)n + 1 : 1;
		return used + put_exponent(out + used, place - 1);
	}
	if (place <= 0) {
		memcpy(out, "0.0000", 6);
		memcpy(out + 2 - place, d, (size_t)n);
		return (size_t)(2 - place + n);
	}
	/* place < n: a number without a fraction does not come here. */
	memcpy(out, d, (size_t)place);
	out[place] = '.';
	memcpy(out + place + 1, d + place, (size_t)(n - place));
	return (size_t)n + 1;
}

static size_t put_real(char *out, uint64_t fraction, int exponent)
{
	struct decimal v = shortest(fraction, exponent);
	char d[DIGITS];
	int zeros = put_digits(d, v.digits), end = DIGITS;

	while (d[end - 1] == '0')
		end--;
	return put_decimal(out, d + zeros, end - zeros, v.exp + DIGITS - zeros);
}

static size_t put_whole(char *out, uint64_t v)
{
	char d[DIGITS];
	int zeros = put_digits(d, v);

	memcpy(out, d + zeros, (size_t)(DIGITS - zeros));
	return (size_t)(DIGITS - zeros);
}

size_t ml_number_print(double v, char out[ML_NUMBER_MAX])
{
	double size = fabs(v);
	size_t n = 0;
	uint64_t bits;

	if (isnan(v)) {
		out[0] = '\0';
		return 0;
	}
	if (v < 0)
		out[n++] = '-';
	if (isinf(v)) {
		memcpy(out + n, "inf", 4);
		return n + 3;
	}
	if (size < 1e17 && size == (double)(int64_t)size) {
		n += put_whole(out + n, (uint64_t)size);
	} else {
		memcpy(&bits, &size, sizeof bits);
		n += put_real(out + n, bits & (UINT64_MAX >> (64 - FRACTION)),
			      (int)(bits >> FRACTION));
	}
	out[n] = '\0';
	return n;
}
