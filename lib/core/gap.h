/* gap.h - metrics of the rows that were trained on beside those of others: does the model
 * overfit or underfit? */
#ifndef ML_CORE_GAP_H
#define ML_CORE_GAP_H

#include "core/evaluate.h"
#include "core/findings.h"

enum { ML_GAP_TRAIN, ML_GAP_TEST, ML_GAP_TABLES };

/* Rows of the report: a metric each, with a verdict:
 *   underfits  on the training rows it is no better than a constant (core/constant.h), at the
 *              confidence of the plan
 *   overfits   it is worse on the test rows, and loses a tenth or more of what it had learned
 *   easier     it is better on the test rows
 *   fits       none of these
 * gap: how much worse the test rows are.  Both sets of rows are resampled, apart.
 * plan->resamples 0: ML_RESAMPLES. */
int ml_gap(struct ml_findings *out, struct ml_table *const table[ML_GAP_TABLES],
	   const char *const name[ML_GAP_TABLES], const struct ml_eval_plan *plan,
	   const struct ml_run *run, struct ml_error *err) ML_CHECK;

#endif
