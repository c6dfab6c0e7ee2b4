/* test_writer.c - what is written is read back as it was, and an unfinished table is refused.
 */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <unistd.h>

#include "base/buf.h"
#include "data/writer.h"
#include "feed.h"

static void slurp(struct ml_buf *out, const char *path)
{
	char buf[4096];
	size_t n;
	FILE *f = fopen(path, "rb");

	ml_buf_clear(out);
	while (f && (n = fread(buf, 1, sizeof buf, f)))
		ml_buf_put(out, buf, n);
	if (f)
		fclose(f);
}

/* The bytes that are written for t; `note`: it cannot be finished. */
static void write_table(struct ml_buf *out, const struct ml_table *t, char delimiter,
			const char *note)
{
	char path[] = "/tmp/ml-test-writer-XXXXXX";
	int fd = mkstemp(path);
	struct ml_error err;
	struct ml_sink *sink;
	struct ml_writer w;

	close(fd);
	CHECK(!ml_sink_open(&sink, path, &err));
	CHECK(!ml_writer_init(&w, sink, delimiter, &err));
	CHECK(!ml_writer_header(&w, t, &err));
	CHECK(!ml_writer_rows(&w, t, &err));
	if (note)
		CHECK(!ml_writer_poison(sink, note, &err));
	CHECK(!ml_sink_commit(sink, &err));
	ml_writer_release(&w);
	slurp(out, path);
	unlink(path);
}

static const char *copy_of(const char *text, char delimiter)
{
	static struct ml_buf out;
	struct reading r = { .csv.delimiter = delimiter };

	int rc = read_text(&r, text);
	CHECK(!rc);
	if (!rc)
		write_table(&out, r.table, delimiter, NULL);
	ml_table_free(r.table);
	return ml_buf_str(&out);
}

TEST("text leaves as it came, quoted where it must be")
{
	static const char *const same[] = {
		"a,b\n1,2\n",
		"a,b\n1.50,NA\n+2,?\n-0,x\n",
		"\"a,b\",\"c\nd\"\n\"x\"\"y\",\" lead\"\n\"trail \",\"\r\n\"\n",
		"a\n\"\"\n1\n\"\"\n",
		"a,b\n,\n",
		"x\n007\n1e5\n",
		"\"BZh9\"\n1\n",
		"\"\x1f\",b\n1,2\n",
		"\"\xef\xbb\xbf\x61\",b\n1,2\n",
		"a\nh\xc3\xa9\n",
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		SAME_TEXT(copy_of(same[i], ','), same[i]);
	SAME_TEXT(copy_of("a;b\n1,5;\"x;y\"\n", ';'), "a;b\n1,5;\"x;y\"\n");
	SAME_TEXT(copy_of("a\tb\n1\t\"x\ty\"\n\t\n", '\t'), "a\tb\n1\t\"x\ty\"\n\t\n");
	SAME_TEXT(copy_of("a , \"b\"\r\n 1 ,\"2\"\r\n", ','), "a,b\n1,2\n");
	SAME_TEXT(copy_of("a\n\n1", ','), "a\n\"\"\n1\n");
}

TEST("random cells come back from what was written, with any delimiter")
{
	static const char letters[] = "a1\",;\t \n\r|.";
	static const char delimiters[] = ",;\t| ";
	static const enum ml_kind_ask ask[] = { ML_ASK_STRING, ML_ASK_CATEGORY, ML_ASK_ANY };
	uint64_t state = 42;
	struct ml_buf out = { 0 };

	for (int round = 0; round < 50; round++) {
		size_t cols = 1 + feed_random(&state) % 3;
		char delimiter = delimiters[feed_random(&state) % 5], text[12][3][8];
		struct ml_cell v[36];
		uint64_t line[12] = { 0 };
		struct ml_cells cells = { .rows = 12, .cols = cols, .cell = v, .line = line };
		static const char *const names[] = { "x", "y z", "\"q\n" };
		struct ml_builder b = { 0 };
		struct ml_error err;
		struct ml_kind_opts opts = { .na = "" };
		struct ml_table *t = NULL;

		for (size_t i = 0; i < 12 * cols; i++) {
			char *s = text[i / cols][i % cols];
			size_t n = feed_random(&state) % 7;

			for (size_t k = 0; k < n; k++)
				s[k] = letters[feed_random(&state) % (sizeof letters - 1)];
			s[n] = '\0';
			v[i] = (struct ml_cell){ s, n };
		}
		CHECK(!ml_builder_init(&b, names, cols, ask, &opts, &err));
		CHECK(!ml_builder_add(&b, &cells, &err));
		CHECK(!ml_builder_finish(&b, "t", &(struct ml_run){ 0 }, &t, &err));
		write_table(&out, t, delimiter, NULL);
		ml_table_free(t);

		struct feed f = { .v = (char *)out.v, .n = out.n };
		struct reading r = { .csv.delimiter = delimiter, .ask = ask, .kinds = opts };
		CHECK(!read_feed(&r, &f, "t"));
		CHECK(r.table && r.table->rows == 12 && r.table->ncol == cols);
		for (size_t i = 0; r.table && i < 12 * cols; i++) {
			const struct ml_column *c = &r.table->col[i % cols];
			size_t cursor = 0;
			const char *got = ml_column_origin(c, i / cols, &cursor);
			char number[ML_NUMBER_MAX] = "";

			if (!got && c->kind == ML_NUMBER)
				ml_number_print(c->num[i / cols], number);
			else if (!got && !ml_missing(c, i / cols))
				got = c->kind == ML_STRING ? c->text[i / cols]
							   : c->levels->name[c->code[i / cols]];
			SAME_TEXT(got ? got : number, v[i].text);
		}
		ml_table_free(r.table);
	}
	ml_buf_release(&out);
}

TEST("changed cells leave as their values")
{
	struct reading r = { 0 };
	struct ml_buf out = { 0 };

	CHECK(!read_text(&r, "a,b\n1.50,x\nNA,y\n"));
	if (r.table) {
		r.table->col[0].num[0] = 0.1;
		r.table->col[0].num[1] = -1e300;
		ml_column_touch_all(&r.table->col[0]);
		write_table(&out, r.table, ',', NULL);
		SAME_TEXT(ml_buf_str(&out), "a,b\n0.1,x\n-1e300,y\n");
	}
	ml_table_free(r.table);
	ml_buf_release(&out);
}

TEST("a table that could not be finished is refused by every strict reader, and says why")
{
	struct reading r = { 0 }, again = { 0 };
	struct ml_buf out = { 0 };

	CHECK(!read_text(&r, "a\n1\n"));
	write_table(&out, r.table, ',', "ml-x: t.csv:3: \"q\" is\nbad [E-TYPE]");
	SAME_TEXT(ml_buf_str(&out),
		  "a\n1\n\"ml-upstream-failed: ml-x: t.csv:3: 'q' is\\nbad [E-TYPE]\n");
	struct feed f = { .v = (char *)out.v, .n = out.n };
	CHECK(read_feed(&again, &f, "t") == ML_EDATA);
	SAME_TEXT(again.err.tag, "E-UPSTREAM");
	CHECK(strstr(again.err.msg, "ml-x: t.csv:3: 'q' is\\nbad [E-TYPE]"));
	ml_table_free(r.table);
	ml_buf_release(&out);
}

int main(void)
{
	return ml_tests_run();
}
