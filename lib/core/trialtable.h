/* trialtable.h - trials as a table, and which of them are best. */
#ifndef ML_CORE_TRIALTABLE_H
#define ML_CORE_TRIALTABLE_H

#include "core/trials.h"
#include "data/table.h"

/* Columns: trial, state, value, se, budget, seconds, bytes, error, then the parameters (missing
 * where not active).  Rows: trials which[0..n).  ML_EUSAGE: see ml_trial_table_check. */
int ml_trial_table(struct ml_table **out, const struct ml_trials *t, const struct ml_space *s,
		   const size_t *which, size_t n, struct ml_error *err) ML_CHECK;
/* ML_EUSAGE, E-USAGE: a parameter has the name of another column of the table. */
int ml_trial_table_check(const struct ml_space *s, struct ml_error *err) ML_CHECK;

enum ml_best_rule { ML_BEST, ML_ONE_SE };
/* Of the trials that are done on the largest budget any has: the best (of equals the first); or
 * of those within one standard error of it the one with the smallest model, or without folds
 * the quickest (Breiman et al. 1984, section 3.4.3).  ML_EDATA, E-TRIAL: none is done. */
int ml_best_trial(const struct ml_trials *t, bool maximize, enum ml_best_rule rule,
		  size_t *best, struct ml_error *err) ML_CHECK;

enum ml_pareto_cost { ML_COST_SECONDS, ML_COST_BYTES };
/* The trials that no other beats in both value and cost, cheapest first; *which is the
 * caller's.  E-TRIAL: none is done, or none has that cost. */
int ml_pareto_trials(const struct ml_trials *t, bool maximize, enum ml_pareto_cost cost,
		     size_t **which, size_t *n, struct ml_error *err) ML_CHECK;

#endif
