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

#endif
