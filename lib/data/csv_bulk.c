/* csv_bulk.c - many simple records at once. */
#include "data/csv_bulk.h"

#include "base/utf8.h"
#include "data/csv_masks.h"
#include "data/csv_scan.h"

/* The record that is being taken. */
struct record {
	size_t start, from; /* of it and of its field at hand */
	size_t fields;
	uint64_t high; /* not 0 when a byte above 0x7f may be in it */
	bool altered;  /* a field was trimmed or unquoted */
	struct ml_cell *cell;
	size_t *bytes; /* where those of the record go */
};

static bool blank(char c, char delimiter)
{
	return (c == ' ' || c == '\t') && c != delimiter;
}

/* The text is not written to until the whole record is taken. */
static inline void take_field(const struct ml_csv_bulk *b, const char *text, struct record *r,
			      size_t to)
{
	size_t from = r->from;

	if (from < to && (text[from] <= ' ' || text[to - 1] <= ' ')) { /* seldom */
		r->altered = true;
		while (from < to && blank(text[from], b->delimiter))
			from++;
		while (to > from && blank(text[to - 1], b->delimiter))
			to--;
	}
	r->cell[r->fields++] = (struct ml_cell){ text + from, to - from };
}

/* The field that opens with the quote at r->from, when it is simple: on one line, no quote in
 * it, nothing between the closing quote and what ends the field.  Returns the index behind the
 * closing quote, of the byte that ends the field; 0: it is not simple, or does not end before
 * n. */
static size_t take_quoted(const struct ml_csv_bulk *b, const char *text, size_t n,
			  struct record *r)
{
	size_t from = r->from + 1, to = from;

	while ((to = ml_csv_scan_special(text, to, n)) < n && (unsigned char)text[to] > 0x7f) {
		r->high = 1;
		to++;
	}
	if (to + 2 >= n || text[to] != '"')
		return 0;
	char next = text[to + 1];
	if (next != b->delimiter && next != '\n' && !(next == '\r' && text[to + 2] == '\n'))
		return 0;
	r->cell[r->fields++] = (struct ml_cell){ text + from, to - from };
	r->altered = true;
	return to + 1;
}

/* All fields of the record that ends before text[to] are there; false when it is not for us. */
static inline bool take_record(const struct ml_csv_bulk *b, char *text, const struct record *r,
			       size_t to)
{
	struct ml_utf8 utf8 = { 0 };
	size_t n = to - r->start;

	if (r->fields != b->cols || n > b->max_field || n >= ML_MAX_COLUMNS)
		return false;
	if (r->high && (ml_utf8_check(&utf8, text + r->start, n) != n || !ml_utf8_whole(&utf8)))
		return false;
	for (size_t j = 0; j < b->cols; j++)
		text[(size_t)(r->cell[j].text - text) + r->cell[j].len] = '\0';
	return true;
}

/* The byte at text[at], LF if `line`, ends a field that is taken already; false to stop. */
static inline bool step(struct ml_csv_bulk *b, char *text, struct record *r, size_t at,
			bool line, bool crlf)
{
	if (!line) {
		r->from = at + 1;
		return r->fields < b->cols;
	}
	if (!take_record(b, text, r, at - crlf))
		return false;
	b->crlf |= crlf;
	b->lf |= !crlf;
	b->bytes = at + 1;
	*r->bytes = r->altered ? 0 : at - crlf - r->start;
	*r = (struct record){ .start = at + 1,
			      .from = at + 1,
			      .cell = r->cell + b->cols,
			      .bytes = r->bytes + 1 };
	return ++b->rows < b->max_rows && b->bytes < b->max_bytes;
}

/* The same where no byte of the block is odd, and no field is trimmed but for the CR before LF;
 * `ends` are the delimiters and LFs.  Spelled out with few variables, which stay in registers:
 * half of the time of the general way.  Returns what is left of `ends`, from the first that is
 * not simple on. */
static inline uint64_t take_simple(struct ml_csv_bulk *b, char *text, size_t i, uint64_t ends,
				   uint64_t lf, struct record *r)
{
	struct ml_cell *cell = r->cell + r->fields, *last = r->cell + b->cols - 1;
	char *from = text + r->from, *block = text + i;

	for (; ends; ends &= ends - 1) {
		char *at = block + __builtin_ctzll(ends);

		if (cell >= last || lf >> (at - block) & 1)
			break;
		if (at > from && (*from <= ' ' || at[-1] <= ' '))
			break;
		*cell++ = (struct ml_cell){ from, (size_t)(at - from) };
		from = at + 1;
	}
	r->fields = (size_t)(cell - r->cell);
	r->from = (size_t)(from - text);
	return ends;
}

/* Takes what ends in the 64 bytes from i on.  Returns where to go on: behind them, or behind a
 * quoted field; 0 to stop. */
static inline size_t take_block(struct ml_csv_bulk *b, char *text, size_t i, size_t n,
				struct record *r)
{
	const struct ml_csv_masks m = ml_csv_masks(text + i, b->delimiter);

	r->high |= m.high;
	for (uint64_t todo = m.delimiter | m.lf | m.odd; todo; todo &= todo - 1) {
		if (!m.odd && !(todo = take_simple(b, text, i, todo, m.lf, r)))
			break;
		unsigned bit = (unsigned)__builtin_ctzll(todo);
		size_t at = i + bit;
		bool crlf = false;

		if (r->fields == b->cols)
			return 0;
		if (m.odd >> bit & 1) {
			if (text[at] != '"' || at != r->from ||
			    !(at = take_quoted(b, text, n, r)))
				return 0;
			crlf = text[at] == '\r';
			at += crlf;
			return step(b, text, r, at, text[at] != b->delimiter, crlf) ? at + 1
										    : 0;
		}
		bool line = m.lf >> bit & 1;
		if (line)
			crlf = at > r->from && text[at - 1] == '\r';
		take_field(b, text, r, at - crlf);
		if (!step(b, text, r, at, line, crlf))
			return 0;
		if (line)
			r->high = m.high >> bit;
	}
	return i + 64;
}

void ml_csv_bulk(struct ml_csv_bulk *b, char *text, size_t n, struct ml_cell *cell,
		 size_t *record)
{
	struct record r = { .cell = cell, .bytes = record };
	size_t i = 0;

	b->rows = b->bytes = 0;
	b->lf = b->crlf = false;
	do
		i = n - i > 64 ? take_block(b, text, i, n, &r) : 0;
	while (i);
}
