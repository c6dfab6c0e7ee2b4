/* test_lof.c - local outlier factors as scikit-learn's; of rows that are alike; the threshold.
 */
#include "asked.h"
#include "blocks.h"

static const char arrests[] = "tests/data/clusters/usarrests.txt";

static struct asked fitted(const struct ml_mat *x, const char *k, const char *name,
			   const char *value)
{
	struct ml_problem p = { .x = *x, .task = ML_DETECT };

	return ask_fit("lof", &p, (const char *const[]){ "neighbors", k, name, value, NULL },
		       2);
}

TEST("lof: factors of the rows of training, by 10 neighbours, are scikit-learn's")
{
	struct block b = block_read(arrests, "x"), want = block_read(arrests, "lof_10");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct asked a = fitted(&x, "10", "metric", "euclidean");
	double *got = ask_rows(&a, &x);

	CHECK(!a.rc && a.m->threshold(a.state) == 1.5);
	for (size_t i = 0; i < 50; i++)
		NEAR(got[i], want.v[i], 1e-12, "sums of ten distances");
	free(got);
	ask_release(&a);
	free(want.v);
	free(b.v);
}

TEST("lof: factors of new rows, by 7 neighbours and city blocks, are scikit-learn's")
{
	struct block b = block_read(arrests, "x");
	struct block want = block_read(arrests, "lof_novel_7_manhattan");
	struct ml_mat x = { b.v, 40, b.cols, b.cols }, new = { b.v + 160, 10, b.cols, b.cols };
	struct asked a = fitted(&x, "7", "metric", "manhattan");
	double *got = ask_rows(&a, &new);

	CHECK(!a.rc);
	for (size_t i = 0; i < 10; i++)
		NEAR(got[i], want.v[i], 1e-12, "sums of seven distances");
	free(got);
	ask_release(&a);
	free(want.v);
	free(b.v);
}

TEST("lof: by hand: 0, 1, 2, 10 with one neighbour, of which some have two")
{
	/* k-distances 1, 1, 1, 8; N(1) = {0, 2}, N(10) = {2}; densities 1, 1, 1, 1/8; the
	 * factor of 10 is 1 / (1/8) = 8 (Breunig et al. 2000, definitions 3 to 7). */
	double v[] = { 0, 1, 2, 10 };
	struct ml_mat x = { v, 4, 1, 1 };
	struct asked a = fitted(&x, "1", "metric", "euclidean");
	double *got = ask_rows(&a, &x);

	CHECK(!a.rc);
	for (size_t i = 0; i < 3; i++)
		NEAR(got[i], 1, 1e-9, "1e-10 beside a mean of 1");
	NEAR(got[3], 8, 1e-9, "the same");
	free(got);
	ask_release(&a);
}

TEST("lof: rows all alike have factor 1; the share of --contamination is above the threshold")
{
	double same[30];
	struct block b = block_read(arrests, "x");
	struct ml_mat x = { same, 30, 1, 1 };
	size_t above = 0;

	for (size_t i = 0; i < 30; i++)
		same[i] = 2.385;
	struct asked a = fitted(&x, "5", "metric", "chebyshev");
	double *got = ask_rows(&a, &x);
	CHECK(!a.rc && got[0] == 1 && got[29] == 1);
	free(got);
	ask_release(&a);
	x = (struct ml_mat){ b.v, b.rows, b.cols, b.cols };
	a = fitted(&x, "20", "contamination", "0.1");
	got = ask_rows(&a, &x);
	for (size_t i = 0; i < 50; i++)
		above += got[i] > a.m->threshold(a.state);
	CHECK(!a.rc && above == 5);
	free(got);
	ask_release(&a);
	x.rows = 1;
	a = fitted(&x, "20", "metric", "euclidean");
	CHECK(a.rc == ML_EDATA && !strcmp(a.err.tag, "E-TOOFEW"));
	ask_release(&a);
	free(b.v);
}

int main(void)
{
	return ml_tests_run();
}
