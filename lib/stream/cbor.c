/* cbor.c - heads, strings and typed arrays of CBOR, in the one form that streams allow.
 *
 * An item is a head (major type in the upper three bits of a byte, an argument of 0, 1, 2, 4 or
 * 8 bytes, big-endian) and, for strings, its bytes.  RFC 8949 section 4.2.1, with one
 * difference: doubles are not shortened to 16 or 32 bits. */
#include "stream/cbor.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "stream/little.h"

#define NAN_BITS UINT64_C(0x7ff8000000000000)
#define EXPONENT_BITS UINT64_C(0x7ff0000000000000)

enum { CHUNK = 512 }; /* elements converted at a time, on the stack */

static const char *const major_names[] = {
	"a whole number", "a negative number", "a byte string",
	"a text",         "an array",          "a map",
	"a tag",          "a real number",     "false, true or null",
};

/* The argument of a head in big-endian order, and the byte before it. */
static void put_argument(struct ml_buf *b, unsigned major, unsigned info, uint64_t value,
			 int bytes)
{
	unsigned char head[9] = { (unsigned char)(major << 5 | info) };

	for (int i = 0; i < bytes; i++)
		head[1 + i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
	ml_buf_put(b, head, (size_t)(1 + bytes));
}

void ml_cbor_head(struct ml_buf *b, enum ml_cbor_major major, uint64_t value)
{
	if (value < 24)
		put_argument(b, major, (unsigned)value, 0, 0);
	else if (value <= UINT8_MAX)
		put_argument(b, major, 24, value, 1);
	else if (value <= UINT16_MAX)
		put_argument(b, major, 25, value, 2);
	else if (value <= UINT32_MAX)
		put_argument(b, major, 26, value, 4);
	else
		put_argument(b, major, 27, value, 8);
}

void ml_cbor_text(struct ml_buf *b, const char *s, size_t n)
{
	ml_cbor_head(b, ML_CBOR_TEXT, n);
	ml_buf_put(b, s, n);
}

void ml_cbor_key(struct ml_buf *b, const char *key)
{
	ml_cbor_text(b, key, strlen(key));
}

void ml_cbor_bytes(struct ml_buf *b, const void *v, size_t n)
{
	ml_cbor_head(b, ML_CBOR_BYTES, n);
	ml_buf_put(b, v, n);
}

static uint64_t bits_of(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	return isnan(v) ? NAN_BITS : bits;
}

void ml_cbor_real(struct ml_buf *b, double v)
{
	put_argument(b, 7, 27, bits_of(v), 8);
}

void ml_cbor_simple(struct ml_buf *b, enum ml_cbor_simple value)
{
	put_argument(b, 7, value, 0, 0);
}

void ml_cbor_reals(struct ml_buf *b, const double *v, size_t n)
{
	unsigned char chunk[8 * CHUNK];

	ml_cbor_head(b, ML_CBOR_TAG, ML_CBOR_REALS);
	ml_cbor_head(b, ML_CBOR_BYTES, 8 * (uint64_t)n);
	for (size_t at = 0; at < n; at += CHUNK) {
		size_t m = n - at < CHUNK ? n - at : CHUNK;

		for (size_t i = 0; i < m; i++)
			ml_little_put64(chunk + 8 * i, bits_of(v[at + i]));
		ml_buf_put(b, chunk, 8 * m);
	}
}

void ml_cbor_ints(struct ml_buf *b, const int32_t *v, size_t n)
{
	unsigned char chunk[4 * CHUNK];

	ml_cbor_head(b, ML_CBOR_TAG, ML_CBOR_INTS);
	ml_cbor_head(b, ML_CBOR_BYTES, 4 * (uint64_t)n);
	for (size_t at = 0; at < n; at += CHUNK) {
		size_t m = n - at < CHUNK ? n - at : CHUNK;

		for (size_t i = 0; i < m; i++)
			ml_little_put32(chunk + 4 * i, (uint32_t)v[at + i]);
		ml_buf_put(b, chunk, 4 * m);
	}
}

static int bad(struct ml_error *err, const char *why)
{
	return ml_fail(err, ML_EDATA, "E-MODEL", "%s", why);
}

int ml_cbor_check_text(const void *s, size_t n, const char *tag, struct ml_error *err)
{
	struct ml_utf8 u = { 0 };

	if (ml_utf8_check(&u, s, n) != n || !ml_utf8_whole(&u))
		return ml_fail(err, ML_EDATA, tag, "'%s' is not UTF-8", ML_SHOW(s, n));
	if (n && memchr(s, 0, n))
		return ml_fail(err, ML_EDATA, tag, "a NUL in the text '%s'", ML_SHOW(s, n));
	return ML_OK;
}

/* The argument behind the first byte of a head. */
static int argument(struct ml_cbor *c, unsigned info, uint64_t *value, struct ml_error *err)
{
	/* Smallest value that needs 1, 2, 4, 8 bytes: less is not the shortest head. */
	static const uint64_t least[] = { 24, UINT64_C(1) << 8, UINT64_C(1) << 16,
					  UINT64_C(1) << 32 };

	*value = info;
	if (info < 24)
		return ML_OK;
	if (info > 27)
		return bad(err, "a head that is reserved or of indefinite length");
	size_t bytes = (size_t)1 << (info - 24);
	if (c->n - c->at < bytes)
		return bad(err, "cut inside a head");
	*value = 0;
	for (size_t i = 0; i < bytes; i++)
		*value = *value << 8 | c->v[c->at++];
	if (*value < least[info - 24])
		return bad(err, "a head that is not the shortest");
	return ML_OK;
}

/* Major type 7: a double, or false, true, null. */
static int other(struct ml_cbor *c, unsigned info, struct ml_cbor_item *item,
		 struct ml_error *err)
{
	if (info >= ML_CBOR_FALSE && info <= ML_CBOR_NULL) {
		item->major = ML_CBOR_SIMPLE;
		item->value = info;
		return ML_OK;
	}
	if (info != 27)
		return bad(err, "a simple value or a float that is no float64");
	if (c->n - c->at < 8)
		return bad(err, "cut inside a real number");
	item->major = ML_CBOR_REAL;
	item->value = 0;
	for (int i = 0; i < 8; i++)
		item->value = item->value << 8 | c->v[c->at++];
	if ((item->value & ~(UINT64_C(1) << 63)) > EXPONENT_BITS && item->value != NAN_BITS)
		return bad(err, "a NaN that is not the canonical one");
	return ML_OK;
}

/* What the argument of the item promises must be there. */
static int promised(struct ml_cbor *c, struct ml_cbor_item *item, struct ml_error *err)
{
	size_t left = c->n - c->at;

	if (item->major == ML_CBOR_BYTES || item->major == ML_CBOR_TEXT) {
		if (item->value > left)
			return bad(err, "a string that is longer than what is left");
		item->bytes = c->v + c->at;
		c->at += (size_t)item->value;
	}
	if (item->major == ML_CBOR_TEXT) {
		struct ml_utf8 u = { 0 };
		size_t n = (size_t)item->value;

		if (ml_utf8_check(&u, (const char *)item->bytes, n) != n || !ml_utf8_whole(&u))
			return bad(err, "a text that is not UTF-8");
	}
	if (item->major == ML_CBOR_ARRAY && item->value > left)
		return bad(err, "an array with more elements than bytes left");
	if (item->major == ML_CBOR_MAP && item->value > left / 2)
		return bad(err, "a map with more entries than bytes left");
	return ML_OK;
}

int ml_cbor_next(struct ml_cbor *c, struct ml_cbor_item *item, struct ml_error *err)
{
	if (c->at >= c->n)
		return bad(err, "cut: an item is missing");
	unsigned first = c->v[c->at++], info = first & 31;

	*item = (struct ml_cbor_item){ .major = (enum ml_cbor_major)(first >> 5) };
	if (first >> 5 == 7)
		return other(c, info, item, err);
	int rc = argument(c, info, &item->value, err);
	return rc ? rc : promised(c, item, err);
}

int ml_cbor_expect(struct ml_cbor *c, enum ml_cbor_major major, struct ml_cbor_item *item,
		   struct ml_error *err)
{
	int rc = ml_cbor_next(c, item, err);

	if (!rc && item->major != major)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "%s where %s is expected",
			     major_names[item->major], major_names[major]);
	return rc;
}

int ml_cbor_typed(struct ml_cbor *c, enum ml_cbor_tag tag, const unsigned char **bytes,
		  size_t *n, struct ml_error *err)
{
	size_t width = tag == ML_CBOR_REALS ? 8 : 4;
	struct ml_cbor_item item;

	int rc = ml_cbor_expect(c, ML_CBOR_TAG, &item, err);
	if (!rc && item.value != tag)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "tag %llu where %d is expected",
			     (unsigned long long)item.value, (int)tag);
	if (!rc)
		rc = ml_cbor_expect(c, ML_CBOR_BYTES, &item, err);
	if (!rc && item.value % width)
		rc = ml_fail(err, ML_EDATA, "E-MODEL",
			     "%llu bytes are no whole elements of %zu",
			     (unsigned long long)item.value, width);
	if (!rc) {
		*bytes = item.bytes;
		*n = (size_t)item.value / width;
	}
	return rc;
}

int ml_cbor_load_reals(const unsigned char *bytes, double *v, size_t n, struct ml_error *err)
{
	size_t odd = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t bits = ml_little_get64(bytes + 8 * i);

		memcpy(&v[i], &bits, sizeof bits);
		odd += (bits & EXPONENT_BITS) == EXPONENT_BITS && bits != NAN_BITS;
	}
	for (size_t i = 0; odd && i < n; i++)
		if (isinf(v[i]))
			return ml_fail(err, ML_EDATA, "E-MODEL", "element %zu is infinite",
				       i + 1);
	return odd ? bad(err, "a NaN that is not the canonical one") : ML_OK;
}

void ml_cbor_load_ints(const unsigned char *bytes, int32_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bits = ml_little_get32(bytes + 4 * i);

		memcpy(&v[i], &bits, sizeof bits);
	}
}
