/* test_cbor.c - CBOR in the one form that streams read, and fields in it. */
#include <stdint.h>
#include <stdlib.h>

#include "stream/cbor.h"
#include "test.h"

static size_t unhex(const char *hex, unsigned char *out)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		unsigned byte;
		sscanf(hex + 2 * i, "%2x", &byte);
		out[i] = (unsigned char)byte;
	}
	return n;
}

static bool is_hex(const struct ml_buf *b, const char *hex)
{
	unsigned char want[256];
	size_t n = unhex(hex, want);

	return b->n == n && !memcmp(b->v, want, n);
}

/* Reads the first item of hex; ML_OK when it is fine. */
static int next_of(const char *hex, struct ml_cbor_item *item)
{
	static unsigned char bytes[256]; /* views outlive the call */
	struct ml_cbor c = { .v = bytes, .n = unhex(hex, bytes) };
	struct ml_error err;

	return ml_cbor_next(&c, item, &err);
}

static bool item_has_content(enum ml_cbor_major major)
{
	return major == ML_CBOR_TAG || major == ML_CBOR_ARRAY || major == ML_CBOR_MAP;
}

TEST("RFC 8949 appendix A: integers, both ways")
{
	static const struct { const char *hex; enum ml_cbor_major major; uint64_t value; } cases[] = {
		{ "00", ML_CBOR_UINT, 0 }, { "01", ML_CBOR_UINT, 1 }, { "0a", ML_CBOR_UINT, 10 },
		{ "17", ML_CBOR_UINT, 23 }, { "1818", ML_CBOR_UINT, 24 }, { "1819", ML_CBOR_UINT, 25 },
		{ "1864", ML_CBOR_UINT, 100 }, { "1903e8", ML_CBOR_UINT, 1000 },
		{ "1a000f4240", ML_CBOR_UINT, 1000000 },
		{ "1b000000e8d4a51000", ML_CBOR_UINT, UINT64_C(1000000000000) },
		{ "1bffffffffffffffff", ML_CBOR_UINT, UINT64_MAX },
		{ "3bffffffffffffffff", ML_CBOR_NEGATIVE, UINT64_MAX },
		{ "20", ML_CBOR_NEGATIVE, 0 }, { "29", ML_CBOR_NEGATIVE, 9 },
		{ "3863", ML_CBOR_NEGATIVE, 99 }, { "3903e7", ML_CBOR_NEGATIVE, 999 },
		{ "c1", ML_CBOR_TAG, 1 }, { "d74401020304", ML_CBOR_TAG, 23 },
		{ "80", ML_CBOR_ARRAY, 0 }, { "83010203", ML_CBOR_ARRAY, 3 },
		{ "a0", ML_CBOR_MAP, 0 }, { "a26161016162820203", ML_CBOR_MAP, 2 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ml_cbor_item item;
		struct ml_buf b = { 0 };

		unsigned char first[256];
		size_t head = unhex(cases[i].hex, first);

		if (item_has_content(cases[i].major))
			head = 1; /* what follows the head belongs to the content */
		CHECK(!next_of(cases[i].hex, &item));
		CHECK(item.major == cases[i].major && item.value == cases[i].value);
		ml_cbor_head(&b, item.major, item.value);
		CHECK(!memcmp(b.v, first, b.n) && b.n == head);
		ml_buf_release(&b);
	}
}

TEST("RFC 8949 appendix A: strings, doubles, simple values")
{
	static const struct { const char *hex; double value; } reals[] = {
		{ "fb3ff199999999999a", 1.1 },
		{ "fb7e37e43c8800759c", 1.0e+300 },
		{ "fbc010666666666666", -4.1 },
		{ "fb7ff8000000000000", (double)NAN },
		{ "fb7ff0000000000000", (double)INFINITY },
	};
	static const char *const texts[] = { "60", "6161", "6449455446", "62225c", "62c3bc",
		                             "63e6b0b4", "64f0908591" };
	struct ml_cbor_item item;

	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
		struct ml_buf b = { 0 };
		double v;

		CHECK(!next_of(reals[i].hex, &item) && item.major == ML_CBOR_REAL);
		memcpy(&v, &item.value, sizeof v);
		CHECK(v == reals[i].value || (isnan(v) && isnan(reals[i].value)));
		ml_cbor_real(&b, -v);
		ml_buf_clear(&b);
		ml_cbor_real(&b, v);
		CHECK(is_hex(&b, reals[i].hex));
		ml_buf_release(&b);
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct ml_buf b = { 0 };

		CHECK(!next_of(texts[i], &item) && item.major == ML_CBOR_TEXT);
		ml_cbor_text(&b, (const char *)item.bytes, (size_t)item.value);
		CHECK(is_hex(&b, texts[i]));
		ml_buf_release(&b);
	}
	CHECK(!next_of("4401020304", &item) && item.major == ML_CBOR_BYTES && item.value == 4 &&
	      item.bytes[3] == 4);
	CHECK(!next_of("f4", &item) && item.major == ML_CBOR_SIMPLE && item.value == ML_CBOR_FALSE);
	CHECK(!next_of("f5", &item) && item.value == ML_CBOR_TRUE);
	CHECK(!next_of("f6", &item) && item.value == ML_CBOR_NULL);
}

TEST("another form of the same content, and what is cut, is refused")
{
	static const char *const refused[] = {
		"",                    /* nothing */
		"1800", "1817",        /* 0 and 23 in two bytes */
		"190018", "1900ff",    /* 24, 255 in three */
		"1a00000100", "1a0000ffff",
		"1b0000000000000100", "1b00000000ffffffff",
		"5800", "780161", "980101", "b8016101", "d801",
		"18", "1901", "1a010203", "1b01020304050607",
		"1c", "1d", "1e", "1f", /* reserved */
		"5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "bfff", /* indefinite */
		"f7", "f0", "f818", "f8ff", "e0", "ff", /* undefined, simple values, break */
		"f90000", "f97c00", "fa47c35000", "fa7f800000", /* shorter floats */
		"fb7ff8000000000001", "fbfff8000000000000", "fb7ff0000000000001", /* other NaNs */
		"fb3ff19999999999",
		"44010203", "6261", "5bffffffffffffffff00", "7affffffff61",
		"61ff", "62c328", "63eda080", "62c080", "64f4908080", "61c3", /* not UTF-8 */
		"8201", "9affffffff00", "9bffffffffffffffff", "a161", "bbffffffffffffffff0000",
	};

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct ml_cbor_item item;

		if (!next_of(refused[i], &item))
			printf("# read: %s\n", refused[i]);
		CHECK(next_of(refused[i], &item) == ML_EDATA);
	}
}

/* One of each, in odd order, with nesting. */
static void put_all(struct ml_fields *f)
{
	static const double reals[] = { 2.385, -0.0, 5e-324, 1.7976931348623157e308, -1e-7 };
	static const int32_t ints[] = { -1, 0, INT32_MAX, INT32_MIN, 77 };
	static const char *const texts[] = { "", "a", "\xc3\xbc,\n\"" };

	ml_put_text(f, "type", "boost");
	ml_put_reals(f, "reals", reals, 5);
	ml_put_ints(f, "ints", ints, 5);
	ml_put_texts(f, "texts", texts, 3);
	ml_put_bytes(f, "bytes", "\0\xff\x80", 3);
	ml_put_size(f, "size", SIZE_MAX);
	ml_put_real(f, "real", 0.1);
	ml_put_real(f, "missing", (double)NAN);
	struct ml_fields *map = ml_put_map(f, "map");
	ml_put_size(map, "size", 0);
	ml_put_reals(map, "none", NULL, 0);
	ml_put_texts(map, "no texts", NULL, 0);
	ml_put_ints(ml_put_map(map, "deeper"), "none", NULL, 0);
	ml_put_text(f, "last", "");
}

TEST("fields come back as they were: types, values, order, nesting")
{
	struct ml_fields f = { 0 }, g = { 0 };
	struct ml_buf b = { 0 }, again = { 0 };
	struct ml_error err = { 0 };

	put_all(&f);
	CHECK(!ml_cbor_check_fields(&f, &err));
	ml_cbor_put_fields(&b, &f);
	CHECK(!ml_cbor_get_fields(b.v, b.n, &g, &err));
	CHECK(g.n == f.n);
	for (size_t i = 0; i < g.n && g.n == f.n; i++) {
		SAME_TEXT(g.v[i].name, f.v[i].name);
		CHECK(g.v[i].type == f.v[i].type && g.v[i].n == f.v[i].n);
	}
	ml_cbor_put_fields(&again, &g);
	CHECK(again.n == b.n && !memcmp(again.v, b.v, b.n));
	const struct ml_field *reals = ml_fields_find(&g, "reals");
	CHECK(reals && reals->n == 5 && reals->u.reals[2] == 5e-324 && signbit(reals->u.reals[1]));
	const struct ml_field *ints = ml_fields_find(&g, "ints");
	CHECK(ints && ints->u.ints[3] == INT32_MIN);
	ml_fields_release(&f);
	ml_fields_release(&g);
	ml_buf_release(&b);
	ml_buf_release(&again);
}

TEST("a field's bytes are those of the specification")
{
	struct ml_fields f = { 0 };
	struct ml_buf b = { 0 };

	ml_put_size(&f, "n", 3);
	ml_put_real(&f, "r", 1.5);
	ml_put_text(&f, "t", "x");
	ml_put_bytes(&f, "b", "\1", 1);
	ml_put_reals(&f, "R", (const double[]){ 1.5 }, 1);
	ml_put_ints(&f, "I", (const int32_t[]){ -2 }, 1);
	ml_put_texts(&f, "T", (const char *const[]){ "y" }, 1);
	(void)ml_put_map(&f, "m");
	ml_cbor_put_fields(&b, &f);
	CHECK(is_hex(&b, "a8" "616e03" "6172fb3ff8000000000000" "61746178" "61624101"
	                 "6152d85648000000000000f83f" "6149d84e44feffffff" "6154816179" "616da0"));
	ml_fields_release(&f);
	ml_buf_release(&b);
}

TEST("hostile fields are refused with the name of the field, and leave nothing behind")
{
	static const struct { const char *hex, *says; } cases[] = {
		{ "80", "expected" },                          /* no map */
		{ "a0a0", "behind" },
		{ "a1", "more entries" },
		{ "a1616100616200", "behind" },
		{ "a2616100616101", "'a' is there twice" },
		{ "a16000", "without a name" },
		{ "a1616140ff", "behind" },
		{ "a1016161", "expected" },                    /* a key that is no text */
		{ "a1610000", "NUL" },
		{ "a161616261" "00", "NUL" },
		{ "a1616120", "field 'a'" },                   /* negative */
		{ "a16161f5", "field 'a'" }, { "a16161f6", "field 'a'" },
		{ "a16161fb7ff0000000000000", "infinite" },
		{ "a16161fbfff0000000000000", "infinite" },
		{ "a16161d85648000000000000f07f", "infinite" },
		{ "a16161d85648010000000000f87f", "NaN" },
		{ "a16161d85647000000000000f8", "whole elements" },
		{ "a16161d84e43000000", "whole elements" },
		{ "a16161d84f4400000000", "tag 79" },
		{ "a16161d9d9f700", "tag 55799" },
		{ "a16161d85661" "61", "a byte string is expected" },
		{ "a161618101", "a text is expected" },
		{ "a16161820161", "field 'a'" },
		{ "a16161a16162a1616320", "field 'a': field 'b': field 'c'" },
		/* nine maps */
		{ "a16161a16161a16161a16161a16161a16161a16161a16161a0", "deeper" },
		{ "a161619a00ffffff00", "field 'a'" },         /* more elements than bytes */
		{ "ba00ffffff6161", "more entries" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned char bytes[256];
		size_t n = unhex(cases[i].hex, bytes);
		struct ml_fields f = { 0 };
		struct ml_error err = { 0 };

		CHECK(ml_cbor_get_fields(bytes, n, &f, &err) == ML_EDATA);
		CHECK(err.tag && !strcmp(err.tag, "E-MODEL"));
		if (!strstr(err.msg, cases[i].says))
			printf("# %s: %s\n", cases[i].hex, err.msg);
		CHECK(strstr(err.msg, cases[i].says) != NULL);
		CHECK(!f.v && !f.n);
	}
}

TEST("every flipped bit of encoded fields is read or refused, never worse")
{
	struct ml_fields f = { 0 };
	struct ml_buf b = { 0 };
	size_t fine = 0;

	put_all(&f);
	ml_cbor_put_fields(&b, &f);
	ml_fields_release(&f);
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		struct ml_error err = { 0 };

		b.v[bit / 8] ^= (unsigned char)(1u << bit % 8);
		int rc = ml_cbor_get_fields(b.v, b.n, &f, &err);
		CHECK(!rc || rc == ML_EDATA);
		fine += !rc;
		ml_fields_release(&f);
		b.v[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	CHECK(fine > 0 && fine < 8 * b.n);
	for (size_t n = 0; n < b.n; n++) {
		struct ml_error err = { 0 };

		CHECK(ml_cbor_get_fields(b.v, n, &f, &err) == ML_EDATA);
	}
	ml_buf_release(&b);
}

TEST("small texts and maps cannot take much more memory than their bytes")
{
	struct ml_fields f = { 0 };
	struct ml_buf b = { 0 };
	struct ml_error err = { 0 };
	size_t n = 4 << 20; /* of empty texts: 40 bytes of memory for each byte */

	ml_cbor_head(&b, ML_CBOR_MAP, 1);
	ml_cbor_key(&b, "a");
	ml_cbor_head(&b, ML_CBOR_ARRAY, n);
	for (size_t i = 0; i < n; i++)
		ml_buf_byte(&b, 0x60);
	CHECK(ml_cbor_get_fields(b.v, b.n, &f, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-LIMIT");
	size_t budget = 200;
	CHECK(ml_cbor_get_fields_within("\xa1\x61\x61\x01", 4, &budget, &f, &err) == ML_OK);
	CHECK(budget == 200 - 48 - 32); /* an array of one field, and its name */
	ml_fields_release(&f);
	budget = 70;
	CHECK(ml_cbor_get_fields_within("\xa1\x61\x61\x01", 4, &budget, &f, &err) == ML_EDATA);
	ml_buf_release(&b);
}

TEST("what reading would refuse is not written")
{
	static const double infinite[] = { 1, (double)INFINITY };
	struct ml_error err = { 0 };
	struct ml_fields f = { 0 }, *at = &f;

	ml_put_reals(ml_put_map(&f, "m"), "r", infinite, 2);
	CHECK(ml_cbor_check_fields(&f, &err) == ML_EBUG);
	CHECK(strstr(err.msg, "field 'm': field 'r': element 2") != NULL);
	ml_fields_release(&f);
	ml_put_real(&f, "r", -(double)INFINITY);
	CHECK(ml_cbor_check_fields(&f, &err) == ML_EBUG);
	ml_fields_release(&f);
	ml_put_text(&f, "t", "\xff");
	CHECK(ml_cbor_check_fields(&f, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-UTF8");
	ml_fields_release(&f);
	ml_put_size(&f, "t", 1);
	ml_put_size(&f, "t", 1);
	CHECK(ml_cbor_check_fields(&f, &err) == ML_EBUG);
	ml_fields_release(&f);
	ml_put_size(&f, "", 1);
	CHECK(ml_cbor_check_fields(&f, &err) == ML_EBUG);
	ml_fields_release(&f);
	for (int i = 0; i < 7; i++)
		at = ml_put_map(at, "m");
	CHECK(!ml_cbor_check_fields(&f, &err));
	(void)ml_put_map(at, "m");
	CHECK(ml_cbor_check_fields(&f, &err) == ML_EBUG);
	ml_fields_release(&f);
}

int main(void)
{
	return ml_tests_run();
}
