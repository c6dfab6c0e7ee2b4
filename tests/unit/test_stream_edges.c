/* test_stream_edges.c - limits that a reader sets, what cannot be written, and what is asked of
 * a stream that has failed. */
#define _POSIX_C_SOURCE 200809L
#include "streams.h"

static const unsigned char chain[ML_DIGEST] = { 3, 1, 4 };

static int put_three(void *arg, struct ml_stream_writer *w, struct ml_error *err)
{
	struct ml_fields f = { 0 };
	double v[100] = { 2.385 };

	(void)arg;
	ml_put_reals(&f, "v", v, 100);
	int rc = ml_stream_put(w, "step", &f, err);
	for (int i = 0; !rc && i < 2; i++)
		rc = ml_stream_put(w, "x-lineage", &f, err);
	ml_fields_release(&f);
	return rc;
}

/* The tag that reading ends with under these limits; *records: read before. */
static const char *read_limited(const struct ml_buf *b, size_t max_record, size_t max_model,
				size_t *records)
{
	static struct ml_error err;
	struct feed f = { b->v, b->n, 0, SIZE_MAX };
	struct ml_stream_limits limits = { max_record, max_model };
	struct ml_source *source = NULL;
	struct ml_stream *s = NULL;
	struct ml_record r;

	err = (struct ml_error){ 0 };
	*records = 0;
	CHECK(!ml_source_open_fn(&source, "t.mls", feed_some, &f, false, &err));
	CHECK(!ml_stream_open(&s, source, &limits, &err));
	int rc;
	while (!(rc = ml_stream_next(s, &r, &err))) {
		*records += r.what != ML_RECORD_END;
		ml_record_release(&r);
	}
	if (rc != ML_END) {
		struct ml_error again;

		CHECK(rc == ML_EDATA && strstr(err.msg, "t.mls: record "));
		CHECK(ml_stream_next(s, &r, &again) == ML_EBUG && !r.rows && !r.fields.n);
	}
	ml_stream_free(s);
	ml_source_free(source);
	return rc == ML_END ? "ok" : err.tag;
}

TEST("a reader's limits: of one record, and of all steps and extras together")
{
	struct ml_buf b = { 0 };
	size_t n, one = 100 * sizeof(double);

	write_stream(&b, put_three, NULL);
	SAME_TEXT(read_limited(&b, 2 * one, 4 * one, &n), "ok");
	CHECK(n == 3);
	SAME_TEXT(read_limited(&b, one - 1, 4 * one, &n), "E-LIMIT");
	CHECK(n == 0);
	SAME_TEXT(read_limited(&b, 2 * one, 3 * one, &n), "E-LIMIT");
	CHECK(n == 2);
	ml_buf_release(&b);
}

TEST("fields that a stream cannot hold are refused, and the record is named")
{
	struct ml_sink *sink = NULL;
	struct ml_stream_writer w = { 0 };
	struct ml_error err = { 0 };
	struct ml_fields f = { 0 }, g = { 0 };

	CHECK(!ml_sink_open(&sink, "/dev/null", &err) && !ml_stream_begin(&w, sink, &err));
	ml_put_real(&f, "v", (double)INFINITY);
	CHECK(ml_stream_put(&w, "step", &f, &err) && strstr(err.msg, "record 'step'"));
	ml_put_text(&g, "v", "\xff");
	CHECK(ml_stream_put(&w, "x-lineage", &g, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-UTF8");
	ml_stream_writer_release(&w);
	ml_sink_abandon(sink);
	ml_fields_release(&f);
	ml_fields_release(&g);
}

/* A table of one column of that kind and n rows. */
static void one_column(struct ml_table *t, enum ml_kind kind, size_t n)
{
	struct ml_error err;

	*t = (struct ml_table){ .rows = n };
	CHECK(!ml_table_insert(t, 0, "a", kind, &err));
}

TEST("rows that a stream cannot hold are refused")
{
	struct ml_sink *sink = NULL;
	struct ml_stream_writer w = { 0 };
	struct ml_error err = { 0 };
	struct ml_table numbers, texts, none = { .rows = 2 }, empty = { 0 };

	one_column(&numbers, ML_NUMBER, 3);
	one_column(&texts, ML_STRING, 3);
	CHECK(!ml_sink_open(&sink, "/dev/null", &err) && !ml_stream_begin(&w, sink, &err));
	CHECK(ml_stream_put_table(&w, &none, chain, ML_DIGEST, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-COLUMNS");
	CHECK(!ml_stream_put_table(&w, &numbers, chain, ML_DIGEST, &err));
	CHECK(ml_stream_put_table(&w, &texts, chain, ML_DIGEST, &err) == ML_EBUG);
	CHECK(ml_stream_put_table(&w, &empty, chain, ML_DIGEST, &err) == ML_EBUG);
	numbers.col[0].num[1] = (double)INFINITY;
	CHECK(ml_stream_put_table(&w, &numbers, chain, ML_DIGEST, &err) == ML_EBUG);
	CHECK(strstr(err.msg, "column 'a'") && strstr(err.msg, "row 2"));
	texts.col[0].text[2] = "\xc3";
	struct ml_stream_writer other = { 0 };
	CHECK(!ml_stream_begin(&other, sink, &err));
	CHECK(ml_stream_put_table(&other, &texts, chain, ML_DIGEST, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-UTF8");
	ml_stream_writer_release(&other);
	ml_stream_writer_release(&w);
	ml_sink_abandon(sink);
	ml_table_release(&numbers);
	ml_table_release(&texts);
}

TEST("a table of no columns and no rows is a stream")
{
	struct ml_sink *sink = NULL;
	struct ml_stream_writer w = { 0 };
	struct ml_error err = { 0 };
	struct ml_table empty = { 0 };

	CHECK(!ml_sink_open(&sink, "/dev/null", &err) && !ml_stream_begin(&w, sink, &err));
	CHECK(!ml_stream_put_table(&w, &empty, NULL, 0, &err) && !ml_stream_end(&w, &err));
	ml_stream_writer_release(&w);
	ml_sink_abandon(sink);
}

TEST("a full disk: whatever is being written says so")
{
	struct ml_table t;
	struct ml_fields f = { 0 };
	double v[1000];
	bool failed = false;

	for (size_t i = 0; i < 1000; i++)
		v[i] = (double)i * 2.385; /* does not deflate to nothing */
	one_column(&t, ML_NUMBER, 100000);
	ml_put_reals(&f, "v", v, 1000);
	for (int rows = 0; rows < 2; rows++) {
		struct ml_sink *sink = NULL;
		struct ml_stream_writer w = { 0 };
		struct ml_error err = { 0 };

		CHECK(!ml_sink_open(&sink, "/dev/full", &err));
		int rc = ml_stream_begin(&w, sink, &err);
		for (int i = 0; !rc && i < 200; i++)
			rc = rows ? ml_stream_put_table(&w, &t, NULL, 0, &err)
				  : ml_stream_put(&w, "step", &f, &err);
		CHECK(rc == ML_EIO && !strcmp(err.tag, "E-IO"));
		failed |= rc == ML_EIO;
		ml_stream_writer_release(&w);
		ml_sink_abandon(sink);
	}
	CHECK(failed);
	ml_fields_release(&f);
	ml_table_release(&t);
}

int main(void)
{
	return ml_tests_run();
}
