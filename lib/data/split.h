/* split.h - which part each row belongs to.
 *
 * part[i] = 0..k-1.  Deterministic in (seed, rows): neither the order of levels nor threads
 * matter.  Whole groups stay together; strata are spread so that the counts of a stratum, and
 * of all rows, differ by at most one between folds (holdout: the rounded share, and at least
 * one row on each side when the stratum has two; the total is exact, and comes before the one
 * row when both cannot be had).  With groups the counts are as near as a greedy deal brings
 * them. */
#ifndef ML_DATA_SPLIT_H
#define ML_DATA_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/run.h"
#include "data/table.h"

struct ml_split_plan {
	size_t folds; /* k >= 2, or 0: a holdout, part 1 = test */
	double test;  /* share of the rows in (0, 1), or a whole number of rows >= 1 */
	const struct ml_column *stratify, *group, *time; /* NULL: none */
	uint64_t seed;
};
/* stratify: classes; missing is one of them (a number column with more than 20 values is cut
 * into at most 10 quantile bins).  group: a missing one is E-MISSING.  time: the latest rows
 * are the test part; folds are consecutive stretches, earlier to later, so fold j is to be
 * tested with what was learned from folds before it, and fold 0 never. Rows of one time are
 * never parted, so counts are then not exact; a missing time is E-MISSING; with group or
 * stratify it is ML_EUSAGE.  E-TOOFEW when there are fewer rows, groups or times than parts.
 * W-RARE through run->warn (run may be NULL), one line: classes with fewer rows than parts. */
int ml_split_rows(const struct ml_split_plan *plan, size_t rows, const struct ml_run *run,
		  size_t *part, struct ml_error *err) ML_CHECK;
/* Stable hash of a key to [0, 1): depends on seed and text only, so a row keeps its part
 * however the table grows. */
double ml_split_hash(uint64_t seed, const char *key, size_t n);

#endif
