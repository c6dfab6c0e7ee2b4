/* shortest.c - numbers to text: they read back, and no shorter text does.
 *
 * The oracles are the C library's strtod() and printf(), which round correctly. */
#include <float.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/rng.h"
#include "test.h"

static double random_bits(struct ml_rng *r)
{
	uint64_t bits;
	double v;

	do {
		bits = ml_rng_bits(r);
		memcpy(&v, &bits, sizeof v);
	} while (!isfinite(v));
	return v;
}

/* Takes a printed number apart: its digits without zeros at either end, and the exponent of
 * the last one. */
static int digits_of(const char *text, char digits[ML_NUMBER_MAX], int *exp)
{
	int n = 0, behind = 0;
	bool point = false;

	*exp = 0;
	for (text += *text == '-'; *text && *text != 'e'; text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		behind += point;
		if (n || *text != '0')
			digits[n++] = *text;
	}
	if (*text == 'e')
		*exp = atoi(text + 1);
	*exp -= behind;
	while (n && digits[n - 1] == '0') {
		n--;
		++*exp;
	}
	digits[n] = '\0';
	return n;
}

static bool reads_back(uint64_t digits, int exp, double v)
{
	char text[64];

	snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, exp);
	return strtod(text, NULL) == v;
}

/* No decimal with fewer digits reads back as v > 0, which `text` was printed for, and none
 * of as many is closer.  Powers of two have one near neighbour and one far, so for them both
 * neighbouring decimals are tried; else the nearest decimal reads back if any does. */
static bool is_shortest(double v, const char *text)
{
	char digits[ML_NUMBER_MAX], near[64];
	int exp, e, n = digits_of(text, digits, &exp);
	bool power = frexp(v, &e) == 0.5;

	snprintf(near, sizeof near, "%.*e", n - 1, v);
	char near_digits[ML_NUMBER_MAX];
	int near_exp;
	digits_of(near, near_digits, &near_exp);
	bool same = !strcmp(digits, near_digits) && exp == near_exp;
	if (!same && !(power && strtod(near, NULL) != v))
		return false;
	if (n == 1)
		return true;
	if (!power) {
		snprintf(near, sizeof near, "%.*e", n - 2, v);
		return strtod(near, NULL) != v;
	}
	uint64_t all = strtoull(digits, NULL, 10);
	return !reads_back(all / 10, exp + 1, v) && !reads_back(all / 10 + 1, exp + 1, v);
}

static bool fails(double v, size_t *wrong, const char *text)
{
	if (!(*wrong)++)
		printf("# %a prints %s\n", v, text);
	return true;
}

TEST("a million random bit patterns are printed and read back bit-equal")
{
	struct ml_rng r;
	size_t wrong = 0;

	ml_rng_init(&r, 1, "bits", 0);
	for (int i = 0; i < 1000000; i++) {
		double v = random_bits(&r);
		char text[ML_NUMBER_MAX];
		struct ml_number back = { 0 };

		if (i % 8 == 0)
			v = ldexp(v, -1022 - ilogb(v)); /* around the smallest normal double */
		if (i % 8 == 1)
			v = ldexp(v, -(int)ml_rng_below(&r, 1000)); /* many subnormals */
		size_t n = ml_number_print(v, text);
		bool ok = n == strlen(text) && n < 26 && ml_number_parse(text, n, &back) &&
			  back.value == v &&
			  (back.flags & ~(unsigned)ML_NUM_COARSE) == ML_NUM_PLAIN;
		if (ok && i % 4 == 0)
			ok = strtod(text, NULL) == v;
		if (!ok)
			fails(v, &wrong, text);
	}
	CHECK(!wrong);
}

TEST("no shorter decimal reads back, and none as short is closer")
{
	struct ml_rng r;
	size_t wrong = 0;

	ml_rng_init(&r, 2, "shortest", 0);
	for (int i = 0; i < 400000; i++) {
		double v = fabs(random_bits(&r));
		char text[ML_NUMBER_MAX];

		if (i % 8 == 0)
			v = ldexp(ml_rng_uniform(&r),
				  -(int)ml_rng_below(&r, 30) - 1044); /* subnormal */
		if (i % 8 < 3)
			v = ml_rng_uniform(&r) * pow(10, i % 23 - 4);
		if (i % 8 == 3) /* short decimals */
			v = (double)ml_rng_below(&r, 100000) / pow(10, i % 9);
		if (v == 0 || (v < 1e17 && v == floor(v)))
			continue; /* whole numbers are another test */
		ml_number_print(v, text);
		if (!is_shortest(v, text))
			fails(v, &wrong, text);
	}
	CHECK(!wrong);
}

TEST("powers of two and their neighbours are read back from the shortest text")
{
	size_t wrong = 0;

	for (int e = -1074; e < 1024; e++) {
		double power = ldexp(1, e);
		double v[] = { power, nextafter(power, 0), nextafter(power, HUGE_VAL) };

		for (int i = 0; i < 3; i++) {
			char text[ML_NUMBER_MAX];

			if (v[i] == 0 || !isfinite(v[i]) ||
			    (v[i] < 1e17 && v[i] == floor(v[i])))
				continue;
			ml_number_print(v[i], text);
			if (strtod(text, NULL) != v[i] || !is_shortest(v[i], text))
				fails(v[i], &wrong, text);
		}
	}
	CHECK(!wrong);
}

TEST("decimals of up to 15 digits come back as they were written")
{
	struct ml_rng r;
	size_t wrong = 0;

	ml_rng_init(&r, 3, "written", 0);
	for (int i = 0; i < 300000; i++) {
		char text[64], out[ML_NUMBER_MAX];
		unsigned long long w = 1 + ml_rng_below(&r, (uint64_t)pow(10, 1 + i % 15));
		int decimals = (int)ml_rng_below(&r, 5);

		w += w % 10 == 0; /* no zero at the end */
		snprintf(text, sizeof text, "%llu", w);
		size_t n = strlen(text);
		if (decimals && n > (size_t)decimals) {
			memmove(text + n - (size_t)decimals + 1, text + n - (size_t)decimals,
				(size_t)decimals + 1);
			text[n - (size_t)decimals] = '.';
		} else if (decimals) {
			snprintf(text, sizeof text, "0.%0*llu", decimals, w);
		}
		ml_number_print(strtod(text, NULL), out);
		if (strcmp(out, text) && !wrong++)
			printf("# %s prints %s\n", text, out);
	}
	CHECK(!wrong);
}

TEST("whole numbers below 1e17 are printed exactly")
{
	struct ml_rng r;

	ml_rng_init(&r, 4, "whole", 0);
	for (int i = 0; i < 200000; i++) {
		double v = floor(ml_rng_uniform(&r) * pow(10, i % 18));
		char text[ML_NUMBER_MAX], want[64];

		v = i % 2 ? -v : v;
		snprintf(want, sizeof want, "%.0f", v == 0 ? 0.0 : v);
		CHECK(ml_number_print(v, text) == strlen(want));
		SAME_TEXT(text, want);
	}
}

TEST("notation: fixed for 1e-5 <= |v| < 1e17, else with the shortest exponent")
{
	static const struct {
		double v;
		const char *text;
	} pair[] = {
		{ 0, "0" },
		{ -0.0, "0" },
		{ 1, "1" },
		{ -1, "-1" },
		{ 10, "10" },
		{ 150, "150" },
		{ 2.5, "2.5" },
		{ 0.1, "0.1" },
		{ -0.00012, "-0.00012" },
		{ 1e-5, "0.00001" },
		{ 1.5e-5, "0.000015" },
		{ 9.999e-6, "9.999e-6" },
		{ 1.5e-7, "1.5e-7" },
		{ 1e16, "10000000000000000" },
		{ 1e17, "1e17" },
		{ 1.5e17, "1.5e17" },
		{ 1e30, "1e30" },
		{ -1e100, "-1e100" },
		{ 1e-10, "1e-10" },
		{ 99999999999999984.0, "99999999999999984" },
		{ 9007199254740993.0, "9007199254740992" },
		{ 123456.789, "123456.789" },
		{ 2.385, "2.385" },
		{ 1e22, "1e22" },
		{ 1e23, "1e23" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1 / 3.0, "0.3333333333333333" },
		{ -123456789.12345679, "-123456789.12345679" },
		/* Edges, and cases in which other printers were wrong: from the tests of Ryu
		 * (Adams 2018) and the paper on Schubfach (Giulietti 2020). */
		{ 5e-324, "5e-324" },
		{ 1e-323, "1e-323" },
		{ DBL_MIN, "2.2250738585072014e-308" },
		{ DBL_MAX, "1.7976931348623157e308" },
		{ 2e-3, "0.002" },
		{ 2.0e23, "2e23" },
		{ 8.41e21, "8.41e21" },
		{ 9.5367431640625e-7, "9.5367431640625e-7" },
		{ 4.940656e-318, "4.940656e-318" },
		{ 1.18575755e-316, "1.18575755e-316" },
		{ 2.989102097996e-312, "2.989102097996e-312" },
		{ 4.708356024711512e18, "4.708356024711512e18" },
		{ 2.8726160165385e-9, "2.8726160165385e-9" },
		{ 5.764607523034235e39, "5.764607523034235e39" },
		{ 1.152921504606847e40, "1.152921504606847e40" },
		{ 2.305843009213694e40, "2.305843009213694e40" },
		{ 9.409340012568248e18, "9.409340012568248e18" },
		{ 5.684341886080802e-14, "5.684341886080802e-14" },
		{ 9.0608011534336e15, "9060801153433600" },
		{ 1.2345678901234567e-5, "0.000012345678901234568" },
	};

	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		char text[ML_NUMBER_MAX];

		CHECK(ml_number_print(pair[i].v, text) == strlen(text));
		SAME_TEXT(text, pair[i].text);
	}
}

TEST("what is no number: missing cells and messages")
{
	char text[ML_NUMBER_MAX];

	CHECK(ml_number_print((double)NAN, text) == 0);
	SAME_TEXT(text, "");
	CHECK(ml_number_print((double)INFINITY, text) == 3);
	SAME_TEXT(text, "inf");
	CHECK(ml_number_print((double)-INFINITY, text) == 4);
	SAME_TEXT(text, "-inf");
}

int main(void)
{
	return ml_tests_run();
}
