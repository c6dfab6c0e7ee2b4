/* rowsout.h - rows of named cells, for programs (CSV, TSV, an object a line) or for people
 * (columns aligned). */
#ifndef ML_CORE_ROWSOUT_H
#define ML_CORE_ROWSOUT_H

#include "base/json.h"
#include "base/sink.h"
#include "core/grid.h"
#include "data/writer.h"

enum ml_rows_form { ML_ROWS_CSV, ML_ROWS_TSV, ML_ROWS_TABLE, ML_ROWS_JSON };

struct ml_rows_column {
	const char *name;    /* in CSV and JSON */
	const char *heading; /* in the table for people; NULL: not there */
	bool number;
	double per; /* people are told the value divided by this; 0: as it is */
	int places; /* and with so many decimals; 0: six digits */
};

/* Zeroed, it may be released. */
struct ml_rowsout {
	enum ml_rows_form form;
	const struct ml_rows_column *column; /* borrowed */
	size_t n, at;                        /* columns, cells of the row so far */
	struct ml_sink *sink;                /* borrowed */
	struct ml_writer writer;
	struct ml_grid grid;
	struct ml_buf text;
	struct ml_json json;
};

/* The header. */
int ml_rowsout_begin(struct ml_rowsout *r, enum ml_rows_form form, struct ml_sink *sink,
		     const struct ml_rows_column *column, size_t n,
		     struct ml_error *err) ML_CHECK;
/* The next cell, by the kind of its column.  Nothing there: NULL or "", NaN. */
void ml_rowsout_text(struct ml_rowsout *r, const char *s);
void ml_rowsout_number(struct ml_rowsout *r, double v);
int ml_rowsout_row(struct ml_rowsout *r, struct ml_error *err) ML_CHECK; /* ends it */
/* A table for people is written only here, since columns are as wide as their widest cell. */
int ml_rowsout_finish(struct ml_rowsout *r, struct ml_error *err) ML_CHECK;
void ml_rowsout_release(struct ml_rowsout *r);

#endif
