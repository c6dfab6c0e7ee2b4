/* writer.h - tables as CSV text.  A cell that no step changed leaves as it was read, quoted
 * where needed; numbers leave as the shortest text that reads back; missing is empty, and ""
 * in a table of one column (a bare blank line would be lost by other readers). */
#ifndef ML_DATA_WRITER_H
#define ML_DATA_WRITER_H

#include "base/buf.h"
#include "base/sink.h"
#include "data/table.h"

struct ml_writer {
	struct ml_sink *sink; /* borrowed */
	char delimiter;
	char decimal;       /* point of numbers that are printed; '.', or what the input has */
	size_t columns;     /* of the header, for the "" rule */
	size_t fields;      /* of the row so far */
	struct ml_buf line; /* the row so far, owned */
	size_t *cursor;     /* one a column, for origins; owned */
};
int ml_writer_init(struct ml_writer *w, struct ml_sink *sink, char delimiter,
		   struct ml_error *err) ML_CHECK;
int ml_writer_header(struct ml_writer *w, const struct ml_table *t,
		     struct ml_error *err) ML_CHECK;
int ml_writer_rows(struct ml_writer *w, const struct ml_table *t,
		   struct ml_error *err) ML_CHECK;
/* Piece by piece, for tools whose rows are not one table: fields, then the end of the row. */
void ml_writer_field(struct ml_writer *w, const char *s, size_t n); /* quoted where needed */
/* The fields of a whole row as struct ml_cells has them: NUL between, none that needs quotes.
 */
void ml_writer_record(struct ml_writer *w, const char *s, size_t n);
void ml_writer_number(struct ml_writer *w, double v); /* NaN: empty */
void ml_writer_cell(struct ml_writer *w, const struct ml_column *c, size_t row, size_t *cursor);
int ml_writer_end(struct ml_writer *w, struct ml_error *err) ML_CHECK;
void ml_writer_release(struct ml_writer *w);
/* Ends a CSV that cannot be finished, behind a whole row: an open quote, the mark of csv.h and
 * the note (shown safe, without quotes, cut at 480 bytes). */
int ml_writer_poison(struct ml_sink *sink, const char *note, struct ml_error *err) ML_CHECK;

#endif
