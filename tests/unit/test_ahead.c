/* test_ahead.c - reading ahead changes nothing but the time. */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "data/source.h"
#include "feed.h"

/* More than a source reads before it starts a thread, and more than the thread keeps ready. */
enum { SIZE = 3 << 20 };

struct outcome {
	struct ml_buf bytes;
	char hex[2 * ML_DIGEST + 1];
	struct ml_error err;
	int rc;
};

static void drain(struct outcome *o, const char *path, bool ahead, size_t cap)
{
	struct ml_error err = { 0 };
	const unsigned char *first;
	struct ml_source *s;
	char *buf = malloc(cap);
	size_t n;

	*o = (struct outcome){ 0 };
	o->rc = ml_source_open(&s, path, true, &err);
	if (!o->rc && ahead)
		ml_source_read_ahead(s);
	while (!o->rc && !(o->rc = ml_source_read(s, buf, cap, &n, &err))) {
		CHECK(n >= 1 && n <= cap);
		ml_buf_put(&o->bytes, buf, n);
		if (o->bytes.n % 7 == 0 && ml_source_peek(s, &first, &n, &err))
			break;
	}
	CHECK(o->rc != ML_END || ml_source_read(s, buf, cap, &n, &err) == ML_END);
	o->err = err;
	if (o->rc == ML_END)
		ml_source_digest(s, o->hex);
	CHECK(ml_source_bytes(s) == o->bytes.n);
	ml_source_free(s);
	free(buf);
}

static void compare(const char *path, int rc, size_t cap)
{
	struct outcome a, b;

	drain(&a, path, false, cap);
	drain(&b, path, true, cap);
	CHECK(a.rc == rc && b.rc == rc);
	CHECK(a.bytes.n == b.bytes.n && !memcmp(a.bytes.v, b.bytes.v, a.bytes.n));
	CHECK(!strcmp(a.hex, b.hex) && !strcmp(a.err.msg, b.err.msg));
	ml_buf_release(&a.bytes);
	ml_buf_release(&b.bytes);
}

static void write_file(const char *path, const void *bytes, size_t n, bool packed)
{
	if (packed) {
		gzFile f = gzopen(path, "wb1");
		CHECK(f && gzwrite(f, bytes, (unsigned)n) == (int)n);
		CHECK(gzclose(f) == Z_OK);
	} else {
		FILE *f = fopen(path, "wb");
		CHECK(f && fwrite(bytes, 1, n, f) == n);
		CHECK(f && fclose(f) == 0);
	}
}

static char *noise(void)
{
	char *v = malloc(SIZE);
	uint64_t state = 5;

	for (size_t i = 0; v && i < SIZE; i++)
		v[i] = "abcd,\n12"[feed_random(&state) % 8];
	return v;
}

TEST("ahead: bytes, digest and end are those of a source that reads alone")
{
	char path[] = "/tmp/ml-ahead-XXXXXX", *v = noise();
	int fd = mkstemp(path);

	CHECK(fd >= 0 && v);
	close(fd);
	write_file(path, v, SIZE, false);
	compare(path, ML_END, 1 << 18);
	compare(path, ML_END, 4001);
	write_file(path, v, SIZE, true);
	compare(path, ML_END, 1 << 18);
	compare(path, ML_END, 63);
	unlink(path);
	free(v);
}

TEST("ahead: a cut gzip fails as it does without, behind the same bytes")
{
	char path[] = "/tmp/ml-ahead-XXXXXX", *v = noise();
	int fd = mkstemp(path);

	CHECK(fd >= 0 && v);
	write_file(path, v, SIZE, true);
	off_t end = lseek(fd, 0, SEEK_END);
	CHECK(!ftruncate(fd, end - 5));
	compare(path, ML_EDATA, 4096);
	CHECK(!ftruncate(fd, end / 2));
	compare(path, ML_EDATA, 1 << 20);
	close(fd);
	unlink(path);
	free(v);
}

TEST("ahead: where no pipe is to be had the source reads alone")
{
	char path[] = "/tmp/ml-ahead-XXXXXX", *v = noise();
	int fd = mkstemp(path);
	struct rlimit limit, low;

	CHECK(fd >= 0 && v);
	write_file(path, v, SIZE, false);
	CHECK(!getrlimit(RLIMIT_NOFILE, &limit));
	low = limit;
	low.rlim_cur = (rlim_t)fd + 2; /* the file itself, and no more */
	CHECK(!setrlimit(RLIMIT_NOFILE, &low));
	compare(path, ML_END, 1 << 16);
	CHECK(!setrlimit(RLIMIT_NOFILE, &limit));
	close(fd);
	unlink(path);
	free(v);
}

TEST("ahead: a source that is given up ends, though its pipe gives nothing")
{
	struct ml_error err = { 0 };
	struct ml_source *s;
	int end[2], keep = dup(STDIN_FILENO);
	char *v = noise();
	size_t n, got = 0;

	CHECK(!pipe(end) && keep >= 0 && v);
	CHECK(dup2(end[0], STDIN_FILENO) == STDIN_FILENO);
	CHECK(!ml_source_open(&s, NULL, true, &err));
	ml_source_read_ahead(s);
	char *buf = malloc(1 << 16);
	for (size_t sent = 0; sent < SIZE; sent += 1 << 15) {
		CHECK(write(end[1], v + sent, 1 << 15) == 1 << 15);
		CHECK(!ml_source_read(s, buf, 1 << 16, &n, &err));
		CHECK(!memcmp(buf, v + got, n));
		got += n;
	}
	ml_source_free(s); /* the thread waits for the pipe, which stays open */
	CHECK(dup2(keep, STDIN_FILENO) == STDIN_FILENO);
	close(end[0]);
	close(end[1]);
	close(keep);
	free(buf);
	free(v);
}

int main(void)
{
	return ml_tests_run();
}
