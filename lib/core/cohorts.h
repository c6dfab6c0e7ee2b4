/* cohorts.h - the rows by the levels of some columns (fold and repeat, size), and metrics of
 * each part. */
#ifndef ML_CORE_COHORTS_H
#define ML_CORE_COHORTS_H

#include "core/measures.h"

enum { ML_COHORTS_COLUMNS = 3 };

struct ml_cohorts {
	size_t n;       /* parts that have rows, by the order of their levels */
	size_t *row;    /* rows of part s: row[start[s]] up to row[start[s + 1]] */
	size_t *start;  /* n + 1 */
	size_t *level;  /* n x columns: index into label[j].name */
	size_t columns; /* those asked for that the table has */
	struct ml_labels label[ML_COHORTS_COLUMNS];
};

/* By the columns name[0..columns); those that t lacks are one level, of which label is empty.
 * E-MISSING: a row without a level. */
int ml_cohorts_init(struct ml_cohorts *s, const struct ml_table *t, const char *const *name,
		    size_t columns, struct ml_error *err) ML_CHECK;
/* value[m * n + part]: measure m over the rows of the part; NaN where not defined. */
int ml_cohorts_values(const struct ml_cohorts *s, const struct ml_scoring *rows,
		      const struct ml_measures *m, const struct ml_metric_opts *opts,
		      double *value, struct ml_error *err) ML_CHECK;
/* Levels of column j that rows have, at least 1. */
size_t ml_cohorts_levels(const struct ml_cohorts *s, size_t j);
void ml_cohorts_release(struct ml_cohorts *s);

#endif
