/* binned.h - features as bins, a byte a cell: what trees are grown on.
 *
 * A number feature is cut at up to 254 places, so that each bin holds about as much weight as
 * the others; a value that is frequent enough has a bin of its own, and where there are no more
 * distinct values than bins, each has one.  Cuts lie halfway between neighbouring values.  A
 * category feature has a bin for each level, the heaviest ones where they are too many.  What
 * is missing (a level without a bin is, too) has a bin of its own, behind the others. */
#ifndef ML_MODELS_BINNED_H
#define ML_MODELS_BINNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "models/model.h"

enum { ML_BINS = 255 }; /* of values; a byte holds one more, for what is missing */

struct ml_cuts {
	size_t bins;    /* of values, 1..ML_BINS; bin number `bins` is that of missing cells */
	double *upper;  /* numbers: bins - 1 ascending cuts: v is in the first bin b with v <=
			 * upper[b], else in the last; owned */
	size_t levels;  /* categories: how many; 0: a number */
	uint8_t *bin;   /* of each level; `bins` for those without one; owned */
	int32_t *level; /* of each bin; owned */
};

struct ml_binned {
	size_t rows, cols, stride;
	/* Twice, since histograms want whole rows and splits single columns: splits that read
	 * columns out of rows make a fit of 400,000 x 28 take 15 to 20 % longer, fetched ahead
	 * or not; owned. */
	uint8_t *v;      /* rows x stride, row-major */
	uint8_t *column; /* cols x rows: feature j begins at j * rows */
};

/* Cuts of all features of a problem: p->col or p->x, p->levels, p->w. max_bins: 2..ML_BINS.
 * Distinct values are told from a sample of the rows where there are many (SAMPLE in
 * binned.c).  W-BINS: a category has more levels than bins.  *cuts: p->x.cols of them,
 * ml_cuts_free() frees them. */
int ml_cuts_make(struct ml_cuts **cuts, const struct ml_problem *p, size_t max_bins,
		 const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_cuts_free(struct ml_cuts *cuts, size_t n);
uint8_t ml_cuts_bin(const struct ml_cuts *c, double v);

/* The features of p as bins.  p->used is called for each column when it is done with. */
int ml_binned_make(struct ml_binned *b, const struct ml_cuts *cuts, const struct ml_problem *p,
		   const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_binned_release(struct ml_binned *b);

#endif
