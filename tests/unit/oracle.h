/* oracle.h - the rules of CSV a second time, as plainly as they can be said: one pass over all
 * the bytes into a dump of what must be handed out.  Shares no code with the reader. */
#ifndef ML_TESTS_ORACLE_H
#define ML_TESTS_ORACLE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

struct oracle {
	char delimiter;
	bool no_header;
	size_t max_field, max_name;
	struct ml_buf out; /* "LINE[cell][cell]\n" a row, the header first with line 0; then "=
			      VERDICT\n" */
	/* state */
	struct ml_buf row, field;
	size_t fields, cols, records, line, row_line;
	bool quoted, content, lf, crlf, pending, blanks;
};

static inline bool oracle_utf8(const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t more = s[i] < 0x80   ? 0
			      : s[i] < 0xc0 ? 9
			      : s[i] < 0xe0 ? 1
			      : s[i] < 0xf0 ? 2
					    : 3;
		unsigned long c = s[i] & (0x7fu >> more);

		if (more > 3 || s[i] > 0xf4 || more >= n - i)
			return false;
		for (size_t k = more; k; k--) {
			if ((s[++i] & 0xc0) != 0x80)
				return false;
			c = c << 6 | (s[i] & 0x3f);
		}
		if ((more == 1 && c < 0x80) || (more == 2 && c < 0x800) ||
		    (more == 3 && c < 0x10000) || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
			return false;
	}
	return true;
}

static inline bool oracle_blank(const struct oracle *o, int c)
{
	return (c == ' ' || c == '\t') && c != o->delimiter;
}

static inline const char *oracle_end_field(struct oracle *o)
{
	const unsigned char *s = o->field.v;
	size_t n = o->field.n;

	if (!o->quoted) {
		while (n && oracle_blank(o, s[0]))
			s++, n--;
		while (n && oracle_blank(o, s[n - 1]))
			n--;
	}
	if (!oracle_utf8(s, n))
		return "E-UTF8";
	ml_buf_byte(&o->row, '[');
	ml_buf_put(&o->row, s, n);
	ml_buf_byte(&o->row, ']');
	o->content |= n > 0 || o->fields > 0;
	o->fields++;
	o->field.n = 0;
	o->quoted = false;
	return NULL;
}

static inline const char *oracle_end_row(struct oracle *o)
{
	bool header = !o->records++ && !o->no_header, blank = !o->content;
	const char *row = ml_buf_str(&o->row);

	if (o->records == 1)
		o->cols = o->fields;
	if (header && memmem(o->row.v, o->row.n, "[]", 2))
		return "E-HEADER";
	for (size_t i = 0; header && i < o->row.n; i++) { /* each name against the rest */
		size_t n = strcspn(row + i, "]") + 1;

		if (memmem(o->row.v + i + n, o->row.n - i - n, o->row.v + i, n))
			return "E-DUP";
		i += n - 1;
	}
	if (blank && o->cols > 1) {
		o->blanks = true;
	} else {
		if (o->blanks || o->fields != o->cols)
			return "E-RAGGED";
		ml_buf_printf(&o->out, "%zu", header ? 0 : o->row_line);
		ml_buf_put(&o->out, o->row.v, o->row.n);
		ml_buf_byte(&o->out, '\n');
	}
	o->row.n = o->fields = 0;
	o->content = o->pending = false;
	return NULL;
}

/* The verdict over s[0..n), which has no byte order mark and is not empty. */
static inline const char *oracle_walk(struct oracle *o, const char *s, size_t n)
{
	enum { START, PLAIN, QUOTED, AFTER } at = START;
	size_t limit, len = 0;
	const char *bad = NULL;

	o->line = o->row_line = 1;
	for (size_t i = 0; i < n && !bad; i++) {
		char c = s[i];

		limit = o->records || o->no_header ? o->max_field : o->max_name;
		if (!o->pending)
			o->row_line = o->line;
		o->pending = true;
		if (!c)
			return "E-NUL";
		if (at == QUOTED && c == '"' && i + 1 < n && s[i + 1] == '"') {
			ml_buf_put(&o->field, &c, 1);
			i++;
			len++;
		} else if (at == QUOTED && c == '"') {
			at = AFTER;
			continue;
		} else if (at == QUOTED) {
			ml_buf_put(&o->field, &c, 1);
			o->line += c == '\n';
			len++;
		} else if (c == o->delimiter) {
			bad = oracle_end_field(o);
			at = START;
			len = 0;
		} else if (c == '\n' || (c == '\r' && i + 1 < n && s[i + 1] == '\n')) {
			i += c == '\r';
			o->lf |= c == '\n';
			o->crlf |= c == '\r';
			bad = oracle_end_field(o);
			if (!bad)
				bad = oracle_end_row(o);
			o->line++;
			at = START;
			len = 0;
		} else if (c == '\r') {
			return "E-CR";
		} else if (oracle_blank(o, c)) {
			if (at != AFTER)
				ml_buf_put(&o->field, &c, 1);
			len++;
		} else if (c == '"' && at == START) {
			o->field.n = len = 0;
			o->quoted = true;
			at = QUOTED;
		} else if (c == '"' || at == AFTER) {
			return "E-QUOTE";
		} else {
			ml_buf_put(&o->field, &c, 1);
			at = PLAIN;
			len++;
		}
		if (!bad && len > limit)
			return "E-LIMIT";
	}
	if (bad)
		return bad;
	if (at == QUOTED)
		return "E-QUOTE";
	if (o->pending && !(bad = oracle_end_field(o)))
		bad = oracle_end_row(o);
	return bad;
}

/* o->out is the whole dump; freed with oracle_release. */
static inline void oracle_judge(struct oracle *o, const char *s, size_t n)
{
	const char *bad = oracle_walk(o, s, n);

	ml_buf_printf(&o->out, "= %s%s%s\n", bad ? bad : "ok",
		      !bad && o->blanks ? " W-BLANK" : "",
		      !bad && o->lf && o->crlf ? " W-EOL" : "");
}

static inline void oracle_release(struct oracle *o)
{
	ml_buf_release(&o->out);
	ml_buf_release(&o->row);
	ml_buf_release(&o->field);
}

#endif
