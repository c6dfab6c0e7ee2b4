/* runshow.h - all about one run, and what differs between two. */
#ifndef ML_CORE_RUNSHOW_H
#define ML_CORE_RUNSHOW_H

#include "core/runlist.h"

/* Rows what,value: the run `which` (core/runjoin.h), each file with the runs that wrote and
 * read it, and the runs behind it.  JSON: its line, with "number", "behind" and "ahead". */
int ml_runs_show(const struct ml_runs_plan *plan, const char *which,
		 struct ml_error *err) ML_CHECK;
/* Rows what,a,b,change of all that differs between the two runs, and, under "fit.", between
 * the fits behind them.  Times, arguments and names of files are left out unless `all`. */
int ml_runs_diff(const struct ml_runs_plan *plan, const char *a, const char *b, bool all,
		 struct ml_error *err) ML_CHECK;

#endif
