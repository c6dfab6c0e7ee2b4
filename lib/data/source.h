/* source.h - bytes of an input: a file or standard input, gunzipped when it is gzip.
 *
 * Reads are retried on EINTR; a failed read is ML_EIO, E-IO.  gzip is told by its first byte
 * 0x1f and read with inflate, member by member (gzread takes a cut file for a whole one):
 * whole, concatenated and empty members and zero padding are read; anything else is E-GZIP,
 * gzip in gzip E-FORMAT. */
#ifndef ML_DATA_SOURCE_H
#define ML_DATA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

struct ml_source;

/* path NULL or "-": standard input.  ML_ENOINPUT, E-OPEN when it cannot be opened (a directory
 * too). `hash`: compute the SHA-256 of the bytes as they are handed out (after gunzip). */
int ml_source_open(struct ml_source **s, const char *path, bool hash,
		   struct ml_error *err) ML_CHECK;
/* The same from a function, for bytes that lie in memory: it gives 1..cap bytes, or ML_END, or
 * fails. `name` stands for the path in messages. */
typedef int ml_source_fn(void *arg, void *buf, size_t cap, size_t *n, struct ml_error *err);
int ml_source_open_fn(struct ml_source **s, const char *name, ml_source_fn *fn, void *arg,
		      bool hash, struct ml_error *err) ML_CHECK;
/* 1..cap bytes into buf; ML_END at the end (only when gzip members were whole). */
int ml_source_read(struct ml_source *s, void *buf, size_t cap, size_t *n,
		   struct ml_error *err) ML_CHECK;
/* From now on a peek is content with a whole line, where a writer may wait for an answer to it.
 */
void ml_source_prompt(struct ml_source *s);
/* From some 256 KiB on, reading, inflating and hashing are done by a thread ahead of the caller
 * (ahead.h), when one is to be had; not where `prompt`, nor for bytes from a function. */
void ml_source_read_ahead(struct ml_source *s);
/* The first bytes, up to 64, without taking them; fewer only when the input is shorter (or
 * prompt). */
int ml_source_peek(struct ml_source *s, const unsigned char **bytes, size_t *n,
		   struct ml_error *err) ML_CHECK;
/* True when the input begins as a model stream does (the self-described CBOR tag, d9 d9 f7). */
int ml_source_is_stream(struct ml_source *s, bool *yes, struct ml_error *err) ML_CHECK;
/* ML_EDATA when what was peeked is no table in text: E-EMPTY (no bytes, or a byte order mark
 * alone), E-FORMAT (zip, zstd, xz, bzip2, Parquet, pickle, gzip in gzip, a model stream; names
 * what it is), E-UTF16 (says `iconv -f`). */
int ml_source_check_text(struct ml_source *s, struct ml_error *err) ML_CHECK;
const char *ml_source_name(const struct ml_source *s); /* as given; "stdin" */
uint64_t ml_source_bytes(const struct ml_source *s);   /* handed out so far */
/* SHA-256 of all bytes, hex; after ML_END and when `hash` was asked for. */
void ml_source_digest(struct ml_source *s, char hex[2 * ML_DIGEST + 1]);
void ml_source_free(struct ml_source *s);

#endif
