/* fuzz_stream.c - model streams as they come from outside: the same verdict and records however
 * the bytes arrive; as a model and as a table they end in an error or in what can be asked.
 *
 * Input: the bytes of a stream. */
#include "models.h"

#include "stream/stream.h"

/* What is told of the records; ML_END, or the failure. */
static int tell(const uint8_t *v, size_t n, unsigned cut, struct ml_buf *out,
		struct ml_error *err)
{
	struct feed f = { v, n, cut, 1 };
	struct ml_source *source = NULL;
	struct ml_stream *s = NULL;
	struct ml_record r;

	*err = (struct ml_error){ 0 };
	int rc = ml_source_open_fn(&source, "m.mls", feed_read, &f, false, err);
	if (!rc)
		rc = ml_stream_open(&s, source, NULL, err);
	while (!rc && !(rc = ml_stream_next(s, &r, err))) {
		ml_buf_printf(out, "%d %zu %zu %s %zu\n", (int)r.what, r.number, r.segment,
			      r.kind, r.fields.n);
		ml_buf_put(out, r.digest, sizeof r.digest);
		if (r.rows) {
			must_be_sound(r.rows);
			ml_buf_printf(out, "%zu rows, %zu columns\n", r.rows->rows,
				      r.rows->ncol);
		}
		ml_record_release(&r);
	}
	ml_stream_free(s);
	ml_source_free(source);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct ml_buf whole = { 0 }, bit = { 0 };
	struct ml_error err, again;
	struct ml_pipeline p = { 0 };

	if (n > MEMORY / 8)
		return 0;
	int rc = tell(v, n, 0, &whole, &err);
	MUST(tell(v, n, 3, &bit, &again) == rc);
	MUST(whole.n == bit.n && (!bit.n || !memcmp(whole.v, bit.v, bit.n)));
	if (rc != ML_END && strcmp(err.msg, again.msg))
		fprintf(stderr, "%s\n%s\n", err.msg, again.msg);
	MUST(rc == ML_END || !strcmp(err.msg, again.msg));
	if (rc != ML_END)
		must_tell(rc, &err);
	ml_buf_release(&whole);
	ml_buf_release(&bit);
	int read = pipeline_of(&p, v, n, &err);
	if (read)
		must_tell(read, &err);
	else
		show(&p);
	MUST(read || rc == ML_END);
	ml_pipeline_release(&p);
	struct ml_buf bytes = { .v = (unsigned char *)(uintptr_t)v, .n = n };
	struct ml_table *t;
	if (!table_of(&bytes, &t, &err))
		must_be_sound(t);
	ml_table_free(t);
	return 0;
}
