/* mlp_parts.h - between the files of mlp: its state, and a fit under way. */
#ifndef ML_MODELS_MLP_PARTS_H
#define ML_MODELS_MLP_PARTS_H

#include "models/backprop.h"
#include "models/mlp_opts.h"
#include "models/optimiser.h"

/* How far a fit is: with the network all that it takes to go on. */
struct ml_mlp_course {
	size_t batch;       /* of the epoch at hand, the next one */
	double sum;         /* of the losses of its rows so far */
	double last;        /* the training loss of the last whole epoch; NaN: none was */
	double best;        /* what is to be least: the loss, or the judge's value, its sign
			     * turned where higher is better; infinite: none yet */
	size_t stale, flat; /* epochs without progress: in all, and since the rate fell */
	double damp;        /* what plateaus have made of the learning rate */
	bool over;          /* patience is at its end */
	struct ml_optimiser optimiser;
	/* The network at the best epoch, where held-out rows judge; owned, or NULL. */
	double *param, *stat;
	bool turned; /* as loaded: these are the present network, m->net is the best one */
};

struct ml_mlp {
	size_t classes; /* 0: numbers */
	const struct ml_loss *loss;
	struct ml_loss_opts of_loss;
	double shift, scale; /* a number is shift + scale score */
	size_t epochs;       /* it has seen */
	struct ml_net net;
	struct ml_mlp_course *course; /* NULL: no fit is under way; owned */
};

struct ml_mlp_fit {
	struct ml_mlp *m;
	const struct ml_problem *p;
	const struct ml_mlp_opts *o;
	const struct ml_run *run;
	struct ml_team *team;
	struct ml_backprop back;
	size_t *order;   /* of the rows in the epoch */
	size_t batches;  /* of an epoch */
	size_t end;      /* epochs, at most */
	double rate;     /* of the last step */
	double constant; /* the loss of the best constant */
	/* Held-out rows; owned. */
	double *score, *pred, *room;
	size_t score_wide;
};

/* mlp_setup.c: what a first fit is of; whether a later one fits (E-USAGE, E-MODEL). */
int ml_mlp_choose(struct ml_mlp *m, const struct ml_problem *p, const struct ml_mlp_opts *o,
		  uint64_t seed, struct ml_error *err) ML_CHECK;
int ml_mlp_keep(const struct ml_mlp *m, const struct ml_problem *p, const struct ml_mlp_opts *o,
		struct ml_error *err) ML_CHECK;
/* mlp_course.c: a course from m->net, or that which is there gone on with. */
int ml_mlp_begin(struct ml_mlp *m, const struct ml_mlp_opts *o, struct ml_error *err) ML_CHECK;
/* The same for more epochs than were meant, on any rows. */
int ml_mlp_renew(struct ml_mlp *m, const struct ml_problem *p, const struct ml_mlp_opts *o,
		 struct ml_error *err) ML_CHECK;
void ml_mlp_end(struct ml_mlp *m); /* the course is forgotten */
/* A loss in the target's own unit. */
double ml_mlp_unit(const struct ml_mlp *m);

/* mlp_train.c: epochs up to `end`; then the best network is that of m, and the course is
 * forgotten. */
int ml_mlp_train(struct ml_mlp *m, size_t end, const struct ml_problem *p,
		 const struct ml_mlp_opts *o, const struct ml_run *run, struct ml_report *rep,
		 struct ml_error *err) ML_CHECK;

/* mlp_epoch.c: what an epoch leads to. */
int ml_mlp_held_init(struct ml_mlp_fit *f, struct ml_error *err) ML_CHECK;
void ml_mlp_held_release(struct ml_mlp_fit *f);
/* All rows were seen: loss, held-out rows, progress or not. */
int ml_mlp_epoch(struct ml_mlp_fit *f, struct ml_error *err) ML_CHECK;
/* What a network that was fitted before is worth: it may be the best. */
int ml_mlp_first_best(struct ml_mlp_fit *f, struct ml_error *err) ML_CHECK;
/* f->constant; W-DIVERGED when it is much smaller than `loss`. */
int ml_mlp_constant(struct ml_mlp_fit *f, struct ml_error *err) ML_CHECK;
void ml_mlp_warn(const struct ml_mlp_fit *f, double loss);

/* rates.c: the learning rate when t epochs are done, of n. */
double ml_mlp_rate(const struct ml_mlp_opts *o, double t, double n, double step, double damp);

/* mlp_fields.c */
void ml_mlp_save(const struct ml_mlp *m, struct ml_fields *out);
int ml_mlp_load(struct ml_mlp *m, const struct ml_fields *in, struct ml_error *err) ML_CHECK;

#endif
