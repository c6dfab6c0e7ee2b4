/* test_reduce.c - principal components and singular vectors, beside numbers from elsewhere.
 * Expected values: R 4.2.2 (prcomp(), svd(), lm() of the data set stackloss), or by hand. */
#include "plant.h"

#include "la/principal.h"
#include "la/spectrum.h"

#define SOLVER "an eigenvalue solver's roundings, beside R's"

/* Variances and directions, whose signs are fixed here as the manual says. */
static void check_found(const struct fitted *p, const double *explained, const double *loading,
			size_t k, size_t n, double tol)
{
	struct ml_fields f = saved(p);
	const double *e = reals(&f, "explained", k), *v = reals(&f, "components", k * n);

	for (size_t c = 0; c < k; c++) {
		double sign = ml_sign_is_wrong(loading + c * n, n) ? -1 : 1;

		NEAR(e[c], explained[c], tol * explained[c], SOLVER);
		for (size_t j = 0; j < n; j++)
			NEAR(v[c * n + j], sign * loading[c * n + j], 1e-12, SOLVER);
	}
	ml_fields_release(&f);
}

static const double raw_variance[] = { 194.1106025615946749, 22.9589796090030696,
				       7.1940547273557414, 1.9601726258560521 };
static const double raw_loading[] = { -0.64153233211699989,  -0.195359038634897259,
				      -0.197346275396145077, -0.71507031854177883,
				      -0.05707606557955465,  0.059973624791391449,
				      -0.951178642677428243, 0.29732923970182579,
				      -0.75030002853913969,  0.344545786917813346,
				      0.228063961905418139,  0.51606675650670886,
				      0.14909210831109743,   0.916256629482272600,
				      -0.065577942797855268, -0.36598478873791768 };

TEST("pca: variances, loadings, scores are those of R's prcomp")
{
	static const size_t rows[] = { 0, 6, 20 };
	/* Signs as the loadings above, of which the first three have the other one. */
	static const double scores[3][4] = {
		{ -31.7471043199461285, 3.9327863378600352, 0.60039640577522013,
		  -0.80768788471926534 },
		{ -3.9562130010591074, -5.8630524399338615, 2.11488000669366283,
		  1.91522264701484857 },
		{ -5.0520616784961119, -5.8465151371883115, -7.78609831912837969,
		  1.03802803612191896 },
	};
	static const double sign[] = { -1, -1, -1, 1 };
	struct ml_table *t = plant();
	struct fitted p;

	MUST(fit_named(&p, "pca", t, "all", NULL, NULL, NULL));
	check_found(&p, raw_variance, raw_loading, 4, 4, 1e-12);
	MUST(apply_to(&p, t));
	CHECK(t->ncol == 4 && !strcmp(t->col[0].name, "pca1") &&
	      !strcmp(t->col[3].name, "pca4"));
	for (size_t i = 0; i < 3; i++)
		for (size_t c = 0; c < 4; c++)
			NEAR(t->col[c].num[rows[i]], sign[c] * scores[i][c], 1e-12, SOLVER);
	release_fitted(&p);
	ml_table_free(t);
}

TEST("pca: of rows with weights, as of rows that stand there so often")
{
	static const double variance[] = { 176.5147378669288969, 22.0127905398478703,
					   7.2210798645518697, 2.1427970712961728 };
	double w[21];
	struct ml_table *t = plant();
	struct fitted p;
	struct ml_fields f;

	for (size_t i = 0; i < 21; i++)
		w[i] = (double)(i % 3 + 1);
	MUST(fit_named(&p, "pca", t, "4", w, NULL, NULL));
	f = saved(&p);
	for (size_t c = 0; c < 4; c++)
		NEAR(reals(&f, "explained", 4)[c], variance[c], 1e-12 * variance[c], SOLVER);
	ml_fields_release(&f);
	release_fitted(&p);
	ml_table_free(t);
}

TEST("pca: fewer rows than columns, whose last direction has no spread")
{
	static const double variance[] = { 13.868447474027050, 5.1315525259729471 };
	static const double loading[] = { 0.71187688773640911,  0.28475075509456371,
					  -0.16042673202049773, 0.62162011537033057,
					  0.50433661228051130,  0.20173464491220525,
					  -0.35400159296512013, -0.76133474026457071 };
	struct ml_table *whole = plant(), *t = copy_range(whole, 0, 3);
	struct fitted p;

	MUST(fit_named(&p, "pca", t, "2", NULL, NULL, NULL));
	check_found(&p, variance, loading, 2, 4, 1e-12);
	release_fitted(&p);
	MUST(fit_named(&p, "pca", t, "all", NULL, NULL, NULL));
	struct ml_fields f = saved(&p);
	NEAR(reals(&f, "explained", 3)[2], 0, 1e-25, "rounding, squared");
	ml_fields_release(&f);
	release_fitted(&p);
	CHECK(fit_named(&p, "pca", t, "4", NULL, NULL, NULL) == ML_EDATA &&
	      !strcmp(err.tag, "E-LIMIT"));
	release_fitted(&p);
	ml_table_free(t);
	ml_table_free(whole);
}

TEST("pca: a share of the variance takes as many as reach it")
{
	/* Cumulative shares, by R: 0.8580467, 0.9595346, 0.9913352. */
	static const struct {
		const char *share;
		size_t k;
	} takes[] = { { "0.5", 1 },    { "0.8580", 1 }, { "0.8581", 2 },   { "0.9595", 2 },
		      { "0.9596", 3 }, { "0.9914", 4 }, { "0.9999999", 4 } };
	struct ml_table *t = plant();
	struct fitted p;

	for (size_t i = 0; i < sizeof takes / sizeof *takes; i++) {
		MUST(fit_named(&p, "pca", t, takes[i].share, NULL, NULL, NULL));
		struct ml_fields f = saved(&p);
		reals(&f, "explained", takes[i].k);
		ml_fields_release(&f);
		release_fitted(&p);
	}
	ml_table_free(t);
}

TEST("pca: whitened components have variance 1")
{
	struct ml_table *t = plant();
	struct fitted p;

	MUST(fit_named(&p, "pca", t, "4", NULL, "whiten", "yes"));
	MUST(apply_to(&p, t));
	for (size_t a = 0; a < 4; a++)
		for (size_t b = 0; b < 4; b++) {
			double sum = 0;

			for (size_t i = 0; i < 21; i++)
				sum += t->col[a].num[i] * t->col[b].num[i];
			NEAR(sum / 20, a == b, 1e-13, "sums of 21 products");
		}
	release_fitted(&p);
	ml_table_free(t);
}

TEST("svd: singular values and vectors are those of R's svd")
{
	static const double d[] = { 500.8024076423253064, 48.4401203755001148,
				    12.1839168798131681, 7.3522382390130385 };
	static const double loading[] = { -0.557530103975829139, -0.19421820821243616,
					  -0.78971312157429874,  -0.16671129647635968,
					  0.371536927793710059,  0.10579423698693155,
					  -0.45740697717649537,  0.80096613407573314,
					  -0.740304170434068598, 0.26951355463643967,
					  0.34927994787972816,   0.50726294671924388,
					  0.055409653348835512,  0.93725626745641666,
					  -0.21245131407635992,  -0.27082263305834570 };
	double square[4];
	struct ml_table *t = plant();
	struct fitted p;

	for (size_t c = 0; c < 4; c++)
		square[c] = d[c] * d[c] / 21;
	MUST(fit_named(&p, "svd", t, "4", NULL, NULL, NULL));
	check_found(&p, square, loading, 4, 4, 1e-12);
	release_fitted(&p);
	ml_table_free(t);
}

/* ---- solvers ---- */

enum { N = 120, P = 40 };

/* A matrix of known singular values: products of reflections with a diagonal. */
static void known(double *a, const double *d)
{
	double u[N], v[P], dots[N];
	struct ml_rng r;

	ml_rng_init(&r, 3, "known", 0);
	memset(a, 0, N * P * sizeof *a);
	for (size_t c = 0; c < P; c++)
		a[c * P + c] = d[c];
	for (int turn = 0; turn < 3; turn++) {
		double uu = 0, vv = 0;

		ml_rng_normals(&r, u, N);
		ml_rng_normals(&r, v, P);
		for (size_t i = 0; i < N; i++)
			uu += u[i] * u[i];
		for (size_t j = 0; j < P; j++)
			vv += v[j] * v[j];
		for (size_t j = 0; j < P; j++) {
			dots[j] = 0;
			for (size_t i = 0; i < N; i++)
				dots[j] += u[i] * a[i * P + j];
		}
		for (size_t i = 0; i < N; i++)
			for (size_t j = 0; j < P; j++)
				a[i * P + j] -= 2 / uu * u[i] * dots[j];
		for (size_t i = 0; i < N; i++) {
			dots[i] = 0;
			for (size_t j = 0; j < P; j++)
				dots[i] += v[j] * a[i * P + j];
		}
		for (size_t i = 0; i < N; i++)
			for (size_t j = 0; j < P; j++)
				a[i * P + j] -= 2 / vv * v[j] * dots[i];
	}
}

/* rows x cols of a as columns, or of a' when turned. */
static void check_known(const double *d, bool turned, enum ml_principal_solver solver, size_t k,
			double tol)
{
	static double a[N * P], columns[N * P];
	const double *col[N];
	struct ml_columnar s = {
		.col = col, .n = turned ? P : N, .p = turned ? N : P, .unit = 1
	};
	struct ml_principal_ask ask = {
		.k = k, .solver = solver, .seed = 1, .purpose = "test", .threads = 2
	};
	struct ml_principal found;

	known(a, d);
	for (size_t j = 0; j < s.p; j++) {
		for (size_t i = 0; i < s.n; i++)
			columns[j * s.n + i] = turned ? a[j * P + i] : a[i * P + j];
		col[j] = columns + j * s.n;
	}
	MUST(ml_principal_fit(&found, &s, &ask, &err));
	for (size_t c = 0; c < k; c++) {
		NEAR(found.square[c], d[c] * d[c], tol * d[c] * d[c], "the solver's condition");
		for (size_t e = 0; e <= c; e++) {
			double dot = 0;

			for (size_t j = 0; j < s.p; j++)
				dot += found.v[c * s.p + j] * found.v[e * s.p + j];
			NEAR(dot, c == e, 1e-13, "orthogonality");
		}
	}
	ml_principal_release(&found);
}

TEST("principal: every solver finds singular values that are known")
{
	double d[P];

	for (size_t c = 0; c < P; c++)
		d[c] = 100.5 * pow(0.8, (double)c);
	check_known(d, false, ML_PRINCIPAL_EXACT, P, 1e-9);
	check_known(d, true, ML_PRINCIPAL_EXACT, P, 1e-9);
	check_known(d, false, ML_PRINCIPAL_RANDOMIZED, 10, 1e-12);
	check_known(d, true, ML_PRINCIPAL_RANDOMIZED, 10, 1e-12);
}

/* The squares of A'A would leave nothing of the last ones: they differ by 1e18. */
TEST("principal: nearly collinear columns are right to the digits a singular value has")
{
	double d[P];

	for (size_t c = 0; c < P; c++)
		d[c] = pow(10, -(double)c / 39 * 9);
	check_known(d, false, ML_PRINCIPAL_EXACT, P, 1e-5);
	check_known(d, false, ML_PRINCIPAL_EXACT, 20, 1e-9);
}

/* Columns of very different scales: small variances have their digits all the same.  The last
 * one is that of its column less what the others tell of it (Schur's complement), for which a
 * solver that is right only beside the largest, 1e24 times it, has no digit. */
TEST("pca: scales that differ by 1e12 cost no digits")
{
	struct ml_table *u = plant();
	struct fitted p;

	for (size_t i = 0; i < 21; i++) {
		u->col[0].num[i] *= 0x1p40;
		u->col[1].num[i] *= 0x1p20;
		u->col[3].num[i] *= 0x1p-20;
	}
	MUST(fit_named(&p, "pca", u, "4", NULL, NULL, NULL));
	/* sum(resid(lm(stack.loss ~ Air.Flow + Water.Temp + Acid.Conc.))^2) / 20 */
	struct ml_fields f = saved(&p);
	NEAR(reals(&f, "explained", 4)[3] * 0x1p40, 8.9414980799179524, 1e-10,
	     "the squares of the scales' quotients");
	ml_fields_release(&f);
	release_fitted(&p);
	ml_table_free(u);
}

TEST("pca: huge and tiny numbers are only another unit")
{
	static const double units[] = { 0x1p-400, 0x1p500 };

	for (size_t s = 0; s < 2; s++) {
		struct ml_table *t = plant();
		struct fitted p;

		for (size_t j = 0; j < 4; j++)
			for (size_t i = 0; i < 21; i++)
				t->col[j].num[i] *= units[s];
		MUST(fit_named(&p, "pca", t, "4", NULL, NULL, NULL));
		struct ml_fields f = saved(&p);
		for (size_t c = 0; c < 4; c++)
			NEAR(reals(&f, "explained", 4)[c] / units[s] / units[s],
			     raw_variance[c], 1e-12 * raw_variance[c], SOLVER);
		ml_fields_release(&f);
		release_fitted(&p);
		ml_table_free(t);
	}
}

TEST("pca: a missing cell is refused with its row, when fitting and when applying")
{
	struct ml_table *t = plant();
	struct fitted p;

	MUST(fit_named(&p, "pca", t, "2", NULL, NULL, NULL));
	t->col[1].num[9] = t->col[3].num[12] = (double)NAN;
	CHECK(apply_to(&p, t) == ML_EDATA && !strcmp(err.tag, "E-MISSING") && err.row == 10);
	CHECK(t->ncol == 4 && t->col[0].num[0] == 80); /* nothing has been done */
	release_fitted(&p);
	CHECK(fit_named(&p, "pca", t, "2", NULL, NULL, NULL) == ML_EDATA &&
	      !strcmp(err.tag, "E-MISSING") && err.row == 10 &&
	      strstr(err.msg, "water: missing"));
	release_fitted(&p);
	ml_table_free(t);
}

TEST("pca: values that say nothing, and columns that do not vary")
{
	static const struct {
		const char *spec, *tag;
	} wrong[] = { { "0", "E-USAGE" },          { "1.5", "E-USAGE" },
		      { "-1", "E-USAGE" },         { "many", "E-USAGE" },
		      { "2,air=3", "E-USAGE" },    { "auto", "E-USAGE" },
		      { "*=none", "E-COLUMNS" },   { "5", "E-LIMIT" },
		      { "99999999999", "E-USAGE" } };
	struct ml_table *t = plant();
	struct fitted p;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		CHECK(fit_named(&p, "pca", t, wrong[i].spec, NULL, NULL, NULL) != ML_OK &&
		      !strcmp(err.tag, wrong[i].tag));
		release_fitted(&p);
	}
	for (size_t j = 0; j < 4; j++)
		for (size_t i = 0; i < 21; i++)
			t->col[j].num[i] = 7.25;
	CHECK(fit_named(&p, "pca", t, "1", NULL, NULL, NULL) == ML_EDATA &&
	      !strcmp(err.tag, "E-RANGE"));
	release_fitted(&p);
	ml_table_free(t);
}

int main(void)
{
	return ml_tests_run();
}
