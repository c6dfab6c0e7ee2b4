/* dummies.h - 0/1 columns in place of one column, for all encoders that make them.
 *
 * What happens to a missing cell is decided when fitting: when training had any, there is a
 * dummy of its own for it; else it counts as the most frequent level, and is counted. */
#ifndef ML_PREP_DUMMIES_H
#define ML_PREP_DUMMIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/table.h"

/* Replaces column `at` by n columns "COLUMN=suffix[j]" where it stood: 1 in column slot[i] of
 * row i, 0 elsewhere; slot[i] outside 0..n-1 means all 0.  n may be 0.  They take over the
 * column's role.  E-DUP when a name is there already. */
int ml_dummies_put(struct ml_table *t, size_t at, const int32_t *slot,
		   const char *const *suffix, size_t n, struct ml_error *err) ML_CHECK;

/* The places 0..n-1 of cols[0..n) from the last column to the first, so that what is put in or
 * taken out for one moves none of those still to come; free(). */
size_t *ml_columns_backwards(const size_t *cols, size_t n, struct ml_error *err) ML_CHECK;

#endif
