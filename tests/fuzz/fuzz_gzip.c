/* fuzz_gzip.c - gzip out of a source: nothing but what went in comes out, however it is cut
 * into reads; what is not whole is refused.
 *
 * Input: 0, then what stands behind the byte 1f; or 1, four edits (two bytes of place and one
 * of value), how much is cut off (two bytes), and what is compressed. */
#include <zlib.h>

#include "fuzz.h"

/* All bytes of the source, or the failure. */
static int drain(const uint8_t *v, size_t n, unsigned cut, size_t ask, struct ml_buf *out,
		 struct ml_error *err)
{
	struct feed f = { v, n, cut, (uint32_t)n };
	struct ml_source *s = NULL;
	unsigned char block[8192];
	size_t got;

	*err = (struct ml_error){ 0 };
	int rc = ml_source_open_fn(&s, "t.gz", feed_read, &f, true, err);
	while (!rc && !(rc = ml_source_read(s, block, ask, &got, err))) {
		MUST(got >= 1 && got <= ask);
		ml_buf_put(out, block, got);
		MUST(out->n < (size_t)64 << 20);
	}
	if (rc == ML_END)
		MUST(ml_source_bytes(s) == out->n);
	else
		must_tell(rc, err);
	ml_source_free(s);
	return rc;
}

/* The bytes up to a fault, and its words, are the same however it is read. */
static int compare(const uint8_t *v, size_t n, struct ml_buf *whole)
{
	struct ml_error err, again;
	int rc = drain(v, n, 0, 8192, whole, &err);

	for (int k = 0; k < 3; k++) {
		struct ml_buf bit = { 0 };
		MUST(drain(v, n, k ? 3 : 0, k < 2 ? 5 : 8192, &bit, &again) == rc);
		MUST(rc == ML_END || !strcmp(err.msg, again.msg));
		MUST(bit.n == whole->n && (!bit.n || !memcmp(bit.v, whole->v, bit.n)));
		ml_buf_release(&bit);
	}
	return rc;
}

static void squeeze(struct ml_buf *out, const uint8_t *v, size_t n)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)v, .avail_in = (uInt)n };
	static unsigned char room[1 << 17];

	MUST(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_out = room;
	z.avail_out = sizeof room;
	MUST(deflate(&z, Z_FINISH) == Z_STREAM_END);
	ml_buf_put(out, room, sizeof room - z.avail_out);
	deflateEnd(&z);
}

/* What was edited is refused, or says the same (an edit of the header that means nothing). */
static void edited(struct choices *c)
{
	uint8_t edits[14];
	struct ml_buf gz = { 0 }, out = { 0 };

	if (c->n < sizeof edits)
		return;
	memcpy(edits, c->v, sizeof edits);
	c->v += sizeof edits;
	c->n -= sizeof edits;
	if (c->n > 65536)
		c->n = 65536;
	squeeze(&gz, c->v, c->n);
	for (size_t k = 0; k < 4; k++)
		gz.v[(size_t)(edits[3 * k] << 8 | edits[3 * k + 1]) % gz.n] ^= edits[3 * k + 2];
	size_t left = gz.n - (size_t)(edits[12] << 8 | edits[13]) % gz.n;
	bool marked = gz.v[0] == 0x1f;
	int rc = compare(gz.v, left, &out);
	if (marked && left < gz.n)
		MUST(rc != ML_END);
	if (marked && rc == ML_END)
		MUST(out.n == c->n && (!out.n || !memcmp(out.v, c->v, out.n)));
	ml_buf_release(&gz);
	ml_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct choices c = { v, n };

	if (choose(&c, 2)) {
		edited(&c);
		return 0;
	}
	struct ml_buf all = { 0 }, out = { 0 };
	ml_buf_byte(&all, 0x1f);
	ml_buf_put(&all, c.v, c.n);
	(void)compare(all.v, all.n, &out);
	ml_buf_release(&all);
	ml_buf_release(&out);
	return 0;
}
