/* train_oob.c - out-of-bag predictions as a CSV: id, target, weight, group and time of each
 * row, `line` or `row` where there is no id, pred, and prob:CLASS. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/predictions.h"
#include "core/train_parts.h"
#include "data/writer.h"

/* The rows of the columns that have a role. */
static int take_columns(struct ml_table **out, const struct ml_table *t, struct ml_error *err)
{
	struct ml_table view = { .rows = t->rows, .line = t->line };
	size_t *row = ml_alloc(t->rows, sizeof *row, err);
	int rc = row ? ML_OK : err->code;

	if (!rc && !(view.col = ml_alloc(t->ncol, sizeof *view.col, err)))
		rc = err->code;
	for (size_t i = 0; !rc && i < t->rows; i++)
		row[i] = i;
	for (size_t j = 0; !rc && j < t->ncol; j++)
		if (t->col[j].role != ML_FEATURE && t->col[j].role != ML_IGNORED)
			view.col[view.ncol++] = t->col[j];
	if (!rc)
		rc = ml_table_take(out, &view, row, t->rows, err);
	free(view.col);
	free(row);
	return rc;
}

static int number_rows(struct ml_table *t, struct ml_error *err)
{
	const char *name = t->line ? "line" : "row";

	for (size_t j = 0; j < t->ncol; j++)
		if (t->col[j].role == ML_ID)
			return ML_OK;
	if (ml_table_insert(t, 0, name, ML_NUMBER, err))
		return err->code;
	for (size_t i = 0; i < t->rows; i++)
		t->col[0].num[i] = t->line ? (double)t->line[i] : (double)i + 1;
	return ML_OK;
}

int ml_oob_begin(struct ml_oob *b, const struct ml_table *t, const struct ml_outcome *o,
		 struct ml_error *err)
{
	size_t wide = o->n_classes ? o->n_classes : 1;

	b->out = (struct ml_mat){ NULL, t->rows, wide, wide };
	if (!(b->out.v = ml_alloc(t->rows * wide, sizeof *b->out.v, err)))
		return err->code;
	int rc = take_columns(&b->rows, t, err);
	return rc ? rc : number_rows(b->rows, err);
}

static int write_rows(const struct ml_table *t, const char *file, struct ml_error *err)
{
	struct ml_sink *sink = NULL;
	struct ml_writer w = { 0 };

	if (ml_sink_open(&sink, file, err))
		return err->code;
	int rc = ml_writer_init(&w, sink, ',', err);
	if (!rc)
		rc = ml_writer_header(&w, t, err);
	if (!rc)
		rc = ml_writer_rows(&w, t, err);
	ml_writer_release(&w);
	if (!rc)
		return ml_sink_commit(sink, err);
	ml_sink_abandon(sink);
	return rc;
}

int ml_oob_write(struct ml_oob *b, const struct ml_outcome *o, const char *file,
		 const struct ml_run *run, struct ml_error *err)
{
	size_t rows = b->out.rows, left_out = 0;
	bool *keep = ml_alloc(rows, sizeof *keep, err);
	int rc = keep ? ml_predictions_append(b->rows, "", true, o, &b->out, err) : err->code;

	for (size_t i = 0; !rc && i < rows; i++) {
		keep[i] = !isnan(b->out.v[i * b->out.ld]);
		left_out += !keep[i];
	}
	if (!rc && left_out)
		ml_table_filter(b->rows, keep);
	free(keep);
	if (left_out && run->warn)
		run->warn(run->user, "W-OOB", SIZE_MAX,
			  "%zu of %zu rows have been seen by every tree, and are left out of "
			  "the out-of-bag predictions",
			  left_out, rows);
	return rc ? rc : write_rows(b->rows, file, err);
}

void ml_oob_release(struct ml_oob *b)
{
	ml_table_free(b->rows);
	free(b->out.v);
	*b = (struct ml_oob){ 0 };
}
