/* test_knn.c - neighbours against scikit-learn and R, ties, weights, missing values, and that a
 * tree finds what looking at all rows finds.
 *
 * Expected for the thirty rows and three queries of posterior.h: KNeighborsClassifier and
 * KNeighborsRegressor (of 2 sepal lengths + the petal width) of scikit-learn 1.2.1 with 4
 * neighbours, by brute force; Gower's distances: daisy() of R's cluster 2.1.4. */
#include "base/rng.h"
#include "posterior.h"

struct wanted {
	const char *options;
	double prob[Q * K], number[Q];
};

static const struct wanted all_wanted[] = {
	{ "metric=euclidean", { 1, 0, 0, 0, .75, .25, 0, 1, 0 }, { 10.025, 14.95, 12.4 } },
	{ "metric=euclidean weights=distance",
	  { 1, 0, 0, 0, 0.83142695433287, 0.16857304566713, 0, 1, 0 },
	  { 10.0019774490213, 15.0548841645956, 12.3938815521469 } },
	{ "metric=manhattan weights=distance",
	  { 1, 0, 0, 0, 0.836065573770492, 0.163934426229508, 0, 1, 0 },
	  { 10.0051948051948, 15.0295081967213, 12.5938496583144 } },
	{ "metric=chebyshev weights=distance",
	  { 1, 0, 0, 0, 0.818181818181818, 0.181818181818182, 0, 1, 0 },
	  { 10, 15.0727272727273, 12.3755319148936 } },
	{ "metric=minkowski p=3 weights=distance",
	  { 1, 0, 0, 0, 0.82897540848325, 0.17102459151675, 0, 1, 0 },
	  { 10.000813325147, 15.0659378973295, 12.3915028644591 } },
	{ "metric=minkowski p=1.5 weights=distance",
	  { 1, 0, 0, 0, 0.833028192979151, 0.166971807020849, 0, 1, 0 },
	  { 10.0031328581342, 15.0448401567012, 12.3946218143925 } },
	{ "metric=minkowski p=1 weights=distance",
	  { 1, 0, 0, 0, 0.836065573770492, 0.163934426229508, 0, 1, 0 },
	  { 10.0051948051948, 15.0295081967213, 12.5938496583144 } },
	{ "metric=cosine weights=distance",
	  { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
	  { 10.2546330500211, 13.0500221678788, 15.4151903524249 } },
};

static const char *const searches[] = { "brute", "tree", "ball-tree" };

static void numbers(struct table *t)
{
	for (size_t i = 0; i < N; i++)
		t->y[i] = 2 * t->x[i * P] + t->x[i * P + 3];
	t->p.nclass = 0;
	t->p.task = ML_REGRESS;
}

TEST("knn: classes and numbers of scikit-learn, for each metric, by trees and by brute force")
{
	for (size_t k = 0; k < sizeof all_wanted / sizeof *all_wanted; k++)
		for (size_t s = 0; s < 3; s++) {
			const struct wanted *w = &all_wanted[k];
			struct table t;
			struct fitted f;
			double got[Q * K];
			char options[128];

			snprintf(options, sizeof options, "%s neighbors=4 search=%s",
				 w->options, searches[s]);
			table_make(&t);
			fit(&f, "knn", options, &t.p);
			CHECK(!f.rc);
			ask(&f, queries, Q, P, false, got);
			for (size_t i = 0; i < Q * K; i++)
				NEAR(got[i], w->prob[i], 1e-13, "digits printed");
			done(&f);
			numbers(&t);
			fit(&f, "knn", options, &t.p);
			struct ml_mat x = { t.x, Q, P, P }, out = { got, Q, 1, 1 };
			memcpy(t.x, queries, sizeof queries);
			CHECK(!f.m->predict(f.state, &x, &out, &f.err));
			for (size_t i = 0; i < Q; i++)
				NEAR(got[i], w->number[i], 1e-13, "digits printed");
			done(&f);
		}
}

/* The number that the nearest neighbour lends is its own: which row it is. */
static void nearest_rows(const char *options, double *x, const int *levels, size_t n, size_t p,
			 double *q, size_t m, double *row)
{
	struct ml_problem problem = { .x = { x, n, p, p },
				      .task = ML_REGRESS,
				      .levels = levels };
	struct fitted f;
	double *y = malloc(n * sizeof *y);
	struct ml_mat in = { q, m, p, p }, out = { row, m, 1, 1 };

	for (size_t i = 0; i < n; i++)
		y[i] = (double)i;
	problem.y = y;
	fit(&f, "knn", options, &problem);
	CHECK(!f.rc);
	CHECK(!f.m->predict(f.state, &in, &out, &f.err));
	done(&f);
	free(y);
}

TEST("knn: of rows as near the first is taken, whatever finds it")
{
	enum { MANY = 3000, ASK = 200, WIDE = 4 };
	static const char *const metrics[] = { "euclidean", "manhattan", "chebyshev" };
	double *x = malloc(MANY * WIDE * sizeof *x), tree[ASK], brute[ASK];
	char options[80];
	struct ml_rng r;

	ml_rng_init(&r, 2, "ties", 0);
	for (size_t i = 0; i < MANY * WIDE; i++)
		x[i] = (double)ml_rng_below(&r, 5); /* each point some five times */
	for (size_t k = 0; k < 3; k++) {
		snprintf(options, sizeof options, "metric=%s neighbors=1 search=tree",
			 metrics[k]);
		nearest_rows(options, x, NULL, MANY, WIDE, x + (MANY - ASK) * WIDE, ASK, tree);
		snprintf(options, sizeof options, "metric=%s neighbors=1 search=brute",
			 metrics[k]);
		nearest_rows(options, x, NULL, MANY, WIDE, x + (MANY - ASK) * WIDE, ASK, brute);
		CHECK(!memcmp(tree, brute, sizeof tree));
		for (size_t i = 0; i < ASK; i++) {
			size_t first = 0;
			while (memcmp(x + first * WIDE, x + (MANY - ASK + i) * WIDE,
				      WIDE * sizeof *x))
				first++;
			CHECK(tree[i] == (double)first);
		}
	}
	free(x);
}

TEST("knn: in many columns, what auto tries out and chooses finds what looking at all rows "
     "finds")
{
	enum { MANY = 3000, ASK = 50, WIDE = 20 };
	static const char *const metrics[] = { "euclidean", "manhattan", "cosine", "chebyshev",
					       "minkowski p=3" };
	double *x = malloc(MANY * WIDE * sizeof *x), all[ASK], got[ASK];
	struct ml_rng r;

	ml_rng_init(&r, 2, "many columns", 0);
	for (int flat = 0; flat < 2; flat++)
		for (size_t k = 0; k < sizeof metrics / sizeof *metrics; k++) {
			char options[80];

			for (size_t i = 0; i < MANY; i++) {
				double at = ml_rng_uniform(&r), up = ml_rng_uniform(&r);
				for (size_t j = 0; j < WIDE; j++)
					x[i * WIDE + j] = flat ? sin(3 * at + up * (double)j)
							       : ml_rng_uniform(&r) - 0.5;
			}
			snprintf(options, sizeof options, "metric=%s neighbors=1 search=brute",
				 metrics[k]);
			nearest_rows(options, x, NULL, MANY - ASK, WIDE,
				     x + (MANY - ASK) * WIDE, ASK, all);
			for (size_t s = 0; s < 3; s++) {
				static const char *const others[] = { "auto", "tree",
								      "ball-tree" };

				snprintf(options, sizeof options,
					 "metric=%s neighbors=1 search=%s", metrics[k],
					 others[s]);
				nearest_rows(options, x, NULL, MANY - ASK, WIDE,
					     x + (MANY - ASK) * WIDE, ASK, got);
				CHECK(!memcmp(got, all, sizeof all));
			}
		}
	free(x);
}

TEST("knn --weights distance: rows at distance 0 alone count; row weights multiply votes")
{
	double x[] = { 0, 0, 1, 3, 3.5 }, y[] = { 0, 1, 1, 1, 0 }, w[] = { 1, 3, 1, 1, 2 };
	double q[] = { 0, 2 }, out[4];
	struct ml_problem p = { .x = { x, 5, 1, 1 }, .y = y, .nclass = 2, .task = ML_CLASSIFY };
	struct ml_mat in = { q, 2, 1, 1 }, to = { out, 2, 2, 2 };
	struct fitted f;

	fit(&f, "knn", "neighbors=3 weights=distance", &p);
	CHECK(!f.m->predict(f.state, &in, &to, &f.err));
	CHECK(out[0] == 0.5 && out[1] == 0.5); /* rows 1 and 2, not 3 */
	NEAR(out[2], 2.0 / 8, 1e-15, "1, 1 and 1 / 1.5 votes");
	done(&f);
	p.w = w;
	fit(&f, "knn", "neighbors=3 weights=distance", &p);
	CHECK(!f.m->predict(f.state, &in, &to, &f.err));
	NEAR(out[0], 0.25, 1e-15, "1 of 4");
	done(&f);
	fit(&f, "knn", "neighbors=5", &p);
	CHECK(!f.m->predict(f.state, &in, &to, &f.err));
	NEAR(out[2], 3.0 / 8, 1e-15, "1 + 2 of 8");
	done(&f);
	fit(&f, "knn", "neighbors=6", &p);
	CHECK(f.rc == ML_EDATA && !strcmp(f.err.tag, "E-TOOFEW"));
	done(&f);
}

TEST("knn --metric gower: distances of R's daisy, of numbers, levels and missing values")
{
	double x[] = { 1.5, 0,   10,  2.25, 1, 20, NAN,  0, 15,
		       4,   NAN, NAN, 7.5,  1, 40, 3.25, 0, 12.5 };
	double q[] = { 3, 0, 18, NAN, 1, 30 };
	static const int some[] = { 0, 2, 0 };
	static const double daisy[2][6] = {
		{ 0.1722222222222222, 0.3972222222222222, 0.05, 0.1666666666666667,
		  0.8277777777777778, 0.075 },
		{ 0.8333333333333333, 0.1666666666666667, 0.75, INFINITY, 0.1666666666666667,
		  0.7916666666666666 }, /* nothing that both have: no neighbour */
	};
	double y[6], out[2];
	struct ml_problem p = {
		.x = { x, 6, 3, 3 }, .y = y, .levels = some, .task = ML_REGRESS
	};
	struct ml_mat in = { q, 2, 3, 3 }, to = { out, 2, 1, 1 };

	/* Row l lends 1, the others 0: predicted is its share of the votes. */
	for (size_t l = 0; l < 6; l++) {
		struct fitted f;

		for (size_t i = 0; i < 6; i++)
			y[i] = i == l;
		fit(&f, "knn", "metric=gower neighbors=6 weights=distance", &p);
		CHECK(!f.m->predict(f.state, &in, &to, &f.err));
		for (size_t i = 0; i < 2; i++) {
			double sum = 0;
			for (size_t k = 0; k < 6; k++)
				sum += 1 / daisy[i][k];
			NEAR(out[i], 1 / daisy[i][l] / sum, 1e-14, "digits printed");
		}
		done(&f);
	}
}

TEST("knn --metric hamming: the share of columns that differ, of those that are there")
{
	double x[] = { 1, 2, 3, 1, 2, 4, 5, NAN, 3, 9, 9, 9 };
	double q[] = { 1, 2, 5, 5, 7, 3, NAN, NAN, NAN }, row[3];

	nearest_rows("metric=hamming neighbors=1", x, NULL, 4, 3, q, 3, row);
	CHECK(row[0] == 0 && row[1] == 2 && isnan(row[2]));
}

TEST("knn --metric cosine: a row of zeros is as far from all")
{
	double x[] = { 0, 0, 1, 2, -3, 1, 4, 9 };
	double q[] = { 10, 19, 0, 0, -1, 0.25 }, row[3];

	nearest_rows("metric=cosine neighbors=1", x, NULL, 4, 2, q, 3, row);
	CHECK(row[0] == 1 && row[1] == 0 && row[2] == 2);
}

int main(void)
{
	return ml_tests_run();
}
