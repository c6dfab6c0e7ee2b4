/* csv_header.h - the names of columns. */
#ifndef ML_DATA_CSV_HEADER_H
#define ML_DATA_CSV_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/csv.h"
#include "data/table.h"

/* Adds the names in cell[0..n) to `names`, which is empty, in their order.  E-HEADER: one is
 * empty; E-DUP: one is there twice.  *numeric: each is a number.  `file` begins messages, shown
 * safe. */
int ml_csv_header_take(struct ml_levels *names, const struct ml_cell *cell, size_t n,
		       const char *file, uint64_t line, bool *numeric,
		       struct ml_error *err) ML_CHECK;
/* The names c1..cN. */
int ml_csv_header_make(struct ml_levels *names, size_t n, struct ml_error *err) ML_CHECK;

/* Other delimiters that text could have been meant for: how often each is in it. */
enum { ML_CSV_OTHERS = 4 };
struct ml_csv_others {
	size_t count[ML_CSV_OTHERS];
};
extern const char ml_csv_others[ML_CSV_OTHERS];
void ml_csv_others_count(struct ml_csv_others *o, const char *text, size_t n);
/* The one, other than `delimiter`, that is equally often (at least once) in both; 0: none. */
char ml_csv_others_fit(const struct ml_csv_others *a, const struct ml_csv_others *b,
		       char delimiter);
/* For messages and -d: "tab", or the character. */
const char *ml_csv_delimiter_word(char delimiter);

#endif
