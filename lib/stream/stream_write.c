/* stream_write.c - records into a sink: framed, checked, counted. */
#include <assert.h>
#include <string.h>

#include "stream/cbor.h"
#include "stream/frame.h"
#include "stream/pack.h"
#include "stream/rows.h"
#include "stream/stream.h"

/* Bytes of rows in a record: enough to make heads and calls cheap.  Where rows are so wide that
 * this would be one or two, names and heads would cost more than the cells: then some more
 * rows. */
enum { BLOCK = 1 << 20, WIDE_BLOCK = 16 << 20, WIDE_ROWS = 16 };

int ml_stream_begin(struct ml_stream_writer *w, struct ml_sink *sink, struct ml_error *err)
{
	*w = (struct ml_stream_writer){ .sink = sink };
	ml_buf_put(&w->head, ML_FRAME_MAGIC, ML_FRAME_MAGIC_SIZE);
	ml_cbor_head(&w->head, ML_CBOR_UINT, ML_STREAM_VERSION);
	int rc = ml_buf_check(&w->head, err);
	if (rc)
		return rc;
	w->crc = (uint32_t)crc32_z(0, w->head.v, w->head.n);
	return ml_sink_put(sink, w->head.v, w->head.n, err);
}

/* The head is put together in the order of the checksum, and written in that of the record. */
static int put_record(struct ml_stream_writer *w, const char *kind, unsigned flags,
		      const struct ml_buf *bytes, struct ml_error *err)
{
	struct ml_buf *h = &w->head;

	if (w->raw.n > ML_STREAM_MAX_RECORD)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "a '%s' record of %zu bytes, the limit is %zu", kind, w->raw.n,
			       (size_t)ML_STREAM_MAX_RECORD);
	ml_buf_clear(h);
	ml_buf_byte(h, ML_FRAME_RECORD);
	ml_cbor_key(h, kind);
	ml_cbor_head(h, ML_CBOR_UINT, flags);
	ml_cbor_head(h, ML_CBOR_UINT, w->raw.n);
	size_t before = h->n;
	ml_cbor_head(h, ML_CBOR_BYTES, bytes->n);
	size_t behind = h->n;
	int rc = ml_buf_check(h, err);
	if (rc)
		return rc;
	uint32_t crc = (uint32_t)crc32_z(0, h->v + 1, h->n - 1);
	crc = (uint32_t)crc32_z(crc, bytes->v, bytes->n);
	ml_cbor_head(h, ML_CBOR_UINT, crc);
	rc = ml_buf_check(h, err);
	if (!rc)
		rc = ml_sink_put(w->sink, h->v, before, err);
	if (!rc)
		rc = ml_sink_put(w->sink, h->v + behind, h->n - behind, err);
	if (!rc)
		rc = ml_sink_put(w->sink, h->v + before, behind - before, err);
	if (!rc)
		rc = ml_sink_put(w->sink, bytes->v, bytes->n, err);
	w->records++;
	w->crc = ml_frame_fold(w->crc, crc);
	return rc;
}

int ml_stream_put(struct ml_stream_writer *w, const char *kind, const struct ml_fields *f,
		  struct ml_error *err)
{
	assert(strlen(kind) < ML_FRAME_KIND);
	assert(!strcmp(kind, "step") || !strncmp(kind, "x-", 2));
	int rc = ml_cbor_check_fields(f, err);
	if (rc)
		return rc == ML_ENOMEM ? rc : ml_context(err, "record '%s'", kind);
	ml_buf_clear(&w->raw);
	ml_buf_clear(&w->packed);
	ml_cbor_put_fields(&w->raw, f);
	rc = ml_buf_check(&w->raw, err);
	if (!rc)
		rc = ml_pack(&w->packed, w->raw.v, w->raw.n, err);
	return rc ? rc : put_record(w, kind, ML_FRAME_DEFLATED, &w->packed, err);
}

int ml_stream_put_rows(struct ml_stream_writer *w, const struct ml_table *t, size_t from,
		       size_t to, const unsigned char *chain, size_t n_chain,
		       struct ml_error *err)
{
	assert(from <= to && to <= t->rows && (!n_chain || n_chain == ML_DIGEST));
	ml_buf_clear(&w->raw);
	int rc = ml_rows_write(&w->rows, &w->raw, t, from, to, n_chain ? chain : NULL, err);
	return rc ? rc : put_record(w, "rows", 0, &w->raw, err);
}

/* Bytes of a row as the table holds them, so that what is read back is bounded as well. */
static size_t row_size(const struct ml_table *t, size_t row)
{
	size_t n = 0;

	for (size_t j = 0; j < t->ncol; j++) {
		const struct ml_column *c = &t->col[j];

		n += c->kind == ML_CATEGORY ? sizeof *c->code : sizeof *c->num;
		if (c->kind == ML_STRING && c->text[row])
			n += strlen(c->text[row]) + 1;
	}
	return n;
}

static bool has_text(const struct ml_table *t)
{
	for (size_t j = 0; j < t->ncol; j++)
		if (t->col[j].kind == ML_STRING)
			return true;
	return false;
}

int ml_stream_put_table(struct ml_stream_writer *w, const struct ml_table *t,
			const unsigned char *chain, size_t n_chain, struct ml_error *err)
{
	bool varies = has_text(t);
	size_t from = 0, size = t->rows ? row_size(t, 0) : 0;
	int rc = ML_OK;

	do {
		size_t to = from, n = 0;

		while (to < t->rows &&
		       (to == from || n < BLOCK || (n < WIDE_BLOCK && to - from < WIDE_ROWS))) {
			n += varies ? row_size(t, to) : size;
			to++;
		}
		rc = ml_stream_put_rows(w, t, from, to, chain, n_chain, err);
		from = to;
	} while (!rc && from < t->rows);
	return rc;
}

int ml_stream_end(struct ml_stream_writer *w, struct ml_error *err)
{
	struct ml_buf *h = &w->head;

	ml_buf_clear(h);
	ml_buf_byte(h, ML_FRAME_END);
	ml_cbor_key(h, "end");
	ml_cbor_head(h, ML_CBOR_UINT, w->records);
	ml_cbor_head(h, ML_CBOR_UINT, w->crc);
	int rc = ml_buf_check(h, err);
	return rc ? rc : ml_sink_put(w->sink, h->v, h->n, err);
}

void ml_stream_writer_release(struct ml_stream_writer *w)
{
	ml_buf_release(&w->head);
	ml_buf_release(&w->raw);
	ml_buf_release(&w->packed);
	ml_rows_writer_free(w->rows);
	*w = (struct ml_stream_writer){ 0 };
}
