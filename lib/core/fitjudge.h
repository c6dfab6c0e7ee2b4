/* fitjudge.h - a metric of ml-eval as the judge of a fit that goes on: how good are the
 * predictions of the held-out rows? */
#ifndef ML_CORE_FITJUDGE_H
#define ML_CORE_FITJUDGE_H

#include "core/pipeline.h"
#include "metrics/metric.h"

struct ml_fit_judge {
	struct ml_judge judge; /* give this to the estimator */
	struct ml_measure measure;
	struct ml_scored rows;
	const struct ml_outcome *outcome; /* borrowed */
	int32_t *y, *pred;                /* classes; owned */
	double *value;                    /* numbers; owned */
};

/* metric: NAME[-AVERAGE][:CLASS], NAME@K; y (classes as codes), w (NULL: all 1), group (NULL:
 * none): n each, borrowed.
 * E-USAGE: no such metric, or one of the other task.  A zeroed struct is releasable; it may not
 * move. */
int ml_fit_judge_init(struct ml_fit_judge *j, const char *metric, const struct ml_outcome *o,
		      const double *y, const double *w, const int32_t *group, size_t n,
		      struct ml_error *err) ML_CHECK;
void ml_fit_judge_release(struct ml_fit_judge *j);

#endif
