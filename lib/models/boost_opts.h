/* boost_opts.h - the hyperparameters of boost. */
#ifndef ML_MODELS_BOOST_OPTS_H
#define ML_MODELS_BOOST_OPTS_H

#include "models/loss.h"
#include "opt/opt.h"

enum ml_boost_sampling { ML_BOOST_UNIFORM, ML_BOOST_GOSS };

struct ml_boost_opts {
	int64_t trees, max_leaves, max_depth, min_rows, max_bins, patience, cat_levels,
		cat_rows, truncation;
	double rate, l1, min_gain, min_hessian, subsample, colsample, cat_smooth, cat_l2;
	double top_rate, other_rate;
	struct ml_pick_real l2;
	bool rank_norm;
	int sampling; /* enum ml_boost_sampling */
	int loss;     /* index in ml_boost_losses */
	struct ml_loss_opts of_loss;
};

/* "auto", then the names of losses; NULL-ended. */
extern const char *const ml_boost_losses[];
extern const struct ml_opt ml_boost_table[];

#endif
