/* dedupe.h - rows that are there more than once, and equal rows with different labels.
 *
 * Rows are equal when all the columns asked about hold equal values (numbers by value,
 * categories and text by bytes, missing equals missing); compared through 256-bit digests. */
#ifndef ML_DATA_DEDUPE_H
#define ML_DATA_DEDUPE_H

#include <stdbool.h>
#include <stddef.h>

#include "data/table.h"

/* keep[i] (rows entries) becomes false for every row that repeats an earlier one; *repeats
 * counts them. */
int ml_dedupe(const struct ml_table *t, const size_t *cols, size_t n, bool *keep,
	      size_t *repeats, struct ml_error *err) ML_CHECK;
/* in_conflict[i] becomes true for rows whose columns cols equal those of a row with another
 * value in column `label`; *groups counts the sets of equal rows that disagree, *rows their
 * rows. */
int ml_conflicts(const struct ml_table *t, const size_t *cols, size_t n, size_t label,
		 bool *in_conflict, size_t *groups, size_t *rows,
		 struct ml_error *err) ML_CHECK;

#endif
