/* stream_read.c - records out of a source, each verified before it is given.
 *
 * Items are read one by one from a buffer, without seeking.  What fails before a checksum was
 * right is damage (E-STREAM), but sizes that agree with each other and exceed the limits; only
 * then is a kind, a flag or a content judged.
 *
 * Memory: a string grows by what has arrived, at most to twice that; raw bytes by what inflate
 * gives; fields take theirs out of one budget for the stream, 12 MiB and three times the raw
 * bytes of all steps and extras. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stream/cbor.h"
#include "stream/frame.h"
#include "stream/intake.h"
#include "stream/pack.h"
#include "stream/rows.h"
#include "stream/stream.h"

enum { FIELDS_SLACK = 12 << 20, FIELDS_TIMES = 3 };
enum { KEEP = 4 << 20 }; /* a workspace that grew larger is given back behind its record */

struct ml_stream {
	struct ml_stream_limits limits;
	struct ml_intake in;
	bool failed;
	bool inside;              /* a segment */
	bool rows_seen;           /* in this segment */
	size_t segments, records; /* begun; read whole */
	uint64_t in_segment;      /* records */
	uint32_t crcs;            /* of head and records: what the end record must say */
	size_t model;             /* raw bytes of steps and extras */
	size_t budget;            /* bytes their fields may still take */
	struct ml_buf bytes, raw;
	struct ml_rows_reader *rows; /* of this segment */
};

/* The head of a record: all of it but the bytes. */
struct frame {
	char kind[ML_FRAME_KIND]; /* "" as long as it is not read */
	uint64_t flags, raw, n;
	uint32_t crc;
};

static int damaged(struct ml_error *err, const char *why)
{
	return ml_fail(err, ML_EDATA, "E-STREAM", "%s", why);
}

/* The head of a segment, or ML_END where the stream may end. */
static int take_segment(struct ml_stream *s, struct ml_error *err)
{
	unsigned char magic[ML_FRAME_MAGIC_SIZE];
	uint64_t version;

	int rc = ml_intake_fill(&s->in, err);
	if (rc)
		return rc;
	if (s->in.at == s->in.n)
		return s->segments ? ML_END : damaged(err, "empty: no bytes at all");
	s->in.crc = 0;
	rc = ml_intake_take(&s->in, magic, 1, err);
	if (!rc && magic[0] != (unsigned char)ML_FRAME_MAGIC[0])
		return damaged(err, s->segments ? "bytes behind the end that begin no segment"
						: "not a model stream: it begins otherwise");
	if (!rc)
		rc = ml_intake_take(&s->in, magic + 1, sizeof magic - 1, err);
	if (!rc && memcmp(magic, ML_FRAME_MAGIC, sizeof magic))
		return damaged(err, "damaged where a segment begins");
	if (!rc)
		rc = ml_intake_head(&s->in, ML_CBOR_UINT, &version, err);
	if (rc || version == ML_STREAM_VERSION) {
		s->crcs = s->in.crc;
		s->segments++;
		s->inside = !rc;
		return rc;
	}
	if (!version)
		return damaged(err, "version 0, which does not exist");
	return ml_fail(err, ML_EDATA, "E-VERSION",
		       "version %llu of the format, but this program reads up to %d",
		       (unsigned long long)version, ML_STREAM_VERSION);
}

static int take_end(struct ml_stream *s, struct ml_error *err)
{
	char word[3];
	uint64_t n, crc;

	int rc = ml_intake_head(&s->in, ML_CBOR_TEXT, &n, err);
	if (!rc && n != sizeof word)
		rc = damaged(err, "damaged");
	if (!rc)
		rc = ml_intake_take(&s->in, word, sizeof word, err);
	if (!rc && memcmp(word, "end", sizeof word))
		rc = damaged(err, "damaged");
	if (!rc)
		rc = ml_intake_head(&s->in, ML_CBOR_UINT, &n, err);
	if (!rc)
		rc = ml_intake_head(&s->in, ML_CBOR_UINT, &crc, err);
	if (!rc && n != s->in_segment)
		rc = ml_fail(err, ML_EDATA, "E-STREAM",
			     "tells of %llu records, but there are %llu", (unsigned long long)n,
			     (unsigned long long)s->in_segment);
	if (!rc && crc != s->crcs)
		rc = damaged(err, "wrong checksum: a record is missing, or not in its place");
	s->inside = false;
	s->rows_seen = false;
	s->in_segment = 0;
	ml_rows_reader_free(s->rows);
	s->rows = NULL;
	return rc;
}

static int check_sizes(const struct ml_stream *s, const struct frame *f, struct ml_error *err)
{
	size_t most = s->limits.max_record;
	/* What unknown flags mean is not known; the checksum will tell whether they are meant.
	 */
	bool deflated = f->flags == ML_FRAME_DEFLATED, stored = !f->flags;

	if ((stored && f->n != f->raw) || (deflated && f->n > ml_frame_most(f->raw)))
		return ml_fail(err, ML_EDATA, "E-STREAM",
			       "%llu bytes do not fit a raw size of %llu",
			       (unsigned long long)f->n, (unsigned long long)f->raw);
	if (f->n > ml_frame_most(most))
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "%llu bytes, more than the limit of %zu",
			       (unsigned long long)f->n, most);
	return ML_OK;
}

/* Kind to bytes, with the checksum of all. */
static int take_frame(struct ml_stream *s, struct frame *f, struct ml_error *err)
{
	uint64_t n, crc;

	s->in.crc = 0;
	int rc = ml_intake_head(&s->in, ML_CBOR_TEXT, &n, err);
	if (!rc && (!n || n >= sizeof f->kind))
		rc = damaged(err, "damaged: no kind");
	if (!rc && (rc = ml_intake_take(&s->in, f->kind, (size_t)n, err)))
		f->kind[0] = '\0';
	if (!rc)
		rc = ml_intake_head(&s->in, ML_CBOR_UINT, &f->flags, err);
	if (!rc)
		rc = ml_intake_head(&s->in, ML_CBOR_UINT, &f->raw, err);
	uint32_t before = s->in.crc;
	if (!rc)
		rc = ml_intake_head(&s->in, ML_CBOR_UINT, &crc, err);
	s->in.crc = before;
	if (!rc)
		rc = ml_intake_head(&s->in, ML_CBOR_BYTES, &f->n, err);
	if (!rc)
		rc = check_sizes(s, f, err);
	if (!rc)
		rc = ml_intake_bytes(&s->in, &s->bytes, (size_t)f->n, err);
	if (!rc && crc != s->in.crc)
		rc = damaged(err, "damaged: wrong checksum");
	if (!rc)
		f->crc = s->in.crc;
	return rc;
}

/* ---- records ---- */

/* What kind it is; behind the checksum, so that a damaged kind is no newer version. */
static int judge(struct ml_stream *s, const struct frame *f, enum ml_record_what *what,
		 struct ml_error *err)
{
	bool step = !strcmp(f->kind, "step");

	if (f->flags & ~(uint64_t)ML_FRAME_DEFLATED)
		return ml_fail(err, ML_EDATA, "E-VERSION",
			       "flags %llu, which version %d of the format does not know",
			       (unsigned long long)f->flags, ML_STREAM_VERSION);
	if (!strcmp(f->kind, "rows"))
		*what = ML_RECORD_ROWS;
	else if (step || !strncmp(f->kind, "x-", 2))
		*what = step ? ML_RECORD_STEP : ML_RECORD_EXTRA;
	else
		return ml_fail(err, ML_EDATA, "E-VERSION",
			       "a kind that version %d of the format does not know: "
			       "written by a newer version",
			       ML_STREAM_VERSION);
	if (step && s->rows_seen)
		return damaged(err, "a step behind rows in one segment");
	s->rows_seen |= *what == ML_RECORD_ROWS;
	if (f->raw > s->limits.max_record)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "%llu bytes, more than the limit of %zu",
			       (unsigned long long)f->raw, s->limits.max_record);
	if (*what == ML_RECORD_ROWS)
		return ML_OK;
	if (f->raw > s->limits.max_model - s->model)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "the model has more than the limit of %zu bytes",
			       s->limits.max_model);
	s->model += (size_t)f->raw;
	s->budget += FIELDS_TIMES * (size_t)f->raw;
	return ML_OK;
}

static int take_content(struct ml_stream *s, const struct ml_buf *raw, struct ml_record *r,
			struct ml_error *err)
{
	const unsigned char *chain;
	struct ml_sha sha;

	if (r->what == ML_RECORD_ROWS) {
		int rc = ml_rows_read(&s->rows, raw->v, raw->n, &r->rows, &chain, err);
		if (!rc && chain)
			ml_put_bytes(&r->fields, "chain", chain, ML_DIGEST);
		return rc ? rc : ml_fields_check(&r->fields, err);
	}
	ml_sha_init(&sha);
	ml_sha_add(&sha, raw->v, raw->n);
	ml_sha_end(&sha, r->digest);
	return ml_cbor_get_fields_within(raw->v, raw->n, &s->budget, &r->fields, err);
}

static void give_back(struct ml_buf *b)
{
	if (b->cap > KEEP)
		ml_buf_release(b);
}

static int take_record(struct ml_stream *s, struct frame *f, struct ml_record *r,
		       struct ml_error *err)
{
	struct ml_buf *raw = &s->bytes;

	int rc = take_frame(s, f, err);
	if (!rc)
		rc = judge(s, f, &r->what, err);
	if (!rc && f->flags & ML_FRAME_DEFLATED) {
		raw = &s->raw;
		ml_buf_clear(raw);
		rc = ml_unpack(raw, s->bytes.v, s->bytes.n, (size_t)f->raw, err);
		give_back(&s->bytes);
	}
	if (!rc)
		rc = take_content(s, raw, r, err);
	give_back(raw);
	if (rc)
		return rc;
	memcpy(r->kind, f->kind, sizeof r->kind);
	s->crcs = ml_frame_fold(s->crcs, f->crc);
	s->in_segment++;
	r->number = ++s->records;
	return ML_OK;
}

static int take_next(struct ml_stream *s, struct frame *f, struct ml_record *r,
		     struct ml_error *err)
{
	unsigned char first;

	int rc = s->inside ? ML_OK : take_segment(s, err);
	if (!rc)
		rc = ml_intake_fill(&s->in, err);
	if (!rc && s->in.at == s->in.n)
		return damaged(err, "cut: there is no end record");
	if (!rc)
		rc = ml_intake_take(&s->in, &first, 1, err);
	if (rc)
		return rc;
	r->segment = s->segments - 1;
	if (first == ML_FRAME_RECORD)
		return take_record(s, f, r, err);
	if (first == ML_FRAME_END) {
		memcpy(f->kind, "end", sizeof "end");
		r->what = ML_RECORD_END;
		return take_end(s, err);
	}
	return damaged(err,
		       first == (unsigned char)ML_FRAME_MAGIC[0]
			       ? "cut: a segment begins, but the one before has no end record"
			       : "damaged: no record begins here");
}

static int name_record(const struct ml_stream *s, const struct frame *f, struct ml_error *err)
{
	const char *name = ml_source_name(s->in.source), *open = *f->kind ? " (" : "";

	return ml_context(err, "%s: record %zu%s%s%s", ML_SHOW(name, strlen(name)),
			  s->records + 1, open, ML_SHOW(f->kind, strlen(f->kind)),
			  *f->kind ? ")" : "");
}

int ml_stream_open(struct ml_stream **out, struct ml_source *source,
		   const struct ml_stream_limits *limits, struct ml_error *err)
{
	struct ml_stream *s = ml_alloc(1, sizeof *s, err);

	if (!s)
		return err->code;
	s->in.source = source;
	s->limits = (struct ml_stream_limits){ ML_STREAM_MAX_RECORD, ML_STREAM_MAX_MODEL };
	if (limits)
		s->limits = *limits;
	s->budget = FIELDS_SLACK;
	*out = s;
	return ML_OK;
}

int ml_stream_next(struct ml_stream *s, struct ml_record *r, struct ml_error *err)
{
	struct frame f = { 0 };

	*r = (struct ml_record){ 0 };
	if (s->failed)
		return ml_fail(err, ML_EBUG, "E-BUG", "reading on in a stream that has failed");
	int rc = take_next(s, &f, r, err);
	if (!rc || rc == ML_END)
		return rc;
	s->failed = true;
	ml_record_release(r);
	return s->in.foreign ? rc : name_record(s, &f, err);
}

void ml_record_release(struct ml_record *r)
{
	ml_fields_release(&r->fields);
	ml_table_free(r->rows);
	*r = (struct ml_record){ 0 };
}

void ml_stream_free(struct ml_stream *s)
{
	if (!s)
		return;
	ml_buf_release(&s->bytes);
	ml_buf_release(&s->raw);
	ml_rows_reader_free(s->rows);
	free(s);
}
