/* learning.c - would more rows help?
 *
 * The last step of the curve is judged fold by fold (corrected resampled t).  Through four
 * sizes and more goes a power law a + b x^-c (Cortes et al. 1994; Viering, Loog 2023): for each
 * c of a grid a and b are least squares, and the best c is taken.  What it expects at twice the
 * rows is an extrapolation, and said to be one. */
#include <math.h>
#include <string.h>

#include "core/points.h"
#include "core/verdict.h"

/* A last step that surely is smaller than this share of the whole rise is none. */
static const double TENTH = 0.1;
enum { SIZES = 4 }; /* fewer leave the power law no room to be wrong */

static double mean_at(const struct ml_points *p, size_t level)
{
	return ml_points_mean(p, p->test, level).mean;
}

/* Least squares of a + b x^-c; the sum of squares left. */
static double fit(const struct ml_points *p, double c, double *a, double *b)
{
	double n = (double)p->n, sx = 0, sy = 0, sxx = 0, sxy = 0, left = 0;

	for (size_t i = 0; i < p->n; i++) {
		double x = pow(p->x[i], -c), y = mean_at(p, i);
		sx += x;
		sy += y;
		sxx += x * x;
		sxy += x * y;
	}
	*b = (sxy - sx * sy / n) / (sxx - sx * sx / n);
	*a = (sy - *b * sx) / n;
	for (size_t i = 0; i < p->n; i++) {
		double r = *a + *b * pow(p->x[i], -c) - mean_at(p, i);
		left += r * r;
	}
	return left;
}

/* What a power law expects at twice the last size; NaN when the curve does not rise. */
static double expect(const struct ml_points *p)
{
	double least = INFINITY, a, b, out = NAN, twice = 2 * p->x[p->n - 1];
	double sign = p->measure.metric->higher_better ? 1 : -1;

	for (int i = 1; i <= 200; i++) {
		double c = i / 100.0, left = fit(p, c, &a, &b);
		if (!(left < least))
			continue;
		least = left;
		out = sign * b < 0 ? a + b * pow(twice, -c) : NAN;
	}
	return out;
}

static const char *verdict_of(const struct ml_points *p, const struct ml_contrast *step)
{
	double rise = mean_at(p, p->n - 1) - mean_at(p, 0);

	if (isnan(step->lo))
		return "unclear";
	if (step->lo > 0)
		return "rising";
	return step->hi < TENTH * fabs(rise) ? "flat" : "unclear";
}

static void say(const struct ml_points *p, const struct ml_contrast *step, const char *verdict,
		struct ml_buf *out)
{
	size_t last = p->n - 1;

	ml_buf_text(out, !strcmp(verdict, "rising") ? "more rows are likely to help: "
			 : !strcmp(verdict, "flat") ? "more rows are unlikely to help: "
						    : "whether more rows help is not clear: ");
	ml_verdict_name(out, &p->measure, p->labels);
	if (p->n < 2) {
		ml_buf_text(out, " is known at one size only");
		return;
	}
	ml_buf_printf(out, " is %.4g at ", mean_at(p, last - 1));
	ml_points_name(out, p, last - 1);
	ml_buf_printf(out, " and %.4g at ", mean_at(p, last));
	ml_points_name(out, p, last);
	if (!isnan(step->lo)) {
		ml_buf_printf(out, ", %.3g %s (", fabs(step->diff),
			      step->diff < 0 ? "worse" : "better");
		ml_verdict_interval(out, step->lo, step->hi, p->confidence);
		ml_buf_text(out, ")");
	} else {
		ml_buf_text(out, ", of one fold: cross-validate to know how sure that is");
	}
	double more = p->n >= SIZES && p->x[0] > 0 && step->diff > 0 ? expect(p) : NAN;
	if (!isnan(more))
		ml_buf_printf(out,
			      "; a power law through all sizes expects %.4g at twice the rows",
			      more);
	double train = ml_points_mean(p, p->train, last).mean;
	if (!isnan(train))
		ml_buf_printf(out, "; on the training rows it is %.4g", train);
}

int ml_learning_report(struct ml_findings *out, const struct ml_points *p, struct ml_error *err)
{
	size_t last = p->n - 1;
	struct ml_contrast step = ml_contrast_none();
	struct ml_buf says = { 0 };
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < p->n; i++)
		if (isnan(p->x[i]))
			rc = ml_fail(err, ML_EDATA, "E-TYPE",
				     "sizes of a learning curve are numbers");
	if (!rc && p->n > 1)
		rc = ml_points_step(p, last - 1, last, &step, err);
	const char *verdict = verdict_of(p, &step);
	say(p, &step, verdict, &says);
	for (size_t i = 0; !rc && i < p->n; i++) {
		ml_points_row(out, p, i);
		if (i == last)
			ml_findings_text(out, verdict);
		else
			ml_findings_none(out);
		rc = ml_findings_row(out, i == last ? &says : NULL, err);
	}
	ml_buf_release(&says);
	return rc;
}
