/* test_build.c - tables from cells: late texts, levels, origins, lines, batches of known kinds.
 */
#include "test.h"

#include "base/buf.h"
#include "feed.h"

/* Cells of column j as they would leave: "[origin or value]" each. */
static const char *cells_of(const struct ml_table *t, size_t j)
{
	static char out[1000];
	size_t used = 0, cursor = 0;
	const struct ml_column *c = &t->col[j];

	for (size_t i = 0; i < t->rows; i++) {
		const char *text = ml_column_origin(c, i, &cursor);
		char number[ML_NUMBER_MAX] = "";

		if (!text && c->kind == ML_NUMBER)
			ml_number_print(c->num[i], number);
		else if (!text && !ml_missing(c, i))
			text = c->kind == ML_STRING ? c->text[i] : c->levels->name[c->code[i]];
		used += (size_t)snprintf(out + used, sizeof out - used, "[%s]",
					 text ? text : number);
	}
	return out;
}

static const char *levels_of(const struct ml_column *c)
{
	static char out[1000];
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; c->levels && i < c->levels->n; i++)
		used += (size_t)snprintf(out + used, sizeof out - used, "[%s]",
					 c->levels->name[i]);
	return out;
}

TEST("every cell leaves as it was read, whatever its column became")
{
	static const char text[] =
		"n,late,id\n1.50,2,x\n+2,+2.0,NA\nNA,?,\n-0,abc,007\n1e3,2,x\n";
	static const enum ml_kind_ask ask[] = { ML_ASK_ANY, ML_ASK_ANY, ML_ASK_STRING };
	struct reading r = { .ask = ask };

	CHECK(!read_text(&r, text));
	if (!r.table)
		return;
	struct ml_column *c = r.table->col;
	SAME_TEXT(cells_of(r.table, 0), "[1.50][+2][NA][-0][1e3]");
	SAME_TEXT(cells_of(r.table, 1), "[2][+2.0][?][abc][2]");
	SAME_TEXT(cells_of(r.table, 2), "[x][NA][][007][x]");
	CHECK(c[0].kind == ML_NUMBER && c[0].num[0] == 1.5 && c[0].num[1] == 2 &&
	      isnan(c[0].num[2]));
	CHECK(c[0].num[3] == 0 && !signbit(c[0].num[3]) && c[0].num[4] == 1000);
	CHECK(c[1].kind == ML_CATEGORY && c[1].code[2] == -1 && c[1].code[0] == c[1].code[4]);
	SAME_TEXT(levels_of(&c[1]), "[2][+2.0][abc]");
	CHECK(c[2].kind == ML_STRING && !c[2].text[1] && !c[2].text[2]);
	CHECK(c[1].origin.n == 1); /* the '?' alone: levels hold the rest */
	CHECK(r.table->line[0] == 2 && r.table->line[4] == 6);
	ml_table_free(r.table);
}

TEST("text after two thousand numbers: levels come in order of first appearance")
{
	struct ml_buf text = { 0 };
	struct reading r = { 0 };

	ml_buf_text(&text, "x,y\n");
	for (int i = 0; i < 20000; i++)
		ml_buf_printf(&text, "%d%s,%d\n", i % 50, i % 7 ? "" : ".0", i);
	ml_buf_text(&text, "oops,1\n3,2\n");
	CHECK(!read_text(&r, ml_buf_str(&text)));
	if (r.table) {
		const struct ml_column *c = &r.table->col[0];

		CHECK(r.table->rows == 20002 && c->kind == ML_CATEGORY && c->levels->n == 101);
		for (size_t i = 0; i < 100; i++) {
			char want[16];

			snprintf(want, sizeof want, "%d%s", (int)i % 50, i % 7 ? "" : ".0");
			SAME_TEXT(c->levels->name[c->code[i]], want);
		}
		SAME_TEXT(c->levels->name[100], "oops");
		SAME_TEXT(c->levels->name[c->code[20001]], "3");
		CHECK(r.table->col[1].kind == ML_NUMBER && r.table->col[1].num[19999] == 19999);
	}
	ml_table_free(r.table);
	ml_buf_release(&text);
}

TEST("a whole number that no double holds keeps its digits, and numbers before it too")
{
	struct reading r = { 0 };

	CHECK(!read_text(&r, "x\n1.0\n\"\"\n9007199254740993\n9007199254740992\n5\n"));
	if (r.table) {
		SAME_TEXT(levels_of(&r.table->col[0]),
			  "[1.0][9007199254740993][9007199254740992][5]");
		CHECK(r.table->col[0].code[1] == -1);
	}
	ml_table_free(r.table);
}

struct noted {
	size_t rows[8], n;
	char last[600];
};

static int note(void *arg, size_t row, const struct ml_error *why)
{
	struct noted *n = arg;

	n->rows[n->n++] = row;
	snprintf(n->last, sizeof n->last, "%s [%s]", why->msg, why->tag);
	return ML_OK;
}

static struct ml_cell cell(const char *s)
{
	return (struct ml_cell){ s, strlen(s) };
}

TEST("a batch of known kinds: in the order wanted, views of the cells, bad cells told")
{
	struct ml_cell v[] = { cell("1.50"), cell("b"), cell("NA"),    cell("007"), cell("a"),
			       cell("id2"),  cell("x"), cell(""),      cell("id3"), cell("inf"),
			       cell("b"),    cell("?"), cell("1e400"), cell("b"),   cell("z") };
	uint64_t line[] = { 2, 3, 5, 6, 7 };
	struct ml_cells cells = { .rows = 5, .cols = 3, .cell = v, .line = line };
	static const char *const names[] = { "n", "c", "t" };
	static const size_t from[] = { 1, 0, 2 };
	static const enum ml_kind kind[] = { ML_CATEGORY, ML_NUMBER, ML_STRING };
	struct ml_kind_opts opts = { 0 };
	struct ml_table t = { 0 };
	struct ml_error err;
	struct noted noted = { 0 };

	CHECK(ml_table_from_cells(&t, &cells, names, from, kind, 3, &opts, "t.csv", NULL, NULL,
				  &err) == ML_EDATA);
	SAME_TEXT(err.msg, "t.csv:5: n: 'x' is not a number");
	SAME_TEXT(err.tag, "E-TYPE");
	for (int again = 0; again < 2; again++) {
		noted = (struct noted){ 0 };
		CHECK(!ml_table_from_cells(&t, &cells, names, from, kind, 3, &opts, "t.csv",
					   note, &noted, &err));
		CHECK(noted.n == 3 && noted.rows[0] == 2 && noted.rows[1] == 3 &&
		      noted.rows[2] == 4);
	}
	SAME_TEXT(noted.last, "t.csv:7: n: '1e400' is beyond the largest number that a double "
			      "holds [E-RANGE]");
	CHECK(t.rows == 5 && t.ncol == 3 && t.line[4] == 7);
	SAME_TEXT(t.col[0].name, "c");
	SAME_TEXT(levels_of(&t.col[0]), "[b][a]");
	CHECK(t.col[0].code[2] == -1 && t.col[0].code[3] == 0);
	CHECK(t.col[1].num[0] == 1.5 && t.col[1].num[1] == 7 && isnan(t.col[1].num[2]));
	CHECK(!t.col[2].text[0] && t.col[2].text[1] == v[5].text);
	SAME_TEXT(cells_of(&t, 1), "[1.50][007][x][inf][1e400]");
	ml_column_touch(&t.col[1], 0);
	SAME_TEXT(cells_of(&t, 1), "[1.5][007][x][inf][1e400]");
	cells.rows = 0;
	CHECK(!ml_table_from_cells(&t, &cells, names, from, kind, 3, &opts, "t.csv", NULL, NULL,
				   &err));
	CHECK(t.rows == 0 && t.ncol == 3);
	ml_table_release(&t);
}

enum { MANY = 4096, WIDE = 11 };

/* A table of all kinds of columns, built by `threads`. */
static struct ml_table *build_many(int threads, struct ml_cells *cells)
{
	static const char *const names[WIDE] = { "a", "b", "c", "d", "e", "f",
						 "g", "h", "i", "j", "k" };
	enum ml_kind_ask ask[WIDE] = { [3] = ML_ASK_STRING, [7] = ML_ASK_CATEGORY };
	struct ml_kind_opts opts = { 0 };
	struct ml_run run = { .threads = threads };
	struct ml_builder b;
	struct ml_table *t = NULL;
	struct ml_error err;

	CHECK(!ml_builder_init(&b, names, WIDE, ask, &opts, &err));
	b.threads = threads;
	CHECK(!ml_builder_add(&b, cells, &err) && !ml_builder_add(&b, cells, &err));
	CHECK(!ml_builder_finish(&b, "t", &run, &t, &err));
	return t;
}

TEST("columns built by several threads are the same")
{
	static const char *const some[] = { "1.5", "2.50", "-3", "NA", "", "17", "0.10", "8" };
	static struct ml_cell v[MANY * WIDE];
	static uint64_t line[MANY];
	struct ml_cells cells = { .rows = MANY, .cols = WIDE, .cell = v, .line = line };

	for (size_t i = 0; i < MANY; i++)
		for (size_t j = 0; j < WIDE; j++)
			v[i * WIDE + j] = cell(j == 5 && i > 1000 && i % 7 == 0
						       ? "late"
						       : some[(i * (j + 3) + i / 5) % 8]);
	struct ml_table *one = build_many(1, &cells), *many = build_many(4, &cells);
	CHECK(one->rows == 2 * MANY && many->rows == one->rows);
	for (size_t j = 0; j < WIDE; j++) {
		const struct ml_column *a = &one->col[j], *b = &many->col[j];
		size_t at_a = 0, at_b = 0;

		CHECK(a->kind == b->kind);
		if (a->kind == ML_CATEGORY)
			CHECK(a->levels->n == b->levels->n);
		for (size_t k = 0; a->levels && k < a->levels->n; k++)
			SAME_TEXT(b->levels->name[k], a->levels->name[k]);
		for (size_t i = 0; i < one->rows; i++) {
			const char *x = ml_column_origin(a, i, &at_a);
			const char *y = ml_column_origin(b, i, &at_b);

			CHECK(ml_missing(a, i) == ml_missing(b, i) && !x == !y);
			CHECK(!x || !y || strcmp(x, y) == 0);
			if (a->kind == ML_NUMBER)
				CHECK(isnan(a->num[i]) || a->num[i] == b->num[i]);
			else if (a->kind == ML_CATEGORY)
				CHECK(a->code[i] == b->code[i]);
			else
				CHECK(!a->text[i] || !strcmp(a->text[i], b->text[i]));
		}
	}
	ml_table_free(one);
	ml_table_free(many);
}

/* Numbers of `places` decimals, and now and then something else. */
static void write_cell(struct ml_buf *out, uint64_t *state, int places, unsigned odd, bool late)
{
	static const char *const others[] = { "",    "NA",  "-0.00",
					      "-0",  "1e3", "+2",
					      "0.5", "7",   "12345678901234567.25" };
	uint64_t draw = feed_random(state);

	if (late)
		ml_buf_printf(out, "late");
	else if (odd && draw % odd == 0)
		ml_buf_printf(out, "%s", others[draw / odd % (sizeof others / sizeof *others)]);
	else
		ml_buf_printf(out, places == 1 ? "%.*g" : "%.*f", places == 1 ? 17 : places,
			      (double)(draw % 200000) / 1000 - 100);
}

static void same_tables(const struct ml_table *a, const struct ml_table *b)
{
	CHECK(a && b && a->rows == b->rows && a->ncol == b->ncol);
	for (size_t j = 0; a && b && j < a->ncol; j++) {
		const struct ml_column *x = &a->col[j], *y = &b->col[j];

		CHECK(x->kind == y->kind);
		for (size_t i = 0; i < a->rows && x->kind == y->kind; i++) {
			CHECK(ml_missing(x, i) == ml_missing(y, i));
			if (x->kind == ML_NUMBER)
				CHECK(ml_missing(x, i) || x->num[i] == y->num[i]);
			else
				CHECK(x->code[i] == y->code[i]);
		}
		for (size_t k = 0; x->levels && y->levels && k < x->levels->n; k++)
			SAME_TEXT(y->levels->name[k], x->levels->name[k]);
	}
}

TEST("columns whose texts are not wanted become the same numbers and levels")
{
	enum { COLS = 6, ROWS = 700 };
	static const bool unread[COLS] = { true, true, true, true, true, true };
	static const unsigned odd[] = { 0, 40, 300, 7 }, cuts[] = { 0, 9, 500, 20000 };
	uint64_t state = 8;

	for (int round = 0; round < 60; round++) {
		struct ml_buf text = { 0 };
		size_t late = feed_random(&state) % ROWS;
		struct reading all = { 0 }, values = { .unread = unread };

		ml_buf_printf(&text, "a,b,c,d,e,f\n");
		for (size_t i = 0; i < ROWS; i++)
			for (int j = 0; j < COLS; j++) {
				write_cell(&text, &state, j, odd[(round + j) % 4],
					   j % 2 && i == late);
				ml_buf_printf(&text, j + 1 < COLS ? "," : "\n");
			}
		ml_buf_printf(&text, "%c", '\0');
		struct feed f = feed_text((const char *)text.v), g = f;
		f.cut = cuts[round % 4];
		g.cut = cuts[(round + 1) % 4];
		CHECK(!read_feed(&all, &f, "t") && !read_feed(&values, &g, "t"));
		same_tables(all.table, values.table);
		for (size_t j = 0; values.table && j < COLS; j++)
			CHECK(values.table->col[j].kind != ML_NUMBER ||
			      !values.table->col[j].origin.n);
		ml_table_free(all.table);
		ml_table_free(values.table);
		ml_buf_release(&text);
	}
}

int main(void)
{
	return ml_tests_run();
}
