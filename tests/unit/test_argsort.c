/* test_argsort.c - rows by value: ascending, equal values by row, in both ways of sorting. */
#include <float.h>
#include <stdlib.h>

#include "base/rng.h"
#include "la/argsort.h"
#include "test.h"

static void check_order(const double *v, size_t stride, size_t n)
{
	uint32_t *order = calloc(n + 1, sizeof *order);
	bool *met = calloc(n + 1, sizeof *met);
	struct ml_error err = { 0 };

	CHECK(!ml_argsort(v, stride, n, order, &err));
	for (size_t i = 0; i < n; i++) {
		CHECK(order[i] < n && !met[order[i]]);
		met[order[i]] = true;
		if (i == 0)
			continue;
		double a = v[order[i - 1] * stride], b = v[order[i] * stride];
		CHECK(a < b || (a == b && order[i - 1] < order[i]));
	}
	free(met);
	free(order);
}

TEST("values of any sign and size are sorted, few and many")
{
	static const size_t sizes[] = { 0, 1, 2, 3, 100, 511, 512, 513, 5000 };
	static double v[2 * 5000];
	struct ml_rng g;

	ml_rng_init(&g, 3, "test-argsort", 0);
	for (size_t i = 0; i < 2 * 5000; i++)
		v[i] = ldexp(ml_rng_uniform(&g) - 0.5, (int)ml_rng_below(&g, 2000) - 1000);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		check_order(v, 1, sizes[i]);
		check_order(v, 2, sizes[i]);
	}
}

TEST("ties keep the order of rows; -0 ties with 0; the extremes stand at the ends")
{
	static double v[3000];
	struct ml_rng g;

	ml_rng_init(&g, 4, "test-argsort", 0);
	for (size_t i = 0; i < 3000; i++)
		v[i] = (double)ml_rng_below(&g, 7) - 3;
	for (size_t i = 0; i < 3000; i += 5)
		v[i] = i % 2 ? -0.0 : 0.0;
	v[17] = DBL_MAX;
	v[18] = -DBL_MAX;
	v[19] = DBL_TRUE_MIN;
	check_order(v, 1, 3000);
	check_order(v, 1, 300);
}

int main(void)
{
	return ml_tests_run();
}
