/* fuzz_stream_fixed.c - model streams with impossible content behind right checksums: refused,
 * or a model that answers with numbers.
 *
 * Input: records, each a byte for its kind, two for its length (little-endian), and the raw
 * content.  The target frames them, and puts right what content depends on content: the digests
 * of chains.  For libFuzzer it also mutates fields as fields, so that lengths and counts stay
 * right. */
#include "models.h"

#include <zlib.h>

#include "core/watch.h"
#include "stream/cbor.h"

size_t LLVMFuzzerCustomMutator(uint8_t *v, size_t n, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *v, size_t n, size_t max) __attribute__((weak));

static const char *const kinds[] = { "step",     "rows",      "x-profile", "x-golden",
				     "x-sketch", "x-lineage", "x-any" };
/* Behind the last: a segment ends, and another begins. */
enum { KINDS = sizeof kinds / sizeof *kinds, STEP = 0, ROWS = 1, BREAK = KINDS };

/* ---- framing, apart from that of the library ---- */

static void put_head(struct ml_buf *b, unsigned major, uint64_t v)
{
	unsigned info = v < 24      ? (unsigned)v
			: v < 256   ? 24
			: v < 65536 ? 25
			: v >> 32   ? 27
				    : 26;

	ml_buf_byte(b, (unsigned char)(major << 5 | info));
	for (int i = info < 24 ? 0 : 1 << (info - 24); i > 0; i--)
		ml_buf_byte(b, (unsigned char)(v >> 8 * (i - 1)));
}

static void put_text(struct ml_buf *b, const char *s)
{
	put_head(b, 3, strlen(s));
	ml_buf_text(b, s);
}

struct frame {
	struct ml_buf out;
	uint32_t crcs;
	uint64_t records;
};

static void frame_begin(struct frame *f)
{
	ml_buf_put(&f->out, "\xd9\xd9\xf7\x82\x63mls\x01", 9);
	f->crcs = (uint32_t)crc32(0, f->out.v + f->out.n - 9, 9);
	f->records = 0;
}

static void frame_record(struct frame *f, const char *kind, const uint8_t *v, size_t n)
{
	struct ml_buf a = { 0 }, b = { 0 };
	unsigned char four[4];

	put_text(&a, kind);
	put_head(&a, 0, 0);
	put_head(&a, 0, n);
	put_head(&b, 2, n);
	ml_buf_put(&b, v, n);
	uint32_t crc = (uint32_t)crc32(crc32(0, a.v, (uInt)a.n), b.v, (uInt)b.n);
	ml_buf_byte(&f->out, 0x85);
	ml_buf_put(&f->out, a.v, a.n);
	put_head(&f->out, 0, crc);
	ml_buf_put(&f->out, b.v, b.n);
	for (int i = 0; i < 4; i++)
		four[i] = (unsigned char)(crc >> 8 * (3 - i));
	f->crcs = (uint32_t)crc32(f->crcs, four, 4);
	f->records++;
	ml_buf_release(&a);
	ml_buf_release(&b);
}

static void frame_end(struct frame *f)
{
	ml_buf_byte(&f->out, 0x83);
	put_text(&f->out, "end");
	put_head(&f->out, 0, f->records);
	put_head(&f->out, 0, f->crcs);
}

/* The first "chain" of the content, when it is a digest, becomes `digest`. */
static void mend_chain(uint8_t *v, size_t n, const unsigned char digest[ML_DIGEST])
{
	static const char key[] = "\x65"
				  "chain\x58\x20";
	uint8_t *at =
		n >= sizeof key - 1 + ML_DIGEST ? memmem(v, n, key, sizeof key - 1) : NULL;

	if (at && (size_t)(v + n - at) >= sizeof key - 1 + ML_DIGEST)
		memcpy(at + sizeof key - 1, digest, ML_DIGEST);
}

/* Takes one record off the front. */
static bool next_record(struct choices *c, unsigned *kind, const uint8_t **v, size_t *n)
{
	if (c->n < 3)
		return false;
	*kind = c->v[0] % (KINDS + 1);
	*n = (size_t)(c->v[1] | c->v[2] << 8);
	if (*n > c->n - 3)
		*n = c->n - 3;
	*v = c->v + 3;
	c->v += 3 + *n;
	c->n -= 3 + *n;
	return true;
}

static void reframe(struct choices c, struct ml_buf *out)
{
	struct frame f = { 0 };
	unsigned char digest[ML_DIGEST] = { 0 };
	const uint8_t *v;
	unsigned kind;
	size_t n;

	frame_begin(&f);
	while (next_record(&c, &kind, &v, &n)) {
		if (kind == BREAK) {
			frame_end(&f);
			frame_begin(&f);
			continue;
		}
		uint8_t *copy = malloc(n + 1);
		struct ml_sha sha;
		MUST(copy);
		memcpy(copy, v, n);
		if (kind == STEP || kind == ROWS)
			mend_chain(copy, n, digest);
		frame_record(&f, kinds[kind], copy, n);
		if (kind == STEP) {
			ml_sha_init(&sha);
			ml_sha_add(&sha, copy, n);
			ml_sha_end(&sha, digest);
		}
		free(copy);
	}
	frame_end(&f);
	*out = f.out;
}

/* ---- asking ---- */

static void watch(struct ml_pipeline *p, const struct ml_slot *slots, size_t n,
		  const struct ml_table *t)
{
	struct ml_watch *w = NULL;
	struct ml_run run = { .threads = 1, .deadline = INFINITY };
	struct ml_error err = { 0 };

	int rc = ml_watch_new(&w, p, slots, n, &err);
	if (!rc && w)
		rc = ml_watch_see(w, t, &err);
	if (!rc && w)
		ml_watch_warn(w, &run);
	if (rc)
		must_tell(rc, &err);
	ml_watch_free(w);
}

/* Rows made up for the source columns, through all steps. */
static void answer(struct ml_pipeline *p)
{
	static const uint8_t bytes[] = { 0,   1,   5, 40, 225, 226, 227, 230, 231,
					 224, 255, 9, 13, 239, 228, 7,   2 };
	struct ml_slot *slots = NULL;
	struct ml_table t = { .rows = 9 };
	struct ml_error err = { 0 };
	struct ml_mat out = { 0 };
	size_t n = 0, rows = 0;

	int rc = ml_pipeline_source(p, 0, &slots, &n, &err);
	MUST(!rc);
	for (size_t k = 0; k < n && k < 64; k++) {
		struct choices c = { bytes + k % 8, sizeof bytes - k % 8 };
		add_column(&t, slots[k].name, slots[k].kind, &c);
	}
	if (n <= 64) {
		watch(p, slots, n, &t);
		if (ml_pipeline_model(p)) {
			(void)predict(p, &t, &out, &err);
			explain(p, &t);
			free(out.v);
		} else {
			struct ml_table *copy = copy_table(&t);
			if ((rc = ml_pipeline_apply(p, 0, p->n, copy, &err)))
				must_tell(rc, &err);
			else
				must_be_sound(copy);
			ml_table_free(copy);
		}
	}
	rc = ml_golden_check(p, &rows, &err);
	MUST(!rc || rc == ML_NO || rc == ML_EDATA || rc == ML_ENOMEM);
	ml_table_release(&t);
	ml_slots_free(slots, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct ml_buf out = { 0 };
	/* Chains hold only when what came is written, not what we would make of it. */
	struct ml_pipeline p = { .keep_records = true };
	struct ml_error err;

	if (n > MEMORY / 8)
		return 0;
	reframe((struct choices){ v, n }, &out);
	int rc = pipeline_of(&p, out.v, out.n, &err);
	if (rc) {
		must_tell(rc, &err);
	} else {
		struct ml_pipeline back = { 0 };
		show(&p);
		answer(&p);
		pipeline_reread(&p, &back);
		ml_pipeline_release(&back);
	}
	ml_pipeline_release(&p);
	struct ml_table *t;
	if (!table_of(&out, &t, &err))
		must_be_sound(t);
	ml_table_free(t);
	ml_buf_release(&out);
	return 0;
}

/* ---- mutating fields ---- */

static unsigned draw(unsigned *state, unsigned n)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % n;
}

/* A field somewhere in the tree. */
static struct ml_field *some_field(struct ml_fields *f, unsigned *state)
{
	if (!f->n)
		return NULL;
	struct ml_field *v = &f->v[draw(state, (unsigned)f->n)];
	if (v->type == ML_FIELD_MAP && draw(state, 8))
		return some_field(v->u.map, state);
	return v;
}

static void resize(struct ml_field *v, unsigned *state)
{
	static const size_t sizes[] = { [ML_FIELD_BYTES] = 1,
					[ML_FIELD_REALS] = sizeof(double),
					[ML_FIELD_INTS] = sizeof(int32_t),
					[ML_FIELD_TEXTS] = sizeof(char *) };
	struct ml_error err;

	if (!draw(state, 3) && v->n) {
		v->n--;
		if (v->type == ML_FIELD_TEXTS)
			free(v->u.texts[v->n]);
		return;
	}
	size_t size = sizes[v->type], n = v->n + 1;
	char *more = ml_alloc(n, size, &err);
	if (v->n)
		memcpy(more, v->u.bytes, v->n * size);
	if (v->type == ML_FIELD_TEXTS)
		((char **)(void *)more)[v->n] = ml_strdup(word_of(draw(state, 240)), &err);
	free(v->u.bytes);
	v->u.bytes = (unsigned char *)more;
	v->n = n;
}

static void change_text(char **s, size_t *n, unsigned *state)
{
	struct ml_error err;

	free(*s);
	*s = ml_strdup(word_of(draw(state, 240)), &err);
	if (n)
		*n = strlen(*s);
}

static void change_field(struct ml_field *v, unsigned *state)
{
	static const uint64_t sizes[] = { 0,       1,     2,         3,          8,
					  255,     65535, INT32_MAX, UINT32_MAX, SIZE_MAX / 8,
					  SIZE_MAX };
	static const int32_t ints[] = { 0, 1, 2, -1, 3, 7, 100, INT32_MAX, INT32_MIN };
	size_t at = v->n ? draw(state, (unsigned)v->n) : 0;
	double real = number_of(draw(state, 256));

	if (v->type == ML_FIELD_SIZE)
		v->u.size = draw(state, 3) ? sizes[draw(state, 11)]
					   : v->u.size + 1 - draw(state, 3);
	else if (v->type == ML_FIELD_REAL)
		v->u.real = real;
	else if (v->type == ML_FIELD_TEXT)
		change_text(&v->u.text, &v->n, state);
	else if (v->type == ML_FIELD_MAP)
		return;
	else if (!v->n || !draw(state, 4))
		resize(v, state);
	else if (v->type == ML_FIELD_REALS)
		v->u.reals[at] = real;
	else if (v->type == ML_FIELD_INTS)
		v->u.ints[at] = ints[draw(state, 9)];
	else if (v->type == ML_FIELD_TEXTS)
		change_text(&v->u.texts[at], NULL, state);
	else
		v->u.bytes[at] ^= (unsigned char)(1u << draw(state, 8));
}

/* The record mutated as fields, else as bytes; appended to out. */
static void mutate_record(struct ml_buf *out, unsigned kind, const uint8_t *v, size_t n,
			  unsigned *state)
{
	struct ml_fields f = { 0 };
	struct ml_buf now = { 0 };
	struct ml_error err;

	if (kind != ROWS && draw(state, 10) && !ml_cbor_get_fields(v, n, &f, &err)) {
		for (unsigned k = 1 + draw(state, 3); k; k--) {
			struct ml_field *field = some_field(&f, state);
			if (field)
				change_field(field, state);
		}
		ml_cbor_put_fields(&now, &f);
		ml_fields_release(&f);
	} else {
		uint8_t *room = malloc(n + 64);
		memcpy(room, v, n);
		now.n = LLVMFuzzerMutate(room, n, n + 64);
		now.v = room;
	}
	size_t length = now.n < 65535 ? now.n : 65535;
	ml_buf_byte(out, (unsigned char)kind);
	ml_buf_byte(out, (unsigned char)length);
	ml_buf_byte(out, (unsigned char)(length >> 8));
	ml_buf_put(out, now.v, length);
	free(now.v);
}

size_t LLVMFuzzerCustomMutator(uint8_t *v, size_t n, size_t max, unsigned seed)
{
	struct choices c = { v, n };
	struct ml_buf out = { 0 };
	const uint8_t *bytes;
	unsigned state = seed, kind;
	size_t size, records = 0;

	if (!draw(&state, 12))
		return LLVMFuzzerMutate(v, n, max);
	while (next_record(&c, &kind, &bytes, &size))
		records++;
	if (!records)
		return LLVMFuzzerMutate(v, n, max);
	size_t which = draw(&state, (unsigned)records), i = 0;
	for (c = (struct choices){ v, n }; next_record(&c, &kind, &bytes, &size); i++) {
		if (i == which && draw(&state, 12)) {
			mutate_record(&out, kind, bytes, size, &state);
			continue;
		}
		ml_buf_byte(&out, (unsigned char)kind);
		ml_buf_byte(&out, (unsigned char)size);
		ml_buf_byte(&out, (unsigned char)(size >> 8));
		/* Seldom a record is left out. */
		if (i != which)
			ml_buf_put(&out, bytes, size);
		else
			out.n -= 3;
	}
	n = out.n < max ? out.n : max;
	if (n)
		memcpy(v, out.v, n);
	ml_buf_release(&out);
	return n;
}
