/* fuzz_number.c - texts against strtod, and doubles through text.
 *
 * Input: eight bytes of a double, then a text. */
#include <ctype.h>
#include <float.h>
#include <math.h>

#include "base/number.h"
#include "fuzz.h"

/* The grammar of number.h, once more. */
static bool grammatical(const char *s)
{
	size_t digits = 0;

	s += *s == '+' || *s == '-';
	for (; isdigit((unsigned char)*s); s++)
		digits++;
	if (*s == '.')
		for (s++; isdigit((unsigned char)*s); s++)
			digits++;
	if (!digits)
		return false;
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '+' || *s == '-';
		if (!isdigit((unsigned char)*s))
			return false;
		while (isdigit((unsigned char)*s))
			s++;
	}
	return !*s;
}

static bool only_digits(const char *s)
{
	s += *s == '+' || *s == '-';
	return strspn(s, "0123456789") == strlen(s);
}

static bool is_zero(const char *s)
{
	return s[strcspn(s, "123456789eE")] == '\0' ||
	       strchr("eE", s[strcspn(s, "123456789eE")]);
}

static void parse(const char *s)
{
	struct ml_number number, other;
	char printed[ML_NUMBER_MAX];
	size_t n = strlen(s);
	bool is = ml_number_parse(s, n, &number);

	MUST(is == grammatical(s));
	MUST(ml_number_parse_as(s, n, '.', 0, &other) == is);
	if (!is)
		return;
	double want = strtod(s, NULL);
	MUST(number.value == (isinf(want) ? copysign(DBL_MAX, want) : want));
	MUST(number.value != 0 || !signbit(number.value));
	MUST(!!(number.flags & ML_NUM_OVERFLOW) == !!isinf(want));
	MUST(!!(number.flags & ML_NUM_UNDERFLOW) == (want == 0 && !is_zero(s)));
	MUST(other.value == number.value);
	if (!(number.flags & ML_NUM_OVERFLOW)) {
		ml_number_print(number.value, printed);
		MUST(!!(number.flags & ML_NUM_PLAIN) == !strcmp(s, printed));
	}
	if (number.flags & ML_NUM_COARSE)
		MUST(only_digits(s) && fabs(number.value) >= 9007199254740992);
	if (number.flags & ML_NUM_LEADZERO)
		MUST(only_digits(s) && s[strspn(s, "+-")] == '0');
}

/* Other notations: what is read is what the text without its separators says. */
static void parse_as(const char *s, char decimal, char thousands)
{
	struct ml_number number, other;
	size_t n = strlen(s), m = 0;

	if (!ml_number_parse_as(s, n, decimal, thousands, &number))
		return;
	char *bare = malloc(n + 1);
	for (size_t i = 0; i < n; i++)
		if (s[i] != thousands)
			bare[m++] = s[i] == decimal ? '.' : s[i];
	MUST(ml_number_parse(bare, m, &other));
	MUST(number.value == other.value);
	free(bare);
}

static void round_trip(double v)
{
	char text[ML_NUMBER_MAX], shorter[64];
	struct ml_number number;
	size_t n = ml_number_print(v, text), digits = 0;

	MUST(n < ML_NUMBER_MAX && n == strlen(text));
	if (!isfinite(v))
		return;
	MUST(ml_number_parse(text, n, &number));
	MUST(number.value == v && number.flags & ML_NUM_PLAIN);
	MUST(strtod(text, NULL) == v);
	/* No decimal with a digit less reads back; but whole numbers below 1e17 print all of
	 * theirs. */
	if (fabs(v) < 1e17 && v == rint(v))
		return;
	for (const char *s = text; *s && *s != 'e'; s++)
		digits += isdigit((unsigned char)*s) && (digits || *s != '0');
	if (digits > 1) {
		snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, v);
		MUST(strtod(shorter, NULL) != v);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct choices c = { v, n };
	double real = 0;

	if (n >= sizeof real) {
		memcpy(&real, v, sizeof real);
		c = (struct choices){ v + sizeof real, n - sizeof real };
	}
	round_trip(real);
	char *s = choose_text(&c, '\0');
	parse(s);
	parse_as(s, ',', '.');
	parse_as(s, '.', ',');
	parse_as(s, ',', ' ');
	(void)ml_number_is_infinity(s, strlen(s));
	long long whole;
	if (ml_integer_parse(s, &whole))
		MUST(strtoll(s, NULL, 10) == whole);
	free(s);
	return 0;
}
