/* csv.c - opening a CSV, its header, and batches of rows from it (csv_rows.c). */
#include "data/csv.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/csv_header.h"
#include "data/csv_reader.h"
#include "data/magic.h"

enum {
	PARSER_BLOCK = 1 << 16, /* by which libcsv grows its field; its own 128 is quadratic */
	DEFAULT_FIELD = 1 << 20,
	DEFAULT_NAME = 1 << 16,
};

static void complete_notes(struct ml_csv *c)
{
	c->notes.mixed_eol = c->scan.lf && c->scan.crlf;
	c->notes.blank_lines = c->blank_lines;
	c->notes.blank_line = c->blank_line;
	c->notes.other_delimiter = ml_csv_guess_all(&c->guess);
}

int ml_csv_next(struct ml_csv *c, struct ml_cells *cells, struct ml_error *err)
{
	*cells = (struct ml_cells){ .cols = c->cols,
				    .line = c->line,
				    .record = c->record,
				    .delimiter = c->opts.delimiter };
	while (!c->ended) { /* again, after a batch of blank lines only */
		c->ended = ml_csv_gather(c, &c->why);
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
	size_t fields = c->scan.rec.fields;

	if (!c->scan.rec.quotes)
		ml_csv_guess_header(&c->guess, c->text + c->start, used);
	int rc = ML_GROW(c->cell, c->cells, fields, err);
	if (!rc)
		rc = ml_csv_split(c, used, c->cell, fields, &c->cols, err);
	if (!rc)
		rc = ml_csv_header_take(c->names, c->cell, fields, c->file, c->scan.rec.line,
					&c->notes.numeric_header, err);
	if (!rc && fields == 1)
		ml_csv_guess_cell(&c->guess, c->cell);
	ml_csv_take(c, used);
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
	int rc = ml_csv_fill(c, 1, err);

	if (!rc && c->have && c->text[0] == '\xef')
		rc = ml_csv_fill(c, 3, err);
	if (!rc && c->have >= 3 && memcmp(c->text, "\xef\xbb\xbf", 3) == 0)
		c->start = c->scan.offset = 3;
	c->scan.header = !c->opts.no_header;
	c->scan.rec.exact = true;
	if (!rc)
		rc = ml_csv_find(c, &used, err);
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
	if (c->opts.prompt)
		ml_source_prompt(c->source);
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
	    !(c->line = ml_alloc(ML_CSV_BATCH_ROWS, sizeof *c->line, err)) ||
	    !(c->record = ml_alloc(ML_CSV_BATCH_ROWS, sizeof *c->record, err)))
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
	free(c->record);
	free(c->text);
	free(c);
}
