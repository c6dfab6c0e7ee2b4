/* sheet.h - what metrics are computed from, made once and shared by all of them.
 *
 * A sheet belongs to the rows and depends on no weights: orders.  Parts belong to the rows
 * under one set of weights: a bootstrap resample is the same sheet with other parts. */
#ifndef ML_METRICS_SHEET_H
#define ML_METRICS_SHEET_H

#include "base/error.h"
#include "la/dd.h"
#include "metrics/answers.h"
#include "metrics/inside.h"
#include "metrics/metric.h"

struct ml_sheet {
	const struct ml_scored *rows; /* borrowed */
	unsigned needs;               /* of ml_metric_needs, as asked and possible */
	/* Rows in ascending order.  Numbers: order[0], by absolute error.  Classes: by score,
	 * order[0] when k <= 2 (score of the positive class), else one a class, or NULL where
	 * ml_walk_init() has to make it. */
	uint32_t **order;
	size_t orders;
	double *error;             /* numbers: n, |truth - value|; with ML_NEEDS_ORDER */
	struct ml_answers answers; /* with ML_NEEDS_GROUP */
};
/* needs: of all metrics to come.  keep: orders are kept, since parts are to be made many times;
 * else those of three classes and more are made anew each time and memory stays at one order.
 */
int ml_sheet_init(struct ml_sheet *s, const struct ml_scored *rows, unsigned needs, bool keep,
		  struct ml_error *err) ML_CHECK;
void ml_sheet_release(struct ml_sheet *s);

struct ml_parts {
	const struct ml_sheet *sheet;
	const double *w;          /* n weights, or NULL for all 1; borrowed */
	double weight;            /* their sum */
	double *confusion;        /* k x k, row: truth, column: prediction; or NULL */
	struct ml_counts *counts; /* k: of each class against the rest; or NULL, as confusion */
	double *truth;            /* k: weight of the rows of each class */
	double *auc, *ap;        /* k: one class against the rest, NaN where not defined (or not
				  * asked for: ML_NEEDS_EACH); or NULL */
	struct ml_inside inside; /* of clusters, as asked for */
	struct ml_dd *sums;      /* workspace; the arrays are owned */
	uint32_t *order;         /* workspace, where the sheet keeps no order; or NULL */
};
int ml_parts_init(struct ml_parts *p, const struct ml_sheet *s, struct ml_error *err) ML_CHECK;
/* Computes everything under the weights w (borrowed as long as p is used), NULL for all 1. */
int ml_parts_fill(struct ml_parts *p, const double *w, struct ml_error *err) ML_CHECK;
void ml_parts_release(struct ml_parts *p);

/* Walks down the scores of class c, highest first, one group of equal scores at a time. */
struct ml_walk {
	const struct ml_scored *rows;
	const double *w, *key; /* key[row * stride] */
	const uint32_t *order;
	size_t stride, at;
	int32_t cls;
	bool upward; /* class c is the negative one of two: from the lowest score */
};
struct ml_rank_group {
	double score, pos, neg;
}; /* weights of the rows of class c, and of others */
/* `order` is scratch for n rows, used where the sheet keeps none. */
int ml_walk_init(struct ml_walk *k, const struct ml_parts *p, size_t c, uint32_t *order,
		 struct ml_error *err) ML_CHECK;
bool ml_walk_next(struct ml_walk *k, struct ml_rank_group *g);

#endif
