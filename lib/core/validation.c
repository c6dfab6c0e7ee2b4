/* validation.c - which value of a hyperparameter is best, and what is wrong on both sides of
 * it.
 *
 * Levels whose metric is within one standard error of the best are as good (Breiman et al.
 * 1984, the one-standard-error rule).  Of worse ones it depends on the training rows: where
 * they are worse as well the model underfits, where they are as good or better it overfits. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "core/points.h"
#include "core/verdict.h"

static double mean_of(const struct ml_points *p, const double *of, size_t level)
{
	return ml_points_mean(p, of, level).mean;
}

static double sign_of(const struct ml_points *p)
{
	return p->measure.metric->higher_better ? 1 : -1;
}

/* SIZE_MAX when none is defined. */
static size_t best_of(const struct ml_points *p)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < p->n; i++) {
		double v = sign_of(p) * mean_of(p, p->test, i);
		if (!isnan(v) &&
		    (best == SIZE_MAX || v > sign_of(p) * mean_of(p, p->test, best)))
			best = i;
	}
	return best;
}

static const char *verdict_of(const struct ml_points *p, size_t level, size_t best)
{
	double sign = sign_of(p), se = ml_points_mean(p, p->test, best).se;
	double worse = sign * (mean_of(p, p->test, best) - mean_of(p, p->test, level));

	if (level == best)
		return "best";
	if (isnan(worse))
		return "undefined";
	if (worse <= (isnan(se) ? 0 : se))
		return "as-good";
	if (!p->train)
		return "worse";
	double fell = sign * (mean_of(p, p->train, best) - mean_of(p, p->train, level));
	return fell > 0 ? "underfits" : "overfits";
}

static void say_side(const struct ml_points *p, size_t end, size_t best, struct ml_buf *out)
{
	const char *verdict = verdict_of(p, end, best);

	if (end == best)
		return;
	ml_buf_text(out, "; at ");
	ml_points_name(out, p, end);
	ml_buf_printf(out, " it %s",
		      !strcmp(verdict, "as-good") ? "is as good"
		      : !strcmp(verdict, "worse") ? "is worse"
						  : verdict);
	if (p->train)
		ml_buf_printf(out, " (%.4g on the training rows, %.4g on others)",
			      mean_of(p, p->train, end), mean_of(p, p->test, end));
	else
		ml_buf_printf(out, " (%.4g)", mean_of(p, p->test, end));
}

static void say(const struct ml_points *p, size_t best, struct ml_buf *out)
{
	if (best == SIZE_MAX) {
		ml_verdict_name(out, &p->measure, p->labels);
		ml_buf_text(out, " is not defined at any level");
		return;
	}
	struct ml_point at = ml_points_mean(p, p->test, best);
	size_t last = p->n - 1;
	bool ordered = !isnan(p->x[0]);

	ml_buf_text(out, "best at ");
	ml_points_name(out, p, best);
	ml_buf_text(out, ": ");
	ml_verdict_name(out, &p->measure, p->labels);
	ml_buf_printf(out, " %.4g", at.mean);
	if (!isnan(at.se))
		ml_buf_printf(out, " (standard error %.2g)", at.se);
	if (p->train)
		ml_buf_printf(out, ", %.4g on the training rows", mean_of(p, p->train, best));
	if (!ordered)
		return;
	say_side(p, 0, best, out);
	say_side(p, last, best, out);
	if (p->n > 1 && (best == 0 || best == last))
		ml_buf_printf(out, "; the best is the %s that was tried: try %s ones",
			      best ? "highest" : "lowest", best ? "higher" : "lower");
}

int ml_validation_report(struct ml_findings *out, const struct ml_points *p,
			 struct ml_error *err)
{
	size_t best = best_of(p);
	struct ml_buf says = { 0 };
	int rc = ML_OK;

	say(p, best, &says);
	for (size_t i = 0; !rc && i < p->n; i++) {
		ml_points_row(out, p, i);
		ml_findings_text(out, best == SIZE_MAX ? "undefined" : verdict_of(p, i, best));
		rc = ml_findings_row(out, i + 1 == p->n ? &says : NULL, err);
	}
	ml_buf_release(&says);
	return rc;
}
