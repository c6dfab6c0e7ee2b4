/* regret.c - how near methods of search come to known minima: median regret over seeds.
 *
 *     regret [-m METHODS] [-f FUNCTIONS] [-n TRIALS] [-s SEEDS] [-S FIRST] [-l LAG]
 *
 * A line a function and a method: the medians after 30, 50, 100, 200 trials, and the time a
 * proposal takes on average.  random has twice the trials in each column.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "searching.h"

enum { MOST = 1000, SEEDS = 200 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == n && !strncmp(at, word, n))
			return true;
	return !*list;
}

/* Runs one method over all seeds and shows medians after a third, half and all of the trials.
 */
static void show(const struct objective *o, const char *method, size_t trials, size_t lag,
		 size_t first, size_t seeds)
{
	static double regret[SEEDS][2 * MOST];
	size_t times = strcmp(method, "random") ? 1 : 2;
	size_t at[] = { 30, 50, 100, 200 };
	double start = now();

	for (size_t k = 0; k < seeds; k++)
		if (!search_on(o, method, first + k, times * trials, lag, regret[k]))
			return;
	double took = (now() - start) / (double)(seeds * trials * times);
	printf("%-16s %-8s", o->name, method);
	for (size_t t = 0; t < sizeof at / sizeof *at && at[t] <= trials; t++) {
		double v[SEEDS];
		for (size_t k = 0; k < seeds; k++)
			v[k] = regret[k][times * at[t] - 1];
		printf("  %4zu: %10.4g", at[t], median(v, seeds));
	}
	printf("   %7.3f ms\n", took * 1e3);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const char *methods = "random,tpe,bayes", *functions = "";
	size_t trials = 100, seeds = 20, first = 0, lag = 8;

	for (int c; (c = getopt(argc, argv, "m:f:n:s:S:l:")) != -1;) {
		if (c == 'm')
			methods = optarg;
		else if (c == 'f')
			functions = optarg;
		else if (c == 'n')
			trials = strtoul(optarg, NULL, 10);
		else if (c == 's')
			seeds = strtoul(optarg, NULL, 10);
		else if (c == 'S')
			first = strtoul(optarg, NULL, 10);
		else if (c == 'l')
			lag = strtoul(optarg, NULL, 10);
		else
			return 64;
	}
	if (trials > MOST || seeds > SEEDS)
		return 64;
	for (size_t f = 0; f < OBJECTIVES; f++) {
		if (!listed(functions, objectives[f].name))
			continue;
		for (const struct ml_search *const *m = ml_searches; *m; m++)
			if (listed(methods, (*m)->name))
				show(&objectives[f], (*m)->name, trials, lag, first, seeds);
	}
	return 0;
}
