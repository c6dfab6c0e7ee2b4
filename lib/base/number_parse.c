/* number_parse.c - text to numbers, correctly rounded.
 *
 * The text is read once: its digits become an integer w, its point and exponent a power of
 * ten q.  Three ways from there, the cheapest that is exact:
 *   w and 10^|q| are doubles themselves: one multiplication or division (Clinger 1990);
 *   up to 19 digits: ml_nearest(); more: the first 19, and those plus one, when both round to
 *   the same double;
 *   else strtod() on a copy, shortened to so many digits that the rounding cannot change, and
 *   without a point, so that no locale matters. */
#include "base/number.h"

#include <float.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

enum {
	WORD_DIGITS = 19,      /* decimals of so many digits fit 64 bits */
	SURE_DIGITS = DBL_DIG, /* and of so many are told apart by doubles */
	/* The middle of two doubles has at most 767 significant digits: of what follows the
	 * 800th only matters whether it is zero. */
	KEPT_DIGITS = 800,
	EXP_LIMIT = 100000,                 /* zero or infinite whatever the KEPT_DIGITS are */
	DOUBLE_DIGITS = DBL_MAX_10_EXP + 1, /* of the largest double, written out */
};
static const uint64_t sure_end = UINT64_C(1000000000000000); /* 10^SURE_DIGITS */

/* A text taken apart: +-w * 10^exp, w modulo 2^64. */
struct scan {
	uint64_t w;
	int64_t exp;
	const char *first, *end; /* the digits stand in here, with marks between them */
	size_t digits;           /* how many; leading zeros count unless they are too many */
	size_t whole;            /* how many before the point */
	bool negative, point, exponent;
	bool padded; /* a leading zero before other digits */
	bool odd;    /* written as ml_number_print() never does */
};

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* When eight digits stand at s, *v is their value: three multiplications instead of eight. */
static bool eight_digits(const char *s, uint64_t *v)
{
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t a;

	memcpy(&a, s, sizeof a);
	/* The upper halves of all bytes are 3, and still are when 6 is added. */
	if (((a & UINT64_C(0xf0f0f0f0f0f0f0f0)) |
	     ((a + UINT64_C(0x0606060606060606)) & UINT64_C(0xf0f0f0f0f0f0f0f0)) >> 4) !=
	    UINT64_C(0x3333333333333333))
		return false;
	a -= UINT64_C(0x3030303030303030);
	a = a * 10 + (a >> 8); /* pairs, in the even bytes */
	*v = ((a & UINT64_C(0xff000000ff)) * (100 + (UINT64_C(1000000) << 32)) +
	      (a >> 16 & UINT64_C(0xff000000ff)) * (1 + (UINT64_C(10000) << 32))) >>
	     32;
	return true;
#else
	return (void)s, (void)v, false;
#endif
}

/* Adds the digits at s to *w; returns the end of them. */
static const char *take_digits(const char *s, const char *end, uint64_t *w)
{
	uint64_t v = *w;

	for (; s < end && is_digit(*s); s++)
		v = v * 10 + (uint64_t)(*s - '0');
	*w = v;
	return s;
}

/* Behind the point many digits are usual. */
static const char *take_many_digits(const char *s, const char *end, uint64_t *w)
{
	uint64_t eight;

	for (; end - s >= 8 && eight_digits(s, &eight); s += 8)
		*w = *w * 100000000 + eight;
	return take_digits(s, end, w);
}

/* The groups of three digits that follow a first one of one to three; NULL when one has
 * another size. */
static const char *take_groups(const char *s, const char *end, char thousands, struct scan *c)
{
	if (c->whole < 1 || c->whole > 3)
		return NULL;
	while (s < end && *s == thousands) {
		const char *group = s + 1;

		s = take_digits(group, end, &c->w);
		if (s - group != 3)
			return NULL;
		c->whole += 3;
	}
	c->odd = true;
	return s;
}

/* Reads [+-]?digits; NULL when there is no digit.  Far beyond EXP_LIMIT the value stands
 * still, so that no text overflows it; a text of 2^56 bytes does not exist. */
static const char *take_exponent(const char *s, const char *end, struct scan *c)
{
	bool negative = s < end && *s == '-';
	int64_t v = 0;

	s += s < end && (*s == '-' || *s == '+');
	const char *first = s;
	for (; s < end && is_digit(*s); s++) {
		if (v < INT64_C(1) << 56)
			v = v * 10 + (*s - '0');
	}
	c->exp += negative ? -v : v;
	c->exponent = true;
	return s > first ? s : NULL;
}

/* Only significant digits need fit into w. */
static void drop_zeros(struct scan *c)
{
	for (; c->first < c->end && (*c->first == '0' || !is_digit(*c->first)); c->first++)
		c->digits -= *c->first == '0';
}

static bool scan(const char *s, const char *end, char decimal, char thousands, struct scan *c)
{
	if (s == end)
		return false;
	c->negative = *s == '-';
	c->odd = *s == '+';
	s += c->negative || c->odd;
	c->first = s;
	s = take_digits(s, end, &c->w);
	c->whole = (size_t)(s - c->first);
	if (thousands && s < end && *s == thousands && !(s = take_groups(s, end, thousands, c)))
		return false;
	c->digits = c->whole;
	if (s < end && *s == decimal) {
		const char *behind = s + 1;

		c->point = true;
		s = take_many_digits(behind, end, &c->w);
		c->digits += (size_t)(s - behind);
		c->exp = behind - s;
		c->odd |= !c->whole || s[-1] == '0' || s == behind || decimal != '.';
	}
	c->end = s;
	if (!c->digits)
		return false;
	c->padded = c->whole > 1 && *c->first == '0';
	c->odd |= c->padded;
	if (c->digits > WORD_DIGITS)
		drop_zeros(c);
	if (s < end && (*s == 'e' || *s == 'E') && !(s = take_exponent(s + 1, end, c)))
		return false;
	return s == end;
}

/* Copies the first `room` digits, or all, to out; returns how many.  *rest: a digit other
 * than zero comes behind them. */
static size_t copy_digits(const struct scan *c, char *out, size_t room, bool *rest)
{
	size_t n = 0;

	*rest = false;
	for (const char *s = c->first; s < c->end; s++) {
		if (!is_digit(*s))
			continue;
		if (n < room)
			out[n++] = *s;
		else
			*rest |= *s != '0';
	}
	return n;
}

static double by_strtod(const struct scan *c)
{
	char text[KEPT_DIGITS + 32];
	bool rest;
	size_t n = copy_digits(c, text, KEPT_DIGITS, &rest);
	int64_t exp = c->exp + (int64_t)(c->digits - n);

	if (rest) {
		text[n++] = '1';
		exp--;
	}
	exp = exp < -EXP_LIMIT ? -EXP_LIMIT : exp > EXP_LIMIT ? EXP_LIMIT : exp;
	snprintf(text + n, sizeof text - n, "e%d", (int)exp);
	return strtod(text, NULL);
}

/* More than 19 significant digits.  The first is not zero, so w is not, afterwards. */
static double from_many(struct scan *c)
{
	char text[WORD_DIGITS];
	bool rest;
	size_t n = copy_digits(c, text, WORD_DIGITS, &rest);
	int64_t exp = c->exp + (int64_t)(c->digits - n);

	c->w = 0;
	take_digits(text, text + n, &c->w);
	double low = ml_nearest(c->w, exp);
	if (!rest || low == ml_nearest(c->w + 1, exp))
		return low;
	return by_strtod(c);
}

/* w * 10^exp, not negative; infinity when it is too large. */
static double magnitude(struct scan *c)
{
	static const double pow10[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
					1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
					1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	enum { EXACT = sizeof pow10 / sizeof *pow10 - 1 };

	if (c->digits > WORD_DIGITS)
		return from_many(c);
	if (FLT_EVAL_METHOD == 0 && c->w <= UINT64_C(1) << DBL_MANT_DIG) {
		if (c->exp <= 0 && c->exp >= -EXACT)
			return (double)c->w / pow10[-c->exp];
		if (c->exp > 0 && c->exp <= EXACT)
			return (double)c->w * pow10[c->exp];
	}
	return c->w ? ml_nearest(c->w, c->exp) : 0;
}

/* Would ml_number_print() write s?  Decimals of up to 15 digits are the shortest for their
 * double, so the way they are written decides; others are printed and compared. */
static bool is_plain(const struct scan *c, const char *s, size_t n, double value)
{
	char text[ML_NUMBER_MAX];

	if (c->odd || n >= sizeof text)
		return false;
	if (c->w < sure_end && c->digits <= WORD_DIGITS && !c->exponent)
		return c->w ? value >= 1e-5 || value <= -1e-5 : !c->negative;
	return ml_number_print(value, text) == n && !memcmp(text, s, n);
}

/* Is the integer another number than its double? */
static bool is_coarse(const struct scan *c, double value)
{
	char have[DOUBLE_DIGITS], want[DOUBLE_DIGITS + 2];
	bool rest;

	if (c->digits <= WORD_DIGITS)
		return c->w > UINT64_C(1) << DBL_MANT_DIG && (uint64_t)value != c->w;
	if (c->digits > sizeof have)
		return true;
	size_t n = copy_digits(c, have, sizeof have, &rest);
	int len = snprintf(want, sizeof want, "%.0f", value);
	return (size_t)len != n || memcmp(have, want, n) != 0;
}

bool ml_number_parse_as(const char *s, size_t n, char decimal, char thousands,
			struct ml_number *out)
{
	struct scan c = { 0 };

	if (!scan(s, s + n, decimal, thousands, &c))
		return false;
	double v = magnitude(&c);
	unsigned flags = 0;
	if (!c.point && !c.exponent) {
		flags |= c.padded ? ML_NUM_LEADZERO : 0;
		if (c.w > UINT64_C(1) << DBL_MANT_DIG || c.digits > WORD_DIGITS)
			flags |= is_coarse(&c, v) ? ML_NUM_COARSE : 0;
	}
	if (v > DBL_MAX) {
		flags |= ML_NUM_OVERFLOW;
		v = DBL_MAX;
	} else if (!v && c.w) {
		flags |= ML_NUM_UNDERFLOW;
	}
	v = c.negative && v ? -v : v;
	if (is_plain(&c, s, n, v))
		flags |= ML_NUM_PLAIN;
	*out = (struct ml_number){ v, flags };
	return true;
}

bool ml_number_parse(const char *s, size_t n, struct ml_number *out)
{
	return ml_number_parse_as(s, n, '.', 0, out);
}

bool ml_number_is_infinity(const char *s, size_t n)
{
	static const char word[] = "infinity";

	if (n && (*s == '+' || *s == '-')) {
		s++;
		n--;
	}
	if (n != 3 && n != sizeof word - 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		if ((s[i] | 0x20) != word[i])
			return false;
	}
	return true;
}

bool ml_integer_parse(const char *s, long long *out)
{
	bool negative = *s == '-';
	uint64_t v = 0, limit = (uint64_t)INT64_MAX + negative;

	s += *s == '-' || *s == '+';
	if (!*s)
		return false;
	for (; *s; s++) {
		uint64_t digit = (uint64_t)(*s - '0');

		if (!is_digit(*s) || v > (limit - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = negative ? -(long long)(v - (v != 0)) - (v != 0) : (long long)v;
	return true;
}
