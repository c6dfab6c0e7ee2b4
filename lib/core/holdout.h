/* holdout.h - rows that are held out of a fit, and judge it while it goes on: a part of the
 * table, or another one. */
#ifndef ML_CORE_HOLDOUT_H
#define ML_CORE_HOLDOUT_H

#include "core/input.h"
#include "core/pipeline.h"

/* Takes a share of the rows (or, from 1 on, so many) out of t: those that
 *     ml-split --test SHARE [--stratify TARGET]
 * would: with `classes` the shares of classes stay alike; whole groups where there is a group
 * column; the latest where there is a time column. */
int ml_holdout_take(struct ml_table **held, struct ml_table *t, double share, bool classes,
		    const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Reads all of `in` as rows of the table t, which has been through the steps of p: columns are
 * bound by name, get kinds and roles of those of t, and go through the steps of p that they
 * have not been through.  E-TARGET without a target. */
int ml_holdout_read(struct ml_table **held, struct ml_input *in, const struct ml_table *t,
		    struct ml_pipeline *p, const struct ml_run *run,
		    struct ml_error *err) ML_CHECK;
/* The same of rows that a fit begins at: nobody asks for their target or weight. */
int ml_starts_read(struct ml_table **starts, struct ml_input *in, const struct ml_table *t,
		   struct ml_pipeline *p, const struct ml_run *run,
		   struct ml_error *err) ML_CHECK;
/* Warns of what the steps of p have counted, and forgets it: the tallies are for the tables to
 * come. */
void ml_holdout_tell(struct ml_pipeline *p, const struct ml_run *run);

#endif
