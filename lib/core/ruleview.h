/* ruleview.h - trees as rules for people: a line for each leaf, or, of a list of rules, for
 * each rule. */
#ifndef ML_CORE_RULEVIEW_H
#define ML_CORE_RULEVIEW_H

#include "base/buf.h"
#include "core/pipeline.h"

/* Leaves of cover 0 are those where a rule does not hold (models/covering.c).  ML_EUSAGE for an
 * estimator without trees, or of many that are no list of rules. */
int ml_show_rules(const struct ml_pipeline *p, struct ml_buf *out,
		  struct ml_error *err) ML_CHECK;

#endif
