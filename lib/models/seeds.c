/* seeds.c - rows that become the first centres. */
#include "models/seeds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "la/slices.h"

/* ---- k-means++ ---- */

/* A round: distances from candidates, of each the sum that it would leave. */
struct round {
	const struct ml_cloud *p;
	struct ml_slices slices;
	struct ml_centres candidate;
	double *nearest; /* n: weight times squared distance from the nearest point so far */
	double *sum;     /* slices x candidates */
	double *room;    /* a row and candidates, for each worker */
	size_t chosen;   /* candidate that is to be taken over, or SIZE_MAX: sums only */
	bool first;
};

static int look(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct round *r = arg;
	size_t m = r->candidate.n, p = r->p->cols;
	double *row = r->room + (size_t)worker * (p + m), *sq = row + p;
	double *sum = r->sum + block * m;

	(void)err;
	memset(sum, 0, m * sizeof *sum);
	for (size_t i = ml_slice_from(&r->slices, block); i < ml_slice_to(&r->slices, block);
	     i++) {
		double w = ml_cloud_weight(r->p, i);

		ml_cloud_row(r->p, i, row);
		ml_centres_squares(&r->candidate, row, sq);
		for (size_t c = 0; c < m; c++) {
			double d = w * sq[c];
			sum[c] += r->first || d < r->nearest[i] ? d : r->nearest[i];
		}
		if (r->chosen < m && (r->first || w * sq[r->chosen] < r->nearest[i]))
			r->nearest[i] = w * sq[r->chosen];
	}
	return ML_OK;
}

/* Row number i for which the sum of v[0..i] passes u times that of all. */
static size_t draw(const double *v, size_t n, double total, double u)
{
	double upto = 0;
	size_t last = 0;

	for (size_t i = 0; i < n; i++) {
		if (!(v[i] > 0))
			continue;
		upto += v[i];
		last = i;
		if (upto > u * total)
			break;
	}
	return last;
}

static double total_of(const struct round *r, size_t c)
{
	double sum = 0;

	for (size_t b = 0; b < r->slices.count; b++)
		sum += r->sum[b * r->candidate.n + c];
	return sum;
}

static int plus(struct ml_centres *c, const struct ml_cloud *p, struct ml_rng *rng,
		const struct ml_run *run, struct ml_error *err)
{
	struct round r = { .p = p, .slices = ml_slices_of(p->n) };
	size_t n = p->n, m = 2 + (size_t)log((double)c->n), cols = p->cols;
	int rc = ml_centres_init(&r.candidate, m, cols, err);

	if (!(r.nearest = ml_alloc(n, sizeof *r.nearest, err)) ||
	    !(r.sum = ml_alloc(r.slices.count * m, sizeof *r.sum, err)) ||
	    !(r.room = ml_alloc((size_t)run->threads * (cols + m), sizeof *r.room, err)))
		rc = err->code;
	double total = 0;
	for (size_t i = 0; !rc && i < n; i++)
		total += r.nearest[i] = ml_cloud_weight(p, i);
	for (size_t k = 0; !rc && k < c->n; k++) {
		r.first = k == 0;
		if (!(total > 0)) {
			rc = ml_fail(err, ML_EDATA, "E-TOOFEW",
				     "%zu clusters of rows of which %zu are different", c->n,
				     k);
			break;
		}
		/* The first is drawn alone. */
		r.candidate.n = k ? m : 1;
		for (size_t t = 0; t < r.candidate.n; t++)
			ml_cloud_row(p, draw(r.nearest, n, total, ml_rng_uniform(rng)),
				     r.candidate.v + t * cols);
		ml_centres_turn(&r.candidate);
		r.chosen = k ? SIZE_MAX : 0;
		if ((rc = ml_parallel(run->threads, r.slices.count, look, &r, err)))
			break;
		size_t best = 0;
		for (size_t t = 1; t < r.candidate.n; t++)
			if (total_of(&r, t) < total_of(&r, best))
				best = t;
		total = total_of(&r, best);
		memcpy(c->v + k * cols, r.candidate.v + best * cols, cols * sizeof *c->v);
		r.chosen = best;
		if (k && (rc = ml_parallel(run->threads, r.slices.count, look, &r, err)))
			break;
	}
	free(r.room);
	free(r.sum);
	free(r.nearest);
	ml_centres_release(&r.candidate);
	return rc;
}

/* ---- others ---- */

static int random_rows(struct ml_centres *c, const struct ml_cloud *p, struct ml_rng *rng,
		       struct ml_error *err)
{
	size_t n = p->n;
	double *left = ml_alloc(n, sizeof *left, err), total = 0;

	if (!left)
		return err->code;
	for (size_t i = 0; i < n; i++)
		total += left[i] = ml_cloud_weight(p, i);
	for (size_t k = 0; k < c->n; k++) {
		size_t i = draw(left, n, total, ml_rng_uniform(rng));

		ml_cloud_row(p, i, c->v + k * c->p);
		total -= left[i];
		left[i] = 0;
	}
	free(left);
	return ML_OK;
}

int ml_seeds_choose(struct ml_centres *c, const struct ml_cloud *p, enum ml_seeds how,
		    uint64_t turn, const struct ml_run *run, struct ml_error *err)
{
	struct ml_rng rng;
	int rc = ML_OK;

	if (p->n < c->n)
		return ml_fail(err, ML_EDATA, "E-TOOFEW", "%zu clusters of %zu row%s", c->n,
			       p->n, p->n == 1 ? "" : "s");
	ml_rng_init(&rng, run->seed, "k-means seeds", turn);
	if (how == ML_SEEDS_PLUS)
		rc = plus(c, p, &rng, run, err);
	else if (how == ML_SEEDS_RANDOM)
		rc = random_rows(c, p, &rng, err);
	else
		for (size_t k = 0; k < c->n; k++)
			ml_cloud_row(p, k, c->v + k * c->p);
	if (!rc)
		ml_centres_turn(c);
	return rc;
}
