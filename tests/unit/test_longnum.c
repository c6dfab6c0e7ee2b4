/* test_longnum.c - long decimals against the parser of single numbers, and their texts. */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/rng.h"
#include "data/longnum.h"
#include "test.h"

enum { WIDTH = 48 };

/* A cell at the end of a block of just its size: what is read before it or behind it is seen by
 * checkers of memory. */
static struct ml_cell cell_of(const char *s)
{
	size_t n = strlen(s);
	char *text = malloc(n + 1);

	memcpy(text, s, n + 1);
	return (struct ml_cell){ text, n };
}

/* Both ways agree; what is taken is what the parser gives, and its text is made again. */
static bool taken(const char *s)
{
	struct ml_cell cell = cell_of(s);
	struct ml_number number = { 0 };
	double a = -1, b = -1, c = -1;
	uint64_t word, same;
	char text[ML_LONG_TEXT];
	uint32_t left = ml_long_run(&cell, 1, 1, &a, &word);

	CHECK(left == ml_long_run_portable(&cell, 1, 1, &b, &same) && word == same);
	CHECK((word == ML_LONG_NOT) == left);
	if (!left) {
		CHECK(ml_number_parse(s, strlen(s), &number));
		CHECK(!(number.flags & ~(unsigned)ML_NUM_PLAIN));
		CHECK(!memcmp(&a, &number.value, sizeof a) && !memcmp(&a, &b, sizeof a));
		ml_long_text(word, text);
		SAME_TEXT(text, s);
	}
	if (!ml_numbers_run(&cell, 1, 1, &c))
		CHECK(ml_number_parse(s, strlen(s), &number) && number.value == c);
	free((void *)cell.text);
	return !left;
}

TEST("numbers with all digits of a double are taken")
{
	static const char *const some[] = { "0.70710678118654757",
					    "-0.70710678118654757",
					    "3.1415926535897931",
					    "-1.7976931348623157",
					    "12345678.901234567",
					    "0.00012345678901234567",
					    "0.0000000000000012345678901234",
					    "9007199254740992",
					    "279999999.99999999",
					    "0.1",
					    "7",
					    "-7",
					    "0",
					    "0.0000000000000000000",
					    "1.500",
					    "100000000000000000000.5" };
	size_t n = sizeof some / sizeof *some - 1;

	for (size_t i = 0; i < n; i++)
		CHECK(taken(some[i]));
	CHECK(!taken(some[n]));
}

TEST("what is not a plain decimal, or may be something else, is left")
{
	static const char *const some[] = { "",
					    "-",
					    ".",
					    "-.5",
					    ".5",
					    "5.",
					    "007",
					    "-00.70710678118654757",
					    "00.70710678118654757",
					    "-0",
					    "-0.00000000000000000",
					    "+0.70710678118654757",
					    "0.7071067811865475.7",
					    "0.70710678118654-57",
					    "0.70710678118654757e0",
					    "9007199254740993",
					    "12345678901234567",
					    "0.28000000000000000001",
					    "2.8000000000000000",
					    "28.0000000000000001",
					    "abcdefghijklmnopqrst",
					    "2024-01-01T00:00:00.0",
					    "0.707106781186547570000000000000",
					    "0.000000000000000000000000000000012",
					    "\xff.70710678118654757",
					    "0.7071067811865475/" };

	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		CHECK(taken(some[i]) == !strcmp(some[i], "2.8000000000000000"));
}

TEST("random decimals")
{
	struct ml_rng rng;

	ml_rng_init(&rng, 3, "decimals", 0);
	for (int i = 0; i < 200000; i++) {
		char text[WIDTH];
		int digits = 1 + (int)ml_rng_below(&rng, 20);
		double v = (ml_rng_uniform(&rng) - 0.5) / (0.001 + ml_rng_uniform(&rng));

		if (i % 3 == 0)
			snprintf(text, sizeof text, "%.*f", digits, v * 10);
		else if (i % 3 == 1)
			snprintf(text, sizeof text, "%.17g", v);
		else
			ml_number_print(v, text);
		if (i % 7 == 0)
			text[ml_rng_below(&rng, strlen(text))] =
				"0.-e1 9/:"[ml_rng_below(&rng, 9)];
		taken(text);
	}
}

TEST("runs of every length, other cells among them")
{
	for (size_t n = 0; n <= ML_LONG_RUN; n++) {
		struct ml_cell cell[2 * ML_LONG_RUN];
		double v[ML_LONG_RUN];
		uint64_t word[ML_LONG_RUN];

		for (size_t i = 0; i < 2 * ML_LONG_RUN; i++)
			cell[i] = cell_of(i % 2 ? "x" : i % 6 ? "0.33333333333333331" : "NA");
		uint32_t left = ml_long_run(cell, 2, n, v, word);
		for (size_t i = 0; i < n; i++) {
			CHECK((left >> i & 1) == (i % 3 == 0));
			CHECK(i % 3 == 0 || v[i] == 1.0 / 3);
		}
		CHECK(n == ML_LONG_RUN || !(left >> n));
		for (size_t i = 0; i < 2 * ML_LONG_RUN; i++)
			free((void *)cell[i].text);
	}
}

int main(void)
{
	return ml_tests_run();
}
