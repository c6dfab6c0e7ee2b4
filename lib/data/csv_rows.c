/* csv_rows.c - the rows of a batch.
 *
 *     source -> text -> csv_scan (the next record) -> csv_split (its fields, in place) -> cells
 *                    -> csv_bulk (many simple records at once) -------------------------> cells
 *
 * Cells point into the text, where they were cut.  Where a batch ends depends on its records
 * alone, never on how they arrived.  Memory: the text of a batch and of one record more, and a
 * cell a field. */
#include "data/csv_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/csv_bulk.h"
#include "data/csv_split.h"

/* Bytes asked for at a time: they fit the second-level cache. */
enum { CHUNK = 1 << 18 };
/* No code of an error: the batch goes out before more is read for the record behind it. */
static const int WAIT = -2;

/* Room for one more chunk.  Cells of the batch move with the text that they point into. */
static int make_room(struct ml_csv *c, struct ml_error *err)
{
	char *text = NULL;
	size_t cap = 0;

	if (c->cap - c->have > CHUNK)
		return ML_OK;
	int rc = ML_GROW(text, cap, c->cap + c->cap / 2 + CHUNK + 1, err);
	if (rc)
		return rc;
	if (c->have)
		memcpy(text, c->text, c->have);
	for (size_t k = 0; k < c->rows * c->cols; k++)
		c->cell[k].text = text + (c->cell[k].text - c->text);
	free(c->text);
	c->text = text;
	c->cap = cap;
	return ML_OK;
}

static int read_on(struct ml_csv *c, struct ml_error *err)
{
	size_t n;
	int rc = make_room(c, err);

	if (!rc)
		rc = ml_source_read(c->source, c->text + c->have, CHUNK, &n, err);
	if (rc == ML_END)
		c->end = true;
	else if (!rc)
		c->have += n;
	return rc == ML_END ? ML_OK : rc;
}

int ml_csv_fill(struct ml_csv *c, size_t bytes, struct ml_error *err)
{
	int rc = ML_OK;

	while (!rc && !c->end && c->have < bytes)
		rc = read_on(c, err);
	return rc;
}

int ml_csv_find(struct ml_csv *c, size_t *used, struct ml_error *err)
{
	for (;;) {
		int rc = ml_csv_scan(&c->scan, c->text + c->start, c->have - c->start, c->end,
				     used, err);

		if (rc || *used)
			return rc;
		if (c->end)
			return ML_END;
		if (c->opts.prompt && c->rows)
			return WAIT;
		if ((rc = read_on(c, err)))
			return rc;
	}
}

void ml_csv_take(struct ml_csv *c, size_t used)
{
	c->start += used;
	ml_csv_scan_next(&c->scan, used);
}

/* Bytes of the record s[0..used) before its line end. */
static size_t content(const char *s, size_t used)
{
	if (used && s[used - 1] == '\n' && --used && s[used - 1] == '\r')
		used--;
	return used;
}

int ml_csv_split(struct ml_csv *c, size_t used, struct ml_cell *cell, size_t room,
		 size_t *fields, struct ml_error *err)
{
	char *text = c->text + c->start;
	size_t n = content(text, used);

	if (c->scan.rec.quotes)
		return ml_csv_split_quoted(&c->parser, text, n, cell, room, fields, err);
	*fields = ml_csv_split_plain(text, n, c->opts.delimiter, cell, room);
	return ML_OK;
}

/* `open`: the record has no line end.  Its text is cut already, so a delimiter is looked for
 * that is not the one it was cut at. */
static int ragged(const struct ml_csv *c, size_t used, size_t fields, bool open,
		  struct ml_error *err)
{
	const char *other = NULL;

	if (!c->scan.rec.quotes)
		other = ml_csv_guess_fit(&c->guess, c->text + c->start, used);
	ml_fail(err, ML_EDATA, "E-RAGGED", "%s:%llu: %zu field%s, %zu expected", c->file,
		(unsigned long long)c->scan.rec.line, fields, fields == 1 ? "" : "s", c->cols);
	size_t front = strlen(err->msg);
	char *more = err->msg + front;
	size_t room = sizeof err->msg - front;
	if (c->scan.looks_like)
		snprintf(more, room, " (this looks like %s)", c->scan.looks_like);
	else if (other)
		snprintf(more, room, " (-d %s would fit)", other);
	else if (open && fields < c->cols)
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

static int add_row(struct ml_csv *c, size_t used, struct ml_error *err)
{
	size_t fields;
	bool open = c->text[c->start + used - 1] != '\n';
	int rc = ML_GROW(c->cell, c->cells, (c->rows + 1) * c->cols, err);

	if (!rc)
		rc = ml_csv_split(c, used, c->cell + c->rows * c->cols, c->cols, &fields, err);
	if (!rc && fields != c->cols)
		rc = ragged(c, used, fields, open, err);
	if (!rc) {
		c->record[c->rows] = 0;
		c->line[c->rows++] = c->scan.rec.line;
	}
	return rc;
}

/* The record at c->start, whatever it is; *bytes grows by it. */
static int add_record(struct ml_csv *c, size_t *bytes, struct ml_error *err)
{
	size_t used;
	int rc = ml_csv_find(c, &used, err);

	if (rc)
		return rc;
	if (!c->scan.rec.content && c->cols > 1) {
		if (!c->blank_lines++)
			c->blank_line = c->scan.rec.line;
	} else {
		rc = c->blank_lines ? blank_inside(c, err) : add_row(c, used, err);
	}
	*bytes += used;
	ml_csv_take(c, used);
	return rc;
}

/* As many simple records from c->start on as there are in the text. */
static int add_plain(struct ml_csv *c, size_t *bytes, struct ml_error *err)
{
	size_t n = c->have - c->start;
	struct ml_csv_bulk bulk = {
		.delimiter = c->opts.delimiter,
		.cols = c->cols,
		.max_field = c->opts.max_field,
		.max_rows = ML_CSV_BATCH_ROWS - c->rows,
		.max_bytes = ML_CSV_BATCH_BYTES - *bytes,
	};

	/* A record of cols fields has cols bytes at least. */
	if (n / c->cols < bulk.max_rows)
		bulk.max_rows = n / c->cols;
	/* Of a record that was waited for, the scanner has seen the first part. */
	if (!bulk.max_rows || c->blank_lines || c->scan.rec.pos)
		return ML_OK;
	int rc = ML_GROW(c->cell, c->cells, (c->rows + bulk.max_rows) * c->cols, err);
	if (rc)
		return rc;
	ml_csv_bulk(&bulk, c->text + c->start, n, c->cell + c->rows * c->cols,
		    c->record + c->rows);
	for (size_t i = 0; i < bulk.rows; i++)
		c->line[c->rows++] = c->scan.line++;
	*bytes += bulk.bytes;
	c->scan.lf |= bulk.lf;
	c->scan.crlf |= bulk.crlf;
	ml_csv_take(c, bulk.bytes);
	return ML_OK;
}

/* Blank lines behind a blank line, which may be millions, in one go. */
static void skip_blank(struct ml_csv *c, size_t *bytes)
{
	size_t n = 0, most = ML_CSV_BATCH_BYTES - *bytes;

	if (!c->blank_lines)
		return;
	while (c->start + n < c->have && n < most && c->text[c->start + n] == '\n')
		n++;
	*bytes += n;
	c->blank_lines += n;
	c->scan.line += n;
	c->scan.lf |= n > 0;
	ml_csv_take(c, n);
}

int ml_csv_gather(struct ml_csv *c, struct ml_error *err)
{
	size_t bytes = 0;
	int rc = ML_OK;

	drop_batch(c);
	while (!rc && c->rows < ML_CSV_BATCH_ROWS && bytes < ML_CSV_BATCH_BYTES) {
		skip_blank(c, &bytes);
		rc = add_plain(c, &bytes, err);
		if (!rc && c->rows < ML_CSV_BATCH_ROWS && bytes < ML_CSV_BATCH_BYTES)
			rc = add_record(c, &bytes, err);
	}
	if (c->cols == 1)
		for (size_t i = 0; i < c->rows; i++)
			ml_csv_guess_cell(&c->guess, &c->cell[i]);
	return rc == WAIT ? ML_OK : rc;
}
