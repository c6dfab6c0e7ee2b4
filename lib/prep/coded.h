/* coded.h - the cells of any column as codes of levels: categories as they are, texts and
 * numbers (as they print) coded here. */
#ifndef ML_PREP_CODED_H
#define ML_PREP_CODED_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/table.h"

struct ml_coded {
	size_t rows;
	const int32_t *code;      /* -1: missing */
	struct ml_levels *levels; /* one reference */
	int32_t *own;             /* code, when it is not the column's */
};

/* The column is borrowed as long as the view lives. */
int ml_coded_init(struct ml_coded *v, const struct ml_column *c, size_t rows,
		  struct ml_error *err) ML_CHECK;
void ml_coded_release(struct ml_coded *v);

/* How much of the weight (NULL: all 1) each level has, and the missing cells. */
struct ml_masses {
	double *level; /* levels->n; owned */
	double missing;
};
int ml_masses_init(struct ml_masses *m, const struct ml_coded *v, const double *w,
		   struct ml_error *err) ML_CHECK;
void ml_masses_release(struct ml_masses *m);
/* The level of the greatest weight, the smallest (by bytes) of several; SIZE_MAX when none has
 * any. */
size_t ml_masses_mode(const struct ml_masses *m, const struct ml_levels *l);

/* The levels that have weight, sorted (ml_levels_sort); one reference. */
int ml_coded_used(const struct ml_coded *v, const struct ml_masses *m, struct ml_levels **used,
		  struct ml_error *err) ML_CHECK;
/* E-UNSEEN, the fault of row i: names the column and the level. */
int ml_coded_unseen(const struct ml_column *c, const struct ml_coded *v, size_t i,
		    struct ml_error *err) ML_CHECK;

#endif
