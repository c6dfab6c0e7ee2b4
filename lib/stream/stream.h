/* stream.h - model streams (.mls): a CBOR sequence of segments of records; ml-stream(5).
 *
 *     segment = head record* end          stream = segment+
 * What one tool writes in one go is one segment.  This layer knows records and their checksums,
 * deflate, and the columns of rows; it knows no step. */
#ifndef ML_STREAM_STREAM_H
#define ML_STREAM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/sink.h"
#include "data/fields.h"
#include "data/source.h"
#include "data/table.h"

enum { ML_STREAM_VERSION = 1 };
/* Largest record, and largest sum of steps and extras, in raw bytes: what is written, and by
 * default read. */
#define ML_STREAM_MAX_RECORD ((size_t)1 << 30)
#define ML_STREAM_MAX_MODEL ((size_t)4 << 30)

/* ---- writing ---- */
/* Zeroed, it may be released without having begun.  After a failure only release it. */
struct ml_stream_writer {
	struct ml_sink *sink; /* borrowed */
	uint64_t records;
	uint32_t crc;                    /* over the head and the record crcs */
	struct ml_rows_writer *rows;     /* columns and levels written so far, owned */
	struct ml_buf head, raw, packed; /* workspaces, owned */
};
int ml_stream_begin(struct ml_stream_writer *w, struct ml_sink *sink,
		    struct ml_error *err) ML_CHECK;
/* A record of kind "step" or "x-..." (less than 32 bytes): the fields as a deflated CBOR map.
 * Fails as ml_cbor_check_fields() does; E-LIMIT over ML_STREAM_MAX_RECORD.  Not behind rows,
 * when it is a step. */
int ml_stream_put(struct ml_stream_writer *w, const char *kind, const struct ml_fields *f,
		  struct ml_error *err) ML_CHECK;
/* Rows from..to-1 of a table as one `rows` record; chain: digest of the steps applied (n_chain
 * is ML_DIGEST, or 0: none or not known), the same for all rows of a segment.  Names, kinds and
 * roles are written with the first record; later tables must have the same columns (ML_EBUG
 * when number or kinds differ).  Levels are written when they first come up; tables may share a
 * list or have each its own (codes are translated).  Cells that would not print as they were
 * read keep their text.  Blocks of about 1 MiB are the caller's business: see
 * ml_stream_put_table. ML_EBUG: an infinity in a number column; E-UTF8: text that is not;
 * E-LIMIT. */
int ml_stream_put_rows(struct ml_stream_writer *w, const struct ml_table *t, size_t from,
		       size_t to, const unsigned char *chain, size_t n_chain,
		       struct ml_error *err) ML_CHECK;
/* The whole table in blocks of about 1 MiB (wide rows: up to 16 MiB); at least one record, even
 * of no rows (it holds the columns). */
int ml_stream_put_table(struct ml_stream_writer *w, const struct ml_table *t,
			const unsigned char *chain, size_t n_chain,
			struct ml_error *err) ML_CHECK;
int ml_stream_end(struct ml_stream_writer *w, struct ml_error *err) ML_CHECK;
void ml_stream_writer_release(struct ml_stream_writer *w);

/* ---- reading ---- */
struct ml_stream;
enum ml_record_what { ML_RECORD_STEP, ML_RECORD_ROWS, ML_RECORD_EXTRA, ML_RECORD_END };
struct ml_record {
	enum ml_record_what
		what; /* ML_RECORD_END: the end record of a segment was read and is right */
	size_t number,
		segment; /* 1-based, over the whole stream, 0 of ML_RECORD_END; 0-based */
	char kind[32];   /* "step", "rows", "x-lineage", ...; "" of ML_RECORD_END */
	struct ml_fields fields; /* step, extra; of rows: "chain" (bytes) */
	unsigned char
		digest[ML_DIGEST]; /* SHA-256 of the raw (inflated) bytes of a step or extra */
	/* rows: owned.  Tables of one segment share the levels of a column (one object, by
	 * reference), so their codes are comparable; levels start anew with each segment, and
	 * ml_table_append() brings the segments together. Levels that the caller adds stay in
	 * the tables given so far.  Reference counts are not thread-safe: read on and use the
	 * tables in one thread. */
	struct ml_table *rows;
};
struct ml_stream_limits {
	size_t max_record; /* raw bytes of a record; ML_STREAM_MAX_RECORD */
	size_t max_model;  /* raw bytes of all steps and extras together; ML_STREAM_MAX_MODEL */
};
/* The source is borrowed.  limits NULL: defaults. */
int ml_stream_open(struct ml_stream **s, struct ml_source *source,
		   const struct ml_stream_limits *limits, struct ml_error *err) ML_CHECK;
/* Next record (release it with ml_record_release); ML_END behind the last end record.  Nothing
 * is given before its checksum has been verified; that no record is missing or misplaced is
 * only known with ML_RECORD_END (but rows out of order are noticed at once).  Failures name the
 * record ("model.mls: record 3 (step): ..."): E-STREAM (cut, damaged, junk before, between or
 * behind, records missing or in another order than written, empty stream), E-VERSION (newer
 * version, unknown kind or flags), E-MODEL (right checksum, impossible content: names field, or
 * column), E-LIMIT.  Failures of the source are passed on (E-IO, E-GZIP).  After a failure only
 * free the stream; *r is empty then. Memory grows as bytes arrive, never by what a length
 * claims: fields of all steps and extras together 12 MiB + 3 x their raw bytes at most, beside
 * the raw bytes of one record. */
int ml_stream_next(struct ml_stream *s, struct ml_record *r, struct ml_error *err) ML_CHECK;
void ml_record_release(struct ml_record *r);
void ml_stream_free(struct ml_stream *s);

#endif
