/* exact.c - linear models against minima that were computed independently (tests/data/exact
 * says where tables and coefficients come from).
 *
 * File: comments (#), "rows N columns P classes K", N rows of P numbers and the target, then,
 * any number of times, "minimum MODEL ENCODING PARAMETER outputs R" and R rows of P + 1
 * coefficients. The parameter is alpha of ridge, C of logistic. */
#include <stdlib.h>

#include "la/sums.h"
#include "models/model.h"
#include "test.h"

struct table {
	size_t n, p, k;
	double *x, *y;
};

/* Every column about its mean, divided by the root of its mean square; owned by the caller. */
static double *standardised(const struct table *t)
{
	double *x = malloc(t->n * t->p * sizeof *x), *column = malloc(t->n * sizeof *column);

	for (size_t j = 0; j < t->p; j++) {
		for (size_t i = 0; i < t->n; i++)
			column[i] = t->x[i * t->p + j];
		struct ml_moments m = ml_moments_of(column, NULL, t->n);
		double deviation = sqrt(m.ss / (double)t->n);
		for (size_t i = 0; i < t->n; i++)
			x[i * t->p + j] = (column[i] - m.mean) / deviation;
	}
	free(column);
	return x;
}

static bool read_numbers(FILE *f, double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fscanf(f, "%lf", &v[i]) != 1)
			return false;
	return true;
}

/* Largest difference of a coefficient, relative to the largest. */
static double distance(const struct table *t, double *x, const char *name,
		       const char *parameter, const double *want, size_t outputs)
{
	const struct ml_model *m = ml_model_find(name);
	static const struct ml_run run = { .threads = 2, .deadline = INFINITY };
	struct ml_problem p = { .x = { x, t->n, t->p, t->p },
				.y = t->y,
				.nclass = t->k,
				.task = t->k ? ML_CLASSIFY : ML_REGRESS };
	void *state = calloc(1, m->state_size), *opts = calloc(1, m->opts_size);
	size_t cols = t->p + 1;
	double *coef = malloc(outputs * cols * sizeof *coef), off = 0, most = 0;
	struct ml_mat out = { coef, outputs, cols, cols };
	struct ml_report rep;
	struct ml_error err;

	ml_opt_defaults(m->opts, opts);
	if (!strcmp(name, "ridge"))
		CHECK(!ml_opt_set(m->opts, opts, "alpha", parameter, &err));
	if (!strcmp(name, "logistic"))
		CHECK(!ml_opt_set(m->opts, opts, "C", parameter, &err) &&
		      !ml_opt_set(m->opts, opts, "tol", "1e-14", &err));
	CHECK(!m->fit(state, &p, opts, &run, &rep, &err));
	CHECK(rep.converged && m->coefficient_rows(state) == outputs);
	m->coefficients(state, &out);
	for (size_t i = 0; i < outputs * cols; i++) {
		off = fmax(off, fabs(coef[i] - want[i]));
		most = fmax(most, fabs(want[i]));
	}
	m->release(state);
	free(coef);
	free(opts);
	free(state);
	return off / most;
}

static void check_file(const char *path, int minima)
{
	FILE *f = fopen(path, "r");
	char line[1024] = "#", name[32], encoding[8], parameter[32];
	struct table t = { 0 };
	size_t outputs;
	int seen = 0;

	CHECK(f);
	while (f && line[0] == '#' && fgets(line, sizeof line, f))
		;
	if (!f || sscanf(line, "rows %zu columns %zu classes %zu", &t.n, &t.p, &t.k) != 3) {
		CHECK(t.n > 0);
		return;
	}
	t.x = malloc(t.n * t.p * sizeof *t.x);
	t.y = malloc(t.n * sizeof *t.y);
	for (size_t i = 0; i < t.n; i++)
		CHECK(read_numbers(f, t.x + i * t.p, t.p) && read_numbers(f, t.y + i, 1));
	double *x = standardised(&t);
	while (fscanf(f, " minimum %31s %7s %31s outputs %zu", name, encoding, parameter,
		      &outputs) == 4) {
		double *want = malloc(outputs * (t.p + 1) * sizeof *want);
		CHECK(read_numbers(f, want, outputs * (t.p + 1)));
		double off = distance(&t, strcmp(encoding, "raw") ? x : t.x, name, parameter,
				      want, outputs);
		NEAR(off, 0, 1e-12, "rounding of the standardised columns");
		free(want);
		seen++;
	}
	CHECK(seen == minima);
	free(x);
	free(t.y);
	free(t.x);
	fclose(f);
}

TEST("linear and ridge on boston are at the exact minima")
{
	check_file("tests/data/exact/boston.txt", 3);
}

TEST("logistic on pima (two classes) is at the exact minimum")
{
	check_file("tests/data/exact/pima.txt", 1);
}

TEST("logistic on iris (three classes) is at the exact minimum")
{
	check_file("tests/data/exact/iris.txt", 1);
}

int main(void)
{
	return ml_tests_run();
}
