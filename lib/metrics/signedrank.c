/* signedrank.c - Wilcoxon's signed ranks.
 *
 * V is the sum of the ranks of |d| where d > 0.  Below 50 pairs without ties its distribution
 * is counted: subsets of 1..n by their sum.  Else it is taken as normal with mean n (n + 1) / 4
 * and variance n (n + 1) (2 n + 1) / 24 - sum (t^3 - t) / 48 over groups of t equal |d|.
 *
 * Interval of the pseudomedian: the k-th smallest and k-th largest of the n (n + 1) / 2 means
 * of two differences (i <= j), k from the quantile of V (Hodges, Lehmann 1963).  The k-th
 * smallest is found by bisection, counting means up to a value in one pass over the sorted
 * differences: O(n) a step, about 70 steps. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "la/argsort.h"
#include "metrics/contrast.h"

enum { EXACT = 50, SUMS = EXACT * (EXACT + 1) / 2 };

struct ranks {
	double v, ties; /* V; sum of t^3 - t */
	bool tied;
};

/* P(V <= k) for all k: cdf[0..n (n + 1) / 2]. */
static void count_sums(size_t n, double cdf[SUMS + 1])
{
	double all = ldexp(1, (int)n);

	for (size_t s = 0; s <= SUMS; s++)
		cdf[s] = s == 0;
	for (size_t rank = 1; rank <= n; rank++)
		for (size_t s = rank * (rank + 1) / 2; s >= rank; s--)
			cdf[s] += cdf[s - rank];
	cdf[0] /= all;
	for (size_t s = 1; s <= SUMS; s++)
		cdf[s] = cdf[s - 1] + cdf[s] / all;
}

static struct ranks rank_all(const double *d, const double *size, const uint32_t *order,
			     size_t n)
{
	struct ranks r = { 0, 0, false };

	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && size[order[j]] == size[order[i]];)
			j++;
		double rank = (double)(i + j + 1) / 2, t = (double)(j - i);
		for (size_t k = i; k < j; k++)
			r.v += d[order[k]] > 0 ? rank : 0;
		r.ties += t * t * t - t;
		r.tied |= j - i > 1;
	}
	return r;
}

/* ---- means of two differences ---- */

/* How many are at most x; d ascends. */
static double count_means(const double *d, size_t n, double x)
{
	double count = 0;
	size_t j = n;

	for (size_t i = 0; i < n; i++) {
		while (j > i && d[i] / 2 + d[j - 1] / 2 > x)
			j--;
		if (j <= i)
			break;
		count += (double)(j - i);
	}
	return count;
}

static double find_mean(const double *d, size_t n, double k)
{
	double lo = d[0], hi = d[n - 1];

	if (count_means(d, n, lo) >= k)
		return lo;
	for (double mid = lo / 2 + hi / 2; mid > lo && mid < hi; mid = lo / 2 + hi / 2) {
		if (count_means(d, n, mid) >= k)
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}

static double quantile_exact(size_t n, double q)
{
	double cdf[SUMS + 1];
	size_t k = 0;

	count_sums(n, cdf);
	while (k < SUMS && cdf[k] < q)
		k++;
	return (double)k;
}

static void set_interval(const double *sorted, size_t n, bool exact, double confidence,
			 struct ml_contrast *out)
{
	double pairs = (double)n * ((double)n + 1) / 2, q = (1 - confidence) / 2, k;
	double below = floor((pairs + 1) / 2), above = floor(pairs / 2) + 1;

	if (exact)
		k = quantile_exact(n, q);
	else
		k = floor(pairs / 2 +
			  gsl_cdf_ugaussian_Pinv(q) * sqrt(pairs * (2 * (double)n + 1) / 12) +
			  0.5);
	k = fmax(k, 1);
	out->diff = find_mean(sorted, n, below) / 2 + find_mean(sorted, n, above) / 2;
	out->lo = find_mean(sorted, n, k);
	out->hi = find_mean(sorted, n, pairs - k + 1);
}

/* ---- the test ---- */

static double p_of(const struct ranks *r, size_t n, bool exact)
{
	double pairs = (double)n * ((double)n + 1) / 2, cdf[SUMS + 1];

	if (exact) {
		count_sums(n, cdf);
		size_t few = (size_t)fmin(r->v, pairs - r->v);
		return fmin(1, 2 * cdf[few]);
	}
	double z = r->v - pairs / 2;
	double var = pairs * (2 * (double)n + 1) / 12 - r->ties / 48;
	z -= z > 0 ? 0.5 : z < 0 ? -0.5 : 0;
	return var > 0 ? fmin(1, 2 * gsl_cdf_ugaussian_Q(fabs(z) / sqrt(var))) : 1;
}

static int test(const double *d, size_t n, bool zeros, double confidence,
		struct ml_contrast *out, struct ml_error *err)
{
	double *v = ml_alloc(2 * n, sizeof *v, err);
	uint32_t *order = v ? ml_alloc(n, sizeof *order, err) : NULL;
	int rc = order ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < n; i++)
		v[i] = fabs(d[i]);
	if (!rc)
		rc = ml_argsort(v, 1, n, order, err);
	if (!rc) {
		struct ranks r = rank_all(d, v, order, n);
		double pairs = (double)n * ((double)n + 1) / 2;
		bool exact = n < EXACT && !r.tied && !zeros;
		out->statistic = r.v;
		out->effect = 2 * r.v / pairs - 1;
		out->p = p_of(&r, n, exact);
		rc = ml_argsort(d, 1, n, order, err);
		for (size_t i = 0; !rc && i < n; i++)
			v[i] = d[order[i]];
		if (!rc)
			set_interval(v, n, exact, confidence, out);
	}
	free(order);
	free(v);
	return rc;
}

int ml_signed_rank(const double *d, size_t n, double confidence, struct ml_contrast *out,
		   struct ml_error *err)
{
	double *kept = ml_alloc(n, sizeof *kept, err);
	size_t some = 0;
	int rc = kept ? ML_OK : err->code;

	*out = ml_contrast_none();
	for (size_t i = 0; !rc && i < n; i++)
		if (d[i] != 0)
			kept[some++] = d[i];
	if (!rc && !some && n) {
		out->diff = out->lo = out->hi = 0;
		out->p = 1;
	}
	if (!rc && some)
		rc = test(kept, some, some < n, confidence, out, err);
	free(kept);
	return rc;
}
