/* counts.c - metrics of one class against the rest, from its true and false positives and
 * negatives.
 *
 * F-beta is (1 + b^2) tp / ((1 + b^2) tp + b^2 fn + fp): defined, and 0, where precision is not
 * but the class does occur (so in scikit-learn from 1.3 on). */
#include <math.h>

#include "metrics/metric.h"

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

static double f_score(const struct ml_counts *c, double beta)
{
	double b = beta * beta;
	return share((1 + b) * c->tp, (1 + b) * c->tp + b * c->fn + c->fp);
}

static double precision(const struct ml_counts *c, const struct ml_metric_opts *o)
{
	(void)o;
	return share(c->tp, c->tp + c->fp);
}

static double recall(const struct ml_counts *c, const struct ml_metric_opts *o)
{
	(void)o;
	return share(c->tp, c->tp + c->fn);
}

static double specificity(const struct ml_counts *c, const struct ml_metric_opts *o)
{
	(void)o;
	return share(c->tn, c->tn + c->fp);
}

static double f1(const struct ml_counts *c, const struct ml_metric_opts *o)
{
	(void)o;
	return f_score(c, 1);
}

static double fbeta(const struct ml_counts *c, const struct ml_metric_opts *o)
{
	return f_score(c, o->beta);
}

const struct ml_metric ml_metric_precision = {
	.name = "precision",
	.aliases = "ppv",
	.summary = "share of the rows predicted as the class that are of it",
	.undefined = "the class is never predicted",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.hi = 1,
	.by_default = true,
	.of_counts = precision,
};

const struct ml_metric ml_metric_recall = {
	.name = "recall",
	.aliases = "sensitivity,tpr",
	.summary = "share of the rows of the class that are predicted as it",
	.undefined = "the truth has no row of the class",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.hi = 1,
	.by_default = true,
	.of_counts = recall,
};

const struct ml_metric ml_metric_specificity = {
	.name = "specificity",
	.aliases = "tnr",
	.summary = "share of the rows of other classes that are not predicted as the class",
	.undefined = "the truth has no row of another class",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.hi = 1,
	.by_default = true,
	.of_counts = specificity,
};

const struct ml_metric ml_metric_f1 = {
	.name = "f1",
	.aliases = "f1-score",
	.summary = "harmonic mean of precision and recall",
	.undefined = "the class occurs neither in the truth nor in the predictions",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.hi = 1,
	.by_default = true,
	.of_counts = f1,
};

const struct ml_metric ml_metric_fbeta = {
	.name = "fbeta",
	.aliases = "f-beta,fbeta-score",
	.summary = "mean of precision and recall in which recall counts beta times as much",
	.undefined = "the class occurs neither in the truth nor in the predictions",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.hi = 1,
	.of_counts = fbeta,
};
