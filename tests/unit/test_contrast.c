/* test_contrast.c - paired tests against published examples, R 4.2.2 with pROC 1.18.0, and
 * SciPy 1.10.1. */
#include <stdlib.h>

#include "metrics/contrast.h"
#include "metrics/spread.h"
#include "test.h"

#define R "R 4.2.2; both sum a hundred numbers at most"
#define SCIPY "SciPy 1.10.1 from the formula; both sum some numbers"

TEST("McNemar: airway hyper-responsiveness (Bentur et al.), as Fagerland, Lydersen, Laake 2013")
{
	const struct ml_discordant d = { .first = 7, .second = 1, .n = 21 };

	NEAR(ml_mcnemar_exact(&d, 0.95).p, 0.0703125, 1e-12, "2 (1 + 8) / 2^8");
	NEAR(ml_mcnemar_mid(&d, 0.95).p, 0.0390625, 1e-12, "less 8 / 2^8; printed 0.039");
	NEAR(ml_mcnemar_chi(&d, 0.95).p, 0.0771, 5e-5, "printed 0.077");
	NEAR(ml_mcnemar_chi(&d, 0.95).statistic, 25.0 / 8, 1e-15, "(6 - 1)^2 / 8");
}

TEST("McNemar: approval of the prime minister (Agresti 1990), as R")
{
	const struct ml_discordant d = { .first = 150, .second = 86, .n = 1600 };
	struct ml_contrast chi = ml_mcnemar_chi(&d, 0.95);

	NEAR(chi.statistic, 16.817796610169491, 1e-13, R ", mcnemar.test");
	NEAR(chi.p, 4.1145622813459436e-05, 1e-13, R ", mcnemar.test");
	NEAR(ml_mcnemar_exact(&d, 0.95).p, 3.71593613957143e-05, 1e-13, R ", binom.test");
	NEAR(chi.lo, -0.05868293572597245, 1e-13, SCIPY);
	NEAR(chi.hi, -0.021217189117972622, 1e-13, SCIPY);
	NEAR(chi.diff, -0.04, 1e-15, "64 of 1600");
	NEAR(chi.effect, 86.0 / 150, 1e-15, "odds ratio");
}

TEST("McNemar: no discordant rows are no difference")
{
	const struct ml_discordant none = { .n = 31 }, even = { 3, 3, 31 };

	CHECK(ml_mcnemar_exact(&none, 0.9).p == 1);
	CHECK(ml_mcnemar_mid(&none, 0.9).p == 1);
	CHECK(ml_mcnemar_chi(&none, 0.9).p == 1);
	CHECK(ml_mcnemar_exact(&even, 0.9).p == 1);
	NEAR(ml_mcnemar_mid(&even, 0.9).p, 1 - 10.0 / 64, 1e-14, "Fagerland: 1 - f / 2");
}

/* Hamilton depression scale before and after, Hollander and Wolfe 1973: help(wilcox.test). */
static const double depression[9] = { 1.83 - 0.878, 0.50 - 0.647, 1.62 - 0.598,
				      2.48 - 2.05,  1.68 - 1.06,  1.88 - 1.29,
				      1.55 - 1.06,  3.06 - 3.14,  1.30 - 1.29 };

TEST("signed ranks and Student's t: the depression scale, as R")
{
	struct ml_error err = { 0 };
	struct ml_contrast w, t = ml_paired_t(depression, 9, 0.95);

	CHECK(!ml_signed_rank(depression, 9, 0.95, &w, &err));
	NEAR(w.statistic, 40, 0, R);
	NEAR(w.p, 0.0390625, 1e-14, R);
	NEAR(w.lo, 0.01, 1e-14, R);
	NEAR(w.hi, 0.786, 1e-14, R);
	NEAR(w.diff, 0.46, 1e-14, R);
	NEAR(t.statistic, 3.035375415648591, 1e-13, R);
	NEAR(t.p, 0.016176627434908095, 1e-13, R);
	NEAR(t.lo, 0.103778712272168519, 1e-13, R);
	NEAR(t.hi, 0.759999065505609250, 1e-13, R);
	CHECK(t.df == 8);
}

TEST("signed ranks: ties, zeros and many pairs, as R")
{
	const double tied[] = { 1, 2, 2, -1, 3, 0, 4, -2, 5, 1, 3, 2, -3 };
	double many[200];
	struct ml_error err = { 0 };
	struct ml_contrast w;

	CHECK(!ml_signed_rank(tied, 13, 0.95, &w, &err));
	NEAR(w.statistic, 61.5, 0, R);
	NEAR(w.p, 0.082229226611228876, 1e-13, R);
	for (int i = 0; i < 200; i++)
		many[i] = (i + 1) * 7919 % 1009 / 1009.0 - 0.45;
	CHECK(!ml_signed_rank(many, 200, 0.95, &w, &err));
	NEAR(w.p, 9.8090150238055555e-03, 1e-13, R);
	NEAR(w.diff, 0.05445986124876117, 1e-13, "NumPy 1.24.2: median of all means");
	NEAR(w.lo, 0.013825569871159543, 1e-13, "NumPy 1.24.2: the 8444th mean");
	NEAR(w.hi, 0.09757185332011892, 1e-13, "NumPy 1.24.2: the 8444th from above");
	NEAR(w.hi, 9.7572616418275956e-02, 1e-5, "R finds a root to 1e-4 in place of a rank");
}

TEST("signed ranks: nothing but zeros is no difference")
{
	const double zero[3] = { 0 };
	struct ml_error err = { 0 };
	struct ml_contrast w;

	CHECK(!ml_signed_rank(zero, 3, 0.95, &w, &err) && w.p == 1 && w.lo == 0);
	CHECK(ml_paired_t(zero, 3, 0.95).p == 1);
	CHECK(isnan(ml_paired_t(depression, 1, 0.95).p));
	const double alike[3] = { 2.5, 2.5, 2.5 };
	struct ml_contrast c = ml_paired_t(alike, 3, 0.95);
	CHECK(isnan(c.p) && c.lo == 2.5 && c.hi == 2.5);
}

static const double folds[10] = { 0.021, -0.004, 0.013, 0.032, 0.017,
				  0.008, -0.011, 0.025, 0.019, 0.006 };

TEST("folds: Nadeau and Bengio's t, Dietterich's t, Alpaydin's F, as SciPy")
{
	struct ml_contrast c = ml_corrected_t(folds, 10, 1.0 / 9, 0.95);
	struct ml_contrast t = ml_five_by_two_t(folds, 0.95), f = ml_five_by_two_f(folds);

	NEAR(c.statistic, 2.083995535810443, 1e-13, SCIPY);
	NEAR(c.p, 0.06683089648989883, 1e-13, SCIPY);
	NEAR(c.lo, -0.0010771791305454609, 1e-9, "GSL's quantile of Student's t");
	NEAR(c.hi, 0.02627717913054546, 1e-9, "GSL's quantile of Student's t");
	NEAR(c.effect, 0.9575298688249844, 1e-13, SCIPY);
	NEAR(t.statistic, 1.3197371560797404, 1e-13, SCIPY);
	NEAR(t.p, 0.24411647941552372, 1e-13, SCIPY);
	NEAR(t.lo, -0.01990376505672001, 1e-9, "GSL's quantile of Student's t");
	NEAR(f.statistic, 1.2424960505529223, 1e-13, SCIPY);
	NEAR(f.p, 0.4286673237666537, 1e-13, SCIPY);
}

TEST("time: Diebold and Mariano with Bartlett's weights, as SciPy")
{
	struct ml_contrast d = ml_diebold_mariano(folds, 10, 2, 0.95);

	NEAR(d.statistic, 3.4860661621057476, 1e-13, SCIPY);
	NEAR(d.p, 0.006872583432612637, 1e-13, SCIPY);
	CHECK(isnan(ml_diebold_mariano(folds, 3, 2, 0.95).p));
}

enum { HEMORRHAGES = 113 };

/* Aneurysmal subarachnoid haemorrhages (Turck et al. 2010), data set aSAH of pROC. */
static void read_hemorrhages(int32_t *poor, double v[3][HEMORRHAGES])
{
	FILE *f = fopen("tests/data/compare/asah.csv", "r");
	size_t n = 0;

	CHECK(f && fscanf(f, "%*[^\n]") == 0);
	while (f && n < HEMORRHAGES &&
	       fscanf(f, "%d,%lf,%lf,%lf", &poor[n], &v[0][n], &v[1][n], &v[2][n]) == 4)
		n++;
	CHECK(n == HEMORRHAGES);
	if (f)
		fclose(f);
}

TEST("DeLong: WFNS against S100b and NDKA, as pROC 1.18.0")
{
	static double v[3][HEMORRHAGES];
	static int32_t poor[HEMORRHAGES];
	struct ml_error err = { 0 };
	struct ml_areas a;

	read_hemorrhages(poor, v);
	const struct ml_scores wfns = { v[0], 1 }, s100b = { v[1], 1 }, ndka = { v[2], 1 };
	CHECK(!ml_areas_of(&wfns, &s100b, poor, 1, HEMORRHAGES, &a, &err));
	NEAR(a.first, 0.823678861788617933, 1e-13, "pROC");
	NEAR(a.second, 0.731368563685636852, 1e-13, "pROC");
	NEAR(a.var_first, 0.0014699147088236264, 1e-13, "pROC");
	NEAR(a.var_second, 0.0026686824571724378, 1e-13, "pROC");
	NEAR(a.cov, 0.0011961556737675448, 1e-13, "pROC");
	struct ml_contrast c = ml_delong(&a, 0.95);
	NEAR(c.statistic, -2.208983591440907723, 1e-12,
	     "pROC takes the first minus the second");
	NEAR(c.p, 0.027175782229188150, 1e-12, "pROC");
	NEAR(c.lo, -0.174214419249477559, 1e-12, "pROC");
	NEAR(c.hi, -0.010406176956484617, 1e-12, "pROC");
	CHECK(!ml_areas_of(&wfns, &ndka, poor, 1, HEMORRHAGES, &a, &err));
	NEAR(ml_delong(&a, 0.95).statistic, -2.7977759186890387433, 1e-12, "pROC");
	NEAR(a.cov, -0.00053296785676243776, 1e-13, "pROC");
	CHECK(!ml_areas_of(&wfns, &wfns, poor, 1, HEMORRHAGES, &a, &err));
	CHECK(ml_delong(&a, 0.95).p == 1 && ml_delong(&a, 0.95).lo == 0);
	CHECK(!ml_areas_of(&wfns, &ndka, poor, 1, 2, &a, &err) && isnan(a.first));
}

static int ascending(const void *a, const void *b)
{
	const double *u = a, *v = b;
	return (*u > *v) - (*u < *v);
}

TEST("BCa bounds, as from the formula with SciPy's normal distribution")
{
	const double jack[] = { 4.1, 4.35, 4.2, 4.6, 4.31, 4.27, 4.9 };
	double v[100];

	for (int i = 0; i < 100; i++)
		v[i] = pow((i + 1) * 37 % 101, 1.5) / 100;
	qsort(v, 100, sizeof *v, ascending);
	struct ml_spread s = { 4.3, v, 100, ml_acceleration(jack, 7) };
	NEAR(s.accel, -0.0604711181843505, 1e-12, SCIPY);
	NEAR(ml_spread_bound(&s, 0.025), 0.07926697167721783, 1e-9, "quantiles of the normal");
	NEAR(ml_spread_bound(&s, 0.975), 9.681893844473715, 1e-9, "quantiles of the normal");
	for (double q = 0.05; q < 0.5; q += 0.05)
		NEAR(ml_spread_p(&s, ml_spread_bound(&s, q)), 2 * q, 0.03, "steps of 1 in 100");
	s.accel = NAN;
	NEAR(ml_spread_bound(&s, 0.5), ml_quantile(v, 100, 0.5), 0, "percentiles");
	s.estimate = 11;
	NEAR(ml_spread_p(&s, 0), 2.0 / 101, 1e-15, "none of 100 is at most 0");
}

int main(void)
{
	return ml_tests_run();
}
