/* gates.h - what has to hold of a metric, as typed, and whether it does.
 *
 *     gate  = METRIC operator limit [@ LEVEL[%]]      operator = >= | <= | > | < | ==
 *     limit = NUMBER | champion [* NUMBER] [+|- NUMBER]
 *
 * With a level the gate holds when the metric less its limit is on the right side of 0 with
 * that confidence: a one-sided BCa bound of the paired bootstrap (metrics/spread.h), for auc
 * as well, so that every metric, weights, groups and factors go by one rule. */
#ifndef ML_CORE_GATES_H
#define ML_CORE_GATES_H

#include "core/measures.h"

/* ML_EUSAGE, E-USAGE: not of this form; errors of metrics are those of core/measures.h. */
int ml_gates_add(struct ml_measures *m, const struct ml_scoring *s, const char *text,
		 struct ml_error *err) ML_CHECK;
/* Is one of them held against a champion? */
bool ml_gates_champion(const struct ml_measures *m);

struct ml_gate_facts {
	double value, champion; /* NaN: not defined */
	double bound;           /* of value less limit at the gate's level */
};
/* One a gate.  ML_OK, or 1 and *err (E-GATE): "gate failed: f1 is 0.71, expected >= 0.8"; the
 * same for all gates that failed.  What is not defined fails. */
int ml_gates_check(const struct ml_measures *m, const struct ml_gate_facts *facts,
		   struct ml_error *err) ML_CHECK;

#endif
