/* stream.h - model streams (.mls): a CBOR sequence of segments of records; ml-stream(5).
 *
 *     segment = head record* end          stream = segment+
 * What one tool writes in one go is one segment.  This layer knows records and their checksums, deflate,
 * and the columns of rows; it knows no step. */
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

/* ---- writing ---- */
struct ml_stream_writer {
	struct ml_sink *sink;          /* borrowed */
	uint64_t records;
	uint32_t crc;                  /* over the record crcs */
	struct ml_buf raw, packed;     /* workspaces, owned */
};
int ml_stream_begin(struct ml_stream_writer *w, struct ml_sink *sink, struct ml_error *err) ML_CHECK;
/* A record of kind "step" or "x-..." : the fields as a deflated CBOR map. */
int ml_stream_put(struct ml_stream_writer *w, const char *kind, const struct ml_fields *f,
                  struct ml_error *err) ML_CHECK;
/* Rows from..to-1 of a table as one `rows` record; chain: digest of the steps applied (n_chain 0: none or
 * not known).  Levels are written in full with the first record of the segment, later ones add
 * what is new.  Blocks of about 1 MiB are the caller's business: see ml_stream_put_table. */
int ml_stream_put_rows(struct ml_stream_writer *w, const struct ml_table *t, size_t from, size_t to,
                       const unsigned char *chain, size_t n_chain, struct ml_error *err) ML_CHECK;
/* The whole table in blocks of about 1 MiB; at least one record, even of no rows (it holds the columns). */
int ml_stream_put_table(struct ml_stream_writer *w, const struct ml_table *t,
                        const unsigned char *chain, size_t n_chain, struct ml_error *err) ML_CHECK;
int ml_stream_end(struct ml_stream_writer *w, struct ml_error *err) ML_CHECK;
void ml_stream_writer_release(struct ml_stream_writer *w);

/* ---- reading ---- */
struct ml_stream;
enum ml_record_what { ML_RECORD_STEP, ML_RECORD_ROWS, ML_RECORD_EXTRA, ML_RECORD_END };
struct ml_record {
	enum ml_record_what what;      /* ML_RECORD_END: the end record of a segment was read and is right */
	size_t number, segment;        /* 1-based, over the whole stream; 0-based */
	char kind[32];                 /* "step", "rows", "x-lineage", ... */
	struct ml_fields fields;       /* step, extra; of rows: "chain" (bytes) */
	unsigned char digest[ML_DIGEST]; /* SHA-256 of the raw (inflated) bytes of a step or extra */
	struct ml_table *rows;         /* rows: owned */
};
struct ml_stream_limits {
	size_t max_record;             /* raw bytes of a record; default 1 GiB */
	size_t max_model;              /* raw bytes of all steps and extras together; default 4 GiB */
};
/* The source is borrowed.  limits NULL: defaults. */
int ml_stream_open(struct ml_stream **s, struct ml_source *source, const struct ml_stream_limits *limits,
                   struct ml_error *err) ML_CHECK;
/* Next record (release it with ml_record_release); ML_END behind the last end record.  Nothing is given
 * before its checksum has been verified.  Failures name the record ("model.mls: record 3 (step): ..."): E-STREAM (cut,
 * damaged, junk before, between or behind, records missing or in another order than written, empty stream),
 * E-VERSION (newer version, unknown kind), E-MODEL (right checksum, impossible content).
 * Memory grows as bytes arrive, never by what a length claims. */
int ml_stream_next(struct ml_stream *s, struct ml_record *r, struct ml_error *err) ML_CHECK;
void ml_record_release(struct ml_record *r);
void ml_stream_free(struct ml_stream *s);

#endif
