/* test_factor.c - triangular factors in blocks, and sums of squares of differences. */
#include <stdlib.h>

#include "base/rng.h"
#include "la/apart.h"
#include "la/factor.h"
#include "test.h"

/* Blocks, and a part of one. */
enum { N = 3 * ML_FACTOR_ROWS + 17, M = 21 };

static double r[N * N], b[N * M], was[N * M], alone[N], work[N * M];

static void make(struct ml_factor *f)
{
	struct ml_rng rng;
	struct ml_error err;

	ml_rng_init(&rng, 9, "factor", 0);
	CHECK(!ml_factor_init(f, N, &err));
	for (size_t i = 0; i < N; i++)
		for (size_t j = i; j < N; j++)
			r[i * N + j] = (i == j ? 3 : 0) + ml_rng_uniform(&rng) / 8;
	for (size_t i = 0; i < N * M; i++)
		was[i] = b[i] = ml_rng_uniform(&rng) - 0.4;
}

TEST("factor: R'x is what was solved for, over several blocks; rows come back as they were put")
{
	struct ml_factor f;

	make(&f);
	/* Half of them from a lower triangle, which stands across. */
	for (size_t i = 0; i < N; i++) {
		static double across[N * N];
		for (size_t j = i; j < N; j++)
			across[j * N + i] = r[i * N + j];
		ml_factor_put(&f, i, i % 2 ? across + i * (N + 1) : r + i * (N + 1),
			      i % 2 ? N : 1);
	}
	for (size_t i = 0; i < N; i++)
		CHECK(!memcmp(ml_factor_row(&f, i), r + i * (N + 1), (N - i) * sizeof *r));
	ml_factor_forward(&f, b, M, M, work);
	for (size_t c = 0; c < M; c++)
		for (size_t i = 0; i < N; i++) {
			double sum = 0;
			for (size_t k = 0; k <= i; k++)
				sum += r[k * N + i] * b[k * M + c];
			NEAR(sum, was[i * M + c], 1e-13, "condition below 10, 200 additions");
		}
	/* The same bits for one column alone. */
	for (size_t c = 0; c < M; c += 5) {
		for (size_t i = 0; i < N; i++)
			alone[i] = was[i * M + c];
		ml_factor_forward(&f, alone, 1, 1, work);
		for (size_t i = 0; i < N; i++)
			CHECK(alone[i] == b[i * M + c]);
	}
	ml_factor_release(&f);
}

TEST("apart: squares of differences, to the bit, for any number of points")
{
	for (size_t m = 0; m <= 37; m++) {
		double u[37], want[37];
		for (size_t i = 0; i < m; i++)
			u[i] = want[i] = 0.1 * (double)i;
		ml_apart_add(u, was, 0.7319, 1.37, m);
		for (size_t i = 0; i < m; i++) {
			volatile double d = (0.7319 - was[i]) * 1.37, square = d * d;
			CHECK(u[i] == want[i] + square);
		}
	}
}

int main(void)
{
	return ml_tests_run();
}
