/* nb_parts.h - between the files of nb.
 *
 * What is learned are sums over the rows of each class, in double-double: weights, counts, and
 * for numbers the first two moments about a fixed shift.  Sums of two sets of rows add up to
 * those of both, so going on with more rows is exact; all that depends on hyperparameters is
 * made of the sums afterwards (nb_tables.c). */
#ifndef ML_MODELS_NB_PARTS_H
#define ML_MODELS_NB_PARTS_H

#include "la/dd.h"
#include "models/model.h"

enum ml_nb_kind {
	ML_NB_MIXED,
	ML_NB_GAUSSIAN,
	ML_NB_MULTINOMIAL,
	ML_NB_COMPLEMENT,
	ML_NB_BERNOULLI,
	ML_NB_CATEGORICAL,
	ML_NB_KINDS
};
extern const char *const ml_nb_kinds[]; /* their names, NULL-ended */

struct ml_nb_opts {
	int kind;
	double alpha, smoothing, binarize;
	bool norm;
	const char *priors;
};

struct ml_nb {
	struct ml_nb_opts o; /* but for its priors: */
	double *priors;      /* of each class; NULL: its share of the weight; owned */
	size_t features, classes;
	int32_t *levels; /* of each feature; 0: a number; owned */
	/* Features that are numbers come first in all that follows, then cells: levels of the
	 * others, those of a feature together. */
	size_t numbers, cells;
	size_t *at;    /* numbers: which feature; then the others; owned */
	double *shift; /* numbers; owned */
	/* Sums, hi and lo of each: of class c at c * per_class, the weight of its rows, then
	 * for each number the weight of rows without it, for each the sum of w t, for each
	 * (moments) that of w t^2, t = x - shift, and for each cell the weight.  Owned. */
	double *hi, *lo;
	size_t per_class;
	/* Made of them: */
	double *prior; /* classes: logarithms (0 for complement); owned */
	double *base;  /* classes: the score of a row of means, all numbers there; owned */
	double *table; /* classes x numbers: mean, or the weight of a count; owned */
	double *rest;  /* classes x numbers, moments: what a double leaves of the mean; owned */
	double *narrow;   /* classes x numbers, moments: 1 / (2 variance); owned */
	double *height;   /* classes x numbers, moments: log density at the mean; owned */
	double *cell;     /* cells x classes: logarithms; owned */
	double objective; /* minus the sum of the scores of the rows for their own class */
};

/* Numbers are described by mean and variance, or (false) are counts. */
static inline bool ml_nb_moments(const struct ml_nb *m)
{
	return m->o.kind == ML_NB_MIXED || m->o.kind == ML_NB_GAUSSIAN;
}
/* Where the sums of a class are: weights of missing numbers, first and second moments, cells.
 */
static inline size_t ml_nb_lost(const struct ml_nb *m, size_t c)
{
	return c * m->per_class + 1;
}
static inline size_t ml_nb_first(const struct ml_nb *m, size_t c)
{
	return ml_nb_lost(m, c) + m->numbers;
}
static inline size_t ml_nb_second(const struct ml_nb *m, size_t c)
{
	return ml_nb_first(m, c) + m->numbers;
}
static inline size_t ml_nb_cells(const struct ml_nb *m, size_t c)
{
	return (c + 1) * m->per_class - m->cells;
}
static inline struct ml_dd ml_nb_sum(const struct ml_nb *m, size_t at)
{
	return ml_acc_end((struct ml_dd){ m->hi[at], m->lo[at] });
}

/* Allocates what levels, features and classes ask for; E-LIMIT where that is too much. */
int ml_nb_make_room(struct ml_nb *m, struct ml_error *err) ML_CHECK;
/* Of a model without sums: shifts near the means of the rows. */
void ml_nb_choose_shift(struct ml_nb *m, const struct ml_problem *p);
/* Adds the rows of p to the sums.  E-RANGE: a count below 0. */
int ml_nb_add_rows(struct ml_nb *m, const struct ml_problem *p, const struct ml_run *run,
		   struct ml_error *err) ML_CHECK;
/* Tables from sums.  ML_EDATA, E-RANGE: a variance that is 0 or beyond doubles. */
int ml_nb_make_tables(struct ml_nb *m, struct ml_error *err) ML_CHECK;
/* Scores of one row, up to a constant its joint log likelihoods: classes numbers.  room:
 * numbers of the model, for each row anew. */
void ml_nb_scores(const struct ml_nb *m, const double *x, double *room, double *out);

void ml_nb_save(const struct ml_nb *m, struct ml_fields *out);
int ml_nb_load(struct ml_nb *m, const struct ml_fields *in, struct ml_error *err) ML_CHECK;

#endif
