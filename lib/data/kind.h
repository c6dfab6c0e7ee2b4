/* kind.h - what cells are: missing, a number, text; and what a column is, after all its cells.
 */
#ifndef ML_DATA_KIND_H
#define ML_DATA_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/number.h"
#include "base/run.h"
#include "data/csv.h"

/* What the user asked of a column (--num, --cat, --text; ids are read as text). */
enum ml_kind_ask { ML_ASK_ANY, ML_ASK_NUMBER, ML_ASK_CATEGORY, ML_ASK_STRING };

struct ml_kind_opts {
	const char *na;          /* comma-separated markers; NULL: NA,N/A,null,NULL,?,NaN,nan */
	char decimal, thousands; /* '.' and 0 by default */
};
#define ML_NA_DEFAULT "NA,N/A,null,NULL,?,NaN,nan"

/* True when the cell is missing: empty, or a marker.  *word: by a marker other than '?'. */
bool ml_kind_missing(const struct ml_kind_opts *o, const char *s, size_t n, bool *word);
/* Parses in the notation of `o`. */
bool ml_kind_number(const struct ml_kind_opts *o, const char *s, size_t n,
		    struct ml_number *out);

/* What a cell is; of a number *num is filled, and of a leading-zero integer too: that is text,
 * and has ML_NUM_LEADZERO in its flags, which other texts have 0.  *word as in ml_kind_missing.
 */
enum ml_cell_is { ML_CELL_MISSING, ML_CELL_NUMBER, ML_CELL_TEXT };
enum ml_cell_is ml_kind_cell(const struct ml_kind_opts *o, const char *text, size_t n,
			     struct ml_number *num, bool *word);

/* Counts over the cells of a column, in bounded memory; a zeroed struct has seen none.  First
 * places are files and physical lines; samples are kept for messages. */
struct ml_kind_seen {
	uint64_t cells, missing, marker_words; /* marker_words: NA and the like, not '?' */
	uint64_t numbers, texts; /* not missing, by grammar; leading-zero integers are texts */
	uint64_t leadzero, infinite; /* of the texts: 007; inf */
	uint64_t looks; /* the texts at the start that look like numbers, up to the first
			 * that does not: 1,234 or 12% or 3,5 or $4 */
	uint64_t overflow, underflow, coarse; /* of the numbers */
	/* First of each.  other: text that --num cannot read, so none of 007 and inf. */
	struct ml_place text_at, other_at, infinite_at, overflow_at, underflow_at, coarse_at,
		word_at;
	char text[24], other_text[24], infinite_text[16],
		overflow_text[24]; /* samples, cut, shown safe */
};
/* Counts one cell, and says what it is, as ml_kind_cell does. */
enum ml_cell_is ml_kind_see(struct ml_kind_seen *s, const struct ml_kind_opts *o,
			    const char *text, size_t n, struct ml_place at,
			    struct ml_number *num);
/* Counts n cells that are numbers with no flag but ML_NUM_PLAIN. */
static inline void ml_kind_see_numbers(struct ml_kind_seen *s, size_t n)
{
	s->cells += n;
	s->numbers += n;
}
/* The kind of the column (ML_NUMBER or ML_CATEGORY, or as asked), with the warnings of
 * the manual (W-MIXED, W-ALLNA, W-NATEXT, W-LEADZERO, W-LOOKSNUM, W-UNDERFLOW, W-PRECISION)
 * through run->warn, and the errors E-RANGE, E-NONFINITE, E-TYPE (asked for numbers, has text).
 * A column with no value at all is a number column.  `kind` is an enum ml_kind.  `file` is
 * named where a place has none. */
int ml_kind_decide(const struct ml_kind_seen *s, enum ml_kind_ask ask, const char *file,
		   const char *column, const struct ml_run *run, int *kind,
		   struct ml_error *err) ML_CHECK;

#endif
