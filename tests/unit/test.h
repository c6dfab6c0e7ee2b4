/* test.h - unit tests that speak TAP: one line a test, its failed checks as comments.
 *
 *     TEST("a number reads back") { CHECK(x == 1); NEAR(a, b, 1e-12, "why that much"); }
 *     int main(void) { return ml_tests_run(); }
 *
 * A program tests/unit/NAME.c is found, built and run by `make check`. */
#ifndef ML_TESTS_TEST_H
#define ML_TESTS_TEST_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct ml_test { const char *name; void (*run)(void); struct ml_test *next; };
static struct ml_test *ml_tests, **ml_tests_end = &ml_tests;
static int ml_test_failed;

/* Functions are named by line; each step below expands what the next one joins. */
#define TEST(title) TEST_AT(__LINE__, title)
#define TEST_AT(line, title) TEST_LINE(line, title)
#define TEST_LINE(line, title) TEST_NAMED(test_at_##line, title)
#define TEST_NAMED(fn, title) \
	static void fn(void); \
	static struct ml_test fn##_entry = { title, fn, NULL }; \
	__attribute__((constructor)) static void fn##_add(void) \
	{ \
		*ml_tests_end = &fn##_entry; \
		ml_tests_end = &fn##_entry.next; \
	} \
	static void fn(void)

/* The first twenty failures of a test are told; all count. */
#define CHECK(cond) \
	do { \
		if (!(cond) && ++ml_test_failed <= 20) \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
	} while (0)
/* |got - want| <= tol * max(1, |want|); `why` says where the tolerance comes from. */
#define NEAR(got, want, tol, why) \
	do { \
		double g_ = (got), w_ = (want), t_ = (tol); \
		if (!(fabs(g_ - w_) <= t_ * fmax(1, fabs(w_))) && ++ml_test_failed <= 20) \
			printf("# %s:%d: %s is %.17g, expected %.17g (%s)\n", __FILE__, __LINE__, \
			       #got, g_, w_, why); \
	} while (0)
#define SAME_TEXT(got, want) \
	do { \
		const char *g_ = (got), *w_ = (want); \
		if (strcmp(g_, w_) && ++ml_test_failed <= 20) \
			printf("# %s:%d: %s is '%s', expected '%s'\n", __FILE__, __LINE__, #got, g_, w_); \
	} while (0)

static int ml_tests_run(void)
{
	int n = 0, bad = 0;

	for (struct ml_test *t = ml_tests; t; t = t->next) {
		ml_test_failed = 0;
		t->run();
		printf("%s %d %s\n", ml_test_failed ? "not ok" : "ok", ++n, t->name);
		fflush(stdout);
		bad += ml_test_failed != 0;
	}
	printf("1..%d\n", n);
	return bad != 0;
}

#endif
