/* csv_split.c - the fields of one record, cut in place. */
#include "data/csv_split.h"

#include <stdbool.h>
#include <string.h>

#include "data/bytes8.h"

static bool blank(char c, char delimiter)
{
	return (c == ' ' || c == '\t') && c != delimiter;
}

/* The field text[from..to) without its outer blanks. */
static inline struct ml_cell trim(char *text, size_t from, size_t to, char delimiter)
{
	if (from < to && (text[from] <= ' ' || text[to - 1] <= ' ')) { /* seldom */
		while (from < to && blank(text[from], delimiter))
			from++;
		while (to > from && blank(text[to - 1], delimiter))
			to--;
	}
	text[to] = '\0';
	return (struct ml_cell){ text + from, to - from };
}

/* Where in the next 64 bytes, or `left` if fewer, the delimiter is.  As many hits as there are
 * come from one mask: a loop over them ends in a surprise for the processor once in 64 bytes,
 * not in each word. */
static inline uint64_t hits(const char *text, size_t left, char delimiter)
{
	uint64_t mask = 0;
	size_t i = 0;

	for (; i < 64 && i + 8 <= left; i += 8)
		mask |= ml_eight_bits(
				ml_eight_equal(ml_eight_load(text + i), ML_EIGHT(delimiter)))
			<< i;
	for (; i < 64 && i < left; i++)
		mask |= (uint64_t)(text[i] == delimiter) << i;
	return mask;
}

size_t ml_csv_split_plain(char *text, size_t n, char delimiter, struct ml_cell *cell,
			  size_t room)
{
	size_t found = 0, from = 0;

	for (size_t i = 0; i < n; i += 64) {
		uint64_t mask = hits(text + i, n - i, delimiter);

		for (; mask; mask &= mask - 1) {
			size_t to = i + (size_t)__builtin_ctzll(mask);

			if (found < room)
				cell[found] = trim(text, from, to, delimiter);
			found++;
			from = to + 1;
		}
	}
	if (found < room)
		cell[found] = trim(text, from, n, delimiter);
	return found + 1;
}

struct target {
	char *to; /* behind the last field's NUL */
	struct ml_cell *cell;
	size_t room, found;
};

/* libcsv gives NULL for an empty field without quotes. */
static void field(void *text, size_t n, void *arg)
{
	struct target *t = arg;

	if (t->found < t->room) {
		if (n)
			memcpy(t->to, text, n);
		t->to[n] = '\0';
		t->cell[t->found] = (struct ml_cell){ t->to, n };
		t->to += n + 1;
	}
	t->found++;
}

int ml_csv_split_quoted(struct csv_parser *parser, char *text, size_t n, struct ml_cell *cell,
			size_t room, size_t *fields, struct ml_error *err)
{
	struct target t = { .to = text, .cell = cell, .room = room };

	if (csv_parse(parser, text, n, field, NULL, &t) != n ||
	    csv_fini(parser, field, NULL, &t) != 0) {
		if (csv_error(parser) == CSV_ENOMEM)
			return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (libcsv)");
		return ml_fail(err, ML_EBUG, "E-BUG",
			       "libcsv refuses what the scanner let through");
	}
	if (!t.found) /* libcsv drops a blank record */
		field(NULL, 0, &t);
	*fields = t.found;
	return ML_OK;
}
