/* digits.c - decimals of more digits than 64 bits hold.
 *
 * The number lies between its first 19 digits and these plus one.  When both round to the
 * same double that is the answer; for numbers that were printed from doubles and then padded
 * it nearly always is.  Else strtod() decides, on a copy that has no point, so that no locale
 * matters, and not more digits than can change the rounding. */
#include "base/digits.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

enum {
	FIRST = 19, /* decimals of so many digits, and they plus one, fit 64 bits */
	/* The middle of two doubles has at most 767 significant digits: of what follows the
	 * 800th only matters whether it is zero. */
	KEPT = 800,
	EXP_LIMIT = 100000, /* zero or infinite whatever the kept digits are */
};

/* Copies the first `room` digits, or all, to out; returns how many.  *rest: a digit other
 * than zero comes behind them. */
static size_t copy_digits(struct ml_digits d, char *out, size_t room, bool *rest)
{
	size_t n = 0;

	*rest = false;
	for (const char *s = d.first; s < d.end; s++) {
		if ((unsigned char)(*s - '0') > 9)
			continue;
		if (n < room)
			out[n++] = *s;
		else
			*rest |= *s != '0';
	}
	return n;
}

static double by_strtod(struct ml_digits d)
{
	char text[KEPT + 32];
	bool rest;
	size_t n = copy_digits(d, text, KEPT, &rest);
	int64_t exp = d.exp + (int64_t)(d.count - n);

	if (rest) {
		text[n++] = '1';
		exp--;
	}
	exp = exp < -EXP_LIMIT ? -EXP_LIMIT : exp > EXP_LIMIT ? EXP_LIMIT : exp;
	snprintf(text + n, sizeof text - n, "e%d", (int)exp);
	return strtod(text, NULL);
}

double ml_digits_nearest(struct ml_digits d)
{
	char text[FIRST];
	bool rest;
	size_t n = copy_digits(d, text, FIRST, &rest);
	int64_t exp = d.exp + (int64_t)(d.count - n);
	uint64_t w = 0;

	for (size_t i = 0; i < n; i++)
		w = w * 10 + (uint64_t)(text[i] - '0');
	double low = ml_nearest(w, exp);
	if (!rest || low == ml_nearest(w + 1, exp))
		return low;
	return by_strtod(d);
}

bool ml_digits_equal(struct ml_digits d, double v)
{
	enum { MOST = DBL_MAX_10_EXP + 1 };
	char have[MOST], want[MOST + 2];
	bool rest;

	if (d.count > MOST)
		return false;
	size_t n = copy_digits(d, have, MOST, &rest);
	int len = snprintf(want, sizeof want, "%.0f", v);
	return (size_t)len == n && !memcmp(have, want, n);
}
