/* rows.h - the content of `rows` records: rows of a table as a CBOR map, and back.
 *
 *     rows    = { "chain": bytes?, "first": uint, "rows": uint, "columns": [column*] }
 *     column  = { "name": text, "kind": text, "role": text?, "dummy": true?,   (first record
 * only) "levels": [text*]?, "data": data, "origin": [ints, [text*]]? } What a segment's first
 * record says of the columns holds for the later ones; levels are numbered through the segment,
 * each record bringing what is new.  Keys stand in this order. */
#ifndef ML_STREAM_ROWS_H
#define ML_STREAM_ROWS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "data/table.h"

enum { ML_ROWS_COLUMNS = 1 << 20 }; /* most columns */

/* What has been written of the columns in this segment; made by the first call, *w NULL before.
 */
struct ml_rows_writer;
/* Appends rows from..to-1 to b.  ML_EBUG: an infinity, other columns than before; ML_EDATA:
 * E-UTF8, E-LIMIT, E-COLUMNS (rows without columns). */
int ml_rows_write(struct ml_rows_writer **w, struct ml_buf *b, const struct ml_table *t,
		  size_t from, size_t to, const unsigned char *chain,
		  struct ml_error *err) ML_CHECK;
void ml_rows_writer_free(struct ml_rows_writer *w);

/* What has been read of the columns in this segment; made by the first call, *r NULL before. */
struct ml_rows_reader;
/* *t: a new table, the caller's.  *chain: views the bytes, NULL when there is none.  ML_EDATA:
 * E-MODEL names column and part; E-STREAM when these rows do not follow those before; E-LIMIT.
 */
int ml_rows_read(struct ml_rows_reader **r, const void *bytes, size_t n, struct ml_table **t,
		 const unsigned char **chain, struct ml_error *err) ML_CHECK;
void ml_rows_reader_free(struct ml_rows_reader *r);

#endif
