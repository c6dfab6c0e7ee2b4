/* test_mahalanobis.c - the minimum covariance determinant as scikit-learn and R's robustbase
 * find it; columns that depend on others, rows on a plane, outliers of many kinds. */
#include <gsl/gsl_cdf.h>

#include "asked.h"
#include "base/rng.h"
#include "blocks.h"
#include "models/mcd.h"

static const char arrests[] = "tests/data/clusters/usarrests.txt";
static struct ml_error err;

static struct asked fitted(const struct ml_mat *x, const double *w, const char *name,
			   const char *value)
{
	struct ml_problem p = { .x = *x, .w = w, .task = ML_DETECT };

	return ask_fit("mahalanobis", &p, (const char *const[]){ name, value, NULL }, 2);
}

TEST("mcd: of 50 rows the 27 with the least determinant, that all subsets' search finds")
{
	struct block b = block_read(arrests, "x"), in = block_read(arrests, "mcd_raw_support");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct ml_run run = { .threads = 2, .seed = 1, .deadline = INFINITY };
	struct ml_scatter m = { 0 };
	double mean[4] = { 0 };
	size_t steps;
	bool singular;

	CHECK(!ml_mcd_fit(&m, &x, NULL, 27, &run, &steps, &singular, &err));
	CHECK(!singular && m.weight == 27);
	for (size_t i = 0; i < 50; i++)
		for (size_t j = 0; j < 4; j++)
			mean[j] += in.v[i] * b.v[4 * i + j] / 27;
	for (size_t j = 0; j < 4; j++)
		NEAR(m.mean[j], mean[j], 1e-13, "a mean of 27 numbers");
	/* robustbase 0.95: covMcd(x, alpha = 0.5, nsamp = "best")$crit, whose divisor is 26. */
	NEAR(m.logdet + 4 * log(27.0 / 26), -6.135293, 5e-7, "as printed");
	ml_scatter_release(&m);
	free(in.v);
	free(b.v);
}

TEST("mahalanobis: centre and distances, reweighted, are scikit-learn's but for its divisor")
{
	struct block b = block_read(arrests, "x"), want = block_read(arrests, "mcd_dist");
	struct block in = block_read(arrests, "mcd_support");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct asked a = fitted(&x, NULL, "support", "0.54");
	double *got = ask_rows(&a, &x), n = 0, cut = gsl_cdf_chisq_Pinv(0.975, 4);

	CHECK(!a.rc);
	for (size_t i = 0; i < 50; i++)
		n += in.v[i];
	/* Ours is n - 1, and made consistent for the tails that were cut. */
	double factor = n / (n - 1) * 0.975 / gsl_cdf_chisq_P(cut, 6);
	for (size_t i = 0; i < 50; i++)
		NEAR(got[i] * factor, want.v[i], 1e-10, "a covariance of 36 rows");
	NEAR(a.m->threshold(a.state), 11.143286781877796, 1e-12, "R: qchisq(0.975, 4)");
	free(got);
	ask_release(&a);
	free(in.v);
	free(want.v);
	free(b.v);
}

/* Rows of a normal cloud that is long in one direction; the first `bad` elsewhere. */
static double *cloud(size_t n, size_t p, size_t bad)
{
	double *x = malloc(n * p * sizeof *x);
	struct ml_rng r;

	ml_rng_init(&r, 21, "cloud", n);
	for (size_t i = 0; i < n; i++) {
		double common = 0;
		for (size_t j = 0; j < p; j++) {
			double sum = -6;
			for (int k = 0; k < 12; k++)
				sum += ml_rng_uniform(&r);
			common = j ? common : sum;
			x[i * p + j] = i < bad ? (j % 2 ? -9.5 : 9.5) + sum : sum + 3 * common;
		}
	}
	return x;
}

TEST("mahalanobis: a third of bad rows, together, score above all others; nested subsets too")
{
	static const size_t sizes[] = { 150, 900, 4000 };

	for (size_t k = 0; k < 3; k++) {
		size_t n = sizes[k], p = 5, out = 0;
		double *x = cloud(n, p, n / 3), least = INFINITY, most = 0;
		struct ml_mat m = { x, n, p, p };
		struct asked a = fitted(&m, NULL, "support", "auto");
		double *got = ask_rows(&a, &m);

		CHECK(!a.rc);
		for (size_t i = 0; i < n / 3; i++)
			least = fmin(least, got[i]);
		for (size_t i = n / 3; i < n; i++) {
			most = fmax(most, got[i]);
			out += got[i] > a.m->threshold(a.state);
		}
		CHECK(least > 2 * most);
		/* 2.5 % of normal rows, within four standard deviations. */
		double expected = 0.025 * (double)(n - n / 3);
		CHECK(fabs((double)out - expected) <= 4 * sqrt(expected) + 0.02 * (double)n);
		free(got);
		ask_release(&a);
		a = fitted(&m, NULL, "robust", "no");
		got = ask_rows(&a, &m);
		CHECK(!a.rc && got[0] < a.m->threshold(a.state)); /* masked */
		free(got);
		ask_release(&a);
		free(x);
	}
}

TEST("mahalanobis: weight 2 is nearly the row twice")
{
	enum { N = 120, P = 3 };
	double *x = cloud(N, P, 20), w[N], *twice = malloc(2 * N * P * sizeof *twice);
	struct ml_mat m = { x, N, P, P }, t = { twice, 0, P, P };

	for (size_t i = 0; i < N; i++) {
		w[i] = 1 + (double)(i % 3 == 1);
		for (int k = 0; k < (int)w[i]; k++)
			memcpy(twice + t.rows++ * P, x + i * P, P * sizeof *x);
	}
	struct asked a = fitted(&m, w, "support", "auto"),
		     b = fitted(&t, NULL, "support", "auto");
	double *u = ask_rows(&a, &m), *v = ask_rows(&b, &m);
	CHECK(!a.rc && !b.rc);
	for (size_t i = 0; i < N; i++)
		NEAR(u[i] / v[i], 1, 1e-9, "other draws, the same rows in the end");
	free(u);
	free(v);
	ask_release(&a);
	ask_release(&b);
	free(twice);
	free(x);
}

TEST("mahalanobis: columns that depend on others are left out, rows on a plane covered")
{
	enum { N = 200, P = 4 };
	double *x = cloud(N, P, 0);
	struct ml_mat m = { x, N, P, P };

	for (size_t i = 0; i < N; i++) {
		x[i * P + 2] = 1e6 * (x[i * P] - 2 * x[i * P + 1]);
		x[i * P + 3] = i % 10 ? 0 : 1; /* nine of ten on a plane */
	}
	struct asked a = fitted(&m, NULL, "support", "auto");
	CHECK(!a.rc);
	double *got = ask_rows(&a, &m);
	for (size_t i = 0; i < N; i++)
		CHECK(isfinite(got[i]));
	free(got);
	ask_release(&a);
	m.rows = 4;
	a = fitted(&m, NULL, "support", "auto");
	CHECK(a.rc == ML_EDATA && !strcmp(a.err.tag, "E-TOOFEW"));
	ask_release(&a);
	for (size_t i = 0; i < N * P; i++)
		x[i] = 7.25;
	m.rows = N;
	a = fitted(&m, NULL, "support", "auto");
	CHECK(a.rc == ML_EDATA && !strcmp(a.err.tag, "E-RANGE"));
	ask_release(&a);
	free(x);
}

int main(void)
{
	return ml_tests_run();
}
