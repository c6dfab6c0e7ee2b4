/* fitting.h - the fit of ml-fit. */
#ifndef ML_TOOLS_FITTING_H
#define ML_TOOLS_FITTING_H

#include "core/train.h"
#include "flow.h"

/* Fits as the plan and the command line (struct ml_fit_args) say, on the rows of f->t; behind
 * it f->p is the pipeline to be written. */
int ml_fit_table(struct ml_flow *f, struct ml_train_plan *plan, struct ml_error *err) ML_CHECK;

#endif
