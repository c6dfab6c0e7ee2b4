/* rows_write.c - rows of a table as the content of a `rows` record (rows.h).
 *
 * Levels cost one copy less while all batches of a segment share one list, as those of a whole
 * table do: then the codes on the wire are the table's.  A batch with another list (each batch
 * of CSV has its own) makes the writer keep a list of its own, and codes are translated. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stream/cbor.h"
#include "stream/little.h"
#include "stream/rows.h"

enum { CHUNK = 1024 }; /* codes translated at a time, on the stack */

struct wire {
	enum ml_kind kind;
	struct ml_levels *levels; /* a reference: of the table, or our own */
	size_t known;             /* of them are written */
	bool own;
	struct ml_levels *seen; /* own: the list that map translates; a reference */
	int32_t *map;           /* own: code in seen -> code on the wire */
	size_t mapped, cap;
};

struct ml_rows_writer {
	uint64_t rows; /* written in this segment */
	struct wire *col;
	size_t ncol;
	struct ml_buf texts; /* workspaces: origins of a column */
	int32_t *row;
	size_t cap;
};

void ml_rows_writer_free(struct ml_rows_writer *w)
{
	for (size_t j = 0; w && j < w->ncol; j++) {
		ml_levels_free(w->col[j].levels);
		ml_levels_free(w->col[j].seen);
		free(w->col[j].map);
	}
	if (w) {
		free(w->col);
		free(w->row);
		ml_buf_release(&w->texts);
	}
	free(w);
}

static int make_writer(struct ml_rows_writer **out, const struct ml_table *t,
		       struct ml_error *err)
{
	struct ml_rows_writer *w = ml_alloc(1, sizeof *w, err);

	if (!w)
		return err->code;
	if (!(w->col = ml_alloc(t->ncol, sizeof *w->col, err))) {
		free(w);
		return err->code;
	}
	w->ncol = t->ncol;
	for (size_t j = 0; j < w->ncol; j++)
		w->col[j].kind = t->col[j].kind;
	*out = w;
	return ML_OK;
}

static int put_text(struct ml_buf *b, const char *s, size_t n, struct ml_error *err)
{
	ml_cbor_text(b, s, n);
	return ml_cbor_check_text(s, n, "E-UTF8", err);
}

/* From now on a list of our own, which begins with what is written already. */
static int make_own(struct wire *c, struct ml_error *err)
{
	struct ml_levels *own = ml_levels_new(err);
	int32_t code;

	if (!own)
		return err->code;
	for (size_t i = 0; i < c->known; i++)
		if (ml_levels_add(own, c->levels->name[i], c->levels->len[i], &code, err)) {
			ml_levels_free(own);
			return err->code;
		}
	ml_levels_free(c->levels);
	c->levels = own;
	c->own = true;
	return ML_OK;
}

/* Brings the list for the wire, and the translation, up to what the batch has. */
static int learn_levels(struct wire *c, struct ml_levels *batch, struct ml_error *err)
{
	int rc = ML_OK;

	if (!c->levels)
		c->levels = ml_levels_ref(batch);
	if (!c->own && c->levels != batch)
		rc = make_own(c, err);
	if (rc || !c->own)
		return rc;
	if (c->seen != batch) {
		ml_levels_free(c->seen);
		c->seen = ml_levels_ref(batch);
		c->mapped = 0;
	}
	rc = ML_GROW(c->map, c->cap, batch->n, err);
	for (; !rc && c->mapped < batch->n; c->mapped++)
		rc = ml_levels_add(c->levels, batch->name[c->mapped], batch->len[c->mapped],
				   &c->map[c->mapped], err);
	return rc;
}

static int put_levels(struct ml_buf *b, struct wire *c, struct ml_error *err)
{
	const struct ml_levels *l = c->levels;
	int rc = ML_OK;

	ml_cbor_key(b, "levels");
	ml_cbor_head(b, ML_CBOR_ARRAY, l->n - c->known);
	for (; !rc && c->known < l->n; c->known++)
		rc = put_text(b, l->name[c->known], l->len[c->known], err);
	return rc;
}

static int put_numbers(struct ml_buf *b, const double *v, size_t n, struct ml_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (isinf(v[i]))
			return ml_fail(err, ML_EBUG, "E-BUG",
				       "row %zu of the block is infinite", i + 1);
	ml_cbor_reals(b, v, n);
	return ML_OK;
}

static void put_codes(struct ml_buf *b, const struct wire *c, const int32_t *v, size_t n)
{
	unsigned char chunk[4 * CHUNK];

	if (!c->own) {
		ml_cbor_ints(b, v, n);
		return;
	}
	ml_cbor_head(b, ML_CBOR_TAG, ML_CBOR_INTS);
	ml_cbor_head(b, ML_CBOR_BYTES, 4 * (uint64_t)n);
	for (size_t at = 0; at < n; at += CHUNK) {
		size_t m = n - at < CHUNK ? n - at : CHUNK;

		for (size_t i = 0; i < m; i++) {
			int32_t code = v[at + i] < 0 ? -1 : c->map[v[at + i]];
			ml_little_put32(chunk + 4 * i, (uint32_t)code);
		}
		ml_buf_put(b, chunk, 4 * m);
	}
}

static int put_texts(struct ml_buf *b, const char *const *v, size_t n, struct ml_error *err)
{
	int rc = ML_OK;

	ml_cbor_head(b, ML_CBOR_ARRAY, n);
	for (size_t i = 0; !rc && i < n; i++) {
		if (v[i])
			rc = put_text(b, v[i], strlen(v[i]), err);
		else
			ml_cbor_simple(b, ML_CBOR_NULL);
	}
	return rc;
}

/* Collects the cells that would not print as they were read: w->row, w->texts; *n of them. */
static int find_origins(struct ml_rows_writer *w, const struct ml_column *c, size_t from,
			size_t to, size_t *n, struct ml_error *err)
{
	size_t cursor = 0;
	int rc = ML_OK;

	*n = 0;
	ml_buf_clear(&w->texts);
	for (size_t i = from; !rc && i < to; i++) {
		const char *text = ml_column_origin(c, i, &cursor);

		if (!text || ml_column_prints_as(c, i, text))
			continue;
		rc = ML_GROW(w->row, w->cap, *n + 1, err);
		if (!rc)
			rc = put_text(&w->texts, text, strlen(text), err);
		if (!rc)
			w->row[(*n)++] = (int32_t)(i - from);
	}
	return rc ? rc : ml_buf_check(&w->texts, err);
}

static int put_name(struct ml_buf *b, const struct ml_column *c, struct ml_error *err)
{
	ml_cbor_key(b, "name");
	int rc = put_text(b, c->name, strlen(c->name), err);
	ml_cbor_key(b, "kind");
	ml_cbor_key(b, ml_kind_names[c->kind]);
	if (c->role != ML_FEATURE) {
		ml_cbor_key(b, "role");
		ml_cbor_key(b, ml_role_names[c->role]);
	}
	if (c->dummy) {
		ml_cbor_key(b, "dummy");
		ml_cbor_simple(b, ML_CBOR_TRUE);
	}
	return rc;
}

static int put_column(struct ml_rows_writer *w, struct ml_buf *b, struct wire *wire,
		      const struct ml_column *c, size_t from, size_t to, bool first,
		      struct ml_error *err)
{
	size_t origins = 0, n = to - from;
	int rc = ML_OK;

	if (c->kind == ML_CATEGORY)
		rc = learn_levels(wire, c->levels, err);
	if (!rc && (c->origin.cell || c->origin.n))
		rc = find_origins(w, c, from, to, &origins, err);
	if (rc)
		return rc;
	bool grown = wire->levels && wire->levels->n > wire->known;
	size_t named = first ? 2u + (c->role != ML_FEATURE) + c->dummy : 0;
	ml_cbor_head(b, ML_CBOR_MAP, named + grown + 1 + (origins > 0));
	if (first)
		rc = put_name(b, c, err);
	if (!rc && grown)
		rc = put_levels(b, wire, err);
	ml_cbor_key(b, "data");
	if (!rc && c->kind == ML_NUMBER)
		rc = put_numbers(b, c->num + from, n, err);
	else if (!rc && c->kind == ML_CATEGORY)
		put_codes(b, wire, c->code + from, n);
	else if (!rc)
		rc = put_texts(b, c->text + from, n, err);
	if (origins) {
		ml_cbor_key(b, "origin");
		ml_cbor_head(b, ML_CBOR_ARRAY, 2);
		ml_cbor_ints(b, w->row, origins);
		ml_cbor_head(b, ML_CBOR_ARRAY, origins);
		ml_buf_put(b, w->texts.v, w->texts.n);
	}
	return rc;
}

static int check_columns(const struct ml_rows_writer *w, const struct ml_table *t,
			 struct ml_error *err)
{
	bool same = w->ncol == t->ncol;

	for (size_t j = 0; same && j < t->ncol; j++)
		same = w->col[j].kind == t->col[j].kind;
	return same ? ML_OK
		    : ml_fail(err, ML_EBUG, "E-BUG",
			      "rows with other columns than those before");
}

int ml_rows_write(struct ml_rows_writer **out, struct ml_buf *b, const struct ml_table *t,
		  size_t from, size_t to, const unsigned char *chain, struct ml_error *err)
{
	bool first = !*out;

	if (!t->ncol && to > from)
		return ml_fail(err, ML_EDATA, "E-COLUMNS", "rows without any column");
	if (t->ncol > ML_ROWS_COLUMNS || to - from > INT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "%zu columns, %zu rows in a block, too many", t->ncol,
			       to - from);
	int rc = first ? make_writer(out, t, err) : check_columns(*out, t, err);
	if (rc)
		return rc;
	struct ml_rows_writer *w = *out;
	ml_cbor_head(b, ML_CBOR_MAP, chain ? 4 : 3);
	if (chain) {
		ml_cbor_key(b, "chain");
		ml_cbor_bytes(b, chain, ML_DIGEST);
	}
	ml_cbor_key(b, "first");
	ml_cbor_head(b, ML_CBOR_UINT, w->rows);
	ml_cbor_key(b, "rows");
	ml_cbor_head(b, ML_CBOR_UINT, to - from);
	ml_cbor_key(b, "columns");
	ml_cbor_head(b, ML_CBOR_ARRAY, t->ncol);
	for (size_t j = 0; !rc && j < t->ncol; j++) {
		const struct ml_column *c = &t->col[j];

		if ((rc = put_column(w, b, &w->col[j], c, from, to, first, err)))
			ml_context(err, "column '%s'", ML_SHOW(c->name, strlen(c->name)));
	}
	w->rows += to - from;
	return rc ? rc : ml_buf_check(b, err);
}
