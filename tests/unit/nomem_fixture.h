/* nomem_fixture.h - what the jobs of nomem.c are done with, made while memory is to be had: a
 * CSV with all that is odd, plain and gzipped, its table and another with other levels, a
 * stream of both. */
#ifndef ML_TESTS_NOMEM_FIXTURE_H
#define ML_TESTS_NOMEM_FIXTURE_H

#include <fcntl.h>
#include <unistd.h>

#include <zlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/sink.h"
#include "feed.h"
#include "stream/stream.h"
#include "test.h"

enum { ROWS = 90, BIG = 1 << 19 };
static struct ml_buf text, packed, stream;
static struct ml_table *table, *other; /* the rows of text; rows with other levels */
static char big_file[] = "/tmp/ml-nomem-XXXXXX";

static void make_text(void)
{
	ml_buf_text(&text, "id,age,income,city,plan,note,day,late\n");
	for (int i = 0; i < ROWS; i++)
		ml_buf_printf(&text, "r%d,%s,%.3f,%c,%s,%s%d%s,%d,%s%d\n", i,
			      i % 9 == 4 ? "NA"
			      : i % 7    ? "31"
					 : "+31.50",
			      1000 + i * 2.385, "ABCDE"[i * 3 % 5],
			      i % 11 == 5 ? ""
			      : i % 3     ? "basic"
					  : "gold",
			      i % 4 ? "n" : "\"a, \"\"b\"\"\n", i, i % 4 ? "" : "\"", i / 3,
			      i == ROWS - 2 ? "x" : "", i % 25);
}

static void make_packed(void)
{
	z_stream z = { 0 };

	CHECK(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	unsigned char *to = ml_buf_add(&packed, deflateBound(&z, text.n));
	z.next_in = text.v;
	z.avail_in = (uInt)text.n;
	z.next_out = to;
	z.avail_out = (uInt)packed.n;
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	packed.n -= z.avail_out;
	deflateEnd(&z);
}

static struct ml_table *read_table(const char *csv)
{
	struct reading r = { .kinds = { .decimal = '.' } };
	enum ml_kind_ask ask[8] = { ML_ASK_STRING, ML_ASK_ANY, ML_ASK_ANY,
				    ML_ASK_ANY,    ML_ASK_ANY, ML_ASK_STRING };

	r.ask = ask;
	CHECK(!read_text(&r, csv));
	return r.table;
}

static int put_stream(struct ml_sink *sink, struct ml_error *err)
{
	static const unsigned char chain[ML_DIGEST] = { 7 };
	static const double v[] = { 2.385, -1e-300, 0.1 };
	static const char *const texts[] = { "a", "b c" };
	struct ml_stream_writer w = { 0 };
	struct ml_fields f = { 0 };

	ml_put_text(&f, "type", "scale");
	ml_put_reals(&f, "center", v, 3);
	ml_put_texts(&f, "names", texts, 2);
	ml_put_ints(&f, "ints", (const int32_t[]){ 1, 2 }, 2);
	ml_put_bytes(&f, "bytes", "\1\2", 2);
	ml_put_size(ml_put_map(&f, "map"), "size", 3);
	int rc = ml_fields_check(&f, err);
	if (!rc)
		rc = ml_stream_begin(&w, sink, err);
	if (!rc)
		rc = ml_stream_put(&w, "step", &f, err);
	/* Tables whose levels are numbered otherwise, and one that shares the first's. */
	if (!rc)
		rc = ml_stream_put_table(&w, table, chain, ML_DIGEST, err);
	if (!rc)
		rc = ml_stream_put_table(&w, other, chain, ML_DIGEST, err);
	if (!rc)
		rc = ml_stream_put_rows(&w, table, 3, 20, chain, ML_DIGEST, err);
	if (!rc)
		rc = ml_stream_end(&w, err);
	ml_stream_writer_release(&w);
	ml_fields_release(&f);
	return rc;
}

static void make_stream(void)
{
	char path[] = "/tmp/ml-nomem-XXXXXX", bytes[4096];
	struct ml_sink *sink = NULL;
	struct ml_error err;
	ssize_t n;
	int fd = mkstemp(path);

	CHECK(fd >= 0 && !ml_sink_open(&sink, path, &err));
	CHECK(!put_stream(sink, &err) && !ml_sink_commit(sink, &err));
	close(fd);
	fd = open(path, O_RDONLY);
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		ml_buf_put(&stream, bytes, (size_t)n);
	close(fd);
	unlink(path);
}

static void make_big_file(void)
{
	int fd = mkstemp(big_file);
	char *bytes = calloc(1, BIG);

	for (size_t i = 0; bytes && i < BIG; i++)
		bytes[i] = (char)('a' + i % 23);
	CHECK(fd >= 0 && bytes && write(fd, bytes, BIG) == BIG);
	close(fd);
	free(bytes);
}

static void prepare(void)
{
	make_text();
	make_packed();
	table = read_table(ml_buf_str(&text));
	other = read_table("id,age,income,city,plan,note,day,late\n"
			   "s,1,2.5,Z,new,t,5,x1\nt,NA,,A,gold,,6,x2\nu,3,4,,,v,7,x9\n");
	table->col[2].role = ML_TARGET;
	make_stream();
	make_big_file();
}

#endif
