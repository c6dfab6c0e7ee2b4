/* test_plain.c - runs of ordinary numbers against the parser of single numbers. */
#include <string.h>

#include "base/number.h"
#include "base/rng.h"
#include "data/plain.h"
#include "test.h"

enum { WIDTH = 24, CELLS = 2 * ML_PLAIN_RUN };

static char text[CELLS][WIDTH];
static struct ml_cell cell[CELLS];

static void set(size_t i, const char *s)
{
	strcpy(text[i], s);
	cell[i] = (struct ml_cell){ text[i], strlen(s) };
}

/* Runs of every length and two strides. */
static void compare(void)
{
	for (size_t n = 0; n <= ML_PLAIN_RUN; n++) {
		size_t stride = 1 + n % 2;
		double a[ML_PLAIN_RUN], b[ML_PLAIN_RUN];
		struct ml_plain fast = ml_plain_run(cell, stride, n, a);
		struct ml_plain slow = ml_plain_run_portable(cell, stride, n, b);

		CHECK(n == 32 || (!(fast.other >> n) && !(fast.odd >> n)));
		for (size_t i = 0; i < n; i++) {
			struct ml_number number = { 0 };
			bool is = ml_number_parse(cell[i * stride].text, cell[i * stride].len,
						  &number);

			CHECK((slow.other >> i & 1) ==
			      (!is || number.flags & ~(unsigned)ML_NUM_PLAIN));
			CHECK((fast.other >> i & 1) == (slow.other >> i & 1));
			if (fast.other >> i & 1)
				continue;
			CHECK(!memcmp(&a[i], &number.value, sizeof *a));
			CHECK(!memcmp(&b[i], &number.value, sizeof *b));
			CHECK((fast.odd >> i & 1) == !(number.flags & ML_NUM_PLAIN));
			CHECK((slow.odd >> i & 1) == !(number.flags & ML_NUM_PLAIN));
			if (fast.places >= 0 && !(fast.signed_zero >> i & 1)) {
				char fixed[400];

				snprintf(fixed, sizeof fixed, "%.*f", fast.places, a[i]);
				SAME_TEXT(fixed, cell[i * stride].text);
			}
		}
	}
}

TEST("chosen cells")
{
	static const char *const some[] = {
		"0",
		"-0",
		"1",
		"-1",
		"12",
		"-12",
		"007",
		"-07",
		"0.5",
		"-0.5",
		".5",
		"5.",
		"-.5",
		"1.50",
		"1.0",
		"-0.0",
		"0.000",
		"00.5",
		"1.2.3",
		"1-2",
		"--1",
		"-",
		".",
		"",
		"-.",
		"1e5",
		"1E5",
		"+1",
		"123456",
		"1234567",
		"12345678901234",
		"123456789012345",
		"1234567890123456",
		"-12345678901234",
		"-123456789012345",
		"0.0000123",
		"0.00001",
		"0.000009999",
		"-0.0000099",
		"0.1234567890123",
		"0.12345678901234",
		"-0.123456789012",
		"9999999999999.9",
		"99999999.999999",
		"-9999.000001",
		"1 2",
		"1/2",
		"1:2",
		"1,5",
		"abc",
		"NA",
		"?",
		"inf",
		"0x10",
		"12a",
		"a12",
		"1..2",
		"\x80",
		"1\xb0"
		"2",
		"-9.5",
		"3.141592653589",
		"100",
		"1000.5",
	};
	size_t n = sizeof some / sizeof *some;

	for (size_t from = 0; from < n; from++) {
		for (size_t i = 0; i < CELLS; i++)
			set(i, some[(from + i) % n]);
		compare();
	}
}

TEST("ordinary numbers are not left out")
{
	double v[ML_PLAIN_RUN];

	for (size_t i = 0; i < CELLS; i++)
		set(i, i % 3 ? "-1.234567" : "42");
	struct ml_plain m = ml_plain_run(cell, 1, ML_PLAIN_RUN, v);
	CHECK(!m.other && !m.odd);
	CHECK(v[0] == 42 && v[31] == -1.234567);
}

TEST("runs of one number of decimals are told, whatever is left out of them")
{
	static const int places[] = { 0, 1, 2, 6, 9 };
	double v[ML_PLAIN_RUN];
	char s[WIDTH];

	for (size_t k = 0; k < sizeof places / sizeof *places; k++)
		for (size_t left = 0; left < 3; left++) {
			for (size_t i = 0; i < CELLS; i++) {
				snprintf(s, sizeof s, "%.*f", places[k], 2.385 * (double)i - 9);
				set(i, left && i % (3 * left) == 1 ? "NA" : s);
			}
			compare();
			/* The vectors that tell it are not on every CPU. */
			int seen = ml_plain_run(cell, 1, ML_PLAIN_RUN, v).places;
			CHECK(seen == places[k] || seen == ML_PLAIN_MIXED);
		}
	for (size_t i = 0; i < CELLS; i++)
		set(i, i == 17 ? "1.5" : "1.25");
	CHECK(ml_plain_run(cell, 1, ML_PLAIN_RUN, v).places == ML_PLAIN_MIXED);
	for (size_t i = 0; i < CELLS; i++)
		set(i, "NA");
	CHECK(ml_plain_run(cell, 1, ML_PLAIN_RUN, v).places == ML_PLAIN_NONE);
}

TEST("made-up cells of digits, points and signs")
{
	static const char letters[] = "0123456789012345678901234567890000....--eE+ x";
	struct ml_rng r;

	ml_rng_init(&r, 1, "plain", 0);
	for (int round = 0; round < 3000; round++) {
		for (size_t i = 0; i < CELLS; i++) {
			char s[WIDTH];
			size_t n = ml_rng_below(&r, WIDTH - 4), k = 0;

			if (ml_rng_below(&r, 3) == 0)
				s[k++] = '-';
			for (; k < n; k++)
				s[k] = letters[ml_rng_below(&r, k ? sizeof letters - 1 : 34)];
			s[k] = '\0';
			set(i, s);
		}
		compare();
	}
}

TEST("decimals with some places")
{
	struct ml_rng r;

	ml_rng_init(&r, 2, "plain", 0);
	for (int round = 0; round < 3000; round++) {
		for (size_t i = 0; i < CELLS; i++) {
			char s[64];

			snprintf(s, sizeof s, "%.*f", (int)ml_rng_below(&r, 10),
				 (ml_rng_uniform(&r) - 0.5) *
					 pow(10, (double)ml_rng_below(&r, 9) - 4));
			set(i, s);
		}
		compare();
	}
}

TEST("markers that begin as numbers do rule it out")
{
	CHECK(ml_plain_usable(&(struct ml_kind_opts){ 0 }));
	CHECK(ml_plain_usable(&(struct ml_kind_opts){ .na = ML_NA_DEFAULT, .decimal = '.' }));
	CHECK(!ml_plain_usable(&(struct ml_kind_opts){ .na = "NA,-9" }));
	CHECK(!ml_plain_usable(&(struct ml_kind_opts){ .na = "99,NA" }));
	CHECK(!ml_plain_usable(&(struct ml_kind_opts){ .na = ".,NA" }));
	CHECK(ml_plain_usable(&(struct ml_kind_opts){ .na = "N9,x" }));
	CHECK(ml_plain_usable(&(struct ml_kind_opts){ .na = "" }));
	CHECK(!ml_plain_usable(&(struct ml_kind_opts){ .decimal = ',' }));
	CHECK(!ml_plain_usable(&(struct ml_kind_opts){ .thousands = ',' }));
}

int main(void)
{
	return ml_tests_run();
}
