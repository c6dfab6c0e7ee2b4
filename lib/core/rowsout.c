/* rowsout.c - rows as CSV, as objects, as a grid. */
#include "core/rowsout.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_heading(struct ml_rowsout *r, const struct ml_rows_column *c)
{
	if (r->form != ML_ROWS_TABLE)
		ml_writer_field(&r->writer, c->name, strlen(c->name));
	else if (c->heading)
		(c->number ? ml_grid_heading : ml_grid_text)(&r->grid, c->heading);
}

int ml_rowsout_begin(struct ml_rowsout *r, enum ml_rows_form form, struct ml_sink *sink,
		     const struct ml_rows_column *column, size_t n, struct ml_error *err)
{
	*r = (struct ml_rowsout){ .form = form, .column = column, .n = n, .sink = sink };
	r->json.out = &r->text;
	for (size_t j = 0; j < n; j++)
		r->grid.cols += column[j].heading != NULL;
	if (form == ML_ROWS_JSON)
		return ML_OK;
	if (form != ML_ROWS_TABLE &&
	    ml_writer_init(&r->writer, sink, form == ML_ROWS_TSV ? '\t' : ',', err))
		return err->code;
	for (size_t j = 0; j < n; j++)
		put_heading(r, &column[j]);
	return form == ML_ROWS_TABLE ? ML_OK : ml_writer_end(&r->writer, err);
}

/* The column of the next cell. */
static const struct ml_rows_column *next(struct ml_rowsout *r)
{
	assert(r->at < r->n);
	if (r->form == ML_ROWS_JSON && !r->at)
		ml_json_open(&r->json, NULL, '{');
	return &r->column[r->at++];
}

void ml_rowsout_text(struct ml_rowsout *r, const char *s)
{
	const struct ml_rows_column *c = next(r);

	s = s ? s : "";
	if (r->form == ML_ROWS_JSON) {
		if (*s)
			ml_json_text(&r->json, c->name, s);
	} else if (r->form != ML_ROWS_TABLE) {
		ml_writer_field(&r->writer, s, strlen(s));
	} else if (c->heading) {
		ml_grid_text(&r->grid, s);
	}
}

/* For people. */
static void put_number(struct ml_rowsout *r, const struct ml_rows_column *c, double v)
{
	char text[64] = "";

	v = c->per > 0 ? v / c->per : v;
	if (!isnan(v))
		snprintf(text, sizeof text, "%.*f", c->places, v);
	if (isnan(v) || (c->places && fabs(v) < 1e15))
		ml_grid_heading(&r->grid, text); /* on the right */
	else
		ml_grid_number(&r->grid, v);
}

void ml_rowsout_number(struct ml_rowsout *r, double v)
{
	const struct ml_rows_column *c = next(r);

	if (r->form == ML_ROWS_JSON) {
		if (!isnan(v))
			ml_json_real(&r->json, c->name, v);
	} else if (r->form != ML_ROWS_TABLE) {
		ml_writer_number(&r->writer, v);
	} else if (c->heading) {
		put_number(r, c, v);
	}
}

static int put_object(struct ml_rowsout *r, struct ml_error *err)
{
	ml_json_close(&r->json, '}');
	ml_buf_byte(&r->text, '\n');
	int rc = ml_buf_check(&r->text, err);
	if (!rc)
		rc = ml_sink_put(r->sink, r->text.v, r->text.n, err);
	ml_buf_clear(&r->text);
	r->json.comma = false;
	return rc;
}

int ml_rowsout_row(struct ml_rowsout *r, struct ml_error *err)
{
	assert(r->at == r->n);
	r->at = 0;
	if (r->form == ML_ROWS_JSON)
		return put_object(r, err);
	return r->form == ML_ROWS_TABLE ? ML_OK : ml_writer_end(&r->writer, err);
}

int ml_rowsout_finish(struct ml_rowsout *r, struct ml_error *err)
{
	if (r->form != ML_ROWS_TABLE)
		return ML_OK;
	ml_grid_print(&r->grid, &r->text);
	int rc = ml_buf_check(&r->text, err);
	return rc ? rc : ml_sink_put(r->sink, r->text.v, r->text.n, err);
}

void ml_rowsout_release(struct ml_rowsout *r)
{
	ml_writer_release(&r->writer);
	ml_grid_release(&r->grid);
	ml_buf_release(&r->text);
	*r = (struct ml_rowsout){ 0 };
}
