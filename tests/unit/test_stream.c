/* test_stream.c - what is written is read back; what is damaged, in any way we know, is refused. */
#define _POSIX_C_SOURCE 200809L
#include "stream/cbor.h"
#include "streams.h"

enum { RECORDS = 4 }; /* of the small stream: step, x-lineage, rows, end */

static const unsigned char chain[ML_DIGEST] = { 0x17, 0xa5, 0x00, 0xff, 0x3c };

/* ---- a small table: every kind, missing cells, roles, a dummy, cells as they were read ---- */

static int add(struct ml_table *t, const char *name, enum ml_kind kind, enum ml_role role)
{
	struct ml_error err;
	int rc = ml_table_insert(t, t->ncol, name, kind, &err);

	CHECK(!rc);
	t->col[t->ncol - 1].role = role;
	return rc;
}

static void set_level(struct ml_column *c, size_t row, const char *level)
{
	struct ml_error err;

	CHECK(!ml_levels_add(c->levels, level, strlen(level), &c->code[row], &err));
}

static void fill_small(struct ml_table *t, size_t rows)
{
	static const char *const towns[] = { "K\xc3\xb6ln", "Aix", " ", "a\nb" };
	struct ml_error err;

	*t = (struct ml_table){ .rows = rows };
	add(t, "income", ML_NUMBER, ML_TARGET);
	add(t, "town", ML_CATEGORY, ML_FEATURE);
	add(t, "note", ML_STRING, ML_ID);
	add(t, "town=Aix", ML_NUMBER, ML_FEATURE);
	t->col[3].dummy = true;
	for (size_t i = 0; i < rows; i++) {
		t->col[0].num[i] = i % 5 == 1 ? (double)NAN : 2.385 * (double)i - 7.25;
		if (i % 3 != 2)
			set_level(&t->col[1], i, towns[(i / 2) % 4]);
		t->col[2].text[i] = i % 4 == 3 ? NULL : i % 2 ? "-" : "x y";
		t->col[3].num[i] = (double)(i & 1);
		if (i % 7 == 1)
			CHECK(!ml_column_remember(&t->col[0], i, "N/A", 3, &err));
		if (i % 7 == 2)
			CHECK(!ml_column_remember(&t->col[0], i, "+1.50", 5, &err));
	}
}

static void put_fields(struct ml_fields *f)
{
	static const double v[] = { 2.385, -1e-300, 0.1 };

	ml_put_text(f, "type", "scale");
	ml_put_size(f, "format", 1);
	ml_put_reals(f, "center", v, 3);
}

struct job { struct ml_table *t; bool chained; };

static int write_small(void *arg, struct ml_stream_writer *w, struct ml_error *err)
{
	const struct job *job = arg;
	struct ml_fields f = { 0 };

	put_fields(&f);
	int rc = ml_stream_put(w, "step", &f, err);
	if (!rc)
		rc = ml_stream_put(w, "x-lineage", &f, err);
	if (!rc)
		rc = ml_stream_put_table(w, job->t, chain, job->chained ? ML_DIGEST : 0, err);
	ml_fields_release(&f);
	return rc;
}

static void small_stream(struct ml_buf *out)
{
	struct ml_table t;

	fill_small(&t, 3);
	write_stream(out, write_small, &(struct job){ &t, true });
	ml_table_release(&t);
}

/* ---- comparing ---- */

static bool same_cell(const struct ml_column *a, size_t i, const struct ml_column *b, size_t k)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == ML_NUMBER)
		return !memcmp(&a->num[i], &b->num[k], sizeof(double)) ||
		       (isnan(a->num[i]) && isnan(b->num[k]));
	if (ml_missing(a, i) || ml_missing(b, k))
		return ml_missing(a, i) && ml_missing(b, k);
	if (a->kind == ML_STRING)
		return !strcmp(a->text[i], b->text[k]);
	return !strcmp(a->levels->name[a->code[i]], b->levels->name[b->code[k]]);
}

static bool same_origin(const struct ml_column *a, size_t i, const struct ml_column *b, size_t k)
{
	size_t x = 0, y = 0;
	const char *s = ml_column_origin(a, i, &x), *t = ml_column_origin(b, k, &y);

	return s ? t && !strcmp(s, t) : !t;
}

static void check_rows(const struct ml_table *want, size_t from, const struct ml_table *got)
{
	CHECK(got->ncol == want->ncol && from + got->rows <= want->rows);
	for (size_t j = 0; j < got->ncol && j < want->ncol; j++) {
		const struct ml_column *a = &want->col[j], *b = &got->col[j];

		SAME_TEXT(b->name, a->name);
		CHECK(a->kind == b->kind && a->role == b->role && a->dummy == b->dummy);
		for (size_t i = 0; i < got->rows && from + i < want->rows; i++)
			CHECK(same_cell(a, from + i, b, i) && same_origin(a, from + i, b, i));
	}
}

struct seen {
	const struct ml_table *want;
	size_t rows, records, ends, segments;
	char kinds[8][32];
	bool meddle;                   /* add a level to each table read */
	struct ml_levels *levels;      /* of the first table */
	bool shared;
};

static void look(void *arg, struct ml_record *r)
{
	struct seen *s = arg;

	s->ends += r->what == ML_RECORD_END;
	s->segments = r->segment + 1;
	if (r->what == ML_RECORD_END)
		return;
	CHECK(r->number == ++s->records);
	if (s->records <= 8)
		memcpy(s->kinds[s->records - 1], r->kind, 32);
	if (r->what != ML_RECORD_ROWS)
		return;
	if (s->want)
		check_rows(s->want, s->rows, r->rows);
	s->rows += r->rows->rows;
	struct ml_levels *l = r->rows->ncol > 1 ? r->rows->col[1].levels : NULL;
	if (l && s->levels)
		s->shared = s->levels == l;
	if (l && !s->levels)
		s->levels = ml_levels_ref(l);
	int32_t code;
	struct ml_error err;
	if (l && s->meddle)
		CHECK(!ml_levels_add(l, "another", 7, &code, &err));
}

/* ---- round trip ---- */

TEST("a step, an extra and rows come back as they were written, one byte at a time as well")
{
	struct ml_buf b = { 0 };
	struct ml_table t;
	struct ml_error err;

	fill_small(&t, 3);
	small_stream(&b);
	for (size_t piece = 1; piece < 4 * b.n; piece *= 3) {
		struct seen seen = { .want = &t };

		CHECK(!read_stream(b.v, b.n, piece, look, &seen, &err));
		CHECK(seen.records == 3 && seen.rows == 3 && seen.ends == 1 && seen.segments == 1);
		SAME_TEXT(seen.kinds[0], "step");
		SAME_TEXT(seen.kinds[1], "x-lineage");
		SAME_TEXT(seen.kinds[2], "rows");
		ml_levels_free(seen.levels);
	}
	ml_table_release(&t);
	ml_buf_release(&b);
}

static void look_at_fields(void *arg, struct ml_record *r)
{
	struct ml_error err;
	struct ml_buf b = { 0 };
	struct ml_fields f = { 0 };
	unsigned char digest[ML_DIGEST];
	struct ml_sha sha;
	double *v = NULL;

	++*(int *)arg;
	if (r->what == ML_RECORD_STEP || r->what == ML_RECORD_EXTRA) {
		CHECK(!ml_get_reals(&r->fields, "center", &v, 3, &err) && v[1] == -1e-300);
		put_fields(&f);
		ml_cbor_put_fields(&b, &f);
		ml_sha_init(&sha);
		ml_sha_add(&sha, b.v, b.n);
		ml_sha_end(&sha, digest);
		CHECK(!memcmp(digest, r->digest, ML_DIGEST));
	}
	if (r->what == ML_RECORD_ROWS) {
		const struct ml_field *c = ml_fields_find(&r->fields, "chain");
		CHECK(c && c->n == ML_DIGEST && !memcmp(c->u.bytes, chain, ML_DIGEST));
	}
	free(v);
	ml_fields_release(&f);
	ml_buf_release(&b);
}

TEST("fields, digests and the chain of rows arrive")
{
	struct ml_buf b = { 0 };
	struct ml_error err;
	int records = 0;

	small_stream(&b);
	CHECK(!read_stream(b.v, b.n, 100, look_at_fields, &records, &err));
	CHECK(records == RECORDS);
	ml_buf_release(&b);
}

TEST("the same content gives the same bytes, those of the specification")
{
	struct ml_buf a = { 0 }, b = { 0 };

	small_stream(&a);
	small_stream(&b);
	CHECK(a.n == b.n && !memcmp(a.v, b.v, a.n));
	CHECK(!memcmp(a.v, "\xd9\xd9\xf7\x82\x63mls\x01\x85\x64step\x01", 16));
	ml_buf_release(&a);
	ml_buf_release(&b);
}

TEST("a long table comes in blocks that share their levels; no rows make one empty block")
{
	static const size_t sizes[] = { 0, 1, 60001 };

	for (size_t i = 0; i < 3; i++) {
		struct ml_buf b = { 0 };
		struct ml_table t;
		struct ml_error err;

		fill_small(&t, sizes[i]);
		write_stream(&b, write_small, &(struct job){ &t, false });
		struct seen seen = { .want = &t };
		CHECK(!read_stream(b.v, b.n, SIZE_MAX, look, &seen, &err));
		CHECK(seen.rows == sizes[i] && seen.records == (i < 2 ? 3 : 4));
		CHECK(i < 2 || seen.shared);
		ml_levels_free(seen.levels);
		ml_table_release(&t);
		ml_buf_release(&b);
	}
}

/* Blocks of 2 rows, each a table of its own with levels of its own, numbered otherwise. */
static int write_batches(void *arg, struct ml_stream_writer *w, struct ml_error *err)
{
	const struct ml_table *t = arg;
	int rc = ML_OK;

	for (size_t from = 0; !rc && from + 2 <= t->rows; from += 2) {
		size_t rows[2] = { from + 1, from };
		struct ml_table *batch;
		struct ml_levels *own = ml_levels_new(err);
		int32_t code;

		if ((rc = ml_table_take(&batch, t, rows, 2, err)))
			return rc;
		struct ml_column *c = &batch->col[1];
		for (size_t i = c->levels->n; !rc && i-- > 0;)
			rc = ml_levels_add(own, c->levels->name[i], c->levels->len[i], &code, err);
		for (size_t i = 0; i < 2; i++)
			if (c->code[i] >= 0)
				c->code[i] = (int32_t)(c->levels->n - 1) - c->code[i];
		if (from % 4) { /* every other one keeps the levels it had, under its own codes */
			ml_levels_free(c->levels);
			c->levels = own;
		} else {
			ml_levels_free(own);
			for (size_t i = 0; i < 2; i++)
				c->code[i] = t->col[1].code[rows[i]];
		}
		if (!rc)
			rc = ml_stream_put_rows(w, batch, 0, 2, NULL, 0, err);
		ml_table_free(batch);
	}
	return rc;
}

TEST("batches whose levels are numbered otherwise come back with levels that are comparable")
{
	struct ml_buf b = { 0 };
	struct ml_table t, *turned;
	struct ml_error err;
	size_t order[24];

	for (size_t i = 0; i < 24; i++)
		order[i] = i ^ 1;
	fill_small(&t, 24);
	CHECK(!ml_table_take(&turned, &t, order, 24, &err));
	write_stream(&b, write_batches, &t);
	for (int meddle = 0; meddle < 2; meddle++) {
		struct seen seen = { .want = turned, .meddle = meddle };

		CHECK(!read_stream(b.v, b.n, SIZE_MAX, look, &seen, &err));
		CHECK(seen.rows == 24 && seen.records == 12 && seen.shared != meddle);
		ml_levels_free(seen.levels);
	}
	ml_table_free(turned);
	ml_table_release(&t);
	ml_buf_release(&b);
}

TEST("segments one behind the other are a stream")
{
	struct ml_buf b = { 0 };
	struct ml_error err;
	struct seen seen = { 0 };

	small_stream(&b);
	small_stream(&b);
	CHECK(!read_stream(b.v, b.n, 7, look, &seen, &err));
	CHECK(seen.records == 6 && seen.ends == 2 && seen.segments == 2 && !seen.shared);
	ml_levels_free(seen.levels);
	ml_buf_release(&b);
}

/* ---- damage ---- */

TEST("a stream that is cut anywhere is refused, and the record is named")
{
	struct ml_buf b = { 0 };
	struct span span[RECORDS];
	struct ml_error err;
	size_t record = 0;

	small_stream(&b);
	CHECK(raw_spans(b.v, b.n, span, RECORDS) == RECORDS && span[3].to == b.n);
	for (size_t n = 0; n < b.n; n++) {
		char name[40];

		while (n >= span[record].to)
			record++;
		snprintf(name, sizeof name, "test.mls: record %zu", record + 1);
		for (int k = 0; k < 2; k++) {
			CHECK(read_stream(b.v, n, k ? 1 : SIZE_MAX, NULL, NULL, &err) == ML_EDATA);
			SAME_TEXT(err.tag, "E-STREAM");
			CHECK(!strncmp(err.msg, name, strlen(name)));
		}
	}
	ml_buf_release(&b);
}

TEST("any flipped bit, in heads, lengths, flags and the end record as well, is noticed")
{
	struct ml_buf b = { 0 };
	size_t newer = 0;

	small_stream(&b);
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		b.v[bit / 8] ^= (unsigned char)(1u << bit % 8);
		const char *tag = tag_of(b.v, b.n);
		bool version = !strcmp(tag, "E-VERSION");

		/* Only the version itself can look like a newer version. */
		CHECK(version ? bit / 8 == 8 : !strcmp(tag, "E-STREAM"));
		newer += version;
		b.v[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	CHECK(newer == 4); /* 3, 5, 9, 17 */
	SAME_TEXT(tag_of(b.v, b.n), "ok");
	ml_buf_release(&b);
}

TEST("bytes before, between and behind are refused")
{
	static const struct { const char *v; size_t n; } junk[] = {
		{ "\0", 1 }, { "\n", 1 }, { "x", 1 }, { "\x80", 1 }, { "\xf6", 1 },
		{ "\xd9\xd9\xf7", 3 }, { "\xd9\xd9\xf7\x82\x63mls\x01", 9 },
		{ "\x83\x63" "end\x00\x00", 7 }, { "\0\0\0\0\0\0\0\0", 8 },
	};
	struct ml_buf one = { 0 };

	small_stream(&one);
	for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
		for (int where = 0; where < 3; where++) {
			struct ml_buf b = { 0 };

			if (where == 0)
				ml_buf_put(&b, junk[i].v, junk[i].n);
			ml_buf_put(&b, one.v, one.n);
			if (where)
				ml_buf_put(&b, junk[i].v, junk[i].n);
			if (where == 1)
				ml_buf_put(&b, one.v, one.n);
			SAME_TEXT(tag_of(b.v, b.n), "E-STREAM");
			ml_buf_release(&b);
		}
	SAME_TEXT(tag_of("", 0), "E-STREAM");
	ml_buf_release(&one);
}

/* The head, and then the records of `from` in that order (RECORDS ends the list). */
static void arranged(struct ml_buf *out, const struct ml_buf *from, const int *order)
{
	struct span span[RECORDS];

	raw_spans(from->v, from->n, span, RECORDS);
	ml_buf_clear(out);
	ml_buf_put(out, from->v, 9);
	for (; *order < RECORDS; order++)
		ml_buf_put(out, from->v + span[*order].from, span[*order].to - span[*order].from);
}

TEST("records removed, repeated, swapped are refused")
{
	static const int orders[][8] = {
		{ 1, 2, 3, 4 }, { 0, 2, 3, 4 }, { 0, 1, 3, 4 }, { 0, 1, 2, 4 }, { 3, 4 }, { 4 },
		{ 0, 0, 1, 2, 3, 4 }, { 0, 1, 1, 2, 3, 4 }, { 0, 1, 2, 2, 3, 4 },
		{ 1, 0, 2, 3, 4 }, { 0, 2, 1, 3, 4 }, { 2, 1, 0, 3, 4 }, { 0, 1, 3, 2, 4 },
		{ 1, 1, 2, 3, 4 }, { 0, 1, 2, 3, 3, 4 }, { 0, 1, 2, 3, 0, 4 },
	};
	struct ml_buf good = { 0 }, b = { 0 };

	small_stream(&good);
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		arranged(&b, &good, orders[i]);
		SAME_TEXT(tag_of(b.v, b.n), "E-STREAM");
	}
	arranged(&b, &good, (const int[]){ 0, 1, 2, 3, 4 });
	SAME_TEXT(tag_of(b.v, b.n), "ok");
	ml_buf_release(&good);
	ml_buf_release(&b);
}

TEST("bytes removed, repeated, swapped, zeroed, spliced from another stream are refused")
{
	static const size_t sizes[] = { 1, 2, 8, 64 };
	struct ml_buf good = { 0 }, other = { 0 }, b = { 0 };
	struct ml_table t;

	small_stream(&good);
	fill_small(&t, 4);
	write_stream(&other, write_small, &(struct job){ &t, true });
	ml_table_release(&t);
	for (size_t k = 0; k < 4; k++)
		for (size_t at = 0, m = sizes[k]; at + 2 * m <= good.n; at += m)
			for (int how = 0; how < 4; how++) {
				ml_buf_clear(&b);
				ml_buf_put(&b, good.v, at);
				if (how == 1)
					ml_buf_put(&b, good.v + at, m);
				if (how == 2)
					ml_buf_put(&b, good.v + at + m, m);
				if (how == 3)
					ml_buf_put(&b, (const char[64]){ 0 }, m);
				else if (how)
					ml_buf_put(&b, good.v + at, m);
				size_t from = at + (how == 1 ? m : how == 2 ? 2 * m : m);
				ml_buf_put(&b, good.v + from, good.n - from);
				if (b.n != good.n || memcmp(b.v, good.v, b.n))
					CHECK(strcmp(tag_of(b.v, b.n), "ok"));
			}
	for (size_t at = 9; at < good.n && at < other.n; at++) {
		ml_buf_clear(&b);
		ml_buf_put(&b, good.v, at);
		ml_buf_put(&b, other.v + at, other.n - at);
		if (memcmp(good.v, other.v, at))
			SAME_TEXT(tag_of(b.v, b.n), "E-STREAM");
	}
	ml_buf_release(&good);
	ml_buf_release(&other);
	ml_buf_release(&b);
}

static void count_rows(void *arg, struct ml_record *r)
{
	*(size_t *)arg += r->rows ? r->rows->rows : 0;
}

TEST("a block of rows that is missing is noticed before the next is given")
{
	struct ml_buf good = { 0 }, b = { 0 };
	struct span span[16];
	struct ml_table t;
	struct ml_error err;

	fill_small(&t, 24);
	write_stream(&good, write_batches, &t);
	ml_table_release(&t);
	CHECK(raw_spans(good.v, good.n, span, 16) == 13);
	for (size_t gone = 0; gone < 12; gone++) {
		size_t rows = 0;

		ml_buf_clear(&b);
		ml_buf_put(&b, good.v, span[gone].from);
		ml_buf_put(&b, good.v + span[gone].to, good.n - span[gone].to);
		CHECK(read_stream(b.v, b.n, SIZE_MAX, count_rows, &rows, &err) == ML_EDATA);
		SAME_TEXT(err.tag, "E-STREAM");
		CHECK(rows == 2 * gone);
	}
	ml_buf_release(&good);
	ml_buf_release(&b);
}

/* ---- what cannot be written ---- */

TEST("an infinity, text that is not UTF-8, rows without columns are not written")
{
	struct ml_error err = { 0 };
	struct ml_sink *sink = NULL;
	struct ml_table t, none = { .rows = 2 };

	for (int how = 0; how < 5; how++) {
		struct ml_stream_writer w;

		CHECK(!ml_sink_open(&sink, "/dev/null", &err) && !ml_stream_begin(&w, sink, &err));
		fill_small(&t, 3);
		if (how == 0)
			t.col[3].num[2] = (double)INFINITY;
		if (how == 1)
			t.col[2].text[1] = "\xc3";
		if (how == 2)
			set_level(&t.col[1], 0, "\xff");
		if (how == 3)
			CHECK(!ml_table_rename(&t, 0, "\x80", &err));
		err = (struct ml_error){ 0 };
		int rc = ml_stream_put_table(&w, how < 4 ? &t : &none, NULL, 0, &err);
		CHECK(rc == (how ? ML_EDATA : ML_EBUG));
		SAME_TEXT(err.tag, how == 0 ? "E-BUG" : how < 4 ? "E-UTF8" : "E-COLUMNS");
		CHECK(how == 4 || strstr(err.msg, "column '") != NULL);
		ml_stream_writer_release(&w);
		ml_sink_abandon(sink);
		ml_table_release(&t);
	}
}

int main(void)
{
	return ml_tests_run();
}
