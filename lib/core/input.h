/* input.h - tables from operands: CSV or binary, one file or several, whole or batch by batch.
 *
 * Several CSV files are one table (equal headers, each its own); several binary tables likewise
 * when schema and chain are equal.  Roles and kinds asked for are applied here, warnings about
 * the text given (W-EOL, W-BLANK, W-HEADER, W-DELIM, W-MIXED ...). */
#ifndef ML_CORE_INPUT_H
#define ML_CORE_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"
#include "core/pipeline.h"
#include "data/build.h"
#include "data/columns.h"
#include "data/csv.h"
#include "data/kind.h"
#include "data/table.h"
#include "opt/opt.h"

struct ml_roles {
	const char *target, *weight, *group, *time;
	struct ml_texts id, ignore;
};

/* As the command line fills it; texts are borrowed. */
struct ml_input_opts {
	struct ml_csv_opts csv;
	struct ml_kind_opts kinds;
	struct ml_texts num, cat, text; /* COLUMNS whose kind is given */
	struct ml_roles roles;          /* NULL where not given */
	bool undigested; /* nobody will ask for the SHA-256 of the bytes: ml_input_finish leaves
			    it out */
	struct ml_journal *record; /* notes the files that were read to their end; NULL: none */
	bool roles_optional;       /* a role's column may be absent (ml-predict) */
};

struct ml_input;

/* Opens all operands in turn (n 0: standard input); reads the first header or the first records
 * up to the first rows.  A model where a table is expected is E-FORMAT. */
int ml_input_open(struct ml_input **in, char *const *files, size_t n,
		  const struct ml_input_opts *opts, const struct ml_run *run,
		  struct ml_error *err) ML_CHECK;
bool ml_input_is_binary(const struct ml_input *in);
/* Names and roles; kinds of a binary table (NULL for CSV: known only after all rows). Borrowed.
 */
const struct ml_column_set *ml_input_columns(const struct ml_input *in);
/* Steps and ancillary records that the binary table carries; empty for CSV.  Borrowed, complete
 * after open; may be moved out by the caller (swap with an empty one). */
struct ml_pipeline *ml_input_pipeline(struct ml_input *in);

/* Asks columns at[0..n) for these kinds when all rows are read (ml_input_table). */
void ml_input_ask(struct ml_input *in, const size_t *at, const enum ml_kind *kind, size_t n);
enum ml_kind_ask ml_input_asked(const struct ml_input *in, size_t column);
const struct ml_kind_opts *ml_input_kind_opts(const struct ml_input *in);
/* The texts that features were read from are not wanted (ml_column_origin): for tools that
 * write no cells. */
void ml_input_values_only(struct ml_input *in);
/* All rows.  *t is the caller's. */
int ml_input_table(struct ml_input *in, struct ml_table **t, struct ml_error *err) ML_CHECK;
/* The next `most` rows (>= 1), or those that are left; ML_END when there are none, but for a
 * table without any, which comes once.  How the bytes arrive and where files end makes no
 * difference. Of CSV the kinds of each part are its own, where they are not asked for.  *t is
 * the caller's. */
int ml_input_part(struct ml_input *in, size_t most, struct ml_table **t,
		  struct ml_error *err) ML_CHECK;
/* Numbers of t, read from CSV, lose the text they were read from when it is in another notation
 * (--decimal,
 * --thousands): for binary tables, which have numbers and no notation of them. */
void ml_input_plain_numbers(const struct ml_input *in, struct ml_table *t);
/* Batch by batch, CSV only: cells as read. */
int ml_input_cells(struct ml_input *in, struct ml_cells *cells, struct ml_error *err) ML_CHECK;
/* Batch by batch, binary only.  *t is the caller's. */
int ml_input_rows(struct ml_input *in, struct ml_table **t, struct ml_error *err) ML_CHECK;
/* Has every batch of cells looked at, and thinned out, before it is given out or built into a
 * table. */
typedef int ml_cells_filter(void *arg, const char *file, struct ml_cells *cells,
			    struct ml_error *err);
void ml_input_filter(struct ml_input *in, ml_cells_filter *filter, void *arg);
/* Name of the file the last batch came from, for messages. */
const char *ml_input_file(const struct ml_input *in);
/* The file that row i of t came from: t is the whole table, and no rows have been taken out of
 * it since; NULL where that is not so. */
const char *ml_input_file_of(const struct ml_input *in, const struct ml_table *t, size_t i);
bool ml_input_several(const struct ml_input *in); /* more than one file */
/* Puts the file, and the line where one is known, before a failure that the whole table met: of
 * several files, the one that its row (err->row) came from, unless rows have been taken out of
 * t since.  Returns err->code. */
int ml_input_blame(const struct ml_input *in, const struct ml_table *t, struct ml_error *err);
/* Reads on to the end when the caller stopped early, warns what is known only then, and puts
 * number of rows and SHA-256 of each input into `lineage` (a list "inputs"), when not NULL. */
int ml_input_finish(struct ml_input *in, struct ml_fields *lineage,
		    struct ml_error *err) ML_CHECK;
void ml_input_free(struct ml_input *in);

#endif
