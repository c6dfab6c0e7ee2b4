/* test_parts.c - independent components, nonnegative factors, random combinations, and the way
 * back, beside numbers from elsewhere.
 * Expected values: scikit-learn 1.2.1 (FastICA, NMF, at tolerances of 1e-14), scipy 1.10.1
 * (nnls), or by hand. */
#include "plant.h"

#include "la/nonneg.h"

/* ---- independent components ---- */

/* 200 rows of three sources mixed into four columns; all whole-number arithmetic but for a few
 * products. */
static struct ml_table *mixture(void)
{
	static const double mix[3][4] = { { 1.5, -0.7, 0.2, 0.9 },
					  { 0.3, 0.8, -1.1, 0.4 },
					  { -0.6, 0.5, 0.45, 2.0 } };
	static const double mean[] = { 3, -2, 0.5, 10 };
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);

	t->rows = 200;
	for (size_t j = 0; j < 4; j++)
		add_column(t, names[j], ML_NUMBER);
	for (size_t i = 0; i < 200; i++) {
		double a = (double)((37 * i) % 101), b = (double)((i * i) % 97);
		double c = (double)((i * i * i) % 89), d = (double)((11 * i) % 61) / 61;
		double s[] = { (a - 50) / 25, pow((b - 48) / 30, 3),
			       c > 44.5 ? d * d : -d * d };

		for (size_t j = 0; j < 4; j++)
			t->col[j].num[i] = mean[j] + s[0] * mix[0][j] + s[1] * mix[1][j] +
					   s[2] * mix[2][j];
	}
	return t;
}

static void check_sources(const char *contrast, const double *mixing, double tol,
			  const char *why)
{
	struct ml_table *t = mixture();
	struct fitted p;
	const struct ml_prep *prep = ml_prep_find("ica");
	struct ml_prep_fit f = { .table = t, .spec = "3" };
	void *opts = make_options(prep, "contrast", contrast);

	MUST(ml_opt_set(prep->opts, opts, "tol", "1e-14", &err));
	MUST(ml_opt_set(prep->opts, opts, "max-iter", "2000", &err));
	MUST(fit_rows(&p, prep, &f, opts, &quiet));
	struct ml_fields out = saved(&p);
	const double *m = reals(&out, "mixing", 12);
	for (size_t e = 0; e < 12; e++)
		NEAR(m[e], mixing[e], tol, why);
	ml_fields_release(&out);
	free(opts);
	release_fitted(&p);
	ml_table_free(t);
}

TEST("ica: the mixing is that of scikit-learn's FastICA for each contrast")
{
	static const double logcosh[] = { -0.4782111169406506, -1.592962420223511,
					  2.121878342733165,   -0.760934381494242,
					  1.7658066864678188,  -0.7973510757831959,
					  0.1969057067018154,  1.0478728209975996,
					  -0.2986476783128351, 0.15114234647074068,
					  0.29516512365859887, 0.8354509983480104 };
	static const double gauss[] = { -0.4775143273298534, -1.593103415978295,
					2.1243361343114917,  -0.7529745505607814,
					1.7679965209418314,  -0.7955084063348997,
					0.19206285957715719, 1.0450456535178352,
					-0.2865622641486888, 0.15915370131555895,
					0.2803031490114505,  0.8461358406529353 };
	static const double cube[] = { -0.527915286080044,  -1.427091895733386,
				       1.811161751391384,   -1.137064647986623,
				       1.713030215970462,   -0.9714040028228581,
				       0.41598560800819706, 0.9267184925642249,
				       -0.4719984025364317, -0.4646773112875633,
				       1.083933158983094,   0.4725608684653755 };

	check_sources("logcosh", logcosh, 2e-7, "1 - cosine < 1e-14: an angle of 1e-7");
	check_sources("exp", gauss, 2e-7, "the same");
	check_sources("cube", cube, 2e-6, "158 steps there: each is a tenth of what is left");
}

/* ---- nonnegative factors ---- */

static struct ml_table *sums_of_parts(void)
{
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);
	char name[2] = "a";

	t->rows = 40;
	for (size_t j = 0; j < 6; j++, name[0]++) {
		double *v = add_column(t, name, ML_NUMBER)->num;

		for (size_t i = 0; i < 40; i++)
			v[i] = (double)((i * 7 + j * 13) % 17) / 16 +
			       (double)(i * (j + 1) % 5) / 4;
	}
	return t;
}

static void check_parts(const char *k, double residual, const double *amount, size_t n)
{
	struct ml_table *t = sums_of_parts();
	const struct ml_prep *prep = ml_prep_find("nmf");
	struct ml_prep_fit f = { .table = t, .spec = k };
	void *opts = make_options(prep, "tol", "1e-10");
	struct fitted p;

	MUST(ml_opt_set(prep->opts, opts, "max-iter", "20000", &err));
	MUST(fit_rows(&p, prep, &f, opts, &quiet));
	struct ml_fields out = saved(&p);
	NEAR(ml_fields_find(&out, "residual")->u.real, residual, 1e-9, "a minimum is flat");
	NEAR(ml_fields_find(&out, "total")->u.real, 5.4984375, 1e-14, "a mean of 40");
	for (size_t c = 0; c < n; c++)
		NEAR(reals(&out, "explained", n)[c], amount[c], 1e-4, "less flat");
	ml_fields_release(&out);
	free(opts);
	release_fitted(&p);
	ml_table_free(t);
}

TEST("nmf: what is left, and the amounts, are those of scikit-learn's NMF")
{
	static const double two[] = { 3.765740191959636, 1.7319828492347866 };
	static const double three[] = { 2.172200218993475, 1.8513727658145054,
					1.4741850784390729 };

	check_parts("2", 0.06970893160203873, two, 2);
	check_parts("3", 0.034592410867118825, three, 3);
}

TEST("nonneg: small problems are solved as by scipy's nnls")
{
	static const double h[3][6] = {
		{ 0.3136723590251247, 0.17689925050050226, 0.11195891609965768, 0,
		  0.11142450373916168, 0.2860449706355536 },
		{ 0.15910801781660736, 0, 0.3098734513032199, 0.34296993788767505,
		  0.1318043643917239, 0.05624422860077381 },
		{ 0.01555929451177967, 0.41528125395776716, 0.11706693507630661,
		  0.26217871166046053, 0, 0.18991380479368603 },
	};
	static const double x[] = { 1, 0, 0, 2, 0, 0.5 };
	static const double want[] = { 0.02740301791601266, 2.946394013086499,
				       0.7564692004204862 };
	double g[9], b[3], found[3], room[64];

	for (size_t a = 0; a < 3; a++) {
		b[a] = 0;
		for (size_t j = 0; j < 6; j++)
			b[a] += h[a][j] * x[j];
		for (size_t c = 0; c < 3; c++) {
			g[a * 3 + c] = 0;
			for (size_t j = 0; j < 6; j++)
				g[a * 3 + c] += h[a][j] * h[c][j];
		}
	}
	CHECK(ml_nonneg_room(3) <= 64);
	ml_nonneg_solve(g, b, 3, found, room);
	for (size_t c = 0; c < 3; c++)
		NEAR(found[c], want[c], 1e-13, "a Cholesky factor of 3 x 3");
	b[1] = -b[1]; /* now the second is at its bound */
	ml_nonneg_solve(g, b, 3, found, room);
	CHECK(found[1] == 0 && found[0] >= 0 && found[2] >= 0);
}

TEST("nmf: a number below 0 is refused with its row")
{
	struct ml_table *t = sums_of_parts();
	struct fitted p;

	t->col[2].num[17] = -0.25;
	CHECK(fit_named(&p, "nmf", t, "2", NULL, NULL, NULL) == ML_EDATA &&
	      !strcmp(err.tag, "E-RANGE") && err.row == 18 && strstr(err.msg, "c: -0.25"));
	release_fitted(&p);
	ml_table_free(t);
}

/* ---- random combinations ---- */

TEST("random-projection: entries have the mean and the variance they should")
{
	static const char *const kinds[] = { "gaussian", "sparse" };
	enum { COLUMNS = 400, MADE = 300 };
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);
	char name[8];

	t->rows = COLUMNS; /* the unit matrix: results are the entries */
	for (size_t j = 0; j < COLUMNS; j++) {
		snprintf(name, sizeof name, "x%zu", j);
		double *v = add_column(t, name, ML_NUMBER)->num;
		for (size_t i = 0; i < COLUMNS; i++)
			v[i] = i == j;
	}
	for (size_t s = 0; s < 2; s++) {
		struct ml_table *copy = copy_table(t);
		struct fitted p;
		double sum = 0, squares = 0, cells = COLUMNS * MADE, zeros = 0;

		MUST(fit_named(&p, "random-projection", copy, "300", NULL, "entries",
			       kinds[s]));
		MUST(apply_to(&p, copy));
		CHECK(copy->ncol == MADE);
		for (size_t c = 0; c < MADE; c++)
			for (size_t i = 0; i < COLUMNS; i++) {
				double v = copy->col[c].num[i];

				sum += v;
				squares += v * v;
				zeros += v == 0;
			}
		/* Standard errors: of the mean sqrt(1/(K cells)); of the mean square a
		 * relative sqrt(2 / cells), sparse sqrt((1/D - 1) / cells). */
		NEAR(sum / cells, 0, 5 * sqrt(1 / (MADE * cells)), "5 standard errors");
		NEAR(squares / cells * MADE, 1, 5 * sqrt((s ? 19 : 2) / cells),
		     "5 standard errors");
		NEAR(zeros / cells, s ? 0.95 : 0, s ? 5 * sqrt(0.95 * 0.05 / cells) : 0,
		     "a density of 1 / sqrt(400)");
		release_fitted(&p);
		ml_table_free(copy);
	}
	ml_table_free(t);
}

/* ---- there and back ---- */

TEST("pca, svd, ica, nmf: as many components as columns bring them all back")
{
	static const struct {
		const char *name, *spec;
		double tol;
	} ways[] = { { "pca", "all", 1e-12 },
		     { "svd", "4", 1e-12 },
		     { "ica", "all", 1e-9 },
		     { "nmf", "4", 1e-2 } };

	for (size_t s = 0; s < 4; s++) {
		struct ml_table *t = plant();
		struct fitted p;
		size_t made[] = { 0, 1, 2, 3 };

		MUST(fit_named(&p, ways[s].name, t, ways[s].spec, NULL, NULL, NULL));
		MUST(apply_to(&p, t));
		MUST(p.prep->restore(p.state, t, made, 4, names, &err));
		CHECK(t->ncol == 4);
		for (size_t j = 0; j < 4; j++)
			for (size_t i = 0; i < 21; i++)
				NEAR(t->col[ml_table_find(t, names[j])].num[i], stackloss[j][i],
				     ways[s].tol * stackloss[j][i], "conditions of the maps");
		CHECK(p.prep->restore(p.state, t, made, 3, names, &err) == ML_EDATA);
		release_fitted(&p);
		ml_table_free(t);
	}
}

int main(void)
{
	return ml_tests_run();
}
