/* pairs.h - predictions of several models, row by row of the same rows. */
#ifndef ML_CORE_PAIRS_H
#define ML_CORE_PAIRS_H

#include "core/scoring.h"

struct ml_pairs {
	size_t n;                   /* models */
	struct ml_table **table;    /* owned; rows in the order of the first one's */
	struct ml_scoring *scoring; /* the same classes, the same truth and weights */
	const char *const *name;    /* files, as messages name them; borrowed */
};

/* Takes the tables over, also when it fails.  Rows are joined by the cells of the columns of
 * role id (and PREFIXrepeat), or, when there is none, by their place.  ML_EDATA, E-PAIRS:
 * another number of rows, an id twice or in one table only, another truth or weight; a table is
 * judged as classes, another as numbers.  Errors of scoring are preceded by the file. */
int ml_pairs_init(struct ml_pairs *p, struct ml_table **table, const char *const *name,
		  size_t n, const struct ml_scoring_plan *plan, const struct ml_run *run,
		  struct ml_error *err) ML_CHECK;
void ml_pairs_release(struct ml_pairs *p);

/* Scorings of tables of other rows, coded by the same classes: s[0..n). */
int ml_scoring_alike(struct ml_scoring *s, struct ml_table *const *table,
		     const char *const *name, size_t n, const struct ml_scoring_plan *plan,
		     const struct ml_run *run, struct ml_error *err) ML_CHECK;

/* pairs_join.c: puts the rows of *table into the order of those of `first`. */
int ml_pairs_join(struct ml_table **table, const struct ml_table *first, const char *name,
		  const char *first_name, const char *prefix, struct ml_error *err) ML_CHECK;

#endif
