/* batch.c - one batch of cells as a table whose kinds are known: what applying a model reads.
 *
 * Ordinary numbers are read by runs of a column (plain.h), what is left row by row, so that
 * the first bad cell in the file is the one that is told. Texts and origins are views of the
 * cells; nothing outlives the batch, so memory is bounded. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/build.h"
#include "data/longnum.h"

/* A cell that is no number; `why` says it. */
static int bad_cell(const struct ml_cell *cell, const char *file, uint64_t line,
		    const char *column, bool infinite, struct ml_error *why)
{
	return ml_fail(why, ML_EDATA, infinite ? "E-NONFINITE" : "E-TYPE",
		       "%s:%llu: %s: '%s' is not a %snumber", ML_SHOW(file, strlen(file)),
		       (unsigned long long)line, ML_SHOW(column, strlen(column)),
		       ML_SHOW(cell->text, cell->len), infinite ? "finite " : "");
}

static int read_number(double *out, const struct ml_cell *cell, const struct ml_kind_opts *opts,
		       const char *file, uint64_t line, const char *column,
		       struct ml_error *err)
{
	struct ml_number number;
	bool word;
	enum ml_cell_is is = ml_kind_cell(opts, cell->text, cell->len, &number, &word);

	if (is == ML_CELL_MISSING)
		return ML_OK;
	if (is == ML_CELL_TEXT && !(number.flags & ML_NUM_LEADZERO))
		return bad_cell(cell, file, line, column,
				ml_number_is_infinity(cell->text, cell->len), err);
	if (number.flags & ML_NUM_OVERFLOW)
		return ml_fail(
			err, ML_EDATA, "E-RANGE",
			"%s:%llu: %s: '%s' is beyond the largest number that a double holds",
			ML_SHOW(file, strlen(file)), (unsigned long long)line,
			ML_SHOW(column, strlen(column)), ML_SHOW(cell->text, cell->len));
	*out = number.value;
	return ML_OK;
}

static int read_cell(struct ml_column *c, size_t row, const struct ml_cell *cell,
		     const struct ml_kind_opts *opts, const char *file, uint64_t line,
		     struct ml_error *err)
{
	bool word;

	if (c->kind == ML_NUMBER)
		return read_number(&c->num[row], cell, opts, file, line, c->name, err);
	if (ml_kind_missing(opts, cell->text, cell->len, &word))
		return ML_OK;
	if (c->kind == ML_CATEGORY)
		return ml_levels_add(c->levels, cell->text, cell->len, &c->code[row], err);
	c->text[row] = cell->text;
	return ML_OK;
}

/* Empty columns of `rows` missing cells. */
static int prepare(struct ml_table *t, const struct ml_cells *cells, const char *const *names,
		   const size_t *from, const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	int rc = ML_OK;

	ml_table_release(t);
	t->rows = cells->rows;
	if (!(t->line = ml_alloc(cells->rows, sizeof *t->line, err)))
		return ML_ENOMEM;
	if (cells->rows)
		memcpy(t->line, cells->line, cells->rows * sizeof *t->line);
	for (size_t k = 0; !rc && k < n; k++) {
		if ((rc = ml_table_insert(t, k, names[from[k]], kind[k], err)))
			break;
		t->col[k].origin.cell = cells->rows ? cells->cell + from[k] : NULL;
		t->col[k].origin.stride = cells->cols;
	}
	return rc;
}

struct reading {
	struct ml_table *batch;
	const struct ml_cells *cells;
	const size_t *from; /* of each column of the batch, that of the cells */
	const struct ml_kind_opts *opts;
	const char *file;
	ml_bad_cell_fn *on_bad;
	void *arg;
	uint32_t *left; /* of each column, which of a run of rows are to be read one by one */
};

/* Rows [from, to) of number columns, as far as they are ordinary numbers; false when nothing
 * is left in any column. */
static bool read_run(const struct reading *r, size_t from, size_t to)
{
	const size_t cols = r->cells->cols;
	uint32_t any = 0;

	for (size_t k = 0; k < r->batch->ncol; k++) {
		struct ml_column *c = &r->batch->col[k];
		const struct ml_cell *cell = r->cells->cell + from * cols + r->from[k];

		r->left[k] = UINT32_MAX;
		if (c->kind == ML_NUMBER)
			r->left[k] = ml_numbers_run(cell, cols, to - from, c->num + from);
		any |= r->left[k];
	}
	return any;
}

static int read_row(const struct reading *r, size_t i, struct ml_error *err)
{
	const struct ml_cells *cells = r->cells;
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < r->batch->ncol; k++) {
		struct ml_error why;

		if (!(r->left[k] >> i % ML_PLAIN_RUN & 1))
			continue;
		rc = read_cell(&r->batch->col[k], i, &cells->cell[i * cells->cols + r->from[k]],
			       r->opts, r->file, cells->line[i], &why);
		if (rc == ML_EDATA && r->on_bad)
			rc = r->on_bad(r->arg, i, &why);
		if (rc)
			*err = why;
	}
	return rc;
}

static int read_rows(const struct reading *r, struct ml_error *err)
{
	const size_t rows = r->cells->rows;
	bool plain = ml_plain_usable(r->opts);
	int rc = ML_OK;

	for (size_t k = 0; k < r->batch->ncol; k++)
		r->left[k] = UINT32_MAX;
	for (size_t i = 0, to; !rc && i < rows; i = to) {
		to = rows - i < ML_PLAIN_RUN ? rows : i + ML_PLAIN_RUN;
		if (plain && !read_run(r, i, to))
			continue;
		for (size_t at = i; !rc && at < to; at++)
			rc = read_row(r, at, err);
	}
	return rc;
}

int ml_table_from_cells(struct ml_table *batch, const struct ml_cells *cells,
			const char *const *names, const size_t *from, const enum ml_kind *kind,
			size_t n, const struct ml_kind_opts *opts, const char *file,
			ml_bad_cell_fn *on_bad, void *arg, struct ml_error *err)
{
	struct reading r = { batch, cells, from, opts, file, on_bad, arg, NULL };
	int rc = prepare(batch, cells, names, from, kind, n, err);

	if (!rc && !(r.left = ml_alloc(n, sizeof *r.left, err)))
		rc = err->code;
	if (!rc)
		rc = read_rows(&r, err);
	free(r.left);
	if (rc)
		ml_table_release(batch);
	return rc;
}
