/* test_sums.c - sums, moments and dot products against values known exactly. */
#include <float.h>
#include <stdlib.h>

#include "base/rng.h"
#include "la/mat.h"
#include "la/sums.h"
#include "test.h"

TEST("a sum with cancellation is exact")
{
	const double v[] = { 1e16, 3.25, -1e16, 2.385, 1e-3, -2.385, 1e300, -1e300 };

	CHECK(ml_sum(v, 8) == 3.251);
	CHECK(ml_sum(v, 0) == 0);
}

TEST("a sum whose parts overflow does not, unless it is too large itself")
{
	const double v[] = { DBL_MAX, DBL_MAX, -DBL_MAX, -DBL_MAX / 2 };

	CHECK(ml_sum(v, 4) == DBL_MAX / 2);
	CHECK(ml_sum(v, 2) == INFINITY);
}

TEST("a sum does not depend on the order of its numbers")
{
	enum { N = 100000 };
	double *v = malloc(N * sizeof *v), first;
	struct ml_rng r;
	size_t at[2];

	ml_rng_init(&r, 1, "sums", 0);
	for (size_t i = 0; i < N; i++)
		v[i] = (ml_rng_uniform(&r) - 0.5) * exp(40 * ml_rng_uniform(&r));
	first = ml_sum(v, N);
	for (size_t i = 0; i < N; i++) {
		at[0] = ml_rng_below(&r, N);
		double keep = v[i];
		v[i] = v[at[0]];
		v[at[0]] = keep;
	}
	CHECK(ml_sum(v, N) == first);
	free(v);
}

/* NIST StRD, univariate: NumAcc1 to 4 are given by formulas.  NumAcc1: 10000001, 10000003,
 * 10000002; NumAcc2: 1.2, then 1.1, 1.3 five hundred times; NumAcc3 and 4: the same about
 * 1000000.2 and 10000000.2.  Certified means 10000002, 1.2, 1000000.2, 10000000.2; standard
 * deviations 1, 0.1, 0.1, 0.1.  Doubles cannot hold the data of 3 and 4 exactly: 9.46 and 8.25
 * digits are what an exact computation on them gives. */
static void num_acc(double centre, double low, double high, double mean_digits,
		    double sd_digits)
{
	double v[1001];

	for (size_t i = 0; i < 1001; i++)
		v[i] = i == 0 ? centre : i % 2 ? low : high;
	struct ml_moments m = ml_moments_of(v, NULL, 1001);
	CHECK(fabs(m.mean / centre - 1) <= pow(10, -mean_digits));
	CHECK(fabs(sqrt(m.ss / 1000) / 0.1 - 1) <= pow(10, -sd_digits));
}

TEST("NIST NumAcc1 to 4: mean and standard deviation")
{
	const double v[] = { 10000001, 10000003, 10000002 };
	struct ml_moments m = ml_moments_of(v, NULL, 3);

	CHECK(m.mean == 10000002 && m.ss == 2);
	num_acc(1.2, 1.1, 1.3, 15, 14.5);
	num_acc(1000000.2, 1000000.1, 1000000.3, 15, 9.4);
	num_acc(10000000.2, 10000000.1, 10000000.3, 15, 8.2);
}

TEST("moments leave NaN out and count it")
{
	const double v[] = { NAN, 2.5, NAN, -1.5, 6.25 }, w[] = { 9, 1, 9, 2, 3 };
	struct ml_moments m = ml_moments_of(v, w, 5);

	CHECK(m.n == 3 && m.missing == 2 && m.weight == 6);
	CHECK(m.min == -1.5 && m.max == 6.25);
	CHECK(m.mean == (2.5 - 3 + 18.75) / 6);
	NEAR(m.ss,
	     1 * 0.541666666666666667 * 0.541666666666666667 +
		     2 * 4.541666666666666667 * 4.541666666666666667 +
		     3 * 3.208333333333333333 * 3.208333333333333333,
	     1e-15, "rounding of the expectation");
	m = ml_moments_of(v, w, 1);
	CHECK(m.n == 0 && isnan(m.mean) && isnan(m.min) && m.weight == 0);
}

TEST("a survey in pieces is that of the whole, and moments of what was surveyed are the same")
{
	enum { N = 1003 };
	static double v[N];

	for (size_t i = 0; i < N; i++)
		v[i] = i % 17 == 3 ? (double)NAN : 2.385 * sin((double)i) + 1e3;
	struct ml_survey whole = ml_survey_of(v, N);
	struct ml_moments m = ml_moments_of(v, NULL, N), same;
	for (size_t piece = ML_SURVEY_LANES; piece < N; piece += 96) {
		struct ml_surveying s;

		ml_survey_begin(&s);
		for (size_t i = 0; i < N; i += piece)
			ml_survey_add(&s, v + i, N - i < piece ? N - i : piece);
		struct ml_survey parts = ml_survey_end(&s);
		CHECK(parts.n == whole.n && parts.min == whole.min && parts.max == whole.max);
		CHECK(parts.sum.hi == whole.sum.hi && parts.sum.lo == whole.sum.lo);
		same = ml_moments_surveyed(&parts, v, N);
		CHECK(same.mean == m.mean && same.ss == m.ss && same.missing == m.missing);
		CHECK(ml_mean_surveyed(&parts, v, N) == ml_mean_of(v, NULL, N));
	}
}

TEST("moments of huge and tiny values")
{
	const double huge[] = { DBL_MAX, -DBL_MAX, DBL_MAX, DBL_MAX };
	const double tiny[] = { 3e-320, 1e-320 }, far[] = { 2e200, 4e200, 9e200 };
	const double w[] = { 1e300, 1e300, 1e300, 1e300 };
	struct ml_moments m = ml_moments_of(huge, w, 4);

	CHECK(m.mean == DBL_MAX / 2 && m.ss == INFINITY);
	m = ml_moments_of(tiny, NULL, 2);
	CHECK(m.mean == 2e-320);
	m = ml_moments_of(far, NULL, 3);
	CHECK(fabs(m.mean / 5e200 - 1) <= 1e-15 && m.ss == INFINITY);
}

TEST("a dot product adds in one order for any stride of the caller")
{
	double a[37], b[37], exact = 0;

	for (size_t i = 0; i < 37; i++) {
		a[i] = (double)i - 17.5;
		b[i] = 2.0 * (double)(i % 5) + 0.25;
		exact += a[i] * b[i]; /* small dyadic numbers: no rounding in any order */
	}
	for (size_t n = 0; n <= 37; n++) {
		double sum = 0;
		for (size_t i = 0; i < n; i++)
			sum += a[i] * b[i];
		CHECK(ml_dot(a, b, n) == sum);
	}
	CHECK(ml_dot(a, b, 37) == exact);
}

int main(void)
{
	return ml_tests_run();
}
