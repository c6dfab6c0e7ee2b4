/* build.h - from cells to typed columns.
 *
 * A whole table: the kind of a column is decided by all its rows.  Every column begins as
 * numbers; the text of cells that would not print so is kept until the kind is known, so that a
 * late text turns the column into a category without reading again (memory: one copy of the
 * numbers plus the odd cells).  A batch: kinds are given. */
#ifndef ML_DATA_BUILD_H
#define ML_DATA_BUILD_H

#include "base/run.h"
#include "data/csv.h"
#include "data/kind.h"
#include "data/table.h"

struct ml_builder {
	const struct ml_kind_opts *opts; /* borrowed */
	size_t cols;
	struct ml_table *table;    /* grows; owned until finish */
	struct ml_kind_seen *seen; /* one a column */
	const enum ml_kind_ask
		*ask; /* what was asked for each column; borrowed, or NULL for all inferred */
	int threads;  /* that may work on a batch: 1, or as the caller sets it after init */
	/* Set after init: texts of column j are not wanted when it stays one of numbers; NULL:
	 * all are wanted.  Borrowed. */
	const bool *unread;
	struct ml_spelling *spelling; /* of those columns: spelling.h */
	bool plain;                   /* runs of ordinary numbers may go the short way */
	/* One a column: its rows so far, but the last up to three, looked at while they are in
	 * the cache. */
	struct ml_surveying *survey;
	size_t *cap; /* rows there is room for: one a column, the last for table->line */
};
/* ask: one a column, ML_ASK_ANY where the rows decide. */
int ml_builder_init(struct ml_builder *b, const char *const *names, size_t cols,
		    const enum ml_kind_ask *ask, const struct ml_kind_opts *opts,
		    struct ml_error *err) ML_CHECK;
int ml_builder_add(struct ml_builder *b, const struct ml_cells *cells,
		   struct ml_error *err) ML_CHECK;
/* Decides kinds (a table that has no rows: numbers), warns (run->warn with the column's name in
 * the text), fails with E-RANGE, E-NONFINITE, E-TYPE...  `file` begins the messages.  *out is
 * the caller's. */
int ml_builder_finish(struct ml_builder *b, const char *file, const struct ml_run *run,
		      struct ml_table **out, struct ml_error *err) ML_CHECK;
void ml_builder_release(struct ml_builder *b); /* what finish did not take */

/* Fills `batch` (released first) from cells, in the order wanted: column k is cells column
 * from[k] under its name, of kind kind[k]; origins are dense views into cells.  Text where a
 * number is needed: E-TYPE, "FILE:LINE: COLUMN: 'abc' is not a number"; beyond the range
 * E-RANGE, infinity E-NONFINITE. Number columns read ML_NUMBER; category columns get fresh
 * levels each time (bounded memory).  on_bad, when not NULL, is asked instead of failing:
 * returns ML_OK after it has noted the row (the cell is then missing). */
typedef int ml_bad_cell_fn(void *arg, size_t row, const struct ml_error *why);
int ml_table_from_cells(struct ml_table *batch, const struct ml_cells *cells,
			const char *const *names, const size_t *from, const enum ml_kind *kind,
			size_t n, const struct ml_kind_opts *opts, const char *file,
			ml_bad_cell_fn *on_bad, void *arg, struct ml_error *err) ML_CHECK;

#endif
