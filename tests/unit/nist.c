/* nist.c - linear regression on reference sets of NIST (Statistical Reference Datasets,
 * https://www.itl.nist.gov/div898/strd/): at least 13 digits of every certified coefficient.
 *
 * The sets here are those whose data are formulas (Wampler 1 to 5, NoInt 1 and 2) and Longley,
 * whose data are in R (datasets::longley).  Certified values as NIST gives them.  Digits:
 * -log10 of the relative error (absolute where 0 is certified), at most 15. */
#include <stdlib.h>

#include "models/model.h"
#include "test.h"

/* A certified figure with its standard deviation; coefficients: the constant last. */
struct certified {
	double coef, sd;
};

enum { MAX_ROWS = 21, MAX_COLS = 6 };
struct set {
	size_t n, p;
	bool intercept;
	double x[MAX_ROWS * MAX_COLS], y[MAX_ROWS];
};

static double digits(double got, double want)
{
	double off = want == 0 ? fabs(got) : fabs(got / want - 1);

	return off == 0 ? 15 : fmin(15, -log10(off));
}

/* Fits and compares; returns the fewest digits of a coefficient. */
static double fit_set(struct set *s, const struct certified *want, double sigma,
		      double sd_digits)
{
	const struct ml_model *m = ml_model_find("linear");
	static const struct ml_run run = { .threads = 1, .deadline = INFINITY };
	struct ml_problem p = { .x = { s->x, s->n, s->p, s->p },
				.y = s->y,
				.task = ML_REGRESS };
	void *state = calloc(1, m->state_size), *opts = calloc(1, m->opts_size);
	double coef[MAX_COLS + 1], stats[(MAX_COLS + 1) * 3], fewest = 15;
	struct ml_mat out = { coef, 1, s->p + 1, s->p + 1 }, table = { stats, s->p + 1, 3, 3 };
	struct ml_fields f = { 0 };
	struct ml_report rep;
	struct ml_error err;

	ml_opt_defaults(m->opts, opts);
	CHECK(s->intercept || !ml_opt_set(m->opts, opts, "intercept", "no", &err));
	CHECK(!m->fit(state, &p, opts, &run, &rep, &err));
	CHECK(rep.converged);
	m->coefficients(state, &out);
	m->statistics(state, &table);
	for (size_t j = 0; j < s->p + s->intercept; j++) {
		fewest = fmin(fewest, digits(coef[j], want[j].coef));
		/* Sigma is 0 for the exact sets: se is then of the size of rounding. */
		CHECK(digits(stats[j * 3], want[j].sd) >= sd_digits);
	}
	m->save(state, &f);
	CHECK(digits(ml_fields_find(&f, "sigma")->u.real, sigma) >= sd_digits);
	ml_fields_release(&f);
	m->release(state);
	free(opts);
	free(state);
	return fewest;
}

/* Wampler's polynomial sets: x = 0..20 and its powers to 5; y = the sum of x^k (2: of
 * (x/10)^k), plus `noise` times a fixed pattern orthogonal to the powers. */
static double wampler(bool tenths, double noise, const struct certified *want, double sigma,
		      double sd_digits)
{
	static const double pattern[21] = { 759,   -2048, 2048,  -2048, 2523,  -2048, 2048,
					    -2048, 1838,  -2048, 2048,  -2048, 1838,  -2048,
					    2048,  -2048, 2523,  -2048, 2048,  -2048, 759 };
	struct set s = { .n = 21, .p = 5, .intercept = true };

	for (size_t i = 0; i < 21; i++) {
		double power = 1, whole = 0, x = (double)i;
		for (size_t k = 0; k <= 5; k++) {
			if (k > 0)
				s.x[i * 5 + k - 1] = power;
			/* Whole numbers until the only division. */
			whole += power * (tenths ? pow(10, (double)(5 - k)) : 1);
			power *= x;
		}
		s.y[i] = tenths ? whole / 1e5 : whole + noise * pattern[i];
	}
	return fit_set(&s, want, sigma, sd_digits);
}

TEST("NIST Wampler1 and 2: exact polynomials")
{
	static const struct certified one[] = { { 1, 0 }, { 1, 0 }, { 1, 0 },
						{ 1, 0 }, { 1, 0 }, { 1, 0 } };
	static const struct certified two[] = { { 1e-1, 0 }, { 1e-2, 0 }, { 1e-3, 0 },
						{ 1e-4, 0 }, { 1e-5, 0 }, { 1, 0 } };

	CHECK(wampler(false, 0, one, 0, 9) >= 13);
	CHECK(wampler(true, 0, two, 0, 9) >= 13);
}

TEST("NIST Wampler3, 4 and 5: the same under growing noise")
{
	static const struct certified three[] = {
		{ 1, 2363.55173469681 }, { 1, 779.343524331583 },  { 1, 101.475507550350 },
		{ 1, 5.64566512170752 }, { 1, 0.112324854679312 }, { 1, 2152.32624678170 },
	};
	struct certified more[2][6];

	for (int k = 0; k < 6; k++) {
		more[0][k] = (struct certified){ 1, three[k].sd * 1e2 };
		more[1][k] = (struct certified){ 1, three[k].sd * 1e4 };
	}
	CHECK(wampler(false, 1, three, 2360.14502379268, 12) >= 13);
	CHECK(wampler(false, 1e2, more[0], 236014.502379268, 12) >= 13);
	CHECK(wampler(false, 1e4, more[1], 23601450.2379268, 12) >= 13);
}

TEST("NIST NoInt1 and 2: lines through the origin")
{
	static const struct certified one[] = { { 2.07438016528926, 0.165289256198347e-01 } };
	static const struct certified two[] = { { 0.727272727272727, 0.420827318078432e-01 } };
	struct set a = { .n = 11, .p = 1 };
	struct set b = { .n = 3, .p = 1, .x = { 4, 5, 6 }, .y = { 3, 4, 4 } };

	for (size_t i = 0; i < 11; i++) {
		a.x[i] = 60 + (double)i;
		a.y[i] = 130 + (double)i;
	}
	CHECK(fit_set(&a, one, 3.56753034006338, 13) >= 13);
	CHECK(fit_set(&b, two, 0.369274472937998, 13) >= 13);
}

TEST("NIST Longley: collinear economic series")
{
	/* Prices, product, unemployed, armed forces, population, year; employed. */
	static const double longley[16][7] = {
		{ 83.0, 234289, 2356, 1590, 107608, 1947, 60323 },
		{ 88.5, 259426, 2325, 1456, 108632, 1948, 61122 },
		{ 88.2, 258054, 3682, 1616, 109773, 1949, 60171 },
		{ 89.5, 284599, 3351, 1650, 110929, 1950, 61187 },
		{ 96.2, 328975, 2099, 3099, 112075, 1951, 63221 },
		{ 98.1, 346999, 1932, 3594, 113270, 1952, 63639 },
		{ 99.0, 365385, 1870, 3547, 115094, 1953, 64989 },
		{ 100.0, 363112, 3578, 3350, 116219, 1954, 63761 },
		{ 101.2, 397469, 2904, 3048, 117388, 1955, 66019 },
		{ 104.6, 419180, 2822, 2857, 118734, 1956, 67857 },
		{ 108.4, 442769, 2936, 2798, 120445, 1957, 68169 },
		{ 110.8, 444546, 4681, 2637, 121950, 1958, 66513 },
		{ 112.6, 482704, 3813, 2552, 123366, 1959, 68655 },
		{ 114.2, 502601, 3931, 2514, 125368, 1960, 69564 },
		{ 115.7, 518173, 4806, 2572, 127852, 1961, 69331 },
		{ 116.9, 554894, 4007, 2827, 130081, 1962, 70551 },
	};
	static const struct certified want[] = {
		{ 15.0618722713733, 84.9149257747669 },
		{ -0.358191792925910e-01, 0.334910077722432e-01 },
		{ -2.02022980381683, 0.488399681651699 },
		{ -1.03322686717359, 0.214274163161675 },
		{ -0.511041056535807e-01, 0.226073200069370 },
		{ 1829.15146461355, 455.478499142212 },
		{ -3482258.63459582, 890420.383607373 },
	};
	struct set s = { .n = 16, .p = 6, .intercept = true };

	for (size_t i = 0; i < 16; i++) {
		memcpy(s.x + i * 6, longley[i], 6 * sizeof *s.x);
		s.y[i] = longley[i][6];
	}
	CHECK(fit_set(&s, want, 304.854073561965, 12) >= 13);
}

int main(void)
{
	return ml_tests_run();
}
