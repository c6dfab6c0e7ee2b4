/* contrast.h - two models judged on the same rows: what a paired test tells of them.
 *
 * All tests are two-sided, of no difference; what cannot be told is NaN. */
#ifndef ML_METRICS_CONTRAST_H
#define ML_METRICS_CONTRAST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct ml_contrast {
	double diff;      /* of the second model minus the first */
	double lo, hi;    /* interval of diff at the confidence asked for */
	double effect;    /* size of the effect; which, each test says */
	double statistic; /* what p is read from */
	double df, df2;   /* its degrees of freedom */
	double p;
};
/* All NaN. */
struct ml_contrast ml_contrast_none(void);

/* Rows that one model has right and the other has not, of n. */
struct ml_discordant {
	size_t first, second, n;
};
struct ml_discordant ml_discordant_of(const int32_t *y, const int32_t *first,
				      const int32_t *second, size_t n);
/* McNemar (1947): of the first + second rows that one model alone has right, is half each
 * one's? diff: of accuracy, interval of Agresti and Min (2005); effect: odds ratio second /
 * first. */
struct ml_contrast ml_mcnemar_exact(const struct ml_discordant *d, double confidence);
/* The mid-p-value, which Fagerland, Lydersen and Laake (2013) recommend for any number of rows.
 */
struct ml_contrast ml_mcnemar_mid(const struct ml_discordant *d, double confidence);
/* Chi-square with the correction for continuity (Edwards 1948): for 25 discordant rows and
 * more.
 */
struct ml_contrast ml_mcnemar_chi(const struct ml_discordant *d, double confidence);

/* Differences d[0..n) of n pairs.  Student's t; effect: d / its standard deviation (Cohen's
 * d_z).  NaN with one pair; p NaN when all differences are equal and not 0. */
struct ml_contrast ml_paired_t(const double *d, size_t n, double confidence);
/* Wilcoxon's signed ranks (1945), pairs of difference 0 left out; exact below 50 pairs without
 * ties, else the normal approximation with corrections for ties and continuity (as R's
 * wilcox.test).  diff: the pseudomedian of Hodges and Lehmann with its interval; effect: the
 * rank-biserial correlation. */
int ml_signed_rank(const double *d, size_t n, double confidence, struct ml_contrast *out,
		   struct ml_error *err) ML_CHECK;
/* Diebold and Mariano (1995) with the correction of Harvey, Leybourne and Newbold (1997), for
 * differences of loss in order of time that are correlated up to `lag` steps apart. */
struct ml_contrast ml_diebold_mariano(const double *d, size_t n, size_t lag, double confidence);

/* Differences of one metric over the folds of cross-validations.  Student's t with the variance
 * s^2 (1 / n + ratio), since training parts share rows (Nadeau and Bengio 2003); ratio: rows
 * held out / rows trained on.  effect: as ml_paired_t. */
struct ml_contrast ml_corrected_t(const double *d, size_t n, double ratio, double confidence);
/* d[2 * i + j]: repeat i of 5, half j of 2.  Dietterich's t (1998), 5 degrees of freedom: diff
 * is that of the first half of the first repeat, which it is built on. */
struct ml_contrast ml_five_by_two_t(const double d[10], double confidence);
/* Alpaydin's combined F (1999), 10 and 5 degrees of freedom, without an interval. */
struct ml_contrast ml_five_by_two_f(const double d[10]);

/* Areas under two ROC curves of the same rows, their variances and their covariance (DeLong,
 * DeLong and Clarke-Pearson 1988; by midranks, Sun and Xu 2014).  NaN with fewer than two rows
 * of either kind. */
struct ml_areas {
	double first, second, var_first, var_second, cov;
};
/* Scores are first[i * stride], second[i * stride2]; positive[i] says of which kind row i is.
 * O(n log n). */
struct ml_scores {
	const double *v;
	size_t stride;
};
int ml_areas_of(const struct ml_scores *first, const struct ml_scores *second, const int32_t *y,
		int32_t positive, size_t n, struct ml_areas *out,
		struct ml_error *err) ML_CHECK;
/* z = diff / its standard error. */
struct ml_contrast ml_delong(const struct ml_areas *a, double confidence);

#endif
