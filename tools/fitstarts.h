/* fitstarts.h - rows that a fit begins at. */
#ifndef ML_TOOLS_FITSTARTS_H
#define ML_TOOLS_FITSTARTS_H

#include "core/train.h"
#include "flow.h"

/* plan->starts, as the hyperparameters say; freed by the caller. */
int ml_fit_starts(struct ml_flow *f, struct ml_train_plan *plan, struct ml_error *err) ML_CHECK;

#endif
