/* dealing.c - whole groups dealt to parts.
 *
 * The distance of a deal from the wanted one is Pearson's chi-square over parts f and
 * classes c (and all rows as one class more),
 *
 *     sum_fc (count_fc - want_fc)^2 / want_fc,   want_fc = share_f * rows of class c.
 *
 * A group with g_c rows of class c adds sum_c (2 g_c (count_fc / want_fc - 1) + g_c^2 /
 * want_fc) to it in part f; it goes where that is least.  Large groups first, so that small
 * ones even out what they left (Graham's LPT rule); sizes are rounded to powers of two, so that
 * another seed gives another deal although all sizes differ. */
#include "data/dealing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SIZES = 64 }; /* powers of two */

struct deal {
	size_t parts, classes;
	const double *share;
	const size_t *class_size;
	double rows;
	size_t *count;   /* parts x classes */
	size_t *total;   /* parts: rows */
	size_t *groups;  /* parts: groups */
	size_t *held;    /* classes: rows of the group at hand */
	size_t *touched; /* classes of the group at hand */
};

static size_t size_class(size_t n)
{
	size_t c = 0;

	while (n >>= 1)
		c++;
	return c;
}

/* Groups by falling size class, shuffled within. */
static int order_groups(const struct ml_strata *groups, struct ml_rng *rng, size_t *order,
			struct ml_error *err)
{
	size_t *shuffled = ml_alloc(groups->n, sizeof *shuffled, err), place[SIZES + 1] = { 0 };

	if (!shuffled)
		return err->code;
	for (size_t g = 0; g < groups->n; g++) {
		shuffled[g] = g;
		place[SIZES - size_class(groups->size[g])]++;
	}
	for (size_t c = 1; c <= SIZES; c++)
		place[c] += place[c - 1];
	ml_rng_shuffle(rng, shuffled, groups->n);
	for (size_t k = 0; k < groups->n; k++) {
		size_t g = shuffled[k];

		order[place[SIZES - 1 - size_class(groups->size[g])]++] = g;
	}
	free(shuffled);
	return ML_OK;
}

static double added(double rows, double count, double want)
{
	return 2 * rows * (count / want - 1) + rows * rows / want;
}

/* The part for a group of `size` rows, whose classes are touched[0..n). */
static size_t best_part(const struct deal *d, size_t size, size_t n, bool only_empty)
{
	size_t best = 0;
	double least = (double)INFINITY;

	for (size_t f = 0; f < d->parts; f++) {
		if (only_empty && d->groups[f])
			continue;
		double sum = added((double)size, (double)d->total[f], d->share[f] * d->rows);

		for (size_t k = 0; k < n; k++) {
			size_t c = d->touched[k];

			sum += added((double)d->held[c], (double)d->count[f * d->classes + c],
				     d->share[f] * (double)d->class_size[c]);
		}
		if (sum < least) {
			least = sum;
			best = f;
		}
	}
	return best;
}

/* Deals the group of the rows row[0..size). */
static size_t deal_group(struct deal *d, const size_t *row, size_t size,
			 const struct ml_strata *classes, bool only_empty)
{
	size_t n = 0;

	for (size_t i = 0; classes && i < size; i++) {
		size_t c = classes->of[row[i]];

		if (!d->held[c]++)
			d->touched[n++] = c;
	}
	size_t f = best_part(d, size, n, only_empty);
	d->total[f] += size;
	d->groups[f]++;
	for (size_t k = 0; k < n; k++) {
		size_t c = d->touched[k];

		d->count[f * d->classes + c] += d->held[c];
		d->held[c] = 0;
	}
	return f;
}

int ml_deal_groups(const struct ml_strata *groups, const struct ml_strata *classes, size_t rows,
		   const double *share, size_t parts, struct ml_rng *rng, size_t *part_of,
		   struct ml_error *err)
{
	struct deal d = { .parts = parts, .share = share, .rows = (double)rows };
	size_t *row = NULL, *from = NULL, *order = NULL, empty = parts;
	int rc = ml_strata_rows(groups, rows, &row, &from, err);

	d.classes = classes ? classes->n : 0;
	d.class_size = classes ? classes->size : NULL;
	if (!rc && !((d.count = ml_alloc(parts, (d.classes + 1) * sizeof *d.count, err)) &&
		     (d.total = ml_alloc(parts, sizeof *d.total, err)) &&
		     (d.groups = ml_alloc(parts, sizeof *d.groups, err)) &&
		     (d.held = ml_alloc(d.classes, sizeof *d.held, err)) &&
		     (d.touched = ml_alloc(d.classes, sizeof *d.touched, err)) &&
		     (order = ml_alloc(groups->n, sizeof *order, err))))
		rc = err->code;
	if (!rc)
		rc = order_groups(groups, rng, order, err);
	for (size_t k = 0; !rc && k < groups->n; k++) {
		size_t g = order[k];

		part_of[g] = deal_group(&d, row + from[g], groups->size[g], classes,
					groups->n - k <= empty);
		empty -= d.groups[part_of[g]] == 1;
	}
	free(d.count);
	free(d.total);
	free(d.groups);
	free(d.held);
	free(d.touched);
	free(order);
	free(row);
	free(from);
	return rc;
}
