/* input_table.c - an input as tables: all of it, or so many rows at a time. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/input_parts.h"

/* Of a target the texts are labels. */
static bool is_unread(enum ml_role role)
{
	return role == ML_FEATURE || role == ML_IGNORED;
}

/* ---- text ---- */

/* Up to `most` rows of what is left of the reader's batch, else of its next one. */
static int next_cells(struct ml_input *in, size_t most, struct ml_cells *cells,
		      struct ml_error *err)
{
	struct ml_cells *left = &in->left;

	if (!left->rows) {
		int rc = ml_input_cells(in, left, err);
		if (rc) {
			left->rows = 0;
			return rc;
		}
	}
	*cells = *left;
	if (most < left->rows)
		cells->rows = most;
	left->rows -= cells->rows;
	left->cell += cells->rows * cells->cols;
	left->line += cells->rows;
	if (left->record)
		left->record += cells->rows;
	return ML_OK;
}

static int part_of_text(struct ml_input *in, size_t most, struct ml_table **t,
			struct ml_error *err)
{
	struct ml_builder b = { 0 };
	struct ml_cells cells;
	bool *unread = ml_alloc(in->set.n, sizeof *unread, err);

	int rc = unread ? ml_builder_init(&b, in->set.name, in->set.n, in->ask,
					  &in->opts->kinds, err)
			: err->code;
	const char *file = in->file;
	for (size_t j = 0; !rc && j < in->set.n; j++)
		unread[j] = in->values_only && is_unread(in->role[j]);
	b.unread = unread;
	b.threads = in->run->threads;
	size_t need = most;
	while (!rc && need) {
		if ((rc = next_cells(in, need, &cells, err)))
			break;
		rc = ml_builder_add(&b, &cells, err);
		need -= cells.rows;
	}
	if (!rc || (rc == ML_END && (need < most || !in->parts)))
		rc = ml_builder_finish(&b, file, in->run, t, err);
	for (size_t j = 0; !rc && j < (*t)->ncol; j++)
		(*t)->col[j].role = in->role[j];
	ml_builder_release(&b);
	free(unread);
	return rc;
}

/* ---- rows ---- */

/* Rows from `at` on, `n` of them. */
static int cut(const struct ml_table *t, size_t at, size_t n, struct ml_table **out,
	       struct ml_error *err)
{
	size_t *row = ml_alloc(n, sizeof *row, err);

	if (!row)
		return err->code;
	for (size_t i = 0; i < n; i++)
		row[i] = at + i;
	int rc = ml_table_take(out, t, row, n, err);
	free(row);
	return rc;
}

/* Up to `most` rows of what is left of the stream's block, else of its next one. */
static int next_rows(struct ml_input *in, size_t most, struct ml_table **t,
		     struct ml_error *err)
{
	if (!in->rest) {
		int rc = ml_input_rows(in, &in->rest, err);
		if (rc)
			return rc;
		in->rest_at = 0;
	}
	size_t n = in->rest->rows - in->rest_at;
	if (!in->rest_at && n <= most) {
		*t = in->rest;
		in->rest = NULL;
		return ML_OK;
	}
	n = n < most ? n : most;
	int rc = cut(in->rest, in->rest_at, n, t, err);
	in->rest_at += n;
	if (in->rest_at == in->rest->rows) {
		ml_table_free(in->rest);
		in->rest = NULL;
	}
	return rc;
}

static void drop_texts(struct ml_table *t)
{
	for (size_t j = 0; j < t->ncol; j++)
		if (is_unread(t->col[j].role))
			ml_column_release_origin(&t->col[j]);
}

static int part_of_rows(struct ml_input *in, size_t most, struct ml_table **t,
			struct ml_error *err)
{
	struct ml_table *more = NULL;
	int rc = ML_OK;

	*t = NULL;
	for (size_t need = most; need; need = most - (*t)->rows) {
		if ((rc = next_rows(in, need, &more, err)))
			break;
		if (in->values_only)
			drop_texts(more);
		if (!*t) {
			*t = more;
			continue;
		}
		rc = ml_table_append(*t, more, err);
		ml_table_free(more);
		if (rc)
			break;
	}
	if (!rc || (rc == ML_END && *t && ((*t)->rows || !in->parts)))
		return ML_OK;
	ml_table_free(*t);
	*t = NULL;
	return rc;
}

int ml_input_part(struct ml_input *in, size_t most, struct ml_table **t, struct ml_error *err)
{
	int rc = in->binary ? part_of_rows(in, most, t, err) : part_of_text(in, most, t, err);

	in->parts += !rc;
	return rc;
}

int ml_input_table(struct ml_input *in, struct ml_table **t, struct ml_error *err)
{
	int rc = ml_input_part(in, SIZE_MAX, t, err);

	return rc == ML_END ? ML_OK : rc;
}

void ml_input_plain_numbers(const struct ml_input *in, struct ml_table *t)
{
	const struct ml_kind_opts *o = &in->opts->kinds;

	if (in->binary || (o->decimal == '.' && !o->thousands))
		return;
	for (size_t j = 0; j < t->ncol; j++)
		if (t->col[j].kind == ML_NUMBER)
			ml_column_release_origin(&t->col[j]);
}
