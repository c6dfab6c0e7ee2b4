/* prep_fields.h - fields that several preparations have: words, and lists whose length differs
 * from column to column (as counts, then all of them one after another). */
#ifndef ML_PREP_PREP_FIELDS_H
#define ML_PREP_PREP_FIELDS_H

#include <stddef.h>

#include "base/error.h"
#include "data/fields.h"
#include "data/table.h"

/* A text that is one of the words (NULL-ended): *pick is its place; ML_EDATA, E-MODEL else. */
int ml_get_word(const struct ml_fields *in, const char *name, const char *const *words,
		int *pick, struct ml_error *err) ML_CHECK;

/* Levels of each column: n sets, all empty. */
int ml_level_sets_init(struct ml_levels ***sets, size_t n, struct ml_error *err) ML_CHECK;
void ml_level_sets_free(struct ml_levels **sets, size_t n); /* NULL is allowed */
/* Fields NAME (all texts, one set after another) and NAME-count (ints, one a set). */
void ml_level_sets_put(struct ml_fields *out, const char *name, struct ml_levels *const *sets,
		       size_t n);
/* Exactly n sets; within each, the levels are different: ML_EDATA, E-MODEL else. */
int ml_level_sets_get(const struct ml_fields *in, const char *name, struct ml_levels ***sets,
		      size_t n, struct ml_error *err) ML_CHECK;

/* Fields of runs of numbers of different lengths: NAME and NAME-count.  Run k is
 * v[from[k] .. from[k + 1]). */
void ml_runs_put(struct ml_fields *out, const char *name, const double *v, const size_t *from,
		 size_t n);
int ml_runs_get(const struct ml_fields *in, const char *name, double **v, size_t **from,
		size_t n, struct ml_error *err) ML_CHECK;

#endif
