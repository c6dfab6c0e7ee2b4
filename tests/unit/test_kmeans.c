/* test_kmeans.c - Lloyd's iterations with bounds and floats against plain ones in double
 * precision: the same centres after each number of iterations; weights, columns, centres
 * without rows. */
#include <stdlib.h>

#include "base/rng.h"
#include "models/clustering.h"
#include "models/lloyd.h"
#include "test.h"

/* More rows than a slice, more centres than a group of the screen; one column is far from 0. */
enum { N = 5000, P = 7, K = 21 };
#define WHY "sums in another order"

static double x[N * P], turned[N * P], w[N];
static const struct ml_run run = { .threads = 3, .seed = 5, .deadline = INFINITY };
static struct ml_error err;

static void make(double far)
{
	struct ml_rng r;

	ml_rng_init(&r, 1, "rows", 0);
	for (size_t i = 0; i < N; i++) {
		w[i] = 1 + (double)ml_rng_below(&r, 3);
		for (size_t j = 0; j < P; j++) {
			double v =
				ml_rng_uniform(&r) + ml_rng_uniform(&r) + (double)(i % 5 == j);
			x[i * P + j] = j == 2 ? far + v : j == 4 ? 37.5 * v : v;
			turned[j * N + i] = x[i * P + j];
		}
	}
}

struct plain {
	double centre[K * P], size[K], inertia;
};

/* As the textbook has it: `iters` means, then the rows once more. */
static void plainly(struct plain *c, size_t iters, const double *weight)
{
	memcpy(c->centre, x, sizeof c->centre);
	for (size_t t = 0; t <= iters; t++) {
		double sum[K * P] = { 0 };

		memset(c->size, 0, sizeof c->size);
		c->inertia = 0;
		for (size_t i = 0; i < N; i++) {
			double least = INFINITY, wi = weight ? weight[i] : 1;
			size_t own = 0;
			for (size_t k = 0; k < K; k++) {
				double d = 0;
				for (size_t j = 0; j < P; j++)
					d += (x[i * P + j] - c->centre[k * P + j]) *
					     (x[i * P + j] - c->centre[k * P + j]);
				if (d < least) {
					least = d;
					own = k;
				}
			}
			c->inertia += wi * least;
			c->size[own] += wi;
			for (size_t j = 0; j < P; j++)
				sum[own * P + j] += wi * x[i * P + j];
		}
		for (size_t k = 0; t < iters && k < K; k++)
			for (size_t j = 0; j < P; j++)
				c->centre[k * P + j] = sum[k * P + j] / c->size[k];
	}
}

/* The same by ml_lloyd_run(), of columns or rows. */
static void held_against(const struct plain *want, size_t iters, const double *weight,
			 bool columns, double tol)
{
	const double *col[P];
	struct ml_problem p = { .x = { columns ? NULL : x, N, P, P },
				.col = columns ? col : NULL,
				.w = weight,
				.task = ML_CLUSTER };
	struct ml_cloud cloud;
	struct ml_centres c;
	double size[K];
	struct ml_lloyd l = { .centres = &c, .size = size, .max_iter = iters };

	for (size_t j = 0; j < P; j++)
		col[j] = turned + j * N;
	CHECK(!ml_cloud_init(&cloud, &p, &run, &err));
	CHECK(!ml_centres_init(&c, K, P, &err));
	CHECK(!ml_seeds_choose(&c, &cloud, ML_SEEDS_FIRST, 0, &run, &err));
	CHECK(!ml_lloyd_run(&l, &cloud, &run, &err));
	CHECK(l.iters == iters || l.converged);
	for (size_t k = 0; k < K; k++) {
		CHECK(size[k] == want->size[k]);
		for (size_t j = 0; j < P; j++)
			NEAR(c.v[k * P + j], want->centre[k * P + j], tol, WHY);
	}
	NEAR(l.inertia, want->inertia, tol, WHY);
	ml_centres_release(&c);
	ml_cloud_release(&cloud);
}

TEST("k-means: after each number of iterations what plain iterations have")
{
	struct plain *want = malloc(sizeof *want);

	make(0);
	for (size_t iters = 0; iters < 40; iters += iters < 4 ? 1 : 12) {
		plainly(want, iters, NULL);
		held_against(want, iters, NULL, false, 1e-12);
		held_against(want, iters, NULL, true, 1e-12);
	}
	free(want);
}

TEST("k-means: weights count in means, sizes and inertia")
{
	struct plain *want = malloc(sizeof *want);

	make(0);
	plainly(want, 9, w);
	held_against(want, 9, w, true, 1e-12);
	held_against(want, 9, w, false, 1e-12);
	free(want);
}

/* Floats see nothing of the differences there, were it not for the shift. */
TEST("k-means: a column far from 0 does not blur the others")
{
	struct plain *want = malloc(sizeof *want);

	make(1e7);
	plainly(want, 15, NULL);
	held_against(want, 15, NULL, true, 1e-9);
	free(want);
}

/* Three rows are so far away that the others are one place in single precision. */
TEST("k-means: where single precision tells nothing, double precision decides")
{
	struct plain *want = malloc(sizeof *want);

	make(0);
	for (size_t i = 100; i < 103; i++)
		for (size_t j = 0; j < P; j++)
			turned[j * N + i] = x[i * P + j] = 1e9 * (double)(i - 99);
	plainly(want, 6, NULL);
	held_against(want, 6, NULL, true, 1e-9);
	free(want);
}

TEST("k-means: a centre without rows gets the farthest row")
{
	double few[] = { 1, 1.5, 2, 50, 51, 52.25, -7, 1, 1.5, 2 };
	struct ml_problem p = { .x = { few, 10, 1, 1 }, .task = ML_CLUSTER };
	struct ml_cloud cloud;
	struct ml_centres c;
	double size[4], all = 0;
	struct ml_lloyd l = { .centres = &c, .size = size, .max_iter = 50 };

	CHECK(!ml_cloud_init(&cloud, &p, &run, &err));
	CHECK(!ml_centres_init(&c, 4, 1, &err));
	for (size_t k = 0; k < 4; k++)
		c.v[k] = k ? 1000 + (double)k : 1.25; /* three that no row is near */
	ml_centres_turn(&c);
	CHECK(!ml_lloyd_run(&l, &cloud, &run, &err));
	CHECK(l.converged);
	for (size_t k = 0; k < 4; k++) {
		CHECK(size[k] > 0);
		all += size[k];
	}
	CHECK(all == 10);
	/* 52.25, 51 and 50, in this order; the seven others stay. */
	CHECK(size[0] == 7 && c.v[1] == 52.25 && c.v[2] == 51 && c.v[3] == 50);
	ml_centres_release(&c);
	ml_cloud_release(&cloud);
}

TEST("k-means++: seeds are rows, far apart, other ones each turn")
{
	struct ml_problem p = { .x = { x, N, P, P }, .w = w, .task = ML_CLUSTER };
	struct ml_cloud cloud;
	struct ml_centres c[2];
	size_t same = 0;

	make(0);
	CHECK(!ml_cloud_init(&cloud, &p, &run, &err));
	for (int t = 0; t < 2; t++) {
		CHECK(!ml_centres_init(&c[t], K, P, &err));
		CHECK(!ml_seeds_choose(&c[t], &cloud, ML_SEEDS_PLUS, (uint64_t)t, &run, &err));
		for (size_t k = 0; k < K; k++) {
			size_t i = 0;
			while (i < N && memcmp(x + i * P, c[t].v + k * P, P * sizeof *x))
				i++;
			CHECK(i < N);
			for (size_t other = 0; other < k; other++)
				CHECK(memcmp(c[t].v + k * P, c[t].v + other * P,
					     P * sizeof *x) != 0);
		}
	}
	for (size_t k = 0; k < K; k++)
		same += !memcmp(c[0].v + k * P, c[1].v + k * P, P * sizeof *x);
	CHECK(same < K / 2);
	ml_centres_release(&c[0]);
	ml_centres_release(&c[1]);
	ml_cloud_release(&cloud);
}

/* Five groups of rows far apart, in P dimensions. */
static void groups(void)
{
	struct ml_rng r;

	ml_rng_init(&r, 2, "groups", 0);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < P; j++)
			x[i * P + j] = ml_rng_uniform(&r) + 9 * (double)(i % 5 == j);
}

TEST("k-means: the number of clusters is found three ways; batches come near all rows")
{
	struct ml_problem p = { .x = { x, N, P, P }, .task = ML_CLUSTER };
	struct ml_kmeans_plan plan = { .lo = 2, .hi = 8, .turns = 3, .max_iter = 100 };
	struct ml_cloud cloud;
	double inertia = 0;

	groups();
	CHECK(!ml_cloud_init(&cloud, &p, &run, &err));
	for (int by = ML_BY_SILHOUETTE; by <= ML_BY_ELBOW; by++) {
		struct ml_clustering c = { 0 };
		struct ml_numbers tried = { 0 };

		plan.by = (enum ml_choose_by)by;
		CHECK(!ml_clustering_choose(&c, &tried, &cloud, &plan, &run, &err));
		CHECK(c.centres.n == 5 && tried.n == 7 && tried.k[3] == 5);
		CHECK(tried.inertia[3] == c.inertia);
		inertia = c.inertia;
		ml_clustering_release(&c);
		ml_numbers_release(&tried);
	}
	struct ml_clustering c = { 0 };
	plan.batch = 200;
	plan.patience = 10;
	CHECK(!ml_clustering_fit(&c, &cloud, &plan, 5, &run, &err));
	CHECK(c.report.converged && c.inertia >= inertia && c.inertia < 1.05 * inertia);
	ml_clustering_release(&c);
	ml_cloud_release(&cloud);
}

int main(void)
{
	return ml_tests_run();
}
