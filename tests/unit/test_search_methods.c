/* test_search_methods.c - what single methods of search promise, beside the laws of all
 * (test_search_contract.c). */
#include "search/search.h"

#include <stdint.h>
#include <stdlib.h>

#include "bout.h"

/* Texts of all points of a grid, blanks between values, '/' between points. */
static const char *grid_text(const char *const *params, const char *points, struct ml_buf *out)
{
	const struct ml_search *m = ml_search_find("grid");
	struct ml_space s = { 0 };
	struct ml_error err = { 0 };
	struct ml_run run = { .threads = 1, .deadline = (double)INFINITY };
	double opts[8], point[DIMS], budget;
	size_t n = 0;

	for (; *params; params++)
		CHECK(!ml_space_add(&s, *params, &err));
	ml_opt_defaults(m->opts, opts);
	CHECK(!ml_opt_set(m->opts, opts, "points", points, &err));
	struct ml_search_plan plan = { .space = &s, .opts = opts, .lag = 1 };
	CHECK(!m->count(&plan, &n, &err));
	ml_buf_clear(out);
	for (size_t i = 0; i < n; i++) {
		CHECK(!m->propose(&plan, i, NULL, point, &budget, &run, &err));
		for (size_t j = 0; j < s.n; j++) {
			ml_buf_text(out, j ? " " : i ? "/" : "");
			if (isnan(point[j]))
				ml_buf_text(out, "-");
			else
				ml_space_text(&s, j, point[j], out);
		}
	}
	ml_space_release(&s);
	return ml_buf_str(out);
}
#define GRID(points, ...) grid_text((const char *const[]){ __VA_ARGS__, NULL }, points, &b)

TEST("grid: the last parameter is the fastest, conditions hold, equal values are one")
{
	struct ml_buf b = { 0 };

	SAME_TEXT(GRID("3", "C=log:0.01:100", "k=a,b"), "0.01 a/0.01 b/1 a/1 b/100 a/100 b");
	SAME_TEXT(GRID("2", "k=rbf,linear,poly", "g=1:9 if k=rbf|poly", "d=2:3 if k=poly",
		       "z=x,y"),
		  "rbf 1 - x/rbf 1 - y/rbf 9 - x/rbf 9 - y/linear - - x/linear - - y/"
		  "poly 1 2 x/poly 1 2 y/poly 1 3 x/poly 1 3 y/poly 9 2 x/poly 9 2 y/"
		  "poly 9 3 x/poly 9 3 y");
	SAME_TEXT(GRID("5", "n=1:3"), "1/2/3");
	SAME_TEXT(GRID("5", "n=log-whole:1:4"), "1/2/3/4");
	SAME_TEXT(GRID("9", "n=1:100:2"), "1/100");
	SAME_TEXT(GRID("1", "n=real:0:1"), "0.5");
	SAME_TEXT(GRID("7", "C=log:1e-3:1e3"), "0.001/0.01/0.1/1/10/100/1000");
	ml_buf_release(&b);
}

TEST("grid: more than a million points are refused")
{
	const struct ml_search *m = ml_search_find("grid");
	struct bout b;
	struct ml_error err = { 0 };
	size_t n = 0;

	CHECK(bout_init(&b, m, 0, 0, 0, 1));
	CHECK(!ml_opt_set(m->opts, &b.opts, "points", "100", &err));
	CHECK(!m->count(&b.plan, &n, &err) && n == 1000000);
	CHECK(!ml_opt_set(m->opts, &b.opts, "points", "101", &err));
	CHECK(m->count(&b.plan, &n, &err) == ML_EDATA && !strcmp(err.tag, "E-LIMIT"));
	ml_space_release(&b.space);
}

TEST("latin: each slice of each parameter once; it needs the number of trials")
{
	const struct ml_search *m = ml_search_find("latin");
	struct bout b;
	struct ml_error err = { 0 };
	size_t n = 0;

	CHECK(bout_init(&b, m, 0, 23, 37, 1));
	bool seen[3][37] = { 0 };
	while (b.n < 37 && bout_step(&b, USUAL))
		for (size_t j = 0; j < 3; j++) {
			double u = ml_space_unit(&b.space, j, b.point[b.n - 1][j]);
			size_t slice = (size_t)(u * 37);
			CHECK(slice < 37 && !seen[j][slice]);
			seen[j][slice < 37 ? slice : 0] = true;
		}
	b.plan.trials = 0;
	CHECK(m->count(&b.plan, &n, &err) == ML_EUSAGE);
	ml_space_release(&b.space);
}

/* The mean over 64 points of x y for x and y that are independent is 1/4; of random points it
 * is off by 0.027 (one deviation), of these by far less. */
TEST("halton: the first points of any seed fill the space evenly")
{
	const struct ml_search *m = ml_search_find("halton");

	for (uint64_t seed = 0; seed < 10; seed++) {
		struct bout b;
		size_t cell[4][9] = { 0 };

		CHECK(bout_init(&b, m, 0, seed, 0, 1));
		while (b.n < 36 && bout_step(&b, USUAL)) {
			double u = ml_space_unit(&b.space, 0, b.point[b.n - 1][0]);
			double v = ml_space_unit(&b.space, 1, b.point[b.n - 1][1]);
			cell[(size_t)(u * 4) % 4][(size_t)(v * 9) % 9]++;
		}
		for (size_t i = 0; i < 36; i++)
			CHECK(cell[i / 9][i % 9] == 1);
		ml_space_release(&b.space);
	}
}

TEST("halving: the best third goes on, three times as dear; failed ones do not")
{
	const struct ml_search *m = ml_search_find("halving");
	struct bout b;

	CHECK(bout_init(&b, m, 0, 3, 0, 1));
	size_t n = bout_count(&b, MOST);
	CHECK(n == 27 + 9 + 3 + 1);
	while (b.n < n && bout_step(&b, USUAL))
		if (b.n == 5)
			b.v[4] = ending(b.point[4], b.v[4].budget, 4, FAILING, &b.space);
	static const size_t from[] = { 0, 27, 36, 39, 40 };
	for (size_t rung = 0; rung < 4; rung++)
		for (size_t i = from[rung]; i < from[rung + 1]; i++) {
			NEAR(b.v[i].budget, pow(3, (double)rung - 3), 1e-15, "a power");
			size_t better = 0, found = SIZE_MAX;
			for (size_t k = rung ? from[rung - 1] : 0; rung && k < from[rung]; k++)
				if (same(b.point[k], b.point[i], b.space.n))
					found = k;
			CHECK(!rung || found != SIZE_MAX);
			for (size_t k = rung ? from[rung - 1] : 0; rung && k < from[rung]; k++)
				better += b.v[k].loss < b.v[found].loss;
			CHECK(!rung || better == i - from[rung]);
			CHECK(!rung || b.v[found].end == ML_TRIAL_DONE);
		}
	ml_space_release(&b.space);
	for (size_t trials = 1; trials < 60; trials++) {
		CHECK(bout_init(&b, m, 0, 3, trials, 1));
		size_t count = bout_count(&b, 1000);
		CHECK(count <= trials && count + 2 >= trials / 2);
		ml_space_release(&b.space);
	}
}

/* Table 1 of Li et al. (2018), R = 81, eta = 3: n and r of each bracket. */
TEST("hyperband: brackets of the paper")
{
	static const size_t sizes[5][5] = {
		{ 81, 27, 9, 3, 1 }, { 34, 11, 3, 1 }, { 15, 5, 1 }, { 8, 2 }, { 5 }
	};
	static const int units[5] = { 1, 3, 9, 27, 81 };
	const struct ml_search *m = ml_search_find("hyperband");
	struct bout b;
	struct ml_error err = { 0 };
	struct ml_trial *v = calloc(300, sizeof *v);
	double *points = calloc(300 * DIMS, sizeof *points);
	struct ml_run run = { .threads = 1, .deadline = (double)INFINITY };
	size_t n = 0, i = 0;

	CHECK(v && points && bout_init(&b, m, 0, 3, 0, 1));
	CHECK(!ml_opt_set(m->opts, &b.opts, "min-budget", "0.0123", &err));
	CHECK(!m->count(&b.plan, &n, &err) && n == 121 + 49 + 21 + 10 + 5);
	for (size_t s = 0; s < 5; s++)
		for (size_t rung = 0; rung < 5 - s; rung++)
			for (size_t k = 0; k < sizes[s][rung]; k++, i++) {
				double budget = 0, *point = points + i * DIMS;
				CHECK(!m->propose(&b.plan, i, v, point, &budget, &run, &err));
				NEAR(budget * 81, units[s + rung], 1e-12, "a power of 3");
				v[i] = ending(point, budget, i, USUAL, &b.space);
			}
	CHECK(i == n);
	free(points);
	free(v);
	ml_space_release(&b.space);
}

/* The trial of the rung below with this point was, when trial i was proposed, among the best
 * third of those that had ended there. */
static bool was_good(const struct bout *b, size_t i)
{
	size_t ended = b->m->needs(&b->plan, i), in = 0, better = 0, from = SIZE_MAX;
	double below = b->v[i].budget / 3;

	for (size_t k = 0; k < ended; k++)
		if (fabs(b->v[k].budget - below) < 1e-9 &&
		    same(b->point[k], b->point[i], b->space.n))
			from = k;
	for (size_t k = 0; from != SIZE_MAX && k < ended; k++)
		if (fabs(b->v[k].budget - below) < 1e-9) {
			in++;
			better += b->v[k].loss < b->v[from].loss;
		}
	return from != SIZE_MAX && better < in / 3;
}

TEST("asha: who was among the best third of a rung goes on, once")
{
	const struct ml_search *m = ml_search_find("asha");
	struct bout b;
	size_t rung[4] = { 0 };

	CHECK(bout_init(&b, m, 0, 3, 0, 2));
	while (b.n < MOST && bout_step(&b, USUAL)) {
		size_t last = b.n - 1, k = (size_t)(3.5 + log(b.v[last].budget) / log(3));
		CHECK(k < 4);
		rung[k < 4 ? k : 0]++;
		CHECK(!k || was_good(&b, last));
		for (size_t i = 0; i < last; i++)
			CHECK(!same(b.point[i], b.point[last], b.space.n) ||
			      b.v[i].budget < b.v[last].budget);
	}
	CHECK(rung[1] >= 10 && rung[2] >= 2);
	ml_space_release(&b.space);
}

int main(void)
{
	return ml_tests_run();
}
