/* number.c - text to numbers, with strtod() and printf() of the C library as oracles. */
#include <float.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/rng.h"
#include "test.h"
#include "words.h"

/* A copy that ends where its memory ends, so that a sanitizer sees a byte read too many. */
static bool parse(const char *s, size_t n, struct ml_number *out)
{
	char *copy = malloc(n ? n : 1);

	memcpy(copy, s, n);
	bool ok = ml_number_parse(copy, n, out);
	free(copy);
	return ok;
}

/* Parsed, `text` must be what strtod() makes of it, with its overflow and underflow told. */
static bool agrees(const char *text)
{
	struct ml_number got = { 0 };
	double want = strtod(text, NULL);
	bool zero = !text[strcspn(text, "123456789eE")] ||
		    strchr("eE", text[strcspn(text, "123456789eE")]);
	unsigned flags = isinf(want)          ? ML_NUM_OVERFLOW
			 : want == 0 && !zero ? ML_NUM_UNDERFLOW
					      : 0;

	if (isinf(want))
		want = want < 0 ? -DBL_MAX : DBL_MAX;
	if (!ml_number_parse(text, strlen(text), &got))
		return false;
	return got.value == want && !(want == 0 && signbit(got.value)) &&
	       (got.flags & (ML_NUM_OVERFLOW | ML_NUM_UNDERFLOW)) == flags;
}

static void check_agrees(const char *text)
{
	bool as_strtod_does = agrees(text);

	CHECK(as_strtod_does);
	if (!as_strtod_does)
		printf("# '%.100s'\n", text);
}

TEST("the grammar: what is a number")
{
	static const char yes[] =
		"0 7 2.385 -2.385 +2.385 .5 5. -.5 +5. 1e5 1E5 1e+5 1e-5 .5e1 5.e1 "
		"00012 0.0 -0 1e400 1e-400 0e99999 12345678901234567890123 "
		"0.000000000000000000000001 1e999999999999999999999999 "
		"1e-999999999999999999999999 123456789.123456789";
	static const char no[] =
		"+ - . e5 .e5 -. 1e 1e+ 1e- 1.2.3 1,5 --1 +-1 1- 0x10 inf nan NaN "
		"nan(12) 1_000 1.5D3 1.5f 1e5.0 1e5e5 12a a12 1.e infinity 12345678x "
		"1.12345678x 1.1234567: 1.1234567/";
	/* Blanks, a newline; digits and a minus of other scripts. */
	static const char *const odd[] = { "",           "1 ",       " 1",
					   "1\n",        "1e 5",     "- 1",
					   "1.\xb2\xb3", "\xd9\xa1", "\xe2\x88\x92\x31" };
	struct ml_number out;

	for (struct words w = { .left = yes }; next_word(&w);)
		CHECK(parse(w.word, w.n, &out) || !printf("# %s\n", w.word));
	for (struct words w = { .left = no }; next_word(&w);)
		CHECK(!parse(w.word, w.n, &out) || !printf("# %s\n", w.word));
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		CHECK(!parse(odd[i], strlen(odd[i]), &out) || !printf("# '%s'\n", odd[i]));
	CHECK(!parse("1\0002", 3, &out));
	CHECK(!ml_number_parse(NULL, 0, &out));
	CHECK(parse("2.385xyz", 5, &out) && out.value == 2.385);
}

TEST("each byte in each place of a number is judged alone")
{
	/* A byte is allowed where the grammar allows it; '5' there leaves a number, so the
	 * oracle is strtod() reading the whole text, for bytes that the grammar has. */
	static const char base[] = "12.345678901234e7";

	for (size_t i = 0; i < sizeof base - 1; i++) {
		for (int c = 0; c < 256; c++) {
			char text[sizeof base], *end;
			struct ml_number out;

			memcpy(text, base, sizeof base);
			text[i] = (char)c;
			double want = strtod(text, &end);
			bool whole = c && strchr("0123456789+-.eE", c) && !*end;
			bool got = parse(text, sizeof base - 1, &out);
			CHECK(got == whole);
			CHECK(!got || out.value == want);
		}
	}
}

TEST("random decimals of 1 to 40 digits are read as strtod() reads them")
{
	struct ml_rng r;
	size_t wrong = 0;

	ml_rng_init(&r, 1, "decimals", 0);
	for (int i = 0; i < 400000; i++) {
		char text[80];
		size_t digits = 1 + ml_rng_below(&r, i % 4 ? 19 : 40), n = 0;
		size_t point = ml_rng_below(&r, digits + 1);
		int span = i % 3 == 0 ? 0 : i % 3 == 1 ? 30 : 350;

		if (i % 5 == 0)
			text[n++] = i % 10 ? '-' : '+';
		for (size_t k = 0; k < digits; k++) {
			if (k == point)
				text[n++] = '.';
			text[n++] = (char)('0' + ml_rng_below(&r, i % 7 ? 10 : 2));
		}
		text[n] = '\0';
		if (span)
			sprintf(text + n, "e%d",
				(int)ml_rng_below(&r, 2 * (uint64_t)span + 1) - span);
		if (!agrees(text) && !wrong++)
			printf("# %s\n", text);
	}
	CHECK(!wrong);
}

TEST("decimals at the edge of the subnormal and of the infinite doubles")
{
	static const char edge[] =
		"4.9406564584124654e-324 2.4703282292062327e-324 "
		"2.4703282292062328e-324 2.47032822920623272088284396434110686182e-324 "
		"2.47032822920623272088284396434110686183e-324 2.2250738585072011e-308 "
		"2.2250738585072012e-308 2.2250738585072014e-308 "
		"2."
		"225073858507201136057409796709131975934819546351645648023426109724822222021076"
		"945516529523908135087914149158913039621106870086438694594645527657207407820621"
		"743379988141063267329253552286881372149012981122451451889849057222307285255133"
		"155755015914397476397983411801999323962548289017107081850690630666655994938275"
		"772572015763062690663332647565300009245888316433037779791869612049497390377829"
		"704905051080609940730262937128958950003583799967207254304360284078895771796150"
		"945516748243471030702609144621572289880258182545180325707018860872113128079512"
		"233426288368622321503775666622503982534335974568884423900265498198385487948292"
		"206894721689831099698365846814022854243330660339850886445804001034933970427567"
		"186443383770486037861622771738545623065874679014086723327636718751234567890123"
		"456789012345678901e-308 "
		"1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 "
		"179769313486231580793728971405301e276 "
		"179769313486231580793728971405302e276 1.8e308 9007199254740993 "
		"9007199254740992.999 9007199254740993.0000000000000000000000000000001 "
		"9007199254740994.9999999999999999999999999999999 1e22 1e23 8.5e22 "
		"9.5e22 3e-324 2e-324 1e309 1e308 123456789012345678901234567890e-400 "
		"18446744073709551615 18446744073709551616 9223372036854775807.5";

	for (struct words w = { .left = edge }; next_word(&w);)
		check_agrees(w.word);
}

/* Writes the digits and exponent of the exact middle between v and the double above. */
static void middle(double v, char *out, size_t room)
{
	int e;
	double m = frexp(v, &e);
	long double exact = ldexpl((long double)m + 0x1p-54L, e);

	snprintf(out, room, "%.790Le", exact);
}

TEST("exact middles of two doubles go to the even one, a hair beside them does not")
{
#if LDBL_MANT_DIG > DBL_MANT_DIG /* the oracle's printf needs a middle in a register */
	struct ml_rng r;

	ml_rng_init(&r, 2, "middles", 0);
	for (int i = 0; i < 4000; i++) {
		uint64_t bits = ml_rng_bits(&r) >> 1;
		char text[1024];
		double v;

		if (i % 2) /* -4 <= q <= 23: short middles, on the fast path */
			bits = (uint64_t)(1023 + ml_rng_below(&r, 76) - 12) << 52 |
			       (bits & ((UINT64_C(1) << 52) - 1));
		memcpy(&v, &bits, sizeof v);
		if (!isnormal(v))
			continue;
		middle(v, text, sizeof text);
		char *e = strchr(text, 'e'), tail[16];
		check_agrees(text);
		strcpy(tail, e);
		sprintf(e, "0000000000000000000000000000000000000001%s", tail);
		check_agrees(text); /* just above */
		char *last = e - 1;
		while (*last == '0')
			last--;
		memset(last + 1, '9', (size_t)(e - last - 1));
		--*last; /* never a point: the first digit of a middle is not its last one */
		strcpy(e, tail);
		check_agrees(text); /* just below */
	}
#endif
}

TEST("texts of a million digits are read with the right value")
{
	enum { N = 1000000 };
	char *s = malloc(N + 64);
	struct ml_number out;

	memset(s, '0', N);
	strcpy(s + N, "2385e-3");
	CHECK(ml_number_parse(s, strlen(s), &out) && out.value == 2.385 && out.flags == 0);
	memcpy(s, "0.", 2);
	strcpy(s + N, "2385e1000000");
	CHECK(ml_number_parse(s, strlen(s), &out) && out.value == 23.85 && out.flags == 0);
	memset(s, '0', N);
	*s = '1';
	strcpy(s + N, "e-999999");
	CHECK(ml_number_parse(s, strlen(s), &out) && out.value == 1 && out.flags == 0);
	s[N] = '\0';
	CHECK(ml_number_parse(s, N, &out) && out.value == DBL_MAX &&
	      out.flags == (ML_NUM_OVERFLOW | ML_NUM_COARSE));
	/* 2^53 + 1, a tie; a digit in the last place breaks it. */
	memset(s, '0', N);
	memcpy(s, "9007199254740993.", 17);
	CHECK(ml_number_parse(s, N, &out) && out.value == 9007199254740992.0);
	s[N - 1] = '1';
	CHECK(ml_number_parse(s, N, &out) && out.value == 9007199254740994.0);
	memset(s, '7', N);
	s[1] = '.';
	s[N] = '\0';
	CHECK(ml_number_parse(s, N, &out) && out.value == 70 / 9.0);
	free(s);
}

TEST("exponents of any size overflow or underflow, and zero stays zero")
{
	static const char huge[] =
		"309 99999 2147483648 9223372036854775808 18446744073709551616 "
		"99999999999999999999999999999999999999";
	struct ml_number out;
	char text[1100];

	for (struct words w = { .left = huge }; next_word(&w);) {
		size_t n = (size_t)sprintf(text, "-1.5e%s", w.word);
		CHECK(parse(text, n, &out) && out.value == -DBL_MAX &&
		      out.flags == ML_NUM_OVERFLOW);
		n = (size_t)sprintf(text, "-1.5e-9%s", w.word);
		CHECK(parse(text, n, &out) && out.value == 0 && !signbit(out.value) &&
		      out.flags == ML_NUM_UNDERFLOW);
		n = (size_t)sprintf(text, "0.0e%s", w.word);
		CHECK(parse(text, n, &out) && out.value == 0 && out.flags == 0);
		n = (size_t)sprintf(text, "-0e-%s", w.word);
		CHECK(parse(text, n, &out) && out.value == 0 && !signbit(out.value) &&
		      out.flags == 0);
	}
}

TEST("a locale with a decimal comma changes nothing")
{
	static const char tie[] = "9007199254740993.00000000000000000000000000000000000000001";
	static const char names[] = "de_DE.UTF-8 de_DE fr_FR.UTF-8 ar_EG.UTF-8";

	for (struct words w = { .left = names }; next_word(&w);) {
		struct ml_number out;
		char text[ML_NUMBER_MAX];

		if (!setlocale(LC_ALL, w.word))
			continue; /* not installed */
		CHECK(parse(tie, sizeof tie - 1, &out) && out.value == 9007199254740994.0);
		ml_number_print(2.385, text);
		SAME_TEXT(text, "2.385");
		setlocale(LC_ALL, "C");
	}
}

int main(void)
{
	return ml_tests_run();
}
