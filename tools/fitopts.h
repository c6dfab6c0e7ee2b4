/* fitopts.h - the options of ml-fit beside hyperparameters. */
#ifndef ML_TOOLS_FITOPTS_H
#define ML_TOOLS_FITOPTS_H

#include "core/train.h"
#include "opt/opt.h"

struct ml_fit_args {
	const char *features, *positive, *class_weight, *impute, *scale;
	const char *validation_file, *validation_metric, *monotone, *interactions, *update,
		*history, *checkpoint, *oob;
	int task, encode, unknown;
	double validation, checkpoint_every;
	int64_t max_levels, chunk;
	bool list;
};

extern const struct ml_opt ml_fit_opts[];

/* Options that exclude each other (E-USAGE). */
int ml_fit_check(const struct ml_fit_args *a, struct ml_error *err) ML_CHECK;
/* All of a plan that options tell; texts are borrowed, `max_levels` is room for one. */
struct ml_train_plan ml_fit_plan(const struct ml_fit_args *a, char max_levels[24]);

#endif
