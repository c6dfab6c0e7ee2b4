/* test_gp.c - Gaussian processes: evidence, means and variances by formulas computed in a plain
 * way, slopes of the evidence by finite differences, weights, limits. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "models/evidence.h"
#include "models/process.h"
#include "test.h"

enum { N = 60, P = 2, ASKED = 7 };

static struct ml_error err;
static const struct ml_run run = { .threads = 2, .seed = 4, .deadline = INFINITY };

struct table {
	double x[N * P], turned[N * P], y[N], classes[N], w[N];
};

static void make(struct table *t)
{
	struct ml_rng r;

	ml_rng_init(&r, 3, "gp table", 0);
	for (size_t i = 0; i < N; i++) {
		for (size_t j = 0; j < P; j++)
			t->turned[j * N + i] = t->x[i * P + j] = 4.7 * ml_rng_uniform(&r) - 2.1;
		double f = sin(1.3 * t->x[i * P]) + 0.4 * t->x[i * P + 1];
		t->y[i] = f + 0.3 * (ml_rng_uniform(&r) + ml_rng_uniform(&r) - 1);
		t->classes[i] = f + ml_rng_uniform(&r) > 0.6;
		t->w[i] = 0.5 + (double)ml_rng_below(&r, 4);
	}
}

/* ---- a fitted state, asked ---- */

struct asked {
	double out[ASKED * 4], objective;
	int rc;
};

static void fit(struct asked *a, double *x, const double *y, const double *w, size_t n,
		size_t p, size_t nclass, const double *at, const char *const *options)
{
	const struct ml_model *m = ml_model_find("gp");
	struct ml_problem problem = { .x = { x, n, p, p },
				      .y = y,
				      .w = w,
				      .nclass = nclass,
				      .task = nclass ? ML_CLASSIFY : ML_REGRESS };
	struct ml_report rep = { 0 };
	void *opts = calloc(1, m->opts_size), *state = calloc(1, m->state_size);
	size_t width = nclass ? nclass : 2;
	double copy[ASKED * 8];
	struct ml_mat from = { copy, ASKED, p, p }, out = { a->out, ASKED, width, 4 };

	memcpy(copy, at, ASKED * p * sizeof *copy);
	ml_opt_defaults(m->opts, opts);
	for (; options && *options; options += 2)
		CHECK(!ml_opt_set(m->opts, opts, options[0], options[1], &err));
	a->rc = m->fit(state, &problem, opts, &run, &rep, &err);
	a->objective = rep.objective;
	if (!a->rc)
		a->rc = (nclass ? m->predict : m->deviations)(state, &from, &out, &err);
	m->release(state);
	free(state);
	free(opts);
}

/* ---- the plain way ---- */

/* Gauss-Jordan with pivoting: a (n x n) becomes its inverse; returns log |a|. */
static double invert(double *a, size_t n)
{
	double *b = calloc(n * n, sizeof *b), logs = 0;

	for (size_t i = 0; i < n; i++)
		b[i * n + i] = 1;
	for (size_t c = 0; c < n; c++) {
		size_t best = c;
		for (size_t i = c + 1; i < n; i++)
			if (fabs(a[i * n + c]) > fabs(a[best * n + c]))
				best = i;
		for (size_t j = 0; best != c && j < n; j++) {
			double t = a[c * n + j], u = b[c * n + j];
			a[c * n + j] = a[best * n + j];
			a[best * n + j] = t;
			b[c * n + j] = b[best * n + j];
			b[best * n + j] = u;
		}
		double pivot = a[c * n + c];
		logs += log(fabs(pivot));
		for (size_t j = 0; j < n; j++) {
			a[c * n + j] /= pivot;
			b[c * n + j] /= pivot;
		}
		for (size_t i = 0; i < n; i++) {
			double f = i == c ? 0 : a[i * n + c];
			for (size_t j = 0; f != 0 && j < n; j++) {
				a[i * n + j] -= f * a[c * n + j];
				b[i * n + j] -= f * b[c * n + j];
			}
		}
	}
	memcpy(a, b, n * n * sizeof *a);
	free(b);
	return logs;
}

/* 0.9 exp(-|x - z|^2 / (2 * 1.4^2)). */
static double plain_kernel(const double *x, const double *z)
{
	double s = 0;

	for (size_t j = 0; j < P; j++)
		s += (x[j] - z[j]) * (x[j] - z[j]);
	return 0.9 * exp(-s / (2 * 1.4 * 1.4));
}

static const char *const plain_options[] = { "kernel",      "0.9*rbf(1.4) + white(0.07)",
					     "alpha",       "0.02",
					     "optimize",    "no",
					     "normalize-y", "no",
					     NULL };

TEST("numbers: evidence, means and deviations are those of the formulas")
{
	static struct table t;
	static double k[N * N], inverse[N * N];
	double at[ASKED * P];
	struct asked a;

	make(&t);
	for (size_t i = 0; i < ASKED * P; i++)
		at[i] = -2.5 + 0.61 * (double)(i * 5 % 11);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++)
			inverse[i * N + j] = k[i * N + j] =
				plain_kernel(t.x + i * P, t.x + j * P) +
				(i == j ? 0.07 + 0.02 : 0);
	double logs = invert(inverse, N), fits = 0;
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++)
			fits += t.y[i] * inverse[i * N + j] * t.y[j];
	fit(&a, t.x, t.y, NULL, N, P, 0, at, plain_options);
	CHECK(!a.rc);
	NEAR(a.objective, 0.5 * fits + 0.5 * logs + N * 0.5 * log(2 * acos(-1)), 1e-10,
	     "eq. 2.30; condition 1e3, rounding");
	for (size_t q = 0; q < ASKED; q++) {
		double c[N], mean = 0, known = 0;
		for (size_t i = 0; i < N; i++)
			c[i] = plain_kernel(at + q * P, t.x + i * P);
		for (size_t i = 0; i < N; i++)
			for (size_t j = 0; j < N; j++) {
				mean += c[i] * inverse[i * N + j] * t.y[j];
				known += c[i] * inverse[i * N + j] * c[j];
			}
		NEAR(a.out[q * 4], mean, 1e-10, "eq. 2.25");
		NEAR(a.out[q * 4 + 1], sqrt(0.9 - known + 0.07), 1e-10, "eq. 2.26, with white");
	}
}

TEST("numbers: a target in other units gives the same in these units")
{
	static struct table t;
	static double y[N];
	struct asked a, b;
	static const char *const options[] = { "restarts", "0", NULL };

	make(&t);
	for (size_t i = 0; i < N; i++)
		y[i] = 1e6 + 1e3 * t.y[i];
	fit(&a, t.x, t.y, NULL, N, P, 0, t.x, options);
	fit(&b, t.x, y, NULL, N, P, 0, t.x, options);
	NEAR(a.objective, b.objective, 1e-8, "1e6 beside 1e3: 13 digits of y are left");
	for (size_t q = 0; q < ASKED; q++) {
		NEAR(b.out[q * 4], 1e6 + 1e3 * a.out[q * 4], 1e-9, "the same");
		NEAR(b.out[q * 4 + 1], 1e3 * a.out[q * 4 + 1], 1e-5, "the same");
	}
}

/* ---- evidence ---- */

static void begin(struct ml_evidence *e, struct ml_cov *c, const struct table *t, bool classes,
		  const double *w, const char *kernel)
{
	CHECK(!ml_cov_read(c, kernel, P, false, &err));
	*e = (struct ml_evidence){ .cov = c,
				   .n = N,
				   .p = P,
				   .rows = t->x,
				   .points = t->turned,
				   .y = classes ? t->classes : t->y,
				   .w = w,
				   .jitter = classes ? 0 : 0.01,
				   .run = &run };
	CHECK(!ml_evidence_init(e, &err));
}

static void end(struct ml_evidence *e)
{
	ml_evidence_release(e);
	ml_cov_release(e->cov);
}

static void check_slope(const char *kernel, bool classes, const double *w, double tol,
			const char *why)
{
	static struct table t;
	struct ml_evidence e;
	struct ml_cov c;
	double at[16], grad[16], none[16];
	double (*value)(void *, const double *, double *) =
		classes ? ml_evidence_classes : ml_evidence_numbers;

	make(&t);
	begin(&e, &c, &t, classes, w, kernel);
	for (size_t k = 0; k < e.n_free; k++)
		at[k] = log(c.param[e.free[k]].value) + 0.1 * sin(3. * (double)k);
	CHECK(isfinite(value(&e, at, grad)));
	for (size_t k = 0; k < e.n_free; k++) {
		double h = 1e-4, was = at[k];
		at[k] = was + h;
		double up = value(&e, at, none);
		at[k] = was - h;
		double down = value(&e, at, none);
		at[k] = was;
		NEAR(grad[k], (up - down) / (2 * h), tol, why);
	}
	end(&e);
}

TEST("numbers: the slope of the evidence agrees with finite differences")
{
	static struct table t;
	static const char why[] = "central differences: h^2 = 1e-8 times third derivatives";
	static const char *const kernels[] = {
		"const*rbf(ard) + white(0.1)",
		"const*matern32(ard) + linear(ard) + white(0.1)",
		"matern12(1.3)*const + matern52(0.9)*white(0.2) + white(0.1)",
		"rq(1.1, alpha=0.7)*(const + linear) + white(0.1)",
		"periodic(ard, period=2.7)*rbf + linear*white(0.2) + white(0.05 fixed)",
	};

	make(&t);
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
		check_slope(kernels[k], false, NULL, 1e-6, why);
		check_slope(kernels[k], false, t.w, 1e-6, why);
	}
}

TEST("classes: the slope of the approximate evidence agrees with finite differences")
{
	static struct table t;
	static const char why[] = "central differences: h^2 = 1e-8 times third derivatives";
	static const char *const kernels[] = {
		"const(3)*rbf(ard)",
		"const*matern52(0.8) + linear(ard)",
		"rq(1.1, alpha=0.7)*const(2) + white(0.3)",
		"periodic(2, period=2.7) + const(0.5)*matern32",
	};

	make(&t);
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
		check_slope(kernels[k], true, NULL, 1e-6, why);
		check_slope(kernels[k], true, t.w, 1e-6, why);
	}
}

/* Rows of weight 1, 2, 3, and the same repeated. */
TEST("a row of weight w is w rows: evidence, means, deviations, of numbers and classes")
{
	static struct table t;
	static double x[4 * N * P], y[4 * N], classes[4 * N], w[N];
	size_t n = 0;

	make(&t);
	for (size_t i = 0; i < N; i++) {
		w[i] = 1 + (double)(i % 3);
		for (size_t k = 0; k < 1 + i % 3; k++, n++) {
			memcpy(x + n * P, t.x + i * P, P * sizeof *x);
			y[n] = t.y[i];
			classes[n] = t.classes[i];
		}
	}
	for (int c = 0; c < 2; c++) {
		static const char *const numbers[] = { "kernel", "0.9*rbf(1.4) + white(0.07)",
						       "optimize", "no", NULL };
		static const char *const of_classes[] = { "kernel", "4*rbf(1.4)", "optimize",
							  "no", NULL };
		const char *const *options = c ? of_classes : numbers;
		struct asked a, b;
		fit(&a, t.x, c ? t.classes : t.y, w, N, P, c ? 2 : 0, t.x, options);
		fit(&b, x, c ? classes : y, NULL, n, P, c ? 2 : 0, t.x, options);
		CHECK(!a.rc && !b.rc);
		NEAR(a.objective, b.objective, 1e-10, "the same in exact arithmetic");
		for (size_t q = 0; q < ASKED; q++)
			for (size_t k = 0; k < 2; k++)
				NEAR(a.out[q * 4 + k], b.out[q * 4 + k], 1e-9,
				     "the same in exact arithmetic");
	}
}

/* ---- integrals ---- */

/* The mean of sigmoid(f) over N(m, v) by Simpson's rule in small steps. */
static double averaged(double m, double v)
{
	double sum = 0, total = 0, s = sqrt(v);
	const int steps = 200000;

	for (int i = 0; i <= steps; i++) {
		double u = -10 + 20. * i / steps;
		double by = (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2) * exp(-0.5 * u * u);
		sum += by / (1 + exp(-(m + s * u)));
		total += by;
	}
	return sum / total;
}

TEST("classes: the probability is the mean of the sigmoid, for small and huge variances")
{
	/* One row of class 1 with covariance c: the mode solves f = c (1 - sigmoid(f)). */
	static const double scales[] = { 0.01, 1, 20, 400, 3e4 };
	double x[1] = { 0.3 }, y[2] = { 1, 0 }, two[2] = { 0.3, 0.3 };
	double at[ASKED] = { 0.3, 0.8, 1.3, 2.3, 3.3, 9, 99 };

	for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) {
		char kernel[64];
		const char *options[] = { "kernel", kernel, "optimize", "no", NULL };
		double c = scales[k], f = 0;
		struct asked a, b;

		snprintf(kernel, sizeof kernel, "%g*rbf(1)", c);
		fit(&a, x, y, NULL, 1, 1, 2, at, options);
		CHECK(!a.rc);
		/* f = c (1 - sigmoid(f)) by bisection. */
		for (double lo = 0, hi = c, i = 0; i < 200; i++) {
			f = 0.5 * (lo + hi);
			*(f < c / (1 + exp(f)) ? &lo : &hi) = f;
		}
		double p = 1 / (1 + exp(-f)), w = p * (1 - p);
		for (size_t q = 0; q < ASKED; q++) {
			double r = exp(-0.5 * (at[q] - 0.3) * (at[q] - 0.3));
			double mean = r * f, v = c - c * r * c * r / (c + 1 / w);
			NEAR(a.out[q * 4 + 1], averaged(mean, v), 1e-7,
			     "Simpson's rule; the mode is found to 1e-9");
			NEAR(a.out[q * 4] + a.out[q * 4 + 1], 1, 1e-15, "rounding");
		}
		fit(&b, two, y, NULL, 2, 1, 2, at, options);
		CHECK(!b.rc);
		NEAR(b.out[0], 0.5, 1e-12, "a row of each class at the same place");
	}
}

TEST("classes: beyond all variances the sigmoid is a step")
{
	double x[2] = { 0.3, 1.3 }, y[2] = { 1, 0 },
	       at[ASKED] = { 0.3, 0.31, 0.4, 0.5, 0.7, 0.8, 1.3 };
	static const char *const options[] = { "kernel", "1e12*rbf(1)", "optimize", "no",
					       NULL };
	struct asked a;

	fit(&a, x, y, NULL, 2, 1, 2, at, options);
	CHECK(!a.rc);
	for (size_t q = 0; q < ASKED; q++)
		CHECK(a.out[q * 4 + 1] >= 0 && a.out[q * 4 + 1] <= 1 &&
		      (!q || a.out[q * 4 + 1] <= a.out[q * 4 - 3]));
	NEAR(a.out[5 * 4 + 1], 0.5, 1e-9, "in the middle");
}

/* ---- limits ---- */

TEST("a kernel without noise on equal rows is an error that says what to do")
{
	double x[6] = { 1.5, 1.5, 1.5, 2.385, 2.385, 4 }, y[6] = { 1, 2, 3, 4, 5, 6 };
	double at[ASKED] = { 0 };
	static const char *const options[] = { "kernel",   "rbf", "alpha", "0",
					       "optimize", "no",  NULL };
	struct asked a;

	fit(&a, x, y, NULL, 6, 1, 0, at, options);
	CHECK(a.rc == 65 && !strcmp(err.tag, "E-RANGE"));
	CHECK(strstr(err.msg, "add white"));
}

TEST("more rows than memory holds are refused at once, with their number")
{
	struct ml_evidence e = { .n = (size_t)1 << 29, .p = 1, .run = &run };
	struct ml_cov c;

	CHECK(!ml_cov_read(&c, "rbf", 1, false, &err));
	e.cov = &c;
	CHECK(ml_evidence_init(&e, &err) == 65 && !strcmp(err.tag, "E-LIMIT"));
	CHECK(strstr(err.msg, "536870912 rows"));
	ml_evidence_release(&e);
	ml_cov_release(&c);
}

TEST("without a factor there are means, and deviations are refused")
{
	static struct table t;
	static const char *const options[] = { "std", "no", "optimize", "no", NULL };
	struct asked a;

	make(&t);
	fit(&a, t.x, t.y, NULL, N, P, 0, t.x, options);
	CHECK(a.rc == 64 && strstr(err.msg, "--no-std"));
	fit(&a, t.x, t.classes, NULL, N, P, 2, t.x, options);
	CHECK(!a.rc); /* probabilities need it */
}

TEST("one row, equal targets, constant columns")
{
	double x[ASKED] = { 2, 2, 2, 2, 2, 2, 2 }, same[ASKED],
	       y[ASKED] = { 1, 3, 2, 5, 4, 2, 4 };
	struct asked a;

	for (size_t i = 0; i < ASKED; i++)
		same[i] = 2.385;
	fit(&a, x, y, NULL, 1, 1, 0, x, NULL);
	CHECK(!a.rc);
	NEAR(a.out[0], 1, 1e-12, "the only target");
	fit(&a, x, same, NULL, ASKED, 1, 0, x, NULL);
	CHECK(!a.rc);
	NEAR(a.out[0], 2.385, 1e-12, "the only target");
	CHECK(a.out[1] >= 0 && a.out[1] < 0.1);
	fit(&a, x, y, NULL, ASKED, 1, 0, x, NULL);
	CHECK(!a.rc);
	NEAR(a.out[0], 3, 1e-3, "nothing but the mean can be known");
}

int main(void)
{
	return ml_tests_run();
}
