/* nb_tables.c - from sums to what rows are scored by.
 *
 *     number with moments   log N(x; mean of the class, its variance + var-smoothing * the
 *                           largest variance of a number over all rows)
 *     count                 x log theta,  theta = (sum + alpha) / (sum of all + alpha *
 * numbers) complement            -x log theta of all other classes together (Rennie et al.
 * 2003) level                 log ((weight + alpha) / (weight of all levels + alpha * levels))
 *
 * A missing value drops out.  A class in which a number is never there has its mean and
 * variance over all rows. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "models/nb_parts.h"

/* Weights that are missing as good as everywhere: what rounding leaves of a difference. */
static const double nothing = 1e-20;
static const double two_pi = 6.283185307179586;

struct moments {
	struct ml_dd weight, first, second;
};

static struct ml_dd minus(struct ml_dd a)
{
	return (struct ml_dd){ -a.hi, -a.lo };
}

static struct moments moments_of(const struct ml_nb *m, size_t c, size_t j)
{
	struct ml_dd mass = ml_nb_sum(m, c * m->per_class);
	struct ml_dd there = ml_dd_add(mass, minus(ml_nb_sum(m, ml_nb_lost(m, c) + j)));

	if (!(there.hi > nothing * mass.hi))
		there = (struct ml_dd){ 0, 0 };
	return (struct moments){ there, ml_nb_sum(m, ml_nb_first(m, c) + j),
				 ml_nb_sum(m, ml_nb_second(m, c) + j) };
}

static void join(struct moments *a, const struct moments *b)
{
	a->weight = ml_dd_add(a->weight, b->weight);
	a->first = ml_dd_add(a->first, b->first);
	a->second = ml_dd_add(a->second, b->second);
}

/* The mean of t. */
static struct ml_dd mean_and_variance(const struct moments *s, double *variance)
{
	struct ml_dd mean = ml_dd_div(s->first, s->weight), square = ml_dd_mul(mean, mean);

	*variance = ml_dd_add(ml_dd_div(s->second, s->weight), minus(square)).hi;
	*variance = *variance < 0 ? 0 : *variance;
	return mean;
}

/* Of all rows; weight 0 when there is no value. */
static struct moments all_moments(const struct ml_nb *m, size_t j)
{
	struct moments all = { { 0, 0 }, { 0, 0 }, { 0, 0 } };

	for (size_t c = 0; c < m->classes; c++) {
		struct moments s = moments_of(m, c, j);

		if (s.weight.hi > 0)
			join(&all, &s);
	}
	return all;
}

static int make_normal(struct ml_nb *m, size_t c, size_t j, const struct moments *all,
		       double smoothing, struct ml_error *err)
{
	struct moments s = moments_of(m, c, j);
	size_t at = c * m->numbers + j;
	double variance;
	struct ml_dd mean = mean_and_variance(s.weight.hi > 0 ? &s : all, &variance);

	mean = ml_dd_add_d(mean, m->shift[j]);
	variance += smoothing;
	m->table[at] = mean.hi;
	m->rest[at] = mean.lo;
	m->narrow[at] = 0.5 / variance;
	m->height[at] = -0.5 * log(two_pi * variance);
	if (!isfinite(mean.hi) || !(variance > 0) || !isfinite(m->narrow[at]) ||
	    !(m->narrow[at] > 0))
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "nb: the variance of feature %zu in a class is %s (more "
			       "--var-smoothing, or scale the columns)",
			       m->at[j] + 1, variance <= 0 ? "0" : "beyond doubles");
	m->base[c] += m->height[at];
	m->objective -= s.weight.hi * m->height[at] -
			s.weight.hi * (variance - smoothing) * m->narrow[at];
	return ML_OK;
}

static int make_normals(struct ml_nb *m, struct ml_error *err)
{
	double largest = 0, variance;
	struct moments all;
	int rc = ML_OK;

	for (size_t j = 0; j < m->numbers; j++) {
		all = all_moments(m, j);
		if (!(all.weight.hi > 0))
			continue;
		(void)mean_and_variance(&all, &variance);
		largest = fmax(largest, variance);
	}
	for (size_t j = 0; !rc && j < m->numbers; j++) {
		all = all_moments(m, j);
		for (size_t c = 0; !rc && all.weight.hi > 0 && c < m->classes; c++)
			rc = make_normal(m, c, j, &all, m->o.smoothing * largest, err);
	}
	return rc;
}

static void make_counts(struct ml_nb *m)
{
	double numbers = (double)m->numbers, alpha = m->o.alpha;

	for (size_t c = 0; c < m->classes; c++) {
		double total = alpha * numbers;

		for (size_t j = 0; j < m->numbers; j++)
			total += ml_nb_sum(m, ml_nb_first(m, c) + j).hi;
		for (size_t j = 0; j < m->numbers; j++) {
			double sum = ml_nb_sum(m, ml_nb_first(m, c) + j).hi;

			m->table[c * m->numbers + j] = log((sum + alpha) / total);
			m->objective -= sum * m->table[c * m->numbers + j];
		}
	}
}

/* Of number j: the sum over all classes. */
static struct ml_dd all_counts(const struct ml_nb *m, size_t j)
{
	struct ml_dd sum = { 0, 0 };

	for (size_t c = 0; c < m->classes; c++)
		sum = ml_dd_add(sum, ml_nb_sum(m, ml_nb_first(m, c) + j));
	return sum;
}

static void make_complement(struct ml_nb *m)
{
	for (size_t c = 0; c < m->classes; c++) {
		double *row = m->table + c * m->numbers, total = 0, sum = 0;

		for (size_t j = 0; j < m->numbers; j++) {
			struct ml_dd own = ml_nb_sum(m, ml_nb_first(m, c) + j);
			double other = ml_dd_add(all_counts(m, j), minus(own)).hi;

			total += row[j] = (other > 0 ? other : 0) + m->o.alpha;
		}
		for (size_t j = 0; j < m->numbers; j++)
			sum += row[j] = -log(row[j] / total);
		for (size_t j = 0; j < m->numbers; j++) {
			/* One column alone tells nothing: its logarithm is 0. */
			row[j] = m->o.norm && sum > 0 ? row[j] / sum : row[j];
			m->objective -= ml_nb_sum(m, ml_nb_first(m, c) + j).hi * row[j];
		}
	}
}

static void make_cells(struct ml_nb *m)
{
	for (size_t c = 0; c < m->classes; c++) {
		size_t cell = 0;

		for (size_t f = m->numbers; f < m->features; f++) {
			size_t levels = (size_t)m->levels[m->at[f]],
			       at = ml_nb_cells(m, c) + cell;
			double total = m->o.alpha * (double)levels;

			for (size_t l = 0; l < levels; l++)
				total += ml_nb_sum(m, at + l).hi;
			for (size_t l = 0; l < levels; l++) {
				double sum = ml_nb_sum(m, at + l).hi;
				double p = log((sum + m->o.alpha) / total);

				m->cell[(cell + l) * m->classes + c] = p;
				m->objective -= sum * p;
			}
			cell += levels;
		}
	}
}

static int make_priors(struct ml_nb *m, struct ml_error *err)
{
	struct ml_dd all = { 0, 0 };

	for (size_t c = 0; c < m->classes; c++)
		all = ml_dd_add(all, ml_nb_sum(m, c * m->per_class));
	if (!(all.hi > 0 && isfinite(all.hi)))
		return ml_fail(err, ML_EDATA, "E-RANGE", "nb: the weights sum to %g", all.hi);
	for (size_t c = 0; c < m->classes; c++) {
		double mass = ml_nb_sum(m, c * m->per_class).hi;

		m->prior[c] = log(m->priors ? m->priors[c] : mass / all.hi);
		if (!isfinite(m->prior[c]))
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "nb: class %zu has weight %g of %g", c + 1, mass,
				       all.hi);
		/* Complement says what a class is not; how frequent it is has no part in it. */
		if (m->o.kind == ML_NB_COMPLEMENT)
			m->prior[c] = 0;
		m->base[c] = m->prior[c];
		m->objective -= mass * m->prior[c];
	}
	return ML_OK;
}

static bool all_finite(const double *v, size_t n)
{
	for (size_t i = 0; v && i < n; i++)
		if (!isfinite(v[i]))
			return false;
	return true;
}

int ml_nb_make_tables(struct ml_nb *m, struct ml_error *err)
{
	size_t k = m->classes;

	m->objective = 0;
	if (make_priors(m, err))
		return err->code;
	if (ml_nb_moments(m) && make_normals(m, err))
		return err->code;
	if (m->o.kind == ML_NB_MULTINOMIAL)
		make_counts(m);
	if (m->o.kind == ML_NB_COMPLEMENT)
		make_complement(m);
	make_cells(m);
	if (!all_finite(m->hi, k * m->per_class) || !all_finite(m->lo, k * m->per_class) ||
	    !all_finite(m->base, k) || !all_finite(m->table, k * m->numbers) ||
	    !all_finite(m->height, m->height ? k * m->numbers : 0) ||
	    !all_finite(m->cell, k * m->cells))
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "nb: sums over the rows are beyond doubles; scale the columns "
			       "first");
	m->objective = isfinite(m->objective) ? m->objective : DBL_MAX;
	return ML_OK;
}

/* ---- scoring ---- */

enum { LANES = 4 };

/* The sum over numbers of narrow * (x - mean)^2. */
static double distance(const struct ml_nb *m, size_t c, const double *x)
{
	size_t n = m->numbers, j = 0;
	const double *mean = m->table + c * n, *rest = m->rest + c * n,
		     *narrow = m->narrow + c * n;
	double s[LANES] = { 0 };

	for (; j + LANES <= n; j += LANES)
		for (size_t l = 0; l < LANES; l++) {
			double d = (x[j + l] - mean[j + l]) - rest[j + l];
			s[l] += d * d * narrow[j + l];
		}
	for (size_t l = 0; j < n; j++, l++) {
		double d = (x[j] - mean[j]) - rest[j];
		s[l] += d * d * narrow[j];
	}
	return (s[0] + s[1]) + (s[2] + s[3]);
}

static void score_moments(const struct ml_nb *m, const double *x, double *room, double *out)
{
	size_t q = m->numbers;
	bool whole = true;

	for (size_t j = 0; j < q; j++) {
		room[j] = x[m->at[j]];
		whole &= !isnan(room[j]);
	}
	for (size_t c = 0; c < m->classes; c++) {
		if (whole) {
			out[c] = m->base[c] - distance(m, c, room);
			continue;
		}
		out[c] = m->prior[c];
		for (size_t j = 0, at = c * q; j < q; j++, at++) {
			double d = (room[j] - m->table[at]) - m->rest[at];

			if (!isnan(d))
				out[c] += m->height[at] - d * d * m->narrow[at];
		}
	}
}

static void score_counts(const struct ml_nb *m, const double *x, double *room, double *out)
{
	size_t q = m->numbers;

	for (size_t j = 0; j < q; j++)
		room[j] = isnan(x[m->at[j]]) ? 0 : x[m->at[j]];
	for (size_t c = 0; c < m->classes; c++)
		out[c] = m->prior[c] + ml_dot(room, m->table + c * q, q);
}

void ml_nb_scores(const struct ml_nb *m, const double *x, double *room, double *out)
{
	const double *cell = m->cell;

	if (ml_nb_moments(m))
		score_moments(m, x, room, out);
	else
		score_counts(m, x, room, out);
	for (size_t f = m->numbers; f < m->features; f++) {
		double v = x[m->at[f]], levels = m->levels[m->at[f]];

		if (m->o.kind == ML_NB_BERNOULLI && !isnan(v))
			v = v > m->o.binarize;
		if (v >= 0 && v < levels) {
			const double *p = cell + (size_t)v * m->classes;

			for (size_t c = 0; c < m->classes; c++)
				out[c] += p[c];
		}
		cell += (size_t)levels * m->classes;
	}
}
