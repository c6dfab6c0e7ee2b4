/* sums.c - sums and moments over rows, as exact as doubles allow.
 *
 * Sums run in four compensated accumulators (la/dd.h).  Moments scale values and weights by
 * powers of two first, which is exact, so that no square and no sum over- or underflows; the
 * mean is kept in double-double, so that the squares of the differences need no correction.
 * Cost: three passes over a column; two (survey.c) for unweighted values near 1, where scaling
 * would change nothing. */
#include "la/sums.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "la/dd.h"
#include "la/scale.h"
#include "la/survey.h"

enum { LANES = 4 };

/* The sum of v * scale, NaNs left out; not finite when it overflows. */
static struct ml_dd plain_sum(const double *v, size_t n, double scale)
{
	struct ml_dd a[LANES] = { { 0, 0 } }, sum = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		ml_acc_add(&a[i % LANES], isnan(v[i]) ? 0 : v[i] * scale);
	for (size_t l = 0; l < LANES; l++)
		sum = ml_dd_add(sum, ml_acc_end(a[l]));
	return sum;
}

double ml_sum(const double *v, size_t n)
{
	/* 2^64 values cannot be held, so scaled ones cannot overflow. */
	enum { ROOM = 64 };
	double sum = plain_sum(v, n, 1).hi;

	return isfinite(sum) ? sum : ldexp(plain_sum(v, n, ldexp(1, -ROOM)).hi, ROOM);
}

/* Sums of w v (square: of w (v - centre)^2), values and weights scaled. */
struct weighted {
	const double *v, *w;
	size_t n;
	double v_scale, w_scale;
};

static struct ml_dd first_moment(const struct weighted *s)
{
	struct ml_dd a[LANES] = { { 0, 0 } }, sum = { 0, 0 };

	if (!s->w)
		return plain_sum(s->v, s->n, s->v_scale);
	for (size_t i = 0; i < s->n; i++)
		if (!isnan(s->v[i]))
			ml_acc_mul(&a[i % LANES], s->w[i] * s->w_scale, s->v[i] * s->v_scale);
	for (size_t l = 0; l < LANES; l++)
		sum = ml_dd_add(sum, ml_acc_end(a[l]));
	return sum;
}

static struct ml_dd second_moment(const struct weighted *s, struct ml_dd centre)
{
	struct ml_dd a[LANES] = { { 0, 0 } }, sum = { 0, 0 };

	for (size_t i = 0; i < s->n; i++) {
		double d = (s->v[i] * s->v_scale - centre.hi) - centre.lo;
		double w = s->w ? s->w[i] * s->w_scale : 1;
		if (!isnan(d))
			ml_acc_add(&a[i % LANES], w * (d * d));
	}
	for (size_t l = 0; l < LANES; l++)
		sum = ml_dd_add(sum, ml_acc_end(a[l]));
	return sum;
}

/* Moments of any values, weighted or not. */
static struct ml_moments scaled_moments(const double *v, const double *w, size_t n)
{
	struct ml_moments m = { .mean = NAN, .min = NAN, .max = NAN };
	struct ml_dd weight = { 0, 0 };
	double w_max = 0;

	for (size_t i = 0; i < n; i++)
		if (w && !isnan(v[i]))
			w_max = fmax(w_max, w[i]);
	int w_exp = w ? ml_exponent(w_max) : 0;
	double w_scale = ldexp(1, -w_exp);
	for (size_t i = 0; i < n; i++) {
		if (isnan(v[i])) {
			m.missing++;
			continue;
		}
		m.min = fmin(m.min, v[i]);
		m.max = fmax(m.max, v[i]);
		ml_acc_add(&weight, w ? w[i] * w_scale : 1);
	}
	m.n = n - m.missing;
	weight = ml_acc_end(weight);
	m.weight = ldexp(weight.hi, w_exp);
	if (m.n == 0 || !(weight.hi > 0))
		return m;

	int v_exp = ml_exponent(fmax(fabs(m.min), fabs(m.max)));
	struct weighted s = { v, w, n, ldexp(1, -v_exp), w_scale };
	struct ml_dd mean = ml_dd_div(first_moment(&s), weight);
	/* Rounding must not carry a mean past the values. */
	m.mean = fmin(fmax(ldexp(mean.hi, v_exp), m.min), m.max);
	m.ss = ldexp(second_moment(&s, mean).hi, 2 * v_exp + w_exp);
	return m;
}

/* Values whose largest has an exponent below this need no scaling. */
enum { NEAR_ONE = 60 };

/* Mean of values without weights, and the sum of squares if asked for; false when they must be
 * scaled. */
static bool near_moments(const struct ml_survey *s, const double *v, size_t n, bool squares,
			 struct ml_moments *m)
{
	int e = s->n ? ml_exponent(fmax(fabs(s->min), fabs(s->max))) : 0;

	if (e < -NEAR_ONE || e > NEAR_ONE || !isfinite(s->sum.hi))
		return false;
	*m = (struct ml_moments){ .n = s->n,
				  .missing = n - s->n,
				  .weight = (double)s->n,
				  .mean = NAN,
				  .min = s->min,
				  .max = s->max };
	if (!s->n)
		return true;
	struct ml_dd mean = ml_dd_div(s->sum, (struct ml_dd){ m->weight, 0 });
	m->mean = fmin(fmax(mean.hi, m->min), m->max);
	m->ss = squares ? ml_survey_squares(v, n, mean).hi : 0;
	return true;
}

struct ml_moments ml_moments_surveyed(const struct ml_survey *s, const double *v, size_t n)
{
	struct ml_moments m;

	return near_moments(s, v, n, true, &m) ? m : scaled_moments(v, NULL, n);
}

double ml_mean_surveyed(const struct ml_survey *s, const double *v, size_t n)
{
	struct ml_moments m;

	return near_moments(s, v, n, false, &m) ? m.mean : scaled_moments(v, NULL, n).mean;
}

struct ml_moments ml_moments_of(const double *v, const double *w, size_t n)
{
	if (w)
		return scaled_moments(v, w, n);
	struct ml_survey s = ml_survey_of(v, n);
	return ml_moments_surveyed(&s, v, n);
}

double ml_mean_of(const double *v, const double *w, size_t n)
{
	if (w)
		return scaled_moments(v, w, n).mean;
	struct ml_survey s = ml_survey_of(v, n);
	return ml_mean_surveyed(&s, v, n);
}
