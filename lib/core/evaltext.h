/* evaltext.h - figures and curves as CSV, as an aligned table, as JSON. */
#ifndef ML_CORE_EVALTEXT_H
#define ML_CORE_EVALTEXT_H

#include "base/sink.h"
#include "core/evaluate.h"

/* Tidy: one row a figure, columns [slice,]metric,class,value,lo,hi,n.  slice: empty for all
 * rows.  Not defined: NA.  Cells of the confusion matrix: metric confusion, class
 * TRUTH=PREDICTION ('=' and backslash in a label have a backslash before them), value the
 * weight, n the number of rows. */
int ml_eval_csv(const struct ml_eval *e, struct ml_sink *out, char delimiter,
		struct ml_error *err) ML_CHECK;
int ml_eval_table(const struct ml_eval *e, struct ml_sink *out, struct ml_error *err) ML_CHECK;
int ml_eval_json(const struct ml_eval *e, struct ml_sink *out, struct ml_error *err) ML_CHECK;
/* The only figure there is, alone on a line. */
bool ml_eval_single(const struct ml_eval *e);
int ml_eval_bare(const struct ml_eval *e, struct ml_sink *out, struct ml_error *err) ML_CHECK;
/* Points of a curve as CSV, [slice,]class and the columns of the curve: of two classes for the
 * positive one, of more for each.  Curves that are not defined have no points (W-UNDEFINED). */
int ml_eval_curve(const struct ml_eval *e, const struct ml_table *t,
		  const struct ml_eval_plan *plan, const struct ml_curve *curve,
		  struct ml_sink *out, char delimiter, const struct ml_run *run,
		  struct ml_error *err) ML_CHECK;

#endif
