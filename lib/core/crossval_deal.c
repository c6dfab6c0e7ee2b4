/* crossval_deal.c - which rows each fit learns from, and which it is judged on.
 *
 * Folds by time: a fold is tested with what was learned from the folds before it.  A learning
 * curve takes the first rows of one random order for all its sizes, so that a smaller training
 * part lies in a larger one: each row gets the key (rank in its stratum + 1/2) / (size of its
 * stratum), with the strata shuffled, and the rows with the smallest keys are taken, so that
 * strata keep their shares. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "core/crossval_parts.h"

enum { BINS = 10 }; /* of a number column to stratify by, as data/split has it */

/* Repeat 0 has the folds that ml-split makes with this seed. */
static uint64_t seed_of(uint64_t seed, size_t repeat)
{
	struct ml_rng rng;

	if (!repeat)
		return seed;
	ml_rng_init(&rng, seed, "repeat", repeat);
	return ml_rng_bits(&rng);
}

int ml_cv_deal_init(struct ml_cv_deal *d, const struct ml_cv_plan *plan, size_t rows,
		    const struct ml_run *run, struct ml_error *err)
{
	struct ml_split_plan split = plan->split;

	*d = (struct ml_cv_deal){ .split = &plan->split,
				  .rows = rows,
				  .repeats = plan->repeats };
	if (split.time && plan->repeats > 1)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--repeats: folds by time are always the same");
	if (!rows)
		return ml_fail(err, ML_EDATA, "E-NOROWS", "%s: no rows", plan->file);
	if (!(d->fold = ml_alloc(plan->repeats, rows * sizeof *d->fold, err)))
		return err->code;
	int rc = ML_OK;
	for (size_t r = 0; !rc && r < plan->repeats; r++) {
		split.seed = seed_of(plan->split.seed, r);
		rc = ml_split_rows(&split, rows, run, d->fold + r * rows, err);
	}
	if (!rc)
		rc = ml_strata_init(&d->strata, split.stratify, rows, BINS, err);
	if (rc)
		d->strata = (struct ml_strata){ 0 };
	return rc;
}

void ml_cv_deal_release(struct ml_cv_deal *d)
{
	ml_strata_release(&d->strata);
	free(d->fold);
	*d = (struct ml_cv_deal){ 0 };
}

static bool learns_from(const struct ml_cv_deal *d, size_t of_row, size_t held_out)
{
	return d->split->time ? of_row < held_out : of_row != held_out;
}

static int choose(const struct ml_cv_deal *d, const struct ml_cv_share *share, bool train,
		  size_t **row, size_t *n, struct ml_error *err)
{
	const size_t *fold = d->fold + (share->repeat - 1) * d->rows, held = share->fold - 1;

	*n = 0;
	if (!(*row = ml_alloc(d->rows, sizeof **row, err)))
		return err->code;
	for (size_t i = 0; i < d->rows; i++)
		if (train ? learns_from(d, fold[i], held) : fold[i] == held)
			(*row)[(*n)++] = i;
	return ML_OK;
}

int ml_cv_held_out(const struct ml_cv_deal *d, const struct ml_cv_share *share, size_t **row,
		   size_t *n, struct ml_error *err)
{
	return choose(d, share, false, row, n, err);
}

struct keyed {
	double key;
	size_t order, row;
};

static int by_key(const void *va, const void *vb)
{
	const struct keyed *a = va, *b = vb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static int by_row(const void *va, const void *vb)
{
	const size_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* Keys of the rows, which come shuffled. */
static int give_keys(const struct ml_strata *s, const size_t *row, size_t n,
		     struct keyed *keyed, struct ml_error *err)
{
	size_t *count = ml_alloc(2 * s->n, sizeof *count, err),
	       *rank = count ? count + s->n : NULL;

	if (!count)
		return err->code;
	for (size_t i = 0; i < n; i++)
		count[s->of[row[i]]]++;
	for (size_t i = 0; i < n; i++) {
		size_t c = s->of[row[i]];
		keyed[i] = (struct keyed){ ((double)rank[c]++ + 0.5) / (double)count[c], i,
					   row[i] };
	}
	free(count);
	return ML_OK;
}

int ml_cv_train(const struct ml_cv_deal *d, const struct ml_cv_share *share, size_t **row,
		size_t *n, struct ml_error *err)
{
	struct keyed *keyed = NULL;
	struct ml_rng rng;
	int rc = choose(d, share, true, row, n, err);

	if (rc || !(share->size < 1) || !*n)
		return rc;
	ml_rng_init(&rng, seed_of(d->split->seed, share->repeat - 1), "learning-curve",
		    share->fold);
	ml_rng_shuffle(&rng, *row, *n);
	if (!(keyed = ml_alloc(*n, sizeof *keyed, err)))
		return err->code;
	rc = give_keys(&d->strata, *row, *n, keyed, err);
	if (!rc) {
		qsort(keyed, *n, sizeof *keyed, by_key);
		*n = (size_t)(share->size * (double)*n + 0.5);
		*n += !*n;
		for (size_t i = 0; i < *n; i++)
			(*row)[i] = keyed[i].row;
		qsort(*row, *n, sizeof **row, by_row);
	}
	free(keyed);
	return rc;
}
