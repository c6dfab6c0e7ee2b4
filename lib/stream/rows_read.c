/* rows_read.c - the content of a `rows` record (rows.h) as a table.
 *
 * Nothing is believed: lengths against the bytes that are there, codes against the levels,
 * names against each other.  A column is made when its data is known to be there, so memory
 * follows bytes; texts, which may cost eight times theirs, are bounded apart. Levels are one
 * object a column and segment, shared by all its tables.  Should a caller have added levels to
 * it meanwhile, the next table gets a copy without them: codes on the wire go on. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stream/cbor.h"
#include "stream/keys.h"
#include "stream/rows.h"
#include "stream/schema.h"

/* Bytes of pointers to texts that a record may cost, over its own. */
enum { TEXT_SLACK = 16 << 20, TEXT_TIMES = 4 };

struct ml_rows_reader {
	struct ml_schema *col;
	size_t ncol, cap;
	bool begun;    /* the first record has been read */
	uint64_t rows; /* read in this segment */
	bool chained;
	unsigned char chain[ML_DIGEST];
};

/* A record being read. */
struct block {
	struct ml_cbor c;
	struct ml_table *t;
	size_t rows, text_budget;
};

void ml_rows_reader_free(struct ml_rows_reader *r)
{
	for (size_t j = 0; r && j < r->ncol; j++)
		ml_schema_release(&r->col[j]);
	if (r)
		free(r->col);
	free(r);
}

static int bad(struct ml_error *err, const char *why)
{
	return ml_fail(err, ML_EDATA, "E-MODEL", "%s", why);
}

/* Adds the column, whose data is there, to the table. */
static int add_column(struct block *b, const struct ml_schema *s, struct ml_column **c,
		      struct ml_error *err)
{
	int rc = ml_table_insert(b->t, b->t->ncol, s->name, s->kind, err);

	if (rc == ML_EDATA)
		return bad(err, "the name is there twice");
	if (rc)
		return rc;
	*c = &b->t->col[b->t->ncol - 1];
	(*c)->role = s->role;
	(*c)->dummy = s->dummy;
	return ML_OK;
}

static int check_count(const struct block *b, uint64_t n, struct ml_error *err)
{
	return n == b->rows ? ML_OK
			    : ml_fail(err, ML_EDATA, "E-MODEL", "%llu cells, expected %zu",
				      (unsigned long long)n, b->rows);
}

static int take_numbers(struct block *b, const struct ml_schema *s, struct ml_error *err)
{
	const unsigned char *bytes;
	struct ml_column *c;
	size_t n;

	if (ml_cbor_typed(&b->c, ML_CBOR_REALS, &bytes, &n, err) || check_count(b, n, err) ||
	    add_column(b, s, &c, err))
		return err->code;
	return ml_cbor_load_reals(bytes, c->num, n, err);
}

static int take_codes(struct block *b, const struct ml_schema *s, struct ml_error *err)
{
	const unsigned char *bytes;
	struct ml_column *c;
	size_t n, odd = 0;

	if (ml_cbor_typed(&b->c, ML_CBOR_INTS, &bytes, &n, err) || check_count(b, n, err) ||
	    add_column(b, s, &c, err))
		return err->code;
	ml_levels_free(c->levels);
	c->levels = ml_levels_ref(s->levels);
	ml_cbor_load_ints(bytes, c->code, n);
	int32_t known = (int32_t)s->known;
	for (size_t i = 0; i < n; i++)
		odd += c->code[i] < -1 || c->code[i] >= known;
	return odd ? ml_fail(err, ML_EDATA, "E-MODEL", "%zu codes outside -1 to %ld", odd,
			     (long)known - 1)
		   : ML_OK;
}

static int take_strings(struct block *b, const struct ml_schema *s, struct ml_error *err)
{
	struct ml_cbor_item item;
	struct ml_column *c;

	if (ml_cbor_expect(&b->c, ML_CBOR_ARRAY, &item, err) || check_count(b, item.value, err))
		return err->code;
	if (b->rows > b->text_budget / sizeof *c->text)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "too many texts for a block of its size");
	b->text_budget -= b->rows * sizeof *c->text;
	if (add_column(b, s, &c, err))
		return err->code;
	for (size_t i = 0; i < b->rows; i++) {
		int rc = ml_cbor_next(&b->c, &item, err);
		if (rc)
			return rc;
		if (item.major == ML_CBOR_SIMPLE && item.value == ML_CBOR_NULL)
			continue;
		if (item.major != ML_CBOR_TEXT)
			return bad(err, "a cell that is neither text nor null");
		if (!item.value)
			return bad(err, "an empty text: as a cell it would be missing");
		if (memchr(item.bytes, 0, (size_t)item.value))
			return bad(err, "a NUL in a text");
		c->text[i] = ml_arena_put(&b->t->arena, (const char *)item.bytes,
					  (size_t)item.value, err);
		if (!c->text[i])
			return err->code;
	}
	return ML_OK;
}

/* Cells as they were read: rows of this block, ascending, and their texts. */
static int take_origins(struct block *b, struct ml_column *c, struct ml_error *err)
{
	const unsigned char *bytes;
	struct ml_cbor_item item;
	size_t n;
	int32_t row, last = -1;

	int rc = ml_cbor_expect(&b->c, ML_CBOR_ARRAY, &item, err);
	if (!rc && item.value != 2)
		rc = bad(err, "not rows and texts");
	if (!rc)
		rc = ml_cbor_typed(&b->c, ML_CBOR_INTS, &bytes, &n, err);
	if (!rc)
		rc = ml_cbor_expect(&b->c, ML_CBOR_ARRAY, &item, err);
	if (!rc && (item.value != n || !n))
		rc = bad(err, "rows and texts differ in number, or there are none");
	for (size_t i = 0; !rc && i < n; i++, last = row) {
		ml_cbor_load_ints(bytes + 4 * i, &row, 1);
		if (row <= last || (size_t)row >= b->rows)
			return bad(err, "rows that do not ascend, or do not exist");
		rc = ml_keys_text(&b->c, &item, err);
		if (!rc)
			rc = ml_column_remember(c, (size_t)row, (const char *)item.bytes,
						(size_t)item.value, err);
	}
	return rc;
}

static int take_column(struct ml_rows_reader *r, struct block *b, size_t j,
		       struct ml_error *err)
{
	typedef int take_fn(struct block * b, const struct ml_schema *s, struct ml_error *err);
	static take_fn *const takes[] = { [ML_NUMBER] = take_numbers,
					  [ML_CATEGORY] = take_codes,
					  [ML_STRING] = take_strings };
	struct ml_keys m;

	int rc = ml_keys_open(&b->c, &m, err);
	if (!rc && !r->begun) {
		if (!(rc = ML_GROW(r->col, r->cap, j + 1, err))) {
			r->col[j] = (struct ml_schema){ 0 };
			r->ncol = j + 1;
			rc = ml_schema_take(&m, &r->col[j], err);
		}
	}
	if (rc)
		return rc;
	struct ml_schema *s = &r->col[j];
	rc = ml_schema_restore(s, err);
	if (!rc && ml_keys_has(&m, "levels") && (rc = ml_schema_take_levels(&b->c, s, err)))
		ml_context(err, "levels");
	if (!rc)
		rc = ml_keys_need(&m, "data", err);
	if (!rc && (rc = takes[s->kind](b, s, err)))
		ml_context(err, "data");
	if (!rc && ml_keys_has(&m, "origin") && (rc = take_origins(b, &b->t->col[j], err)))
		ml_context(err, "origin");
	return rc ? rc : ml_keys_close(&m, err);
}

static int take_columns(struct ml_rows_reader *r, struct block *b, struct ml_error *err)
{
	struct ml_cbor_item item;

	int rc = ml_cbor_expect(&b->c, ML_CBOR_ARRAY, &item, err);
	if (!rc && r->begun && item.value != r->ncol)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "%llu columns, expected %zu",
			     (unsigned long long)item.value, r->ncol);
	if (!rc && item.value > ML_ROWS_COLUMNS)
		rc = bad(err, "too many columns");
	if (!rc && !item.value && b->rows)
		rc = bad(err, "rows without any column");
	size_t n = rc ? 0 : (size_t)item.value;
	for (size_t j = 0; !rc && j < n; j++) {
		rc = take_column(r, b, j, err);
		if (rc && j < r->ncol && r->col[j].name)
			ml_context(err, "column '%s'",
				   ML_SHOW(r->col[j].name, strlen(r->col[j].name)));
		else if (rc)
			ml_context(err, "column %zu", j + 1);
	}
	return rc;
}

static int take_chain(struct ml_rows_reader *r, struct ml_keys *m, const unsigned char **chain,
		      struct ml_error *err)
{
	struct ml_cbor_item item = { 0 };
	bool chained = ml_keys_has(m, "chain");

	int rc = chained ? ml_cbor_expect(m->c, ML_CBOR_BYTES, &item, err) : ML_OK;
	if (!rc && chained && item.value != ML_DIGEST)
		rc = bad(err, "chain: not a digest");
	*chain = chained ? item.bytes : NULL;
	if (rc)
		return rc;
	if (r->begun &&
	    (chained != r->chained || (chained && memcmp(r->chain, *chain, ML_DIGEST))))
		return bad(err, "chain: not that of the rows before");
	r->chained = chained;
	if (chained)
		memcpy(r->chain, *chain, ML_DIGEST);
	return ML_OK;
}

static int take_size(struct ml_keys *m, const char *key, uint64_t max, uint64_t *v,
		     struct ml_error *err)
{
	struct ml_cbor_item item = { 0 };

	int rc = ml_keys_need(m, key, err);
	if (!rc)
		rc = ml_cbor_expect(m->c, ML_CBOR_UINT, &item, err);
	if (!rc && item.value > max)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "'%s' is %llu, expected at most %llu",
			     key, (unsigned long long)item.value, (unsigned long long)max);
	*v = item.value;
	return rc;
}

static int take_rows(struct ml_rows_reader *r, struct block *b, const unsigned char **chain,
		     struct ml_error *err)
{
	struct ml_keys m;
	uint64_t first, rows = 0;

	int rc = ml_keys_open(&b->c, &m, err);
	if (!rc)
		rc = take_chain(r, &m, chain, err);
	if (!rc)
		rc = take_size(&m, "first", UINT64_MAX, &first, err);
	if (!rc && first != r->rows)
		rc = ml_fail(err, ML_EDATA, "E-STREAM",
			     "begins with row %llu where row %llu is expected",
			     (unsigned long long)first + 1, (unsigned long long)r->rows + 1);
	/* A cell of any kind takes a byte at least. */
	if (!rc)
		rc = take_size(&m, "rows", b->c.n < INT32_MAX ? b->c.n : INT32_MAX, &rows, err);
	if (!rc)
		rc = ml_keys_need(&m, "columns", err);
	b->rows = b->t->rows = (size_t)rows;
	if (!rc)
		rc = take_columns(r, b, err);
	if (!rc)
		rc = ml_keys_close(&m, err);
	if (!rc && b->c.at != b->c.n)
		rc = bad(err, "bytes behind the rows");
	return rc;
}

int ml_rows_read(struct ml_rows_reader **reader, const void *bytes, size_t n,
		 struct ml_table **t, const unsigned char **chain, struct ml_error *err)
{
	struct block b = { .c = { .v = bytes, .n = n },
			   .text_budget = TEXT_SLACK + TEXT_TIMES * n };

	if (!*reader && !(*reader = ml_alloc(1, sizeof **reader, err)))
		return err->code;
	if (!(b.t = ml_alloc(1, sizeof *b.t, err)))
		return err->code;
	int rc = take_rows(*reader, &b, chain, err);
	if (rc) {
		ml_table_free(b.t);
		return rc;
	}
	(*reader)->begun = true;
	(*reader)->rows += b.rows;
	*t = b.t;
	return ML_OK;
}
