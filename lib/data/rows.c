/* rows.c - the work on rows of a table: leaving out, choosing, appending. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/table.h"
#include "la/survey.h"

bool ml_missing(const struct ml_column *c, size_t row)
{
	if (c->kind == ML_NUMBER)
		return isnan(c->num[row]);
	return c->kind == ML_CATEGORY ? c->code[row] < 0 : !c->text[row];
}

size_t ml_column_next_missing(const struct ml_column *c, size_t from, size_t rows)
{
	size_t i = from;

	if (c->stock.known && !c->stock.missing)
		return rows;
	if (c->kind == ML_NUMBER)
		return ml_survey_next_nan(c->num, from, rows);
	if (c->kind == ML_CATEGORY)
		while (i < rows && c->code[i] >= 0)
			i++;
	else
		while (i < rows && c->text[i])
			i++;
	return i;
}

size_t ml_column_count_missing(const struct ml_column *c, size_t rows)
{
	size_t n = 0;

	if (c->stock.known)
		return c->stock.missing;
	for (size_t i = 0; (i = ml_column_next_missing(c, i, rows)) < rows; i++)
		n++;
	return n;
}

static void filter_values(struct ml_column *c, const bool *keep, size_t rows)
{
	size_t n = 0;

	c->stock.known = ML_NOTHING;
	for (size_t i = 0; i < rows; i++) {
		if (!keep[i])
			continue;
		if (c->kind == ML_NUMBER)
			c->num[n] = c->num[i];
		else if (c->kind == ML_CATEGORY)
			c->code[n] = c->code[i];
		else
			c->text[n] = c->text[i];
		n++;
	}
}

void ml_table_filter(struct ml_table *t, const bool *keep)
{
	size_t n = 0;

	for (size_t j = 0; j < t->ncol; j++) {
		filter_values(&t->col[j], keep, t->rows);
		ml_column_filter_origin(&t->col[j], keep, t->rows);
	}
	for (size_t i = 0; i < t->rows; i++)
		if (keep[i]) {
			if (t->line)
				t->line[n] = t->line[i];
			n++;
		}
	t->rows = n;
}

/* All sparse origins of `from`: each is there because its value prints otherwise, which an
 * equal value in `to` does too. */
static int take_sparse(struct ml_column *to, size_t at, const struct ml_column *from,
		       struct ml_error *err)
{
	const struct ml_origin *o = &from->origin;
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < o->n; k++)
		if (o->text[k])
			rc = ml_column_remember(to, at + o->row[k], o->text[k],
						strlen(o->text[k]), err);
	return rc;
}

/* Origins of `from` for the rows row[0..n), as sparse origins of column `to`, whose values are
 * those of rows at.. already.  row NULL: rows 0..n-1. */
static int take_origins(struct ml_column *to, size_t at, const struct ml_column *from,
			const size_t *row, size_t n, struct ml_error *err)
{
	size_t cursor = 0;
	int rc = ML_OK;

	if (!from->origin.cell && !from->origin.n)
		return ML_OK;
	for (size_t i = 0; !rc && i < n; i++) {
		const char *text = ml_column_origin(from, row ? row[i] : i, &cursor);

		if (text && !ml_column_prints_as(to, at + i, text))
			rc = ml_column_remember(to, at + i, text, strlen(text), err);
	}
	return rc;
}

/* Copies a text into t's arena; a missing one stays NULL. */
static int take_text(struct ml_table *t, const char **to, const char *from,
		     struct ml_error *err)
{
	*to = from ? ml_arena_put(&t->arena, from, strlen(from), err) : NULL;
	return from && !*to ? err->code : ML_OK;
}

static int take_column(struct ml_table *t, size_t j, const struct ml_column *from,
		       const size_t *row, size_t n, struct ml_error *err)
{
	struct ml_column *to = &t->col[j];
	int rc = ML_OK;

	to->role = from->role;
	to->dummy = from->dummy;
	if (from->kind == ML_NUMBER) {
		for (size_t i = 0; i < n; i++)
			to->num[i] = from->num[row[i]];
	} else if (from->kind == ML_CATEGORY) {
		ml_levels_free(to->levels);
		to->levels = ml_levels_ref(from->levels);
		for (size_t i = 0; i < n; i++)
			to->code[i] = from->code[row[i]];
	} else {
		for (size_t i = 0; !rc && i < n; i++)
			rc = take_text(t, &to->text[i], from->text[row[i]], err);
	}
	return rc ? rc : take_origins(to, 0, from, row, n, err);
}

int ml_table_take(struct ml_table **out, const struct ml_table *t, const size_t *row, size_t n,
		  struct ml_error *err)
{
	struct ml_table *part = ml_alloc(1, sizeof *part, err);
	int rc = part ? ML_OK : err->code;

	if (rc)
		return rc;
	part->rows = n;
	if (t->line && !(part->line = ml_alloc(n, sizeof *part->line, err)))
		rc = err->code;
	for (size_t i = 0; !rc && t->line && i < n; i++)
		part->line[i] = t->line[row[i]];
	for (size_t j = 0; !rc && j < t->ncol; j++) {
		rc = ml_table_insert(part, j, t->col[j].name, t->col[j].kind, err);
		if (!rc)
			rc = take_column(part, j, &t->col[j], row, n, err);
	}
	if (rc)
		ml_table_free(part);
	else
		*out = part;
	return rc;
}

static int check_same_columns(const struct ml_table *t, const struct ml_table *more,
			      struct ml_error *err)
{
	if (t->ncol != more->ncol)
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "tables of %zu and of %zu columns cannot be joined", t->ncol,
			       more->ncol);
	for (size_t j = 0; j < t->ncol; j++) {
		const struct ml_column *a = &t->col[j], *b = &more->col[j];

		if (strcmp(a->name, b->name) != 0)
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "column %zu is '%s' in the rows before and '%s' here",
				       j + 1, ML_SHOW(a->name, strlen(a->name)),
				       ML_SHOW(b->name, strlen(b->name)));
		if (a->kind != b->kind)
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "column '%s' is %s in the rows before and %s here",
				       ML_SHOW(a->name, strlen(a->name)),
				       ml_kind_names[a->kind], ml_kind_names[b->kind]);
	}
	return ML_OK;
}

/* Rows an array is given space for: up to an eighth more than asked, in steps that make
 * appending batch by batch linear.  Nobody relies on the spare space. */
static size_t room_for(size_t rows)
{
	size_t step = 1;

	while (step < rows / 16)
		step *= 2;
	return rows > SIZE_MAX - step ? rows : (rows + step - 1) / step * step;
}

static int resize(void *v_ptr, size_t rows, size_t size, struct ml_error *err)
{
	size_t cap = 0; /* always asks realloc, which knows the true size */

	return ml_grow(v_ptr, &cap, room_for(rows), size, err);
}

/* Code in `to` of each level of `from`. */
static int map_levels(struct ml_column *to, const struct ml_levels *from, int32_t *map,
		      struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < from->n; i++) {
		map[i] = ml_levels_find(to->levels, from->name[i], from->len[i]);
		if (map[i] >= 0)
			continue;
		if (to->levels->refs > 1) { /* others would see levels that they do not have */
			struct ml_levels *own = ml_levels_copy(to->levels, err);

			if (!own)
				return err->code;
			ml_levels_free(to->levels);
			to->levels = own;
		}
		rc = ml_levels_add(to->levels, from->name[i], from->len[i], &map[i], err);
	}
	return rc;
}

static int append_codes(struct ml_column *to, size_t at, const struct ml_column *from, size_t n,
			struct ml_error *err)
{
	if (to->levels == from->levels) {
		memcpy(to->code + at, from->code, n * sizeof *to->code);
		return ML_OK;
	}
	int32_t *map = ml_alloc(from->levels->n, sizeof *map, err);
	int rc = map ? map_levels(to, from->levels, map, err) : err->code;
	for (size_t i = 0; !rc && i < n; i++)
		to->code[at + i] = from->code[i] < 0 ? -1 : map[from->code[i]];
	free(map);
	return rc;
}

static int append_column(struct ml_table *t, struct ml_column *to, const struct ml_column *from,
			 size_t n, struct ml_error *err)
{
	size_t at = t->rows;
	int rc;

	to->stock.known = ML_NOTHING;
	if (to->kind == ML_NUMBER) {
		rc = resize(&to->num, at + n, sizeof *to->num, err);
		if (!rc)
			memcpy(to->num + at, from->num, n * sizeof *to->num);
	} else if (to->kind == ML_CATEGORY) {
		rc = resize(&to->code, at + n, sizeof *to->code, err);
		if (!rc)
			rc = append_codes(to, at, from, n, err);
	} else {
		rc = resize(&to->text, at + n, sizeof *to->text, err);
		for (size_t i = 0; !rc && i < n; i++)
			rc = take_text(t, &to->text[at + i], from->text[i], err);
	}
	if (rc)
		return rc;
	return from->origin.cell ? take_origins(to, at, from, NULL, n, err)
				 : take_sparse(to, at, from, err);
}

/* Forgets origins of rows that did not come to be. */
static void cut_origins(struct ml_table *t)
{
	for (size_t j = 0; j < t->ncol; j++) {
		struct ml_origin *o = &t->col[j].origin;

		while (o->n && o->row[o->n - 1] >= t->rows)
			o->n--;
	}
}

int ml_table_append(struct ml_table *t, const struct ml_table *more, struct ml_error *err)
{
	int rc = check_same_columns(t, more, err);

	if (rc || !more->rows)
		return rc;
	bool lines = more->line && (t->line || !t->rows);

	if (lines)
		rc = resize(&t->line, t->rows + more->rows, sizeof *t->line, err);
	for (size_t j = 0; !rc && j < t->ncol; j++) {
		assert(!t->col[j].origin.cell); /* a batch is appended to, which has no owner */
		rc = append_column(t, &t->col[j], &more->col[j], more->rows, err);
	}
	if (rc) {
		cut_origins(t);
		return rc;
	}
	if (lines) {
		memcpy(t->line + t->rows, more->line, more->rows * sizeof *t->line);
	} else {
		free(t->line);
		t->line = NULL;
	}
	t->rows += more->rows;
	return ML_OK;
}
