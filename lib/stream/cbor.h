/* cbor.h - the part of CBOR (RFC 8949) that streams use: unsigned and negative integers, byte and text
 * strings, arrays, maps with text keys, doubles, and tags; only the canonical form (shortest heads,
 * definite lengths) is read, so equal content has equal bytes.  Arrays of numbers are RFC 8746 typed arrays
 * (tag 86: float64 little-endian, tag 78: sint32 little-endian, ...) over byte strings. */
#ifndef ML_STREAM_CBOR_H
#define ML_STREAM_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "data/fields.h"

void ml_cbor_head(struct ml_buf *b, unsigned major, uint64_t value);
void ml_cbor_text(struct ml_buf *b, const char *s, size_t n);
void ml_cbor_bytes(struct ml_buf *b, const void *v, size_t n);
void ml_cbor_real(struct ml_buf *b, double v);         /* always 9 bytes, float64 */

/* A reader over bytes that are all there; views into them. */
struct ml_cbor { const unsigned char *v; size_t n, at; };
struct ml_cbor_item {
	unsigned major;                /* 0..7 */
	uint64_t value;                /* integer, length, count, tag, or bits of a double */
	const unsigned char *bytes;    /* majors 2 and 3 */
};
/* ML_EDATA, E-MODEL: cut, not canonical, UTF-8 broken, or longer than what is left. */
int ml_cbor_next(struct ml_cbor *c, struct ml_cbor_item *item, struct ml_error *err) ML_CHECK;

/* Fields as a CBOR map; keys in the order they were put.  Decoding refuses duplicate keys, unknown
 * types, nesting deeper than 8 and anything behind the map (E-MODEL); memory stays within
 * 4 x the bytes given. */
void ml_cbor_put_fields(struct ml_buf *b, const struct ml_fields *f);
int ml_cbor_get_fields(const void *bytes, size_t n, struct ml_fields *f, struct ml_error *err) ML_CHECK;

#endif
