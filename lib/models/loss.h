/* loss.h - what boosting minimises: the loss of a score, its gradient and curvature.
 *
 * A score is what trees add up to: of a number, or of each class.  Losses are sums over rows of
 * w times a function of the row's scores and its target. */
#ifndef ML_MODELS_LOSS_H
#define ML_MODELS_LOSS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "models/model.h"

struct ml_loss_opts {
	double quantile;      /* of the quantile loss, in (0, 1) */
	double delta;         /* huber: where it becomes linear, in the target's unit */
	double tweedie_power; /* in (1, 2) */
};

struct ml_loss {
	const char *name, *summary;
	bool classes;
	bool positive, nonnegative; /* targets must be > 0, >= 0 */
	/* Best leaf values are quantiles of residuals, not -g / h. */
	bool by_quantile;
	/* Rows are ranked within groups, and row and value are NULL: models/lambdarank.h. */
	bool ranks;
	/* The best constant score for output c, of rows of a positive sum of weights. */
	double (*base)(const struct ml_problem *p, size_t c, const struct ml_loss_opts *o);
	/* Gradient and curvature of a row of scores s (k of them), without its weight, for
	 * score c. */
	void (*row)(const double *s, size_t k, size_t c, double y, const struct ml_loss_opts *o,
		    double *g, double *h);
	/* The loss of a row. */
	double (*value)(const double *s, size_t k, double y, const struct ml_loss_opts *o);
	/* row() for many rows of one score; NULL: one by one. */
	void (*many)(const double *s, const double *y, size_t n, double *g, double *h);
	/* value() of many rows of one score, added up by weight (w NULL: all 1); NULL: one by
	 * one. */
	double (*sum)(const double *s, const double *y, const double *w, size_t n);
	/* What is predicted of k scores; out may be where they are. */
	void (*link)(const double *score, size_t k, double *out);
};

/* g, h of rows [from, to) for output c of k, times their weights; score: n x k, row-major.
 * h > 0.  Not of losses that rank. */
void ml_loss_gradients(const struct ml_loss *l, const struct ml_problem *p, const double *score,
		       size_t k, size_t c, size_t from, size_t to, const struct ml_loss_opts *o,
		       double *g, double *h);

/* g, h of rows [from, to) times the weights of the rows; h > 0 then. */
void ml_loss_weigh(const struct ml_problem *p, size_t from, size_t to, double *g, double *h);

/* NULL-ended, in the order of the option's words. */
extern const struct ml_loss *const ml_losses[];
const struct ml_loss *ml_loss_find(const char *name);

#endif
