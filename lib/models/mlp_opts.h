/* mlp_opts.h - the hyperparameters of mlp. */
#ifndef ML_MODELS_MLP_OPTS_H
#define ML_MODELS_MLP_OPTS_H

#include "models/loss.h"
#include "opt/opt.h"

enum ml_mlp_schedule {
	ML_MLP_CONSTANT,
	ML_MLP_STEP,
	ML_MLP_EXPONENTIAL,
	ML_MLP_INVERSE,
	ML_MLP_COSINE,
	ML_MLP_PLATEAU
};

struct ml_mlp_opts {
	const char *layers;
	int activation, loss, solver, schedule;
	struct ml_loss_opts of_loss; /* huber's delta in standard deviations of the target */
	bool scale_target, batch_norm, nesterov;
	double alpha, dropout, rate, decay, power, min_rate, warm_up;
	double momentum, beta1, beta2, eps, weight_decay, clip, tol;
	int64_t decay_epochs, batch, epochs, patience;
};

extern const struct ml_opt ml_mlp_table[];
extern const char *const ml_mlp_activations[], *const ml_mlp_losses[];

#endif
