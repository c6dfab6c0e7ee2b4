/* pack.c - deflate and inflate of whole byte strings through zlib. */
#include "stream/pack.h"

#include <stdbool.h>
#include <stdint.h>

#include <zlib.h>

#include "base/mem.h"

/* Level 6 is zlib's own default; all is spelled out since models must not change with it. Large
 * ones are numbers of large models: level 1 takes a sixth of the time, and 7 % more. */
enum { LEVEL = 6, WINDOW = 15, MEMORY = 8 };
enum { LARGE = 1 << 20, LARGE_LEVEL = 1 };
/* Bytes out and in a call; zlib counts in unsigned int. */
enum { CHUNK = 65536, FEED = 1 << 30 };

/* Hands zlib what it may count of the n bytes left. */
static void feed(z_stream *z, const unsigned char **bytes, size_t *n)
{
	size_t m = *n < FEED ? *n : FEED;

	if (z->avail_in)
		return;
	/* zlib never writes through next_in, whose type has no const in this version. */
	z->next_in = (z_const Bytef *)(uintptr_t)*bytes;
	z->avail_in = (uInt)m;
	*bytes += m;
	*n -= m;
}

int ml_pack(struct ml_buf *out, const void *bytes, size_t n, struct ml_error *err)
{
	unsigned char chunk[CHUNK];
	const unsigned char *in = bytes;
	z_stream z = { 0 };
	int state;

	if (deflateInit2(&z, n < LARGE ? LEVEL : LARGE_LEVEL, Z_DEFLATED, WINDOW, MEMORY,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (deflate)");
	do {
		feed(&z, &in, &n);
		z.next_out = chunk;
		z.avail_out = CHUNK;
		state = deflate(&z, n ? Z_NO_FLUSH : Z_FINISH);
		ml_buf_put(out, chunk, CHUNK - z.avail_out);
	} while (state != Z_STREAM_END);
	deflateEnd(&z);
	return ml_buf_check(out, err);
}

/* Room for more output, at most up to `raw` bytes; *spare catches a byte too many. */
static int make_room(struct ml_buf *out, size_t raw, z_stream *z, unsigned char *spare,
		     struct ml_error *err)
{
	size_t room = raw - out->n;

	if (room > CHUNK && room > out->n)
		room = out->n > CHUNK ? out->n : CHUNK;
	if (!room) {
		z->next_out = spare;
		z->avail_out = 1;
		return ML_OK;
	}
	if (ML_GROW(out->v, out->cap, out->n + room, err))
		return err->code;
	z->next_out = out->v + out->n;
	z->avail_out = (uInt)(room < FEED ? room : FEED);
	return ML_OK;
}

static int inflate_all(z_stream *z, struct ml_buf *out, const unsigned char *bytes, size_t n,
		       size_t raw, struct ml_error *err)
{
	unsigned char spare;
	int state = Z_OK;

	while (state == Z_OK) {
		feed(z, &bytes, &n);
		int rc = make_room(out, raw, z, &spare, err);
		if (rc)
			return rc;
		bool full = out->n == raw;
		uInt room = z->avail_out;
		state = inflate(z, Z_NO_FLUSH);
		if (full && room != z->avail_out)
			return ml_fail(err, ML_EDATA, "E-STREAM",
				       "inflates to more than the %zu bytes it states", raw);
		if (!full)
			out->n += room - z->avail_out;
	}
	if (state == Z_MEM_ERROR)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (inflate)");
	if (state != Z_STREAM_END)
		return ml_fail(err, ML_EDATA, "E-STREAM", "its bytes are not deflated right");
	if (n || z->avail_in)
		return ml_fail(err, ML_EDATA, "E-STREAM", "bytes behind its deflated bytes");
	if (out->n != raw)
		return ml_fail(err, ML_EDATA, "E-STREAM",
			       "inflates to %zu bytes, but states %zu", out->n, raw);
	return ML_OK;
}

int ml_unpack(struct ml_buf *out, const void *bytes, size_t n, size_t raw, struct ml_error *err)
{
	z_stream z = { 0 };

	if (inflateInit2(&z, WINDOW) != Z_OK)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (inflate)");
	int rc = inflate_all(&z, out, bytes, n, raw, err);
	inflateEnd(&z);
	return rc;
}
