/* test_csv_random.c - the strict reader against a second opinion (oracle.h) on random bytes. */
#define _GNU_SOURCE
#include "test.h"

#include "base/utf8.h"
#include "data/csv_masks.h"
#include "data/writer.h"
#include "feed.h"
#include "oracle.h"

/* A longer hunt: CPPFLAGS="-DROUNDS=1000000 -DSEED=7". */
#ifndef ROUNDS
#define ROUNDS 12000
#define SEED 20240611
#endif

/* A row that is said to lie as it was read is written as field by field. */
static void check_record(const struct ml_cells *cells, size_t i)
{
	const struct ml_cell *cell = cells->cell + i * cells->cols;
	struct ml_writer fields = { .delimiter = cells->delimiter }, whole = fields;

	if (!cells->record[i])
		return;
	for (size_t j = 0; j < cells->cols; j++)
		ml_writer_field(&fields, cell[j].text, cell[j].len);
	ml_writer_record(&whole, cell->text, cells->record[i]);
	CHECK(fields.line.n == whole.line.n &&
	      !memcmp(fields.line.v, whole.line.v, whole.line.n));
	ml_writer_release(&fields);
	ml_writer_release(&whole);
}

/* What the reader hands out, in the words of oracle.h. */
static void dump(struct ml_buf *out, struct feed *f, const struct ml_csv_opts *opts)
{
	struct ml_error err = { 0 };
	struct ml_source *s = NULL;
	struct ml_csv *c = NULL;
	struct ml_cells cells;
	int rc = ml_source_open_fn(&s, "t", feed_read, f, false, &err);

	if (!rc)
		rc = ml_csv_open(&c, s, opts, &err);
	if (!rc && !opts->no_header) {
		ml_buf_text(out, "0");
		for (size_t j = 0; j < ml_csv_cols(c); j++)
			ml_buf_printf(out, "[%s]", ml_csv_names(c)[j]);
		ml_buf_text(out, "\n");
	}
	while (!rc && !(rc = ml_csv_next(c, &cells, &err)))
		for (size_t i = 0; i < cells.rows; i++) {
			ml_buf_printf(out, "%llu", (unsigned long long)cells.line[i]);
			check_record(&cells, i);
			for (size_t j = 0; j < cells.cols; j++) {
				const struct ml_cell *cell = &cells.cell[i * cells.cols + j];

				CHECK(!cell->text[cell->len]);
				ml_buf_byte(out, '[');
				ml_buf_put(out, cell->text, cell->len);
				ml_buf_byte(out, ']');
			}
			ml_buf_text(out, "\n");
		}
	ml_buf_printf(out, "= %s", rc == ML_END ? "ok" : err.tag);
	if (rc == ML_END)
		ml_buf_printf(out, "%s%s", ml_csv_notes(c)->blank_lines ? " W-BLANK" : "",
			      ml_csv_notes(c)->mixed_eol ? " W-EOL" : "");
	ml_buf_text(out, "\n");
	ml_csv_free(c);
	ml_source_free(s);
}

static void compare(const char *text, size_t n, const struct ml_csv_opts *opts, unsigned cut)
{
	struct feed f = { .v = text, .n = n, .cut = cut, .state = n };
	struct oracle o = { .delimiter = opts->delimiter,
			    .no_header = opts->no_header,
			    .max_field = opts->max_field,
			    .max_name = opts->max_name };
	struct ml_buf got = { 0 };

	dump(&got, &f, opts);
	oracle_judge(&o, text, n);
	if (got.n != o.out.n || memcmp(got.v, o.out.v, got.n) != 0) {
		char shown[400];

		ml_test_failed++;
		printf("# delimiter %d, reads of %u: %s\n", opts->delimiter, cut,
		       ml_text_show(text, n, shown, sizeof shown));
		printf("# got      %s\n",
		       ml_text_show((char *)got.v, got.n, shown, sizeof shown));
		printf("# expected %s\n",
		       ml_text_show((char *)o.out.v, o.out.n, shown, sizeof shown));
	}
	ml_buf_release(&got);
	oracle_release(&o);
}

/* Letters of the random texts; the more often there, the more often drawn. */
static const char *const alphabets[] = {
	"aab1\",,\n\n \t;", "a\"\"\"\",\n",
	"ab,\r\n\n\n",      "a,\"\n\xc3\xa9\xe2\x82\xac\xed",
	" \t\"a,\n;",       "abcdefghijklmnopqrstuvwxyz0123456789.,,,,,,\n",
};

static void put(struct ml_buf *b, char c)
{
	ml_buf_put(b, &c, 1);
}

/* Mostly a good header, then letters with a good row now and then. */
static void draw(struct ml_buf *out, uint64_t *state, char delimiter)
{
	const size_t kinds = sizeof alphabets / sizeof *alphabets;
	const char *letters = alphabets[feed_random(state) % kinds];
	size_t cols = feed_random(state) % 4,
	       size = feed_random(state) % (feed_random(state) % 4 ? 150 : 600);

	ml_buf_clear(out);
	for (size_t j = 0; j < cols; j++) {
		put(out, (char)('p' + j));
		put(out, j + 1 < cols ? delimiter : '\n');
	}
	while (out->n < size) {
		char c = letters[feed_random(state) % strlen(letters)];

		put(out, feed_random(state) % 400 == 0 ? '\0' : c == ',' ? delimiter : c);
		for (size_t j = 0; c == '\n' && out->n % 3 && j < cols; j++) {
			put(out, 'z');
			put(out, j + 1 < cols ? delimiter : '\n');
		}
	}
}

TEST("random texts give the oracle's cells, lines and verdict, whole and dribbled")
{
	static const char delimiters[] = ",,,\t; |";
	uint64_t state = SEED;
	struct ml_buf text = { 0 };

	for (int i = 0; i < ROUNDS && ml_test_failed < 5; i++) {
		struct ml_csv_opts opts = {
			.delimiter = delimiters[feed_random(&state) % (sizeof delimiters - 1)],
			.no_header = feed_random(&state) % 8 == 0,
			.max_field = feed_random(&state) % 4 ? 1000 : 9,
			.max_name = feed_random(&state) % 4 ? 1000 : 4,
		};

		draw(&text, &state, opts.delimiter);
		if (!text.n)
			continue;
		compare((char *)text.v, text.n, &opts, 0);
		compare((char *)text.v, text.n, &opts, i % 2 ? 1 : 7);
	}
	ml_buf_release(&text);
}

TEST("rows around the reader's word, batch and chunk sizes are cut right")
{
	static const char *const ends[] = {
		",1,2\n",
		",1,2\n",
		",1,2\r\n",
		",\"q\",\"\"\n",
		",\"q, r\",\"x \"\r\n",
		",\"h\xc3\xa9\",\xc3\xa9\n",
		",\"q\r\n\",2\r\n",
		", \"a\"\"b\" ,\n",
	};
	struct ml_csv_opts opts = { .delimiter = ',',
				    .max_field = 1 << 20,
				    .max_name = 1 << 16 };
	struct ml_buf text = { 0 };
	uint64_t state = 77;

	for (size_t pad = 0; pad < 70; pad++) { /* all places in a word and in a mask of 64 */
		ml_buf_clear(&text);
		ml_buf_text(&text, "a,b\n");
		for (size_t i = 0; i < pad; i++)
			ml_buf_byte(&text, 'x');
		ml_buf_text(&text, ", y \r\n,\n\" \"\"\",\xc3\xa9\n");
		compare((char *)text.v, text.n, &opts, 0);
	}
	ml_buf_clear(&text);
	ml_buf_text(&text, "a,b,c\n");
	while (text.n < 3000000) {
		size_t n = feed_random(&state) % 100 ? feed_random(&state) % 60
						     : feed_random(&state) % 9000;

		for (size_t i = 0; i < n; i++)
			ml_buf_put(&text, &"abcdefgh 0123456789"[feed_random(&state) % 19], 1);
		ml_buf_text(&text, ends[feed_random(&state) % 8]);
	}
	compare((char *)text.v, text.n, &opts, 0);
	compare((char *)text.v, text.n, &opts, 100000);
	compare((char *)text.v, text.n, &opts, 4096);
	ml_buf_release(&text);
}

TEST("masks: vector and portable code, and one byte at a time, agree")
{
	static const char letters[] = "ab,;\t\"\n\r\r\0\x80\xff 9";
	uint64_t state = 3;
	char s[65];

	for (int round = 0; round < 20000; round++) {
		char delimiter = ",;\t"[round % 3];
		struct ml_csv_masks want = { 0 }, a, b;

		for (size_t i = 0; i < 65; i++)
			s[i] = letters[feed_random(&state) % (sizeof letters - 1)];
		for (size_t i = 0; i < 64; i++) {
			uint64_t bit = UINT64_C(1) << i;
			bool cr = s[i] == '\r' && s[i + 1] != '\n';

			want.delimiter |= s[i] == delimiter ? bit : 0;
			want.lf |= s[i] == '\n' ? bit : 0;
			want.odd |= s[i] == '"' || !s[i] || cr ? bit : 0;
			want.high |= (unsigned char)s[i] > 0x7f ? bit : 0;
		}
		a = ml_csv_masks(s, delimiter);
		b = ml_csv_masks_portable(s, delimiter);
		CHECK(!memcmp(&a, &want, sizeof want) && !memcmp(&b, &want, sizeof want));
	}
}

int main(void)
{
	return ml_tests_run();
}
