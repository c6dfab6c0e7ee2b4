/* csv_bulk.h - many records at once: the short way past csv_scan.h and csv_split.h.
 *
 * Takes records as long as they are whole, on one line, of the right number of fields, short
 * enough to be under every limit, and quoted in the simplest way only (no quote or line end
 * inside the quotes, no blank around them); at the first other one it stops, and has left it
 * untouched. So it never fails, and whether it is used changes nothing but the time. */
#ifndef ML_DATA_CSV_BULK_H
#define ML_DATA_CSV_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/csv.h"

struct ml_csv_bulk {
	char delimiter;
	size_t cols;
	size_t max_field;           /* longer records are left */
	size_t max_rows, max_bytes; /* it stops behind the record that reaches either */
	/* Results. */
	size_t rows, bytes;
	bool lf, crlf; /* line ends met */
};

/* Records at the start of text[0..n), cut in place: rows x cols cells, and of each row its
 * bytes as in struct ml_cells (there is room for max_rows).  The last 64 bytes are not looked
 * at. */
void ml_csv_bulk(struct ml_csv_bulk *b, char *text, size_t n, struct ml_cell *cell,
		 size_t *record);

#endif
