/* csv.h - a strict reader of CSV (RFC 4180), row batch by row batch, in bounded memory.
 *
 * libcsv parses; what it does not do is done before it: byte order mark, NUL, UTF-8, lone CR,
 * physical line numbers, field and name limits, blank lines.  A faster scanner for
 * blocks without quotes will stand behind the same interface and give the same cells.
 * The rules are those of the manual (ml-stream(5) does not concern text). */
#ifndef ML_DATA_CSV_H
#define ML_DATA_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/source.h"

struct ml_csv_opts {
	char delimiter;   /* ',' */
	bool no_header;   /* names are c1, c2, ... */
	size_t max_field; /* bytes, 1 MiB by default */
	size_t max_name;  /* 64 KiB */
	bool prompt; /* batches end with the records that have arrived: none waits for bytes
			behind it */
};

struct ml_cell {
	const char *text; /* NUL behind, no NUL inside; outer blanks trimmed unless quoted */
	size_t len;
};

/* Where something stands: file NULL: not known here; line 1-based. */
struct ml_place {
	const char *file;
	uint64_t line;
};

/* A batch of rows; views into the reader, valid until its next call. */
struct ml_cells {
	size_t rows, cols;
	struct ml_cell *cell; /* rows x cols, row-major; a caller may change them */
	uint64_t
		*line; /* physical line on which each row begins, 1-based; may be changed too */
	/* Bytes of each row that lies there as it was read: from its first cell on, a NUL in
	 * place of each delimiter, nothing quoted and nothing trimmed; else 0.  Who changes or
	 * moves cells changes this too.  NULL: not known. */
	size_t *record;
	char delimiter;   /* that they were read with */
	const char *file; /* that the rows come from; NULL: not known here */
};

static inline struct ml_place ml_place_of(const struct ml_cells *cells, size_t row)
{
	return (struct ml_place){ cells->file, cells->line[row] };
}

/* What was noticed and is only worth a warning; complete after ML_END. */
struct ml_csv_notes {
	bool mixed_eol;       /* W-EOL */
	uint64_t blank_lines; /* W-BLANK: at the very end of the file, ignored */
	uint64_t blank_line;  /* the first of them */
	bool numeric_header;  /* W-HEADER: every name is a number */
	char other_delimiter; /* W-DELIM: one column, and each row holds this one; 0: none */
};

struct ml_csv;

/* Reads the header.  Errors (ML_EDATA; messages begin with the file name and, where there is
 * one, the line: "train.csv:17: ..."): E-NUL, E-UTF8 (line and byte offset), E-CR, E-QUOTE
 * (line where the quote opened), E-HEADER, E-DUP (both places), E-RAGGED (line, found,
 * expected, a hint when another delimiter would fit), E-LIMIT (before the memory is spent),
 * E-EMPTY, E-UPSTREAM (the mark of a failed tool, repeats its note), and those of
 * ml_source_check_text.  The source is borrowed. */
int ml_csv_open(struct ml_csv **c, struct ml_source *source, const struct ml_csv_opts *opts,
		struct ml_error *err) ML_CHECK;
size_t ml_csv_cols(const struct ml_csv *c);
const char *const *ml_csv_names(const struct ml_csv *c);
/* Next rows (at least one, at most 4096 or about 1 MiB of text); ML_END when there are no more.
 * Rows before a broken one are handed out first, in the same batches however the bytes arrive
 * (but for `prompt`). */
int ml_csv_next(struct ml_csv *c, struct ml_cells *cells, struct ml_error *err) ML_CHECK;
const struct ml_csv_notes *ml_csv_notes(const struct ml_csv *c);
void ml_csv_free(struct ml_csv *c);

/* The mark that ends a CSV whose writer failed: an open quote, then this word and a note up to
 * the end. Every strict reader refuses the open quote; ours repeats the note (E-UPSTREAM). */
#define ML_UPSTREAM_MARK "ml-upstream-failed: "

#endif
