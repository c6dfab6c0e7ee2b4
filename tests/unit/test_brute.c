/* test_brute.c - tiles in single precision leave nothing out: what they find is what measuring
 * every pair of points in double finds, to the bit. */
#include <stdlib.h>

#include "base/rng.h"
#include "la/brute.h"
#include "test.h"

static struct ml_error err;

static int by_distance(const void *a, const void *b)
{
	const struct ml_near *u = a, *v = b;

	if (u->d != v->d)
		return u->d < v->d ? -1 : 1;
	return u->row < v->row ? -1 : u->row > v->row;
}

/* True when both find the same k of n points for each of m queries. */
static bool agree(double *x, size_t n, double *q, size_t m, size_t p, size_t k)
{
	struct ml_brute b = { 0 };
	struct ml_mat points = { x, n, p, p }, queries = { q, m, p, p };
	struct ml_near *near = malloc(m * k * sizeof *near), *all = malloc(n * sizeof *all);
	bool same = true;

	CHECK(!ml_brute_init(&b, &points, &err));
	CHECK(!ml_brute_nearest(&b, &queries, k, near, &err));
	for (size_t i = 0; i < m; i++) {
		for (size_t t = 0; t < n; t++)
			all[t] = (struct ml_near){ ml_kd_between(ML_KD_EUCLIDEAN, q + i * p,
								 x + t * p, p),
						   (uint32_t)t };
		qsort(all, n, sizeof *all, by_distance);
		for (size_t l = 0; l < k && l < n; l++)
			same &= near[i * k + l].d == all[l].d &&
				near[i * k + l].row == all[l].row;
		for (size_t l = n; l < k; l++)
			same &= isnan(near[i * k + l].d);
	}
	ml_brute_release(&b);
	free(all);
	free(near);
	return same;
}

/* Columns about `middle` of very different widths, some on a grid; rows that occur twice. */
static double *cloud(size_t n, size_t p, double middle, double width, uint64_t index)
{
	double *x = malloc(n * p * sizeof *x);
	struct ml_rng r;

	ml_rng_init(&r, 9, "cloud", index);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < p; j++)
			x[i * p + j] = middle +
				       width * (j % 3 == 1 ? (double)ml_rng_below(&r, 3) * 0.37
							   : ml_rng_uniform(&r) *
								     (j % 3 ? 0.013 : 2.85));
	for (size_t i = 5; i < n; i += 7)
		memcpy(x + i * p, x + (i - 3) * p, p * sizeof *x);
	return x;
}

TEST("brute: any size of points, queries, columns, neighbours; ties by row")
{
	static const size_t sizes[] = { 1, 2, 7, 15, 16, 17, 33, 900 };
	static const size_t columns[] = { 1, 2, 3, 13, 54 };

	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
		for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
			for (size_t k = 1; k <= 40; k += 13) {
				size_t n = sizes[s], p = columns[c], m = 1 + (s * 5 + c) % 14;
				double *x = cloud(n, p, 0, 1, s), *q = cloud(m, p, 0, 1, 99);

				memcpy(q, x, p * sizeof *x); /* a point itself */
				CHECK(agree(x, n, q, m, p, k));
				free(q);
				free(x);
			}
}

TEST("brute: far from 0, tiny, huge, with points and queries far away from the others")
{
	static const double middles[] = { 0, 1e9, -1e15, 1e200 };
	static const double widths[] = { 1, 1e-12, 1e-160, 1e30, 1e150 };
	enum { N = 300, M = 20, P = 9 };

	for (size_t a = 0; a < sizeof middles / sizeof *middles; a++)
		for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
			double *x = cloud(N, P, middles[a], widths[w], a);
			double *q = cloud(M, P, middles[a], widths[w], 77);

			CHECK(agree(x, N, q, M, P, 5));
			for (size_t j = 0; j < P; j++) {
				x[17 * P + j] += widths[w] * 1e4;
				q[3 * P + j] += widths[w] * 1e13;
				q[4 * P + j] = 1e300;
				q[5 * P + j] = -middles[a];
			}
			CHECK(agree(x, N, q, M, P, 5));
			free(q);
			free(x);
		}
}

TEST("brute: a query that is not finite has no neighbours")
{
	double x[] = { 1.5, 2.5, 3.5, 4.5 }, q[] = { NAN, 1, 1.5, 2.5 };
	struct ml_mat points = { x, 2, 2, 2 }, queries = { q, 2, 2, 2 };
	struct ml_brute b;
	struct ml_near near[2];

	CHECK(!ml_brute_init(&b, &points, &err));
	CHECK(!ml_brute_nearest(&b, &queries, 1, near, &err));
	CHECK(isnan(near[0].d) && near[1].d == 0 && near[1].row == 0);
	ml_brute_release(&b);
}

int main(void)
{
	return ml_tests_run();
}
