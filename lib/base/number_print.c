/* number_print.c - the shortest text that reads back.
 *
 * ml_shortest() gives the digits.  Whole numbers below 1e17 are written digit by digit
 * instead: of all texts as short, that one is the closest. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/number.h"
#include "base/shortest.h"

enum {
	DIGITS = 17,    /* a double needs no more */
	FIXED_MIN = -4, /* 0.d * 10^place: 1e-5 is 0.1e-4, and */
	FIXED_MAX = 17, /* all below 1e17 are 0.d * 10^17 or less */
};

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
		return (size_t)n + (size_t)(2 - place);
	}
	/* place < n: a number without a fraction does not come here. */
	memcpy(out, d, (size_t)place);
	out[place] = '.';
	memcpy(out + place + 1, d + place, (size_t)(n - place));
	return (size_t)n + 1;
}

static size_t put_real(char *out, double value)
{
	struct ml_decimal v = ml_shortest(value);
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
	if (size < 1e17 && size == (double)(int64_t)size)
		n += put_whole(out + n, (uint64_t)size);
	else
		n += put_real(out + n, size);
	out[n] = '\0';
	return n;
}
