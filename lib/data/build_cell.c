/* build_cell.c - one cell joins its column, whatever it is; columns of numbers become
 * categories. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/build_parts.h"
#include "data/spelling.h"

enum ml_kind_ask ml_builder_asked(const struct ml_builder *b, size_t j)
{
	return b->ask ? b->ask[j] : ML_ASK_ANY;
}

/* Of the origins only those of missing cells stay: a category's level is its text. */
static void keep_missing(struct ml_column *c, const double *num)
{
	struct ml_origin *o = &c->origin;
	size_t n = 0;

	for (size_t k = 0; k < o->n; k++)
		if (isnan(num[o->row[k]])) {
			o->row[n] = o->row[k];
			o->text[n++] = o->text[k];
		}
	o->n = n;
}

int ml_builder_category(struct ml_builder *b, size_t j, size_t rows, struct ml_error *err)
{
	struct ml_column *c = &b->table->col[j];
	struct ml_levels *levels = ml_levels_new(err);
	int32_t *code = ml_alloc(b->cap[j], sizeof *code, err);
	char room[ML_SPELLING_TEXT];
	size_t cursor = 0;
	int rc = levels && code ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < rows; i++) {
		code[i] = -1;
		if (isnan(c->num[i]))
			continue;
		const char *text = ml_spelling_text(&b->spelling[j], c, i, &cursor, room);
		rc = ml_levels_add(levels, text, strlen(text), &code[i], err);
	}
	if (rc) {
		ml_levels_free(levels);
		free(code);
		return rc;
	}
	keep_missing(c, c->num);
	free(c->num);
	c->num = NULL;
	c->code = code;
	c->levels = levels;
	c->kind = ML_CATEGORY;
	return ML_OK;
}

static int add_code(struct ml_builder *b, size_t j, size_t row, const struct ml_cell *cell,
		    enum ml_cell_is is, struct ml_error *err)
{
	struct ml_column *c = &b->table->col[j];

	if (is != ML_CELL_MISSING)
		return ml_levels_add(c->levels, cell->text, cell->len, &c->code[row], err);
	c->code[row] = -1;
	return cell->len ? ml_column_remember(c, row, cell->text, cell->len, err) : ML_OK;
}

static int add_text(struct ml_builder *b, size_t j, size_t row, const struct ml_cell *cell,
		    enum ml_cell_is is, struct ml_error *err)
{
	struct ml_column *c = &b->table->col[j];

	if (is != ML_CELL_MISSING) {
		c->text[row] = ml_arena_put(&b->table->arena, cell->text, cell->len, err);
		return c->text[row] ? ML_OK : err->code;
	}
	c->text[row] = NULL;
	return cell->len ? ml_column_remember(c, row, cell->text, cell->len, err) : ML_OK;
}

/* True when the cell shows that column j is no column of numbers. */
static bool tells_category(const struct ml_builder *b, size_t j, enum ml_cell_is is,
			   const struct ml_number *number)
{
	if (ml_builder_asked(b, j) != ML_ASK_ANY || is == ML_CELL_MISSING)
		return false;
	return is == ML_CELL_TEXT || number->flags & ML_NUM_COARSE;
}

/* A text where numbers were asked for is told by ml_builder_finish; the cell is missing until
 * then. */
static int add_number(struct ml_builder *b, size_t j, size_t row, const struct ml_cell *cell,
		      enum ml_cell_is is, const struct ml_number *number, struct ml_error *err)
{
	struct ml_column *c = &b->table->col[j];
	bool is_number =
		is == ML_CELL_NUMBER || (is == ML_CELL_TEXT && number->flags & ML_NUM_LEADZERO);

	c->num[row] = is_number ? number->value : (double)NAN;
	bool fixed = b->spelling[j].places >= 0 && !b->spelling[j].word;
	bool prints_so = is_number && number->flags & ML_NUM_PLAIN && !fixed;
	if (!cell->len || prints_so)
		return ML_OK;
	return ml_column_remember(c, row, cell->text, cell->len, err);
}

int ml_builder_cell(struct ml_builder *b, size_t j, size_t row, const struct ml_cell *cell,
		    struct ml_place place, struct ml_error *err)
{
	struct ml_column *c = &b->table->col[j];
	struct ml_number number;
	enum ml_cell_is is =
		ml_kind_see(&b->seen[j], b->opts, cell->text, cell->len, place, &number);

	if (c->kind == ML_NUMBER && tells_category(b, j, is, &number) &&
	    ml_builder_category(b, j, row, err))
		return err->code;
	if (c->kind == ML_NUMBER)
		return add_number(b, j, row, cell, is, &number, err);
	if (c->kind == ML_CATEGORY)
		return add_code(b, j, row, cell, is, err);
	return add_text(b, j, row, cell, is, err);
}
