/* test_search_models.c - what bayes and tpe are made of: improvement, Gaussian process,
 * descent, densities. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "search/acquire.h"
#include "la/descent.h"
#include "search/gp.h"
#include "search/parzen.h"
#include "search/warp.h"
#include "test.h"

static const struct ml_run run = { .threads = 1, .deadline = (double)INFINITY };

/* log(phi(z) + z Phi(z)) with 60 digits (mpmath 1.x). */
TEST("log of expected improvement: right where the improvement underflows, too")
{
	static const double cases[][2] = {
		{ 2.385, 0.870391686313060047 }, { 0.1, -0.796431339550747134 },
		{ -0.99, -2.46611439166904938 }, { -1.01, -2.50419985748025678 },
		{ -3.7, -10.5604472044604553 },  { -5.99, -22.5158287346897267 },
		{ -6.01, -22.6420255424540340 }, { -25, -319.861463581495954 },
		{ -400, -80012.9018863770105 },  { -150000, -11250000024.7557197 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double z = cases[i][0], sd = 0.37, by_mean, by_variance, h = 1e-6;
		double got = ml_log_improvement(z * sd, 0, sd * sd, &by_mean, &by_variance);

		NEAR(got - log(sd), cases[i][1], 1e-9, "1 + z M(-z) loses 2 log10 |z| digits");
		if (z < -1000)
			continue; /* differences are rounding there */
		double up = ml_log_improvement(z * sd, h, sd * sd, NULL, NULL);
		double down = ml_log_improvement(z * sd, -h, sd * sd, NULL, NULL);
		NEAR(by_mean, (up - down) / (2 * h), 1e-4, "differences");
		up = ml_log_improvement(z * sd, 0, sd * sd + h, NULL, NULL);
		down = ml_log_improvement(z * sd, 0, sd * sd - h, NULL, NULL);
		NEAR(by_variance, (up - down) / (2 * h), 1e-4, "differences");
	}
}

/* Two numbers that matter, one that does not, one word. */
static double surface(const double *x)
{
	return sin(5 * x[0]) + x[1] * x[1] + (x[3] == 1 ? 0.8 : 0);
}

static bool model(struct ml_gp *g, size_t n, double noise)
{
	static const bool word[4] = { false, false, false, true };
	struct ml_error err;
	struct ml_rng rng;

	ml_rng_init(&rng, 5, "test-gp", 0);
	if (ml_gp_init(g, n, n + 2, 4, word, &err))
		return false;
	for (size_t i = 0; i < n; i++) {
		double *x = g->x + i * 4;
		for (size_t j = 0; j < 3; j++)
			x[j] = ml_rng_uniform(&rng);
		x[3] = (double)ml_rng_below(&rng, 3);
		g->y[i] = surface(x) - 0.6 + noise * (ml_rng_uniform(&rng) - 0.5);
	}
	return !ml_gp_fit(g, &run, &err);
}

TEST("Gaussian process: goes through its points, predicts others, finds what does not matter")
{
	struct ml_gp g = { 0 };
	struct ml_rng rng;
	double work[64], mean, variance, worst = 0;

	CHECK(model(&g, 60, 0));
	for (size_t i = 0; i < g.n; i++) {
		ml_gp_at(&g, g.x + i * 4, 1, work, &mean, &variance);
		NEAR(mean, g.y[i], 0.02, "little noise is found");
		CHECK(variance >= 0 && variance < 1e-3);
	}
	ml_rng_init(&rng, 6, "test-gp", 1);
	for (size_t i = 0; i < 100; i++) {
		double x[4] = { 0.1 + 0.8 * ml_rng_uniform(&rng),
				0.1 + 0.8 * ml_rng_uniform(&rng), ml_rng_uniform(&rng),
				(double)(i % 3) };
		ml_gp_at(&g, x, 1, work, &mean, &variance);
		worst = fmax(worst, fabs(mean - (surface(x) - 0.6)));
	}
	CHECK(worst < 0.25); /* of a range of 3 */
	CHECK(g.length[2] > 2 * g.length[0] && g.noise < 1e-2);
	ml_gp_release(&g);
	CHECK(model(&g, 60, 1.2)); /* variance 0.12 */
	CHECK(g.noise > 0.03 && g.noise < 0.4);
	ml_gp_release(&g);
}

TEST("Gaussian process: slopes are those of mean and variance; believing changes no mean")
{
	struct ml_gp g = { 0 };
	struct ml_error err;
	double work[3 * 64], mean, variance, dmean[4], dvariance[4], up[2], down[2], h = 1e-5;
	double x[4] = { 0.385, 0.62, 0.17, 2 };

	CHECK(model(&g, 40, 0.1));
	ml_gp_slope(&g, x, work, &mean, &variance, dmean, dvariance);
	for (size_t j = 0; j < 3; j++) {
		double y[4] = { x[0], x[1], x[2], x[3] };
		y[j] = x[j] + h;
		ml_gp_at(&g, y, 1, work, &up[0], &up[1]);
		y[j] = x[j] - h;
		ml_gp_at(&g, y, 1, work, &down[0], &down[1]);
		NEAR(dmean[j], (up[0] - down[0]) / (2 * h), 1e-5, "differences");
		NEAR(dvariance[j], (up[1] - down[1]) / (2 * h), 1e-5, "differences");
	}
	CHECK(dmean[3] == 0 && dvariance[3] == 0);
	double other[4] = { 0.5, 0.5, 0.5, 0 }, before, after, spread, less;
	ml_gp_at(&g, other, 1, work, &before, &spread);
	CHECK(!ml_gp_believe(&g, x, 1, &err) && g.n == 41);
	ml_gp_at(&g, other, 1, work, &after, &less);
	NEAR(after, before, 1e-9, "rounding");
	CHECK(less <= spread + 1e-12);
	ml_gp_at(&g, x, 1, work, &after, &less);
	NEAR(after, mean, 1e-9, "rounding");
	CHECK(less < variance);
	ml_gp_release(&g);
}

static double valley(void *arg, const double *x, double *grad)
{
	double a = x[1] - x[0] * x[0], b = 1 - x[0];

	++*(size_t *)arg;
	grad[0] = -400 * x[0] * a - 2 * b;
	grad[1] = 200 * a;
	return 100 * a * a + b * b;
}

TEST("descent: Rosenbrock's valley, and the edge of a box")
{
	double x[2] = { -1.2, 1 }, lo[2] = { -2, -2 }, hi[2] = { 2, 2 }, value;
	size_t calls = 0;
	struct ml_error err;

	CHECK(!ml_descend(valley, &calls, 2, lo, hi, x, &value, 200, &run, &err));
	NEAR(x[0], 1, 1e-2, "stops when little is gained");
	CHECK(calls <= 201 && value < 1e-4);
	hi[0] = 0.5; /* the minimum is at x0 = 0.5, x1 = 0.25 then */
	x[0] = -1.2;
	x[1] = 1;
	CHECK(!ml_descend(valley, &calls, 2, lo, hi, x, &value, 200, &run, &err));
	NEAR(x[0], 0.5, 1e-3, "the edge");
	NEAR(value, 0.25, 1e-3, "the edge");
}

TEST("warping: order is kept, mean 0, variance 1, and a long tail becomes short")
{
	double v[40], before[40], mean = 0, ss = 0;
	struct ml_error err;

	for (size_t i = 0; i < 40; i++)
		before[i] = v[i] = exp(0.3 * (double)((i * 17) % 40));
	CHECK(!ml_warp(v, 40, &err));
	for (size_t i = 0; i < 40; i++) {
		mean += v[i] / 40;
		ss += v[i] * v[i] / 40;
		CHECK(fabs(v[i]) < 3.5);
		for (size_t k = 0; k < 40; k++)
			CHECK((before[i] < before[k]) == (v[i] < v[k]));
	}
	NEAR(mean, 0, 1e-12, "rounding");
	NEAR(ss, 1, 1e-12, "rounding");
	double equal[3] = { 2.385, 2.385, 2.385 }, ends[4] = { -1.7e308, 1.7e308, 0, 1 };
	CHECK(!ml_warp(equal, 3, &err) && equal[0] == 0 && equal[2] == 0);
	CHECK(!ml_warp(ends, 4, &err) && isfinite(ends[0]) && ends[0] < ends[1]);
}

/* Summed over a branch and integrated over the numbers in it. */
TEST("densities: integrate to 1 over a tree of parameters")
{
	struct ml_space s = { 0 };
	struct ml_error err;
	double a[3] = { 0, 0.385, (double)NAN }, b[3] = { 1, (double)NAN, 3 }, sum = 0;
	const double **points = malloc(2 * sizeof *points);
	struct ml_parzen d = { 0 };

	CHECK(!ml_space_add(&s, "k=p,q,r", &err) &&
	      !ml_space_add(&s, "x=real:0:1 if k=p", &err) &&
	      !ml_space_add(&s, "n=1:9 if k=q", &err) && points);
	points[0] = a;
	points[1] = b;
	CHECK(!ml_parzen_init(&d, &s, points, 2, &err));
	/* The density is over the uniform one: its mean over uniform points is 1. */
	for (size_t i = 0; i < 2000; i++)
		sum += exp(ml_parzen_log(
			       &d, (double[]){ 0, ((double)i + 0.5) / 2000, (double)NAN })) /
		       2000;
	for (size_t i = 1; i <= 9; i++)
		sum += exp(ml_parzen_log(&d, (double[]){ 1, (double)NAN, (double)i })) / 9;
	sum += exp(ml_parzen_log(&d, (double[]){ 2, (double)NAN, (double)NAN }));
	NEAR(sum / 3, 1, 1e-3, "midpoints; cells taken as flat where they are narrow");
	ml_parzen_release(&d);
	ml_space_release(&s);
}

int main(void)
{
	return ml_tests_run();
}
