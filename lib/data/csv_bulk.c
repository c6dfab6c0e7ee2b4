/* csv_bulk.c - many plain records at once. */
#include "data/csv_bulk.h"

#include "base/utf8.h"
#include "data/csv_masks.h"
#include "data/csv_scan.h"

/* The record that is being taken. */
struct record {
	size_t start, from; /* of it and of its field at hand */
	size_t fields;
	uint64_t high; /* not 0 when a byte above 0x7f may be in it */
	struct ml_cell *cell;
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
		while (from < to && blank(text[from], b->delimiter))
			from++;
		while (to > from && blank(text[to - 1], b->delimiter))
			to--;
	}
	r->cell[r->fields++] = (struct ml_cell){ text + from, to - from };
}

/* The record ends at text[to]; false when it is not for us. */
static inline bool take_record(const struct ml_csv_bulk *b, char *text, struct record *r,
			       size_t to)
{
	struct ml_utf8 utf8 = { 0 };
	size_t n = to - r->start;

	if (r->fields + 1 != b->cols || n > b->max_field || n >= ML_MAX_COLUMNS)
		return false;
	if (r->high && (ml_utf8_check(&utf8, text + r->start, n) != n || !ml_utf8_whole(&utf8)))
		return false;
	take_field(b, text, r, to);
	for (size_t j = 0; j < b->cols; j++)
		text[(size_t)(r->cell[j].text - text) + r->cell[j].len] = '\0';
	return true;
}

void ml_csv_bulk(struct ml_csv_bulk *b, char *text, size_t n, struct ml_cell *cell)
{
	struct record r = { .cell = cell };

	b->rows = b->bytes = 0;
	b->lf = b->crlf = false;
	for (size_t i = 0; n - i > 64; i += 64) {
		struct ml_csv_masks m = ml_csv_masks(text + i, b->delimiter);
		uint64_t todo = m.delimiter | m.lf;

		if (m.odd) /* up to the first odd byte only */
			todo &= (m.odd & -m.odd) - 1;
		r.high |= m.high;
		for (; todo; todo &= todo - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(todo);
			size_t at = i + bit;

			if (!(m.lf >> bit & 1)) {
				if (r.fields + 1 >= b->cols)
					return;
				take_field(b, text, &r, at);
				r.from = at + 1;
				continue;
			}
			bool crlf = at > r.from && text[at - 1] == '\r';
			if (!take_record(b, text, &r, at - crlf))
				return;
			b->crlf |= crlf;
			b->lf |= !crlf;
			b->bytes = at + 1;
			if (++b->rows >= b->max_rows || b->bytes >= b->max_bytes)
				return;
			r = (struct record){ at + 1, at + 1, 0, m.high >> bit,
					     r.cell + b->cols };
		}
		if (m.odd)
			return;
	}
}
