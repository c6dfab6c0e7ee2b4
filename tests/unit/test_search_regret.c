/* test_search_regret.c - bayes and tpe come at least as near to the minimum as random search
 * with twice the trials, in the median over 20 seeds.  `make bench-search` has more functions.
 */
#include "searching.h"
#include "test.h"

enum { SEEDS = 20, MOST = 200 };

/* Medians of the regret after `trials` (twice as many for random). */
static double median_regret(const char *function, const char *method, size_t trials, size_t lag)
{
	double last[SEEDS] = { 0 }, regret[MOST] = { 0 };

	for (size_t f = 0; f < OBJECTIVES; f++) {
		if (strcmp(objectives[f].name, function))
			continue;
		for (uint64_t seed = 0; seed < SEEDS; seed++) {
			CHECK(search_on(&objectives[f], method, seed, trials, lag, regret));
			last[seed] = regret[trials - 1];
		}
		return median(last, SEEDS);
	}
	CHECK(false); /* no function has this name */
	return (double)NAN;
}

static void check_beats(const char *method, size_t trials, size_t lag)
{
	static const char *const functions[] = { "branin", "hartmann6", "mixed" };

	for (size_t k = 0; k < 3; k++) {
		double random = median_regret(functions[k], "random", 2 * trials, 1);
		double regret = median_regret(functions[k], method, trials, lag);

		printf("# %s: %s %zu trials, lag %zu: %.3g; random %zu trials: %.3g\n",
		       functions[k], method, trials, lag, regret, 2 * trials, random);
		CHECK(regret <= random);
	}
}

/* www.sfu.ca/~ssurjano/branin.html and hart6.html: where the minima are. */
TEST("the functions have their minima where the literature says")
{
	const double branins[3][2] = { { -pi, 12.275 }, { pi, 2.275 }, { 9.42478, 2.475 } };
	const double hartmann[6] = { 0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573 };

	for (size_t i = 0; i < 3; i++)
		NEAR(branin(branins[i]), 0.397887, 1e-6, "six digits given");
	NEAR(hartmann6(hartmann), -3.32237, 1e-5, "six digits given");
	NEAR(mixed((const double[]){ pi, 2.275, 2, 7, 1e-3 }), 0.397887, 1e-6, "its form");
	NEAR(tree((const double[]){ 1, (double)NAN, 1, 10, 0.01, 0, 0 }), 0.1, 1e-12,
	     "its form");
}

TEST("bayes: 30 trials, each knowing all before it, are at least as good as 60 at random")
{
	check_beats("bayes", 30, 1);
}

TEST("bayes: 40 trials with a lag of 8 are at least as good as 80 at random")
{
	check_beats("bayes", 40, 8);
}

TEST("tpe: 30 trials, each knowing all before it, are at least as good as 60 at random")
{
	check_beats("tpe", 30, 1);
}

TEST("tpe: 50 and 100 trials with a lag of 8 are at least as good as 100 and 200 at random")
{
	check_beats("tpe", 50, 8);
	check_beats("tpe", 100, 8);
}

int main(void)
{
	return ml_tests_run();
}
