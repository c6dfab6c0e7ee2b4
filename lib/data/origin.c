/* origin.c - cells as they were read, so that what no step changed leaves unchanged.
 *
 * A batch views the reader's cells (dense, no cost).  A whole table remembers only the cells
 * whose value would print otherwise: 16 bytes and the text for each. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "data/table.h"

/* First place in o->row that is >= row. */
static size_t lower_bound(const struct ml_origin *o, size_t row)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (o->row[mid] < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const char *ml_column_origin(const struct ml_column *c, size_t row, size_t *cursor)
{
	const struct ml_origin *o = &c->origin;
	size_t at = *cursor;

	if (o->cell)
		return o->cell[row * o->stride].text;
	if (!o->n)
		return NULL;
	/* Rows in order: the cursor stands at the place, or one before it. */
	if (at < o->n && o->row[at] < row)
		at++;
	bool fits = at <= o->n && (at == o->n || o->row[at] >= row) &&
		    (at == 0 || o->row[at - 1] < row);
	if (!fits)
		at = lower_bound(o, row);
	*cursor = at;
	return at < o->n && o->row[at] == row ? o->text[at] : NULL;
}

void ml_column_touch(struct ml_column *c, size_t row)
{
	struct ml_origin *o = &c->origin;

	c->stock.known = ML_NOTHING;
	if (o->cell) {
		o->cell[row * o->stride] = (struct ml_cell){ 0 };
		return;
	}
	size_t at = lower_bound(o, row);
	if (at < o->n && o->row[at] == row)
		o->text[at] = NULL;
}

void ml_column_release_origin(struct ml_column *c)
{
	free(c->origin.row);
	free(c->origin.text);
	ml_arena_release(&c->origin.arena);
	c->origin = (struct ml_origin){ 0 };
}

void ml_column_touch_all(struct ml_column *c)
{
	c->stock.known = ML_NOTHING;
	ml_column_release_origin(c);
}

int ml_column_remember(struct ml_column *c, size_t row, const char *s, size_t len,
		       struct ml_error *err)
{
	struct ml_origin *o = &c->origin;
	size_t cap = o->cap, text_cap = o->cap;

	assert(!o->cell && (!o->n || o->row[o->n - 1] < row));
	int rc = ML_GROW(o->row, cap, o->n + 1, err);
	if (!rc)
		rc = ML_GROW(o->text, text_cap, o->n + 1, err);
	if (rc)
		return rc;
	o->cap = cap;
	if (!(o->text[o->n] = ml_arena_put(&o->arena, s, len, err)))
		return err->code;
	o->row[o->n++] = row;
	return ML_OK;
}

bool ml_column_prints_as(const struct ml_column *c, size_t row, const char *text)
{
	char number[ML_NUMBER_MAX];

	if (ml_missing(c, row))
		return !*text;
	if (c->kind == ML_CATEGORY)
		return !strcmp(c->levels->name[c->code[row]], text);
	if (c->kind == ML_STRING)
		return !strcmp(c->text[row], text);
	ml_number_print(c->num[row], number);
	return !strcmp(number, text);
}

void ml_column_filter_origin(struct ml_column *c, const bool *keep, size_t rows)
{
	struct ml_origin *o = &c->origin;
	size_t kept = 0, n = 0, at = 0;

	if (!o->cell && !o->n)
		return;
	for (size_t row = 0; row < rows; row++) {
		if (keep[row] && o->cell)
			o->cell[kept * o->stride] = o->cell[row * o->stride];
		if (at < o->n && o->row[at] == row) {
			if (keep[row]) {
				o->row[n] = kept;
				o->text[n++] = o->text[at];
			}
			at++;
		}
		kept += keep[row];
	}
	o->n = n;
}
