/* json.c - JSON (RFC 8259) written piece by piece. */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

/* Bytes that a string holds as they are: printable ASCII without quote and backslash.
 * Others take the slow way. */
static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void put_ascii(struct ml_buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *known = c ? strchr(from, c) : NULL;

	if (known) {
		ml_buf_byte(out, '\\');
		ml_buf_byte(out, (unsigned char)to[known - from]);
	} else if (c < 0x20 || c == 0x7f) {
		ml_buf_printf(out, "\\u%04x", c);
	} else {
		ml_buf_byte(out, c);
	}
}

/* Bytes of the well-formed character at s; *whole says whether there is one, else the
 * bytes are those that one U+FFFD stands for (Unicode 15, section 3.9: the longest part
 * that could have begun a character). */
static size_t take_character(const char *s, size_t n, bool *whole)
{
	struct ml_utf8 u = { 0 };
	size_t i = 0;

	do {
		if (ml_utf8_check(&u, s + i, 1) != 1)
			break;
		i++;
	} while (i < n && !ml_utf8_whole(&u));
	*whole = i && ml_utf8_whole(&u);
	return i ? i : 1;
}

static void put_string(struct ml_buf *out, const char *s, size_t n)
{
	ml_buf_byte(out, '"');
	for (size_t i = 0; i < n;) {
		size_t run = i;
		bool whole;

		while (run < n && is_plain(s[run]))
			run++;
		ml_buf_put(out, s + i, run - i);
		i = run;
		if (i == n)
			break;
		if (!((unsigned char)s[i] & 0x80)) {
			put_ascii(out, (unsigned char)s[i++]);
			continue;
		}
		size_t size = take_character(s + i, n - i, &whole);
		ml_buf_put(out, whole ? s + i : "\xef\xbf\xbd", whole ? size : 3);
		i += size;
	}
	ml_buf_byte(out, '"');
}

/* The comma that separates from the piece before, and the key. */
static void begin(struct ml_json *j, const char *key)
{
	if (j->comma)
		ml_buf_byte(j->out, ',');
	if (key) {
		put_string(j->out, key, strlen(key));
		ml_buf_byte(j->out, ':');
	}
	j->comma = true;
}

void ml_json_open(struct ml_json *j, const char *key, char bracket)
{
	begin(j, key);
	ml_buf_byte(j->out, (unsigned char)bracket);
	j->comma = false;
}

void ml_json_close(struct ml_json *j, char bracket)
{
	ml_buf_byte(j->out, (unsigned char)bracket);
	j->comma = true;
}

void ml_json_textn(struct ml_json *j, const char *key, const char *s, size_t n)
{
	begin(j, key);
	put_string(j->out, s, n);
}

void ml_json_text(struct ml_json *j, const char *key, const char *s)
{
	ml_json_textn(j, key, s, strlen(s));
}

void ml_json_real(struct ml_json *j, const char *key, double v)
{
	char text[ML_NUMBER_MAX];

	if (!isfinite(v)) {
		ml_json_null(j, key);
		return;
	}
	begin(j, key);
	ml_buf_put(j->out, text, ml_number_print(v, text));
}

void ml_json_int(struct ml_json *j, const char *key, int64_t v)
{
	begin(j, key);
	ml_buf_printf(j->out, "%" PRId64, v);
}

void ml_json_bool(struct ml_json *j, const char *key, bool v)
{
	begin(j, key);
	ml_buf_text(j->out, v ? "true" : "false");
}

void ml_json_null(struct ml_json *j, const char *key)
{
	begin(j, key);
	ml_buf_text(j->out, "null");
}
