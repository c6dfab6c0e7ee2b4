/* paired.c - tests of the mean of differences: plain, over folds, over time.
 *
 * Over folds the differences are not independent: two training parts of K folds share most of
 * their rows, and s^2 / n is too small by far.  Nadeau and Bengio (2003, "Inference for the
 * generalization error", Machine Learning 52) put s^2 (1 / n + held out / trained on) in its
 * place.
 *
 * Over time: variance of the mean from autocovariances g up to the lag with Bartlett's weights
 * 1 - j / (lag + 1) (Newey, West 1987), which cannot be negative; the statistic times
 * sqrt((n - 1 - 2 lag + lag (lag + 1) / n) / n), read from Student's t with n - 1 degrees of
 * freedom (Harvey, Leybourne, Newbold 1997, with horizon lag + 1). */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "la/dd.h"
#include "la/sums.h"
#include "metrics/contrast.h"

/* `se`: standard error of the mean; `scale`: the statistic is mean / se * scale. */
static struct ml_contrast student(double mean, double se, double scale, double df,
				  double confidence)
{
	struct ml_contrast out = ml_contrast_none();
	double half = gsl_cdf_tdist_Pinv((1 + confidence) / 2, df) * se / scale;

	out.diff = mean;
	out.df = df;
	if (!(se > 0)) { /* all alike: no p to judge by, unless there is no difference */
		out.p = mean == 0 ? 1 : NAN;
		out.lo = out.hi = mean;
		return out;
	}
	out.statistic = mean / se * scale;
	out.p = fmin(1, 2 * gsl_cdf_tdist_Q(fabs(out.statistic), df));
	out.lo = mean - half;
	out.hi = mean + half;
	return out;
}

static struct ml_contrast over(const double *d, size_t n, double share, double confidence)
{
	struct ml_moments m = ml_moments_of(d, NULL, n);
	struct ml_contrast out = ml_contrast_none();

	out.diff = m.mean;
	if (n < 2)
		return out;
	double var = m.ss / (double)(n - 1);
	out = student(m.mean, sqrt(var * share), 1, (double)(n - 1), confidence);
	out.effect = var > 0 ? m.mean / sqrt(var) : NAN;
	return out;
}

struct ml_contrast ml_paired_t(const double *d, size_t n, double confidence)
{
	return over(d, n, 1 / (double)n, confidence);
}

struct ml_contrast ml_corrected_t(const double *d, size_t n, double ratio, double confidence)
{
	return over(d, n, 1 / (double)n + ratio, confidence);
}

struct ml_contrast ml_diebold_mariano(const double *d, size_t n, size_t lag, double confidence)
{
	struct ml_moments m = ml_moments_of(d, NULL, n);
	struct ml_contrast out = ml_contrast_none();
	double rows = (double)n, h = (double)lag, var = m.ss / rows;

	out.diff = m.mean;
	if (n < 2 || lag + 1 >= n)
		return out;
	for (size_t j = 1; j <= lag; j++) {
		struct ml_dd g = { 0, 0 };
		for (size_t i = j; i < n; i++)
			ml_acc_mul(&g, d[i] - m.mean, d[i - j] - m.mean);
		var += 2 * (1 - (double)j / (h + 1)) * ml_acc_end(g).hi / rows;
	}
	double scale = sqrt((rows - 1 - 2 * h + h * (h + 1) / rows) / rows);
	out = student(m.mean, sqrt(fmax(0, var) / rows), scale, rows - 1, confidence);
	out.effect = m.ss > 0 ? m.mean / sqrt(m.ss / (rows - 1)) : NAN;
	return out;
}

/* ---- five times two folds ---- */

/* Sum over the repeats of the variance of their two differences. */
static double sum_of_variances(const double d[10])
{
	struct ml_dd sum = { 0, 0 };

	for (size_t i = 0; i < 5; i++) {
		double apart = d[2 * i] - d[2 * i + 1];
		ml_acc_mul(&sum, apart / 2, apart);
	}
	return ml_acc_end(sum).hi;
}

struct ml_contrast ml_five_by_two_t(const double d[10], double confidence)
{
	return student(d[0], sqrt(sum_of_variances(d) / 5), 1, 5, confidence);
}

struct ml_contrast ml_five_by_two_f(const double d[10])
{
	struct ml_contrast out = ml_contrast_none();
	struct ml_dd squares = { 0, 0 };
	double var = sum_of_variances(d);

	for (size_t i = 0; i < 10; i++)
		ml_acc_mul(&squares, d[i], d[i]);
	double sum = ml_acc_end(squares).hi;
	out.diff = ml_mean_of(d, NULL, 10);
	out.df = 10;
	out.df2 = 5;
	if (!(var > 0)) {
		out.p = sum > 0 ? NAN : 1;
		return out;
	}
	out.statistic = sum / (2 * var);
	out.p = gsl_cdf_fdist_Q(out.statistic, 10, 5);
	return out;
}
