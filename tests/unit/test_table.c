/* Tables: the index of names under every change, work on rows, origins. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/table.h"
#include "test.h"

static struct ml_error err;

/* The index agrees with the columns, which are named as `want`. */
static void check_names(const struct ml_table *t, const char *const *want, size_t n)
{
	CHECK(t->ncol == n);
	for (size_t j = 0; j < n && j < t->ncol; j++) {
		SAME_TEXT(t->col[j].name, want[j]);
		CHECK(ml_table_find(t, want[j]) == j);
	}
}

static void insert(struct ml_table *t, size_t at, const char *name, enum ml_kind kind)
{
	CHECK(!ml_table_insert(t, at, name, kind, &err));
}

static void set_code(struct ml_table *t, size_t j, size_t row, const char *level)
{
	CHECK(!ml_levels_add(t->col[j].levels, level, strlen(level), &t->col[j].code[row],
			     &err));
}

static void set_text(struct ml_table *t, size_t j, size_t row, const char *text)
{
	t->col[j].text[row] = ml_arena_put(&t->arena, text, strlen(text), &err);
}

/* Three columns x (numbers 1.5, NaN, 3...), k (a, b, missing, a...), s (texts). */
static void fill(struct ml_table *t, size_t rows)
{
	*t = (struct ml_table){ .rows = rows };
	insert(t, 0, "x", ML_NUMBER);
	insert(t, 1, "k", ML_CATEGORY);
	insert(t, 2, "s", ML_STRING);
	for (size_t i = 0; i < rows; i++) {
		char text[32];

		snprintf(text, sizeof text, "text %zu", i);
		if (i % 3 != 1)
			t->col[0].num[i] = 1.5 * (double)i;
		if (i % 4 != 2)
			set_code(t, 1, i, i % 4 == 1 ? "b" : "a");
		if (i % 5)
			set_text(t, 2, i, text);
	}
}

TEST("an empty table has no column and can be released")
{
	struct ml_table t = { 0 };

	CHECK(ml_table_find(&t, "x") == SIZE_MAX && ml_table_role(&t, ML_TARGET) == SIZE_MAX);
	ml_table_release(&t);
	ml_table_release(&t);
	ml_table_free(NULL);
}

TEST("new columns are missing everywhere, whatever their kind")
{
	struct ml_table t = { .rows = 3 };

	insert(&t, 0, "n", ML_NUMBER);
	insert(&t, 0, "c", ML_CATEGORY);
	insert(&t, 1, "t", ML_STRING);
	for (size_t j = 0; j < 3; j++)
		for (size_t i = 0; i < 3; i++)
			CHECK(ml_missing(&t.col[j], i));
	CHECK(t.col[0].levels->n == 0);
	check_names(&t, (const char *[]){ "c", "t", "n" }, 3);
	ml_table_release(&t);
}

TEST("names stay found through inserts, removals and renames in any order")
{
	struct ml_table t = { .rows = 1 };
	struct ml_rng r;
	char *want[400], name[32];
	size_t n = 0, made = 0;

	ml_rng_init(&r, 1, "test", 0);
	for (int step = 0; step < 1500; step++) {
		size_t what = (size_t)ml_rng_below(&r, 10),
		       at = (size_t)ml_rng_below(&r, n + 1);

		snprintf(name, sizeof name, "column %zu", made);
		if (what < 6 && n < 390) {
			insert(&t, at, name, ML_NUMBER);
			memmove(want + at + 1, want + at, (n++ - at) * sizeof *want);
			want[at] = ml_strdup(name, &err);
			made++;
		} else if (at < n && what < 9) {
			CHECK(ml_table_find(&t, want[at]) == at);
			ml_table_remove(&t, at);
			CHECK(ml_table_find(&t, want[at]) == SIZE_MAX);
			free(want[at]);
			memmove(want + at, want + at + 1, (--n - at) * sizeof *want);
		} else if (at < n) {
			CHECK(!ml_table_rename(&t, at, name, &err));
			free(want[at]);
			want[at] = ml_strdup(name, &err);
			made++;
		}
		if (step % 50 == 0)
			check_names(&t, (const char *const *)want, n);
	}
	check_names(&t, (const char *const *)want, n);
	for (size_t j = 0; j < n; j++)
		free(want[j]);
	ml_table_release(&t);
}

TEST("many columns are inserted in the middle at once, all or none")
{
	struct ml_table t = { .rows = 2 };

	insert(&t, 0, "a", ML_NUMBER);
	insert(&t, 1, "b", ML_NUMBER);
	t.col[1].num[1] = 2.385;
	CHECK(!ml_table_insert_many(&t, 1, (const char *[]){ "p", "q", "r" }, 3, ML_NUMBER,
				    &err));
	check_names(&t, (const char *[]){ "a", "p", "q", "r", "b" }, 5);
	CHECK(t.col[4].num[1] == 2.385);
	CHECK(ml_table_insert_many(&t, 0, (const char *[]){ "u", "v", "u" }, 3, ML_NUMBER,
				   &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-DUP");
	check_names(&t, (const char *[]){ "a", "p", "q", "r", "b" }, 5);
	CHECK(!ml_table_insert_many(&t, 2, NULL, 0, ML_NUMBER, &err));
	ml_table_remove_many(&t, (const bool[]){ true, false, false, true, false });
	check_names(&t, (const char *[]){ "p", "q", "b" }, 3);
	CHECK(t.col[2].num[1] == 2.385 && ml_table_find(&t, "a") == SIZE_MAX);
	ml_table_release(&t);
}

TEST("a name is there once only, its own name may be given again")
{
	struct ml_table t = { 0 };

	insert(&t, 0, "a", ML_NUMBER);
	insert(&t, 1, "A", ML_NUMBER); /* case counts */
	CHECK(ml_table_insert(&t, 0, "a", ML_STRING, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-DUP");
	CHECK(ml_table_rename(&t, 1, "a", &err) == ML_EDATA);
	CHECK(!ml_table_rename(&t, 1, "A", &err));
	check_names(&t, (const char *[]){ "a", "A" }, 2);
	ml_table_release(&t);
}

TEST("100,000 columns: inserted behind the last, and in the middle at once")
{
	struct ml_table t = { 0 };
	size_t n = 50000;
	char(*name)[16] = ml_alloc(2 * n, sizeof *name, &err);
	const char **names = ml_alloc(n, sizeof *names, &err);

	for (size_t j = 0; j < 2 * n; j++)
		snprintf(name[j], sizeof name[j], "c%zu", j);
	for (size_t j = 0; j < n; j++) {
		insert(&t, j, name[j], ML_NUMBER);
		names[j] = name[n + j];
	}
	CHECK(!ml_table_insert_many(&t, 1, names, n, ML_NUMBER, &err));
	for (size_t j = 0; j < 2 * n; j++)
		CHECK(ml_table_find(&t, name[j]) == (j == 0 ? 0 : j < n ? n + j : j - n + 1));
	ml_table_release(&t);
	free(names);
	free(name);
}

TEST("the first column of a role is found")
{
	struct ml_table t = { 0 };

	insert(&t, 0, "a", ML_NUMBER);
	insert(&t, 1, "b", ML_NUMBER);
	t.col[1].role = ML_WEIGHT;
	CHECK(ml_table_role(&t, ML_WEIGHT) == 1 && ml_table_role(&t, ML_FEATURE) == 0);
	CHECK(ml_table_role(&t, ML_TARGET) == SIZE_MAX);
	SAME_TEXT(ml_role_names[ML_WEIGHT], "weight");
	SAME_TEXT(ml_role_names[ML_IGNORED], "ignored");
	SAME_TEXT(ml_kind_names[ML_STRING], "text");
	CHECK(!ml_role_names[ML_IGNORED + 1] && !ml_kind_names[ML_STRING + 1]);
	ml_table_release(&t);
}

static bool same_cell(const struct ml_column *a, size_t i, const struct ml_column *b, size_t k)
{
	if (ml_missing(a, i) || ml_missing(b, k))
		return ml_missing(a, i) && ml_missing(b, k);
	if (a->kind == ML_NUMBER)
		return a->num[i] == b->num[k];
	if (a->kind == ML_STRING)
		return !strcmp(a->text[i], b->text[k]);
	return !strcmp(a->levels->name[a->code[i]], b->levels->name[b->code[k]]);
}

/* Odd rows of a column are remembered as "rN". */
static void remember(struct ml_table *t, size_t j)
{
	for (size_t i = 1; i < t->rows; i += 2) {
		char text[32];

		snprintf(text, sizeof text, "r%zu", i);
		CHECK(!ml_column_remember(&t->col[j], i, text, strlen(text), &err));
	}
}

static void check_remembered(const struct ml_column *c, size_t row, size_t was, size_t *cursor)
{
	const char *text = ml_column_origin(c, row, cursor);
	char want[32];

	snprintf(want, sizeof want, "r%zu", was);
	CHECK(!text == !(was % 2));
	if (text)
		SAME_TEXT(text, want);
}

TEST("what is known of a column is right until a value changes or rows move")
{
	struct ml_table t = { .rows = 9 };
	bool keep[9] = { true, false, true, true, true, true, true, true, true };

	CHECK(!ml_table_insert(&t, 0, "a", ML_NUMBER, &err));
	struct ml_column *c = t.col;
	for (size_t i = 0; i < 9; i++)
		c->num[i] = i == 4 ? (double)NAN : 2.385 * (double)i;
	CHECK(c->stock.known == ML_NOTHING && ml_column_count_missing(c, 9) == 1);
	CHECK(!ml_table_take_stock(&t, 1, &err) && c->stock.known == ML_MEASURED);
	struct ml_moments m = ml_moments_of(c->num, NULL, 9), k = ml_column_moments(c, NULL, 9);
	CHECK(k.mean == m.mean && k.ss == m.ss && ml_column_mean(c, NULL, 9) == m.mean);
	CHECK(ml_column_count_missing(c, 9) == 1 && ml_column_next_missing(c, 0, 9) == 4);
	c->num[4] = 1.5;
	ml_column_touch(c, 4);
	CHECK(ml_column_count_missing(c, 9) == 0 && ml_column_next_missing(c, 0, 9) == 9);
	CHECK(ml_column_mean(c, NULL, 9) == ml_mean_of(c->num, NULL, 9));
	CHECK(!ml_table_take_stock(&t, 1, &err));
	ml_table_filter(&t, keep);
	CHECK(c->stock.known == ML_NOTHING);
	CHECK(ml_column_mean(c, NULL, 8) == ml_mean_of(c->num, NULL, 8));
	ml_table_release(&t);
}

TEST("filtering keeps values, origins and lines together")
{
	enum { ROWS = 100 };
	struct ml_table t, all;
	bool keep[ROWS];
	size_t cursor = 0;

	fill(&t, ROWS);
	fill(&all, ROWS);
	remember(&t, 0);
	t.line = ml_alloc(ROWS, sizeof *t.line, &err);
	for (size_t i = 0; i < ROWS; i++) {
		t.line[i] = 10 * i;
		keep[i] = i * i % 7 < 3;
	}
	ml_table_filter(&t, keep);
	for (size_t i = 0, n = 0; i < ROWS; i++) {
		if (!keep[i])
			continue;
		for (size_t j = 0; j < 3; j++)
			CHECK(same_cell(&t.col[j], n, &all.col[j], i));
		check_remembered(&t.col[0], n, i, &cursor);
		CHECK(t.line[n++] == 10 * i);
		CHECK(n <= t.rows);
	}
	ml_table_release(&t);
	ml_table_release(&all);
}

TEST("rows are taken in any order, more than once, and outlive their table")
{
	struct ml_table t, all, *part = NULL;
	size_t row[] = { 9, 9, 0, 3, 19, 1, 2 }, n = sizeof row / sizeof *row, cursor = 0;

	fill(&t, 20);
	fill(&all, 20);
	remember(&t, 0);
	t.col[1].role = ML_TARGET;
	CHECK(!ml_table_take(&part, &t, row, n, &err));
	ml_table_release(&t);
	CHECK(part->rows == n && part->ncol == 3 && part->col[1].role == ML_TARGET);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < 3; j++)
			CHECK(same_cell(&part->col[j], i, &all.col[j], row[i]));
		check_remembered(&part->col[0], i, row[i], &cursor);
	}
	ml_table_free(part);
	CHECK(!ml_table_take(&part, &all, NULL, 0, &err));
	CHECK(part->rows == 0 && ml_table_find(part, "s") == 2);
	ml_table_free(part);
	ml_table_release(&all);
}

TEST("appending maps levels, copies texts, and keeps shared levels as they are")
{
	struct ml_table t, more, *shares;
	size_t row[] = { 0 };

	fill(&t, 7);
	CHECK(!ml_table_take(&shares, &t, row, 1, &err)); /* shares the levels of k */
	size_t levels = shares->col[1].levels->n;
	more = (struct ml_table){ .rows = 3 };
	insert(&more, 0, "x", ML_NUMBER);
	insert(&more, 1, "k", ML_CATEGORY);
	insert(&more, 2, "s", ML_STRING);
	set_code(&more, 1, 0, "new");
	set_code(&more, 1, 2, "b");
	set_text(&more, 2, 1, "other");
	more.col[0].num[2] = 7.25;
	CHECK(!ml_table_append(&t, &more, &err));
	ml_table_release(&more);
	CHECK(t.rows == 10 && t.col[0].num[9] == 7.25 && isnan(t.col[0].num[7]));
	SAME_TEXT(t.col[1].levels->name[t.col[1].code[7]], "new");
	SAME_TEXT(t.col[1].levels->name[t.col[1].code[9]], "b");
	CHECK(t.col[1].code[8] == -1 && !t.col[2].text[7]);
	SAME_TEXT(t.col[2].text[8], "other");
	CHECK(shares->col[1].levels->n == levels && shares->col[1].levels != t.col[1].levels);
	ml_table_free(shares);
	ml_table_release(&t);
}

TEST("appending batch by batch equals the whole, origins included")
{
	struct ml_table all, sum = { 0 };
	size_t cursor = 0;

	fill(&all, 3000);
	remember(&all, 0);
	insert(&sum, 0, "x", ML_NUMBER);
	insert(&sum, 1, "k", ML_CATEGORY);
	insert(&sum, 2, "s", ML_STRING);
	for (size_t i = 0, n; i < all.rows; i += n) {
		struct ml_table *part;
		size_t row[40];

		n = 1 + i % 37;
		n = n < all.rows - i ? n : all.rows - i;
		for (size_t k = 0; k < n; k++)
			row[k] = i + k;
		CHECK(!ml_table_take(&part, &all, row, n, &err));
		CHECK(!ml_table_append(&sum, part, &err));
		ml_table_free(part);
	}
	CHECK(sum.rows == all.rows);
	for (size_t i = 0; i < sum.rows; i++) {
		for (size_t j = 0; j < 3; j++)
			CHECK(same_cell(&sum.col[j], i, &all.col[j], i));
		check_remembered(&sum.col[0], i, i, &cursor);
	}
	ml_table_release(&sum);
	ml_table_release(&all);
}

/* n rows of one number column, whose lines are known when `lined`. */
static struct ml_table numbers(size_t n, bool lined)
{
	struct ml_table t = { .rows = n };

	CHECK(!ml_table_insert(&t, 0, "a", ML_NUMBER, &err));
	if (lined)
		t.line = calloc(n + 1, sizeof *t.line);
	for (size_t i = 0; i < n; i++) {
		t.col[0].num[i] = 2.385 * (double)i;
		if (lined)
			t.line[i] = 2 + 3 * i;
	}
	return t;
}

TEST("appending keeps lines when both tables have them, and when the first has no rows yet")
{
	for (int k = 0; k < 8; k++) {
		bool first = k & 1, second = k & 2;
		size_t rows = k & 4 ? 3 : 0;
		struct ml_table t = numbers(rows, first && rows), more = numbers(2, second),
				none = numbers(0, false);

		CHECK(!ml_table_append(&t, &more, &err) && t.rows == rows + 2);
		bool lined = second && (first || !rows);
		CHECK(!t.line == !lined);
		if (t.line)
			CHECK(t.line[rows] == 2 && t.line[rows + 1] == 5);
		CHECK(!ml_table_append(&t, &none, &err) && !t.line == !lined);
		ml_table_release(&t);
		ml_table_release(&more);
		ml_table_release(&none);
	}
}

TEST("tables of other columns are not appended")
{
	struct ml_table t, other;

	fill(&t, 3);
	fill(&other, 3);
	CHECK(!ml_table_rename(&other, 1, "kk", &err));
	CHECK(ml_table_append(&t, &other, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-COLUMNS");
	CHECK(!ml_table_rename(&other, 1, "k", &err));
	ml_table_remove(&other, 0);
	CHECK(ml_table_append(&t, &other, &err) == ML_EDATA);
	insert(&other, 0, "x", ML_STRING);
	CHECK(ml_table_append(&t, &other, &err) == ML_EDATA);
	CHECK(t.rows == 3);
	ml_table_release(&t);
	ml_table_release(&other);
}

TEST("origins of a batch are the reader's cells, until they change")
{
	struct ml_cell cell[6] = { { "1.50", 4 }, { "a", 1 },  { "NA", 2 },
				   { "b", 1 },    { "+2", 2 }, { "c", 1 } };
	struct ml_table t = { .rows = 3 }, *part;
	size_t cursor = 0, row[] = { 2, 0 };

	insert(&t, 0, "x", ML_NUMBER);
	t.col[0].num[0] = 1.5;
	t.col[0].num[2] = 2;
	t.col[0].origin = (struct ml_origin){ .cell = cell, .stride = 2 };
	SAME_TEXT(ml_column_origin(&t.col[0], 2, &cursor), "+2");
	CHECK(!ml_table_take(&part, &t, row, 2, &err));
	cursor = 0;
	SAME_TEXT(ml_column_origin(&part->col[0], 0, &cursor), "+2");
	SAME_TEXT(ml_column_origin(&part->col[0], 1, &cursor), "1.50");
	ml_table_filter(&t, (const bool[]){ false, true, true });
	SAME_TEXT(ml_column_origin(&t.col[0], 0, &cursor), "NA");
	ml_column_touch(&t.col[0], 0);
	CHECK(!ml_column_origin(&t.col[0], 0, &cursor));
	SAME_TEXT(ml_column_origin(&t.col[0], 1, &cursor), "+2");
	ml_column_touch_all(&t.col[0]);
	CHECK(!ml_column_origin(&t.col[0], 1, &cursor));
	ml_table_free(part);
	ml_table_release(&t);
}

TEST("origins are found in any order, whatever the cursor says")
{
	struct ml_table t;
	struct ml_rng r;

	fill(&t, 500);
	remember(&t, 0);
	ml_rng_init(&r, 2, "test", 0);
	for (int i = 0; i < 5000; i++) {
		size_t row = (size_t)ml_rng_below(&r, 500),
		       cursor = (size_t)ml_rng_below(&r, 300);

		check_remembered(&t.col[0], row, row, &cursor);
	}
	ml_column_touch(&t.col[0], 7);
	ml_column_touch(&t.col[0], 8); /* not remembered: nothing to forget */
	size_t cursor = 0;
	CHECK(!ml_column_origin(&t.col[0], 7, &cursor));
	check_remembered(&t.col[0], 9, 9, &cursor);
	ml_table_release(&t);
}

TEST("what a value prints as is not remembered when a batch joins a table")
{
	struct ml_cell cell[] = { { "2.5", 3 }, { "2.50", 4 }, { "", 0 }, { "?", 1 } };
	struct ml_table t = { 0 }, batch = { .rows = 4 };
	size_t cursor = 0;

	insert(&t, 0, "x", ML_NUMBER);
	insert(&batch, 0, "x", ML_NUMBER);
	batch.col[0].num[0] = batch.col[0].num[1] = 2.5;
	batch.col[0].origin = (struct ml_origin){ .cell = cell, .stride = 1 };
	CHECK(!ml_table_append(&t, &batch, &err));
	CHECK(t.col[0].origin.n == 2);
	SAME_TEXT(ml_column_origin(&t.col[0], 1, &cursor), "2.50");
	SAME_TEXT(ml_column_origin(&t.col[0], 3, &cursor), "?");
	ml_table_release(&batch);
	ml_table_release(&t);
}

int main(void)
{
	return ml_tests_run();
}
