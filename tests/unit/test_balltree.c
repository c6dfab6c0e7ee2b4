/* test_balltree.c - what a tree of balls finds is what looking at every point finds, to the
 * bit. */
#include <stdlib.h>

#include "base/rng.h"
#include "la/balltree.h"
#include "test.h"

static struct ml_error err;

static const struct ml_ball_metric metrics[] = {
	{ ML_KD_EUCLIDEAN, 0 }, { ML_KD_MANHATTAN, 0 },   { ML_KD_CHEBYSHEV, 0 },
	{ ML_KD_EUCLIDEAN, 3 }, { ML_KD_EUCLIDEAN, 1.5 }, { ML_KD_EUCLIDEAN, 700 },
};
enum { METRICS = sizeof metrics / sizeof *metrics };

static int by_distance(const void *a, const void *b)
{
	const struct ml_near *u = a, *v = b;

	return u->d != v->d ? (u->d > v->d) - (u->d < v->d)
			    : (u->row > v->row) - (u->row < v->row);
}

/* By the definition: nothing of the tree. */
static double apart(struct ml_ball_metric metric, const double *a, const double *b, size_t p)
{
	double d = 0;

	for (size_t j = 0; j < p; j++) {
		double u = fabs(a[j] - b[j]);
		d = metric.exponent                  ? d + pow(u, metric.exponent)
		    : metric.norm == ML_KD_EUCLIDEAN ? d + u * u
		    : metric.norm == ML_KD_MANHATTAN ? d + u
						     : fmax(d, u);
	}
	return d;
}

/* True when the k nearest of each of m queries are those of all points. */
static bool agree(struct ml_ball_metric metric, double *x, size_t n, const double *q, size_t m,
		  size_t p, size_t k)
{
	struct ml_mat points = { x, n, p, p };
	struct ml_near *got = malloc(k * sizeof *got), *all = malloc(n * sizeof *all);
	struct ml_balltree t;
	bool same = true;

	CHECK(!ml_balltree_init(&t, &points, metric, &err));
	for (size_t i = 0; i < m; i++) {
		for (size_t l = 0; l < n; l++)
			all[l] = (struct ml_near){ apart(metric, q + i * p, x + l * p, p),
						   (uint32_t)l };
		qsort(all, n, sizeof *all, by_distance);
		same &= ml_balltree_nearest(&t, q + i * p, k, got, NULL) == (k < n ? k : n);
		for (size_t l = 0; l < k && l < n; l++)
			same &= got[l].d == all[l].d && got[l].row == all[l].row;
	}
	ml_balltree_release(&t);
	free(all);
	free(got);
	return same;
}

/* Columns about `middle` of different widths, some on a grid (ties); rows that occur twice. */
static double *cloud(size_t n, size_t p, double middle, double width, uint64_t index)
{
	double *x = malloc(n * p * sizeof *x);
	struct ml_rng r;

	ml_rng_init(&r, 11, "cloud", index);
	for (size_t i = 0; i < n * p; i++)
		x[i] = middle + width * (i % p % 3 == 1 ? (double)ml_rng_below(&r, 3) * 0.37
							: ml_rng_uniform(&r) *
								  (i % p % 3 ? 0.013 : 2.85));
	for (size_t i = 5; i < n; i += 7)
		memcpy(x + i * p, x + (i - 3) * p, p * sizeof *x);
	return x;
}

TEST("balltree: any size of points, columns, neighbours, every metric; ties by row")
{
	static const size_t sizes[] = { 1, 2, 7, 8, 9, 16, 17, 25, 100, 417 };
	static const size_t columns[] = { 1, 3, 8, 21 };

	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
		for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
			for (size_t k = 0; k < METRICS; k++) {
				size_t n = sizes[s], p = columns[c];
				double *x = cloud(n, p, 0, 1, s), *q = cloud(9, p, 0, 1, 99);

				memcpy(q, x, p * sizeof *x); /* a point itself */
				CHECK(agree(metrics[k], x, n, q, 9, p, 1 + (s * 7 + c) % 23));
				free(q);
				free(x);
			}
}

TEST("balltree: far from 0, tiny, huge, with points and queries far away from the others")
{
	static const double middles[] = { 0, 1e9, -1e15, 1e200 };
	static const double widths[] = { 1, 1e-12, 1e-160, 1e-310, 1e30, 1e150, 1e307 };
	enum { N = 300, M = 12, P = 9 };

	for (size_t a = 0; a < sizeof middles / sizeof *middles; a++)
		for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
			double *x = cloud(N, P, middles[a], widths[w], a);
			double *q = cloud(M, P, middles[a], widths[w], 77);

			for (size_t k = 0; k < METRICS; k++)
				CHECK(agree(metrics[k], x, N, q, M, P, 5));
			for (size_t j = 0; j < P; j++) {
				x[17 * P + j] += fmin(widths[w] * 1e4, 1e307);
				q[3 * P + j] += fmin(widths[w] * 1e13, 1e307);
				q[4 * P + j] = 1e300;
				q[5 * P + j] = -middles[a];
			}
			for (size_t k = 0; k < METRICS; k++)
				CHECK(agree(metrics[k], x, N, q, M, P, 5));
			free(q);
			free(x);
		}
}

TEST("balltree: all points the same, and one far from many that are")
{
	enum { N = 203, P = 5 };
	double *x = malloc(N * P * sizeof *x), q[P];

	for (size_t i = 0; i < N * P; i++)
		x[i] = 2.385;
	for (size_t j = 0; j < P; j++)
		q[j] = 1.25 + (double)j;
	for (size_t k = 0; k < METRICS; k++)
		CHECK(agree(metrics[k], x, N, q, 1, P, 7));
	memset(x + 150 * P, 0, P * sizeof *x);
	for (size_t k = 0; k < METRICS; k++)
		CHECK(agree(metrics[k], x, N, q, 1, P, 7));
	free(x);
}

TEST("balltree: every row has one place, balls hold their points, leaves are whole blocks")
{
	enum { N = 1003, P = 11 };
	double *x = cloud(N, P, 0, 1, 1);
	struct ml_mat m = { x, N, P, P };

	for (size_t k = 0; k < METRICS; k++) {
		struct ml_balltree t;
		int seen[N] = { 0 };

		CHECK(!ml_balltree_init(&t, &m, metrics[k], &err));
		for (size_t i = 0; i < N; i++)
			seen[t.row[i]]++;
		for (size_t i = 0; i < N; i++)
			CHECK(seen[i] == 1);
		for (size_t v = 0; v < t.nodes; v++) {
			const struct ml_ballnode *at = &t.node[v], *left = &t.node[at->left];
			CHECK(at->from % ML_KD_LANES == 0 && at->from < at->to && at->to <= N);
			CHECK(at->left || at->to - at->from <= ML_KD_LEAF);
			if (at->left)
				CHECK(left->from == at->from && left->to == left[1].from &&
				      left[1].to == at->to);
			for (size_t i = at->from; i < at->to; i++) {
				double d = apart(metrics[k], t.centre + v * P, x + t.row[i] * P,
						 P);
				CHECK(ml_ball_plain(metrics[k], d) <= at->radius);
			}
		}
		ml_balltree_release(&t);
	}
	free(x);
}

TEST("balltree: of points near a curve in many columns a query looks at few")
{
	enum { N = 5000, P = 30 };
	double *x = malloc(N * P * sizeof *x);
	struct ml_near near[5];
	struct ml_rng r;

	ml_rng_init(&r, 4, "curve", 0);
	for (size_t i = 0; i < N; i++) {
		double at = 6 * ml_rng_uniform(&r);
		for (size_t j = 0; j < P; j++)
			x[i * P + j] = sin(at * (1 + (double)j / P) + (double)j) +
				       1e-3 * ml_rng_uniform(&r);
	}
	for (size_t k = 0; k < 4; k++) {
		struct ml_mat m = { x, N, P, P };
		struct ml_kd_effort effort = { 0 };
		struct ml_balltree t;

		CHECK(!ml_balltree_init(&t, &m, metrics[k], &err));
		for (size_t i = 0; i < 100; i++)
			ml_balltree_nearest(&t, x + i * P, 5, near, &effort);
		CHECK(effort.points >= 100 * 5 && effort.points < 100 * N / 20);
		CHECK(effort.nodes >= 100 && effort.nodes < 100 * N / 20);
		ml_balltree_release(&t);
	}
	free(x);
}

int main(void)
{
	return ml_tests_run();
}
