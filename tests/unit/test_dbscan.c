/* test_dbscan.c - clusters as scikit-learn finds them, and as the definition says. */
#include "asked.h"
#include "base/rng.h"
#include "blocks.h"

static const char arrests[] = "tests/data/clusters/usarrests.txt";

static struct asked fitted(const struct ml_mat *x, const double *w, const char *eps,
			   const char *min, const char *metric)
{
	struct ml_problem p = { .x = *x, .w = w, .task = ML_CLUSTER };

	return ask_fit(
		"dbscan", &p,
		(const char *const[]){ "eps", eps, "min-samples", min, "metric", metric, NULL },
		2);
}

TEST("dbscan: core rows, noise, clusters as scikit-learn's; border rows go to the nearest core")
{
	struct block b = block_read(arrests, "x"), want = block_read(arrests, "dbscan_08_3");
	struct block core = block_read(arrests, "dbscan_08_3_core");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct asked a = fitted(&x, NULL, "0.8", "3", "euclidean");
	double *got = ask_rows(&a, &x);

	CHECK(!a.rc && a.m->clusters(a.state) == 3);
	for (size_t i = 0; i < 50; i++) {
		CHECK((got[i] < 0) == (want.v[i] < 0));
		for (size_t j = 0; j < i; j++)
			if (core.v[i] > 0 && core.v[j] > 0)
				CHECK((got[i] == got[j]) == (want.v[i] == want.v[j]));
	}
	free(got);
	ask_release(&a);
	free(core.v);
	free(want.v);
	free(b.v);
}

/* ---- the definition ---- */

enum { N = 700, P = 3 };

static double apart(const double *a, const double *b, const char *metric)
{
	double d = 0;

	for (size_t j = 0; j < P; j++) {
		double u = fabs(a[j] - b[j]);
		d = *metric == 'e' ? d + u * u : *metric == 'm' ? d + u : fmax(d, u);
	}
	return *metric == 'e' ? sqrt(d) : d;
}

/* Core rows get numbers of their clusters by flooding. */
static void by_definition(const double *x, const double *w, double eps, double min,
			  const char *metric, int *label)
{
	static size_t stack[N];
	static bool core[N];
	int k = 0;

	for (size_t i = 0; i < N; i++) {
		double near = 0;
		label[i] = -1;
		for (size_t j = 0; j < N; j++)
			if (apart(x + i * P, x + j * P, metric) <= eps)
				near += w ? w[j] : 1;
		core[i] = near >= min;
	}
	for (size_t i = 0; i < N; i++) {
		size_t n = 0;
		if (!core[i] || label[i] >= 0)
			continue;
		label[i] = k;
		stack[n++] = i;
		while (n) {
			size_t at = stack[--n];
			for (size_t j = 0; j < N; j++)
				if (core[j] && label[j] < 0 &&
				    apart(x + at * P, x + j * P, metric) <= eps) {
					label[j] = k;
					stack[n++] = j;
				}
		}
		k++;
	}
	/* The others, by the nearest core row. */
	for (size_t i = 0; i < N; i++) {
		double least = eps;
		for (size_t j = 0; j < N && !core[i]; j++) {
			double d = apart(x + i * P, x + j * P, metric);
			if (core[j] && (d < least || (d == least && label[i] < 0))) {
				least = d;
				label[i] = label[j];
			}
		}
	}
}

TEST("dbscan: 700 rows of all densities, three metrics, weights: as the definition says")
{
	static const char *const metrics[] = { "euclidean", "manhattan", "chebyshev" };
	static const char *const eps[] = { "0.3", "0.45", "0.22" };
	static double x[N * P], w[N];
	static int want[N];
	struct ml_mat m = { x, N, P, P };
	struct ml_rng r;

	ml_rng_init(&r, 12, "densities", 0);
	for (size_t i = 0; i < N; i++) {
		double wide = i % 3 == 0 ? 4.3 : i % 3 == 1 ? 1.2 : 0.4;
		for (size_t j = 0; j < P; j++)
			x[i * P + j] = wide * ml_rng_uniform(&r) + (double)(i % 5) * 0.7;
		w[i] = 0.5 + (double)ml_rng_below(&r, 4);
	}
	for (size_t i = 90; i < 130; i++) /* rows that are alike */
		memcpy(x + i * P, x + 89 * P, P * sizeof *x);
	for (size_t k = 0; k < 6; k++) {
		const double *weights = k % 2 ? w : NULL;
		struct asked a = fitted(&m, weights, eps[k / 2], "6", metrics[k / 2]);
		double *got = ask_rows(&a, &m), size[N] = { 0 }, total[N + 1], *seen;
		size_t clusters = a.m->clusters(a.state);

		by_definition(x, weights, atof(eps[k / 2]), 6, metrics[k / 2], want);
		CHECK(!a.rc && clusters > 2);
		for (size_t i = 0; i < N; i++) {
			CHECK((got[i] < 0) == (want[i] < 0));
			for (size_t j = 0; j < i; j++)
				CHECK((got[i] == got[j]) == (want[i] == want[j]));
			seen = got[i] < 0 ? &size[clusters] : &size[(size_t)got[i]];
			*seen += weights ? w[i] : 1;
		}
		a.m->sizes(a.state, total);
		for (size_t c = 0; c <= clusters; c++)
			CHECK(total[c] == size[c]);
		free(got);
		ask_release(&a);
	}
}

TEST("dbscan: all noise, all one cluster, eps 0, one row")
{
	double v[] = { 0, 0, 3.5, 7.25, 7.25, 7.25 };
	struct ml_mat x = { v, 6, 1, 1 };
	struct asked a = fitted(&x, NULL, "1", "4", "euclidean");
	double *got = ask_rows(&a, &x);

	CHECK(!a.rc && a.m->clusters(a.state) == 0 && got[0] == -1 && got[5] == -1);
	free(got);
	ask_release(&a);
	a = fitted(&x, NULL, "1e200", "6", "euclidean");
	got = ask_rows(&a, &x);
	CHECK(!a.rc && a.m->clusters(a.state) == 1 && got[0] == 0 && got[5] == 0);
	free(got);
	ask_release(&a);
	a = fitted(&x, NULL, "0", "2", "euclidean");
	got = ask_rows(&a, &x);
	CHECK(!a.rc && a.m->clusters(a.state) == 2);
	CHECK(got[0] == 1 && got[2] == -1 && got[3] == 0 && got[5] == 0);
	free(got);
	ask_release(&a);
	x.rows = 1;
	a = fitted(&x, NULL, "0", "1", "euclidean");
	got = ask_rows(&a, &x);
	CHECK(!a.rc && a.m->clusters(a.state) == 1 && got[0] == 0);
	free(got);
	ask_release(&a);
}

int main(void)
{
	return ml_tests_run();
}
