/* pairs_join.c - rows found again by their ids. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/pairs.h"

#define SHOW(s) ML_SHOW((s), strlen(s))

struct keys {
	const struct ml_table *t;
	const char *file;
	size_t *at, n; /* columns */
};

static int put_cell(struct ml_buf *key, const struct keys *k, size_t column, size_t row,
		    struct ml_error *err)
{
	const struct ml_column *c = &k->t->col[column];
	char number[ML_NUMBER_MAX];

	if (ml_missing(c, row))
		return ml_fail(err, ML_EDATA, "E-MISSING", "%s: row %zu has no id in '%s'",
			       SHOW(k->file), row + 1, SHOW(c->name));
	if (c->kind == ML_NUMBER)
		ml_number_print(c->num[row], number);
	ml_buf_text(key, c->kind == ML_NUMBER     ? number
			 : c->kind == ML_CATEGORY ? c->levels->name[c->code[row]]
						  : c->text[row]);
	return ML_OK;
}

/* Cells of the key columns, a unit separator between them. */
static int key_of(const struct keys *k, size_t row, struct ml_buf *key, struct ml_error *err)
{
	ml_buf_clear(key);
	for (size_t j = 0; j < k->n; j++) {
		if (j)
			ml_buf_byte(key, 0x1f);
		if (put_cell(key, k, k->at[j], row, err))
			return err->code;
	}
	return ml_buf_check(key, err);
}

/* Those of role id in `first`, then PREFIXrepeat, by their names in t. */
static int find_columns(struct keys *k, const struct ml_table *first, const char *prefix,
			struct ml_error *err)
{
	struct ml_buf repeat = { 0 };
	int rc = ML_OK;

	ml_buf_printf(&repeat, "%srepeat", prefix);
	if (!(k->at = ml_alloc(first->ncol, sizeof *k->at, err)))
		rc = err->code;
	for (size_t j = 0; !rc && j < first->ncol; j++) {
		const char *name = first->col[j].name;
		bool again = !strcmp(name, ml_buf_str(&repeat));
		if (first->col[j].role != ML_ID && !again)
			continue;
		k->at[k->n] = ml_table_find(k->t, name);
		if (k->at[k->n++] == SIZE_MAX)
			rc = ml_fail(err, ML_EDATA, "E-COLUMNS", "%s: no column '%s'",
				     SHOW(k->file), SHOW(name));
	}
	if (!rc)
		rc = ml_buf_check(&repeat, err);
	ml_buf_release(&repeat);
	return rc;
}

static int twice(const struct keys *k, const struct ml_buf *key, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-PAIRS", "%s: there are two rows of id '%s'",
		       SHOW(k->file), ML_SHOW((const char *)key->v, key->n));
}

static int number_keys(const struct keys *k, struct ml_levels *ids, struct ml_error *err)
{
	struct ml_buf key = { 0 };
	int32_t code;
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < k->t->rows; i++) {
		rc = key_of(k, i, &key, err);
		if (!rc)
			rc = ml_levels_add(ids, (const char *)key.v, key.n, &code, err);
		if (!rc && (size_t)code < i)
			rc = twice(k, &key, err);
	}
	ml_buf_release(&key);
	return rc;
}

/* order[i]: row of k->t that is row i of the first table. */
static int order_rows(const struct keys *k, const struct keys *first,
		      const struct ml_levels *ids, size_t *order, struct ml_error *err)
{
	struct ml_buf key = { 0 };
	int rc = ML_OK;

	for (size_t i = 0; i < ids->n; i++)
		order[i] = SIZE_MAX;
	for (size_t i = 0; !rc && i < k->t->rows; i++) {
		rc = key_of(k, i, &key, err);
		int32_t code = rc ? 0 : ml_levels_find(ids, (const char *)key.v, key.n);
		if (!rc && code < 0)
			rc = ml_fail(err, ML_EDATA, "E-PAIRS", "id '%s' of %s is not in %s",
				     ML_SHOW((const char *)key.v, key.n), SHOW(k->file),
				     SHOW(first->file));
		else if (!rc && order[code] != SIZE_MAX)
			rc = twice(k, &key, err);
		if (!rc)
			order[code] = i;
	}
	for (size_t i = 0; !rc && i < ids->n; i++)
		if (order[i] == SIZE_MAX)
			rc = ml_fail(err, ML_EDATA, "E-PAIRS", "id '%s' of %s is not in %s",
				     ML_SHOW(ids->name[i], ids->len[i]), SHOW(first->file),
				     SHOW(k->file));
	ml_buf_release(&key);
	return rc;
}

int ml_pairs_join(struct ml_table **table, const struct ml_table *first, const char *name,
		  const char *first_name, const char *prefix, struct ml_error *err)
{
	struct keys k = { .t = *table, .file = name };
	struct keys base = { .t = first, .file = first_name };
	struct ml_levels *ids = ml_levels_new(err);
	size_t *order = ids ? ml_alloc(first->rows, sizeof *order, err) : NULL;
	struct ml_table *ordered = NULL;
	int rc = order ? ML_OK : err->code;

	if (!rc)
		rc = find_columns(&base, first, prefix, err);
	if (!rc)
		rc = find_columns(&k, first, prefix, err);
	if (!rc)
		rc = number_keys(&base, ids, err);
	if (!rc)
		rc = order_rows(&k, &base, ids, order, err);
	if (!rc)
		rc = ml_table_take(&ordered, *table, order, first->rows, err);
	if (!rc) {
		ml_table_free(*table);
		*table = ordered;
	}
	free(k.at);
	free(base.at);
	free(order);
	ml_levels_free(ids);
	return rc;
}
