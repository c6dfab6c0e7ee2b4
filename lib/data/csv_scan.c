/* csv_scan.c - the ends of records, fast where a record is plain.
 *
 * A record without quotes ends at the first LF.  Eight bytes are looked at in a word; the first
 * quote, NUL or stray CR, a length that could hold a field over the limit, or bad UTF-8 hand
 * the record, from its first byte, to the exact scanner. */
#include "data/csv_scan.h"

#include <string.h>

#include "data/bytes8.h"

/* Every byte looked for is below this one. */
enum { SPECIALS_END = '"' + 1 };
_Static_assert('\0' < SPECIALS_END && '\n' < SPECIALS_END && '\r' < SPECIALS_END,
	       "one comparison rules out all of them");

/* Top bits of the bytes of w that are LF, CR, quote or NUL. */
static inline uint64_t specials(uint64_t w)
{
	if (!ml_eight_below(w, SPECIALS_END))
		return 0;
	return ~(ml_eight_differ(w, ML_EIGHT('\n')) & ml_eight_differ(w, ML_EIGHT('\r')) &
		 ml_eight_differ(w, ML_EIGHT('"')) & ml_eight_differ(w, 0)) &
	       ML_EIGHT(0x80);
}

/* Index of the first special byte in text[from..n), or n, counting as such the bytes whose top
 * bit is in `also`.  *high collects the top bits of what was passed, and perhaps of a few
 * behind. */
static inline size_t find(const char *text, size_t from, size_t n, uint64_t also,
			  uint64_t *high)
{
	size_t i = from;

	for (; n - i >= 8; i += 8) {
		uint64_t w = ml_eight_load(text + i), hit = specials(w) | (w & also);

		*high |= w & ML_EIGHT(0x80);
		if (hit)
			return i + ml_eight_first(hit);
	}
	for (; i < n; i++) {
		uint64_t w = (unsigned char)text[i] | ML_EIGHT(' ') << 8;

		*high |= w & ML_EIGHT(0x80);
		if (specials(w) | (w & also))
			break;
	}
	return i;
}

size_t ml_csv_scan_special(const char *text, size_t from, size_t n)
{
	uint64_t high = 0;

	return find(text, from, n, ML_EIGHT(0x80), &high);
}

static bool blank_line(const struct ml_csv_scan *s, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((text[i] != ' ' && text[i] != '\t') || text[i] == s->delimiter)
			return false;
	return true;
}

/* text[0..n) are the bytes of a plain record before its line end; false when it needs the exact
 * scanner after all. */
static bool plain(struct ml_csv_scan *s, const char *text, size_t n, bool high)
{
	struct ml_utf8 utf8 = { 0 };

	if (n > s->max_field || n >= ML_MAX_COLUMNS)
		return false;
	if (high && (ml_utf8_check(&utf8, text, n) != n || !ml_utf8_whole(&utf8)))
		return false;
	s->rec.content = !blank_line(s, text, n);
	return true;
}

/* Bytes of the line end at text[i]; 0: one byte more must be seen, or it is none. */
static size_t line_end(const char *text, size_t i, size_t n)
{
	if (text[i] == '\n')
		return 1;
	return text[i] == '\r' && i + 1 < n && text[i + 1] == '\n' ? 2 : 0;
}

int ml_csv_scan(struct ml_csv_scan *s, const char *text, size_t n, bool end, size_t *used,
		struct ml_error *err)
{
	struct ml_csv_record *r = &s->rec;
	uint64_t high = r->high;
	size_t at, size = 0;

	*used = 0;
	if (!r->pos)
		r->line = s->line;
	if (!r->exact) {
		at = find(text, r->pos, n, 0, &high);
		if (at < n)
			size = line_end(text, at, n);
		bool wait = !end && (at == n || (text[at] == '\r' && at + 1 == n));
		if (wait && at <= s->max_field) {
			r->pos = at;
			r->high = high;
			return ML_OK;
		}
		if ((size || (at == n && end)) && plain(s, text, at, high)) {
			*used = at + size;
			s->line += size > 0;
			s->lf |= size == 1;
			s->crlf |= size == 2;
			return ML_OK;
		}
		*r = (struct ml_csv_record){ .line = r->line, .exact = true };
	}
	return ml_csv_scan_exact(s, text, n, end, used, err);
}

void ml_csv_scan_next(struct ml_csv_scan *s, size_t used)
{
	s->offset += used;
	s->rec = (struct ml_csv_record){ 0 };
}
