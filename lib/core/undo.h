/* undo.h - steps taken back: the columns of a table become what they were before the steps. */
#ifndef ML_CORE_UNDO_H
#define ML_CORE_UNDO_H

#include "core/pipeline.h"

/* Undoes all steps of p, the last first.  A step
 *   - with an inverse is applied backwards to those of its columns that the table has
 * (E-COLUMNS when that is none);
 *   - that has replaced columns gets all that it made replaced by them again (E-COLUMNS when
 * one is absent);
 *   - that has only added columns gets them taken away, where they are there;
 *   - that has only filled cells or cut numbers off, or taken columns away, leaves the table;
 *   - any other cannot be undone: E-DATA. */
int ml_pipeline_undo(const struct ml_pipeline *p, struct ml_table *t,
		     struct ml_error *err) ML_CHECK;
/* Kinds that columns must have for that: where a step asks one of column j, kind[j] is set, and
 * asked[j] (`asked` may be NULL). */
int ml_undo_kinds(const struct ml_pipeline *p, const struct ml_column_set *set,
		  enum ml_kind *kind, bool *asked, struct ml_error *err) ML_CHECK;

#endif
