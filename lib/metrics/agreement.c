/* agreement.c - metrics of the whole confusion matrix C (row: truth, column: prediction), with
 * row sums t, column sums p, total s, diagonal d.
 *
 *     accuracy           sum d / s
 *     balanced accuracy  mean of d_c / t_c over the classes in the truth
 *     mcc                (s sum d - sum t p) / sqrt((s^2 - sum p^2)(s^2 - sum t^2))   (Gorodkin
 * 2004) kappa              (sum d / s - sum t p / s^2) / (1 - sum t p / s^2)            (Cohen
 * 1960)  */
#include <math.h>

#include "metrics/sheet.h"

/* Shares of the total, so that nothing overflows. */
struct shares {
	double diagonal, chance, truth_squares, pred_squares;
};

static struct shares shares_of(const struct ml_parts *p)
{
	struct ml_dd d = { 0, 0 }, tp = { 0, 0 }, tt = { 0, 0 }, pp = { 0, 0 };

	for (size_t c = 0; c < p->sheet->rows->classes; c++) {
		const struct ml_counts *n = &p->counts[c];
		double truth = (n->tp + n->fn) / p->weight, pred = (n->tp + n->fp) / p->weight;
		ml_acc_add(&d, n->tp);
		ml_acc_mul(&tp, truth, pred);
		ml_acc_mul(&tt, truth, truth);
		ml_acc_mul(&pp, pred, pred);
	}
	return (struct shares){ ml_acc_end(d).hi / p->weight, ml_acc_end(tp).hi,
				ml_acc_end(tt).hi, ml_acc_end(pp).hi };
}

/* One class only (a single non-empty row or column): exact, where 1 - sum of squares is not. */
static bool one_class(const struct ml_parts *p, bool truth)
{
	size_t met = 0;

	for (size_t c = 0; c < p->sheet->rows->classes; c++) {
		const struct ml_counts *n = &p->counts[c];
		met += n->tp + (truth ? n->fn : n->fp) > 0;
	}
	return met <= 1;
}

static double accuracy(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	(void)o;
	return fmin(1, shares_of(p).diagonal);
}

static double balanced_accuracy(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	double sum = 0, met = 0;

	(void)o;
	for (size_t c = 0; c < p->sheet->rows->classes; c++) {
		const struct ml_counts *n = &p->counts[c];
		if (!(n->tp + n->fn > 0))
			continue;
		sum += n->tp / (n->tp + n->fn);
		met++;
	}
	return sum / met;
}

static double mcc(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct shares s = shares_of(p);

	(void)o;
	if (one_class(p, true) || one_class(p, false))
		return NAN;
	double r = (s.diagonal - s.chance) / sqrt((1 - s.pred_squares) * (1 - s.truth_squares));
	return fmax(-1, fmin(1, r));
}

static double kappa(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct shares s = shares_of(p);

	(void)o;
	/* Chance agreement is 1 when truth and predictions hold one class, and the same. */
	if (one_class(p, true) && one_class(p, false) && s.diagonal > 0)
		return NAN;
	return fmax(-1, fmin(1, (s.diagonal - s.chance) / (1 - s.chance)));
}

const struct ml_metric ml_metric_accuracy = {
	.name = "accuracy",
	.aliases = "acc",
	.summary = "share of the rows whose predicted class is the true one",
	.undefined = "there is no row",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.hi = 1,
	.by_default = true,
	.value = accuracy,
};

const struct ml_metric ml_metric_balanced_accuracy = {
	.name = "balanced-accuracy",
	.aliases = "bacc",
	.summary = "mean of the recalls of the classes in the truth",
	.undefined = "there is no row",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.hi = 1,
	.by_default = true,
	.value = balanced_accuracy,
};

const struct ml_metric ml_metric_mcc = {
	.name = "mcc",
	.aliases = "matthews,matthews-corrcoef,phi",
	.summary = "Matthews correlation coefficient",
	.undefined = "truth or predictions hold one class only",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.lo = -1,
	.hi = 1,
	.by_default = true,
	.value = mcc,
};

const struct ml_metric ml_metric_kappa = {
	.name = "kappa",
	.aliases = "cohen-kappa",
	.summary = "Cohen's kappa: agreement beyond chance",
	.undefined = "truth and predictions hold one class only",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PRED,
	.higher_better = true,
	.lo = -1,
	.hi = 1,
	.by_default = true,
	.value = kappa,
};
