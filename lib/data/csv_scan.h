/* csv_scan.h - where each record of a CSV ends, and whether its bytes are as they must be.
 *
 * The pre-pass over what libcsv will see.  It alone knows physical lines, the
 * quote state and the limits; what it lets through, the splitters (csv_split.h) cannot fail on.
 */
#ifndef ML_DATA_CSV_SCAN_H
#define ML_DATA_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/utf8.h"

enum { ML_MAX_COLUMNS = 1048576 };

/* Where in a field the next byte stands. */
enum ml_csv_at {
	ML_CSV_START,  /* at its start; only blanks so far */
	ML_CSV_PLAIN,  /* in its unquoted text */
	ML_CSV_QUOTED, /* inside quotes */
	ML_CSV_QUOTE,  /* behind a quote inside quotes: a doubled one, or the end */
	ML_CSV_AFTER,  /* in the blanks behind a closing quote */
};

/* Of the record that is being looked at; offsets count from its first byte. */
struct ml_csv_record {
	size_t pos;    /* bytes looked at */
	uint64_t line; /* physical line it begins on */
	bool exact;    /* looked at byte by byte: fields and quotes are known */
	bool high;     /* else: a byte above 0x7f was met */
	enum ml_csv_at at;
	size_t fields;       /* ended so far */
	size_t len;          /* bytes of the field so far, for its limit */
	bool content;        /* the record has text, or a field that is not its last */
	size_t quote;        /* where the last quoted field opened, */
	uint64_t quote_line; /* and on which line */
	size_t closed;       /* the last quote that may have closed it */
	bool quotes;         /* any field is quoted */
	struct ml_utf8 utf8;
	size_t lead;       /* where the last character above 0x7f began */
	bool bad;          /* it is no UTF-8: told when the field has ended, */
	uint64_t bad_line; /* so that a NUL behind it names the graver fault */
};

struct ml_csv_scan {
	const char *file;       /* begins the messages; shown safe */
	const char *looks_like; /* what the first bytes are known to be, or NULL */
	char delimiter;
	size_t max_field, max_name;
	bool header;     /* the record holds names */
	size_t cols;     /* fields of each record; 0: not known yet */
	uint64_t offset; /* of the record's first byte in the input */
	uint64_t line;   /* physical line of the next byte */
	bool lf, crlf;   /* line ends met */
	struct ml_csv_record rec;
};

/* Looks for the end of the record that text[0..n) begins with; `end`: no byte will follow them.
 * *used: its bytes, with the line end; 0: more bytes are needed (with `end`: there is no
 * further record). Call again with the same text and more behind it: nothing is looked at
 * twice.  The record is described by s->rec until ml_csv_scan_next. */
int ml_csv_scan(struct ml_csv_scan *s, const char *text, size_t n, bool end, size_t *used,
		struct ml_error *err) ML_CHECK;
/* The next record begins `used` bytes on. */
void ml_csv_scan_next(struct ml_csv_scan *s, size_t used);
/* The same byte by byte, from s->rec.pos on (csv_exact.c). */
int ml_csv_scan_exact(struct ml_csv_scan *s, const char *text, size_t n, bool end, size_t *used,
		      struct ml_error *err) ML_CHECK;
/* Index of the first LF, CR, quote, NUL or byte above 0x7f in text[from..n), or n. */
size_t ml_csv_scan_special(const char *text, size_t from, size_t n);

#endif
