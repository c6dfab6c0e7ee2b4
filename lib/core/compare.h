/* compare.h - several models of the same rows against the first: every test that fits. */
#ifndef ML_CORE_COMPARE_H
#define ML_CORE_COMPARE_H

#include "core/evaluate.h"
#include "core/pairs.h"
#include "core/findings.h"

/* Rows of the report: a test of a metric of a model against the first.  Which tests fit:
 * rows (bootstrap, delong, mcnemar, t, signed-rank, diebold-mariano) where no row occurs in two
 * repeats; those but the bootstrap without weights and groups; folds (corrected-t, 5x2cv-t,
 * 5x2cv-f) where columns PREFIXfold and PREFIXrepeat tell them.  tests: lists of names, none:
 * all that fit.  plan->resamples 0: ML_RESAMPLES.  More than two models: p-values by Holm
 * (1979) over the models, each metric and test for itself. ML_EUSAGE: an unknown test, one that
 * does not fit; ML_EDATA, E-PAIRS: other folds. */
int ml_compare(struct ml_findings *out, const struct ml_pairs *p,
	       const struct ml_eval_plan *plan, const struct ml_texts *tests,
	       const struct ml_run *run, struct ml_error *err) ML_CHECK;

#endif
