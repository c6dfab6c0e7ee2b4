/* utf8.h - validation of UTF-8 as it arrives in pieces (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF), and text made safe for messages. */
#ifndef ML_BASE_UTF8_H
#define ML_BASE_UTF8_H

#include <stddef.h>

struct ml_utf8 {
	unsigned char need, lo, hi;
}; /* zeroed: between characters */

/* Checks n more bytes; returns n when they are fine so far, else the index of the byte
 * that cannot follow. */
size_t ml_utf8_check(struct ml_utf8 *u, const char *s, size_t n);
/* True when no character is cut at the end. */
int ml_utf8_whole(const struct ml_utf8 *u);
/* True when s[0..n) is UTF-8, whole. */
int ml_utf8_text(const char *s, size_t n);

/* Copies s[0..n) to out for a message: control bytes, DEL and bytes that are no UTF-8 become
 * \n, \t, \r, \xHH; longer than `room` (with NUL, at least 8) is cut at a whole character,
 * "..." behind. Returns out. */
char *ml_text_show(const char *s, size_t n, char *out, size_t room);
/* Shown text in a buffer of its own: ML_SHOW(s, n) lives until the end of the block. */
#define ML_SHOW(s, n) ml_text_show((s), (n), (char[128]){ 0 }, 128)

#endif
