/* backprop.h - the loss of a minibatch, its gradients (Rumelhart, Hinton, Williams 1986), and
 * what an optimiser makes of them.
 *
 * The loss is, of the n rows of a minibatch, with m the mean weight of all rows,
 *
 *     1/n sum_i w_i / m loss(score_i, (y_i - shift) / scale)
 *
 * Rows go through the layers by ML_NET_ROWS, each block for itself but for the statistics of
 * normalised layers; then each strip of ML_SLAB inputs of a layer gets its gradients, as sums
 * over the rows in order, and is updated at once.  So the same bits for any number of threads.
 * Products are those of la/slab.h, since BLAS may not be called by several threads. */
#ifndef ML_MODELS_BACKPROP_H
#define ML_MODELS_BACKPROP_H

#include "base/team.h"
#include "models/loss.h"
#include "models/net.h"

/* What goes through a layer: rows x wide each. */
struct ml_backprop_layer {
	double *z;     /* a W + b; of a normalised layer (z - mean) / sqrt(var + eps) */
	double *a;     /* what it gives on */
	double *slope; /* da/dz, 0 for units that a row does without */
	double *delta; /* dloss/dz */
	double *inv;   /* wide: 1 / sqrt(var + eps) over the minibatch; of a normalised layer */
	double *sums;  /* 2 wide: means of delta, of delta z; likewise */
	double *turned; /* W' in slabs; NULL of the first layer */
	size_t strips;  /* of ML_SLAB inputs */
};

struct ml_backprop {
	/* Set by the caller. */
	struct ml_net *net;
	const struct ml_problem *p;
	const struct ml_loss *loss;
	struct ml_loss_opts of_loss;
	double shift, scale; /* of the target, where it is a number */
	double mean_weight;  /* m */
	double dropout;      /* share of the units of hidden layers that a row does without */
	double clip;         /* a longer gradient is shortened to it; 0: none is */
	double blend;  /* of a minibatch in the statistics of normalised layers; 0: none */
	uint64_t seed; /* of dropout */
	struct ml_team *team;
	/* Called for ranges of whole slabs of param and grad, at once by several threads;
	 * NULL: gradients only.  `penalised`: they are weights. */
	void (*update)(void *arg, size_t from, size_t n, bool penalised);
	void *arg;
	/* Made by ml_backprop_init(); owned. */
	struct ml_backprop_layer *layer;
	double *grad; /* as net->param */
	size_t room;  /* rows of a minibatch, at most */
	double *x;    /* those of the minibatch at hand */
	double *losses;
	double *strip; /* threads x room x ML_SLAB */
	/* The minibatch at hand. */
	const size_t *rows;
	size_t n;
	uint64_t step;
	size_t at;     /* layer that a pass begins with */
	bool finish;   /* its z is there, and has been normalised */
	double shrink; /* what --clip leaves of the gradients */
};

/* Makes room for minibatches of `room` rows. */
int ml_backprop_init(struct ml_backprop *b, size_t room, int threads,
		     struct ml_error *err) ML_CHECK;
void ml_backprop_release(struct ml_backprop *b); /* a zeroed struct is releasable */
/* W' is made anew: net->param was changed by others. */
void ml_backprop_turn(struct ml_backprop *b);
/* A minibatch of the rows rows[0..n), 1 <= n <= room: *loss gets its sum over the rows,
 * grad the gradients; they go to update().  `step` names what dropout draws. */
int ml_backprop_step(struct ml_backprop *b, const size_t *rows, size_t n, uint64_t step,
		     double *loss, struct ml_error *err) ML_CHECK;

/* ---- between its files ---- */
/* Rows of a block from layer b->at on; then back (backprop.c).  Gradients, update, W' of a
 * strip (gradient.c). */
ml_block_fn ml_backprop_strip;
ml_block_fn ml_backprop_settle;
size_t ml_backprop_strips(const struct ml_backprop *b);

#endif
