/* doubles.c - doubles are printed and read back, bit for bit: 100,000 in `make check`, ten
 * million in `make check-numbers` (doubles N: that many).
 *
 * The C library is the oracle both ways: strtod() reads what we print, and we read what
 * printf("%.17g") prints, which always reads back. */
#include <float.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/rng.h"
#include "test.h"

static size_t count = 100000;

/* Any bits; around the smallest normal double; subnormals; near whole numbers; few decimals. */
static double draw(struct ml_rng *r, size_t i)
{
	uint64_t bits;
	double v;

	do {
		bits = ml_rng_bits(r);
		memcpy(&v, &bits, sizeof v);
	} while (!isfinite(v));
	switch (i % 8) {
	case 0:
		return ldexp(v, -1022 - ilogb(v == 0 ? 1 : v));
	case 1:
		return ldexp(v, -(int)ml_rng_below(r, 1000));
	case 2:
		bits >>= 12; /* a subnormal */
		memcpy(&v, &bits, sizeof v);
		return v;
	case 3:
		return nextafter((double)(bits >> ml_rng_below(r, 64)), i & 8 ? 0 : DBL_MAX);
	case 4:
		return (double)(int64_t)(bits >> 40) / 1000;
	default:
		return v;
	}
}

static bool same(double a, double b)
{
	return !memcmp(&a, &b, sizeof a) || (a == 0 && b == 0); /* -0 equals 0 */
}

TEST("doubles are printed and read back, by us and by the C library")
{
	struct ml_rng r;
	size_t wrong = 0;

	ml_rng_init(&r, 17, "doubles", 0);
	for (size_t i = 0; i < count; i++) {
		double v = draw(&r, i);
		char text[ML_NUMBER_MAX], long_text[40];
		struct ml_number back = { 0 }, again = { 0 };
		size_t n = ml_number_print(v, text);
		int m = snprintf(long_text, sizeof long_text, "%.17g", v);

		if (n == strlen(text) && n < ML_NUMBER_MAX && ml_number_parse(text, n, &back) &&
		    same(back.value, v) && same(strtod(text, NULL), v) &&
		    (back.flags & ~(unsigned)ML_NUM_COARSE) == ML_NUM_PLAIN &&
		    ml_number_parse(long_text, (size_t)m, &again) && same(again.value, v))
			continue;
		if (wrong++ < 20)
			printf("# %a prints %s, in 17 digits %s\n", v, text, long_text);
	}
	CHECK(!wrong);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		count = (size_t)strtoull(argv[1], NULL, 10);
	printf("# %zu doubles\n", count);
	return ml_tests_run();
}
