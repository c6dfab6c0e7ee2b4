/* checkpoint.h - a fit put by every so often, and gone on with by the same command.
 *
 * A checkpoint is a model: the steps so far, the estimator as it would be if the fit ended now,
 * with what it needs to go on in its own fields, and an x-lineage that tells what run it is of.
 * It is written whole or not at all. */
#ifndef ML_CORE_CHECKPOINT_H
#define ML_CORE_CHECKPOINT_H

#include "core/pipeline.h"

struct ml_checkpoint {
	const char *file; /* borrowed */
	double every;     /* seconds between two of them, at least */
	const struct ml_model *(*find_model)(const char *name);
	struct ml_fields run; /* the x-lineage of the run that this is; owned.  --max-seconds is
			       * taken out of it */
	/* While a fit goes on. */
	struct ml_keeper keeper;
	const struct ml_pipeline *p; /* the steps before the estimator */
	const struct ml_step *step;
	double last; /* when it was written, or the fit began */
};

/* Joins the fit of `step` (needs, options, chain and outcome are there), which comes behind p:
 * problem->keeper is set.  When the file is there, *resumes, and the state is taken from it; a
 * file of another run is E-USAGE, one that is damaged E-STREAM.  *c may not move until the fit
 * is over. */
int ml_checkpoint_join(struct ml_checkpoint *c, const struct ml_pipeline *p,
		       struct ml_step *step, struct ml_problem *problem, bool *resumes,
		       struct ml_error *err) ML_CHECK;
void ml_checkpoint_release(struct ml_checkpoint *c); /* a zeroed struct is releasable */

#endif
