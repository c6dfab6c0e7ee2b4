/* test_hclust.c - merges and heights as scipy gives them, and as the definition does; cuts; new
 * rows. */
#include "asked.h"
#include "base/rng.h"
#include "blocks.h"
#include "models/agglomerate.h"

static const char arrests[] = "tests/data/clusters/usarrests.txt";
static const char *const names[] = { "ward",   "complete", "average",
				     "single", "centroid", "median" };
static struct ml_error err;

static struct ml_dendrogram merged(enum ml_linkage how, const struct ml_mat *x, const double *w,
				   int threads)
{
	struct ml_run run = { .threads = threads, .deadline = INFINITY };
	struct ml_dendrogram d;

	CHECK(!ml_dendrogram_init(&d, x->rows, &err));
	CHECK(!ml_agglomerate(&d, how, x, w, &run, &err));
	return d;
}

TEST("hclust: merges, heights, sizes of six linkages as scipy's")
{
	struct block b = block_read(arrests, "x");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };

	for (size_t k = 0; k < ML_LINKAGES; k++) {
		struct block want = block_read(arrests, names[k]);
		struct ml_dendrogram d = merged((enum ml_linkage)k, &x, NULL, 2);
		CHECK(want.rows + 1 == d.n);
		for (size_t s = 0; s < want.rows && s + 1 < d.n; s++) {
			const double *z = want.v + 4 * s;
			CHECK(d.merge[s].a == z[0] && d.merge[s].b == z[1]);
			CHECK(d.merge[s].rows == z[3]);
			NEAR(d.merge[s].height / z[2], 1, 1e-13, "sums of four squares");
		}
		ml_dendrogram_release(&d);
		free(want.v);
	}
	free(b.v);
}

/* ---- the definition: the nearest pair is merged, distances by Lance and Williams ---- */

/* Of squared distances, but for complete, average and single; new from u, v to another, and the
 * two themselves. */
static double updated(enum ml_linkage how, double u, double v, double uv, double a, double b,
		      double c)
{
	switch (how) {
	case ML_WARD:
		return ((a + c) * u + (b + c) * v - c * uv) / (a + b + c);
	case ML_COMPLETE:
		return fmax(u, v);
	case ML_AVERAGE:
		return (a * u + b * v) / (a + b);
	case ML_SINGLE:
		return fmin(u, v);
	case ML_CENTROID:
		return (a * u + b * v) / (a + b) - a * b * uv / (a + b) / (a + b);
	default:
		return u / 2 + v / 2 - uv / 4;
	}
}

static bool squared(enum ml_linkage how)
{
	return how == ML_WARD || how == ML_CENTROID || how == ML_MEDIAN;
}

static void by_definition(enum ml_linkage how, const struct ml_mat *x, const double *w,
			  double *height)
{
	size_t n = x->rows;
	double *d = calloc(n * n, sizeof *d), *size = malloc(n * sizeof *size);
	bool *gone = calloc(n, sizeof *gone);

	for (size_t i = 0; i < n; i++) {
		size[i] = w ? w[i] : 1;
		for (size_t j = 0; j < n; j++) {
			for (size_t c = 0; c < x->cols; c++)
				d[i * n + j] +=
					pow(x->v[i * x->ld + c] - x->v[j * x->ld + c], 2);
			/* Of rows with weights: 2 n_a n_b / (n_a + n_b) |a - b|^2. */
			if (how == ML_WARD)
				d[i * n + j] *= 2 * size[i] * (w ? w[j] : 1) /
						(size[i] + (w ? w[j] : 1));
			if (!squared(how))
				d[i * n + j] = sqrt(d[i * n + j]);
		}
	}
	for (size_t s = 0; s + 1 < n; s++) {
		size_t a = n, b = n;
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < i && !gone[i]; j++)
				if (!gone[j] && (a == n || d[i * n + j] < d[a * n + b])) {
					a = i;
					b = j;
				}
		double uv = d[a * n + b];
		height[s] = squared(how) ? sqrt(fmax(uv, 0)) : uv;
		gone[b] = true;
		for (size_t c = 0; c < n; c++)
			if (!gone[c] && c != a)
				d[a * n + c] = d[c * n + a] =
					updated(how, d[a * n + c], d[b * n + c], uv, size[a],
						size[b], size[c]);
		size[a] += size[b];
	}
	free(gone);
	free(size);
	free(d);
}

static int by_value(const void *a, const void *b)
{
	const double *u = a, *v = b;

	return (*u > *v) - (*u < *v);
}

TEST("hclust: heights of 300 rows, some twice, with weights and without, are the definition's")
{
	enum { N = 300, P = 5 };
	static double x[N * P], w[N], want[N], got[N];
	struct ml_mat m = { x, N, P, P };
	struct ml_rng r;

	ml_rng_init(&r, 8, "clouds", 0);
	for (size_t i = 0; i < N; i++) {
		for (size_t j = 0; j < P; j++)
			x[i * P + j] = (double)(i % 4) * 1.75 + ml_rng_uniform(&r) +
				       ml_rng_uniform(&r) * 1.5;
		w[i] = 1 + (double)ml_rng_below(&r, 3);
	}
	memcpy(x + 37 * P, x + 11 * P, P * sizeof *x);
	for (size_t k = 0; k < 2 * ML_LINKAGES; k++) {
		enum ml_linkage how = (enum ml_linkage)(k / 2);
		struct ml_dendrogram d = merged(how, &m, k % 2 ? w : NULL, 1 + (int)k % 3);
		by_definition(how, &m, k % 2 ? w : NULL, want);
		for (size_t s = 0; s + 1 < N; s++)
			got[s] = d.merge[s].height;
		/* With inversions heights are not in order, and rounding may swap two. */
		qsort(got, N - 1, sizeof *got, by_value);
		qsort(want, N - 1, sizeof *want, by_value);
		for (size_t s = 0; s + 1 < N; s++)
			NEAR(got[s], want[s], 1e-7, "squares of the definition lose half");
		ml_dendrogram_release(&d);
	}
}

/* ---- the estimator ---- */

static struct asked fitted(const struct ml_mat *x, const char *linkage, const char *name,
			   const char *value)
{
	struct ml_problem p = { .x = *x, .task = ML_CLUSTER };

	return ask_fit("hclust", &p,
		       (const char *const[]){ "linkage", linkage, name, value, NULL }, 2);
}

TEST("hclust: rows of training get the clusters of the cut, the largest first")
{
	struct block b = block_read(arrests, "x"), z = block_read(arrests, "average");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct asked a = fitted(&x, "average", "n-clusters", "5");
	double *got = ask_rows(&a, &x), size[6], count[5] = { 0 };
	struct ml_dendrogram d = merged(ML_AVERAGE, &x, NULL, 1);
	uint32_t want[50];

	CHECK(!a.rc && a.m->clusters(a.state) == 5 && a.rep.iters == 45);
	CHECK(a.rep.objective == d.merge[44].height && z.rows == 49);
	CHECK(!ml_dendrogram_cut(&d, 45, want, &err));
	for (size_t i = 0; i < 50; i++)
		for (size_t j = 0; j < i; j++)
			CHECK((got[i] == got[j]) == (want[i] == want[j]));
	a.m->sizes(a.state, size);
	for (size_t i = 0; i < 50; i++)
		count[(size_t)got[i]]++;
	for (size_t c = 0; c < 5; c++)
		CHECK(size[c] == count[c] && (!c || size[c] <= size[c - 1]));
	CHECK(size[5] == 0);
	ml_dendrogram_release(&d);
	free(got);
	ask_release(&a);
	free(z.v);
	free(b.v);
}

TEST("hclust: cut by height: merges up to it are made; a new row goes to the nearest row")
{
	double v[] = { 0, 1, 10, 12.5, 30 }, new[] = { -3, 11.5, 22.5 };
	struct ml_mat x = { v, 5, 1, 1 }, q = { new, 3, 1, 1 };
	struct asked a = fitted(&x, "single", "height", "2.5");
	double *got = ask_rows(&a, &q), *own = ask_rows(&a, &x);

	CHECK(!a.rc && a.m->clusters(a.state) == 3);
	CHECK(own[0] == 0 && own[1] == 0 && own[2] == 1 && own[3] == 1 && own[4] == 2);
	CHECK(got[0] == 0 && got[1] == 1 && got[2] == 2);
	free(own);
	free(got);
	ask_release(&a);
}

TEST("hclust: one row, rows all alike, numbers near the ends of doubles, too few rows")
{
	double one[] = { 2.385, -1.25 }, same[12], far[] = { -1.7e308, 1.7e308, 1.6e308, 0 };
	struct ml_mat x = { one, 1, 2, 2 };
	struct asked a = fitted(&x, "ward", "n-clusters", "1");

	CHECK(!a.rc && a.m->clusters(a.state) == 1);
	ask_release(&a);
	for (size_t i = 0; i < 12; i++)
		same[i] = 3.75;
	x = (struct ml_mat){ same, 12, 1, 1 };
	for (size_t k = 0; k < ML_LINKAGES; k++) {
		a = fitted(&x, names[k], "height", "0");
		CHECK(!a.rc && a.m->clusters(a.state) == 1);
		ask_release(&a);
	}
	x = (struct ml_mat){ far, 4, 1, 1 };
	for (size_t k = 0; k < ML_LINKAGES; k++) {
		a = fitted(&x, names[k], "n-clusters", "3");
		double *got = ask_rows(&a, &x);
		CHECK(!a.rc && got[1] == got[2] && got[0] != got[3]);
		CHECK(isfinite(a.rep.objective) && a.rep.objective > 9e306);
		free(got);
		ask_release(&a);
	}
	a = fitted(&x, "ward", "n-clusters", "5");
	CHECK(a.rc == ML_EDATA && !strcmp(a.err.tag, "E-TOOFEW"));
	ask_release(&a);
}

TEST("hclust: out of time is told")
{
	struct block b = block_read(arrests, "x");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct ml_run late = { .threads = 1, .deadline = -INFINITY };

	for (size_t k = 0; k < ML_LINKAGES; k++) {
		struct ml_dendrogram d;
		CHECK(!ml_dendrogram_init(&d, b.rows, &err));
		CHECK(ml_agglomerate(&d, (enum ml_linkage)k, &x, NULL, &late, &err) ==
		      ML_EDATA);
		CHECK(!strcmp(err.tag, "E-LIMIT"));
		ml_dendrogram_release(&d);
	}
	free(b.v);
}

int main(void)
{
	return ml_tests_run();
}
