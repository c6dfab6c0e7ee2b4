/* csv_guess.h - which delimiter a CSV was meant to have, for messages only. */
#ifndef ML_DATA_CSV_GUESS_H
#define ML_DATA_CSV_GUESS_H

#include <stdbool.h>
#include <stddef.h>

#include "data/csv.h"

enum { ML_CSV_OTHERS = 4 };
struct ml_csv_guess {
	char delimiter;                  /* what it is read with */
	size_t in_header[ML_CSV_OTHERS]; /* how often the header holds each other one */
	bool in_all[ML_CSV_OTHERS],
		any; /* of a table of one column: which are in all its cells */
};

void ml_csv_guess_init(struct ml_csv_guess *g, char delimiter);
/* The header's text, when it has no quotes. */
void ml_csv_guess_header(struct ml_csv_guess *g, const char *text, size_t n);
/* The only cell of a row. */
void ml_csv_guess_cell(struct ml_csv_guess *g, const struct ml_cell *cell);
/* How -d would name a delimiter that is as often in this row, which has no quotes, as in the
 * header; NULL: none. */
const char *ml_csv_guess_fit(const struct ml_csv_guess *g, const char *text, size_t n);
/* One that is in every cell (a comma does not count: so are sentences); 0: none. */
char ml_csv_guess_all(const struct ml_csv_guess *g);

#endif
