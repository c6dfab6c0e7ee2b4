/* boost_parts.h - between the files of boost: its state, and a fit under way. */
#ifndef ML_MODELS_BOOST_PARTS_H
#define ML_MODELS_BOOST_PARTS_H

#include "models/boost_opts.h"
#include "models/grow.h"
#include "models/lambdarank.h"
#include "models/loss.h"
#include "models/trees.h"

struct ml_boost {
	size_t classes, outputs;
	const struct ml_loss *loss;
	struct ml_loss_opts of_loss;
	double *base; /* outputs; owned */
	int *levels;  /* of each feature, 0: a number; owned, or NULL: numbers all */
	struct ml_trees trees;
};

/* Held-out rows, while rounds go on. */
struct ml_boost_held {
	double *score;      /* rows x outputs; owned */
	double *pred;       /* rows x width: for a judge; owned, or NULL */
	double *best_score; /* of the training rows, at the best round; owned */
	double best;        /* what is to be least: the loss, or the judge's value, its sign
			     * turned where higher is better */
	size_t best_round;  /* SIZE_MAX: none was defined */
	struct ml_ranking ranking; /* of losses that rank */
};

struct ml_boosting {
	struct ml_boost *m;
	const struct ml_problem *p;
	const struct ml_boost_opts *o;
	const struct ml_run *run;
	const struct ml_grow_opts *grow;
	struct ml_grower *grower;
	size_t first;   /* rounds that there were before */
	double *score;  /* n x outputs; owned, as are the others */
	double *g, *h;  /* n */
	uint32_t *rows; /* of the round: n_rows, ascending */
	size_t n_rows;
	bool *use;                 /* features of the tree */
	size_t output;             /* at hand */
	struct ml_ranking ranking; /* of losses that rank */
	struct ml_boost_held held;
};

enum { ML_BOOST_LEVELS = 1 << 20 }; /* of a feature, at most */

/* boost_setup.c: loss and levels of a first fit; the same for more rounds (E-USAGE, E-MODEL
 * where they are not the model's); then whether targets and constraints fit them. */
int ml_boost_choose(struct ml_boost *m, const struct ml_problem *p,
		    const struct ml_boost_opts *o, struct ml_error *err) ML_CHECK;
int ml_boost_keep(struct ml_boost *m, const struct ml_problem *p, const struct ml_boost_opts *o,
		  struct ml_error *err) ML_CHECK;
int ml_boost_check(const struct ml_boost *m, const struct ml_problem *p,
		   struct ml_error *err) ML_CHECK;
void ml_boost_put_loss(const struct ml_boost *m, struct ml_fields *out);
int ml_boost_get_loss(struct ml_boost *m, const struct ml_fields *in,
		      struct ml_error *err) ML_CHECK;

/* What the next round, the next tree is grown on (boost_sample.c); by_gradient: f->g and f->h
 * are there, and change. */
void ml_boost_draw_rows(struct ml_boosting *f, size_t round);
void ml_boost_draw_features(struct ml_boosting *f, size_t tree);
int ml_boost_draw_by_gradient(struct ml_boosting *f, size_t tree,
			      struct ml_error *err) ML_CHECK;
/* Rounds first, first + 1, ... (boost_rounds.c). */
int ml_boost_rounds(struct ml_boosting *f, struct ml_report *rep,
		    struct ml_error *err) ML_CHECK;
/* The mean loss of rows with these scores, by weight (boost_held.c). */
int ml_boost_loss(struct ml_boosting *f, const struct ml_problem *p, const double *score,
		  double *loss, struct ml_error *err) ML_CHECK;
/* The held-out rows get the scores of the trees there are. */
int ml_boost_held_init(struct ml_boosting *f, struct ml_error *err) ML_CHECK;
void ml_boost_held_release(struct ml_boost_held *h);
/* The held-out rows behind round `round`, whose trees [from, to) are new: *told gets their loss
 * and the judge's value; *over when the best round is long ago. */
int ml_boost_held_ask(struct ml_boosting *f, size_t round, size_t from, size_t to,
		      struct ml_progress *told, bool *over, struct ml_error *err) ML_CHECK;
/* Goes back to the best round; its value is told in *rep. */
int ml_boost_held_end(struct ml_boosting *f, struct ml_report *rep,
		      struct ml_error *err) ML_CHECK;

#endif
