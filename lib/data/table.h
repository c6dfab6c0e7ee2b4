/* table.h - columns of one length, with names, kinds and roles.
 *
 * A number column holds doubles, NaN where missing (and NaN means nothing else); a category
 * column codes into a list of levels, -1 where missing; a text column strings, NULL where missing.
 * A table is either a whole input or one batch of it: steps do not care. */
#ifndef ML_DATA_TABLE_H
#define ML_DATA_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "data/csv.h"

enum ml_kind { ML_NUMBER, ML_CATEGORY, ML_STRING };   /* ML_STRING: kind "text" */
enum ml_role { ML_FEATURE, ML_TARGET, ML_WEIGHT, ML_GROUP, ML_ID, ML_TIME, ML_IGNORED };
extern const char *const ml_kind_names[];  /* "number", "category", "text", NULL */
extern const char *const ml_role_names[];  /* "feature", "target", ..., NULL */

/* Levels of a category: distinct strings, numbered from 0 in the order they were added.  Shared by
 * reference count (not thread-safe). */
struct ml_levels {
	size_t n, cap;
	const char **name;             /* NUL-ended, owned by the levels */
	size_t *len;
	struct ml_arena arena;
	int32_t *slot;                 /* hash index, open addressing */
	size_t slots, refs;
};
struct ml_levels *ml_levels_new(struct ml_error *err) ML_CHECK;
struct ml_levels *ml_levels_ref(struct ml_levels *l);
void ml_levels_free(struct ml_levels *l);             /* drops one reference; NULL allowed */
int32_t ml_levels_find(const struct ml_levels *l, const char *s, size_t len); /* or -1 */
/* The code of s, added when new; ML_EDATA, E-LIMIT above INT32_MAX levels. */
int ml_levels_add(struct ml_levels *l, const char *s, size_t len, int32_t *code,
                  struct ml_error *err) ML_CHECK;
/* Codes in ascending order of their names: bytewise, or numerically when every name is a number
 * (ties by bytes).  `order` has n places. */
int ml_levels_sort(const struct ml_levels *l, size_t *order, struct ml_error *err) ML_CHECK;

/* Cells as they were read, where they would not print so: a number written 1.50 or +2, a missing
 * cell written NA.  Dense for a batch (every cell), sparse for a whole table. */
struct ml_origin {
	struct ml_cell *cell;          /* dense: cell[row * stride], or NULL; borrowed */
	size_t stride;
	size_t *row;                   /* sparse: ascending rows, */
	const char **text;             /* and their text (in the table's arena), NULL when changed */
	size_t n, cap;
};

struct ml_column {
	char *name;                    /* owned */
	enum ml_kind kind;
	enum ml_role role;
	bool dummy;                    /* 0/1 made by an encoder: not in @num, never scaled by default */
	double *num;                   /* kind number: rows values, owned */
	int32_t *code;                 /* kind category, owned */
	struct ml_levels *levels;      /* kind category, one reference */
	const char **text;             /* kind text: array owned, strings in the table's arena */
	struct ml_origin origin;
};

struct ml_table {
	size_t rows, ncol, cap;
	struct ml_column *col;
	struct ml_arena arena;
	uint64_t *line;                /* physical line of each row, or NULL where not known */
	struct ml_levels *index;       /* names, made when first asked for (ml_table_find); see there */
};

/* A zeroed struct is an empty table. */
void ml_table_release(struct ml_table *t);
void ml_table_free(struct ml_table *t);
/* Index of the column of that name, or SIZE_MAX.  Constant time however many columns. */
size_t ml_table_find(const struct ml_table *t, const char *name);
/* First column of a role, or SIZE_MAX. */
size_t ml_table_role(const struct ml_table *t, enum ml_role role);
/* Inserts a column before index `at` (ncol: behind the last): values missing (NaN, -1, NULL); a
 * category gets empty levels.  The name is copied; E-DUP (ML_EDATA) when there is one already. */
int ml_table_insert(struct ml_table *t, size_t at, const char *name, enum ml_kind kind,
                    struct ml_error *err) ML_CHECK;
void ml_table_remove(struct ml_table *t, size_t at);
int ml_table_rename(struct ml_table *t, size_t at, const char *name, struct ml_error *err) ML_CHECK;
/* Keeps the rows where keep[i], in order, in place. */
void ml_table_filter(struct ml_table *t, const bool *keep);
/* New table of the rows row[0..n) in that order (repeats allowed); levels are shared. */
int ml_table_take(struct ml_table **out, const struct ml_table *t, const size_t *row, size_t n,
                  struct ml_error *err) ML_CHECK;
/* Appends the rows of `more`: same names and kinds in the same order (E-COLUMNS). */
int ml_table_append(struct ml_table *t, const struct ml_table *more, struct ml_error *err) ML_CHECK;
bool ml_missing(const struct ml_column *c, size_t row);

/* The cell as it was read, when it still is what it was and would not simply print so; else
 * NULL.  *cursor (0 at first) makes going through rows in order constant time. */
const char *ml_column_origin(const struct ml_column *c, size_t row, size_t *cursor);
/* Says that a step has changed the cell: it leaves as its value from now on. */
void ml_column_touch(struct ml_column *c, size_t row);
void ml_column_touch_all(struct ml_column *c);
int ml_column_remember(struct ml_table *t, struct ml_column *c, size_t row, const char *s,
                       size_t len, struct ml_error *err) ML_CHECK;  /* rows ascending */

#endif
