/* chances.c - metrics of probabilities.
 *
 *     log-loss  - mean of log p(true class), p not below 2^-52 (the machine epsilon, as in
 *               scikit-learn from 1.2 on), so that one wrong certainty costs 36, not infinity
 *     brier     two classes: mean of (p - y)^2 of the positive one; more: mean of the sum over
 * classes ece       sum over bins of |mean probability - observed share| * share of the rows;
 * of two classes by the probability of the positive one, of more by the highest of each row
 *               (Guo et al. 2017) */
#include "metrics/chances.h"

#include <float.h>
#include <math.h>

#include "la/dd.h"

static const double *chance_row(const struct ml_scored *rows, size_t i)
{
	return rows->prob.v + i * rows->prob.ld;
}

static double log_loss(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	const struct ml_scored *rows = p->sheet->rows;
	struct ml_dd sum = { 0, 0 };

	(void)o;
	for (size_t i = 0; i < rows->n; i++) {
		double chance = fmin(1, chance_row(rows, i)[rows->y[i]]);
		if (chance < 1)
			ml_acc_mul(&sum, p->w ? p->w[i] : 1, -log(fmax(chance, DBL_EPSILON)));
	}
	return ml_acc_end(sum).hi / p->weight;
}

static double brier(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	const struct ml_scored *rows = p->sheet->rows;
	bool two = rows->classes <= 2;
	struct ml_dd sum = { 0, 0 };

	(void)o;
	for (size_t i = 0; i < rows->n; i++) {
		const double *chance = chance_row(rows, i);
		double square = 0;
		for (size_t c = 0; c < rows->classes; c++) {
			double d = chance[c] - ((size_t)rows->y[i] == c);
			if (!two || c == rows->positive)
				square += d * d;
		}
		ml_acc_mul(&sum, p->w ? p->w[i] : 1, square);
	}
	return ml_acc_end(sum).hi / p->weight;
}

size_t ml_bin_of(double p, size_t bins)
{
	double at = ceil(p * (double)bins) - 1;
	size_t b = at > 0 ? (size_t)at : 0;

	if (b >= bins)
		b = bins - 1;
	/* The product may have been rounded across an edge. */
	while (b > 0 && p <= (double)b / (double)bins)
		b--;
	while (b + 1 < bins && p > (double)(b + 1) / (double)bins)
		b++;
	return b;
}

static size_t highest(const double *v, size_t n)
{
	size_t best = 0;

	for (size_t c = 1; c < n; c++)
		if (v[c] > v[best])
			best = c;
	return best;
}

void ml_bins_fill(struct ml_bin *bin, size_t bins, const struct ml_parts *p, size_t c)
{
	const struct ml_scored *rows = p->sheet->rows;

	for (size_t b = 0; b < bins; b++)
		bin[b] = (struct ml_bin){ .rows = 0 };
	for (size_t i = 0; i < rows->n; i++) {
		const double *chance = chance_row(rows, i);
		size_t cls = c == SIZE_MAX ? highest(chance, rows->classes) : c;
		double w = p->w ? p->w[i] : 1;
		struct ml_bin *b = &bin[ml_bin_of(chance[cls], bins)];
		ml_acc_add(&b->weight, w);
		ml_acc_mul(&b->prob, w, chance[cls]);
		ml_acc_add(&b->hits, (size_t)rows->y[i] == cls ? w : 0);
		b->rows += w > 0;
	}
	for (size_t b = 0; b < bins; b++) {
		bin[b].weight = ml_acc_end(bin[b].weight);
		bin[b].prob = ml_acc_end(bin[b].prob);
		bin[b].hits = ml_acc_end(bin[b].hits);
	}
}

static double ece(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	const struct ml_scored *rows = p->sheet->rows;
	struct ml_bin bin[ML_BINS_MAX];
	double sum = 0;

	ml_bins_fill(bin, o->bins, p, rows->classes <= 2 ? rows->positive : SIZE_MAX);
	for (size_t b = 0; b < o->bins; b++)
		sum += fabs(bin[b].prob.hi - bin[b].hits.hi);
	return fmin(1, sum / p->weight);
}

const struct ml_metric ml_metric_log_loss = {
	.name = "log-loss",
	.aliases = "logloss,cross-entropy",
	.summary = "mean negative logarithm of the probability of the true class",
	.undefined = "there is no row",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PROB,
	.hi = INFINITY,
	.by_default = true,
	.value = log_loss,
};

const struct ml_metric ml_metric_brier = {
	.name = "brier",
	.aliases = "brier-score,brier-score-loss",
	.summary = "mean squared difference between probabilities and outcomes",
	.undefined = "there is no row",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PROB,
	.hi = 2,
	.by_default = true,
	.value = brier,
};

const struct ml_metric ml_metric_ece = {
	.name = "ece",
	.aliases = "expected-calibration-error",
	.summary = "expected calibration error over equal-width bins",
	.undefined = "there is no row",
	.task = ML_FOR_CLASSES,
	.needs = ML_NEEDS_PROB,
	.hi = 1,
	.by_default = true,
	.value = ece,
};
