/* test_search_contract.c - the laws that all methods of search keep (search/search.h). */
#include "search/search.h"

#include <stdint.h>
#include <stdlib.h>

#include "bout.h"
#include "failing.h"

static void check_point(const struct bout *b, const double *point, double budget)
{
	struct ml_buf text = { 0 };
	double tidy[DIMS], back = 0;
	struct ml_error err;

	memcpy(tidy, point, b->space.n * sizeof *tidy);
	ml_space_tidy(&b->space, tidy);
	CHECK(same(tidy, point, b->space.n));
	for (size_t j = 0; j < b->space.n; j++) {
		CHECK(isnan(point[j]) == !ml_space_active(&b->space, point, j));
		if (isnan(point[j]))
			continue;
		ml_buf_clear(&text);
		ml_space_text(&b->space, j, point[j], &text);
		CHECK(!ml_space_value(&b->space, j, ml_buf_str(&text), &back, &err) &&
		      back == point[j]);
	}
	CHECK(budget > 0 && budget <= 1);
	ml_buf_release(&text);
}

#define EACH_METHOD(m) for (const struct ml_search *const *m = ml_searches; *m; m++)

TEST("methods: names sorted, summaries without full stop, tables that are right")
{
	const char *before = "";

	EACH_METHOD(m)
	{
		struct ml_error err = { 0 };

		CHECK(strcmp(before, (*m)->name) < 0 && ml_search_find((*m)->name) == *m);
		before = (*m)->name;
		CHECK((*m)->summary && (*m)->summary[strlen((*m)->summary) - 1] != '.');
		if ((*m)->opts && ml_opt_check((*m)->opts, &err)) {
			printf("# %s: %s\n", (*m)->name, err.msg);
			ml_test_failed++;
		}
		for (const struct ml_opt *o = (*m)->opts; o && o->name; o++)
			CHECK(o->tune.scale == ML_FIXED);
	}
	CHECK(!ml_search_find("nothing"));
}

TEST("points lie in the space and read back from their texts, however trials end")
{
	EACH_METHOD(m)
	for (size_t k = 0; k < SPACES; k++)
		for (int how = 0; how < HOWS; how++) {
			struct bout b;

			if (!bout_init(&b, *m, k, 11, 40, 3)) {
				ml_test_failed++;
				return;
			}
			size_t n = bout_count(&b, 40);
			while (b.n < n && bout_step(&b, (enum how)how))
				check_point(&b, b.point[b.n - 1], b.v[b.n - 1].budget);
			CHECK(b.n == n);
			ml_space_release(&b.space);
		}
}

TEST("needs() does not fall, and asks for earlier trials only")
{
	EACH_METHOD(m)
	for (size_t lag = 1; (*m)->needs && lag < 12; lag += 7) {
		struct bout b;
		size_t before = 0;

		CHECK(bout_init(&b, *m, 0, 1, 500, lag));
		for (size_t i = 0, n = bout_count(&b, 500); i < n; i++) {
			size_t need = (*m)->needs(&b.plan, i);
			CHECK(need >= before && need <= i);
			before = need;
		}
		ml_space_release(&b.space);
	}
}

TEST("a proposal is the same whatever comes of trials that it does not need, and whoever tells "
     "what is under way")
{
	static const size_t places[] = { 0, 1, 9, 13, 22, 31 };
	enum { PLACES = sizeof places / sizeof *places };

	EACH_METHOD(m)
	for (size_t k = 0; k < 2; k++) {
		struct bout b;

		CHECK(bout_init(&b, *m, k, 5, 40, 8));
		size_t n = bout_count(&b, places[PLACES - 1] + 1);
		while (b.n < n && bout_step(&b, USUAL))
			;
		for (size_t p = 0; p < PLACES && places[p] < n; p++) {
			struct bout c = b;
			struct ml_error err;
			double point[DIMS], budget;

			c.plan.space = &c.space;
			c.plan.opts = &c.opts;
			c.n = places[p];
			size_t need = (*m)->needs ? (*m)->needs(&c.plan, c.n) : 0;
			for (size_t i = need; i < b.n; i++) {
				c.v[i].loss = i % 2 ? (double)NAN : -1e9;
				c.v[i].end = ML_TRIAL_FAILED;
			}
			CHECK(!bout_propose(&c, point, &budget, true, &err));
			CHECK(same(point, b.point[c.n], b.space.n));
			CHECK(budget == b.v[c.n].budget);
			memset(c.v + need, 0xff, (MOST - need) * sizeof *c.v);
			CHECK(!bout_propose(&c, point, &budget, false, &err));
			CHECK(same(point, b.point[c.n], b.space.n));
			CHECK(budget == b.v[c.n].budget);
		}
		ml_space_release(&b.space);
	}
}

TEST("seeds differ, but for the grid; the same seed gives the same search")
{
	EACH_METHOD(m)
	{
		struct bout b[3];
		const uint64_t seeds[3] = { 3, 4, 3 };

		for (size_t k = 0; k < 3; k++) {
			CHECK(bout_init(&b[k], *m, 1, seeds[k], 24, 4));
			while (b[k].n < 24 && bout_step(&b[k], USUAL))
				;
		}
		size_t differ = 0;
		for (size_t i = 0; i < 24; i++) {
			differ += !same(b[0].point[i], b[1].point[i], b[0].space.n);
			CHECK(same(b[0].point[i], b[2].point[i], b[0].space.n));
		}
		CHECK(strcmp((*m)->name, "grid") ? differ > 8 : differ == 0);
		for (size_t k = 0; k < 3; k++)
			ml_space_release(&b[k].space);
	}
}

TEST("a finite space is gone through before a point is tried again")
{
	EACH_METHOD(m)
	for (size_t k = 0; k < SPACES; k++) {
		struct bout b;
		size_t twice = 0;

		if ((*m)->repeats || !finite[k])
			continue;
		CHECK(bout_init(&b, *m, k, 17, 0, 4));
		size_t n = bout_count(&b, finite[k]);
		CHECK(n == finite[k]);
		while (b.n < n && bout_step(&b, USUAL))
			for (size_t i = 0; i + 1 < b.n; i++)
				twice += same(b.point[i], b.point[b.n - 1], b.space.n);
		CHECK(!twice);
		ml_space_release(&b.space);
	}
}

TEST("points told by others may be equal, all of them, or dearer")
{
	EACH_METHOD(m)
	{
		struct bout b;
		struct ml_error err;
		double point[DIMS], budget;

		CHECK(bout_init(&b, *m, 0, 2, 40, 1));
		size_t n = bout_count(&b, 30);
		for (b.n = 0; b.n < n - 1; b.n++) {
			b.point[b.n][0] = b.point[b.n][1] = 0.5;
			b.point[b.n][2] = 0.25;
			b.v[b.n] =
				ending(b.point[b.n], b.n % 3 ? 1 : 0.04, b.n, USUAL, &b.space);
			b.v[b.n].loss += (double)(b.n % 2);
		}
		CHECK(!bout_propose(&b, point, &budget, true, &err));
		check_point(&b, point, budget);
		ml_space_release(&b.space);
	}
}

TEST("without memory a proposal fails with E-NOMEM, and leaves nothing behind")
{
	if (!failing_works())
		return;
	EACH_METHOD(m)
	for (size_t lag = 1; lag < 5; lag += 3) {
		struct bout b;
		struct ml_error err = { 0 };
		double point[DIMS], budget;
		int rc = ML_ENOMEM;

		CHECK(bout_init(&b, *m, 6, 2, 12, lag));
		/* Methods that learn are past their start then. */
		if ((*m)->opts && ml_opt_find((*m)->opts, "startup"))
			CHECK(!ml_opt_set((*m)->opts, &b.opts, "startup", "4", &err));
		for (size_t n = bout_count(&b, 11); b.n < n && bout_step(&b, MIXED_ENDS);)
			;
		b.n -= b.n > 0;
		for (size_t at = 1; rc && at < 10000; at++)
			for (int on = 0; on < 2; on++) {
				ptrdiff_t leaks;
				failing_begin(at, on);
				rc = bout_propose(&b, point, &budget, lag == 1, &err);
				size_t seen = failing_end(&leaks);
				CHECK(rc ? rc == ML_ENOMEM : seen < at);
				CHECK(!leaks);
			}
		CHECK(!rc && same(point, b.point[b.n], b.space.n));
		ml_space_release(&b.space);
	}
}

int main(void)
{
	return ml_tests_run();
}
