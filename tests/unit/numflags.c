/* numflags.c - what is told about a number beside its value; other notations; integers. */
#include <stdint.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/rng.h"
#include "test.h"
#include "words.h"

static unsigned flags_of(const char *text)
{
	struct ml_number out = { .flags = 1u << 31 };

	(void)ml_number_parse(text, strlen(text), &out);
	return out.flags;
}

TEST("plain texts are those that printing gives, for every way of writing")
{
	static const char *const forms[] = {
		"%.0f",  "%.1f",  "%.2f",  "%.5f", "%.9f",  "%.6g",  "%.15g", "%.16g", "%.17g",
		"%.18g", "%+.2f", "0%.2f", "%.3e", "%.16e", "%#.0f", "%.0e",  "0%.0f",
	};
	struct ml_rng r;
	size_t wrong = 0, plain = 0, tried = 0;

	ml_rng_init(&r, 3, "plain", 0);
	for (int i = 0; i < 300000; i++) {
		char text[400], back[ML_NUMBER_MAX];
		double scale = pow(10, (double)ml_rng_below(&r, 45) - 22);
		double v = (ml_rng_uniform(&r) - 0.3) * scale;
		struct ml_number out;

		if (i % 3 == 0) /* short decimals, which repeat their digits exactly */
			v = nearbyint(v / scale * 10000) / 10000 * scale;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		size_t n = (size_t)sprintf(
			text, forms[ml_rng_below(&r, sizeof forms / sizeof *forms)], v);
#pragma GCC diagnostic pop
		if (!ml_number_parse(text, n, &out))
			continue;
		bool same = ml_number_print(out.value, back) == n && !memcmp(back, text, n);
		wrong += same != ((out.flags & ML_NUM_PLAIN) != 0);
		if (same != ((out.flags & ML_NUM_PLAIN) != 0) && wrong < 5)
			printf("# %s prints %s\n", text, back);
		plain += same;
		tried++;
	}
	CHECK(!wrong);
	CHECK(plain > tried / 5 && plain < tried * 4 / 5); /* both outcomes are tried well */
}

TEST("plain: named cases")
{
	static const char yes[] =
		"0 7 -7 10 0.5 -0.5 2.385 0.00001 123456789012345 12345678901234568 "
		"1e17 1e30 -1.5e-7 5e-324 0.1234567890123456 99999999999999984 "
		"1.7976931348623157e308 9.9e-6";
	static const char no[] =
		"-0 00 007 +7 0.50 .5 5. -.5 0.0 1e5 1E30 1e+30 1e030 0.000009 "
		"100000000000000000 12345678901234567 0.12345678901234567890 1.50e30 "
		"10e29 1e400 1e-400 0e0 -0.0 1.e30 0.000001234567890123456 9.99999999999999999 "
		"0.1e-6";

	for (struct words w = { .left = yes }; next_word(&w);)
		CHECK((flags_of(w.word) & ML_NUM_PLAIN) || !printf("# %s\n", w.word));
	for (struct words w = { .left = no }; next_word(&w);)
		CHECK(!(flags_of(w.word) & ML_NUM_PLAIN) || !printf("# %s\n", w.word));
}

TEST("leading zeros are told for integers only")
{
	static const char yes[] = "007 -01 +00 00 000000000000000000000000000012";
	static const char no[] = "0 -0 7 0.5 00.5 01e5 10 0e5 00.";

	for (struct words w = { .left = yes }; next_word(&w);)
		CHECK(flags_of(w.word) == ML_NUM_LEADZERO);
	for (struct words w = { .left = no }; next_word(&w);)
		CHECK(!(flags_of(w.word) & ML_NUM_LEADZERO));
}

TEST("integers that no double holds are told, by comparison with the double written out")
{
	struct ml_rng r;

	ml_rng_init(&r, 4, "coarse", 0);
	for (int i = 0; i < 30000; i++) {
		char text[400], exact[400];
		size_t n = 1 + ml_rng_below(&r, i % 3 ? 22 : 330);

		if (i % 4 == 0) { /* written out from a double: held exactly */
			n = (size_t)sprintf(
				text, "%.0f",
				ldexp(1 + ml_rng_uniform(&r), (int)ml_rng_below(&r, 1000)));
		} else {
			text[0] = (char)('1' + ml_rng_below(&r, 9));
			for (size_t k = 1; k < n; k++)
				text[k] = (char)('0' + ml_rng_below(&r, i % 2 ? 10 : 2));
			text[n] = '\0';
		}
		sprintf(exact, "%.0f", strtod(text, NULL));
		unsigned flags = flags_of(text);
		CHECK(((flags & ML_NUM_COARSE) != 0) == (strcmp(text, exact) != 0));
	}
	CHECK(!(flags_of("9007199254740992") & ML_NUM_COARSE));
	CHECK(flags_of("9007199254740993") & ML_NUM_COARSE);
	CHECK(flags_of("-9007199254740993") & ML_NUM_COARSE);
	CHECK(!(flags_of("9007199254740994") & ML_NUM_COARSE));
	CHECK(!(flags_of("9007199254740993.5") & ML_NUM_COARSE));
	CHECK(!(flags_of("9007199254740993e0") & ML_NUM_COARSE));
	CHECK(!(flags_of("18446744073709551616") & ML_NUM_COARSE));
	CHECK(flags_of("18446744073709551615") & ML_NUM_COARSE);
	CHECK(!(flags_of("10000000000000000000000") & ML_NUM_COARSE)); /* 10^22 = 2^22 5^22 */
	CHECK(flags_of("100000000000000000000000") & ML_NUM_COARSE);
	CHECK(flags_of("0000000000000000000000000000012") == ML_NUM_LEADZERO);
	CHECK(flags_of("00000000000000000000000000000000") == ML_NUM_LEADZERO);
}

static bool parse_as(const char *text, char decimal, char thousands, double want)
{
	struct ml_number out = { 0 };

	return ml_number_parse_as(text, strlen(text), decimal, thousands, &out) &&
	       out.value == want;
}

TEST("other notations: decimal commas and thousands separators where they belong")
{
	struct ml_number out;
	static const char no[] =
		"1.5 1.23 1.2345 1234.567 .123 1..234 1.234. 1.234.56 12,34,5 1,234.567 "
		"1.234.567.8 1.234e.5 -.123 1,5.000";

	CHECK(parse_as("2,385", ',', 0, 2.385));
	CHECK(parse_as("-,5e1", ',', 0, -5));
	CHECK(!parse_as("2.385", ',', 0, 2.385));
	CHECK(parse_as("1.234.567,89", ',', '.', 1234567.89));
	CHECK(parse_as("1.234", ',', '.', 1234));
	CHECK(parse_as("1234567,5", ',', '.', 1234567.5));
	CHECK(parse_as("+12 345 678", '.', ' ', 12345678));
	CHECK(parse_as("1,234e2", '.', ',', 123400));
	CHECK(parse_as("0,000", '.', ',', 0));
	for (struct words w = { .left = no }; next_word(&w);)
		CHECK(!ml_number_parse_as(w.word, w.n, ',', '.', &out) ||
		      !printf("# %s\n", w.word));
	/* Many digits, on every path. */
	CHECK(parse_as("9.007.199.254.740.993,00000000000000000000000001", ',', '.',
		       9007199254740994.0));
	CHECK(parse_as("9.007.199.254.740.993,00000000000000000000000000", ',', '.',
		       9007199254740992.0));
	CHECK(parse_as("123,456,789,012,345,678,901,234,567,890", '.', ',',
		       123456789012345678901234567890.0));
	CHECK(parse_as("000.000.000.000.000.000.000.002,385", ',', '.', 2.385));
	CHECK(ml_number_parse_as("9,007,199,254,740,993", 21, '.', ',', &out) &&
	      out.flags == ML_NUM_COARSE);
	CHECK(ml_number_parse_as("123,456,789,012,345,678,901,234", 31, '.', ',', &out) &&
	      out.flags == ML_NUM_COARSE);
	/* Plain are only texts that printing gives. */
	CHECK(ml_number_parse_as("2,385", 5, ',', 0, &out) && out.flags == 0);
	CHECK(ml_number_parse_as("2385", 4, ',', '.', &out) && out.flags == ML_NUM_PLAIN);
	CHECK(ml_number_parse_as("2,385", 5, '.', ',', &out) && out.flags == 0 &&
	      out.value == 2385);
	CHECK(ml_number_parse_as("0,123", 5, '.', ',', &out) && out.flags == ML_NUM_LEADZERO);
}

TEST("infinities in any case, and nothing else")
{
	static const char yes[] = "inf INF +Inf -iNf infinity -INFINITY +InFiNiTy";
	static const char no[] = "- in infi infinit infinityy nan --inf 1nf";

	for (struct words w = { .left = yes }; next_word(&w);)
		CHECK(ml_number_is_infinity(w.word, w.n));
	for (struct words w = { .left = no }; next_word(&w);)
		CHECK(!ml_number_is_infinity(w.word, w.n));
	CHECK(!ml_number_is_infinity("", 0));
	CHECK(!ml_number_is_infinity(" inf", 4));
	CHECK(!ml_number_is_infinity("inf\n", 4));
	CHECK(!ml_number_is_infinity("i\x0e"
				     "f",
				     3)); /* n with its letter bits cleared */
}

TEST("integers fit an int64_t or are refused")
{
	static const struct {
		const char *text;
		long long value;
	} yes[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "+12", 12 },
		{ "-2385", -2385 },
		{ "0017", 17 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "000000000000000000000000009223372036854775807", INT64_MAX },
	};
	static const char no[] = "- + 9223372036854775808 -9223372036854775809 1.0 1e3 0x10 "
				 "18446744073709551616 99999999999999999999999 --1 +-1";
	long long v;

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		CHECK(ml_integer_parse(yes[i].text, &v) && v == yes[i].value);
	for (struct words w = { .left = no }; next_word(&w);)
		CHECK(!ml_integer_parse(w.word, &v));
	CHECK(!ml_integer_parse("", &v));
	CHECK(!ml_integer_parse(" 1", &v));
	CHECK(!ml_integer_parse("1 ", &v));
}

int main(void)
{
	return ml_tests_run();
}
