/* past.h - what a method that learns knows when it proposes a trial. */
#ifndef ML_SEARCH_PAST_H
#define ML_SEARCH_PAST_H

#include "base/rng.h"
#include "search/search.h"

/* All trials before this one: of the first `known` everything counts, of the others, which are
 * under way, point and budget. */
struct ml_past {
	const struct ml_space *space;
	struct ml_trial *v; /* n, owned; points are borrowed, or in `room` */
	size_t n, known;
	double *room; /* owned */
};

/* The method's needs(): trials 0..i-lag. */
size_t ml_past_needs(const struct ml_search_plan *s, size_t i);
/* ended: needs(i) trials.  Those under way are taken from s->asked, or proposed again. */
int ml_past_init(struct ml_past *p, const struct ml_search *method,
		 const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		 const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_past_release(struct ml_past *p);
/* The same numbers, NaN for NaN. */
bool ml_point_equal(const double *a, const double *b, size_t n);
/* Has been tried, or is being tried. */
bool ml_past_has(const struct ml_past *p, const double *point);
/* A random point that has not been tried; when all points of a finite space have been (or
 * hundreds of random ones of an endless space), some point. */
int ml_past_fresh(const struct ml_past *p, struct ml_rng *rng, double *point,
		  struct ml_error *err) ML_CHECK;
/* A point to begin with, for trial p->n: of a Halton sequence, or if that has been tried one
 * that has not. */
int ml_past_start(const struct ml_past *p, uint64_t seed, double *point,
		  struct ml_error *err) ML_CHECK;

#endif
