/* watch.h - what is odd about rows that are to be predicted, compared with the rows of
 * training: number columns mostly outside the range (W-RANGE), rows whose targets were learned
 * (W-TRAINED). Reads the x-profile and x-sketch records of the model. */
#ifndef ML_CORE_WATCH_H
#define ML_CORE_WATCH_H

#include "core/pipeline.h"

struct ml_watch;

/* *w stays NULL when the model has no profile (--private). slots: the source columns, in the
 * order of the tables seen. */
int ml_watch_new(struct ml_watch **w, const struct ml_pipeline *model,
		 const struct ml_slot *slots, size_t n, struct ml_error *err) ML_CHECK;
int ml_watch_see(struct ml_watch *w, const struct ml_table *t, struct ml_error *err) ML_CHECK;
void ml_watch_warn(const struct ml_watch *w, const struct ml_run *run);
void ml_watch_free(struct ml_watch *w);

#endif
