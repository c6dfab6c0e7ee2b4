/* view.h - a thing in a model that can be shown: coefficients, importances, clusters,
 * components, merges, trees, rules, or all of the model; as rows (CSV, a table, JSON), as text,
 * as a graph. */
#ifndef ML_CORE_VIEW_H
#define ML_CORE_VIEW_H

#include <stdbool.h>

#include "core/findings.h"
#include "core/pipeline.h"

enum ml_view_form {
	ML_VIEW_AUTO, /* text, if it is made for that; else a table for people, CSV elsewhere */
	ML_VIEW_CSV,
	ML_VIEW_TSV,
	ML_VIEW_TABLE,
	ML_VIEW_JSON,
	ML_VIEW_TEXT,
	ML_VIEW_DOT,
	ML_VIEW_NEWICK,
};
extern const char *const ml_view_forms[]; /* "auto", "csv", ..., NULL */

struct ml_view {
	const char *name; /* of the option that asks for it; NULL: all of the model */
	const char *key;  /* of its rows in JSON */
	/* NULL: not in this form.  number: which one, of those that are numbered (trees).
	 * ML_EUSAGE when the model has nothing of the kind. */
	int (*rows)(struct ml_findings *out, const struct ml_pipeline *p, size_t number,
		    struct ml_error *err);
	int (*text)(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
		    struct ml_error *err);
	int (*dot)(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
		   struct ml_error *err);
	int (*json)(const struct ml_pipeline *p, struct ml_buf *out, struct ml_error *err);
	int (*newick)(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
		      struct ml_error *err);
};
extern const struct ml_view ml_views[]; /* behind the last, the one without a name */

/* E-USAGE when the view has no such form; those that have it are named. */
int ml_view_check(const struct ml_view *v, enum ml_view_form form,
		  struct ml_error *err) ML_CHECK;
/* *csv becomes true when a CSV is begun. */
int ml_view_write(const struct ml_view *v, const struct ml_pipeline *p, size_t number,
		  enum ml_view_form form, struct ml_sink *sink, bool *csv,
		  struct ml_error *err) ML_CHECK;

#endif
