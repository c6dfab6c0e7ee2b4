/* build.c - a whole table from batches of cells, each column of the kind that all its rows
 * allow.
 *
 * A column that nothing is asked of begins as numbers, and where a number would print otherwise
 * than it was written its text is kept.  The first text, or a whole number that no double
 * holds, makes a category of what was read so far; so levels are numbered in order of first
 * appearance. Cost: 8 bytes a number, 4 a code, and for odd cells their text. */
#include "data/build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "data/build_parts.h"
#include "data/spelling.h"
#include "data/longnum.h"

/* Rows of one column done before the next: cells, texts and columns stay in the first cache. */
enum { TILE = ML_PLAIN_RUN };
/* Columns that one thread takes at a time (four cells are a cache line), and the cells below
 * which starting threads costs more than it saves: each takes some 50 us, a cell some 5 ns. */
enum { COLUMNS = 4, PARALLEL_CELLS = 32768 };

int ml_builder_init(struct ml_builder *b, const char *const *names, size_t cols,
		    const enum ml_kind_ask *ask, const struct ml_kind_opts *opts,
		    struct ml_error *err)
{
	static const enum ml_kind kinds[] = {
		[ML_ASK_ANY] = ML_NUMBER,
		[ML_ASK_NUMBER] = ML_NUMBER,
		[ML_ASK_CATEGORY] = ML_CATEGORY,
		[ML_ASK_STRING] = ML_STRING,
	};
	int rc = ML_OK;

	*b = (struct ml_builder){
		.opts = opts,
		.cols = cols,
		.ask = ask,
		.threads = 1,
		.plain = ml_plain_usable(opts),
	};
	if (!(b->table = ml_alloc(1, sizeof *b->table, err)) ||
	    !(b->seen = ml_alloc(cols, sizeof *b->seen, err)) ||
	    !(b->spelling = ml_alloc(cols, sizeof *b->spelling, err)) ||
	    !(b->survey = ml_alloc(cols, sizeof *b->survey, err)) ||
	    !(b->cap = ml_alloc(cols + 1, sizeof *b->cap, err)))
		rc = ML_ENOMEM;
	for (size_t j = 0; !rc && j < cols; j++) {
		ml_survey_begin(&b->survey[j]);
		b->spelling[j].places = ML_PLACES_OPEN;
	}
	for (size_t j = 0; !rc && j < cols; j++)
		rc = ml_table_insert(b->table, j, names[j], ask ? kinds[ask[j]] : ML_NUMBER,
				     err);
	if (rc)
		ml_builder_release(b);
	return rc;
}

static bool is_unread(const struct ml_builder *b, size_t j)
{
	return b->unread && b->unread[j];
}

/* Cells [from, to) of number column j, while it is one, whose texts are kept as words; *done:
 * up to where. */
static int add_words(struct ml_builder *b, size_t j, const struct ml_cells *cells, size_t first,
		     size_t from, size_t to, size_t *done, struct ml_error *err)
{
	const struct ml_cell *cell = cells->cell + from * cells->cols + j;
	struct ml_column *c = &b->table->col[j];
	struct ml_spelling *s = &b->spelling[j];
	size_t row = first + from, i = 0;

	if (ml_spelling_room(s, row, first + to, err))
		return err->code;
	uint32_t todo = ml_long_run(cell, cells->cols, to - from, c->num + row,
				    s->word + (row - s->first));
	int rc = ML_OK;
	for (; !rc && todo && c->kind == ML_NUMBER; todo &= todo - 1) {
		size_t k = (size_t)__builtin_ctz(todo);

		ml_kind_see_numbers(&b->seen[j], k - i);
		i = k + 1;
		rc = ml_builder_cell(b, j, row + k, cell + k * cells->cols,
				     ml_place_of(cells, from + k), err);
	}
	if (!rc && c->kind == ML_NUMBER) {
		ml_kind_see_numbers(&b->seen[j], to - from - i);
		i = to - from;
	}
	*done = from + i;
	return rc;
}

/* The same of any number column. */
static int add_run(struct ml_builder *b, size_t j, const struct ml_cells *cells, size_t first,
		   size_t from, size_t to, size_t *done, struct ml_error *err)
{
	const struct ml_cell *cell = cells->cell + from * cells->cols + j;
	struct ml_column *c = &b->table->col[j];
	const struct ml_plain run =
		ml_plain_run(cell, cells->cols, to - from, c->num + first + from);
	bool fixed = is_unread(b, j) && ml_spelling_joins(&b->spelling[j], &run);
	size_t i = from;
	int rc = fixed ? ML_OK : ml_spelling_leave(&b->spelling[j], c, first + from, err);
	uint32_t odd = fixed ? run.signed_zero : run.odd;

	for (uint32_t todo = run.other | odd; !rc && todo && c->kind == ML_NUMBER;
	     todo &= todo - 1) {
		size_t k = (size_t)__builtin_ctz(todo), row = first + from + k;
		const struct ml_cell *at = cell + k * cells->cols;

		ml_kind_see_numbers(&b->seen[j], from + k - i);
		i = from + k + 1;
		if (run.other >> k & 1) {
			rc = ml_builder_cell(b, j, row, at, ml_place_of(cells, from + k), err);
		} else {
			ml_kind_see_numbers(&b->seen[j], 1);
			rc = ml_column_remember(c, row, at->text, at->len, err);
		}
	}
	*done = i;
	if (!rc && c->kind == ML_NUMBER) {
		ml_kind_see_numbers(&b->seen[j], to - i);
		*done = to;
	}
	return rc;
}

/* A number column becomes one of words with the first cell of a run that is too long for a
 * double to have all its digits, and stays one. */
static bool is_worded(const struct ml_builder *b, size_t j, const struct ml_cells *cells,
		      size_t from)
{
	const struct ml_cell *cell = &cells->cell[from * cells->cols + j];

	return b->spelling[j].word || (is_unread(b, j) && ml_is_long(cell));
}

/* Cells [from, to) of column j of a batch whose first row is `first` in the table. */
static int add_cells(struct ml_builder *b, size_t j, const struct ml_cells *cells, size_t first,
		     size_t from, size_t to, struct ml_error *err)
{
	struct ml_column *c = &b->table->col[j];
	int rc = ML_OK;

	if (b->plain && c->kind == ML_NUMBER && is_worded(b, j, cells, from))
		rc = add_words(b, j, cells, first, from, to, &from, err);
	else if (b->plain && c->kind == ML_NUMBER)
		rc = add_run(b, j, cells, first, from, to, &from, err);
	for (size_t i = from; !rc && i < to; i++)
		rc = ml_builder_cell(b, j, first + i, &cells->cell[i * cells->cols + j],
				     ml_place_of(cells, i), err);
	if (rc == ML_EDATA) /* too many levels */
		ml_context(err, "column '%s'", c->name);
	return rc;
}

static int make_room(struct ml_builder *b, size_t rows, struct ml_error *err)
{
	struct ml_table *t = b->table;
	int rc = ML_GROW(t->line, b->cap[t->ncol], rows, err);

	for (size_t j = 0; !rc && j < t->ncol; j++) {
		struct ml_column *c = &t->col[j];

		if (c->kind == ML_NUMBER)
			rc = ML_GROW(c->num, b->cap[j], rows, err);
		else if (c->kind == ML_CATEGORY)
			rc = ML_GROW(c->code, b->cap[j], rows, err);
		else
			rc = ML_GROW(c->text, b->cap[j], rows, err);
	}
	return rc;
}

/* What is done of a batch at a time: `step` columns from block * step on. */
struct work {
	struct ml_builder *b;
	const struct ml_cells *cells;
	size_t step;
	bool strings; /* columns of strings, which share an arena, or the others */
};

/* Looks at what is new in number column j; `rows` are there now. */
static void survey(struct ml_builder *b, size_t j, size_t rows)
{
	size_t from = b->table->rows / ML_SURVEY_LANES * ML_SURVEY_LANES;
	size_t to = rows / ML_SURVEY_LANES * ML_SURVEY_LANES;

	ml_survey_add(&b->survey[j], b->table->col[j].num + from, to - from);
}

/* At the end the last rows, too. */
static void take_stock(struct ml_builder *b, size_t j)
{
	struct ml_stock *s = &b->table->col[j].stock;
	size_t rows = b->table->rows, from = rows / ML_SURVEY_LANES * ML_SURVEY_LANES;

	ml_survey_add(&b->survey[j], b->table->col[j].num + from, rows - from);
	s->survey = ml_survey_end(&b->survey[j]);
	s->missing = rows - s->survey.n;
	s->known = ML_SURVEYED;
}

/* A run of less than four is slower, and not known to be fixed. */
static size_t tile_end(size_t from, size_t rows)
{
	size_t left = rows - from;

	if (left > TILE && left < TILE + 4)
		return from + TILE - 4;
	return left < TILE ? rows : from + TILE;
}

static int add_columns(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct work *w = arg;
	struct ml_table *t = w->b->table;
	size_t rows = w->cells->rows, first = block * w->step;
	size_t end = t->ncol - first < w->step ? t->ncol : first + w->step;
	int rc = ML_OK;

	(void)worker;
	for (size_t from = 0, to; !rc && from < rows; from = to) {
		to = tile_end(from, rows);
		for (size_t j = first; !rc && j < end; j++)
			if ((t->col[j].kind == ML_STRING) == w->strings)
				rc = add_cells(w->b, j, w->cells, t->rows, from, to, err);
	}
	for (size_t j = first; !rc && !w->strings && j < end; j++)
		if (t->col[j].kind == ML_NUMBER)
			survey(w->b, j, t->rows + rows);
	return rc;
}

int ml_builder_add(struct ml_builder *b, const struct ml_cells *cells, struct ml_error *err)
{
	struct ml_table *t = b->table;
	bool many = b->threads > 1 && cells->rows * cells->cols >= PARALLEL_CELLS;
	struct work w = { b, cells, many ? COLUMNS : t->ncol, false };
	int rc = make_room(b, t->rows + cells->rows, err);

	if (!rc && t->ncol)
		rc = ml_parallel(many ? b->threads : 1, (t->ncol + w.step - 1) / w.step,
				 add_columns, &w, err);
	w.step = t->ncol;
	w.strings = true;
	if (!rc)
		rc = add_columns(&w, 0, 0, err);
	if (rc)
		return rc;
	if (cells->rows)
		memcpy(t->line + t->rows, cells->line, cells->rows * sizeof *t->line);
	t->rows += cells->rows;
	return ML_OK;
}

int ml_builder_finish(struct ml_builder *b, const char *file, const struct ml_run *run,
		      struct ml_table **out, struct ml_error *err)
{
	struct ml_table *t = b->table;
	int rc = ML_OK, kind;

	*out = NULL;
	for (size_t j = 0; !rc && j < t->ncol; j++) {
		rc = ml_kind_decide(&b->seen[j], ml_builder_asked(b, j), file, t->col[j].name,
				    run, &kind, err);
		if (!rc && kind == ML_CATEGORY && t->col[j].kind == ML_NUMBER)
			rc = ml_builder_category(b, j, t->rows, err);
		if (!rc && t->col[j].kind == ML_NUMBER)
			take_stock(b, j);
		if (!rc && t->col[j].kind == ML_NUMBER && b->unread && b->unread[j])
			ml_column_release_origin(&t->col[j]);
	}
	if (rc)
		return rc;
	*out = t;
	b->table = NULL;
	ml_builder_release(b);
	return ML_OK;
}

void ml_builder_release(struct ml_builder *b)
{
	ml_table_free(b->table);
	free(b->seen);
	free(b->survey);
	for (size_t j = 0; b->spelling && j < b->cols; j++)
		free(b->spelling[j].word);
	free(b->spelling);
	free(b->cap);
	*b = (struct ml_builder){ 0 };
}
