/* Levels: codes by first appearance, order bytewise or by value, sharing. */
#include <stdlib.h>

#include "data/table.h"
#include "test.h"

static struct ml_error err;

static int32_t add(struct ml_levels *l, const char *s)
{
	int32_t code = -7;

	CHECK(!ml_levels_add(l, s, strlen(s), &code, &err));
	return code;
}

TEST("codes are given by first appearance and found again, among many")
{
	struct ml_levels *l = ml_levels_new(&err);
	char name[32];

	CHECK(ml_levels_find(l, "a", 1) == -1); /* an empty list has no index yet */
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof name, "level %d", i * 7919);
		CHECK(add(l, name) == i);
	}
	CHECK(l->n == 100000);
	for (int i = 99999; i >= 0; i -= 13) {
		snprintf(name, sizeof name, "level %d", i * 7919);
		CHECK(ml_levels_find(l, name, strlen(name)) == i);
		CHECK(add(l, name) == i);
		SAME_TEXT(l->name[i], name);
	}
	CHECK(ml_levels_find(l, "level", 5) == -1);
	ml_levels_free(l);
}

TEST("lengths count: prefixes and the empty string are levels of their own")
{
	struct ml_levels *l = ml_levels_new(&err);
	int32_t code;

	CHECK(add(l, "") == 0 && add(l, "a") == 1 && add(l, "ab") == 2);
	CHECK(!ml_levels_add(l, "abc", 2, &code, &err) && code == 2);
	CHECK(ml_levels_find(l, "ab", 1) == 1 && ml_levels_find(l, "xyz", 0) == 0);
	SAME_TEXT(l->name[2], "ab");
	ml_levels_free(l);
}

static void check_order(const char *const *names, const char *const *sorted, size_t n)
{
	struct ml_levels *l = ml_levels_new(&err);
	size_t order[16];

	for (size_t i = 0; i < n; i++)
		add(l, names[i]);
	CHECK(!ml_levels_sort(l, order, &err));
	for (size_t i = 0; i < n; i++)
		SAME_TEXT(l->name[order[i]], sorted[i]);
	ml_levels_free(l);
}

TEST("order is by value when all are numbers, ties by bytes")
{
	check_order((const char *[]){ "10", "9", "-3.5", "1e1", "1.0", "1" },
		    (const char *[]){ "-3.5", "1", "1.0", "9", "10", "1e1" }, 6);
}

TEST("one word among numbers makes the order bytewise, unsigned, shorter first")
{
	check_order((const char *[]){ "10", "9", "x", "1", "\xc3\xa4", "Z" },
		    (const char *[]){ "1", "10", "9", "Z", "x", "\xc3\xa4" }, 6);
	check_order(NULL, NULL, 0);
}

TEST("levels are shared by count, a copy is apart")
{
	struct ml_levels *l = ml_levels_new(&err), *same;

	add(l, "a");
	same = ml_levels_ref(l);
	ml_levels_free(l);
	CHECK(same->n == 1 && same->refs == 1);
	struct ml_levels *copy = ml_levels_copy(same, &err);
	add(copy, "b");
	CHECK(same->n == 1 && copy->n == 2 && ml_levels_find(copy, "a", 1) == 0);
	ml_levels_free(same);
	SAME_TEXT(copy->name[0], "a");
	ml_levels_free(copy);
	ml_levels_free(NULL);
}

int main(void)
{
	return ml_tests_run();
}
