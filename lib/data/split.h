/* split.h - which part each row belongs to.
 *
 * part[i] = 0..k-1.  Deterministic in (seed, rows); whole groups stay together; strata are spread
 * so that the counts of a stratum differ by at most one between folds (holdout: the rounded share, at
 * least one row on each side when the stratum has two). */
#ifndef ML_DATA_SPLIT_H
#define ML_DATA_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/run.h"
#include "data/table.h"

struct ml_split_plan {
	size_t folds;                  /* k >= 2, or 0: a holdout, part 1 = test */
	double test;                   /* share of the rows in (0, 1), or a whole number of rows >= 1 */
	const struct ml_column *stratify, *group, *time;  /* NULL: none */
	uint64_t seed;
};
/* stratify: classes (a number column is cut into at most 10 quantile bins).  time: the latest
 * rows are the test part (folds: consecutive, the test folds forward in time); missing times are an error.  E-TOOFEW
 * when there are fewer rows or groups than parts. W-RARE through run->warn: a class with fewer rows than folds. */
int ml_split_rows(const struct ml_split_plan *plan, size_t rows, const struct ml_run *run,
                  size_t *part, struct ml_error *err) ML_CHECK;
/* Stable hash of a key to [0, 1): depends on seed and text only, so a row keeps its part however the table grows. */
double ml_split_hash(uint64_t seed, const char *key, size_t n);

#endif
