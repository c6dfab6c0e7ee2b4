/* answers.h - rows as answers to queries, in the order of their predictions, and in the best
 * one.
 */
#ifndef ML_METRICS_ANSWERS_H
#define ML_METRICS_ANSWERS_H

#include "la/queries.h"
#include "metrics/metric.h"

struct ml_answers {
	struct ml_queries queries;
	double *gain;                    /* of each row; NaN of a truth below 0; owned */
	struct ml_answer *ranked, *best; /* by value, by truth, falling: of query q from
					  * queries.start[q] on; owned */
};

/* rows->group is there. */
int ml_answers_init(struct ml_answers *r, const struct ml_scored *rows,
		    struct ml_error *err) ML_CHECK;
void ml_answers_release(struct ml_answers *r); /* a zeroed struct is releasable */

#endif
