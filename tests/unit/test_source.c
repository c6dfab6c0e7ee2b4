/* test_source.c - plain and gzip inputs, made here with zlib, cut and damaged everywhere. */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "feed.h"

static void gzip(struct ml_buf *out, const void *bytes, size_t n)
{
	unsigned char packed[70000];
	z_stream z = { 0 };

	CHECK(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_in = (unsigned char *)(size_t)bytes;
	z.avail_in = (uInt)n;
	z.next_out = packed;
	z.avail_out = sizeof packed;
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	ml_buf_put(out, packed, sizeof packed - z.avail_out);
	deflateEnd(&z);
}

/* Everything the source gives; returns the tag of its failure, or "end". */
static const char *drain(struct ml_buf *out, const struct ml_buf *in, unsigned cut, size_t cap)
{
	static struct ml_error err;
	struct feed f = { .v = (char *)in->v, .n = in->n, .cut = cut, .state = cut };
	struct ml_source *s;
	char buf[4096];
	size_t n;

	ml_buf_clear(out);
	int rc = ml_source_open_fn(&s, "x.gz", feed_read, &f, false, &err);
	while (!rc && !(rc = ml_source_read(s, buf, cap, &n, &err))) {
		CHECK(n >= 1 && n <= cap);
		ml_buf_put(out, buf, n);
	}
	CHECK(rc != ML_END || ml_source_read(s, buf, cap, &n, &err) == ML_END);
	ml_source_free(s);
	return rc == ML_END ? "end" : err.tag;
}

static bool holds(const struct ml_buf *b, const struct ml_buf *want)
{
	return b->n == want->n && (!b->n || !memcmp(b->v, want->v, b->n));
}

static void noise(struct ml_buf *b, size_t n)
{
	uint64_t state = 5;

	ml_buf_clear(b);
	while (b->n < n)
		ml_buf_byte(b, (unsigned char)("abcd,\n12"[feed_random(&state) % 8]));
}

TEST("gzip: whole, concatenated and empty members, and zeros behind, in any cutting")
{
	struct ml_buf text = { 0 }, twice = { 0 }, out = { 0 }, in = { 0 };
	static const size_t caps[] = { 1, 3, 4096 };

	noise(&text, 20000);
	ml_buf_put(&twice, text.v, text.n);
	ml_buf_put(&twice, text.v, text.n);
	for (size_t k = 0; k < 3; k++)
		for (unsigned cut = 0; cut < 8; cut += 7) {
			ml_buf_clear(&in);
			ml_buf_put(&in, text.v, text.n);
			SAME_TEXT(drain(&out, &in, cut, caps[k]), "end");
			CHECK(holds(&out, &text));
			ml_buf_clear(&in);
			gzip(&in, text.v, text.n);
			SAME_TEXT(drain(&out, &in, cut, caps[k]), "end");
			CHECK(holds(&out, &text));
			gzip(&in, "", 0);
			gzip(&in, text.v, text.n);
			gzip(&in, "", 0);
			SAME_TEXT(drain(&out, &in, cut, caps[k]), "end");
			CHECK(holds(&out, &twice));
			for (int i = 0; i < 700; i++)
				ml_buf_byte(&in, 0);
			SAME_TEXT(drain(&out, &in, cut, caps[k]), "end");
			CHECK(holds(&out, &twice));
			ml_buf_byte(&in, 1);
			SAME_TEXT(drain(&out, &in, cut, caps[k]), "E-GZIP");
		}
	ml_buf_release(&text);
	ml_buf_release(&twice);
	ml_buf_release(&out);
	ml_buf_release(&in);
}

TEST("gzip: every cut is refused, in the first member and in the second")
{
	struct ml_buf text = { 0 }, out = { 0 }, in = { 0 };

	noise(&text, 300);
	gzip(&in, text.v, text.n);
	size_t one = in.n, two;
	gzip(&in, text.v, text.n);
	two = in.n;
	for (in.n = 1; in.n < two; in.n++)
		SAME_TEXT(drain(&out, &in, 0, 4096), in.n == one ? "end" : "E-GZIP");
	ml_buf_release(&text);
	ml_buf_release(&out);
	ml_buf_release(&in);
}

TEST("gzip: a flipped bit is refused, or one that carries no data")
{
	struct ml_buf text = { 0 }, out = { 0 }, in = { 0 };

	noise(&text, 100);
	gzip(&in, text.v, text.n);
	for (size_t bit = 8; bit < 8 * in.n; bit++) { /* without the first byte it is no gzip */
		in.v[bit / 8] ^= (unsigned char)(1u << bit % 8);
		if (!strcmp(drain(&out, &in, 0, 4096), "end"))
			CHECK(holds(&out, &text));
		in.v[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	ml_buf_clear(&in);
	gzip(&in, text.v, text.n);
	ml_buf_text(&in, "x");
	SAME_TEXT(drain(&out, &in, 0, 4096), "E-GZIP");
	ml_buf_release(&text);
	ml_buf_release(&out);
	ml_buf_release(&in);
}

TEST("a peek takes nothing, and bytes and digest are those handed out")
{
	/* sha256sum of "a,b\n1,2\n" repeated 20 times, by coreutils */
	static const char want[] =
		"9d7072c9fedf3ca1b17926557bb6b14089d0ca023f548cbbad5fe4dae1af2d4a";
	struct ml_buf text = { 0 }, in = { 0 };
	struct ml_error err;
	struct ml_source *s;
	const unsigned char *first;
	char buf[64], hex[2 * ML_DIGEST + 1];
	size_t n, all = 0;
	int rc;

	for (int i = 0; i < 20; i++)
		ml_buf_text(&text, "a,b\n1,2\n");
	gzip(&in, text.v, text.n);
	struct feed f = { .v = (char *)in.v, .n = in.n, .cut = 3, .state = 9 };
	CHECK(!ml_source_open_fn(&s, "x", feed_read, &f, true, &err));
	for (int i = 0; i < 3; i++) {
		CHECK(!ml_source_peek(s, &first, &n, &err));
		CHECK(n == 64 && !memcmp(first, text.v, n));
	}
	CHECK(!ml_source_read(s, buf, 5, &n, &err) && n == 5 && !memcmp(buf, text.v, 5));
	CHECK(!ml_source_peek(s, &first, &n, &err));
	CHECK(n == 64 && !memcmp(first, text.v + 5, n));
	for (all = 5; !(rc = ml_source_read(s, buf, sizeof buf, &n, &err)); all += n)
		CHECK(!memcmp(buf, text.v + all, n));
	CHECK(rc == ML_END && all == text.n && ml_source_bytes(s) == text.n);
	CHECK(!ml_source_peek(s, &first, &n, &err) && n == 0);
	ml_source_digest(s, hex);
	SAME_TEXT(hex, want);
	ml_source_digest(s, hex);
	SAME_TEXT(hex, want);
	ml_source_free(s);
	ml_buf_release(&text);
	ml_buf_release(&in);
}

TEST("files are opened by name; a directory, an absent file and a failed read say so")
{
	char path[] = "/tmp/ml-test-source-XXXXXX", buf[8];
	struct ml_source *s = NULL;
	struct ml_error err;
	size_t n;
	bool yes;
	int fd = mkstemp(path);

	CHECK(fd >= 0 && write(fd, "\xd9\xd9\xf7", 3) == 3);
	CHECK(!ml_source_open(&s, path, true, &err));
	CHECK(!ml_source_is_stream(s, &yes, &err) && yes);
	CHECK(ml_source_check_text(s, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-FORMAT");
	SAME_TEXT(ml_source_name(s), path);
	CHECK(!ml_source_read(s, buf, sizeof buf, &n, &err) && n == 3);
	CHECK(ml_source_read(s, buf, sizeof buf, &n, &err) == ML_END);
	ml_source_free(s);
	close(fd);
	unlink(path);
	CHECK(ml_source_open(&s, path, true, &err) == ML_ENOINPUT && !s);
	SAME_TEXT(err.tag, "E-OPEN");
	CHECK(ml_source_open(&s, "/tmp", true, &err) == ML_ENOINPUT && !s);
	CHECK(ml_source_open(&s, "no\nsuch", true, &err) == ML_ENOINPUT && !s);
	CHECK(!strchr(err.msg, '\n'));
	/* Reading the memory of a process at offset 0 fails with EIO. */
	if (!ml_source_open(&s, "/proc/self/mem", false, &err)) {
		CHECK(ml_source_read(s, buf, sizeof buf, &n, &err) == ML_EIO);
		SAME_TEXT(err.tag, "E-IO");
		CHECK(ml_source_peek(s, &(const unsigned char *){ NULL }, &n, &err) == ML_EIO);
		ml_source_free(s);
	}
}

int main(void)
{
	return ml_tests_run();
}
