/* echo.h - rows that leave as they came, with columns appended: what row-by-row tools write. */
#ifndef ML_CORE_ECHO_H
#define ML_CORE_ECHO_H

#include "base/sink.h"
#include "core/input.h"
#include "data/columns.h"
#include "data/csv.h"
#include "data/writer.h"
#include "opt/opt.h"

struct ml_echo {
	struct ml_writer writer; /* the appended fields of a row are written through it */
	const struct ml_column_set *set; /* of the input, borrowed */
	size_t *column;                  /* which of its columns leave, owned */
	size_t n;
	bool all;        /* every one, in order */
	char **appended; /* names, owned */
	size_t n_appended;
	const struct ml_cells *cells; /* the batch: cells or a table, borrowed */
	const struct ml_table *table;
	const char *file; /* that all of the table came from; NULL: it is the whole input */
	size_t *cursor;
	struct ml_sink *rejects;        /* --reject, or NULL */
	const struct ml_input *several; /* of several files: rejects are told theirs; or NULL */
	struct ml_writer reject_writer;
};

/* keep: COLUMNS that leave; none given: all of them, or with `only` none. */
int ml_echo_init(struct ml_echo *e, const struct ml_column_set *set,
		 const struct ml_texts *keep, bool only, struct ml_sink *sink, char delimiter,
		 struct ml_error *err) ML_CHECK;
/* Names a column to be appended: prefix, name and suffix joined.  E-DUP (ML_EDATA) when the
 * input has such a column (whether it leaves or not), or one was appended. */
int ml_echo_append(struct ml_echo *e, const char *prefix, const char *name, const char *suffix,
		   struct ml_error *err) ML_CHECK;
int ml_echo_header(struct ml_echo *e, struct ml_error *err) ML_CHECK;
void ml_echo_cells(struct ml_echo *e, const struct ml_cells *cells);
void ml_echo_table(struct ml_echo *e, const struct ml_table *t, const char *file);
/* The fields of row i of the batch; the caller appends its own and ends the row. */
void ml_echo_row(struct ml_echo *e, size_t i);
/* Rejected rows go to a file of their own: all columns of the input, with line and reason
 * before them, and their file, when there are several. */
int ml_echo_rejects(struct ml_echo *e, const struct ml_input *in, const char *path,
		    struct ml_error *err) ML_CHECK;
int ml_echo_reject(struct ml_echo *e, size_t i, const char *why, struct ml_error *err) ML_CHECK;
int ml_echo_finish(struct ml_echo *e, struct ml_error *err) ML_CHECK; /* commits the rejects */
void ml_echo_release(struct ml_echo *e);

#endif
