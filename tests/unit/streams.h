/* streams.h - streams in memory for tests: written through a pipe of a temporary file, read from bytes
 * in pieces of any size, and records framed by hand with right checksums around any content.
 * The framing here shares no code with the library's. */
#ifndef ML_TESTS_STREAMS_H
#define ML_TESTS_STREAMS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "base/buf.h"
#include "base/sink.h"
#include "data/source.h"
#include "stream/stream.h"
#include "test.h"

/* ---- reading bytes ---- */

struct feed { const unsigned char *v; size_t n, at, piece; };

static int feed_some(void *arg, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	struct feed *f = arg;
	size_t m = f->n - f->at;

	(void)err;
	m = m < cap ? m : cap;
	m = m < f->piece ? m : f->piece;
	if (m)
		memcpy(buf, f->v + f->at, m);
	f->at += m;
	*n = m;
	return m ? ML_OK : ML_END;
}

/* Called for each record; takes what it wants out of it. */
typedef void record_fn(void *arg, struct ml_record *r);

/* Reads all; ML_OK, or the failure with its tag in *err.  piece: bytes a read gives. */
static inline int read_stream(const void *v, size_t n, size_t piece, record_fn *each, void *arg,
                       struct ml_error *err)
{
	struct feed f = { v, n, 0, piece };
	struct ml_source *source = NULL;
	struct ml_stream *s = NULL;
	struct ml_record r;

	*err = (struct ml_error){ 0 };
	int rc = ml_source_open_fn(&source, "test.mls", feed_some, &f, false, err);
	if (!rc)
		rc = ml_stream_open(&s, source, NULL, err);
	while (!rc && !(rc = ml_stream_next(s, &r, err))) {
		if (each)
			each(arg, &r);
		ml_record_release(&r);
	}
	ml_stream_free(s);
	ml_source_free(source);
	return rc == ML_END ? ML_OK : rc;
}

/* The tag that reading fails with, "ok" when it does not. */
static inline const char *tag_of(const void *v, size_t n)
{
	struct ml_error err;
	int rc = read_stream(v, n, SIZE_MAX, NULL, NULL, &err);

	if (!rc)
		return "ok";
	return rc == ML_EDATA && err.tag && *err.msg ? err.tag : "not ML_EDATA";
}

/* ---- writing by the library ---- */

typedef int write_fn(void *arg, struct ml_stream_writer *w, struct ml_error *err);

/* What `write` puts into one segment, appended to out. */
static inline void write_stream(struct ml_buf *out, write_fn *write, void *arg)
{
	char path[] = "/tmp/ml-test-XXXXXX", chunk[4096];
	struct ml_error err = { 0 };
	struct ml_stream_writer w = { 0 };
	struct ml_sink *sink = NULL;
	int fd = mkstemp(path);
	ssize_t n;

	CHECK(fd >= 0);
	int rc = ml_sink_open(&sink, path, &err);
	if (!rc)
		rc = ml_stream_begin(&w, sink, &err);
	if (!rc)
		rc = write(arg, &w, &err);
	if (!rc)
		rc = ml_stream_end(&w, &err);
	ml_stream_writer_release(&w);
	if (!rc)
		rc = ml_sink_commit(sink, &err);
	else
		ml_sink_abandon(sink);
	if (rc)
		printf("# %s\n", err.msg);
	CHECK(!rc);
	close(fd);
	FILE *f = fopen(path, "rb");
	CHECK(f != NULL);
	while (f && (n = (ssize_t)fread(chunk, 1, sizeof chunk, f)) > 0)
		ml_buf_put(out, chunk, (size_t)n);
	if (f)
		fclose(f);
	unlink(path);
}

/* ---- framing by hand ---- */

static inline void raw_head(struct ml_buf *b, unsigned major, uint64_t v)
{
	int info = v < 24 ? (int)v : v < 256 ? 24 : v < 65536 ? 25 : v >> 32 ? 27 : 26;

	ml_buf_byte(b, (unsigned char)(major << 5 | (unsigned)info));
	for (int i = info < 24 ? 0 : 1 << (info - 24); i > 0; i--)
		ml_buf_byte(b, (unsigned char)(v >> 8 * (i - 1)));
}

static inline void raw_text(struct ml_buf *b, const char *s)
{
	raw_head(b, 3, strlen(s));
	ml_buf_text(b, s);
}

struct raw_stream {
	struct ml_buf out;
	uint32_t crcs;
	uint64_t records;
};

static inline void raw_begin(struct raw_stream *s, unsigned version)
{
	size_t at = s->out.n;

	ml_buf_put(&s->out, "\xd9\xd9\xf7\x82\x63mls", 8);
	raw_head(&s->out, 0, version);
	s->crcs = (uint32_t)crc32(0, s->out.v + at, (uInt)(s->out.n - at));
	s->records = 0;
}

/* A record with the right checksum whatever it holds. */
static inline void raw_record(struct raw_stream *s, const char *kind, uint64_t flags, uint64_t raw,
                       const void *bytes, size_t n)
{
	struct ml_buf a = { 0 }, b = { 0 };
	unsigned char four[4];

	raw_text(&a, kind);
	raw_head(&a, 0, flags);
	raw_head(&a, 0, raw);
	raw_head(&b, 2, n);
	ml_buf_put(&b, bytes, n);
	uint32_t crc = (uint32_t)crc32(0, a.v, (uInt)a.n);
	crc = (uint32_t)crc32(crc, b.v, (uInt)b.n);
	ml_buf_byte(&s->out, 0x85);
	ml_buf_put(&s->out, a.v, a.n);
	raw_head(&s->out, 0, crc);
	ml_buf_put(&s->out, b.v, b.n);
	for (int i = 0; i < 4; i++)
		four[i] = (unsigned char)(crc >> 8 * (3 - i));
	s->crcs = (uint32_t)crc32(s->crcs, four, 4);
	s->records++;
	ml_buf_release(&a);
	ml_buf_release(&b);
}

static inline void raw_end(struct raw_stream *s)
{
	ml_buf_byte(&s->out, 0x83);
	raw_text(&s->out, "end");
	raw_head(&s->out, 0, s->records);
	raw_head(&s->out, 0, s->crcs);
}

/* The tag for a whole stream of one stored record with this content. */
static inline const char *tag_of_record(const char *kind, const void *bytes, size_t n)
{
	struct raw_stream s = { 0 };

	raw_begin(&s, 1);
	raw_record(&s, kind, 0, n, bytes, n);
	raw_end(&s);
	const char *tag = tag_of(s.out.v, s.out.n);
	ml_buf_release(&s.out);
	return tag;
}

/* Where the records of a segment of the library begin and end: the end record is the last. */
struct span { size_t from, to; };

static inline size_t raw_spans(const unsigned char *v, size_t n, struct span *spans, size_t max)
{
	size_t at = 9, count = 0;

	while (at < n && count < max) {
		size_t items = v[at] & 31u;
		spans[count].from = at++;
		while (items--) {
			unsigned major = v[at] >> 5, info = v[at] & 31u;
			size_t more = info < 24 ? 0 : (size_t)1 << (info - 24);
			uint64_t value = more ? 0 : info;
			for (size_t i = 0; i < more; i++)
				value = value << 8 | v[at + 1 + i];
			at += 1 + more + (major == 2 || major == 3 ? (size_t)value : 0);
		}
		spans[count++].to = at;
	}
	return count;
}

#endif
