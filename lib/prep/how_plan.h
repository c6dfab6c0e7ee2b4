/* how_plan.h - from a list of how ("median,mode", "age=median,inc*=none") to one choice a
 * column.
 *
 * An item with columns ("inc*=median") is for these, and must fit their kinds (E-TYPE); a later
 * one replaces an earlier one.  A bare word is for all features that it fits and no other item
 * names, except 0/1 columns made by encoders; two bare words that fit one column equally
 * well are ML_EUSAGE.  "none" leaves columns alone.  A bare "constant=0" is no column's, unless
 * there is a column of that name: then it is ML_EUSAGE.  Shared by all preparations of HOW. */
#ifndef ML_PREP_HOW_PLAN_H
#define ML_PREP_HOW_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "data/table.h"

/* How well a choice fits a column. */
enum ml_how_fit { ML_HOW_NOT, ML_HOW_IF_ALONE, ML_HOW_WELL };

struct ml_how_rule {
	size_t size;        /* of a choice: a struct without owned memory */
	const char *valued; /* the bare word that has an own "=VALUE": "constant"; or NULL */
	/* Reads `how` (escapes taken off) into the zeroed *choice, which may keep views into
	 * it; ML_EUSAGE when it says nothing known.  `opts`: of the preparation. */
	int (*read)(void *choice, const char *how, const void *opts, struct ml_error *err);
	/* `named`: the column was named, rather than met by a bare word. */
	enum ml_how_fit (*fit)(const void *choice, const struct ml_column *c, bool named);
};

struct ml_how_plan {
	size_t n;
	size_t *col;         /* n columns of the table, ascending; owned */
	const void **choice; /* n, views into the arena; owned */
	struct ml_arena arena;
};

/* Choices for the columns of the table.  ML_EUSAGE, E-COLUMNS, E-TYPE; the words of `how` are
 * quoted. */
int ml_how_plan_init(struct ml_how_plan *p, const struct ml_table *t, const char *spec,
		     const struct ml_how_rule *rule, const void *opts,
		     struct ml_error *err) ML_CHECK;
void ml_how_plan_release(struct ml_how_plan *p);

/* For rule->fit: numbers only (scaling, bins, clipping). */
enum ml_how_fit ml_how_fits_numbers(const void *choice, const struct ml_column *c, bool named);

#endif
