/* clustercount.c - how many clusters there are.
 *
 * silhouette: the number with the largest mean silhouette of a sample of rows
 * (la/silhouette.h). gap: Gap(k) = mean_b log W_kb - log W_k, W_k the inertia of k clusters of
 * a sample, W_kb that of as many rows spread evenly over the box that holds it; the smallest k
 * with Gap(k) >= Gap(k + 1) - s_(k+1), s = sqrt(1 + 1 / B) times the deviation of log W_kb
 * (Tibshirani, Walther, Hastie 2001). elbow: the number whose inertia lies farthest below the
 * line from the first number to the last, both axes scaled to 0..1 (Satopaa et al. 2011). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "la/silhouette.h"
#include "models/clustering.h"

enum { SAMPLE = 3000, BOXES = 10 };

void ml_numbers_release(struct ml_numbers *t)
{
	free(t->k);
	free(t->inertia);
	free(t->score);
	*t = (struct ml_numbers){ 0 };
}

/* ---- a sample of the rows ---- */

struct sample {
	struct ml_problem p;
	double *x, *w; /* owned */
	double *lo, *hi;
};

static int sample_init(struct sample *s, const struct ml_cloud *c, const struct ml_run *run,
		       struct ml_error *err)
{
	size_t n = c->n < SAMPLE ? c->n : SAMPLE, m = 0, p = c->cols;
	struct ml_rng rng;

	if (!(s->x = ml_alloc(n, p * sizeof *s->x, err)) ||
	    !(s->lo = ml_alloc(p, sizeof *s->lo, err)) ||
	    !(s->hi = ml_alloc(p, sizeof *s->hi, err)) ||
	    (c->p->w && !(s->w = ml_alloc(n, sizeof *s->w, err))))
		return err->code;
	ml_rng_init(&rng, run->seed, "rows for numbers of clusters", 0);
	for (size_t i = 0; m < n; i++) {
		if (ml_rng_below(&rng, c->n - i) >= n - m)
			continue;
		ml_cloud_row(c, i, s->x + m * p);
		if (s->w)
			s->w[m] = c->p->w[i];
		for (size_t j = 0; j < p; j++) {
			double v = s->x[m * p + j];
			s->lo[j] = m && s->lo[j] < v ? s->lo[j] : v;
			s->hi[j] = m && s->hi[j] > v ? s->hi[j] : v;
		}
		m++;
	}
	s->p = (struct ml_problem){ .x = { s->x, n, p, p }, .w = s->w, .task = ML_CLUSTER };
	return ML_OK;
}

static void sample_release(struct sample *s)
{
	free(s->x);
	free(s->w);
	free(s->lo);
	free(s->hi);
}

/* ---- silhouette ---- */

static int silhouette(const struct sample *s, const struct ml_centres *c,
		      const struct ml_run *run, double *score, struct ml_error *err)
{
	size_t n = s->p.x.rows;
	int32_t *own = ml_alloc(n, sizeof *own, err);
	double *sq = ml_alloc(c->n, sizeof *sq, err), sum = 0, all = 0;
	struct ml_silhouettes found = { .value = ml_alloc(n, sizeof *found.value, err) };
	int rc = own && sq && found.value ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < n; i++) {
		ml_centres_squares(c, s->x + i * c->p, sq);
		own[i] = (int32_t)ml_centres_nearest(c, sq);
	}
	if (!rc)
		rc = ml_silhouettes(&found, &s->p.x, own, c->n, s->w, run->threads, err);
	for (size_t i = 0; !rc && i < n; i++)
		if (!isnan(found.value[i])) {
			sum += (s->w ? s->w[i] : 1) * found.value[i];
			all += s->w ? s->w[i] : 1;
		}
	*score = all > 0 ? sum / all : -1;
	free(found.value);
	free(sq);
	free(own);
	return rc;
}

/* ---- gap ---- */

static int log_inertia(const struct ml_problem *p, const struct ml_kmeans_plan *plan, size_t k,
		       const struct ml_run *run, double *out, struct ml_error *err)
{
	struct ml_kmeans_plan quick = *plan;
	struct ml_clustering c = { 0 };
	struct ml_cloud cloud;
	int rc = ml_cloud_init(&cloud, p, run, err);

	quick.batch = 0;
	quick.how = ML_SEEDS_PLUS;
	if (!rc)
		rc = ml_clustering_fit(&c, &cloud, &quick, k, run, err);
	*out = log(fmax(c.inertia, 1e-300));
	ml_clustering_release(&c);
	ml_cloud_release(&cloud);
	return rc;
}

/* *gap and its error s. */
static int gap(const struct sample *s, const struct ml_kmeans_plan *plan, size_t k,
	       const struct ml_run *run, double *score, double *off, struct ml_error *err)
{
	size_t n = s->p.x.rows, p = s->p.x.cols;
	double *x = ml_alloc(n, p * sizeof *x, err), w[BOXES], own = 0, mean = 0, ss = 0;
	struct ml_problem box = { .x = { x, n, p, p }, .task = ML_CLUSTER };
	struct ml_run quiet = *run;
	int rc = x ? ML_OK : err->code;

	quiet.progress = NULL;
	for (uint64_t b = 0; !rc && b < BOXES; b++) {
		struct ml_rng rng;

		ml_rng_init(&rng, run->seed, "box of rows", b);
		for (size_t i = 0; i < n * p; i++)
			x[i] = s->lo[i % p] +
			       ml_rng_uniform(&rng) * (s->hi[i % p] - s->lo[i % p]);
		rc = log_inertia(&box, plan, k, &quiet, &w[b], err);
		mean += rc ? 0 : w[b] / BOXES;
	}
	if (!rc)
		rc = log_inertia(&s->p, plan, k, &quiet, &own, err);
	for (size_t b = 0; !rc && b < BOXES; b++)
		ss += (w[b] - mean) * (w[b] - mean) / BOXES;
	*score = mean - own;
	*off = sqrt(ss * (1 + 1.0 / BOXES));
	free(x);
	return rc;
}

/* ---- which one ---- */

static void score_elbow(struct ml_numbers *t)
{
	size_t last = t->n - 1;
	double drop = t->inertia[0] - t->inertia[last];

	for (size_t i = 0; i < t->n; i++)
		t->score[i] = drop > 0 ? 1 - (double)i / (double)last -
						 (t->inertia[i] - t->inertia[last]) / drop
				       : -(double)i;
}

static size_t best_of(const struct ml_numbers *t, const double *off, enum ml_choose_by by)
{
	size_t best = 0;

	for (size_t i = 1; by != ML_BY_GAP && i < t->n; i++)
		if (t->score[i] > t->score[best])
			best = i;
	while (by == ML_BY_GAP && best + 1 < t->n &&
	       t->score[best] < t->score[best + 1] - off[best + 1])
		best++;
	return best;
}

static int numbers_init(struct ml_numbers *t, const struct ml_kmeans_plan *plan,
			struct ml_error *err)
{
	t->n = plan->hi - plan->lo + 1;
	if (!(t->k = ml_alloc(t->n, sizeof *t->k, err)) ||
	    !(t->inertia = ml_alloc(t->n, sizeof *t->inertia, err)) ||
	    !(t->score = ml_alloc(t->n, sizeof *t->score, err)))
		return err->code;
	return ML_OK;
}

static int try_number(struct ml_clustering *c, struct ml_numbers *t, size_t i, double *off,
		      const struct sample *s, const struct ml_cloud *cloud,
		      const struct ml_kmeans_plan *plan, const struct ml_run *run,
		      struct ml_error *err)
{
	int rc = ml_clustering_fit(c, cloud, plan, plan->lo + i, run, err);

	t->k[i] = (int32_t)(plan->lo + i);
	t->inertia[i] = c->inertia;
	if (!rc && plan->by == ML_BY_SILHOUETTE)
		rc = silhouette(s, &c->centres, run, &t->score[i], err);
	if (!rc && plan->by == ML_BY_GAP)
		rc = gap(s, plan, plan->lo + i, run, &t->score[i], &off[i], err);
	return rc;
}

int ml_clustering_choose(struct ml_clustering *best, struct ml_numbers *tried,
			 const struct ml_cloud *cloud, const struct ml_kmeans_plan *plan,
			 const struct ml_run *run, struct ml_error *err)
{
	struct sample s = { 0 };
	struct ml_clustering *all = NULL;
	double *off = NULL;
	int rc = numbers_init(tried, plan, err);

	if (!rc && (!(all = ml_alloc(tried->n, sizeof *all, err)) ||
		    !(off = ml_alloc(tried->n, sizeof *off, err))))
		rc = err->code;
	if (!rc)
		rc = sample_init(&s, cloud, run, err);
	for (size_t i = 0; !rc && i < tried->n; i++)
		rc = try_number(&all[i], tried, i, off, &s, cloud, plan, run, err);
	if (!rc) {
		if (plan->by == ML_BY_ELBOW)
			score_elbow(tried);
		size_t i = best_of(tried, off, plan->by);

		*best = all[i];
		all[i] = (struct ml_clustering){ 0 };
	}
	for (size_t i = 0; all && i < tried->n; i++)
		ml_clustering_release(&all[i]);
	free(off);
	free(all);
	sample_release(&s);
	return rc;
}
