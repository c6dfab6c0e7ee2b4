/* strata.h - rows by the value of a column: classes to keep in proportion, groups to keep
 * whole. */
#ifndef ML_DATA_STRATA_H
#define ML_DATA_STRATA_H

#include "data/table.h"

struct ml_strata {
	size_t n;   /* numbered by first appearance in the rows, so the order of levels does not
		       matter */
	size_t *of; /* stratum of each row; owned */
	size_t *size;   /* rows of each stratum; owned */
	size_t *first;  /* first row of each; owned */
	size_t missing; /* the stratum of the missing values, or SIZE_MAX */
	bool binned;    /* numbers were cut into bins */
};

/* A number column with more than 20 different values is cut into at most `bins` bins of nearly
 * equal counts, equal values in one; bins 0: every value is a stratum.  c NULL: all rows are
 * one.  On failure there is nothing to release. */
int ml_strata_init(struct ml_strata *s, const struct ml_column *c, size_t rows, size_t bins,
		   struct ml_error *err) ML_CHECK;
/* Rows by stratum, in order within each: those of stratum c are row[from[c]..from[c + 1]). Both
 * owned by the caller; from has n + 1 places. */
int ml_strata_rows(const struct ml_strata *s, size_t rows, size_t **row, size_t **from,
		   struct ml_error *err) ML_CHECK;
void ml_strata_release(struct ml_strata *s);

#endif
