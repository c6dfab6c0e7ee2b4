/* residual.c - metrics of predicted numbers, e = truth - prediction.
 *
 *     mae       mean |e|                      median-ae  median of |e|
 *     mse       mean e^2                      max-error  largest |e|
 *     rmse      sqrt(mse)                     mape       mean |e / truth|
 *     r2        1 - sum w e^2 / sum w (truth - mean truth)^2
 *     explained-variance                      1 - var(e) / var(truth)
 *
 * scikit-learn answers 1 or 0 for r2 of a constant truth, and a huge number for mape with a
 * truth of 0; here they are not defined.  The weighted median is that of rows written `weight`
 * times. */
#include <math.h>

#include "metrics/sheet.h"

static double weight_of(const struct ml_parts *p, size_t i)
{
	return p->w ? p->w[i] : 1;
}

static double error_of(const struct ml_parts *p, size_t i)
{
	return p->sheet->rows->truth[i] - p->sheet->rows->value[i];
}

static double truth_of(const struct ml_parts *p, size_t i)
{
	return p->sheet->rows->truth[i];
}

static double mean_of(const struct ml_parts *p, double (*of)(const struct ml_parts *, size_t))
{
	struct ml_dd sum = { 0, 0 };

	for (size_t i = 0; i < p->sheet->rows->n; i++)
		ml_acc_mul(&sum, weight_of(p, i), of(p, i));
	return ml_acc_end(sum).hi / p->weight;
}

/* sum w (v - centre)^2 */
static double squares_of(const struct ml_parts *p,
			 double (*of)(const struct ml_parts *, size_t), double centre)
{
	struct ml_dd sum = { 0, 0 };

	for (size_t i = 0; i < p->sheet->rows->n; i++) {
		double d = of(p, i) - centre;
		ml_acc_mul(&sum, weight_of(p, i), d * d);
	}
	return ml_acc_end(sum).hi;
}

/* The same for the truth about its mean; 0 exactly when it is constant. */
static double truth_squares(const struct ml_parts *p)
{
	double lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < p->sheet->rows->n; i++) {
		if (!(weight_of(p, i) > 0))
			continue;
		lo = fmin(lo, truth_of(p, i));
		hi = fmax(hi, truth_of(p, i));
	}
	return lo < hi ? squares_of(p, truth_of, mean_of(p, truth_of)) : 0;
}

static double absolute(const struct ml_parts *p, size_t i)
{
	return fabs(error_of(p, i));
}

static double relative(const struct ml_parts *p, size_t i)
{
	double truth = truth_of(p, i);

	if (!(weight_of(p, i) > 0))
		return 0; /* absent: its truth may be 0 */
	return truth != 0 ? fabs(error_of(p, i) / truth) : NAN;
}

static double mae(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	(void)o;
	return mean_of(p, absolute);
}

static double mse(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	(void)o;
	return squares_of(p, error_of, 0) / p->weight;
}

static double rmse(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	return sqrt(mse(p, o));
}

static double r2(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	double all = truth_squares(p);

	(void)o;
	return all > 0 ? 1 - squares_of(p, error_of, 0) / all : NAN;
}

static double explained_variance(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	double all = truth_squares(p);

	(void)o;
	return all > 0 ? 1 - squares_of(p, error_of, mean_of(p, error_of)) / all : NAN;
}

static double mape(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	(void)o;
	return mean_of(p, relative);
}

static double max_error(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	double most = -INFINITY;

	(void)o;
	for (size_t i = 0; i < p->sheet->rows->n; i++)
		if (weight_of(p, i) > 0)
			most = fmax(most, absolute(p, i));
	return most;
}

static double median_ae(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	const struct ml_sheet *s = p->sheet;
	double half = p->weight / 2, below = NAN;
	struct ml_dd sum = { 0, 0 };

	(void)o;
	for (size_t i = 0; i < s->rows->n; i++) {
		size_t row = s->order[0][i];
		if (!(weight_of(p, row) > 0))
			continue;
		if (!isnan(below))
			return below / 2 + s->error[row] / 2;
		ml_acc_add(&sum, weight_of(p, row));
		double upto = ml_acc_end(sum).hi;
		if (upto > half)
			return s->error[row];
		if (upto == half)
			below = s->error[row];
	}
	return below;
}

/* Errors are 0 at best and unbounded. */
#define ERROR_METRIC(id, text, other_names, what, when, function) \
	const struct ml_metric ml_metric_##id = { \
		.name = text, \
		.aliases = other_names, \
		.summary = what, \
		.undefined = when, \
		.task = ML_FOR_NUMBERS, \
		.needs = ML_NEEDS_PRED, \
		.hi = INFINITY, \
		.by_default = true, \
		.value = function, \
	}

ERROR_METRIC(mae, "mae", "mean-absolute-error", "mean absolute error",
	     "it is beyond the largest number", mae);
ERROR_METRIC(mse, "mse", "mean-squared-error", "mean squared error",
	     "it is beyond the largest number", mse);
ERROR_METRIC(rmse, "rmse", "root-mean-squared-error", "root of the mean squared error",
	     "it is beyond the largest number", rmse);
ERROR_METRIC(mape, "mape", "mean-absolute-percentage-error",
	     "mean absolute error as a share of the truth (1 is 100 percent)",
	     "a true value is 0", mape);
ERROR_METRIC(max_error, "max-error", NULL, "largest absolute error",
	     "it is beyond the largest number", max_error);

const struct ml_metric ml_metric_median_ae = {
	.name = "median-ae",
	.aliases = "medae,median-absolute-error",
	.summary = "median of the absolute errors",
	.undefined = "it is beyond the largest number",
	.task = ML_FOR_NUMBERS,
	.needs = ML_NEEDS_PRED | ML_NEEDS_ORDER,
	.hi = INFINITY,
	.by_default = true,
	.value = median_ae,
};

const struct ml_metric ml_metric_r2 = {
	.name = "r2",
	.aliases = "r2-score",
	.summary = "coefficient of determination: share of the variance that is predicted",
	.undefined = "the truth is constant",
	.task = ML_FOR_NUMBERS,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.lo = -INFINITY,
	.hi = 1,
	.by_default = true,
	.value = r2,
};

const struct ml_metric ml_metric_explained_variance = {
	.name = "explained-variance",
	.aliases = "explained-variance-score",
	.summary = "as r2, but a constant error does not count",
	.undefined = "the truth is constant",
	.task = ML_FOR_NUMBERS,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.lo = -INFINITY,
	.hi = 1,
	.by_default = true,
	.value = explained_variance,
};
