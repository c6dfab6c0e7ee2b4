/* joint.h - columns made of several taken together: what pca, svd, nmf, ica and
 * random-projection share.
 *
 * The k columns NAME1, NAME2, ... stand behind the last column; those that they are made of are
 * gone, unless they are kept. */
#ifndef ML_PREP_JOINT_H
#define ML_PREP_JOINT_H

#include "prep/prep.h"

/* Columns are gone through by pieces of so many rows, which a cache holds. */
enum { ML_JOINT_ROWS = 128 };

struct ml_joint {
	size_t n, k; /* needed columns, made columns: at least one of each */
	char *name;  /* owned */
	bool keep;
};

/* The options that all have: the first two of each table. */
struct ml_joint_opts {
	const char *name;
	bool keep;
};
#define ML_JOINT_OPTS(T, word) \
	{ .name = "name", \
	  .type = ML_TEXT, \
	  .def = word, \
	  .arg = "NAME", \
	  .offset = ML_FIELD(T, joint.name, const char *), \
	  .help = "the columns that are made are NAME1, NAME2 and so on" }, \
	{ \
		.name = "keep", .type = ML_BOOL, .def = "no", \
		.offset = ML_FIELD(T, joint.keep, bool), \
		.help = "keep the columns that they are made of" \
	}

/* E-USAGE for an empty name. */
int ml_joint_init(struct ml_joint *j, const struct ml_joint_opts *o, size_t n, size_t k,
		  struct ml_error *err) ML_CHECK;
void ml_joint_release(struct ml_joint *j);

/* Fills out (columns of `rows` numbers, each beginning ML_JOINT_ROWS behind the one before it)
 * from in (likewise, and its to use up). */
typedef void ml_joint_fn(const void *state, double *in, double *out, size_t rows);
/* Replaces the n needed columns by k made by fn.  E-MISSING where a cell is missing; results
 * that are not finite become missing, and the first of needs counts their rows. */
int ml_joint_apply(const struct ml_joint *j, ml_joint_fn *fn, const void *state,
		   struct ml_table *t, const size_t *cols, struct ml_tally *tally,
		   struct ml_error *err) ML_CHECK;
/* The way back: the k made columns (E-MODEL for another number) are replaced by n of these
 * names.  Of a row that misses one, all are missing. */
int ml_joint_restore(const struct ml_joint *j, ml_joint_fn *fn, const void *state,
		     struct ml_table *t, const size_t *cols, size_t n, const char *const *names,
		     struct ml_error *err) ML_CHECK;

void ml_joint_put(struct ml_fields *out, const struct ml_joint *j);
int ml_joint_get(struct ml_joint *j, const struct ml_fields *in, const enum ml_kind *kind,
		 size_t n, struct ml_error *err) ML_CHECK;

#endif
