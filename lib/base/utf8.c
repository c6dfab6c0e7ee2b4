/* utf8.c - UTF-8 checked in pieces, and text made safe for messages.
 *
 * A lead byte fixes how many continuation bytes must follow and, for the first of them,
 * a narrower range than 80..BF (Unicode 15, table 3-7).  That range alone excludes overlong
 * forms, surrogates and what is above U+10FFFF. */
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < n && !((unsigned char)s[i] & 0x80))
		i++;
	return i;
}

size_t ml_utf8_check(struct ml_utf8 *u, const char *s, size_t n)
{
	struct ml_utf8 state = *u; /* a copy that the stores of a caller cannot touch */
	size_t i = 0;

	while (i < n) {
		unsigned char c = (unsigned char)s[i];

		if (state.need) {
			if (c < state.lo || c > state.hi)
				break;
			state = (struct ml_utf8){ (unsigned char)(state.need - 1), 0x80, 0xbf };
		} else if (c < 0x80) {
			i = skip_ascii(s, i, n);
			continue;
		} else if (!lead(c, &state)) {
			break;
		}
		i++;
	}
	*u = state;
	return i;
}

int ml_utf8_whole(const struct ml_utf8 *u)
{
	return !u->need;
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
