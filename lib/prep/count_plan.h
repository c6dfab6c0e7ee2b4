/* count_plan.h - of which columns how many are to be made: the value of preparations that make
 * columns of all their columns together (pca, svd, nmf, ica, random-projection).
 *
 *     HOW   K | SHARE | all | auto | none, or COLUMNS=one of these
 *
 * as far as the preparation takes them.  As in other lists of how a bare word is for all number
 * features but 0/1 columns of encoders; since they are taken together, one number is asked of
 * all that take part (E-USAGE). */
#ifndef ML_PREP_COUNT_PLAN_H
#define ML_PREP_COUNT_PLAN_H

#include "prep/prep.h"

enum ml_count_words {
	ML_COUNT_SHARE = 1, /* 0.95: as many as take up this share of the spread */
	ML_COUNT_ALL = 2,   /* as many as there can be */
	ML_COUNT_AUTO = 4,  /* as the preparation finds */
};

struct ml_count {
	size_t k;     /* 0: one of the others */
	double share; /* in (0, 1) */
	bool all, automatic;
};

/* *cols, *n: the columns that take part, as fit() gives them: number columns, at least one.
 * E-COLUMNS, E-TYPE, E-USAGE; E-NOROWS, E-RANGE as ml_prep_rows(); E-MISSING as below. */
int ml_count_plan(struct ml_count *m, const struct ml_prep_fit *f, unsigned words,
		  size_t **cols, size_t *n, struct ml_error *err) ML_CHECK;
/* E-MISSING when a cell of the columns is missing, with the first such row. */
int ml_refuse_missing(const struct ml_table *t, const size_t *cols, size_t n,
		      struct ml_error *err) ML_CHECK;
/* E-LIMIT when more than `most` of `what` ("columns", "rows") are asked for. */
int ml_count_check(const struct ml_count *m, size_t most, const char *what,
		   struct ml_error *err) ML_CHECK;

#endif
