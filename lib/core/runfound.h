/* runfound.h - the journal as an index, and some of its runs whole. */
#ifndef ML_CORE_RUNFOUND_H
#define ML_CORE_RUNFOUND_H

#include "core/runjoin.h"
#include "core/runlist.h"

enum { ML_FOUND_MOST = 2 };

struct ml_runs_found {
	struct ml_runjoin join;
	size_t at[ML_FOUND_MOST]; /* in join.run */
	struct ml_pastrun run[ML_FOUND_MOST];
};

/* Reads all journals of the plan, then the runs meant by which[0..n).  keep_fits: the lines of
 * fits are kept in the index as well. */
int ml_runs_find(struct ml_runs_found *f, const struct ml_runs_plan *plan,
		 const char *const *which, size_t n, bool keep_fits,
		 struct ml_error *err) ML_CHECK;
void ml_runs_found_release(struct ml_runs_found *f);

#endif
