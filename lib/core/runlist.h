/* runlist.h - tables of runs: all, or the best by a metric. */
#ifndef ML_CORE_RUNLIST_H
#define ML_CORE_RUNLIST_H

#include "core/rowsout.h"
#include "core/runfilter.h"

struct ml_runs_plan {
	const char *const *files; /* journals, n of them; "-": standard input */
	size_t n;
	enum ml_rows_form form;
	const struct ml_run *run; /* warnings */
	struct ml_sink *out;
	bool *begun; /* becomes true when a CSV is begun, which must not look whole if it is
		      * not; or NULL */
};

/* A row a run that the filter takes, in bounded memory but for the table for people.  metrics:
 * names, a column each; none: one column with all of them.  JSON: the whole lines, with
 * "number" before the rest. */
int ml_runs_list(const struct ml_runs_plan *plan, struct ml_runfilter *filter,
		 const struct ml_texts *metrics, struct ml_error *err) ML_CHECK;

enum ml_runs_order { ML_RUNS_BETTER, ML_RUNS_HIGHEST, ML_RUNS_LOWEST };
/* The `most` best runs (0: all) that measured `metric`, with the fit behind each.
 * ML_RUNS_BETTER: as the metric has it; E-USAGE when it is none of ml-eval's.  Warns when they
 * were judged on different tables (W-DATA).  E-JOURNAL when no run has measured it. */
int ml_runs_best(const struct ml_runs_plan *plan, struct ml_runfilter *filter,
		 const char *metric, enum ml_runs_order order, size_t most,
		 struct ml_error *err) ML_CHECK;

#endif
