/* utf8.c - UTF-8 checked in pieces, and text made safe for messages.
 *
 * A lead byte fixes how many continuation bytes must follow and, for the first of them,
 * a narrower range than 80..BF (Unicode 15, table 3-7).  That range alone excludes overlong
 * forms, surrogates and what is above U+10FFFF. */
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/wide.h"

/* What a lead byte asks for; false when no character begins with it. */
static bool lead(unsigned char c, struct ml_utf8 *u)
{
	if (c < 0xc2 || c > 0xf4)
		return false;
	u->need = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	u->lo = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	u->hi = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	return true;
}

/* Index of the first byte from i on that is not ASCII, or n.  Eight bytes a step. */
static size_t skip_ascii(const char *s, size_t i, size_t n)
{
	uint64_t eight;

	for (; n - i >= sizeof eight; i += sizeof eight) {
		memcpy(&eight, s + i, sizeof eight);
		eight &= UINT64_C(0x8080808080808080);
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		if (eight)
			return i + (size_t)ml_trailing_zeros(eight) / 8;
#else
		if (eight)
			break;
#endif
	}
	while (i < n && !((unsigned char)s[i] & 0x80))
		i++;
	return i;
}

/* Bytes of the whole character of two or three bytes at s, one of at least three bytes.
 * 0: it is longer or none, which the byte-by-byte way tells. */
static size_t short_character(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned code = (s[0] & 15u) << 12 | (s[1] & 63u) << 6;

	if (s[0] < 0xc2 || s[0] >= 0xf0 || (s[1] & 0xc0) != 0x80)
		return 0;
	if (s[0] < 0xe0)
		return 2;
	return (s[2] & 0xc0) == 0x80 && code >= 0x800 && (code & 0xf800) != 0xd800 ? 3 : 0;
}

/* Takes a byte that is not ASCII, or one inside a character; false when it cannot follow. */
static bool step(struct ml_utf8 *u, unsigned char c)
{
	if (!u->need)
		return lead(c, u);
	if (c < u->lo || c > u->hi)
		return false;
	*u = (struct ml_utf8){ (unsigned char)(u->need - 1), 0x80, 0xbf };
	return true;
}

size_t ml_utf8_check(struct ml_utf8 *u, const char *s, size_t n)
{
	struct ml_utf8 state = *u; /* a local stays in registers */
	size_t i = 0;

	while (i < n) {
		unsigned char c = (unsigned char)s[i];
		size_t size = 0;

		if (!state.need && c < 0x80) {
			i = skip_ascii(s, i, n);
			continue;
		}
		if (!state.need && n - i >= 3)
			size = short_character(s + i);
		if (!size && !step(&state, c))
			break;
		i += size ? size : 1;
	}
	*u = state;
	return i;
}

int ml_utf8_whole(const struct ml_utf8 *u)
{
	return !u->need;
}

int ml_utf8_text(const char *s, size_t n)
{
	struct ml_utf8 u = { 0 };

	return ml_utf8_check(&u, s, n) == n && ml_utf8_whole(&u);
}

/* Bytes of the character that s[0..n), n >= 1, begins with; 0 when it is none. */
static size_t character(const char *s, size_t n)
{
	struct ml_utf8 u = { 0 };

	if (!((unsigned char)s[0] & 0x80))
		return 1;
	if (!lead((unsigned char)s[0], &u))
		return 0;
	size_t size = 1 + (size_t)u.need;
	if (n < size || ml_utf8_check(&u, s + 1, size - 1) != size - 1)
		return 0;
	return size;
}

/* A terminal obeys the C1 controls U+0080..U+009F as it does ESC. */
static bool is_control(const char *s, size_t size)
{
	unsigned char c = (unsigned char)s[0];

	if (size == 1)
		return c < 0x20 || c == 0x7f;
	return size == 2 && c == 0xc2 && (unsigned char)s[1] < 0xa0;
}

/* Writes how the byte c is shown; returns the bytes written (2 or 4). */
static size_t escape(unsigned char c, char out[4])
{
	static const char hex[] = "0123456789ABCDEF", from[] = "\n\t\r", to[] = "ntr";
	const char *known = c ? strchr(from, c) : NULL;

	out[0] = '\\';
	if (known) {
		out[1] = to[known - from];
		return 2;
	}
	out[1] = 'x';
	out[2] = hex[c >> 4];
	out[3] = hex[c & 15];
	return 4;
}

char *ml_text_show(const char *s, size_t n, char *out, size_t room)
{
	size_t used = 0, fits = 0; /* fits: the end of what "..." can still follow */

	for (size_t i = 0; i < n;) {
		size_t size = character(s + i, n - i), wide = size;
		char piece[4];

		if (size && !is_control(s + i, size)) {
			memcpy(piece, s + i, size);
		} else {
			wide = escape((unsigned char)s[i], piece);
			size = 1; /* the bytes behind stand for themselves */
		}
		if (used + wide >= room) {
			memcpy(out + fits, "...", 4);
			return out;
		}
		memcpy(out + used, piece, wide);
		used += wide;
		i += size;
		if (used + sizeof "..." <= room)
			fits = used;
	}
	out[used] = '\0';
	return out;
}
