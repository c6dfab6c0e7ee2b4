/* inside.c - clusters judged by the rows in them.
 *
 * With c_k the mean of cluster k of K, W_k its weight, c that of all rows, S_k the mean
 * distance of its rows from c_k: inertia sum w |x - c_k|^2; Calinski, Harabasz (1974) (sum W_k
 * |c_k - c|^2 / (K - 1)) / (inertia / (W - K)); Davies, Bouldin (1979) mean_k max_l (S_k + S_l)
 * / |c_k - c_l|; silhouette and Dunn (1974): la/silhouette.h. */
#include "metrics/inside.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/dd.h"
#include "la/silhouette.h"
#include "metrics/sheet.h"

struct centres {
	size_t k, p, clusters; /* codes; features; codes that have rows */
	/* (k + 1) x p, the last of all rows, in double-double: rows far from 0 and near each
	 * other are as far from their mean as they would be about 0; owned. */
	struct ml_dd *mean;
	double *weight; /* k + 1; owned, with what follows */
	double *spread; /* k: mean distance from the mean */
	double inertia;
};

static double weight_of(const double *w, size_t i)
{
	return w ? w[i] : 1;
}

/* Which cluster, or -1. */
static int32_t own_of(const struct ml_scored *rows, size_t i)
{
	return rows->pred[i] == rows->noise ? -1 : rows->pred[i];
}

static double square(const double *x, const struct ml_dd *mean, size_t p)
{
	double sum = 0;

	for (size_t j = 0; j < p; j++) {
		double d = x[j] - mean[j].hi - mean[j].lo;
		sum += d * d;
	}
	return sum;
}

static double square_of_means(const struct ml_dd *a, const struct ml_dd *b, size_t p)
{
	double sum = 0;

	for (size_t j = 0; j < p; j++) {
		double d = a[j].hi - b[j].hi + (a[j].lo - b[j].lo);
		sum += d * d;
	}
	return sum;
}

/* ---- centres ---- */

static int find_means(struct centres *c, const struct ml_scored *rows, const double *w,
		      struct ml_error *err)
{
	size_t all = c->k * c->p;
	struct ml_dd *sum = ml_alloc((c->k + 1) * (c->p + 1), sizeof *sum, err);

	if (!sum)
		return err->code;
	struct ml_dd *mass = sum + (c->k + 1) * c->p;
	for (size_t i = 0; i < rows->n; i++) {
		const double *x = rows->x.v + i * rows->x.ld;
		int32_t own = own_of(rows, i);

		for (size_t j = 0; own >= 0 && j < c->p; j++) {
			ml_acc_mul(&sum[(size_t)own * c->p + j], weight_of(w, i), x[j]);
			ml_acc_mul(&sum[all + j], weight_of(w, i), x[j]);
		}
		if (own >= 0) {
			ml_acc_add(&mass[own], weight_of(w, i));
			ml_acc_add(&mass[c->k], weight_of(w, i));
		}
	}
	for (size_t k = 0; k <= c->k; k++) {
		c->weight[k] = ml_acc_end(mass[k]).hi;
		for (size_t j = 0; c->weight[k] > 0 && j < c->p; j++)
			c->mean[k * c->p + j] =
				ml_dd_div(ml_acc_end(sum[k * c->p + j]), ml_acc_end(mass[k]));
		c->clusters += k < c->k && c->weight[k] > 0;
	}
	free(sum);
	return ML_OK;
}

static int find_spread(struct centres *c, const struct ml_scored *rows, const double *w,
		       struct ml_error *err)
{
	struct ml_dd inertia = { 0, 0 }, *sum = ml_alloc(c->k, sizeof *sum, err);

	if (!sum)
		return err->code;
	for (size_t i = 0; i < rows->n; i++) {
		int32_t own = own_of(rows, i);

		if (own < 0 || !(weight_of(w, i) > 0))
			continue;
		double d =
			square(rows->x.v + i * rows->x.ld, c->mean + (size_t)own * c->p, c->p);
		ml_acc_mul(&inertia, weight_of(w, i), d);
		ml_acc_mul(&sum[own], weight_of(w, i), sqrt(d));
	}
	c->inertia = ml_acc_end(inertia).hi;
	for (size_t k = 0; k < c->k; k++)
		c->spread[k] = c->weight[k] > 0 ? ml_acc_end(sum[k]).hi / c->weight[k] : 0;
	free(sum);
	return ML_OK;
}

/* ---- figures of them ---- */

static double calinski_harabasz(const struct centres *c)
{
	double between = 0, k = (double)c->clusters;

	for (size_t i = 0; i < c->k; i++)
		if (c->weight[i] > 0)
			between += c->weight[i] * square_of_means(c->mean + i * c->p,
								  c->mean + c->k * c->p, c->p);
	return c->clusters < 2 ? (double)NAN
			       : between / (k - 1) / (c->inertia / (c->weight[c->k] - k));
}

static double davies_bouldin(const struct centres *c)
{
	double sum = 0;

	for (size_t i = 0; i < c->k; i++) {
		double worst = 0;

		for (size_t j = 0; j < c->k && c->weight[i] > 0; j++)
			if (j != i && c->weight[j] > 0)
				worst = fmax(worst, (c->spread[i] + c->spread[j]) /
							    sqrt(square_of_means(
								    c->mean + i * c->p,
								    c->mean + j * c->p, c->p)));
		sum += worst;
	}
	return c->clusters < 2 ? (double)NAN : sum / (double)c->clusters;
}

static int by_centres(struct ml_inside *in, const struct ml_scored *rows, const double *w,
		      struct ml_error *err)
{
	struct centres c = { .k = rows->classes, .p = rows->x.cols };

	if (!(c.mean = ml_alloc((c.k + 1) * c.p, sizeof *c.mean, err)) ||
	    !(c.weight = ml_alloc(2 * (c.k + 1), sizeof *c.weight, err))) {
		free(c.mean);
		return err->code;
	}
	c.spread = c.weight + c.k + 1;
	int rc = find_means(&c, rows, w, err);
	if (!rc)
		rc = find_spread(&c, rows, w, err);
	if (!rc && c.clusters) {
		in->inertia = c.inertia;
		in->calinski_harabasz = calinski_harabasz(&c);
		in->davies_bouldin = davies_bouldin(&c);
	}
	free(c.weight);
	free(c.mean);
	return rc;
}

/* ---- pairs of rows ---- */

/* The rows looked at. */
struct sample {
	struct ml_mat x;
	int32_t *group;
	double *w, *value; /* w NULL: all 1 */
};

static int take_sample(struct sample *s, const struct ml_scored *rows, const double *w,
		       struct ml_error *err)
{
	size_t n = rows->sample ? rows->sampled : rows->n, p = rows->x.cols;
	bool ok = (s->group = ml_alloc(n, sizeof *s->group, err)) &&
		  (s->value = ml_alloc(n, sizeof *s->value, err)) &&
		  (!w || (s->w = ml_alloc(n, sizeof *s->w, err)));

	s->x = rows->x;
	s->x.rows = n;
	if (ok && rows->sample) {
		s->x = (struct ml_mat){ ml_alloc(n, p * sizeof(double), err), n, p, p };
		ok = s->x.v;
	}
	for (size_t t = 0; ok && t < n; t++) {
		size_t i = rows->sample ? rows->sample[t] : t;

		s->group[t] = own_of(rows, i);
		if (w)
			s->w[t] = w[i];
		if (rows->sample)
			memcpy(s->x.v + t * p, rows->x.v + i * rows->x.ld, p * sizeof(double));
	}
	return ok ? ML_OK : err->code;
}

static int by_pairs(struct ml_inside *in, const struct ml_scored *rows, const double *w,
		    struct ml_error *err)
{
	struct sample s = { 0 };
	struct ml_silhouettes found = { 0 };
	struct ml_dd sum = { 0, 0 }, mass = { 0, 0 };
	int rc = take_sample(&s, rows, w, err);

	found.value = s.value;
	if (!rc)
		rc = ml_silhouettes(&found, &s.x, s.group, rows->classes, s.w,
				    rows->threads > 0 ? rows->threads : 1, err);
	for (size_t i = 0; !rc && i < s.x.rows; i++)
		if (!isnan(s.value[i])) {
			ml_acc_mul(&sum, weight_of(s.w, i), s.value[i]);
			ml_acc_add(&mass, weight_of(s.w, i));
		}
	if (!rc) {
		in->silhouette = ml_acc_end(sum).hi / ml_acc_end(mass).hi;
		in->dunn = found.between / found.within;
	}
	free(s.value);
	free(s.w);
	free(s.group);
	if (rows->sample)
		free(s.x.v);
	return rc;
}

int ml_inside_fill(struct ml_inside *in, const struct ml_scored *rows, const double *w,
		   unsigned needs, struct ml_error *err)
{
	int rc = ML_OK;

	*in = (struct ml_inside){ NAN, NAN, NAN, NAN, NAN };
	if (needs & ML_NEEDS_FEATURES)
		rc = by_centres(in, rows, w, err);
	if (!rc && needs & ML_NEEDS_PAIRS)
		rc = by_pairs(in, rows, w, err);
	return rc;
}

/* ---- the registry's entries ---- */

#define VALUE(name) \
	static double name##_of(const struct ml_parts *p, const struct ml_metric_opts *o) \
	{ \
		(void)o; \
		return p->inside.name; \
	}
VALUE(silhouette)
VALUE(dunn)
VALUE(inertia)
VALUE(calinski_harabasz)
VALUE(davies_bouldin)

#define METRIC(id, title, others, says, never, asks, better, low, high, usual) \
	const struct ml_metric ml_metric_##id = { \
		.name = title, \
		.aliases = others, \
		.summary = says, \
		.undefined = never, \
		.task = ML_FOR_CLUSTERS, \
		.needs = ML_NEEDS_PRED | ML_NEEDS_FEATURES | (asks), \
		.higher_better = better, \
		.lo = low, \
		.hi = high, \
		.by_default = usual, \
		.value = id##_of, \
	}

METRIC(silhouette, "silhouette", NULL,
       "mean of how much nearer rows are to their cluster than to the next, by the larger "
       "distance",
       "there are no two clusters", ML_NEEDS_PAIRS, true, -1, 1, true);
METRIC(dunn, "dunn", "dunn-index",
       "smallest distance between clusters by the largest within one",
       "there are no two clusters, or no two different rows in one", ML_NEEDS_PAIRS, true, 0,
       (double)INFINITY, false);
METRIC(inertia, "inertia", "within-ss",
       "sum of squared distances of rows from their cluster's mean", "there is no cluster", 0,
       false, 0, (double)INFINITY, true);
METRIC(calinski_harabasz, "calinski-harabasz", "ch,variance-ratio",
       "variance between clusters by that within",
       "there are no two clusters, or each is one place", 0, true, 0, (double)INFINITY, true);
METRIC(davies_bouldin, "davies-bouldin", "db",
       "mean over clusters of the largest ratio of two spreads to the way between their means",
       "there are no two clusters, or two have one mean", 0, false, 0, (double)INFINITY, true);
