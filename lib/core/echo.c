/* echo.c - rows that leave as they came. */
#include "core/echo.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static int choose_columns(struct ml_echo *e, const struct ml_texts *keep, bool only,
			  struct ml_error *err)
{
	size_t cap = 0;

	for (size_t i = 0; i < keep->n; i++) {
		size_t *idx = NULL, n = 0;
		int rc = ml_columns_pick(e->set, keep->v[i], &idx, &n, err);
		if (!rc)
			rc = ML_GROW(e->column, cap, e->n + n, err);
		for (size_t k = 0; !rc && k < n; k++)
			e->column[e->n++] = idx[k];
		free(idx);
		if (rc)
			return rc;
	}
	if (keep->n || only)
		return ML_OK;
	if (!(e->column = ml_alloc(e->set->n, sizeof *e->column, err)))
		return err->code;
	for (; e->n < e->set->n; e->n++)
		e->column[e->n] = e->n;
	e->all = true;
	return ML_OK;
}

int ml_echo_init(struct ml_echo *e, const struct ml_column_set *set,
		 const struct ml_texts *keep, bool only, struct ml_sink *sink, char delimiter,
		 struct ml_error *err)
{
	*e = (struct ml_echo){ .set = set };
	int rc = ml_writer_init(&e->writer, sink, delimiter, err);
	if (!rc)
		rc = choose_columns(e, keep, only, err);
	if (!rc && !(e->cursor = ml_alloc(set->n, sizeof *e->cursor, err)))
		rc = err->code;
	return rc;
}

int ml_echo_append(struct ml_echo *e, const char *prefix, const char *name, const char *suffix,
		   struct ml_error *err)
{
	struct ml_buf full = { 0 };
	size_t cap = e->n_appended;

	ml_buf_printf(&full, "%s%s%s", prefix, name, suffix);
	int rc = ml_buf_check(&full, err);
	for (size_t j = 0; !rc && j < e->set->n; j++)
		if (!strcmp(e->set->name[j], ml_buf_str(&full)))
			rc = ml_fail(
				err, ML_EDATA, "E-DUP",
				"the table has a column '%s' already; --prefix NAME avoids it",
				ML_SHOW(ml_buf_str(&full), full.n));
	for (size_t j = 0; !rc && j < e->n_appended; j++)
		if (!strcmp(e->appended[j], ml_buf_str(&full)))
			rc = ml_fail(err, ML_EDATA, "E-DUP",
				     "two columns would be appended as '%s'",
				     ML_SHOW(ml_buf_str(&full), full.n));
	if (!rc)
		rc = ml_grow(&e->appended, &cap, cap + 1, sizeof *e->appended, err);
	if (!rc && !(e->appended[e->n_appended] = ml_strdup(ml_buf_str(&full), err)))
		rc = err->code;
	e->n_appended += !rc;
	ml_buf_release(&full);
	return rc;
}

int ml_echo_header(struct ml_echo *e, struct ml_error *err)
{
	e->writer.columns = e->n + e->n_appended;
	for (size_t k = 0; k < e->n; k++)
		ml_writer_field(&e->writer, e->set->name[e->column[k]],
				strlen(e->set->name[e->column[k]]));
	for (size_t k = 0; k < e->n_appended; k++)
		ml_writer_field(&e->writer, e->appended[k], strlen(e->appended[k]));
	return ml_writer_end(&e->writer, err);
}

void ml_echo_cells(struct ml_echo *e, const struct ml_cells *cells)
{
	e->cells = cells;
	e->table = NULL;
}

void ml_echo_table(struct ml_echo *e, const struct ml_table *t, const char *file)
{
	e->cells = NULL;
	e->table = t;
	e->file = file;
	memset(e->cursor, 0, e->set->n * sizeof *e->cursor);
}

static void put_cell(struct ml_echo *e, struct ml_writer *w, size_t i, size_t j)
{
	if (e->cells) {
		const struct ml_cell *c = &e->cells->cell[i * e->cells->cols + j];
		ml_writer_field(w, c->text, c->len);
	} else {
		ml_writer_cell(w, &e->table->col[j], i, &e->cursor[j]);
	}
}

/* The bytes of row i, when they can leave as they came. */
static size_t whole_record(const struct ml_echo *e, size_t i)
{
	const struct ml_cells *c = e->cells;

	return e->all && c && c->record && c->delimiter == e->writer.delimiter ? c->record[i]
									       : 0;
}

void ml_echo_row(struct ml_echo *e, size_t i)
{
	size_t bytes = whole_record(e, i);

	if (bytes) {
		ml_writer_record(&e->writer, e->cells->cell[i * e->cells->cols].text, bytes);
		return;
	}
	for (size_t k = 0; k < e->n; k++)
		put_cell(e, &e->writer, i, e->column[k]);
}

int ml_echo_rejects(struct ml_echo *e, const struct ml_input *in, const char *path,
		    struct ml_error *err)
{
	e->several = ml_input_several(in) ? in : NULL;

	if (ml_sink_open(&e->rejects, path, err) ||
	    ml_writer_init(&e->reject_writer, e->rejects, e->writer.delimiter, err))
		return err->code;
	e->reject_writer.columns = e->set->n + 2 + (e->several != NULL);
	if (e->several)
		ml_writer_field(&e->reject_writer, "reject_file", 11);
	ml_writer_field(&e->reject_writer, "reject_line", 11);
	ml_writer_field(&e->reject_writer, "reject_reason", 13);
	for (size_t j = 0; j < e->set->n; j++)
		ml_writer_field(&e->reject_writer, e->set->name[j], strlen(e->set->name[j]));
	return ml_writer_end(&e->reject_writer, err);
}

static void put_file(struct ml_echo *e, size_t i)
{
	const char *file = e->cells  ? e->cells->file
			   : e->file ? e->file
				     : ml_input_file_of(e->several, e->table, i);

	ml_writer_field(&e->reject_writer, file ? file : "", file ? strlen(file) : 0);
}

int ml_echo_reject(struct ml_echo *e, size_t i, const char *why, struct ml_error *err)
{
	uint64_t line = e->cells ? e->cells->line[i] : e->table->line ? e->table->line[i] : 0;

	if (e->several)
		put_file(e, i);
	if (line)
		ml_writer_number(&e->reject_writer, (double)line);
	else
		ml_writer_field(&e->reject_writer, "", 0);
	ml_writer_field(&e->reject_writer, why, strlen(why));
	for (size_t j = 0; j < e->set->n; j++)
		put_cell(e, &e->reject_writer, i, j);
	return ml_writer_end(&e->reject_writer, err);
}

int ml_echo_finish(struct ml_echo *e, struct ml_error *err)
{
	struct ml_sink *s = e->rejects;

	e->rejects = NULL;
	return s ? ml_sink_commit(s, err) : ML_OK;
}

void ml_echo_release(struct ml_echo *e)
{
	ml_writer_release(&e->writer);
	ml_writer_release(&e->reject_writer);
	ml_sink_abandon(e->rejects);
	for (size_t k = 0; k < e->n_appended; k++)
		free(e->appended[k]);
	free(e->appended);
	free(e->column);
	free(e->cursor);
	*e = (struct ml_echo){ 0 };
}
