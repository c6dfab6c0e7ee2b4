/* test_gmm.c - mixtures as scikit-learn fits them from the same start; the choice of how many;
 * weights, rows that collapse. */
#include "asked.h"
#include "base/rng.h"
#include "blocks.h"
#include "models/mixture.h"

static const char iris[] = "tests/data/clusters/iris.txt";
static const char *const shapes[] = { "full", "tied", "diag", "spherical" };
static struct ml_error err;

static struct block named(const char *what, const char *shape)
{
	char name[64];

	snprintf(name, sizeof name, "%s_%s", what, shape);
	return block_read(iris, name);
}

/* As a share, all are at most about 1e1. */
static void same(const struct block *want, const double *got, const char *what)
{
	for (size_t i = 0; i < want->rows * want->cols; i++)
		NEAR(got[i], want->v[i], 1e-9, what);
	free(want->v);
}

TEST("gmm: weights, means, covariances, likelihood of four shapes are scikit-learn's")
{
	struct block b = block_read(iris, "x"), start = block_read(iris, "start");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct ml_run run = { .threads = 2, .deadline = INFINITY };

	for (size_t t = 0; t < 4; t++) {
		struct block figures = named("figures", shapes[t]);
		struct ml_mixture m;
		struct ml_em em = { .x = &x,
				    .total = 150,
				    .reg = 1e-6,
				    .tol = 1e-3,
				    .max_iter = 100,
				    .prob = calloc(150 * 3, sizeof *em.prob) };
		for (size_t i = 0; i < 150; i++)
			em.prob[3 * i + (size_t)start.v[i]] = 1;
		CHECK(!ml_mixture_init(&m, (enum ml_shape)t, 3, 4, &err));
		CHECK(!ml_em_run(&em, &m, &run, &err) && em.collapsed == SIZE_MAX);
		CHECK(em.converged && (double)em.iters == figures.v[0]);
		NEAR(em.likelihood, figures.v[1], 1e-10, "a sum of 150 logarithms");
		NEAR(-2 * em.likelihood + log(150) * ml_mixture_parameters(&m), figures.v[2],
		     1e-10, "BIC");
		CHECK(!ml_mixture_sort(&m, &err));
		struct block w = named("weights", shapes[t]), mean = named("means", shapes[t]),
			     cov = named("covariances", shapes[t]);
		same(&w, m.weight, "weights");
		same(&mean, m.mean, "means");
		same(&cov, m.cov, "covariances; scikit-learn's tied ones cancel digits");
		ml_mixture_release(&m);
		free(em.prob);
		free(figures.v);
	}
	free(start.v);
	free(b.v);
}

static struct asked fitted(const struct ml_mat *x, const double *w, const char *k,
			   const char *name, const char *value)
{
	struct ml_problem p = { .x = *x, .w = w, .task = ML_CLUSTER };

	return ask_fit("gmm", &p, (const char *const[]){ "n-components", k, name, value, NULL },
		       2);
}

TEST("gmm: BIC chooses two of up to six components for the irises, as scikit-learn's does")
{
	struct block b = block_read(iris, "x");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct asked a = fitted(&x, NULL, "1:6", "n-init", "3");
	double size[3];

	CHECK(!a.rc && a.m->clusters(a.state) == 2);
	/* 574.018: the BIC that scikit-learn reaches with two. */
	NEAR(-2 * a.rep.objective + log(150) * 29, 574.018, 1e-5, "printed to three digits");
	a.m->sizes(a.state, size);
	CHECK(size[0] == 100 && size[1] == 50 && size[2] == 0);
	ask_release(&a);
	free(b.v);
}

TEST("gmm: memberships from the start at given rows; weight 2 is the row twice")
{
	enum { N = 90, P = 2 };
	double x[N * P], w[N], twice[2 * N * P];
	struct ml_mat m = { x, N, P, P }, t = { twice, 0, P, P };
	struct ml_rng r;

	ml_rng_init(&r, 4, "three", 0);
	for (size_t i = 0; i < N; i++) {
		for (size_t j = 0; j < P; j++)
			x[i * P + j] = 2.5 * (double)(i % 3 == j) + ml_rng_uniform(&r) +
				       ml_rng_uniform(&r);
		w[i] = i < 3 ? 1 : 1 + (double)ml_rng_below(&r, 2);
		for (int k = 0; k < (int)w[i]; k++)
			memcpy(twice + t.rows++ * P, x + i * P, P * sizeof *x);
	}
	for (size_t k = 0; k < 4; k++) {
		struct ml_problem p = { .x = m, .w = w, .task = ML_CLUSTER };
		const char *const options[] = {
			"n-components", "3", "covariance", shapes[k], "init", "first", NULL
		};
		struct asked a = ask_fit("gmm", &p, options, 1);
		p.x = t;
		p.w = NULL;
		struct asked b = ask_fit("gmm", &p, options, 3);
		double *u = ask_rows(&a, &m), *v = ask_rows(&b, &m);
		CHECK(!a.rc && !b.rc && a.rep.converged);
		for (size_t i = 0; i < 4 * N; i++)
			NEAR(u[i], v[i], 1e-9, "sums in another order");
		NEAR(a.rep.objective, b.rep.objective, 1e-12, "the same");
		free(u);
		free(v);
		ask_release(&a);
		ask_release(&b);
	}
}

TEST("gmm: one component is the mean and the covariance; the far side of everything is empty")
{
	double x[] = { 1, 2, 4, 9 }, far[] = { 1e200, 3 };
	struct ml_mat m = { x, 4, 1, 1 }, q = { far, 2, 1, 1 };
	struct asked a = fitted(&m, NULL, "1", "reg", "0");
	struct ml_mat centre = { malloc(sizeof(double)), 1, 1, 1 };

	CHECK(!a.rc);
	a.m->centres(a.state, &centre);
	NEAR(centre.v[0], 4, 1e-15, "(1 + 2 + 4 + 9) / 4");
	/* -n / 2 (log(2 pi v) + 1), v = (9 + 4 + 0 + 25) / 4 */
	NEAR(a.rep.objective, -2 * (log(2 * 3.14159265358979323846 * 9.5) + 1), 1e-14, "exact");
	double *got = ask_rows(&a, &q);
	CHECK(isnan(got[0]) && isnan(got[1]) && got[2] == 0 && got[3] == 1);
	free(got);
	free(centre.v);
	ask_release(&a);
}

TEST("gmm: components that collapse, ranges that are none, are told")
{
	static const char *const bad[] = {
		"0", "3:2", "2:", ":3", "1:2:3", "x", "", "99999999"
	};
	double x[] = { 1, 1, 1, 5, 5, 5 };
	struct ml_mat m = { x, 6, 1, 1 };
	struct asked a = fitted(&m, NULL, "2", "reg", "0");

	CHECK(a.rc == ML_EDATA && !strcmp(a.err.tag, "E-RANGE") &&
	      strstr(a.err.msg, "collapsed"));
	ask_release(&a);
	a = fitted(&m, NULL, "2", "reg", "1e-6");
	CHECK(!a.rc);
	ask_release(&a);
	/* Only two are different: a range ends there. */
	a = fitted(&m, NULL, "2:4", "reg", "1e-6");
	CHECK(!a.rc && a.m->clusters(a.state) == 2);
	ask_release(&a);
	a = fitted(&m, NULL, "4", "reg", "1e-6");
	CHECK(a.rc == ML_EDATA && !strcmp(a.err.tag, "E-TOOFEW"));
	ask_release(&a);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		a = fitted(&m, NULL, bad[i], "reg", "1e-6");
		CHECK(a.rc == ML_EUSAGE);
		ask_release(&a);
	}
}

int main(void)
{
	return ml_tests_run();
}
