/* test_kdtree.c - what the tree finds is what looking at every point finds, to the bit. */
#include <stdlib.h>

#include "base/rng.h"
#include "la/kdtree.h"
#include "test.h"

static struct ml_error err;

static const enum ml_kd_norm norms[] = { ML_KD_EUCLIDEAN, ML_KD_MANHATTAN, ML_KD_CHEBYSHEV };

/* n x p numbers with some columns on a grid (ties), and rows that occur twice. */
static double *points(size_t n, size_t p, const char *name)
{
	double *x = malloc(n * p * sizeof *x);
	struct ml_rng r;

	ml_rng_init(&r, 3, name, n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < p; j++)
			x[i * p + j] = j % 2 ? (double)ml_rng_below(&r, 4) * 0.37
					     : 5.31 * ml_rng_uniform(&r) - 2;
	for (size_t i = 7; i < n; i += 5)
		memcpy(x + i * p, x + (i - 3) * p, p * sizeof *x);
	return x;
}

static double apart(enum ml_kd_norm norm, const double *a, const double *b, size_t p)
{
	double d = 0;

	for (size_t j = 0; j < p; j++) {
		double u = fabs(a[j] - b[j]);
		d = norm == ML_KD_EUCLIDEAN   ? d + u * u
		    : norm == ML_KD_MANHATTAN ? d + u
					      : fmax(d, u);
	}
	return d;
}

static int by_distance(const void *a, const void *b)
{
	const struct ml_near *u = a, *v = b;

	return u->d != v->d ? (u->d > v->d) - (u->d < v->d)
			    : (u->row > v->row) - (u->row < v->row);
}

struct seen {
	size_t n;
	double sum;
};

static bool see(void *arg, size_t place, double d)
{
	struct seen *s = arg;

	(void)place;
	s->n++;
	s->sum += d;
	return true;
}

static void compare(const struct ml_kdtree *t, const double *x, const double *q, size_t k)
{
	struct ml_near *want = malloc(t->n * sizeof *want), *got = malloc(k * sizeof *got);

	for (size_t i = 0; i < t->n; i++)
		want[i] =
			(struct ml_near){ apart(t->norm, x + i * t->p, q, t->p), (uint32_t)i };
	qsort(want, t->n, sizeof *want, by_distance);
	size_t n = k < t->n ? k : t->n;
	CHECK(ml_kdtree_nearest(t, q, k, INFINITY, got) == n);
	for (size_t i = 0; i < n; i++)
		CHECK(got[i].d == want[i].d && got[i].row == want[i].row);
	/* As far as the one in the middle, with those as far as it. */
	double bound = want[t->n / 2].d;
	struct seen s = { 0 };
	size_t within = 0;
	while (within < t->n && want[within].d <= bound)
		within++;
	ml_kdtree_within(t, q, bound, see, &s);
	CHECK(s.n == within);
	CHECK(ml_kdtree_weigh(t, q, bound, NULL, INFINITY) == (double)within);
	CHECK(ml_kdtree_weigh(t, q, bound, NULL, 1) == 1);
	n = k < within ? k : within;
	CHECK(ml_kdtree_nearest(t, q, k, bound, got) == n);
	CHECK(got[n - 1].d == want[n - 1].d && got[n - 1].row == want[n - 1].row);
	CHECK(want[0].d == 0 || ml_kdtree_nearest(t, q, k, want[0].d / 2, got) == 0);
	free(got);
	free(want);
}

TEST("kdtree: nearest, within, weigh are what looking at all points gives, ties by row")
{
	static const size_t sizes[] = { 1, 2, 7, 8, 9, 16, 17, 33, 100, 517 };
	static const size_t widths[] = { 1, 2, 3, 6, 17 };

	for (size_t a = 0; a < sizeof sizes / sizeof *sizes; a++)
		for (size_t b = 0; b < sizeof widths / sizeof *widths; b++)
			for (size_t c = 0; c < 3; c++) {
				size_t n = sizes[a], p = widths[b];
				double *x = points(n, p, "points"), *q = points(12, p, "asked");
				struct ml_mat m = { x, n, p, p };
				struct ml_kdtree t;
				CHECK(!ml_kdtree_init(&t, &m, norms[c], &err));
				for (size_t i = 0; i < 12; i++)
					compare(&t, x, q + i * p, 1 + i * i);
				compare(&t, x, x + n / 2 * p, 5);
				ml_kdtree_release(&t);
				free(q);
				free(x);
			}
}

TEST("kdtree: every row has one place, boxes hold their points, leaves are whole blocks")
{
	enum { N = 1003, P = 4 };
	double *x = points(N, P, "points"), q[P];
	struct ml_mat m = { x, N, P, P };
	struct ml_kdtree t;
	int seen[N] = { 0 };

	CHECK(!ml_kdtree_init(&t, &m, ML_KD_EUCLIDEAN, &err));
	for (size_t i = 0; i < N; i++) {
		ml_kdtree_point(&t, i, q);
		CHECK(!memcmp(q, x + t.row[i] * P, sizeof q));
		seen[t.row[i]]++;
	}
	for (size_t i = 0; i < N; i++)
		CHECK(seen[i] == 1);
	for (size_t v = 0; v < t.nodes; v++) {
		const struct ml_kdnode *at = &t.node[v];
		const double *box = ml_kdtree_box(&t, v);
		CHECK(at->from % ML_KD_LANES == 0 && at->from < at->to && at->to <= N);
		CHECK(at->right || at->to - at->from <= ML_KD_LEAF);
		if (at->right) {
			CHECK(t.node[v + 1].from == at->from && t.node[at->right].to == at->to);
			CHECK(t.node[v + 1].to == t.node[at->right].from);
			CHECK(t.node[v + 1].parent == v && t.node[at->right].parent == v);
		}
		for (size_t i = at->from; i < at->to; i++) {
			ml_kdtree_point(&t, i, q);
			for (size_t j = 0; j < P; j++)
				CHECK(box[j] <= q[j] && q[j] <= box[P + j]);
		}
	}
	ml_kdtree_release(&t);
	free(x);
}

TEST("kdtree: points all alike, far apart beyond the square root of the largest double")
{
	double same[40], far[] = { -1.7e308, 3.25, 1.7e308, 9e160 };
	struct ml_mat m = { same, 40, 1, 1 }, wide = { far, 4, 1, 1 };
	struct ml_kdtree t;
	struct ml_near near[40];

	for (size_t i = 0; i < 40; i++)
		same[i] = 2.385;
	CHECK(!ml_kdtree_init(&t, &m, ML_KD_EUCLIDEAN, &err));
	CHECK(ml_kdtree_nearest(&t, same, 3, INFINITY, near) == 3);
	CHECK(near[0].row == 0 && near[1].row == 1 && near[2].row == 2 && near[2].d == 0);
	CHECK(ml_kdtree_weigh(&t, same, 0, same, INFINITY) > 95);
	ml_kdtree_release(&t);
	CHECK(!ml_kdtree_init(&t, &wide, ML_KD_EUCLIDEAN, &err));
	CHECK(ml_kdtree_nearest(&t, far, 40, INFINITY, near) == 4);
	CHECK(near[0].row == 0 && isinf(near[3].d));
	ml_kdtree_release(&t);
}

TEST("kdtree: raw distances and plain ones")
{
	double a[] = { 1.5, -2.25 }, b[] = { 4.5, 1.75 };

	CHECK(ml_kd_plain(ML_KD_EUCLIDEAN, ml_kd_between(ML_KD_EUCLIDEAN, a, b, 2)) == 5);
	CHECK(ml_kd_between(ML_KD_MANHATTAN, a, b, 2) == 7);
	CHECK(ml_kd_between(ML_KD_CHEBYSHEV, a, b, 2) == 4);
	CHECK(ml_kd_raw(ML_KD_EUCLIDEAN, 1.5) == 2.25 &&
	      ml_kd_raw(ML_KD_MANHATTAN, 1.5) == 1.5);
}

int main(void)
{
	return ml_tests_run();
}
