/* writer.c - tables as CSV text.
 *
 * A field is quoted when it would not be read back as it is: it holds the delimiter, a quote or
 * a line end, or a blank at either end, which a reader would trim. */
#include "data/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "data/bytes8.h"
#include "data/csv.h"
#include "data/magic.h"

int ml_writer_init(struct ml_writer *w, struct ml_sink *sink, char delimiter,
		   struct ml_error *err)
{
	(void)err;
	*w = (struct ml_writer){ .sink = sink, .delimiter = delimiter, .decimal = '.' };
	return ML_OK;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool needs_quotes(const struct ml_writer *w, const char *s, size_t n)
{
	if (!n)
		return false;
	if (blank(s[0]) || blank(s[n - 1]))
		return true;
	for (size_t i = 0; i < n; i++)
		if (s[i] == w->delimiter || s[i] == '"' || s[i] == '\n' || s[i] == '\r')
			return true;
	return false;
}

static void put_quoted(struct ml_buf *line, const char *s, size_t n)
{
	const char *end = s + n, *quote;

	ml_buf_byte(line, '"');
	for (; (quote = memchr(s, '"', (size_t)(end - s))); s = quote + 1) {
		ml_buf_put(line, s, (size_t)(quote - s));
		ml_buf_text(line, "\"\"");
	}
	ml_buf_put(line, s, (size_t)(end - s));
	ml_buf_byte(line, '"');
}

static void separate(struct ml_writer *w)
{
	if (w->fields++)
		ml_buf_byte(&w->line, (unsigned char)w->delimiter);
}

void ml_writer_field(struct ml_writer *w, const char *s, size_t n)
{
	separate(w);
	if (needs_quotes(w, s, n))
		put_quoted(&w->line, s, n);
	else
		ml_buf_put(&w->line, s, n);
}

/* Eight bytes in a word: NULs, which become delimiters, are far between. */
void ml_writer_record(struct ml_writer *w, const char *s, size_t n)
{
	const uint64_t delimiter = (unsigned char)w->delimiter;
	size_t i = 0;

	separate(w);
	unsigned char *to = ml_buf_add(&w->line, n);
	if (!to)
		return;
	for (; n - i >= 8; i += 8) {
		uint64_t word;

		memcpy(&word, s + i, sizeof word);
		word |= (ml_eight_equal(word, 0) >> 7) * delimiter;
		memcpy(to + i, &word, sizeof word);
	}
	for (; i < n; i++)
		to[i] = (unsigned char)(s[i] ? s[i] : w->delimiter);
}

void ml_writer_number(struct ml_writer *w, double v)
{
	char text[ML_NUMBER_MAX];
	size_t n = ml_number_print(v, text);
	char *point = w->decimal != '.' ? memchr(text, '.', n) : NULL;

	if (point)
		*point = w->decimal;
	ml_writer_field(w, text, n);
}

void ml_writer_cell(struct ml_writer *w, const struct ml_column *c, size_t row, size_t *cursor)
{
	const char *text = ml_column_origin(c, row, cursor);

	if (!text && c->kind == ML_NUMBER) {
		ml_writer_number(w, c->num[row]);
		return;
	}
	if (!text && !ml_missing(c, row))
		text = c->kind == ML_CATEGORY ? c->levels->name[c->code[row]] : c->text[row];
	ml_writer_field(w, text ? text : "", text ? strlen(text) : 0);
}

int ml_writer_end(struct ml_writer *w, struct ml_error *err)
{
	if (w->columns == 1 && !w->line.n)
		ml_buf_text(&w->line, "\"\"");
	ml_buf_byte(&w->line, '\n');
	int rc = ml_buf_check(&w->line, err);
	if (!rc)
		rc = ml_sink_put(w->sink, w->line.v, w->line.n, err);
	ml_buf_clear(&w->line);
	w->fields = 0;
	return rc;
}

/* A name that would make the file look like something else is quoted, though it need not be
 * as a field: a byte order mark, gzip, the first bytes of other formats. */
static bool misleads(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;

	return n && (u[0] == 0x1f || (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) ||
		     ml_magic_find(u, n) != NULL);
}

int ml_writer_header(struct ml_writer *w, const struct ml_table *t, struct ml_error *err)
{
	size_t *cursor = ml_alloc(t->ncol, sizeof *cursor, err);

	if (!cursor)
		return ML_ENOMEM;
	free(w->cursor);
	w->cursor = cursor;
	w->columns = t->ncol;
	for (size_t j = 0; j < t->ncol; j++) {
		const char *name = t->col[j].name;
		size_t n = strlen(name);

		if (!j && misleads(name, n)) {
			separate(w);
			put_quoted(&w->line, name, n);
		} else {
			ml_writer_field(w, name, n);
		}
	}
	return ml_writer_end(w, err);
}

int ml_writer_rows(struct ml_writer *w, const struct ml_table *t, struct ml_error *err)
{
	int rc = ML_OK;

	if (w->columns)
		memset(w->cursor, 0, w->columns * sizeof *w->cursor);
	for (size_t i = 0; !rc && i < t->rows; i++) {
		for (size_t j = 0; j < t->ncol; j++)
			ml_writer_cell(w, &t->col[j], i, &w->cursor[j]);
		rc = ml_writer_end(w, err);
	}
	return rc;
}

void ml_writer_release(struct ml_writer *w)
{
	ml_buf_release(&w->line);
	free(w->cursor);
	*w = (struct ml_writer){ 0 };
}

/* A quote in the note would close the quote that must stay open. */
int ml_writer_poison(struct ml_sink *sink, const char *note, struct ml_error *err)
{
	char text[512] = "\"" ML_UPSTREAM_MARK;
	size_t used = strlen(text);

	ml_text_show(note, strlen(note), text + used, sizeof text - used - 1);
	for (char *quote = text + used; (quote = strchr(quote, '"'));)
		*quote = '\'';
	strcat(text, "\n");
	return ml_sink_put(sink, text, strlen(text), err);
}
