/* test_stream_hostile.c - right checksums around impossible content, sizes that lie, bombs, newer
 * versions: each refused with its own tag, in little memory, and never worse. */
#define _POSIX_C_SOURCE 200809L
#include <sys/resource.h>

#include "stream/cbor.h"
#include "streams.h"

#define BYTES(s) (s), sizeof (s) - 1

/* Rows with a column of each kind, written out by hand. */
#define HEAD "\xa3" "\x65" "first" "\x00" "\x64" "rows" "\x02" "\x67" "columns" "\x83"
#define X_NAME "\xa3" "\x64" "name" "\x61" "x" "\x64" "kind" "\x66" "number"
#define X_DATA "\x64" "data" "\xd8\x56\x50" "\0\0\0\0\0\0\xf8\x3f" "\0\0\0\0\0\0\xf8\x7f"
#define C_NAME "\xa5" "\x64" "name" "\x61" "c" "\x64" "kind" "\x68" "category" "\x64" "role" "\x66" "target"
#define C_LEVELS "\x66" "levels" "\x82" "\x61" "a" "\x61" "b"
#define C_DATA "\x64" "data" "\xd8\x4e\x48" "\1\0\0\0" "\xff\xff\xff\xff"
#define T_NAME "\xa4" "\x64" "name" "\x61" "t" "\x64" "kind" "\x64" "text"
#define T_DATA "\x64" "data" "\x82" "\x62" "yz" "\xf6"
#define T_ORIGIN "\x66" "origin" "\x82" "\xd8\x4e\x44" "\1\0\0\0" "\x81" "\x62" "NA"
#define ROWS HEAD X_NAME X_DATA C_NAME C_LEVELS C_DATA T_NAME T_DATA T_ORIGIN

/* `with` in the place of the first `what` in v. */
static void replaced(struct ml_buf *out, const char *v, size_t n, const char *what, size_t n_what,
                     const char *with, size_t n_with)
{
	size_t at = 0;

	while (at + n_what <= n && memcmp(v + at, what, n_what))
		at++;
	CHECK(at + n_what <= n);
	ml_buf_clear(out);
	ml_buf_put(out, v, at);
	ml_buf_put(out, with, n_with);
	ml_buf_put(out, v + at + n_what, n - at - n_what);
}

static void keep_message(const void *v, size_t n, struct ml_error *err)
{
	(void)read_stream(v, n, SIZE_MAX, NULL, NULL, err);
}

TEST("rows written by hand to the specification are read")
{
	SAME_TEXT(tag_of_record("rows", BYTES(ROWS)), "ok");
	SAME_TEXT(tag_of_record("rows", BYTES("\xa3" "\x65" "first" "\x00" "\x64" "rows" "\x00" "\x67"
	                                      "columns" "\x80")), "ok");
}

struct swap { const char *what; size_t n_what; const char *with; size_t n_with; const char *says; };
#define SWAP(a, b, says) { (a), sizeof (a) - 1, (b), sizeof (b) - 1, (says) }

static const struct swap swaps[] = {
	SWAP("\x64" "rows" "\x02", "\x64" "rows" "\x03", "column 'x': data: 2 cells, expected 3"),
	SWAP("\x64" "rows" "\x02", "\x64" "rows" "\x1b\x0f\xff\xff\xff\xff\xff\xff\xff", "'rows' is"),
	SWAP("\x64" "rows" "\x02", "\x64" "rows" "\x21", "a whole number is expected"),
	SWAP("\x64" "rows" "\x02", "", "no 'rows'"),
	SWAP("\x64" "rows" "\x02", "\x64" "rowz" "\x02", "no 'rows'"),
	SWAP("columns" "\x83", "columns" "\x84", "column 4: cut"),
	SWAP("columns" "\x83", "columns" "\x82", "bytes behind"),
	SWAP("columns" "\x83", "columns" "\x80", "rows without any column"),
	SWAP("columns" "\x83", "columns" "\xa3", "an array is expected"),
	SWAP("columns" "\x83", "columns" "\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", "more elements"),
	SWAP("\xa3" "\x65" "first", "\xa4" "\x65" "first", "a key that is not known"),
	SWAP("\xa3" "\x65" "first" "\x00", "\xa4" "\x65" "chain" "\x41" "1" "\x65" "first" "\x00",
	     "chain: not a digest"),
	SWAP("\xa3" "\x65" "first" "\x00", "\xa4" "\x65" "chain" "\x00" "\x65" "first" "\x00",
	     "a byte string is expected"),
	/* names and kinds */
	SWAP("\x61" "x", "\x60", "a column without a name"),
	SWAP("\x61" "x", "\x61" "\0", "NUL"),
	SWAP("\x61" "x", "\x61" "\xff", "UTF-8"),
	SWAP("\x61" "x", "\x61" "c", "column 'c': data: the name is there twice"),
	SWAP("number", "numbar", "kind: 'numbar' is not known"),
	SWAP("\x66" "number", "\x64" "text", "column 'x': data: a tag where an array"),
	SWAP("\x66" "target", "\x66" "targex", "role: 'targex' is not known"),
	SWAP("\x66" "target", "\x67" "feature", "role: 'feature' is not written"),
	SWAP("\x64" "role" "\x66" "target", "\x65" "dummy" "\xf4", "dummy: not true"),
	SWAP("\x64" "role" "\x66" "target", "\x65" "dummy" "\x01", "is expected"),
	SWAP("\x64" "role" "\x66" "target", "\x64" "roll" "\x66" "target", "column 'c': no 'data'"),
	SWAP(X_NAME, "\xa2" "\x64" "name" "\x61" "x", "column 'x': no 'kind'"),
	SWAP(X_NAME, "\xa1", "column 1: no 'name'"),
	SWAP(X_NAME, "\xa4" "\x64" "name" "\x61" "x" "\x64" "kind" "\x66" "number", "not known"),
	/* numbers */
	SWAP("\xf8\x3f", "\xf0\x7f", "column 'x': data: element 1 is infinite"),
	SWAP("\xf8\x3f", "\xf0\xff", "column 'x': data: element 1 is infinite"),
	SWAP("\xf8\x7f", "\xf8\xff", "column 'x': data: a NaN"),
	SWAP("\xf8\x7f", "\xf9\x7f", "column 'x': data: a NaN"),
	SWAP("\xd8\x56\x50", "\xd8\x4e\x50", "column 'x': data: tag 78"),
	SWAP("\xd8\x56\x50", "\x50", "column 'x': data: a byte string where a tag"),
	SWAP("\xd8\x56\x50\0", "\xd8\x56\x4f", "whole elements"),
	SWAP("\xd8\x56\x50" "\0\0\0\0\0\0\xf8\x3f", "\xd8\x56\x48", "1 cells, expected 2"),
	/* levels and codes */
	SWAP("\x61" "b", "\x61" "a", "column 'c': levels: 'a' is there twice"),
	SWAP("\x61" "b", "\x61" "\0", "column 'c': levels: a NUL"),
	SWAP("\x61" "b", "\x60", "column 'c': levels: an empty level"),
	SWAP("\x61" "b", "\x41" "b", "column 'c': levels: a byte string"),
	SWAP("levels" "\x82" "\x61" "a" "\x61" "b", "levels" "\x80", "levels: an empty list"),
	SWAP("levels" "\x82" "\x61" "a", "levels" "\x81", "codes outside -1 to 0"),
	SWAP(C_LEVELS, "", "codes outside -1 to -1"),
	SWAP("\1\0\0\0\xff", "\2\0\0\0\xff", "column 'c': data: 1 codes outside -1 to 1"),
	SWAP("\1\0\0\0\xff", "\0\0\0\x80\xff", "column 'c': data: 1 codes outside"),
	SWAP("\1\0\0\0\xff", "\xfe\xff\xff\xff\xff", "column 'c': data: 1 codes outside"),
	SWAP("\x68" "category", "\x66" "number", "column 'c': levels: only a category"),
	/* texts */
	SWAP("\x62" "yz" "\xf6", "\x62" "yz" "\xf5", "neither text nor null"),
	SWAP("\x62" "yz" "\xf6", "\x62" "yz" "\x01", "neither text nor null"),
	SWAP("\x62" "yz", "\x60", "column 't': data: an empty text"),
	SWAP("\x62" "yz", "\x62" "y\0", "column 't': data: a NUL"),
	SWAP("\x62" "yz", "\x62" "y\xc3", "column 't': data: a text that is not UTF-8"),
	SWAP("data" "\x82", "data" "\x81", "column 't': data: 1 cells"),
	/* cells as they were read */
	SWAP("\xd8\x4e\x44" "\1\0\0\0", "\xd8\x4e\x44" "\2\0\0\0", "column 't': origin: rows that"),
	SWAP("\xd8\x4e\x44" "\1\0\0\0", "\xd8\x4e\x44" "\xff\xff\xff\xff", "column 't': origin: rows that"),
	SWAP("\xd8\x4e\x44" "\1\0\0\0", "\xd8\x4e\x40", "origin: rows and texts differ"),
	SWAP("\xd8\x4e\x44" "\1\0\0\0" "\x81", "\xd8\x4e\x48" "\1\0\0\0\1\0\0\0" "\x82" "\x60",
	     "column 't': origin: rows that"),
	SWAP("\x62" "NA", "\x62" "N\0", "column 't': origin: a NUL"),
	SWAP("origin" "\x82", "origin" "\x83", "column 't': origin: not rows and texts"),
	SWAP("\x81" "\x62" "NA", "\x80", "origin: rows and texts differ"),
};

TEST("rows with right checksums and impossible content are E-MODEL, with column and part named")
{
	struct ml_buf b = { 0 };

	for (size_t i = 0; i < sizeof swaps / sizeof *swaps; i++) {
		const struct swap *s = &swaps[i];
		struct raw_stream raw = { 0 };
		struct ml_error err;

		replaced(&b, BYTES(ROWS), s->what, s->n_what, s->with, s->n_with);
		raw_begin(&raw, 1);
		raw_record(&raw, "rows", 0, b.n, b.v, b.n);
		raw_end(&raw);
		keep_message(raw.out.v, raw.out.n, &err);
		SAME_TEXT(err.tag ? err.tag : "none", "E-MODEL");
		CHECK(!strncmp(err.msg, "test.mls: record 1 (rows): ", 27));
		if (!strstr(err.msg, s->says))
			printf("# case %zu: '%s', expected '%s'\n", i, err.msg, s->says);
		CHECK(strstr(err.msg, s->says) != NULL);
		ml_buf_release(&raw.out);
	}
	ml_buf_release(&b);
}

/* A second record behind ROWS. */
static const char *second(const char *v, size_t n)
{
	struct raw_stream s = { 0 };

	raw_begin(&s, 1);
	raw_record(&s, "rows", 0, sizeof ROWS - 1, ROWS, sizeof ROWS - 1);
	raw_record(&s, "rows", 0, n, v, n);
	raw_end(&s);
	const char *tag = tag_of(s.out.v, s.out.n);
	ml_buf_release(&s.out);
	return tag;
}

#define MORE "\xa3" "\x65" "first" "\x02" "\x64" "rows" "\x01" "\x67" "columns" "\x83" \
	"\xa1" "\x64" "data" "\xd8\x56\x48" "\0\0\0\0\0\0\xf8\x3f"
#define MORE_C "\x64" "data" "\xd8\x4e\x44" "\2\0\0\0"
#define MORE_T "\xa1" "\x64" "data" "\x81\xf6"

TEST("later rows follow those before: columns, levels, chain, place")
{
	struct ml_buf b = { 0 };

	SAME_TEXT(second(BYTES(MORE "\xa2" "\x66" "levels" "\x81" "\x61" "d" MORE_C MORE_T)), "ok");
	SAME_TEXT(second(BYTES(MORE "\xa1" MORE_C MORE_T)), "E-MODEL"); /* code 2 of two levels */
	SAME_TEXT(second(BYTES(MORE "\xa2" "\x66" "levels" "\x81" "\x61" "a" MORE_C MORE_T)), "E-MODEL");
	SAME_TEXT(second(BYTES(ROWS)), "E-STREAM"); /* begins with row 1 again */
	replaced(&b, BYTES(ROWS), BYTES("first" "\x00"), BYTES("first" "\x02"));
	SAME_TEXT(second((const char *)b.v, b.n), "E-MODEL"); /* names again */
	SAME_TEXT(second(BYTES("\xa3" "\x65" "first" "\x02" "\x64" "rows" "\x00" "\x67" "columns" "\x80")),
	          "E-MODEL");
	SAME_TEXT(second(BYTES("\xa4" "\x65" "chain" "\x58\x20" "0123456789abcdef0123456789abcdef"
	                       "\x65" "first" "\x02" "\x64" "rows" "\x00" "\x67" "columns" "\x80")),
	          "E-MODEL");
	ml_buf_release(&b);
}

TEST("any flipped bit or cut of content, with checksums repaired, is read or refused, never worse")
{
	char v[sizeof ROWS - 1];
	size_t fine = 0;

	for (size_t bit = 0; bit < 8 * sizeof v; bit++) {
		memcpy(v, ROWS, sizeof v);
		v[bit / 8] = (char)(v[bit / 8] ^ 1 << bit % 8);
		const char *tag = tag_of_record("rows", v, sizeof v);

		CHECK(!strcmp(tag, "ok") || !strcmp(tag, "E-MODEL") || !strcmp(tag, "E-STREAM"));
		fine += !strcmp(tag, "ok");
	}
	CHECK(fine > 100 && fine < 4 * sizeof v); /* letters and digits of numbers */
	for (size_t n = 0; n < sizeof v; n++)
		SAME_TEXT(tag_of_record("rows", ROWS, n), "E-MODEL");
	SAME_TEXT(tag_of_record("step", BYTES("\xa1" "\x61" "a" "\x20")), "E-MODEL");
	SAME_TEXT(tag_of_record("x-any", BYTES("\xa1" "\x61" "a" "\x01")), "ok");
	SAME_TEXT(tag_of_record("x-any", BYTES("\x01")), "E-MODEL");
}

TEST("kinds, flags and versions that are newer are E-VERSION, but only behind a right checksum")
{
	struct raw_stream s = { 0 };
	struct ml_error err;

	SAME_TEXT(tag_of_record("tree", BYTES("\xa0")), "E-VERSION");
	SAME_TEXT(tag_of_record("Step", BYTES("\xa0")), "E-VERSION");
	SAME_TEXT(tag_of_record("x-", BYTES("\xa0")), "ok");
	SAME_TEXT(tag_of_record("", BYTES("\xa0")), "E-STREAM");
	SAME_TEXT(tag_of_record("a kind of more than thirty-one b", BYTES("\xa0")), "E-STREAM");
	raw_begin(&s, 1);
	raw_record(&s, "step", 2, 1, "\xa0", 1);
	SAME_TEXT(tag_of(s.out.v, s.out.n), "E-VERSION");
	s.out.v[s.out.n - 1] ^= 1;
	SAME_TEXT(tag_of(s.out.v, s.out.n), "E-STREAM");
	ml_buf_clear(&s.out);
	raw_begin(&s, 2);
	keep_message(s.out.v, s.out.n, &err);
	SAME_TEXT(err.tag, "E-VERSION");
	CHECK(strstr(err.msg, "version 2") && strstr(err.msg, "up to 1"));
	ml_buf_clear(&s.out);
	raw_begin(&s, 0);
	SAME_TEXT(tag_of(s.out.v, s.out.n), "E-STREAM");
	ml_buf_release(&s.out);
}

/* Megabytes this process has held at most. */
static long peak(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss / 1024;
}

TEST("sizes that lie cost no memory")
{
	static const uint64_t claims[] = { 1u << 30, UINT64_C(1) << 32, UINT64_C(1) << 60, UINT64_MAX };
	long before = peak();

	for (size_t i = 0; i < 4; i++)
		for (int how = 0; how < 3; how++) {
			struct raw_stream s = { 0 };

			raw_begin(&s, 1);
			ml_buf_byte(&s.out, 0x85);
			raw_text(&s.out, how ? "step" : "rows");
			raw_head(&s.out, 0, how == 2);
			raw_head(&s.out, 0, how == 1 ? 5 : claims[i]);
			raw_head(&s.out, 0, 12345);
			raw_head(&s.out, 2, claims[i]);
			ml_buf_text(&s.out, "short");
			const char *tag = tag_of(s.out.v, s.out.n);
			CHECK(!strcmp(tag, "E-STREAM") || !strcmp(tag, "E-LIMIT"));
			ml_buf_release(&s.out);
		}
	CHECK(peak() - before < 8);
}

/* Zeros, deflated piece by piece so that the test itself takes no memory. */
static void deflate_zeros(struct ml_buf *out, size_t n)
{
	static const unsigned char zeros[65536];
	unsigned char chunk[4096];
	z_stream z = { 0 };
	int state = Z_OK;

	CHECK(deflateInit(&z, 6) == Z_OK);
	while (state == Z_OK) {
		if (!z.avail_in && n) {
			z.next_in = (z_const Bytef *)zeros;
			z.avail_in = (uInt)(n < sizeof zeros ? n : sizeof zeros);
			n -= z.avail_in;
		}
		z.next_out = chunk;
		z.avail_out = sizeof chunk;
		state = deflate(&z, n ? Z_NO_FLUSH : Z_FINISH);
		ml_buf_put(out, chunk, sizeof chunk - z.avail_out);
	}
	CHECK(state == Z_STREAM_END);
	deflateEnd(&z);
}

/* The tag for a step of those bytes but `cut`, told to inflate to `claim`. */
static const char *bomb(const struct ml_buf *packed, size_t cut, uint64_t claim)
{
	struct raw_stream s = { 0 };

	raw_begin(&s, 1);
	raw_record(&s, "step", 1, claim, packed->v, packed->n - cut);
	raw_end(&s);
	const char *tag = tag_of(s.out.v, s.out.n);
	ml_buf_release(&s.out);
	return tag;
}

TEST("what inflates to other than it states is refused, as soon as that is known")
{
	struct ml_buf b = { 0 };
	size_t raw = 24 << 20;

	deflate_zeros(&b, raw);
	CHECK(b.n < 40000);
	long before = peak();
	SAME_TEXT(bomb(&b, 0, 40000), "E-STREAM");
	SAME_TEXT(bomb(&b, 0, 1), "E-STREAM");
	SAME_TEXT(bomb(&b, 0, (uint64_t)1 << 60), "E-LIMIT");
	CHECK(peak() - before < 4);
	SAME_TEXT(bomb(&b, 0, raw), "E-MODEL"); /* zeros are no map */
	SAME_TEXT(bomb(&b, 0, raw - 1), "E-STREAM");
	SAME_TEXT(bomb(&b, 0, raw + 1), "E-STREAM");
	SAME_TEXT(bomb(&b, 1, raw), "E-STREAM");
	ml_buf_byte(&b, 0);
	SAME_TEXT(bomb(&b, 0, raw), "E-STREAM");
	before = peak();
	ml_buf_release(&b);
	deflate_zeros(&b, raw / 8);
	SAME_TEXT(bomb(&b, 0, (uint64_t)1 << 30), "E-STREAM");
	CHECK(peak() - before < 4); /* by what there is, not by what is told */
	ml_buf_release(&b);
	struct raw_stream s = { 0 };
	raw_begin(&s, 1);
	raw_record(&s, "step", 1, 1, "x\x9c not deflated", 14);
	SAME_TEXT(tag_of(s.out.v, s.out.n), "E-STREAM");
	ml_buf_release(&s.out);
}

TEST("many columns: up to the limit, and twice the same among them")
{
	for (int twice = 0; twice < 2; twice++) {
		struct ml_buf b = { 0 };
		size_t n = 20000;

		raw_head(&b, 5, 3);
		raw_text(&b, "first");
		raw_head(&b, 0, 0);
		raw_text(&b, "rows");
		raw_head(&b, 0, 0);
		raw_text(&b, "columns");
		raw_head(&b, 4, n);
		for (size_t j = 0; j < n; j++) {
			char name[16];

			snprintf(name, sizeof name, "%zu", twice && j == n - 1 ? 0 : j);
			raw_head(&b, 5, 3);
			raw_text(&b, "name");
			raw_text(&b, name);
			raw_text(&b, "kind");
			raw_text(&b, "number");
			raw_text(&b, "data");
			raw_head(&b, 6, 86);
			raw_head(&b, 2, 0);
		}
		SAME_TEXT(tag_of_record("rows", b.v, b.n), twice ? "E-MODEL" : "ok");
		ml_buf_release(&b);
	}
}

/* ---- the corpus: tests/streams/manifest.tsv, a name, its outcome and what is wrong a line ---- */

TEST("each stream of the corpus has the outcome of the manifest")
{
	FILE *list = fopen("tests/streams/manifest.tsv", "r");
	char line[512], name[200], outcome[32];
	size_t n = 0;

	CHECK(list != NULL);
	while (list && fgets(line, sizeof line, list)) {
		char path[256];
		struct ml_buf b = { 0 };
		int c;

		if (*line == '#' || sscanf(line, "%199s\t%31s", name, outcome) != 2)
			continue;
		snprintf(path, sizeof path, "tests/streams/%s", name);
		FILE *f = fopen(path, "rb");
		CHECK(f != NULL);
		while (f && (c = getc(f)) != EOF)
			ml_buf_byte(&b, (unsigned char)c);
		if (f)
			fclose(f);
		if (strcmp(tag_of(b.v, b.n), outcome))
			printf("# %s: %s, expected %s\n", name, tag_of(b.v, b.n), outcome);
		SAME_TEXT(tag_of(b.v, b.n), outcome);
		ml_buf_release(&b);
		n++;
	}
	CHECK(n >= 25);
	if (list)
		fclose(list);
}

int main(void)
{
	return ml_tests_run();
}
