/* boost_sample.c - which rows and features a tree is grown on.
 *
 * Uniform: each row with the chance --subsample.  By gradient (GOSS; Ke et al. 2017, algorithm
 * 2): the rows of the largest gradients, a share a of all, and of the others a share b of all,
 * drawn by lot, whose gradients count (1 - a) / b times as much, so that sums stay what they
 * were on average. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "models/boost_parts.h"

void ml_boost_draw_rows(struct ml_boosting *f, size_t round)
{
	size_t n = f->p->x.rows;
	bool all = f->o->subsample >= 1 || f->o->sampling == ML_BOOST_GOSS;
	struct ml_rng r;

	f->n_rows = 0;
	ml_rng_init(&r, f->run->seed, "boost rows", round);
	for (size_t i = 0; i < n; i++)
		if (all || ml_rng_uniform(&r) < f->o->subsample)
			f->rows[f->n_rows++] = (uint32_t)i;
	if (!f->n_rows)
		f->rows[f->n_rows++] = (uint32_t)ml_rng_below(&r, n);
}

/* Exactly the share asked for, one at least (Knuth, algorithm S). */
void ml_boost_draw_features(struct ml_boosting *f, size_t tree)
{
	size_t left = f->p->x.cols;
	size_t want = (size_t)ceil(f->o->colsample * (double)left);
	struct ml_rng r;

	ml_rng_init(&r, f->run->seed, "boost features", tree);
	for (size_t j = 0; j < f->p->x.cols; j++, left--) {
		f->use[j] = ml_rng_below(&r, left) < want;
		want -= f->use[j];
	}
}

/* Sizes are told apart by exponent and four more bits: that is close enough for a share of the
 * rows, and takes one pass. */
enum { BUCKETS = 1 << 15 };

static size_t bucket_of(double g)
{
	uint64_t bits;

	memcpy(&bits, &g, sizeof bits);
	return bits << 1 >> 49;
}

/* The bucket from which on gradients are large: `top` rows at most are. */
static int find_large(const struct ml_boosting *f, size_t top, size_t *bucket, size_t *large,
		      struct ml_error *err)
{
	size_t *count = ml_alloc(BUCKETS, sizeof *count, err);

	if (!count)
		return err->code;
	for (size_t i = 0; i < f->p->x.rows; i++)
		count[bucket_of(f->g[i])]++;
	*large = 0;
	for (*bucket = BUCKETS; *bucket && *large + count[*bucket - 1] <= top; --*bucket)
		*large += count[*bucket - 1];
	free(count);
	return ML_OK;
}

int ml_boost_draw_by_gradient(struct ml_boosting *f, size_t tree, struct ml_error *err)
{
	size_t n = f->p->x.rows, bucket = 0, large = 0;
	struct ml_rng r;

	if (find_large(f, (size_t)(f->o->top_rate * (double)n), &bucket, &large, err))
		return err->code;
	double want = (f->o->top_rate + f->o->other_rate) * (double)n - (double)large;
	double chance = fmin(want / (double)(n - large), 1);
	f->n_rows = 0;
	ml_rng_init(&r, f->run->seed, "boost gradients", tree);
	for (size_t i = 0; i < n; i++) {
		if (bucket_of(f->g[i]) < bucket) {
			if (!(ml_rng_uniform(&r) < chance))
				continue;
			f->g[i] /= chance;
			f->h[i] /= chance;
		}
		f->rows[f->n_rows++] = (uint32_t)i;
	}
	if (!f->n_rows)
		f->rows[f->n_rows++] = (uint32_t)ml_rng_below(&r, n);
	return ML_OK;
}
