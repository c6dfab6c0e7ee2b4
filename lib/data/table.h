/* table.h - columns of one length, with names, kinds and roles.
 *
 * A number column holds doubles, NaN where missing (and NaN means nothing else); a category
 * column codes into a list of levels, -1 where missing; a text column strings, NULL where
 * missing. A table is either a whole input or one batch of it: steps do not care. */
#ifndef ML_DATA_TABLE_H
#define ML_DATA_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "data/csv.h"
#include "la/sums.h"

enum ml_kind { ML_NUMBER, ML_CATEGORY, ML_STRING }; /* ML_STRING: kind "text" */
enum ml_role { ML_FEATURE, ML_TARGET, ML_WEIGHT, ML_GROUP, ML_ID, ML_TIME, ML_IGNORED };
extern const char *const ml_kind_names[]; /* "number", "category", "text", NULL */
extern const char *const ml_role_names[]; /* "feature", "target", ..., NULL */

/* Levels of a category: distinct strings, numbered from 0 in the order they were added.  Shared
 * by reference count (not thread-safe). */
struct ml_levels {
	size_t n, cap;
	const char **name; /* NUL-ended, owned by the levels */
	size_t *len;
	struct ml_arena arena;
	int32_t *slot; /* hash index, open addressing */
	size_t slots, refs;
};
struct ml_levels *ml_levels_new(struct ml_error *err) ML_CHECK;
struct ml_levels *ml_levels_ref(struct ml_levels *l);
void ml_levels_free(struct ml_levels *l); /* drops one reference; NULL allowed */
/* The same levels under the same codes, with one reference of its own. */
struct ml_levels *ml_levels_copy(const struct ml_levels *l, struct ml_error *err) ML_CHECK;
int32_t ml_levels_find(const struct ml_levels *l, const char *s, size_t len); /* or -1 */
/* The code of s, added when new; ML_EDATA, E-LIMIT above INT32_MAX levels. */
int ml_levels_add(struct ml_levels *l, const char *s, size_t len, int32_t *code,
		  struct ml_error *err) ML_CHECK;
/* Codes in ascending order of their names: bytewise, or numerically when every name is a number
 * (ties by bytes).  `order` has n places. */
int ml_levels_sort(const struct ml_levels *l, size_t *order, struct ml_error *err) ML_CHECK;

/* Cells as they were read, where they would not print so: a number written 1.50 or +2, a
 * missing cell written NA.  Dense for a batch (every cell), sparse for a whole table.  No two
 * columns share dense cells: ml_table_filter() moves them, ml_column_touch() empties them. */
struct ml_origin {
	struct ml_cell *cell; /* dense: cell[row * stride], or NULL; borrowed; its text NULL
				 when changed */
	size_t stride;
	size_t *row;       /* sparse: ascending rows, owned, */
	const char **text; /* owned, and their text (in the arena), NULL when changed */
	size_t n, cap;
	struct ml_arena arena;
};

/* What is known of the values of a number column, so that nobody looks again: from the reader,
 * or from ml_table_take_stock(), until a value is touched or rows come and go. */
enum ml_known { ML_NOTHING, ML_COUNTED, ML_SURVEYED, ML_MEASURED };
struct ml_stock {
	enum ml_known known;       /* each has what those before it have */
	size_t missing;            /* from ML_COUNTED */
	struct ml_survey survey;   /* from ML_SURVEYED */
	struct ml_moments moments; /* ML_MEASURED; without weights */
};

struct ml_column {
	char *name; /* owned */
	enum ml_kind kind;
	enum ml_role role;
	bool dummy;    /* 0/1 made by an encoder: not in @num, never scaled by default */
	double *num;   /* kind number: rows values, owned */
	int32_t *code; /* kind category, owned */
	struct ml_levels *levels; /* kind category, one reference */
	const char **text;        /* kind text: array owned, strings in the table's arena */
	struct ml_origin origin;
	struct ml_stock stock;
};

struct ml_table {
	size_t rows, ncol, cap;
	struct ml_column *col;
	struct ml_arena arena;
	uint64_t *line;      /* physical line of each row, or NULL where not known; owned */
	size_t *slot, slots; /* index of the names; right at any time, see ml_table_find */
};

/* A zeroed struct is an empty table.  Columns come, go, move and change their names by the
 * functions below only; the values of a column may be changed, or its arrays replaced by others
 * from malloc. */
void ml_table_release(struct ml_table *t);
void ml_table_free(struct ml_table *t);
/* Index of the column of that name, or SIZE_MAX.  Constant time however many columns; many
 * threads may ask at once, since every change of the columns keeps the index right. */
size_t ml_table_find(const struct ml_table *t, const char *name);
/* First column of a role, or SIZE_MAX. */
size_t ml_table_role(const struct ml_table *t, enum ml_role role);
/* Inserts a column before index `at` (ncol: behind the last): values missing (NaN, -1, NULL); a
 * category gets empty levels.  The name is copied; E-DUP (ML_EDATA) when there is one already.
 */
int ml_table_insert(struct ml_table *t, size_t at, const char *name, enum ml_kind kind,
		    struct ml_error *err) ML_CHECK;
/* The same for n columns of one kind, all of them or none; the columns behind move once.  One
 * insertion costs time in proportion to the columns behind `at`, whether of one column or many.
 */
int ml_table_insert_many(struct ml_table *t, size_t at, const char *const *names, size_t n,
			 enum ml_kind kind, struct ml_error *err) ML_CHECK;
/* Texts of the column stay in the table's arena until the table is released. */
void ml_table_remove(struct ml_table *t, size_t at);
/* Removes the columns where gone[j]; once for many columns, where ml_table_remove() is linear.
 */
void ml_table_remove_many(struct ml_table *t, const bool *gone);
/* E-DUP when another column has the name; its own is fine. */
int ml_table_rename(struct ml_table *t, size_t at, const char *name,
		    struct ml_error *err) ML_CHECK;
/* Keeps the rows where keep[i], in order, in place. */
void ml_table_filter(struct ml_table *t, const bool *keep);
/* New table of the rows row[0..n) in that order (repeats allowed); levels are shared, texts are
 * copied: it may outlive t. */
int ml_table_take(struct ml_table **out, const struct ml_table *t, const size_t *row, size_t n,
		  struct ml_error *err) ML_CHECK;
/* Appends the rows of `more`: same names and kinds in the same order (E-COLUMNS).  Levels that
 * are new are added, to a copy when t shares its levels.  Lines are kept when both have them.
 * On failure t has the rows it had. */
int ml_table_append(struct ml_table *t, const struct ml_table *more,
		    struct ml_error *err) ML_CHECK;
bool ml_missing(const struct ml_column *c, size_t row);
/* The first row from `from` on that is missing; `rows` when there is none. */
size_t ml_column_next_missing(const struct ml_column *c, size_t from, size_t rows);
size_t ml_column_count_missing(const struct ml_column *c, size_t rows);
/* Measures every number column that is not yet.  Columns are shared out among the threads. */
int ml_table_take_stock(struct ml_table *t, int threads, struct ml_error *err) ML_CHECK;
/* Of a number column: from stock where that has it.  w: row weights, or NULL. */
struct ml_moments ml_column_moments(const struct ml_column *c, const double *w, size_t rows);
double ml_column_mean(const struct ml_column *c, const double *w, size_t rows);

/* The cell as it was read, when it still is what it was; NULL when it changed, or (sparse) when
 * its value simply prints so.  A missing cell that was read empty may give "".  *cursor (0 at
 * first) makes going through rows in order constant time; any order is allowed. */
const char *ml_column_origin(const struct ml_column *c, size_t row, size_t *cursor);
/* Says that a step has changed the cell: it leaves as its value from now on, and what was known
 * of the column is not any more. */
void ml_column_touch(struct ml_column *c, size_t row);
void ml_column_touch_all(struct ml_column *c);
/* Keeps s as the cell of that row (sparse), of which there is none from this row on. */
int ml_column_remember(struct ml_column *c, size_t row, const char *s, size_t len,
		       struct ml_error *err) ML_CHECK;
/* True when the value of the row prints as `text`, so that it need not be remembered. */
bool ml_column_prints_as(const struct ml_column *c, size_t row, const char *text);
/* Moves the origins of the rows keep[0..rows) together, as ml_table_filter does with the
 * values. */
void ml_column_filter_origin(struct ml_column *c, const bool *keep, size_t rows);
void ml_column_release_origin(struct ml_column *c);

#endif
