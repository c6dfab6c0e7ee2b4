/* rungs.h - successive halving: many trials on a small budget, the best of them on more. */
#ifndef ML_SEARCH_RUNGS_H
#define ML_SEARCH_RUNGS_H

#include "search/search.h"

struct ml_rungs_opts {
	int64_t eta;
	double min_budget;
};
/* Options --eta and --min-budget. */
extern const struct ml_opt ml_rungs_opts[];

/* One bracket: rung k has size(k) trials of budget(k), numbered from first + the rungs below.
 */
struct ml_bracket {
	size_t eta, rungs; /* rungs >= 1; the last has budget 1 */
	size_t widest;     /* trials of rung 0 */
	size_t first;
};

/* Rungs between min_budget and 1: budgets eta^-k, none below min_budget. */
size_t ml_rungs_count(const struct ml_rungs_opts *o);
double ml_rung_budget(const struct ml_bracket *b, size_t rung);
/* At least 1. */
size_t ml_rung_size(const struct ml_bracket *b, size_t rung);
size_t ml_bracket_size(const struct ml_bracket *b);
/* The rung of trial i of the bracket (i from 0), and the bracket's first trial of this rung. */
size_t ml_bracket_rung(const struct ml_bracket *b, size_t i, size_t *from);
/* order[0..*m): the trials v[0..n), all of one rung, that did not fail, best first. order has
 * room for n. */
int ml_rung_order(const struct ml_trial *v, size_t n, size_t *order, size_t *m,
		  struct ml_error *err) ML_CHECK;
/* Proposes trial i of the plan, in this bracket: a random point in rung 0, else the one that is
 * as good below as its number says, or a random one when there is none. */
int ml_bracket_propose(const struct ml_bracket *b, const struct ml_search_plan *s, size_t i,
		       const struct ml_trial *ended, double *point, double *budget,
		       struct ml_error *err) ML_CHECK;
/* The random point of trial i. */
void ml_rung_start(const struct ml_search_plan *s, size_t i, double *point);

#endif
