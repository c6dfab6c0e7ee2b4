/* utf8.c - UTF-8 against its definition, over all short sequences and all cuts. */
#include <stdint.h>

#include "base/utf8.h"
#include "test.h"

/* RFC 3629 by arithmetic: bytes of the character at s, 0 when none is well formed there. */
static size_t defined(const unsigned char *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = s[0] < 0x80       ? 1
		      : s[0] >> 5 == 6  ? 2
		      : s[0] >> 4 == 14 ? 3
		      : s[0] >> 3 == 30 ? 4
					: 0;

	if (!size || size > n)
		return 0;
	uint32_t code = size == 1 ? s[0] : s[0] & (0xffu >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return size;
}

static int defined_text(const unsigned char *s, size_t n)
{
	for (size_t i = 0, size; i < n; i += size) {
		if (!(size = defined(s + i, n - i)))
			return 0;
	}
	return 1;
}

static int checked_text(const unsigned char *s, size_t n, size_t cut)
{
	struct ml_utf8 u = { 0 };
	const char *text = (const char *)s;

	return ml_utf8_check(&u, text, cut) == cut &&
	       ml_utf8_check(&u, text + cut, n - cut) == n - cut && ml_utf8_whole(&u);
}

TEST("sequences of one to four bytes are judged as RFC 3629 defines, wherever they are cut")
{
	static const unsigned char edge[] = { 0,    'a',  0x7f, 0x80, 0x8f, 0x90,
					      0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xff };
	size_t wrong = 0, tried = 0;

	for (unsigned first = 0; first < 0x10000; first++) {
		for (size_t k = 0; k < sizeof edge * sizeof edge; k++) {
			unsigned char s[] = { (unsigned char)(first >> 8), (unsigned char)first,
					      edge[k / sizeof edge], edge[k % sizeof edge] };
			size_t n = 1 + tried % 4;

			wrong += checked_text(s, n, tried % (n + 1)) != defined_text(s, n);
			wrong += checked_text(s, 4, tried % 5) != defined_text(s, 4);
			tried++;
		}
	}
	CHECK(!wrong);
}

TEST("the index of the byte that cannot follow is told")
{
	static const struct {
		const char *text;
		size_t at;
	} bad[] = {
		{ "\x80", 0 },
		{ "abc\xff", 3 },
		{ "\xc0\xaf", 0 },           /* overlong slash */
		{ "Z\xc3\xbcrich \xe4", 9 }, /* cut: fine so far, but not whole */
		{ "\xe0\x9f\xbf", 1 },       /* overlong U+07FF */
		{ "\xed\xa0\x80", 1 },       /* surrogate */
		{ "\xf4\x90\x80\x80", 1 },   /* above U+10FFFF */
		{ "\xf0\x9f\x98x", 3 },
		{ "0123456789abcdef\xfe", 16 },
		{ "0123456789abcde\xe2\x82\xac\xe2\x28", 19 },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct ml_utf8 u = { 0 };
		size_t n = strlen(bad[i].text), at = ml_utf8_check(&u, bad[i].text, n);

		CHECK(at == bad[i].at || (at == n && i == 3));
		CHECK(i != 3 || !ml_utf8_whole(&u));
	}
}

TEST("a text in any two or three pieces is judged as in one")
{
	static const char text[] =
		"na\xc3\xafve \xe2\x82\xac 2.385 \xf0\x9f\x98\x80\xed\x9f\xbf!";
	size_t n = sizeof text - 1;

	for (size_t i = 0; i <= n; i++) {
		for (size_t k = i; k <= n; k++) {
			struct ml_utf8 u = { 0 };

			CHECK(ml_utf8_check(&u, text, i) == i);
			CHECK(ml_utf8_check(&u, text + i, k - i) == k - i);
			CHECK(ml_utf8_check(&u, text + k, n - k) == n - k);
			CHECK(ml_utf8_whole(&u));
		}
	}
}

TEST("shown text has no control bytes, no broken characters")
{
	static const struct {
		const char *from;
		size_t n;
		const char *to;
	} show[] = {
		{ "", 0, "" },
		{ "plain text, 2.385", 17, "plain text, 2.385" },
		{ "a\tb\nc\rd", 7, "a\\tb\\nc\\rd" },
		{ "\0\x1b[31m\x7f", 7, "\\x00\\x1B[31m\\x7F" },
		{ "Z\xc3\xbcrich \xe2\x82\xac", 11, "Z\xc3\xbcrich \xe2\x82\xac" },
		{ "\xc3(\xff\xe2\x82", 5, "\\xC3(\\xFF\\xE2\\x82" },
		{ "\xc2\x9b"
		  "31m",
		  5, "\\xC2\\x9B31m" }, /* a C1 control: the terminal's CSI */
		{ "\xc2\xa0", 2, "\xc2\xa0" },
		{ "\xed\xa0\x80", 3, "\\xED\\xA0\\x80" },
	};

	for (size_t i = 0; i < sizeof show / sizeof *show; i++) {
		SAME_TEXT(ML_SHOW(show[i].from, show[i].n), show[i].to);
	}
}

TEST("shown text is cut at a whole character, whatever the room")
{
	static const char text[] = "q\xe2\x82\xac\x01\xc3\xa4\xf0\x9f\x98\x80\x02"
				   "end, and some more";
	char whole[128], out[128];

	ml_text_show(text, sizeof text - 1, whole, sizeof whole);
	for (size_t room = 8; room <= sizeof out; room++) {
		memset(out, 'X', sizeof out);
		CHECK(ml_text_show(text, sizeof text - 1, out, room) == out);
		size_t n = strlen(out);
		CHECK(n < room);
		CHECK(room == sizeof out || out[room] == 'X');
		CHECK(defined_text((const unsigned char *)out, n));
		if (room > strlen(whole)) {
			SAME_TEXT(out, whole);
		} else {
			CHECK(n >= 3 && !strcmp(out + n - 3, "..."));
			CHECK(!strncmp(out, whole, n - 3));
			CHECK(n + 4 >= room); /* no piece is longer than four bytes */
		}
	}
}

int main(void)
{
	return ml_tests_run();
}
