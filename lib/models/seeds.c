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

/* Candidates are held against so many rows; more tell little more. */
enum { SAMPLE = 1 << 14, LANES = 4 };

/* Rows against candidates. */
struct round {
	const struct ml_cloud *p;
	size_t step;             /* rows 0, step, 2 step, ... are looked at */
	struct ml_slices slices; /* of them */
	struct ml_centres candidate;
	double *nearest; /* n: weight times squared distance from the nearest point so far */
	double *sum;     /* slices x candidates: what each would leave */
	double *room;    /* a row and candidates, for each worker */
	bool first;      /* there is no point before */
};

static int look(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct round *r = arg;
	size_t m = r->candidate.n, p = r->p->cols;
	double *row = r->room + (size_t)worker * (p + m), *sq = row + p;
	double *sum = r->sum + block * m;

	(void)err;
	memset(sum, 0, m * sizeof *sum);
	for (size_t t = ml_slice_from(&r->slices, block); t < ml_slice_to(&r->slices, block);
	     t++) {
		size_t i = t * r->step;
		double w = ml_cloud_weight(r->p, i);

		ml_cloud_row(r->p, i, row);
		ml_centres_squares(&r->candidate, row, sq);
		for (size_t c = 0; c < m; c++)
			sum[c] += fmin(w * sq[c], r->nearest[i]);
	}
	return ML_OK;
}

/* The first candidate is a point now: `nearest` is brought up to date. */
static int settle(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct round *r = arg;
	size_t end = ml_slice_to(&r->slices, block), m;
	double sq[ML_CLOUD_ROWS], sum = 0;

	(void)worker;
	(void)err;
	for (size_t from = ml_slice_from(&r->slices, block); from < end; from += m) {
		m = end - from < ML_CLOUD_ROWS ? end - from : ML_CLOUD_ROWS;
		ml_cloud_squares(r->p, from, m, r->candidate.v, sq);
		for (size_t i = 0; i < m; i++) {
			double d = ml_cloud_weight(r->p, from + i) * sq[i];
			double *nearest = &r->nearest[from + i];

			*nearest = r->first || d < *nearest ? d : *nearest;
			sum += *nearest;
		}
	}
	r->sum[block] = sum;
	return ML_OK;
}

static double total_of(const struct round *r, size_t c)
{
	double sum = 0;

	for (size_t b = 0; b < r->slices.count; b++)
		sum += r->sum[b * r->candidate.n + c];
	return sum;
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

/* The best of m candidates, which are drawn, becomes the first. */
static int best_of(struct round *r, size_t m, double total, struct ml_rng *rng,
		   const struct ml_run *run, struct ml_error *err)
{
	size_t n = r->p->n, cols = r->p->cols, best = 0;

	r->candidate.n = m;
	for (size_t t = 0; t < m; t++)
		ml_cloud_row(r->p, draw(r->nearest, n, total, ml_rng_uniform(rng)),
			     r->candidate.v + t * cols);
	ml_centres_turn(&r->candidate);
	if (m == 1)
		return ML_OK;
	r->step = n > SAMPLE ? n / SAMPLE : 1;
	r->slices = ml_slices_of(n / r->step);
	int rc = ml_parallel(run->threads, r->slices.count, look, r, err);
	for (size_t t = 1; t < m; t++)
		if (total_of(r, t) < total_of(r, best))
			best = t;
	memmove(r->candidate.v, r->candidate.v + best * cols, cols * sizeof *r->candidate.v);
	return rc;
}

/* The first candidate is point k. */
static int take(struct round *r, struct ml_centres *c, size_t k, double *total,
		const struct ml_run *run, struct ml_error *err)
{
	memcpy(c->v + k * c->p, r->candidate.v, c->p * sizeof *c->v);
	r->candidate.n = 1;
	r->slices = ml_slices_of(r->p->n);
	r->first = k == 0;
	int rc = ml_parallel(run->threads, r->slices.count, settle, r, err);
	*total = total_of(r, 0);
	return rc;
}

static int plus(struct ml_centres *c, const struct ml_cloud *p, struct ml_rng *rng,
		const struct ml_run *run, struct ml_error *err)
{
	struct round r = { .p = p };
	size_t n = p->n, m = (2 + (size_t)log((double)c->n) + LANES - 1) / LANES * LANES;
	int rc = ml_centres_init(&r.candidate, m, p->cols, err);

	if (!(r.nearest = ml_alloc(n, sizeof *r.nearest, err)) ||
	    !(r.sum = ml_alloc(ML_SLICES * m, sizeof *r.sum, err)) ||
	    !(r.room = ml_alloc((size_t)run->threads * (p->cols + m), sizeof *r.room, err)))
		rc = err->code;
	double total = 0;
	for (size_t i = 0; !rc && i < n; i++)
		total += r.nearest[i] = ml_cloud_weight(p, i);
	for (size_t k = 0; !rc && k < c->n; k++) {
		if (!(total > 0)) {
			rc = ml_fail(err, ML_EDATA, "E-TOOFEW",
				     "%zu clusters of rows of which %zu are different", c->n,
				     k);
			break;
		}
		/* The first is drawn alone, and so are all when time is up. */
		rc = best_of(&r, k && !ml_run_over(run) ? m : 1, total, rng, run, err);
		if (!rc)
			rc = take(&r, c, k, &total, run, err);
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
	for (size_t k = 0; how == ML_SEEDS_FIRST && k < c->n; k++)
		ml_cloud_row(p, k, c->v + k * c->p);
	for (size_t k = 0; how == ML_SEEDS_GIVEN && k < c->n; k++)
		memcpy(c->v + k * c->p, p->p->starts.v + k * p->p->starts.ld,
		       c->p * sizeof *c->v);
	if (!rc)
		ml_centres_turn(c);
	return rc;
}
