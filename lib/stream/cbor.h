/* cbor.h - the part of CBOR (RFC 8949) that streams use: unsigned and negative integers, byte
 * and text strings, arrays, maps with text keys, tags, doubles, and false, true, null.
 *
 * Only one form is read: shortest heads, definite lengths, doubles in eight bytes, one NaN.  So
 * equal content has equal bytes.  Arrays of numbers are RFC 8746 typed arrays over byte
 * strings: tag 86 (float64, little-endian) and tag 78 (sint32, little-endian). */
#ifndef ML_STREAM_CBOR_H
#define ML_STREAM_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "data/fields.h"

/* What an item is; 0 to 6 are CBOR's major types, the last two share major type 7. */
enum ml_cbor_major {
	ML_CBOR_UINT,
	ML_CBOR_NEGATIVE, /* -1 - value */
	ML_CBOR_BYTES,
	ML_CBOR_TEXT,
	ML_CBOR_ARRAY,
	ML_CBOR_MAP,
	ML_CBOR_TAG,
	ML_CBOR_REAL,   /* value: the bits of a double */
	ML_CBOR_SIMPLE, /* value: an enum ml_cbor_simple; no head: see ml_cbor_simple() */
};
enum ml_cbor_simple { ML_CBOR_FALSE = 20, ML_CBOR_TRUE = 21, ML_CBOR_NULL = 22 };
enum ml_cbor_tag { ML_CBOR_INTS = 78, ML_CBOR_REALS = 86 };

/* ---- writing; a failed put is remembered in b ---- */
void ml_cbor_head(struct ml_buf *b, enum ml_cbor_major major, uint64_t value); /* UINT to TAG */
void ml_cbor_text(struct ml_buf *b, const char *s, size_t n);
void ml_cbor_key(struct ml_buf *b, const char *key); /* NUL-ended */
void ml_cbor_bytes(struct ml_buf *b, const void *v, size_t n);
void ml_cbor_real(struct ml_buf *b, double v); /* always 9 bytes; any NaN as the one */
void ml_cbor_simple(struct ml_buf *b, enum ml_cbor_simple value);
void ml_cbor_reals(struct ml_buf *b, const double *v, size_t n);
void ml_cbor_ints(struct ml_buf *b, const int32_t *v, size_t n);

/* ---- reading bytes that are all there, by views into them; zeroed but for v and n to begin
 * ---- */
struct ml_cbor {
	const unsigned char *v;
	size_t n, at;
};
struct ml_cbor_item {
	enum ml_cbor_major major;
	uint64_t value;             /* integer, length, count, tag, or bits */
	const unsigned char *bytes; /* BYTES and TEXT: `value` of them, behind c->at already */
};
/* ML_EDATA, E-MODEL: cut, not the one form, UTF-8 broken, or more elements than bytes left. */
int ml_cbor_next(struct ml_cbor *c, struct ml_cbor_item *item, struct ml_error *err) ML_CHECK;
/* An item of that major type, else E-MODEL ("expected an array"). */
int ml_cbor_expect(struct ml_cbor *c, enum ml_cbor_major major, struct ml_cbor_item *item,
		   struct ml_error *err) ML_CHECK;
/* A tag's bytes as n elements: E-MODEL when the tag is not followed by whole elements. */
int ml_cbor_typed(struct ml_cbor *c, enum ml_cbor_tag tag, const unsigned char **bytes,
		  size_t *n, struct ml_error *err) ML_CHECK;
/* Elements of a typed array.  Reals: E-MODEL on an infinity or on a NaN that is not the one. */
int ml_cbor_load_reals(const unsigned char *bytes, double *v, size_t n,
		       struct ml_error *err) ML_CHECK;
void ml_cbor_load_ints(const unsigned char *bytes, int32_t *v, size_t n);
/* ML_OK when s[0..n) may be a text here: UTF-8, no NUL; else ML_EDATA, `tag`. */
int ml_cbor_check_text(const void *s, size_t n, const char *tag, struct ml_error *err) ML_CHECK;

/* ---- fields as a map ---- */
/* Names in the order they were put. */
void ml_cbor_put_fields(struct ml_buf *b, const struct ml_fields *f);
/* ML_EBUG when fields hold what reading would refuse: an infinity, a text that is not UTF-8
 * (ML_EDATA, E-UTF8), a name twice or empty, maps deeper than 8; ML_ENOMEM when a put has
 * failed. */
int ml_cbor_check_fields(const struct ml_fields *f, struct ml_error *err) ML_CHECK;
/* Fills the zeroed *f; on failure it is empty.  Refused (E-MODEL, names the field): a name
 * twice or empty, types that fields do not have, NUL in a text, infinities, maps deeper than 8,
 * anything behind the map.  What it allocates is taken from *budget first; E-LIMIT when that is
 * not enough. */
int ml_cbor_get_fields_within(const void *bytes, size_t n, size_t *budget, struct ml_fields *f,
			      struct ml_error *err) ML_CHECK;
/* The same with a budget of 12 MiB + 3 n. */
int ml_cbor_get_fields(const void *bytes, size_t n, struct ml_fields *f,
		       struct ml_error *err) ML_CHECK;

#endif
