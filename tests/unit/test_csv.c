/* test_csv.c - the strict reader: rules, messages, limits, batches. */
#include "test.h"

#include "base/buf.h"
#include "feed.h"

static const char *tag_of(const char *text)
{
	static struct reading r;

	r = (struct reading){ 0 };
	int rc = read_text(&r, text);
	ml_table_free(r.table);
	return rc ? r.err.tag : "ok";
}

static const char *message_of(const char *text, char delimiter)
{
	static struct reading r;

	r = (struct reading){ .csv.delimiter = delimiter };
	int rc = read_text(&r, text);
	ml_table_free(r.table);
	return rc ? r.err.msg : "";
}

TEST("batches are the same however the bytes arrive")
{
	struct ml_buf text = { 0 };
	size_t rows[2][64] = { { 0 } }, batches[2] = { 0 };

	ml_buf_text(&text, "a,b\n");
	for (size_t i = 0; i < 30000; i++)
		ml_buf_printf(&text, "%zu,%0*zu\n", i, i % 1000 == 7 ? 4000 : 300, i);
	for (int k = 0; k < 2; k++) {
		struct feed f = {
			.v = (char *)text.v, .n = text.n, .cut = k ? 5000 : 0, .state = 3
		};
		struct ml_csv_opts opts = { .delimiter = ',' };
		struct ml_error err;
		struct ml_source *s;
		struct ml_csv *c = NULL;
		struct ml_cells cells;
		int rc = ml_source_open_fn(&s, "t", feed_read, &f, false, &err);

		if (!rc)
			rc = ml_csv_open(&c, s, &opts, &err);
		while (!rc && !(rc = ml_csv_next(c, &cells, &err)) && batches[k] < 64)
			rows[k][batches[k]++] = cells.rows;
		CHECK(rc == ML_END);
		ml_csv_free(c);
		ml_source_free(s);
	}
	CHECK(batches[0] > 7 && batches[0] == batches[1]);
	CHECK(!memcmp(rows[0], rows[1], sizeof rows[0]));
	for (size_t i = 0; i < batches[0]; i++)
		CHECK(rows[0][i] >= 1 && rows[0][i] <= 4096);
	ml_buf_release(&text);
}

TEST("messages name the file, the physical line and what was found")
{
	SAME_TEXT(message_of("a,b\n1,2\n\"x\ny\",2\n3\n", ','), "t.csv:5: 1 field, 2 expected");
	SAME_TEXT(message_of("a,b\n1,2\n3", ','),
		  "t.csv:3: 1 field, 2 expected (the last line: is the file cut off?)");
	SAME_TEXT(message_of("a;b;c\n1,5;2;3\n", ','),
		  "t.csv:2: 2 fields, 1 expected (-d ';' would fit)");
	SAME_TEXT(message_of("a,b\n\n1,2\n", ','),
		  "t.csv:2: a blank line: 1 empty field, 2 expected");
	SAME_TEXT(message_of("a,b\n1,2\n\"x\n,3\n", ','),
		  "t.csv:3: the quote that opens here is never closed");
	SAME_TEXT(message_of("a,b\n1,\"x\ny\" z\n", ','),
		  "t.csv:2: text behind the closing quote of the field that opened here");
	SAME_TEXT(message_of("a,b\n1,\"x \\\" z\"\n", ','),
		  "t.csv:2: text behind the closing quote of the field that opened here "
		  "(quotes in a field are doubled; a backslash is no escape)");
	SAME_TEXT(message_of("\"a\";\"b\"\n", ','),
		  "t.csv:1: text behind the closing quote of the field that opened here "
		  "(is the delimiter ';'?  -d ';' says so)");
	SAME_TEXT(message_of("a,b,a\n", ','), "t.csv:1: columns 1 and 3 are both named 'a'");
	SAME_TEXT(message_of("\"p\nq\",\"p\nq\"\n", ','),
		  "t.csv:1: columns 1 and 2 are both named 'p\\nq'");
	SAME_TEXT(message_of("a,b\n1,2\n3,\xc3(\n", ','),
		  "t.csv:3: the bytes at offset 10 are not UTF-8 "
		  "(iconv -t UTF-8 converts other encodings)");
	SAME_TEXT(message_of("\xef\xbb\xbf"
			     "a,b\n\xff,1\n",
			     ','),
		  "t.csv:2: the bytes at offset 7 are not UTF-8 "
		  "(iconv -t UTF-8 converts other encodings)");
	SAME_TEXT(message_of("a\n1\n", '"'),
		  "a delimiter is one ASCII character, and no quote or line end");
}

TEST("the mark of a failed tool is told with its note, wherever it stands")
{
	SAME_TEXT(message_of("a,b\n1,2\n\"" ML_UPSTREAM_MARK "disk is full\n", ','),
		  "t.csv: the tool that wrote this failed midway: disk is full");
	SAME_TEXT(tag_of("a,b\n1,2\n\"" ML_UPSTREAM_MARK "x"), "E-UPSTREAM");
	SAME_TEXT(tag_of("\"" ML_UPSTREAM_MARK "before the header"), "E-UPSTREAM");
	SAME_TEXT(tag_of("a,b\n\n\"" ML_UPSTREAM_MARK "x"), "E-UPSTREAM");
	SAME_TEXT(tag_of("a,b\n\"ml-upstream-failed"), "E-QUOTE");
	SAME_TEXT(tag_of("a,b\n\"" ML_UPSTREAM_MARK "x\",1\n"), "ok");
	char text[2000] = "a\n\"" ML_UPSTREAM_MARK;
	memset(text + strlen(text), '\x1b', 1500);
	const char *msg = message_of(text, ',');
	CHECK(strlen(msg) < 480 && !strchr(msg, '\x1b'));
}

TEST("kinds of bytes that are no table")
{
	SAME_TEXT(tag_of(""), "E-EMPTY");
	SAME_TEXT(tag_of("\xef\xbb\xbf"), "E-EMPTY");
	SAME_TEXT(tag_of("\xef\xbb\xbf\n"), "E-HEADER");
	SAME_TEXT(tag_of("\xff\xfe"
			 "a"),
		  "E-UTF16");
	SAME_TEXT(tag_of("\xd9\xd9\xf7\x82"), "E-FORMAT");
	SAME_TEXT(tag_of("PAR1\x15\x04"), "E-FORMAT");
	SAME_TEXT(tag_of("PAR1,PAR2\n1,2\n"), "ok");
	SAME_TEXT(tag_of("BZh91AY&SY"), "E-FORMAT");
	SAME_TEXT(tag_of("BZhang,b\n1,2\n"), "ok");
	SAME_TEXT(tag_of("\x89PNG\r\n\x1a\n"), "E-UTF8");
	SAME_TEXT(tag_of("a\n\xed\xa0\x80\n"), "E-UTF8");
	SAME_TEXT(tag_of("a\n\xc0\xaf\n"), "E-UTF8");
	SAME_TEXT(tag_of("a\n\xf0\x9f\x98\x80\n"), "ok");
	SAME_TEXT(tag_of("a\n\xf0\x9f\x98"), "E-UTF8");
}

/* `n` copies of c, then `tail`, behind a header. */
static const char *long_field(const char *head, char c, size_t n, const char *tail)
{
	size_t before = strlen(head);
	char *text = malloc(before + n + strlen(tail) + 1);

	strcpy(text, head);
	memset(text + before, c, n);
	strcpy(text + before + n, tail);
	const char *tag = tag_of(text);
	free(text);
	return tag;
}

TEST("limits hold to the byte")
{
	SAME_TEXT(long_field("", 'n', 65536, "\n1\n"), "ok");
	SAME_TEXT(long_field("", 'n', 65537, "\n1\n"), "E-LIMIT");
	SAME_TEXT(long_field("a,b\n1,", 'x', 1 << 20, "\n"), "ok");
	SAME_TEXT(long_field("a,b\n1,", 'x', (1 << 20) + 1, "\n"), "E-LIMIT");
	SAME_TEXT(long_field("a,b\n1,\"", 'x', 1 << 20, "\"\n"), "ok");
	SAME_TEXT(long_field("a,b\n1,\"", 'x', (1 << 20) + 1, "\"\n"), "E-LIMIT");
	SAME_TEXT(long_field("a,b\n1,\"", '\xc3', (1 << 20) + 1, "\"\n"), "E-LIMIT");
	SAME_TEXT(long_field("a\n", 'x', 1 << 20, ""), "ok");
	SAME_TEXT(long_field("a\n", ',', (1 << 20) + 5, "\n"), "E-LIMIT");
	SAME_TEXT(long_field("a\n", ',', 100, "\n"), "E-RAGGED");
	SAME_TEXT(long_field("a\n1\n", '\n', 3 << 20, ""), "ok");
	SAME_TEXT(long_field("a,b\n1,2\n", '\n', 3 << 20, "1,2\n"), "E-RAGGED");
	SAME_TEXT(long_field("a,b\n1,2\n", '\n', 3 << 20, ""), "ok");
}

/* Endless pieces: what is refused must be refused before they fill the memory. */
struct flood {
	const char *head, *piece;
	size_t at, given;
};

static int flood(void *arg, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	struct flood *f = arg;
	size_t head = strlen(f->head), size = strlen(f->piece);
	char *out = buf;

	(void)err;
	for (size_t i = 0; i < cap; i++, f->at++)
		out[i] = f->at < head ? f->head[f->at] : f->piece[(f->at - head) % size];
	*n = cap;
	f->given += cap;
	return f->given > (size_t)1 << 28 ? ML_END : ML_OK; /* 256 MiB: nobody stopped us */
}

static const char *drown(const char *head, const char *piece, size_t *given)
{
	static struct ml_error err;
	struct flood f = { .head = head, .piece = piece };
	struct ml_csv_opts opts = { .delimiter = ',', .max_field = 1 << 16 };
	struct ml_source *s;
	struct ml_csv *c = NULL;
	struct ml_cells cells;
	int rc = ml_source_open_fn(&s, "t", flood, &f, false, &err);

	if (!rc)
		rc = ml_csv_open(&c, s, &opts, &err);
	while (!rc)
		rc = ml_csv_next(c, &cells, &err);
	ml_csv_free(c);
	ml_source_free(s);
	*given = f.given;
	return rc == ML_END ? "ok" : err.tag;
}

TEST("an endless field, name, row or header is refused after little of it")
{
	size_t given;

	SAME_TEXT(drown("a,b\n1,", "x", &given), "E-LIMIT");
	CHECK(given < 1 << 20);
	SAME_TEXT(drown("", "x", &given), "E-LIMIT");
	CHECK(given < 1 << 20);
	SAME_TEXT(drown("a,b\n1,\"", "x\"\"\n", &given), "E-LIMIT");
	CHECK(given < 1 << 20);
	SAME_TEXT(drown("a,b\n1,\"x\"", " ", &given), "E-LIMIT");
	CHECK(given < 1 << 20);
	SAME_TEXT(drown("a,b\n1", " ", &given), "E-LIMIT");
	CHECK(given < 1 << 20);
	SAME_TEXT(drown("a,b\n1", ",", &given), "E-LIMIT");
	CHECK(given < 1 << 22);
	SAME_TEXT(drown("a,b\n1", ",longer text", &given), "E-RAGGED");
	CHECK(given < 1 << 22);
	SAME_TEXT(drown("", ",", &given), "E-LIMIT");
	CHECK(given < 1 << 22);
}

TEST("notes: line ends, blank lines, numeric names, another delimiter")
{
	static const struct {
		const char *text, *tags;
	} cases[] = {
		{ "a,b\r\n1,2\r\n", "" },
		{ "a,b\r\n1,2\n", "W-EOL " },
		{ "\"a\r\n\",b\n1,2\n", "" },
		{ "a,b\n1,2\n \t\n\n", "W-BLANK " },
		{ "a,b\n\n", "W-BLANK " },
		{ "1,2\n3,4\n", "W-HEADER " },
		{ "1,b\n3,4\n", "" },
		{ "a;b\n1;2\n3;4\n", "W-DELIM " },
		{ "a\tb\n1\t2\n", "W-DELIM " },
		{ "a|b\n1|2\n", "W-DELIM " },
		{ "a;b\nx\n", "" },
		{ "x\na;b\n", "" },
		{ "\"a, b\"\n\"c, d\"\n", "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reading r = { 0 };

		CHECK(!read_text(&r, cases[i].text));
		SAME_TEXT(r.heard.tags, cases[i].tags);
		ml_table_free(r.table);
	}
}

TEST("a delimiter is one ASCII character, and no quote or line end")
{
	static const char bad[] = { '\0', '"', '\n', '\r', (char)0x80, (char)0xff };

	for (size_t i = 0; i < sizeof bad; i++) {
		struct ml_csv_opts opts = { .delimiter = bad[i] };
		struct feed f = feed_text("a,b\n1,2\n");
		struct ml_source *s;
		struct ml_csv *c;
		struct ml_error err;

		CHECK(!ml_source_open_fn(&s, "t.csv", feed_read, &f, false, &err));
		CHECK(ml_csv_open(&c, s, &opts, &err) == ML_EUSAGE && !c);
		SAME_TEXT(err.tag, "E-USAGE");
		ml_source_free(s);
	}
}

TEST("without a header the first row is a row and columns are c1, c2, ...")
{
	struct reading r = { .csv.no_header = true };

	CHECK(!read_text(&r, "\xef\xbb\xbf\"1\n\",2\n3,4\n"));
	CHECK(r.table && r.table->rows == 2 && r.table->ncol == 2);
	if (r.table) {
		SAME_TEXT(r.table->col[1].name, "c2");
		CHECK(r.table->line[0] == 1 && r.table->line[1] == 3);
	}
	SAME_TEXT(r.heard.tags, "W-MIXED ");
	ml_table_free(r.table);
	r = (struct reading){ .csv.no_header = true, .csv.max_name = 2 };
	CHECK(!read_text(&r, "long enough\n"));
	ml_table_free(r.table);
}

TEST("rows before a bad one are handed out, and the error stays")
{
	struct feed f = feed_text("a,b\n1,2\n3,4\n5\n6,7\n");
	struct ml_csv_opts opts = { .delimiter = ',' };
	struct ml_error err = { 0 };
	struct ml_source *s;
	struct ml_csv *c = NULL;
	struct ml_cells cells;

	CHECK(!ml_source_open_fn(&s, "t", feed_read, &f, false, &err));
	CHECK(!ml_csv_open(&c, s, &opts, &err));
	CHECK(!ml_csv_next(c, &cells, &err));
	CHECK(cells.rows == 2 && cells.line[1] == 3);
	SAME_TEXT(cells.cell[3].text, "4");
	for (int i = 0; i < 2; i++) {
		err = (struct ml_error){ 0 };
		CHECK(ml_csv_next(c, &cells, &err) == ML_EDATA);
		CHECK(cells.rows == 0);
		SAME_TEXT(err.tag, "E-RAGGED");
	}
	ml_csv_free(c);
	ml_source_free(s);
}

int main(void)
{
	return ml_tests_run();
}
