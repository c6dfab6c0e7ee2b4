/* noread.c - reads that fail: whatever is read, and wherever it fails, the failure is passed on
 * as it is, and nothing is taken for an end. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <zlib.h>

#include "base/buf.h"
#include "feed.h"
#include "stream/stream.h"
#include "test.h"

/* Bytes of a feed, until the read numbered `at` (0: none) fails. */
struct failing {
	struct feed feed;
	size_t at, reads;
};

static int failing_read(void *arg, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	struct failing *f = arg;

	if (++f->reads == f->at)
		return ml_fail(err, ML_EIO, "E-IO", "read %zu failed", f->at);
	return feed_read(&f->feed, buf, cap, n, err);
}

typedef int read_fn(struct ml_source *s, struct ml_error *err);

static int attempt(const struct ml_buf *from, unsigned cut, size_t at, read_fn *read_all,
		   size_t *reads, struct ml_error *err)
{
	struct failing f = {
		.feed = { .v = (const char *)from->v, .n = from->n, .cut = cut, .state = 3 },
		.at = at
	};
	struct ml_source *s = NULL;

	*err = (struct ml_error){ 0 };
	int rc = ml_source_open_fn(&s, "bytes", failing_read, &f, true, err);
	if (!rc)
		rc = read_all(s, err);
	ml_source_free(s);
	*reads = f.reads;
	return rc;
}

static void each_read_fails(const struct ml_buf *from, unsigned cut, read_fn *read_all)
{
	struct ml_error err;
	size_t all, n;
	char want[64];

	CHECK(!attempt(from, cut, 0, read_all, &all, &err) && all > 1);
	for (size_t at = 1; at <= all; at++) {
		int rc = attempt(from, cut, at, read_all, &n, &err);

		snprintf(want, sizeof want, "read %zu failed", at);
		CHECK(rc == ML_EIO && n == at);
		SAME_TEXT(err.tag ? err.tag : "", "E-IO");
		CHECK(strstr(err.msg, want));
	}
}

static int read_bytes(struct ml_source *s, struct ml_error *err)
{
	char buf[100];
	size_t n;
	int rc;

	while (!(rc = ml_source_read(s, buf, sizeof buf, &n, err)))
		;
	return rc == ML_END ? ML_OK : rc;
}

static int read_csv(struct ml_source *s, struct ml_error *err)
{
	struct ml_csv_opts opts = { .delimiter = ',' };
	struct ml_csv *c = NULL;
	struct ml_cells cells;

	int rc = ml_csv_open(&c, s, &opts, err);
	while (!rc)
		rc = ml_csv_next(c, &cells, err);
	ml_csv_free(c);
	return rc == ML_END ? ML_OK : rc;
}

static int read_stream(struct ml_source *s, struct ml_error *err)
{
	struct ml_stream *stream = NULL;
	struct ml_record r;

	int rc = ml_stream_open(&stream, s, NULL, err);
	while (!rc && !(rc = ml_stream_next(stream, &r, err)))
		ml_record_release(&r);
	ml_stream_free(stream);
	return rc == ML_END ? ML_OK : rc;
}

static void put_csv(struct ml_buf *b, const char *front)
{
	ml_buf_text(b, front);
	ml_buf_text(b, "a,b\n");
	for (int i = 0; i < 40; i++)
		ml_buf_printf(b, "%d,\"x%s%d\"\n", i, i % 3 ? "" : "\n", i);
}

static void put_gzip(struct ml_buf *b, const struct ml_buf *text)
{
	z_stream z = { 0 };
	size_t before = b->n;

	CHECK(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_out = ml_buf_add(b, deflateBound(&z, text->n));
	z.avail_out = (uInt)(b->n - before);
	z.next_in = text->v;
	z.avail_in = (uInt)text->n;
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	b->n -= z.avail_out;
	deflateEnd(&z);
}

TEST("a CSV, with a byte order mark and without")
{
	static const char *const fronts[] = { "", "\xef\xbb\xbf" };

	for (size_t i = 0; i < 2; i++)
		for (unsigned cut = 1; cut < 100; cut *= 5) {
			struct ml_buf b = { 0 };

			put_csv(&b, fronts[i]);
			each_read_fails(&b, cut, read_csv);
			ml_buf_release(&b);
		}
}

TEST("gzip: inside a member, between two, in the zeros behind")
{
	struct ml_buf text = { 0 }, b = { 0 };

	put_csv(&text, "");
	put_gzip(&b, &text);
	ml_buf_clear(&text);
	ml_buf_text(&text, "1,2\n");
	put_gzip(&b, &text);
	for (int i = 0; i < 9; i++)
		ml_buf_byte(&b, 0);
	for (unsigned cut = 1; cut < 100; cut *= 5) {
		each_read_fails(&b, cut, read_bytes);
		each_read_fails(&b, cut, read_csv);
	}
	ml_buf_release(&text);
	ml_buf_release(&b);
}

TEST("a stream")
{
	struct ml_buf b = { 0 };
	char piece[4096];
	size_t n;
	FILE *f = fopen("tests/streams/good-joined.mls", "rb");

	for (; f && (n = fread(piece, 1, sizeof piece, f)) > 0;)
		ml_buf_put(&b, piece, n);
	CHECK(f != NULL && b.n);
	if (f)
		fclose(f);
	for (unsigned cut = 1; cut < 1000; cut *= 7)
		each_read_fails(&b, cut, read_stream);
	ml_buf_release(&b);
}

int main(void)
{
	return ml_tests_run();
}
