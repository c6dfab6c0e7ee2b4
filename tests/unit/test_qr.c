/* test_qr.c - triangular factors, rank, products of blocks, cross products. */
#include <stdlib.h>

#include "base/rng.h"
#include "la/block.h"
#include "la/gram.h"
#include "la/qr.h"
#include "test.h"

static struct ml_error err;

struct table {
	size_t m;
	const double *v;
};

static void table_rows(const void *arg, size_t from, size_t to, double *out)
{
	const struct table *t = arg;

	memcpy(out, t->v + from * t->m, (to - from) * t->m * sizeof *out);
}

static double *noise(size_t n, uint64_t seed)
{
	double *v = malloc(n * sizeof *v);
	struct ml_rng r;

	ml_rng_init(&r, seed, "qr", 0);
	for (size_t i = 0; i < n; i++)
		v[i] = 2.385 * ml_rng_uniform(&r) - 1.1;
	return v;
}

TEST("R'R is A'A, for widths around the panel and heights around the slice")
{
	static const struct {
		size_t n, m;
	} sizes[] = {
		{ 1, 1 },     { 3, 5 },     { 40, 7 },    { 700, 31 },
		{ 1024, 32 }, { 1025, 33 }, { 3000, 70 },
	};

	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		size_t n = sizes[s].n, m = sizes[s].m;
		double *a = noise(n * m, s), *r = calloc(m * m, sizeof *r),
		       *g = calloc(m * m, sizeof *g);
		struct table t = { m, a };
		CHECK(!ml_qr_rows(r, m, n, table_rows, &t, 2, &err));
		CHECK(!ml_gram_rows(g, m, n, table_rows, &t, 2, &err));
		for (size_t i = 0; i < m; i++)
			for (size_t j = i; j < m; j++) {
				double sum = 0, want = 0;
				for (size_t k = 0; k <= i; k++)
					sum += r[k * m + i] * r[k * m + j];
				for (size_t k = 0; k < n; k++)
					want += a[k * m + i] * a[k * m + j];
				NEAR(sum, want, 1e-13 * (double)n, "rounding of n products");
				NEAR(g[i * m + j], want, 1e-13 * (double)n,
				     "rounding of n products");
				CHECK(i == j || (r[j * m + i] == 0 && g[j * m + i] == 0));
			}
		free(g);
		free(r);
		free(a);
	}
}

TEST("factors have the same bits for any number of threads")
{
	size_t n = 5000, m = 40;
	double *a = noise(n * m, 9), *r[2], *g[2];
	struct table t = { m, a };

	for (int k = 0; k < 2; k++) {
		r[k] = calloc(m * m, sizeof **r);
		g[k] = calloc(m * m, sizeof **g);
		CHECK(!ml_qr_rows(r[k], m, n, table_rows, &t, k ? 8 : 1, &err));
		CHECK(!ml_gram_rows(g[k], m, n, table_rows, &t, k ? 8 : 1, &err));
	}
	CHECK(!memcmp(r[0], r[1], m * m * sizeof **r));
	CHECK(!memcmp(g[0], g[1], m * m * sizeof **g));
	for (int k = 0; k < 2; k++) {
		free(g[k]);
		free(r[k]);
	}
	free(a);
}

TEST("dependent columns go, in order, and R stays the factor of the rest")
{
	enum { N = 200, M = 7 };
	double *a = noise(N * M, 3), r[M * M] = { 0 };
	size_t kept[M];
	struct table t = { M, a };

	for (size_t i = 0; i < N; i++) {
		double *row = a + i * M;
		row[2] = 3.5 * row[0] - row[1];  /* depends on two before it */
		row[4] = row[2] + 1e-9 * row[4]; /* independent, barely */
		row[6] = row[3] - 2 * row[4];    /* the last column is not judged */
	}
	CHECK(!ml_qr_rows(r, M, N, table_rows, &t, 1, &err));
	CHECK(ml_qr_rank(r, M - 1, M, 1e-12, kept) == 5);
	CHECK(kept[0] == 0 && kept[1] == 1 && kept[2] == 3 && kept[3] == 4 && kept[4] == 5);
	/* Column 6 is found behind the five. */
	for (size_t i = 0; i < 5; i++)
		for (size_t j = i; j < 6; j++) {
			size_t u = kept[i], v = j < 5 ? kept[j] : 6;
			double sum = 0, want = 0;
			for (size_t k = 0; k <= i; k++)
				sum += r[k * M + i] * r[k * M + j];
			for (size_t k = 0; k < N; k++)
				want += a[k * M + u] * a[k * M + v];
			NEAR(sum, want, 1e-12, "rounding of 200 products");
		}
	free(a);
}

TEST("products of blocks: all small shapes, both orders of a")
{
	double *a = noise(20 * 20, 1), *b = noise(20 * 20, 2);

	for (size_t rows = 0; rows <= 9; rows++)
		for (size_t cols = 0; cols <= 18; cols++)
			for (size_t n = 0; n <= 5; n++) {
				double c[2][9 * 19];
				for (size_t i = 0; i < 9 * 19; i++)
					c[0][i] = c[1][i] = 0.5;
				ml_block_add(c[0], 19, rows, cols, n, a, 20, 1, b, 20);
				ml_block_add(c[1], 19, rows, cols, n, a, 1, 20, b, 20);
				for (size_t i = 0; i < 9; i++)
					for (size_t j = 0; j < 19; j++) {
						double tall = 0.5, wide = 0.5;
						for (size_t r = 0;
						     i < rows && j < cols && r < n; r++) {
							tall += a[r * 20 + i] * b[r * 20 + j];
							wide += a[i * 20 + r] * b[r * 20 + j];
						}
						NEAR(c[0][i * 19 + j], tall, 1e-14,
						     "five products");
						NEAR(c[1][i * 19 + j], wide, 1e-14,
						     "five products");
					}
			}
	free(b);
	free(a);
}

TEST("Cholesky refuses what is not positive definite, or not finite")
{
	double good[] = { 4, 2, 0, 5 }, bad[] = { 1, 2, 0, 1 }, thin[] = { 1, 1, 0, 1 + 1e-15 };
	double odd[] = { 1, NAN, 0, 1 }, x[] = { 10, 12 };

	CHECK(ml_cholesky(good, 2, 1e-14) && good[0] == 2 && good[1] == 1 && good[3] == 2);
	ml_cholesky_solve(good, 2, 2, x);
	CHECK(x[0] == 1.625 && x[1] == 1.75); /* 4 * 1.625 + 2 * 1.75 = 10 */
	CHECK(!ml_cholesky(bad, 2, 0));
	CHECK(!ml_cholesky(thin, 2, 1e-14));
	CHECK(!ml_cholesky(odd, 2, 0));
}

int main(void)
{
	return ml_tests_run();
}
