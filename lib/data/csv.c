/* csv.c - batches of rows from a source of CSV.
 *
 *     source -> text[] -> csv_scan (records, in order) -> csv_split (fields, in place) -> cells
 *
 * A batch is gathered first, only as the ends of its records, and split when it is whole, so
 * that cells can point into the text.  Where a batch ends depends on its records alone, never
 * on how they arrived.  Memory: the text of a batch and of one record more, and a cell a field.
 */
#include "data/csv.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/csv_guess.h"
#include "data/csv_header.h"
#include "data/csv_scan.h"
#include "data/csv_split.h"
#include "data/magic.h"

enum {
	BATCH_ROWS = 4096,
	BATCH_BYTES = 1 << 20,
	CHUNK = 1 << 18, /* bytes asked for at a time: fits the second-level cache */
	PARSER_BLOCK =
		1 << 16, /* by which libcsv grows its field; its default of 128 is quadratic */
	DEFAULT_FIELD = 1 << 20,
	DEFAULT_NAME = 1 << 16,
};

struct row {
	size_t at, n;      /* of its text, without the line end */
	bool quotes, last; /* last: the input ended in it, without a line end */
};

struct ml_csv {
	struct ml_source *source;
	struct ml_csv_opts opts;
	char file[128]; /* begins messages; shown safe */
	struct ml_csv_scan scan;
	struct csv_parser parser;
	struct ml_levels *names;
	size_t cols;
	char *text; /* [0..have) were read; one byte more is always free */
	size_t have, cap;
	size_t start; /* the first record that is in no batch yet */
	bool end;     /* the source is at its end */
	struct row *row;
	uint64_t *line;
	size_t rows; /* of the batch */
	struct ml_cell *cell;
	size_t cells;
	uint64_t blank_lines, blank_line; /* seen, with no other record behind yet */
	struct ml_csv_guess guess;
	struct ml_csv_notes notes;
	int ended; /* what ml_csv_next gives when this batch is out: ML_END or an error, */
	struct ml_error why; /* this one */
};

static int fill(struct ml_csv *c, struct ml_error *err)
{
	size_t n;
	int rc = ML_GROW(c->text, c->cap, c->have + CHUNK + 1, err);

	if (!rc)
		rc = ml_source_read(c->source, c->text + c->have, CHUNK, &n, err);
	if (rc == ML_END)
		c->end = true;
	else if (!rc)
		c->have += n;
	return rc == ML_END ? ML_OK : rc;
}

/* Finds the record at c->start, reading on as needed; ML_END when there is none. */
static int find_record(struct ml_csv *c, size_t *used, struct ml_error *err)
{
	for (;;) {
		int rc = ml_csv_scan(&c->scan, c->text + c->start, c->have - c->start, c->end,
				     used, err);

		if (rc || *used)
			return rc;
		if (c->end)
			return ML_END;
		if ((rc = fill(c, err)))
			return rc;
	}
}

static struct row describe(const struct ml_csv *c, size_t used)
{
	const char *s = c->text + c->start;
	struct row row = { .at = c->start, .n = used, .quotes = c->scan.rec.quotes };

	row.last = s[row.n - 1] != '\n';
	if (!row.last && --row.n && s[row.n - 1] == '\r')
		row.n--;
	return row;
}

static int ragged(const struct ml_csv *c, const struct row *row, uint64_t line, size_t fields,
		  struct ml_error *err)
{
	const char *other =
		row->quotes ? NULL : ml_csv_guess_fit(&c->guess, c->text + row->at, row->n);

	ml_fail(err, ML_EDATA, "E-RAGGED", "%s:%llu: %zu field%s, %zu expected", c->file,
		(unsigned long long)line, fields, fields == 1 ? "" : "s", c->cols);
	size_t used = strlen(err->msg);
	char *more = err->msg + used;
	size_t room = sizeof err->msg - used;
	if (c->scan.looks_like)
		snprintf(more, room, " (this looks like %s)", c->scan.looks_like);
	else if (other)
		snprintf(more, room, " (-d %s would fit)", other);
	else if (row->last && fields < c->cols)
		snprintf(more, room, " (the last line: is the file cut off?)");
	return err->code;
}

static int blank_inside(const struct ml_csv *c, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-RAGGED",
		       "%s:%llu: a blank line: 1 empty field, %zu expected", c->file,
		       (unsigned long long)c->blank_line, c->cols);
}

/* The batch's text is not needed any more: its room is used again, once it outweighs what
 * must be moved (so a byte is moved about once, however small the batches). */
static void drop_batch(struct ml_csv *c)
{
	c->rows = 0;
	if (c->have - c->start > c->start)
		return;
	memmove(c->text, c->text + c->start, c->have - c->start);
	c->have -= c->start;
	c->start = 0;
}

/* Finds the records of the next batch; what ended it early is returned. */
static int gather(struct ml_csv *c, struct ml_error *err)
{
	size_t bytes = 0;

	drop_batch(c);
	while (c->rows < BATCH_ROWS && bytes < BATCH_BYTES) {
		size_t used;
		int rc = find_record(c, &used, err);

		if (rc)
			return rc;
		if (!c->scan.rec.content && c->cols > 1) {
			if (!c->blank_lines++)
				c->blank_line = c->scan.rec.line;
		} else if (c->blank_lines) {
			return blank_inside(c, err);
		} else {
			c->line[c->rows] = c->scan.rec.line;
			c->row[c->rows++] = describe(c, used);
		}
		bytes += used;
		c->start += used;
		ml_csv_scan_next(&c->scan, used);
	}
	return ML_OK;
}

static int split(struct ml_csv *c, const struct row *row, struct ml_cell *cell, size_t room,
		 size_t *fields, struct ml_error *err)
{
	char *text = c->text + row->at;

	if (row->quotes)
		return ml_csv_split_quoted(&c->parser, text, row->n, cell, room, fields, err);
	*fields = ml_csv_split_plain(text, row->n, c->opts.delimiter, cell, room);
	return ML_OK;
}

static int split_batch(struct ml_csv *c, struct ml_error *err)
{
	size_t fields;

	for (size_t i = 0; i < c->rows; i++) {
		int rc = ML_GROW(c->cell, c->cells, (i + 1) * c->cols, err);
		struct ml_cell *cell = c->cell + i * c->cols;

		if (!rc)
			rc = split(c, &c->row[i], cell, c->cols, &fields, err);
		if (!rc && fields != c->cols)
			rc = ragged(c, &c->row[i], c->line[i], fields, err);
		if (rc) {
			c->rows = i;
			return rc;
		}
		if (c->cols == 1)
			ml_csv_guess_cell(&c->guess, cell);
	}
	return ML_OK;
}

static void complete_notes(struct ml_csv *c)
{
	c->notes.mixed_eol = c->scan.lf && c->scan.crlf;
	c->notes.blank_lines = c->blank_lines;
	c->notes.blank_line = c->blank_line;
	c->notes.other_delimiter = ml_csv_guess_all(&c->guess);
}

int ml_csv_next(struct ml_csv *c, struct ml_cells *cells, struct ml_error *err)
{
	*cells = (struct ml_cells){ .cols = c->cols, .line = c->line };
	while (!c->ended) { /* again, after a batch of blank lines only */
		c->ended = gather(c, &c->why);
		int rc = split_batch(c, err);

		if (rc) {
			c->ended = rc;
			c->why = *err;
		}
		cells->rows = c->rows;
		cells->cell = c->cell;
		if (c->ended == ML_END)
			complete_notes(c);
		if (c->rows)
			return ML_OK;
	}
	if (c->ended != ML_END)
		*err = c->why;
	return c->ended;
}

/* The first record as names. */
static int take_header(struct ml_csv *c, size_t used, struct ml_error *err)
{
	struct row row = describe(c, used);
	size_t fields = c->scan.rec.fields;

	if (!row.quotes)
		ml_csv_guess_header(&c->guess, c->text + row.at, row.n);
	int rc = ML_GROW(c->cell, c->cells, fields, err);
	if (!rc)
		rc = split(c, &row, c->cell, fields, &c->cols, err);
	if (!rc)
		rc = ml_csv_header_take(c->names, c->cell, fields, c->file, c->scan.rec.line,
					&c->notes.numeric_header, err);
	if (!rc && fields == 1)
		ml_csv_guess_cell(&c->guess, c->cell);
	c->start += used;
	ml_csv_scan_next(&c->scan, used);
	return rc;
}

/* The first record only tells how many columns there are, and is read again as a row. */
static int make_header(struct ml_csv *c, struct ml_error *err)
{
	uint64_t offset = c->scan.offset;

	c->cols = c->scan.rec.fields;
	ml_csv_scan_next(&c->scan, 0);
	c->scan.offset = offset;
	c->scan.line = 1;
	c->scan.lf = c->scan.crlf = false;
	return ml_csv_header_make(c->names, c->cols, err);
}

static int read_header(struct ml_csv *c, struct ml_error *err)
{
	size_t used;
	int rc = ML_OK;

	while (!rc && !c->end && c->have < 3)
		rc = fill(c, err);
	if (!rc && c->have >= 3 && memcmp(c->text, "\xef\xbb\xbf", 3) == 0)
		c->start = c->scan.offset = 3;
	c->scan.header = !c->opts.no_header;
	c->scan.rec.exact = true;
	if (!rc)
		rc = find_record(c, &used, err);
	if (rc)
		return rc == ML_END ? ml_fail(err, ML_EDATA, "E-EMPTY",
					      "%s: the input is empty", c->file)
				    : rc;
	rc = c->opts.no_header ? make_header(c, err) : take_header(c, used, err);
	c->scan.header = false;
	c->scan.cols = c->cols;
	return rc;
}

static int check_opts(const struct ml_csv_opts *o, struct ml_error *err)
{
	unsigned char c = (unsigned char)o->delimiter;

	if (c && c < 0x80 && !strchr("\"\r\n", c))
		return ML_OK;
	return ml_fail(err, ML_EUSAGE, "E-USAGE",
		       "a delimiter is one ASCII character, and no quote or line end");
}

static int begin(struct ml_csv *c, struct ml_error *err)
{
	const unsigned char *first;
	size_t n;
	const char *name = ml_source_name(c->source);

	ml_text_show(name, strlen(name), c->file, sizeof c->file);
	if (csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) != 0)
		return ml_fail(err, ML_EBUG, "E-BUG", "csv_init");
	csv_set_delim(&c->parser, (unsigned char)c->opts.delimiter);
	csv_set_blk_size(&c->parser, PARSER_BLOCK);
	int rc = ml_source_check_text(c->source, err);
	if (!rc)
		rc = ml_source_peek(c->source, &first, &n, err);
	if (rc)
		return rc;
	const struct ml_magic *magic = ml_magic_find(first, n);
	c->scan = (struct ml_csv_scan){
		.file = c->file,
		.looks_like = magic ? magic->name : NULL,
		.delimiter = c->opts.delimiter,
		.line = 1,
		.max_field = c->opts.max_field,
		.max_name = c->opts.max_name,
	};
	ml_csv_guess_init(&c->guess, c->opts.delimiter);
	if (!(c->names = ml_levels_new(err)) ||
	    !(c->row = ml_alloc(BATCH_ROWS, sizeof *c->row, err)) ||
	    !(c->line = ml_alloc(BATCH_ROWS, sizeof *c->line, err)))
		return ML_ENOMEM;
	return read_header(c, err);
}

int ml_csv_open(struct ml_csv **out, struct ml_source *source, const struct ml_csv_opts *opts,
		struct ml_error *err)
{
	int rc = check_opts(opts, err);
	struct ml_csv *c = *out = rc ? NULL : ml_alloc(1, sizeof *c, err);

	if (!c)
		return rc ? rc : ML_ENOMEM;
	c->source = source;
	c->opts = *opts;
	if (!c->opts.max_field)
		c->opts.max_field = DEFAULT_FIELD;
	if (!c->opts.max_name)
		c->opts.max_name = DEFAULT_NAME;
	rc = begin(c, err);
	if (rc) {
		ml_csv_free(c);
		*out = NULL;
	}
	return rc;
}

size_t ml_csv_cols(const struct ml_csv *c)
{
	return c->cols;
}

const char *const *ml_csv_names(const struct ml_csv *c)
{
	return c->names->name;
}

const struct ml_csv_notes *ml_csv_notes(const struct ml_csv *c)
{
	return &c->notes;
}

void ml_csv_free(struct ml_csv *c)
{
	if (!c)
		return;
	csv_free(&c->parser);
	ml_levels_free(c->names);
	free(c->cell);
	free(c->line);
	free(c->row);
	free(c->text);
	free(c);
}
