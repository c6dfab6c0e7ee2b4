/* test_dedupe.c - equal rows, and equal rows whose labels differ, whatever kind the label is
 * of. */
#include <math.h>
#include <stdlib.h>

#include "data/dedupe.h"
#include "feed.h"
#include "test.h"

static struct ml_table *table(const char *csv, enum ml_kind_ask label)
{
	const enum ml_kind_ask ask[] = { ML_ASK_ANY, ML_ASK_ANY, label };
	struct reading r = { .ask = ask };

	CHECK(!read_text(&r, csv));
	return r.table;
}

TEST("a row that repeats an earlier one goes: numbers by value, missing equals missing")
{
	struct ml_table *t =
		table("n,c,y\n1,a,1\n1.0,a,1\n-0,b,\n0,b,\n,b,\n1,a,2\nNA,b,\n", ML_ASK_ANY);
	static const bool want[] = { true, false, true, false, true, true, false };
	bool keep[7];
	size_t repeats;
	struct ml_error err;

	memset(keep, true, sizeof keep);
	CHECK(!ml_dedupe(t, (const size_t[]){ 0, 1, 2 }, 3, keep, &repeats, &err));
	CHECK(repeats == 3 && !memcmp(keep, want, sizeof keep));
	/* A row that was left out before is not counted once more. */
	memset(keep, true, sizeof keep);
	keep[1] = false;
	CHECK(!ml_dedupe(t, (const size_t[]){ 0, 1, 2 }, 3, keep, &repeats, &err));
	CHECK(repeats == 2 && !memcmp(keep, want, sizeof keep));
	ml_table_free(t);
}

/* Rows 0..7 are four pairs: labels that agree, that differ, that are both missing, one missing.
 */
static void conflicts(const char *labels[8], enum ml_kind_ask kind)
{
	static const bool want[] = { false, false, true, true, false, false, true, true, true };
	char csv[300] = "n,c,y\n";
	bool in[9];
	size_t groups, rows;
	struct ml_error err;

	for (size_t i = 0; i < 8; i++)
		snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "%zu,x,%s\n", i / 2,
			 labels[i]);
	strcat(csv, "1,x,7\n"); /* a third label of the second pair */
	struct ml_table *t = table(csv, kind);
	CHECK(!ml_conflicts(t, (const size_t[]){ 0, 1 }, 2, 2, in, &groups, &rows, &err));
	CHECK(groups == 2 && rows == 5 && !memcmp(in, want, sizeof in));
	ml_table_free(t);
}

TEST("equal rows of different labels: numbers, categories, texts; missing agrees with missing")
{
	const char *numbers[] = { "1", "1.0", "2", "3", "", "NA", "4", "" };
	const char *words[] = { "a", "a", "b", "c", "", "", "", "d" };

	conflicts(numbers, ML_ASK_ANY);
	conflicts(words, ML_ASK_CATEGORY);
	conflicts(words, ML_ASK_STRING);
}

int main(void)
{
	return ml_tests_run();
}
