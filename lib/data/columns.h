/* columns.h - naming columns: COLUMNS on the command line.
 *
 * Comma-separated items: a name; @3 (1-based); a:b (a range, by name or @number); a glob (* and
 * ?); ^item (takes away from what was named before it); @num @cat @text @all (features only: no
 * column with a role; @num leaves out dummies). Names, numbers, ranges and globs see every
 * column.  Backslash escapes , : * ? @ ^ = and itself. Beginning with ^ means all features but.
 * In a glob a colon is plain ("prob:*"); "a:b" that is the name of a column is that column
 * unless it is a range too, which is refused. */
#ifndef ML_DATA_COLUMNS_H
#define ML_DATA_COLUMNS_H

#include "data/table.h"

/* What a selection can be made over: names, with kinds where known. */
struct ml_column_set {
	size_t n;
	const char *const *name;  /* all different */
	const enum ml_kind *kind; /* NULL: not known, then @num @cat @text are ML_EUSAGE */
	const enum ml_role *role; /* NULL: all features */
	const bool *dummy;        /* NULL: none */
};
/* *idx: the chosen indexes, each once, in the order first named (freed by the caller); an item
 * that matches nothing: ML_EDATA, E-COLUMNS, with the nearest name ("did you mean") - but @num
 * and its like may be empty.  A malformed one: ML_EUSAGE, E-USAGE. */
int ml_columns_pick(const struct ml_column_set *set, const char *spec, size_t **idx, size_t *n,
		    struct ml_error *err) ML_CHECK;
/* The same over the columns of a table. */
int ml_table_pick(const struct ml_table *t, const char *spec, size_t **idx, size_t *n,
		  struct ml_error *err) ML_CHECK;
/* One column: exactly one must match. */
int ml_columns_one(const struct ml_column_set *set, const char *spec, size_t *idx,
		   struct ml_error *err) ML_CHECK;
/* Lists like "median,mode" or "age=mean,inc*=median": calls `item` for each, with the part
 * before the first unescaped '=' (NULL: none; as typed, for ml_columns_pick) and the part
 * behind it (\, \= and
 * \\ unescaped).  A comma always ends an item: columns that share a treatment are named by a
 * glob or a range, or it is repeated.  Stops at the first failure of `item`; an empty part is
 * ML_EUSAGE. */
typedef int ml_how_fn(void *arg, const char *columns, const char *how, struct ml_error *err);
int ml_how_each(const char *spec, ml_how_fn *item, void *arg, struct ml_error *err) ML_CHECK;
/* The same for lists like "yes=2,no=1", of names that are no columns: both parts unescaped. */
int ml_names_each(const char *spec, ml_how_fn *item, void *arg, struct ml_error *err) ML_CHECK;

#endif
