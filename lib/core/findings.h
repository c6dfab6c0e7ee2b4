/* findings.h - findings as rows of named cells with a plain sentence each: as CSV, as an
 * aligned table with the sentences below it, as JSON. */
#ifndef ML_CORE_FINDINGS_H
#define ML_CORE_FINDINGS_H

#include "base/buf.h"
#include "base/sink.h"

struct ml_findings_cell {
	enum { ML_FOUND_NONE, ML_FOUND_TEXT, ML_FOUND_NUMBER } kind;
	size_t text;  /* where it begins in the report's texts */
	double value; /* NaN: not defined, NA */
};

struct ml_findings {
	const char *const *column; /* NULL-ended, borrowed; the last one is "says" */
	bool silent;               /* there is no "says": cells alone */
	bool owns_columns;         /* the array `column`, not the names, is freed */
	size_t columns, cells, cap;
	struct ml_findings_cell *cell;
	struct ml_buf text; /* texts, a NUL behind each */
	bool failed;        /* an allocation failed */
};

/* A zeroed struct with .column set is empty.  Cells are put row by row; a failed put is told by
 * the next ml_findings_row(), which ends a row with its sentence (NULL: none). */
void ml_findings_none(struct ml_findings *r); /* does not apply: empty, left out of JSON */
void ml_findings_text(struct ml_findings *r, const char *s);
void ml_findings_number(struct ml_findings *r, double v);
int ml_findings_row(struct ml_findings *r, struct ml_buf *says, struct ml_error *err) ML_CHECK;
void ml_findings_release(struct ml_findings *r);

enum ml_findings_form { ML_FINDINGS_TABLE, ML_FINDINGS_JSON, ML_FINDINGS_CSV };
/* Columns that no row has are left out of the table.  JSON: {"KEY": [{...}, ...]}. */
int ml_findings_write(const struct ml_findings *r, enum ml_findings_form form, char delimiter,
		      const char *key, struct ml_sink *out, struct ml_error *err) ML_CHECK;

#endif
