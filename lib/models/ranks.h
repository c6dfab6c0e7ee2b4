/* ranks.h - features as ranks, two bytes a cell: what deep trees are grown on.
 *
 * The distinct values of a number feature are numbered in ascending order; where there are more
 * than max_bins, neighbours share a number so that each holds about as many rows as the others.
 * A level of a category is its own number.  What is missing has the number behind all others.
 */
#ifndef ML_MODELS_RANKS_H
#define ML_MODELS_RANKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "models/model.h"

enum { ML_RANKS = UINT16_MAX }; /* at most so many, and one for what is missing */

struct ml_rank {
	size_t bins;     /* numbers 0..bins-1; `bins` is missing */
	double *least;   /* of a number feature: the least and the greatest value of each; owned
			  */
	double *most;    /* may be the same array */
	size_t levels;   /* of a category; 0: a number feature */
	uint16_t *level; /* of levels in order: which one has each place, owned; else NULL */
};

struct ml_ranks {
	size_t rows, cols, most_bins; /* most_bins: of any feature, that of missing included */
	uint16_t *v;                  /* cols x rows: feature j begins at j * rows; owned */
	struct ml_rank *of;           /* cols; owned */
	const struct ml_problem *p;   /* borrowed */
	double *x; /* rows x cols: the values of p->col by rows, owned; or NULL */
};

/* A category whose subsets are to be found; not one that is cut as numbers are. */
static inline bool ml_rank_is_set(const struct ml_rank *of)
{
	return of->levels && !of->level;
}

/* Features of p, from p->col or p->x, which have to stay. max_bins: 1..ML_RANKS.  E-LIMIT: a
 * category of more than ML_RANKS levels, or too many rows. */
int ml_ranks_make(struct ml_ranks *r, const struct ml_problem *p, size_t max_bins, bool ordered,
		  const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Makes r->x where p has columns alone: single rows are read whole from there. */
int ml_ranks_keep_rows(struct ml_ranks *r, int threads, struct ml_error *err) ML_CHECK;
void ml_ranks_release(struct ml_ranks *r); /* a zeroed struct is empty */

/* Where numbers up to bin b part from those from bin `next` on: halfway, below the latter. */
double ml_rank_cut(const struct ml_rank *of, size_t b, size_t next);

#endif
