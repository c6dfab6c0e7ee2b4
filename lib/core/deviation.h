/* deviation.h - how sure predicted numbers are, as columns behind them. */
#ifndef ML_CORE_DEVIATION_H
#define ML_CORE_DEVIATION_H

#include "core/pipeline.h"
#include "la/mat.h"

/* What is wanted: the standard deviation (`std`), and the ends (`low`, `high`) of the interval
 * that holds this share of a normal distribution of it about the prediction. */
struct ml_deviation {
	bool std;
	double share; /* 0: no interval */
	double times; /* deviations from the prediction to an end */
};

/* p->deviation becomes d where one of both is wanted: ml_pipeline_predict() then puts one
 * column behind the prediction.  E-USAGE when its estimator tells none, or predicts no numbers;
 * ML_EDATA, E-FORMAT when there is none. */
int ml_deviation_init(struct ml_deviation *d, bool std, double share, struct ml_pipeline *p,
		      struct ml_error *err) ML_CHECK;
/* Columns: how many (of NULL none), their names, and the value of a row of results. */
size_t ml_deviation_columns(const struct ml_deviation *d);
const char *ml_deviation_name(const struct ml_deviation *d, size_t k);
double ml_deviation_value(const struct ml_deviation *d, size_t k, const double *row);
/* Appends them to a table, `prefix` before their names; out as ml_pipeline_predict() gave it.
 */
int ml_deviations_append(struct ml_table *t, const char *prefix, const struct ml_deviation *d,
			 const struct ml_mat *out, struct ml_error *err) ML_CHECK;

#endif
