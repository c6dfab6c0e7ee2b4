/* test_newton.c - Newton's method on a function with a known minimum.
 *
 *     f(x) = sum_i a_i (exp(x_i - m_i) - (x_i - m_i)) + 1/2 (sum_i (x_i - m_i))^2,
 *
 * convex, its minimum at m; far from it the Newton step must be shortened. */
#include "base/error.h"
#include "la/newton.h"
#include "test.h"

enum { N = 6 };
static const double minimum[N] = { 0.3, -2.385, 1.7, 4.2, -0.01, 8.5 };
static const double weight[N] = { 1, 200, 0.03, 5, 1e-3, 17 };

struct state {
	double x[N], diagonal[N];
	int values, products;
	bool broken;
};

static int value(void *arg, const double *x, double *out, double *grad, struct ml_error *err)
{
	struct state *s = arg;
	double sum = 0;

	(void)err;
	s->values++;
	*out = 0;
	for (int i = 0; i < N; i++)
		sum += s->x[i] = x[i] - minimum[i];
	for (int i = 0; i < N; i++) {
		*out += weight[i] * (expm1(s->x[i]) - s->x[i]);
		grad[i] = weight[i] * expm1(s->x[i]) + sum;
	}
	*out += 0.5 * sum * sum;
	if (s->broken)
		*out = NAN;
	return ML_OK;
}

static int curvature(void *arg, struct ml_error *err)
{
	struct state *s = arg;

	(void)err;
	for (int i = 0; i < N; i++)
		s->diagonal[i] = weight[i] * exp(s->x[i]);
	return ML_OK;
}

/* Exact, by the formula of Sherman and Morrison for a diagonal plus one row. */
static void solve_exact(void *arg, const double *r, double *z)
{
	const struct state *s = arg;
	double top = 0, bottom = 1;

	for (int i = 0; i < N; i++) {
		top += r[i] / s->diagonal[i];
		bottom += 1 / s->diagonal[i];
	}
	for (int i = 0; i < N; i++)
		z[i] = (r[i] - top / bottom) / s->diagonal[i];
}

static void solve_diagonal(void *arg, const double *r, double *z)
{
	const struct state *s = arg;

	for (int i = 0; i < N; i++)
		z[i] = r[i] / (s->diagonal[i] + 1);
}

static int product(void *arg, const double *v, double *hv, struct ml_error *err)
{
	struct state *s = arg;
	double sum = 0;

	(void)err;
	s->products++;
	for (int i = 0; i < N; i++)
		sum += v[i];
	for (int i = 0; i < N; i++)
		hv[i] = s->diagonal[i] * v[i] + sum;
	return ML_OK;
}

static const struct ml_newton_fns exact = { value, curvature, solve_exact, NULL };
static const struct ml_newton_fns truncated = { value, curvature, solve_diagonal, product };
static const struct ml_run run = { .threads = 1, .deadline = INFINITY };

static void minimise(const struct ml_newton_fns *fns, double start)
{
	struct state f = { 0 };
	struct ml_newton s;
	struct ml_error err;
	double x[N], last = INFINITY;

	for (int i = 0; i < N; i++)
		x[i] = start;
	int rc = ml_newton_set(&s, fns, &f, x, N, &err);
	while (!rc && !s.stuck && !ml_newton_test(&s, 1e-12) && s.iters < 100) {
		rc = ml_newton_iterate(&s, &run, &err);
		CHECK(s.value <= last);
		last = s.value;
	}
	CHECK(!rc);
	CHECK(s.iters < 60);
	for (int i = 0; i < N; i++)
		NEAR(x[i], minimum[i], 1e-9, "gradient 1e-12 over the least curvature 1e-3");
	CHECK((f.products > 0) == (fns->product != NULL));
	ml_newton_release(&s);
}

TEST("the minimum is found from near and far, with the exact Hessian")
{
	minimise(&exact, 0);
	minimise(&exact, -3);
	minimise(&exact, 12);
}

TEST("the minimum is found by truncated conjugate gradients")
{
	minimise(&truncated, 0);
	minimise(&truncated, -3);
	minimise(&truncated, 12);
}

TEST("a start without a value is refused, at the minimum nothing moves")
{
	struct state f = { .broken = true };
	struct ml_newton s;
	struct ml_error err;
	double x[N];

	memcpy(x, minimum, sizeof x);
	CHECK(ml_newton_set(&s, &exact, &f, x, N, &err) == ML_EDATA);
	ml_newton_release(&s);
	f.broken = false;
	CHECK(!ml_newton_set(&s, &exact, &f, x, N, &err));
	CHECK(ml_newton_test(&s, 0));
	CHECK(!ml_newton_iterate(&s, &run, &err));
	CHECK(s.stuck && !memcmp(x, minimum, sizeof x));
	ml_newton_release(&s);
}

int main(void)
{
	return ml_tests_run();
}
