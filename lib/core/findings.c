/* findings.c - cells gathered, then written in one of three forms. */
#include "core/findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "core/grid.h"
#include "data/writer.h"

static void put(struct ml_findings *r, struct ml_findings_cell cell)
{
	struct ml_error ignored;

	while (r->column[r->columns])
		r->columns++;
	if (r->failed || ML_GROW(r->cell, r->cap, r->cells + 1, &ignored)) {
		r->failed = true;
		return;
	}
	r->cell[r->cells++] = cell;
}

void ml_findings_none(struct ml_findings *r)
{
	put(r, (struct ml_findings_cell){ .kind = ML_FOUND_NONE });
}

void ml_findings_text(struct ml_findings *r, const char *s)
{
	put(r, (struct ml_findings_cell){ .kind = ML_FOUND_TEXT, .text = r->text.n });
	ml_buf_put(&r->text, s, strlen(s) + 1);
}

void ml_findings_number(struct ml_findings *r, double v)
{
	put(r, (struct ml_findings_cell){ .kind = ML_FOUND_NUMBER, .value = v });
}

int ml_findings_row(struct ml_findings *r, struct ml_buf *says, struct ml_error *err)
{
	if (says && ml_buf_check(says, err))
		return err->code;
	if (says)
		ml_findings_text(r, ml_buf_str(says));
	else if (!r->silent)
		ml_findings_none(r);
	if (r->failed || r->text.failed)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory");
	return ML_OK;
}

void ml_findings_release(struct ml_findings *r)
{
	if (r->owns_columns)
		free((void *)r->column);
	free(r->cell);
	ml_buf_release(&r->text);
	*r = (struct ml_findings){ 0 };
}

static const char *text_of(const struct ml_findings *r, const struct ml_findings_cell *c)
{
	return (const char *)r->text.v + c->text;
}

/* ---- CSV ---- */

static int write_csv(const struct ml_findings *r, char delimiter, struct ml_sink *out,
		     struct ml_error *err)
{
	struct ml_writer w;

	if (ml_writer_init(&w, out, delimiter, err))
		return err->code;
	for (size_t j = 0; r->column[j]; j++)
		ml_writer_field(&w, r->column[j], strlen(r->column[j]));
	int rc = ml_writer_end(&w, err);
	for (size_t i = 0; !rc && i < r->cells; i++) {
		const struct ml_findings_cell *c = &r->cell[i];
		const char *s = c->kind == ML_FOUND_TEXT     ? text_of(r, c)
				: c->kind == ML_FOUND_NUMBER ? "NA"
							     : "";
		if (c->kind == ML_FOUND_NUMBER && !isnan(c->value))
			ml_writer_number(&w, c->value);
		else
			ml_writer_field(&w, s, strlen(s));
		if ((i + 1) % r->columns == 0)
			rc = ml_writer_end(&w, err);
	}
	ml_writer_release(&w);
	return rc;
}

/* ---- JSON ---- */

static void json_row(const struct ml_findings *r, const struct ml_findings_cell *row,
		     struct ml_json *j)
{
	ml_json_open(j, NULL, '{');
	for (size_t i = 0; i < r->columns; i++) {
		if (row[i].kind == ML_FOUND_TEXT)
			ml_json_text(j, r->column[i], text_of(r, &row[i]));
		if (row[i].kind == ML_FOUND_NUMBER)
			ml_json_real(j, r->column[i], row[i].value);
	}
	ml_json_close(j, '}');
}

static void write_json(const struct ml_findings *r, const char *key, struct ml_buf *out)
{
	struct ml_json j = { .out = out };

	ml_json_open(&j, NULL, '{');
	ml_json_open(&j, key, '[');
	for (size_t i = 0; i < r->cells; i += r->columns)
		json_row(r, r->cell + i, &j);
	ml_json_close(&j, ']');
	ml_json_close(&j, '}');
	ml_buf_byte(out, '\n');
}

/* ---- for people ---- */

static bool used(const struct ml_findings *r, size_t column)
{
	for (size_t i = column; i < r->cells; i += r->columns)
		if (r->cell[i].kind != ML_FOUND_NONE)
			return true;
	return false;
}

static bool holds_text(const struct ml_findings *r, size_t column)
{
	for (size_t i = column; i < r->cells; i += r->columns)
		if (r->cell[i].kind == ML_FOUND_TEXT)
			return true;
	return false;
}

static void grid_cell(struct ml_grid *g, const struct ml_findings *r,
		      const struct ml_findings_cell *c)
{
	if (c->kind == ML_FOUND_NUMBER)
		ml_grid_number(g, c->value);
	else
		ml_grid_text(g, c->kind == ML_FOUND_TEXT ? text_of(r, c) : "");
}

static void write_table(const struct ml_findings *r, struct ml_buf *out)
{
	struct ml_grid g = { 0 };
	size_t last = r->columns - !r->silent;

	for (size_t j = 0; j < last; j++)
		g.cols += used(r, j);
	for (size_t j = 0; j < last; j++) {
		if (!used(r, j))
			continue;
		if (holds_text(r, j))
			ml_grid_text(&g, r->column[j]);
		else
			ml_grid_heading(&g, r->column[j]);
	}
	for (size_t i = 0; i < r->cells; i++)
		if (i % r->columns < last && used(r, i % r->columns))
			grid_cell(&g, r, &r->cell[i]);
	ml_grid_print(&g, out);
	ml_grid_release(&g);
	if (r->silent)
		return;
	ml_buf_text(out, used(r, last) ? "\n" : "");
	for (size_t i = last; i < r->cells; i += r->columns)
		if (r->cell[i].kind == ML_FOUND_TEXT)
			ml_buf_printf(out, "%s\n", text_of(r, &r->cell[i]));
}

int ml_findings_write(const struct ml_findings *r, enum ml_findings_form form, char delimiter,
		      const char *key, struct ml_sink *out, struct ml_error *err)
{
	struct ml_buf text = { 0 };

	if (form == ML_FINDINGS_CSV)
		return write_csv(r, delimiter, out, err);
	if (form == ML_FINDINGS_JSON)
		write_json(r, key, &text);
	else if (r->cells)
		write_table(r, &text);
	int rc = ml_buf_check(&text, err);
	if (!rc)
		rc = ml_sink_put(out, text.v, text.n, err);
	ml_buf_release(&text);
	return rc;
}
