/* kind_looks.c - text that a human takes for a number: 1,234  3,5  12 %  $4  ١٢. */
#include "data/kind_looks.h"

#include <stdint.h>
#include <string.h>

/* Characters are spelled as one letter each: 0 + - . , % space $, and x for all others. */
enum { LONGEST = 64 }; /* a longer text is no number to anybody */

/* The first of ten digits (Unicode 15, category Nd, without the supplementary planes). */
static const uint16_t zeros[] = {
	0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6,
	0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090,
	0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
	0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
};

/* One character of valid UTF-8 as a letter; *size: its bytes. */
static char letter(const char *s, size_t n, size_t *size)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t c = u[0];

	*size = 1;
	if (c < 0x80)
		return c >= '0' && c <= '9'             ? '0'
		       : c && strchr("+-.,% $", (int)c) ? (char)c
							: 'x';
	if ((c & 0xe0) == 0xc0 && n >= 2) {
		*size = 2;
		c = (c & 0x1f) << 6 | (u[1] & 0x3f);
	} else if ((c & 0xf0) == 0xe0 && n >= 3) {
		*size = 3;
		c = (c & 0x0f) << 12 | (uint32_t)(u[1] & 0x3f) << 6 | (u[2] & 0x3f);
	} else {
		return 'x';
	}
	if (c == 0x20ac || c == 0xa3)
		return '$';
	if (c == 0xa0 || c == 0x202f || c == 0x2009)
		return ' ';
	for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
		if (c - zeros[i] < 10u)
			return '0';
	return 'x';
}

/* s as letters, NUL behind; false when there are too many or one is 'x'. */
static bool spell(const char *s, size_t n, char out[LONGEST + 1])
{
	size_t used = 0, size;

	for (size_t i = 0; i < n; i += size) {
		char c = letter(s + i, n - i, &size);

		if (c == 'x' || used == LONGEST)
			return false;
		out[used++] = c;
	}
	out[used] = '\0';
	return used > 0;
}

static size_t digits(const char *s)
{
	return strspn(s, "0");
}

/* Groups of three behind 1-3 digits: the bytes of all of them, 0 when there are none. */
static size_t groups(const char *s, size_t first)
{
	size_t i = first;

	if (first < 1 || first > 3)
		return 0;
	while ((s[i] == ',' || s[i] == ' ') && digits(s + i + 1) == 3)
		i += 4;
	return i > first ? i : 0;
}

bool ml_kind_looks(const char *s, size_t n)
{
	char text[LONGEST + 1], *p = text;

	if (!spell(s, n, text))
		return false;
	p += *p == '$';
	p += *p == '+' || *p == '-';
	size_t first = digits(p), grouped = groups(p, first);
	if (!first)
		return false;
	p += grouped ? grouped : first;
	if ((*p == '.' || *p == ',') && digits(p + 1))
		p += 1 + digits(p + 1);
	p += *p == ' ';
	p += *p == '%' || *p == '$';
	return !*p;
}

const char *ml_kind_looks_cure(const char *s, size_t n)
{
	char text[LONGEST + 1];

	if (!spell(s, n, text) || strpbrk(text, "$%"))
		return NULL;
	const char *p = text + (*text == '+' || *text == '-');
	size_t first = digits(p), grouped = groups(p, first);
	if (grouped)
		return p[first] == ',' ? "--thousands ," : "--thousands ' '";
	return p[first] == ',' ? "--decimal ," : NULL;
}
