/* csv_split.h - the fields of one record that csv_scan.h has found whole.
 *
 * Fields are cut in place: the text of each, with a NUL behind, lies in the bytes of its
 * record, which are long enough in both splitters (a field gives up its delimiter or its
 * quotes). */
#ifndef ML_DATA_CSV_SPLIT_H
#define ML_DATA_CSV_SPLIT_H

#include <csv.h>
#include <stddef.h>

#include "base/error.h"
#include "data/csv.h"

/* Splits text[0..n), a record without quotes and without its line end; text[n] may be written.
 * Returns the number of fields (at least 1); the first `room` of them go to cell. */
size_t ml_csv_split_plain(char *text, size_t n, char delimiter, struct ml_cell *cell,
			  size_t room);
/* The same for any record, by libcsv; `parser` is between two records. */
int ml_csv_split_quoted(struct csv_parser *parser, char *text, size_t n, struct ml_cell *cell,
			size_t room, size_t *fields, struct ml_error *err) ML_CHECK;

#endif
