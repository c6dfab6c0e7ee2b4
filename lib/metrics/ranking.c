/* ranking.c - metrics of scores: the area under the ROC curve and average precision.
 *
 * AUC is the chance that a row of the class scores higher than another row, ties counting one
 * half (Mann, Whitney 1947): sum over groups of equal scores, from the top, of
 *     neg * (P_above + pos / 2) / (P N).
 * Average precision is sum (R_i - R_{i-1}) * precision_i over the distinct scores, without
 * interpolation (scikit-learn's definition).  Weights count in both. */
#include "metrics/ranking.h"

#include <math.h>

#include "la/dd.h"

int ml_rank_class(const struct ml_parts *p, size_t c, uint32_t *order, double *auc, double *ap,
		  struct ml_error *err)
{
	struct ml_walk walk;
	struct ml_rank_group g;
	struct ml_dd area = { 0, 0 }, steps = { 0, 0 }, pos = { 0, 0 }, neg = { 0, 0 };

	*auc = *ap = NAN;
	if (!(p->truth[c] > 0))
		return ML_OK;
	if (ml_walk_init(&walk, p, c, order, err))
		return err->code;
	while (ml_walk_next(&walk, &g)) {
		ml_acc_mul(&area, g.neg, ml_acc_end(pos).hi + g.pos / 2);
		ml_acc_add(&pos, g.pos);
		ml_acc_add(&neg, g.neg);
		double above = ml_acc_end(pos).hi;
		ml_acc_mul(&steps, g.pos, above / (above + ml_acc_end(neg).hi));
	}
	double all = ml_acc_end(pos).hi, rest = ml_acc_end(neg).hi;
	if (rest > 0)
		*auc = fmin(1, ml_acc_end(area).hi / all / rest);
	*ap = fmin(1, ml_acc_end(steps).hi / all);
	return ML_OK;
}

static double auc_of(const struct ml_parts *p, size_t c)
{
	return p->auc[c];
}

static double ap_of(const struct ml_parts *p, size_t c)
{
	return p->ap[c];
}

const struct ml_metric ml_metric_auc = {
	.name = "auc",
	.aliases = "roc-auc,roc-auc-ovr,auc-ovr,auroc",
	.summary = "area under the ROC curve; of several classes each against the rest",
	.undefined = "the truth lacks rows of the class, or other rows",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_SCORE,
	.higher_better = true,
	.hi = 1,
	.by_default = true,
	.of_class = auc_of,
};

const struct ml_metric ml_metric_average_precision = {
	.name = "average-precision",
	.aliases = "ap,pr-auc",
	.summary = "average precision over the precision-recall curve",
	.undefined = "the truth has no row of the class",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_SCORE,
	.higher_better = true,
	.hi = 1,
	.by_default = true,
	.of_class = ap_of,
};
