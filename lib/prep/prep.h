/* prep.h - what a preparation is.  Adding one: write lib/prep/NAME.c, add the line
 * ML_PREP(NAME) to preps.def; tests/unit/test_prep_contract.c and test_prep_hostile.c then hold
 * it to the laws that all keep.  What several share: how_plan.h (lists of how), coded.h (any
 * column as codes), dummies.h, recast.h, product.h, prep_fields.h, stateless.h, la/quantile.h;
 * for columns made of several together count_plan.h, gather.h, joint.h, linear_map.h.
 *
 * A preparation learns from a table (fit) and is applied to tables (apply): the one it learned
 * from, and later ones, whole or batch by batch.  Applying never changes the number or order of
 * rows and never needs the target.  Columns are bound by the caller (core/step.c): a fitted
 * step *needs* certain columns, in an order of its own; what they become (changed in place,
 * added, removed) the caller finds by comparing the columns before and after.
 *
 * The caller owns `state`: state_size bytes, zeroed before fit() or load().  release() is
 * called exactly once whether they succeeded or not.  All functions are re-entrant. */
#ifndef ML_PREP_PREP_H
#define ML_PREP_PREP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/run.h"
#include "data/fields.h"
#include "data/table.h"
#include "opt/opt.h"

enum ml_prep_flags {
	ML_PREP_CLEAN = 1,    /* offered by ml-clean */
	ML_PREP_FEAT = 2,     /* offered by ml-feat */
	ML_PREP_IN_PLACE = 4, /* the needed columns that remain have new values */
	ML_PREP_STATELESS =
		8, /* learns nothing from the rows: streams from CSV, and needs no --save */
	/* Makes columns of several together: where a cell is missing it refuses, when fitting
	 * and applying (E-MISSING).  What it learns is right to roundings times a condition. */
	ML_PREP_MIXES = 16,
	ML_PREP_SEEDED = 32, /* what it learns may depend on the seed */
	/* What it gives it would leave as it is: undone, nothing changes (filled cells stay
	 * filled, numbers cut off stay so). */
	ML_PREP_SETTLES = 64,
};

/* In a program that only applies preparations, built with ML_ASK_ONLY, NULL stands for a fit
 * that needs the numerics of LAPACK, and they are not linked: `.fit = ML_LEARNING(fit)`. */
#ifdef ML_ASK_ONLY
#define ML_LEARNING(function) (1 ? NULL : (function))
#else
#define ML_LEARNING(function) (function)
#endif

/* What made columns are made of (ml-show). */
struct ml_components {
	size_t k, n;             /* made, needed */
	const double *loading;   /* k x n, borrowed */
	const double *explained; /* k, what each has of `total`; or NULL */
	double total;
};

struct ml_prep_fit {
	const struct ml_table *table; /* training rows; borrowed */
	const char *spec;             /* the option's value as typed: COLUMNS, or a list of how
					 (data/columns.h) */
	const double *w;              /* row weights >= 0, or NULL for all 1 */
	const struct ml_column *target; /* for those that look at it when fitting; or NULL */
};
/* What those that learn from rows ask first: E-NOROWS when there is none of a weight above 0,
 * E-RANGE when the weights have no finite sum.  A row of weight 0 is as if it were not there.
 */
int ml_prep_rows(const struct ml_prep_fit *f, struct ml_error *err) ML_CHECK;
/* ml_table_pick() for those that take numbers only: E-TYPE names another column. */
int ml_prep_numbers(const struct ml_prep_fit *f, size_t **cols, size_t *n,
		    struct ml_error *err) ML_CHECK;

/* What applying met, for each needed column, added up over batches; the caller warns. */
struct ml_tally {
	uint64_t imputed;   /* missing where training had none: W-IMPUTED */
	uint64_t unseen;    /* categories training had not: W-UNSEEN */
	uint64_t undefined; /* formula undefined for the cell, now missing: W-UNDEFINED */
};

struct ml_prep {
	const char *name;    /* the word after the dashes: "onehot" */
	const char *summary; /* one clause, no full stop */
	const char *arg;     /* what spec is: "COLUMNS", "HOW" */
	/* A spec for a table of the numbers age and income and the category city: for the
	 * manual, and what the contract test fits with. */
	const char *example;
	unsigned flags, format;    /* ml_prep_flags; version of the fields save() writes */
	const struct ml_opt *opts; /* describes a struct of opts_size bytes; or NULL */
	size_t opts_size, state_size;

	/* Chooses columns by f->spec and learns.  *cols: indexes of the needed columns
	 * (malloc'ed, the caller's, on failure too; both are 0 before), *n of them, each once;
	 * state is in that order.  Columns with a role are only touched when named. Errors name
	 * the column: E-COLUMNS, E-TYPE (a number asked of a category), E-LIMIT... */
	int (*fit)(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
		   size_t *n, const struct ml_run *run, struct ml_error *err) ML_CHECK;
	/* cols[k] is the table's column for need k (its kind is what it was in training).
	 * tally: n entries to add to, or NULL.  Columns that it adds stand where the needed one
	 * stood (or behind the last when they come from several); changed cells are touched
	 * (ml_column_touch). A result has the same bits in any batch.  A row that cannot be
	 * done is told with ml_fail_row(), so that others can be done without it. */
	int (*apply)(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		     struct ml_tally *tally, struct ml_error *err) ML_CHECK;
	void (*save)(const void *state, struct ml_fields *out);
	/* n: number of needed columns, kind[n] their kinds.  Hostile fields: ML_EDATA, E-MODEL.
	 */
	int (*load)(void *state, unsigned format, const struct ml_fields *in,
		    const enum ml_kind *kind, size_t n, struct ml_error *err) ML_CHECK;
	void (*release)(void *state);

	/* What not every preparation can do; NULL where it cannot. */
	/* Training rows treated otherwise than later ones (out-of-fold encoding): in place of
	 * apply(). */
	int (*fit_apply)(void *state, const struct ml_prep_fit *f, const void *opts,
			 struct ml_table *t, size_t **cols, size_t *n, const struct ml_run *run,
			 struct ml_error *err) ML_CHECK;
	/* What undoes apply(), as far as it can be undone.  In place: cols[k] is the table's
	 * column for need k, or SIZE_MAX when it has none such. */
	int (*inverse)(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		       struct ml_error *err) ML_CHECK;
	/* For those whose needed columns are gone: cols are the m that were made, in their
	 * order (another m than the state's: E-MODEL); they are replaced by columns of these
	 * names, one for each need. */
	int (*restore)(const void *state, struct ml_table *t, const size_t *cols, size_t m,
		       const char *const *names, struct ml_error *err) ML_CHECK;
	/* What made columns are made of. */
	void (*components)(const void *state, struct ml_components *out);
	/* True when need k becomes (x - center) * factor in place (imputing: 0 and 1); so
	 * that coefficients can be told in the units of the columns before it. */
	bool (*affine)(const void *state, size_t k, double *center, double *factor);
	/* The levels whose codes need k becomes in place, the number 0 for the first. */
	const struct ml_levels *(*levels)(const void *state, size_t k);
};

/* NULL-ended, sorted by name; built from preps.def. */
extern const struct ml_prep *const ml_preps[];
const struct ml_prep *ml_prep_find(const char *name);

#endif
