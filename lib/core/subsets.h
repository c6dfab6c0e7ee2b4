/* subsets.h - all rows that are scored, then those of each level of some columns. */
#ifndef ML_CORE_SUBSETS_H
#define ML_CORE_SUBSETS_H

#include "core/scoring.h"

struct ml_subset {
	const struct ml_scoring *rows;
	const char *name; /* "COLUMN=LEVEL", "COLUMN=" where it is missing; NULL: all rows */
	int32_t *group;   /* rows of a group have one code 0..groups-1; NULL: no groups */
	size_t groups;
};
typedef int ml_subset_fn(void *arg, const struct ml_subset *s, struct ml_error *err);

/* by: lists of COLUMNS, at most ML_SUBSETS levels each (E-LIMIT).  Groups are those of the
 * column of that role, when `grouped`. Memory: one subset at a time. */
enum { ML_SUBSETS = 10000 };
int ml_subsets_each(const struct ml_scoring *s, const struct ml_table *t,
		    const struct ml_texts *by, bool grouped, ml_subset_fn *fn, void *arg,
		    struct ml_error *err) ML_CHECK;

#endif
