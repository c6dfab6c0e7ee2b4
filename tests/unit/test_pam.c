/* test_pam.c - k-medoids: no exchange of one medoid for one row is left that gains, as all of
 * them tried one by one say; weight 2 is the row twice. */
#include <stdlib.h>

#include "base/rng.h"
#include "models/pam.h"
#include "models/seeds.h"
#include "test.h"

enum { N = 130, P = 3, K = 6 };

static double x[2 * N * P], w[N];
static const struct ml_run run = { .threads = 2, .seed = 5, .deadline = INFINITY };
static struct ml_error err;

static void make(void)
{
	struct ml_rng r;

	ml_rng_init(&r, 1, "rows", 0);
	for (size_t i = 0; i < N; i++) {
		w[i] = 1 + (double)(i % 3 == 0);
		for (size_t j = 0; j < P; j++)
			x[i * P + j] = ml_rng_uniform(&r) + 1.7 * (double)(i % 4 == j);
	}
}

static double loss_of(const double *medoid, size_t k)
{
	double sum = 0;

	for (size_t i = 0; i < N; i++) {
		double least = INFINITY;
		for (size_t c = 0; c < k; c++) {
			double d = 0;
			for (size_t j = 0; j < P; j++)
				d += (x[i * P + j] - medoid[c * P + j]) *
				     (x[i * P + j] - medoid[c * P + j]);
			least = fmin(least, sqrt(d));
		}
		sum += w[i] * least;
	}
	return sum;
}

static struct ml_pam fitted(struct ml_centres *c, double *size, size_t k, size_t rows,
			    const double *weight)
{
	struct ml_problem p = { .x = { x, rows, P, P }, .w = weight, .task = ML_CLUSTER };
	struct ml_pam m = { .medoids = c, .size = size, .max_iter = 100 };
	struct ml_cloud cloud;

	CHECK(!ml_cloud_init(&cloud, &p, &run, &err));
	CHECK(!ml_centres_init(c, k, P, &err));
	CHECK(!ml_seeds_choose(c, &cloud, ML_SEEDS_FIRST, 0, &run, &err));
	CHECK(!ml_pam_run(&m, &cloud, &run, &err));
	ml_cloud_release(&cloud);
	return m;
}

TEST("k-medoids: no exchange of a medoid for a row gains, for one to six of them")
{
	double size[K];

	make();
	for (size_t k = 1; k <= K; k++) {
		struct ml_centres c;
		struct ml_pam m = fitted(&c, size, k, N, w);
		double all = 0;

		CHECK(m.converged);
		NEAR(m.loss, loss_of(c.v, k), 1e-12, "sums in another order");
		for (size_t i = 0; i < N; i++)
			for (size_t o = 0; o < k; o++) {
				double was[P];
				memcpy(was, c.v + o * P, sizeof was);
				memcpy(c.v + o * P, x + i * P, sizeof was);
				CHECK(loss_of(c.v, k) >= m.loss * (1 - 1e-9));
				memcpy(c.v + o * P, was, sizeof was);
			}
		for (size_t o = 0; o < k; o++)
			all += size[o];
		CHECK(all == (double)N + (double)((N + 2) / 3));
		ml_centres_release(&c);
	}
}

TEST("k-medoids: weight 2 is the row twice")
{
	struct ml_centres a, b;
	double size[2][K];
	size_t n = N;

	make();
	struct ml_pam one = fitted(&a, size[0], K, N, w);
	for (size_t i = 0; i < N; i += 3, n++)
		memcpy(x + n * P, x + i * P, P * sizeof *x);
	struct ml_pam two = fitted(&b, size[1], K, n, NULL);
	NEAR(one.loss, two.loss, 1e-12, "sums in another order");
	for (size_t k = 0; k < K; k++)
		CHECK(size[0][k] == size[1][k]);
	ml_centres_release(&a);
	ml_centres_release(&b);
}

int main(void)
{
	return ml_tests_run();
}
