/* csv_exact.c - the rules of CSV, byte by byte.
 *
 * RFC 4180 made strict: a quote opens a field only at its start (blanks may stand before), it
 * is closed by a quote that is not doubled, and only blanks may follow.  CR is a line end
 * before LF, else an error, outside quotes.  The state between two bytes is all in struct
 * ml_csv_record, so the input may be cut anywhere. */
#include <string.h>

#include "data/csv.h"
#include "data/csv_scan.h"

/* A record this long that already has too many fields is not waited for. */
enum { ENDLESS = 1 << 20 };

static int quote_error(const struct ml_csv_scan *s, const char *text, struct ml_error *err)
{
	const struct ml_csv_record *r = &s->rec;
	char c = text[r->pos];
	const char *why = "";

	if (r->at == ML_CSV_PLAIN)
		return ml_fail(err, ML_EDATA, "E-QUOTE",
			       "%s:%llu: a quote inside a field that does not begin with one "
			       "(quote the whole field, and double the quotes in it)",
			       s->file, (unsigned long long)s->line);
	if (r->closed && text[r->closed - 1] == '\\')
		why = " (quotes in a field are doubled; a backslash is no escape)";
	else if (c == ';')
		why = " (is the delimiter ';'?  -d ';' says so)";
	else if (c == '|')
		why = " (is the delimiter '|'?  -d '|' says so)";
	return ml_fail(err, ML_EDATA, "E-QUOTE",
		       "%s:%llu: text behind the closing quote of the field that opened here%s",
		       s->file, (unsigned long long)r->quote_line, why);
}

/* The input ended inside quotes: by damage, or by a tool that said so. */
static int open_quote(const struct ml_csv_scan *s, const char *text, size_t n,
		      struct ml_error *err)
{
	static const char mark[] = ML_UPSTREAM_MARK;
	const char *in = text + s->rec.quote + 1;
	size_t len = n - s->rec.quote - 1, size = sizeof mark - 1;

	if (len < size || memcmp(in, mark, size) != 0)
		return ml_fail(err, ML_EDATA, "E-QUOTE",
			       "%s:%llu: the quote that opens here is never closed", s->file,
			       (unsigned long long)s->rec.quote_line);
	while (len > size && (in[len - 1] == '\n' || in[len - 1] == '\r'))
		len--;
	char note[300];
	return ml_fail(err, ML_EDATA, "E-UPSTREAM",
		       "%s: the tool that wrote this failed midway: %s", s->file,
		       ml_text_show(in + size, len - size, note, sizeof note));
}

static int add(struct ml_csv_scan *s, size_t n, struct ml_error *err)
{
	size_t limit = s->header ? s->max_name : s->max_field;

	s->rec.len += n;
	if (s->rec.len <= limit)
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-LIMIT", "%s:%llu: %s is longer than %zu bytes (%s)",
		       s->file, (unsigned long long)s->line,
		       s->header ? "the name of a column" : "a field", limit,
		       s->header ? "--max-name" : "--max-field");
}

static int end_field(struct ml_csv_scan *s, struct ml_error *err)
{
	struct ml_csv_record *r = &s->rec;

	if (r->bad || !ml_utf8_whole(&r->utf8))
		return ml_fail(err, ML_EDATA, "E-UTF8",
			       "%s:%llu: the bytes at offset %llu are not UTF-8%s%s", s->file,
			       (unsigned long long)(r->bad ? r->bad_line : s->line),
			       (unsigned long long)(s->offset + r->lead),
			       s->looks_like ? ": this looks like "
					     : " (iconv -t UTF-8 converts other encodings)",
			       s->looks_like ? s->looks_like : "");
	if (++r->fields > ML_MAX_COLUMNS)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%s:%llu: more than %d columns",
			       s->file, (unsigned long long)s->line, ML_MAX_COLUMNS);
	/* Fields are counted when they are split; but a record without end must not fill the
	 * memory. */
	if (s->cols && r->fields > s->cols && r->pos > ENDLESS)
		return ml_fail(err, ML_EDATA, "E-RAGGED",
			       "%s:%llu: more than %zu fields, %zu expected", s->file,
			       (unsigned long long)r->line, r->fields - 1, s->cols);
	r->at = ML_CSV_START;
	r->len = 0;
	return ML_OK;
}

/* NUL and UTF-8, whatever the state. */
static int check_byte(struct ml_csv_scan *s, const char *text, struct ml_error *err)
{
	struct ml_csv_record *r = &s->rec;
	const char *c = text + r->pos;

	if (!*c)
		return ml_fail(err, ML_EDATA, "E-NUL", "%s:%llu: a NUL byte (offset %llu)%s%s",
			       s->file, (unsigned long long)s->line,
			       (unsigned long long)(s->offset + r->pos),
			       s->looks_like ? ": this looks like "
					     : ": this is no text, or UTF-16 (see iconv)",
			       s->looks_like ? s->looks_like : "");
	if (!((unsigned char)*c & 0x80) && !r->utf8.need)
		return ML_OK;
	if (r->bad)
		return ML_OK;
	if (ml_utf8_whole(&r->utf8))
		r->lead = r->pos;
	if (ml_utf8_check(&r->utf8, c, 1) == 1)
		return ML_OK;
	r->bad = true;
	r->bad_line = s->line;
	return ML_OK;
}

/* Bytes that end a field, a record or a run, or are not ASCII. */
static bool ordinary(const struct ml_csv_scan *s, char c)
{
	return c > ' ' && c != '"' && c != s->delimiter;
}

/* A byte inside quotes; a run of ordinary ones in one go. */
static int quoted(struct ml_csv_scan *s, const char *text, size_t n, struct ml_error *err)
{
	struct ml_csv_record *r = &s->rec;

	if (text[r->pos] == '"') {
		r->at = ML_CSV_QUOTE;
		r->closed = r->pos++;
		return ML_OK;
	}
	s->line += text[r->pos] == '\n';
	size_t to = r->pos + 1;
	if (ml_utf8_whole(&r->utf8))
		to = ml_csv_scan_special(text, to, n);
	size_t run = to - r->pos;
	r->pos = to;
	r->content = true;
	return add(s, run, err);
}

/* Text outside quotes, up to what may end it. */
static int plain(struct ml_csv_scan *s, const char *text, size_t n, struct ml_error *err)
{
	struct ml_csv_record *r = &s->rec;
	size_t to = r->pos + 1;

	if (ml_utf8_whole(&r->utf8))
		while (to < n && ordinary(s, text[to]))
			to++;
	size_t run = to - r->pos;
	r->pos = to;
	r->at = ML_CSV_PLAIN;
	r->content = true;
	return add(s, run, err);
}

/* A byte outside quotes that separates nothing. */
static int other_byte(struct ml_csv_scan *s, const char *text, size_t n, struct ml_error *err)
{
	struct ml_csv_record *r = &s->rec;
	char c = text[r->pos];
	bool behind = r->at == ML_CSV_QUOTE || r->at == ML_CSV_AFTER;

	if (c == '"' && r->at == ML_CSV_QUOTE) {
		r->at = ML_CSV_QUOTED;
		r->content = true;
	} else if (c == '"' && r->at == ML_CSV_START) {
		r->at = ML_CSV_QUOTED;
		r->quotes = true;
		r->quote = r->pos;
		r->quote_line = s->line;
		r->len = 0;
		r->pos++;
		return ML_OK;
	} else if (c == ' ' || c == '\t') {
		r->at = behind ? ML_CSV_AFTER : r->at;
	} else if (c == '"' || behind) {
		return quote_error(s, text, err);
	} else {
		return plain(s, text, n, err);
	}
	r->pos++;
	return add(s, 1, err);
}

/* The record ends in front of `size` bytes of line end. */
static int end_record(struct ml_csv_scan *s, size_t size, size_t *used, struct ml_error *err)
{
	int rc = end_field(s, err);

	if (rc)
		return rc;
	*used = s->rec.pos += size;
	s->line += size > 0;
	s->lf |= size == 1;
	s->crlf |= size == 2;
	return ML_OK;
}

/* A line end outside quotes, or the delimiter; *used is set when the record is whole. */
static int separator(struct ml_csv_scan *s, const char *text, size_t n, size_t *used,
		     struct ml_error *err)
{
	struct ml_csv_record *r = &s->rec;

	if (text[r->pos] == s->delimiter) {
		int rc = end_field(s, err);

		r->content = true;
		r->pos++;
		return rc;
	}
	if (text[r->pos] == '\n')
		return end_record(s, 1, used, err);
	if (r->pos + 1 < n && text[r->pos + 1] == '\n')
		return end_record(s, 2, used, err);
	return ml_fail(err, ML_EDATA, "E-CR",
		       "%s:%llu: a carriage return that no line feed follows "
		       "(old Mac line ends? tr '\\r' '\\n' converts them)",
		       s->file, (unsigned long long)s->line);
}

int ml_csv_scan_exact(struct ml_csv_scan *s, const char *text, size_t n, bool end, size_t *used,
		      struct ml_error *err)
{
	struct ml_csv_record *r = &s->rec;
	int rc = ML_OK;

	*used = 0;
	while (!rc && !*used && r->pos < n) {
		char c = text[r->pos];

		if (c == '\r' && r->at != ML_CSV_QUOTED && r->pos + 1 == n && !end)
			return ML_OK;
		if ((rc = check_byte(s, text, err)))
			return rc;
		if (r->at == ML_CSV_QUOTED)
			rc = quoted(s, text, n, err);
		else if (c == s->delimiter || c == '\n' || c == '\r')
			rc = separator(s, text, n, used, err);
		else
			rc = other_byte(s, text, n, err);
	}
	if (rc || *used || !end || !n)
		return rc;
	if (r->at == ML_CSV_QUOTED)
		return open_quote(s, text, n, err);
	return end_record(s, 0, used, err);
}
