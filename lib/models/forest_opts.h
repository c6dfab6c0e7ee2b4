/* forest_opts.h - the hyperparameters of forest and extra-trees. */
#ifndef ML_MODELS_FOREST_OPTS_H
#define ML_MODELS_FOREST_OPTS_H

#include "models/deep.h"
#include "opt/opt.h"

struct ml_forest_opts {
	int64_t trees, max_depth, max_leaves, max_bins;
	double min_leaf, min_split, min_decrease, sample;
	struct ml_pick_real features, quantile;
	int criterion; /* index in ml_forest_criteria */
	bool bootstrap, balanced, oob;
};

/* Words of --max-features. */
enum ml_feature_share { ML_FEATURES_AUTO, ML_FEATURES_SQRT, ML_FEATURES_LOG2, ML_FEATURES_ALL };

extern const struct ml_opt ml_forest_table[], ml_extra_trees_table[];
/* Of p features, how many are tried at a node. */
size_t ml_forest_features(const struct ml_pick_real *features, bool classes, size_t p);
/* The criterion of a task; errors as ml_criterion_check(). */
int ml_forest_criterion(int criterion, const struct ml_problem *p, enum ml_criterion *out,
			struct ml_error *err) ML_CHECK;

#endif
