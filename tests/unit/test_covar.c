/* test_covar.c - kernel expressions: their grammar, their values by the formulas, their
 * derivatives by finite differences. */
#include <stdlib.h>

#include "base/rng.h"
#include "models/covar.h"
#include "test.h"

enum { P = 3, N = 300 }; /* more than a chunk of points */

static struct ml_error err;

/* High-entropy points: rows N x P, and the same turned. */
struct cloud {
	double row[N * P], turned[N * P];
	struct ml_cov_points points;
};

static struct cloud cloud;

static void make_cloud(void)
{
	struct ml_rng r;

	ml_rng_init(&r, 5, "cloud", 0);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < P; j++)
			cloud.turned[j * N + i] = cloud.row[i * P + j] =
				3.1 * ml_rng_uniform(&r) - 1.3;
	cloud.points = (struct ml_cov_points){ cloud.turned, N };
}

static struct ml_cov read_or_fail(const char *text, size_t columns, bool ard)
{
	struct ml_cov c;

	err.msg[0] = '\0';
	CHECK(!ml_cov_read(&c, text, columns, ard, &err));
	if (*err.msg)
		printf("# %s: %s\n", text, err.msg);
	return c;
}

/* The covariance of two points. */
static double between(const char *text, const double *x, const double *z)
{
	struct ml_cov c = read_or_fail(text, P, false);
	struct ml_cov_work w;
	struct ml_cov_points one = { z, 1 };
	double k = NAN;

	CHECK(!ml_cov_work_init(&w, &c, &err));
	ml_cov_row(&c, x, &one, 0, 1, &k, &w);
	ml_cov_work_release(&w);
	ml_cov_release(&c);
	return k;
}

TEST("kernels are the formulas of Rasmussen and Williams, chapter 4")
{
	static const double x[P] = { 0.7, -1.2, 2.1 }, z[P] = { -0.4, 0.9, 1.65 };
	double d2 = 1.1 * 1.1 + 2.1 * 2.1 + 0.45 * 0.45, d = sqrt(d2), l = 1.7;
	double r3 = sqrt(3) * d / l, r5 = sqrt(5) * d / l, waves = 0;
	const double eps = 1e-14;

	NEAR(between("rbf(1.7)", x, z), exp(-d2 / (2 * l * l)), eps, "eq. 4.9");
	NEAR(between("matern12(1.7)", x, z), exp(-d / l), eps, "eq. 4.18");
	NEAR(between("matern32(1.7)", x, z), (1 + r3) * exp(-r3), eps, "eq. 4.17");
	NEAR(between("matern52(1.7)", x, z), (1 + r5 + r5 * r5 / 3) * exp(-r5), eps,
	     "eq. 4.17");
	NEAR(between("rq(1.7, alpha=0.6)", x, z), pow(1 + d2 / (2 * 0.6 * l * l), -0.6), eps,
	     "eq. 4.19");
	for (size_t j = 0; j < P; j++)
		waves += pow(sin(acos(-1) * (x[j] - z[j]) / 2.3), 2);
	NEAR(between("periodic(1.7, period=2.3)", x, z), exp(-2 * waves / (l * l)), eps,
	     "eq. 4.31, a product over columns");
	NEAR(between("linear(0.35)", x, z), 0.35 * (-0.28 - 1.08 + 3.465), eps, "eq. 4.1");
	NEAR(between("const(2.385)", x, z), 2.385, 0, "a constant");
	NEAR(between("white(2.385)", x, z), 0, 0, "two rows");
	double ard = pow(1.1 / 0.5, 2) + pow(2.1 / 3, 2) + pow(0.45 / 7, 2);
	NEAR(between("rbf([0.5 3 7])", x, z), exp(-ard / 2), eps, "a length a column");
}

TEST("sums and products are sums and products, in the usual order")
{
	static const double x[P] = { 0.7, -1.2, 2.1 }, z[P] = { -0.4, 0.9, 1.65 };
	double a = between("rbf(1.7)", x, z), b = between("linear", x, z);

	NEAR(between("rbf(1.7) + linear*3", x, z), a + 3 * b, 1e-15, "rounding");
	NEAR(between("(rbf(1.7)+linear) * 3", x, z), 3 * (a + b), 1e-15, "rounding");
	NEAR(between("linear*rbf(length=1.7)*linear", x, z), a * b * b, 1e-15, "rounding");
	NEAR(between("2.5 + white", x, z), 2.5, 0, "white is 0 between rows");
}

TEST("a row with itself: what is due to white is told apart, in products too")
{
	struct ml_cov c =
		read_or_fail("(rbf + white(0.3)) * (const(2) + white(0.7)) + linear", P, false);
	double x[P] = { 0.7, -1.2, 2.1 }, self, noise;

	ml_cov_self(&c, x, &self, &noise);
	NEAR(self, 2 + 0.49 + 1.44 + 4.41, 1e-15, "1 * 2 + x'x");
	NEAR(noise, 1.3 * 2.7 - 2, 1e-15, "(1 + 0.3) (2 + 0.7) - 2");
	ml_cov_release(&c);
}

static const char *const all_kinds[] = {
	"const*rbf + white",
	"const(0.7)*rbf(ard) + linear(ard)*white(0.2)",
	"matern12(1.3)*const + 0.5*matern12([0.8 1.9 3.3])",
	"matern32(1.3)*linear(0.4) + matern32([0.8 1.9 3.3])",
	"matern52(1.3) * (const(0.6) + matern52([0.8 1.9 3.3])) + white",
	"rq(1.1, alpha=0.7)*rq([0.8 1.9 3.3], alpha=2.4)",
	"periodic(1.1, period=2.7) + rbf*periodic([0.8 1.9 3.3], period=1.6)",
	"(const + linear(0.3))*(const + linear(0.3))*(white + rbf)",
};
enum { KERNELS = sizeof all_kinds / sizeof *all_kinds };

/* What the slope is of: weighted covariances of row 0 with others, and with itself. */
static double weighed(struct ml_cov *c, const double *weight, double *grad)
{
	struct ml_cov_work w;
	double k[N], sum = 0, self, noise;

	CHECK(!ml_cov_work_init(&w, c, &err));
	ml_cov_row(c, cloud.row, &cloud.points, 1, N, k, &w);
	for (size_t i = 1; i < N; i++)
		sum += weight[i] * k[i];
	ml_cov_self(c, cloud.row, &self, &noise);
	if (grad) {
		memset(grad, 0, c->params * sizeof *grad);
		ml_cov_row_slope(c, cloud.row, &cloud.points, 1, N, weight + 1, grad, &w);
		ml_cov_self_slope(c, cloud.row, 1.7, -0.6, grad);
	}
	ml_cov_work_release(&w);
	return sum + 1.7 * self - 0.6 * noise;
}

TEST("derivatives agree with finite differences to 1e-7")
{
	double weight[N], grad[64];

	make_cloud();
	for (size_t i = 0; i < N; i++)
		weight[i] = sin(0.37 * (double)i) + 0.2;
	for (size_t t = 0; t < KERNELS; t++) {
		struct ml_cov c = read_or_fail(all_kinds[t], P, false);
		weighed(&c, weight, grad);
		for (size_t k = 0; k < c.params; k++) {
			double v = c.param[k].value, h = 1e-5;
			c.param[k].value = v * exp(h);
			double up = weighed(&c, weight, NULL);
			c.param[k].value = v * exp(-h);
			double down = weighed(&c, weight, NULL);
			c.param[k].value = v;
			NEAR(grad[k], (up - down) / (2 * h), 1e-7,
			     "central differences: h^2 = 1e-10, rounding 1e-16 * 100 / h");
		}
		ml_cov_release(&c);
	}
}

TEST("what is written is read again, to the last bit")
{
	for (size_t t = 0; t < KERNELS; t++) {
		struct ml_cov c = read_or_fail(all_kinds[t], P, false), d, copy;
		struct ml_buf a = { 0 }, b = { 0 };

		for (size_t k = 0; k < c.params; k++)
			c.param[k].value *= 1.0000000123;
		ml_cov_write(&c, &a);
		d = read_or_fail(ml_buf_str(&a), P, false);
		CHECK(c.params == d.params && c.nodes == d.nodes);
		for (size_t k = 0; k < c.params && k < d.params; k++)
			CHECK(c.param[k].value == d.param[k].value);
		for (size_t k = 0; k < c.nodes && k < d.nodes; k++)
			CHECK(c.node[k].kind == d.node[k].kind &&
			      c.node[k].left == d.node[k].left);
		CHECK(!ml_cov_copy(&copy, &d, &err));
		ml_cov_write(&copy, &b);
		SAME_TEXT(ml_buf_str(&b), ml_buf_str(&a));
		ml_buf_release(&a);
		ml_buf_release(&b);
		ml_cov_release(&c);
		ml_cov_release(&d);
		ml_cov_release(&copy);
	}
}

TEST("start, fixed, range, list, ard: what they set")
{
	struct ml_cov c = read_or_fail(
		"rbf(length=2 in 0.5:8)*const(0.1:10) + white(0.3 fixed)", 5, false);

	CHECK(c.params == 3);
	CHECK(c.param[0].value == 2 && c.param[0].lo == 0.5 && c.param[0].hi == 8);
	NEAR(c.param[1].value, 1, 1e-15, "the middle of a range, by ratio");
	CHECK(c.param[1].lo == 0.1 && c.param[1].hi == 10 && !c.param[1].fixed);
	CHECK(c.param[2].value == 0.3 && c.param[2].fixed && !c.param[0].fixed);
	ml_cov_release(&c);
	c = read_or_fail("rbf + 1e7*linear(ard)", 4, false);
	CHECK(c.params == 6);
	NEAR(c.param[0].value, 2, 0, "lengths begin at the root of the columns");
	CHECK(c.param[1].fixed && c.param[1].hi == 1e7);
	ml_cov_release(&c);
	c = read_or_fail("rq(ard, length=3) + const*white", 4, true);
	CHECK(c.params == 7 && c.param[3].value == 3 && c.param[4].value == 1);
	ml_cov_release(&c);
}

TEST("what is no kernel is refused, with the place and what was expected")
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "a kernel is missing at the end" },
		{ "rbf +", "a kernel is missing at the end" },
		{ "rbf(length=1", "',' or ')' is missing at the end" },
		{ "rbff + white", "character 1: 'rbff' is not one of" },
		{ "rbff", "did you mean 'rbf'?" },
		{ "rbf(width=1)", "character 5: 'rbf' has no 'width', but length, ard" },
		{ "const*white(length=2)", "character 13: 'white' has no 'length', but noise" },
		{ "rbf white", "character 5: 'white' where '+' or '*' is expected" },
		{ "rbf(1) - white", "character 8: '-' where '+' or '*'" },
		{ "rbf(-1)", "character 5: -1 is not in 1e-100..1e100" },
		{ "rbf(0)", "character 5: 0 is not in" },
		{ "rbf(1e999)", "is not in" },
		{ "rbf(x)", "'rbf' has no 'x'" },
		{ "rbf(length 1)", "where '=' is expected" },
		{ "rbf(1, 2)", "the name of a parameter is expected" },
		{ "rbf(1, length=2)", "length is given twice" },
		{ "rbf(5 in 1:3)", "5 is not in the range 1:3" },
		{ "rbf(3:1)", "is not in the range 3:1" },
		{ "rbf(1 in 3)", "':' is expected" },
		{ "rbf([1 2])", "2 values for 3 columns" },
		{ "white([1 2 3])", "a number is expected" },
		{ "rq(alpha=[1 2 3])", "a number is expected" },
		{ "white(ard)", "'white' has no 'ard'" },
		{ "(rbf", "'+', '*' or ')' is missing at the end" },
		{ "rbf)", "')' where '+' or '*' is expected" },
		{ "1..5*rbf", "a number is expected" },
		{ "\xff\xfe", "where a kernel is expected" },
	};

	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		struct ml_cov c;
		CHECK(ml_cov_read(&c, bad[k].text, P, false, &err) == 64);
		if (!strstr(err.msg, bad[k].says) && ++ml_test_failed <= 20)
			printf("# '%s': %s\n", bad[k].text, err.msg);
		ml_cov_release(&c);
	}
}

TEST("depth and size are limited")
{
	struct ml_buf b = { 0 };
	struct ml_cov c;

	for (int k = 0; k < 33; k++)
		ml_buf_byte(&b, '(');
	CHECK(ml_cov_read(&c, ml_buf_str(&b), P, false, &err) == 64);
	CHECK(strstr(err.msg, "more than 32 brackets"));
	ml_cov_release(&c);
	ml_buf_clear(&b);
	for (int k = 0; k < 33; k++)
		ml_buf_text(&b, k ? "*rbf" : "rbf");
	CHECK(ml_cov_read(&c, ml_buf_str(&b), P, false, &err) == 64);
	CHECK(strstr(err.msg, "more than 64"));
	ml_cov_release(&c);
	ml_buf_release(&b);
}

int main(void)
{
	return ml_tests_run();
}
