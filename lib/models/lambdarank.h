/* lambdarank.h - gradients of rankings: rows are answers to queries, and what counts is the
 * order of a query's answers by their scores. */
#ifndef ML_MODELS_LAMBDARANK_H
#define ML_MODELS_LAMBDARANK_H

#include "base/run.h"
#include "la/queries.h"
#include "models/model.h"

struct ml_ranking {
	struct ml_queries queries;
	const struct ml_problem *p; /* borrowed */
	size_t top;                 /* ranks that count; 0: all */
	double *gain;               /* of each row; owned, as are the others */
	double *ideal;          /* of each query: the DCG of its best order; 0: none is better
				 * than another */
	double *loss;           /* of each query: workspace */
	struct ml_answer *room; /* of each worker, queries.most */
	int threads;
};

enum { ML_RELEVANCE_MOST = 31 };

/* p->group, p->y are read, and stay the caller's.  E-TARGET: a relevance that is not within 0
 * and ML_RELEVANCE_MOST; or no query has answers of different ones. */
int ml_ranking_init(struct ml_ranking *r, const struct ml_problem *p, size_t top, int threads,
		    struct ml_error *err) ML_CHECK;
void ml_ranking_release(struct ml_ranking *r); /* a zeroed struct is releasable */

/* LambdaRank (Burges 2010): g, h > 0 of each row, times its weight.  normalise: gradients of
 * close scores, and of queries of few pairs, count as much as others. */
int ml_ranking_gradients(struct ml_ranking *r, const double *score, bool normalise, double *g,
			 double *h, struct ml_error *err) ML_CHECK;
/* 1 - the mean over queries of NDCG, each by the mean weight of its rows; those without a
 * relevant row are left out; NaN when all are. */
int ml_ranking_loss(struct ml_ranking *r, const double *score, double *loss,
		    struct ml_error *err) ML_CHECK;

#endif
