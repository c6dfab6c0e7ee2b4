/* number_parse.c - text to numbers, correctly rounded.
 *
 * The text is read once: its digits become an integer w, its point and exponent a power of
 * ten.  Where both are doubles themselves one multiplication or division is exact (Clinger
 * 1990); else up to 19 digits go to ml_nearest(), more to ml_digits_nearest(). */
#include "base/number.h"

#include <float.h>
#include <stdint.h>
#include <string.h>

#include "base/digits.h"
#include "base/nearest.h"
#include "base/shortest.h"

enum { WORD_DIGITS = 19 }; /* decimals of so many digits fit 64 bits */
static const uint64_t sure_end = UINT64_C(1000000000000000); /* 10^15: digits < DBL_DIG */
static const uint64_t exact_end = UINT64_C(1) << DBL_MANT_DIG;
_Static_assert(DBL_DIG == 15, "decimals below sure_end are told apart by doubles");
/* What ml_number_print() writes without an exponent. */
static const double fixed_min = 1e-5, fixed_end = 1e17;

/* A text taken apart: +-w * 10^exp, w modulo 2^64. */
struct scan {
	uint64_t w;
	int64_t exp;
	const char *first, *end; /* the digits stand in here, with marks between them */
	size_t digits;           /* how many; when over WORD_DIGITS, without leading zeros */
	bool negative;
	bool exponent;
	bool integer; /* no point, no exponent */
	bool padded;  /* a leading zero before other digits */
	bool odd;     /* written as ml_number_print() never does */
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
static inline const char *take_digits(const char *s, const char *end, uint64_t *w)
{
	for (; s < end && is_digit(*s); s++)
		*w = *w * 10 + (uint64_t)(*s - '0');
	return s;
}

/* Behind the point many digits are usual. */
static inline const char *take_fraction(const char *s, const char *end, uint64_t *w)
{
	uint64_t eight;

	for (; end - s >= 8 && eight_digits(s, &eight); s += 8)
		*w = *w * 100000000 + eight;
	return take_digits(s, end, w);
}

/* The groups of three digits that follow a first one of one to three; NULL when one has
 * another size.  Adds to *w and to *digits. */
static const char *take_groups(const char *s, const char *end, char thousands, uint64_t *w,
			       size_t *digits)
{
	if (*digits < 1 || *digits > 3)
		return NULL;
	while (s < end && *s == thousands) {
		const char *group = s + 1;

		s = take_digits(group, end, w);
		if (s - group != 3)
			return NULL;
		*digits += 3;
	}
	return s;
}

/* Reads [+-]?digits; NULL when there is no digit.  Far beyond EXP_LIMIT the value stands
 * still, so that no text overflows it; a text of 2^56 bytes does not exist. */
static const char *take_exponent(const char *s, const char *end, int64_t *exp)
{
	bool negative = s < end && *s == '-';
	int64_t v = 0;

	s += s < end && (*s == '-' || *s == '+');
	const char *first = s;
	for (; s < end && is_digit(*s); s++) {
		if (v < INT64_C(1) << 56)
			v = v * 10 + (*s - '0');
	}
	*exp = negative ? -v : v;
	return s > first ? s : NULL;
}

/* Only significant digits need fit into w. */
static struct scan without_zeros(struct scan c)
{
	for (; c.first < c.end && (*c.first == '0' || !is_digit(*c.first)); c.first++)
		c.digits -= *c.first == '0';
	return c;
}

/* Takes s, which is not empty, apart; false when it is no number.  The numbers that helpers
 * write are locals, so that *c stays in registers once this is inlined: it halves the time. */
static inline bool scan(const char *s, const char *end, char decimal, char thousands,
			struct scan *c)
{
	uint64_t w = 0;
	int64_t exp = 0, given = 0;

	bool negative = *s == '-', odd = *s == '+';
	s += negative || odd;
	const char *first = s;
	s = take_digits(s, end, &w);
	size_t whole = (size_t)(s - first), digits = whole;
	if (thousands && s < end && *s == thousands) {
		if (!(s = take_groups(s, end, thousands, &w, &digits)))
			return false;
		odd = true;
		whole = digits;
	}
	bool point = s < end && *s == decimal;
	if (point) {
		const char *behind = s + 1;

		s = take_fraction(behind, end, &w);
		digits += (size_t)(s - behind);
		exp = behind - s;
		odd |= !whole || s == behind || s[-1] == '0' || decimal != '.';
	}
	const char *last = s;
	if (!digits)
		return false;
	bool padded = whole > 1 && *first == '0';
	bool exponent = s < end && (*s == 'e' || *s == 'E');
	if (exponent && !(s = take_exponent(s + 1, end, &given)))
		return false;
	*c = (struct scan){ .w = w,
			    .exp = exp + given,
			    .first = first,
			    .end = last,
			    .digits = digits,
			    .negative = negative,
			    .exponent = exponent,
			    .integer = !point && !exponent,
			    .padded = padded,
			    .odd = odd || padded };
	if (digits > WORD_DIGITS)
		*c = without_zeros(*c);
	return s == end;
}

static struct ml_digits all_digits(const struct scan *c)
{
	return (struct ml_digits){ c->first, c->end, c->digits, c->exp };
}

/* w * 10^exp, not negative; infinity when it is too large. */
static inline double magnitude(const struct scan *c)
{
	static const double pow10[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
					1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
					1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	enum { EXACT = sizeof pow10 / sizeof *pow10 - 1 };

	if (c->digits > WORD_DIGITS)
		return ml_digits_nearest(all_digits(c));
	if (FLT_EVAL_METHOD == 0 && c->w <= exact_end) {
		if (c->exp <= 0 && c->exp >= -EXACT)
			return (double)c->w / pow10[-c->exp];
		if (c->exp > 0 && c->exp <= EXACT)
			return (double)c->w * pow10[c->exp];
	}
	return c->w ? ml_nearest(c->w, c->exp) : 0;
}

/* Is the integer another number than its double? */
static inline bool is_coarse(const struct scan *c, double size)
{
	if (c->digits > WORD_DIGITS)
		return !ml_digits_equal(all_digits(c), size);
	return c->w > exact_end && (uint64_t)size != c->w;
}

/* Is w * 10^exp, of more digits than are sure, what is printed for the double `size`? */
static bool is_printed(uint64_t w, int64_t exp, double size)
{
	if (size >= fixed_end || size == (double)(uint64_t)size)
		return size < fixed_end && !exp && w == (uint64_t)size;
	/* Here w ends in no zero.  Below 2^52 the doubles are denser than decimals with its
	 * last digit: no other of them, and none shorter, rounds to this double. */
	if (w < exact_end >> 1)
		return size >= fixed_min;
	struct ml_decimal d = ml_shortest(size);
	while (d.exp < exp && d.digits % 10 == 0) {
		d.digits /= 10;
		d.exp++;
	}
	return d.exp == exp && d.digits == w && size >= fixed_min;
}

static bool is_same_text(const char *s, size_t n, double value)
{
	char text[ML_NUMBER_MAX];

	return ml_number_print(value, text) == n && !memcmp(text, s, n);
}

/* Would ml_number_print() write s?  Decimals of up to 15 digits are the shortest for their
 * double, so the way they are written decides. */
static inline bool is_plain(const struct scan *c, const char *s, size_t n, double size)
{
	if (c->odd || n >= ML_NUMBER_MAX || c->digits > WORD_DIGITS)
		return false;
	if (c->exponent)
		return is_same_text(s, n, c->negative ? -size : size);
	if (c->w >= sure_end)
		return is_printed(c->w, c->exp, size);
	return c->w ? size >= fixed_min : !c->negative;
}

bool ml_number_parse_as(const char *s, size_t n, char decimal, char thousands,
			struct ml_number *out)
{
	struct scan c = { 0 };

	if (!n || !scan(s, s + n, decimal, thousands, &c))
		return false;
	double size = magnitude(&c);
	unsigned flags = 0;
	if (c.integer) {
		flags |= c.padded ? ML_NUM_LEADZERO : 0;
		flags |= is_coarse(&c, size) ? ML_NUM_COARSE : 0;
	}
	if (size > DBL_MAX) {
		flags |= ML_NUM_OVERFLOW;
		size = DBL_MAX;
	}
	if (size == 0 && (c.w || c.digits > WORD_DIGITS))
		flags |= ML_NUM_UNDERFLOW;
	if (is_plain(&c, s, n, size))
		flags |= ML_NUM_PLAIN;
	*out = (struct ml_number){ c.negative && size > 0 ? -size : size, flags };
	return true;
}

bool ml_number_parse(const char *s, size_t n, struct ml_number *out)
{
	return ml_number_parse_as(s, n, '.', 0, out);
}
