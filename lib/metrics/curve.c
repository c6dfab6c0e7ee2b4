/* curve.c - ROC, precision-recall and calibration curves.
 *
 * Thresholds go from the highest score down: a row counts as positive when its score is >= the
 * threshold.  The first point, above all scores, has no threshold.  Points of the ROC curve
 * inside a horizontal or vertical line are left out.  Empty bins of the calibration curve are,
 * too. */
#include "metrics/curve.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "metrics/chances.h"

/* Sums over the groups so far, and the totals that they are divided by. */
struct descent {
	struct ml_walk walk;
	struct ml_dd tp, fp;
	double pos, neg;
	uint32_t *order;
};

static int descent_init(struct descent *d, const struct ml_parts *p, size_t c,
			struct ml_error *err)
{
	struct ml_dd neg = { 0, 0 };

	*d = (struct descent){ .pos = p->truth[c] };
	for (size_t k = 0; k < p->sheet->rows->classes; k++)
		ml_acc_add(&neg, k == c ? 0 : p->truth[k]);
	d->neg = ml_acc_end(neg).hi;
	d->order = ml_alloc(p->sheet->rows->n, sizeof *d->order, err);
	return d->order ? ml_walk_init(&d->walk, p, c, d->order, err) : err->code;
}

static bool descend(struct descent *d, struct ml_rank_group *g)
{
	if (!ml_walk_next(&d->walk, g))
		return false;
	ml_acc_add(&d->tp, g->pos);
	ml_acc_add(&d->fp, g->neg);
	return true;
}

static double share(struct ml_dd part, double whole)
{
	return fmin(1, ml_acc_end(part).hi / whole);
}

/* 1: straight up, 2: to the right, 0: slanted. */
static int direction(const struct ml_rank_group *g)
{
	return g->neg > 0 ? g->pos > 0 ? 0 : 2 : 1;
}

static int roc(const struct ml_parts *p, size_t c, const struct ml_metric_opts *o,
	       ml_point_fn *point, void *arg, struct ml_error *err)
{
	double v[ML_CURVE_COLUMNS] = { NAN, 0, 0 };
	int before = 0, rc;
	struct descent d;
	struct ml_rank_group g;

	(void)o;
	rc = descent_init(&d, p, c, err);
	if (!rc && !(d.pos > 0 && d.neg > 0)) {
		free(d.order);
		return ML_OK;
	}
	while (!rc && descend(&d, &g)) {
		int now = direction(&g);
		if (now == 0 || now != before)
			rc = point(arg, v, err);
		before = now;
		v[0] = g.score;
		v[1] = share(d.fp, d.neg);
		v[2] = share(d.tp, d.pos);
	}
	if (!rc)
		rc = point(arg, v, err);
	free(d.order);
	return rc;
}

static int precision_recall(const struct ml_parts *p, size_t c, const struct ml_metric_opts *o,
			    ml_point_fn *point, void *arg, struct ml_error *err)
{
	struct descent d;
	struct ml_rank_group g;
	int rc = descent_init(&d, p, c, err);

	(void)o;
	if (!rc && d.pos > 0)
		rc = point(arg, (double[ML_CURVE_COLUMNS]){ NAN, 1, 0 }, err);
	while (!rc && d.pos > 0 && descend(&d, &g)) {
		double tp = ml_acc_end(d.tp).hi;
		double v[ML_CURVE_COLUMNS] = { g.score, tp / (tp + ml_acc_end(d.fp).hi),
					       share(d.tp, d.pos) };
		rc = point(arg, v, err);
	}
	free(d.order);
	return rc;
}

static int calibration(const struct ml_parts *p, size_t c, const struct ml_metric_opts *o,
		       ml_point_fn *point, void *arg, struct ml_error *err)
{
	struct ml_bin bin[ML_BINS_MAX];
	int rc = ML_OK;

	ml_bins_fill(bin, o->bins, p, c);
	for (size_t b = 0; !rc && b < o->bins; b++) {
		double v[ML_CURVE_COLUMNS] = { (double)b / (double)o->bins,
					       (double)(b + 1) / (double)o->bins,
					       bin[b].prob.hi / bin[b].weight.hi,
					       bin[b].hits.hi / bin[b].weight.hi,
					       (double)bin[b].rows };
		if (bin[b].weight.hi > 0)
			rc = point(arg, v, err);
	}
	return rc;
}

const struct ml_curve ml_curves[] = {
	{ .name = "roc",
	  .summary = "true positive rate over false positive rate",
	  .undefined = "the truth lacks rows of the class, or other rows",
	  .column = { "threshold", "fpr", "tpr" },
	  .needs = ML_NEEDS_SCORE,
	  .points = roc },
	{ .name = "pr",
	  .summary = "precision over recall",
	  .undefined = "the truth has no row of the class",
	  .column = { "threshold", "precision", "recall" },
	  .needs = ML_NEEDS_SCORE,
	  .points = precision_recall },
	{ .name = "calibration",
	  .summary = "observed share over mean predicted probability, in bins",
	  .undefined = "there is no row",
	  .column = { "from", "to", "predicted", "observed", "n" },
	  .needs = ML_NEEDS_PROB,
	  .points = calibration },
	{ .name = NULL },
};

const char *const ml_curve_names[] = { "none", "roc", "pr", "calibration", NULL };
