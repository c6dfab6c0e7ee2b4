/* profile.h - what the columns of a table are like, as the first tool of a pipe read them.
 *
 * It goes into a model: for warnings (values outside the range of the training rows), for
 * people, and as the ground that synthetic rows are made from.  It holds no row: of numbers
 * quantiles, of categories the frequent levels, of texts counts only.  Levels are told of
 * features and targets only, not of ids and the like. */
#ifndef ML_DATA_PROFILE_H
#define ML_DATA_PROFILE_H

#include "data/fields.h"
#include "data/table.h"

enum { ML_PROFILE_QUANTILES = 9, ML_PROFILE_TOP = 20, ML_PROFILE_LEVEL_BYTES = 256 };
/* 0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1 */
extern const double ml_profile_p[ML_PROFILE_QUANTILES];

struct ml_profile_column {
	char *name; /* owned */
	enum ml_kind kind;
	enum ml_role role;
	size_t missing; /* rows */
	/* Numbers; all 0 when every value is missing. */
	double mean, sd;                       /* sd: of n - 1; 0 for one value */
	double quantile[ML_PROFILE_QUANTILES]; /* rising; the first is the least value, the last
						  the greatest */
	bool whole;                            /* every value is an integer */
	/* Categories and texts. */
	size_t levels;  /* different values */
	size_t longest; /* bytes of the longest text; 0 for categories */
	/* Categories: levels by falling count (equal: bytewise), at most 20 of up to 256 bytes
	 * each; owned. */
	size_t top_n;
	char **top;
	size_t *top_rows;
};

struct ml_profile {
	size_t rows, n;
	struct ml_profile_column *col;
	struct ml_levels *index; /* of the names; code = column */
};

/* Profile of a whole table; NaN is missing, weights do not count.  Quantiles are type 7, of all
 * values up to 32,768, else of as many, one drawn from each of equal stretches of the rows
 * (their ranks are right to some 0.3 %), except the least and the greatest. Deterministic.
 * O(rows) for each column, and at most 1 MiB a thread beside the profile (texts: up to 32 bytes
 * a row). */
int ml_profile_of(struct ml_profile *p, const struct ml_table *t, int threads,
		  struct ml_error *err) ML_CHECK;
/* Column of that name, or NULL; constant time. */
const struct ml_profile_column *ml_profile_find(const struct ml_profile *p, const char *name);
void ml_profile_release(struct ml_profile *p); /* a zeroed struct is empty */

/* Into and from named fields.  get checks everything (E-MODEL): counts against rows, order of
 * quantiles, finite numbers, distinct names. On failure *p is empty. */
void ml_profile_put(const struct ml_profile *p, struct ml_fields *f);
int ml_profile_get(struct ml_profile *p, const struct ml_fields *f,
		   struct ml_error *err) ML_CHECK;

/* A table of `rows` made-up rows of the features: in row 0 medians and most frequent levels,
 * then other quantiles and levels in turn, shifted from column to column; in the last of
 * several rows what can be missing is. Whole numbers stay whole; texts are "text N", cut to the
 * longest.  Same profile, same rows. */
int ml_profile_synth(const struct ml_profile *p, size_t rows, struct ml_table **out,
		     struct ml_error *err) ML_CHECK;

#endif
