/* fitrows.h - rows that ml-fit takes beside the table. */
#ifndef ML_TOOLS_FITROWS_H
#define ML_TOOLS_FITROWS_H

#include "fitopts.h"
#include "flow.h"

/* plan->held, as --validation and --validation-file say; freed by the caller. */
int ml_fit_hold_out(struct ml_flow *f, struct ml_train_plan *plan,
		    struct ml_error *err) ML_CHECK;
/* plan->starts, as the hyperparameters say; freed by the caller. */
int ml_fit_starts(struct ml_flow *f, struct ml_train_plan *plan, struct ml_error *err) ML_CHECK;

#endif
