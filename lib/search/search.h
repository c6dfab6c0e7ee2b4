/* search.h - what a method of search is: it proposes points of a space.  Adding one: write
 * lib/search/NAME.c and the line ML_SEARCH(NAME) in searches.def;
 * tests/unit/test_search_contract.c then holds it to the laws that all keep.
 *
 * A method has no state: what it proposes for trial i is a function of the space, its options,
 * the seed, and the trials 0..needs(i)-1, all of which have ended.  So a search is the same
 * whichever trials happen to finish first, with any number of jobs, and when it is resumed. */
#ifndef ML_SEARCH_SEARCH_H
#define ML_SEARCH_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/run.h"
#include "search/space.h"

enum ml_trial_end { ML_TRIAL_DONE, ML_TRIAL_FAILED, ML_TRIAL_PRUNED };

/* A trial that has ended. */
struct ml_trial {
	const double *point; /* space->n */
	double budget;       /* share of the full resource it was given, in (0, 1] */
	enum ml_trial_end end;
	double loss; /* smaller is better; of a failed trial NaN; of a pruned one what was seen
		      * until then */
};

struct ml_search_plan {
	const struct ml_space *space;
	const void *opts; /* the method's options */
	uint64_t seed;
	size_t trials; /* how many there will be; 0: no end is known */
	size_t lag;    /* >= 1: methods that learn need trials 0..i-lag only */
	/* Trials needs(i)..i-1, of which point and budget count: they have been proposed, and
	 * have perhaps not ended.  Methods that learn keep away from them.  NULL: not known;
	 * such a method then proposes them again, with the same result, in lag times the time.
	 */
	const struct ml_trial *asked;
};

struct ml_search {
	const char *name, *summary;
	const struct ml_opt *opts; /* describes a struct of opts_size bytes; or NULL */
	size_t opts_size;
	bool repeats; /* may propose a point again before all points of a finite space were */
	/* How many trials the method has (a grid, a bracket of halving), or 0: no end. NULL:
	 * no end.  ML_EDATA, E-LIMIT: more than a million; ML_EUSAGE: the space does not suit.
	 */
	int (*count)(const struct ml_search_plan *s, size_t *trials,
		     struct ml_error *err) ML_CHECK;
	/* Trials 0..needs-1 must have ended before trial i can be proposed; <= i, and not
	 * falling with i.  NULL: none. */
	size_t (*needs)(const struct ml_search_plan *s, size_t i);
	/* Fills point (space->n, tidy) and *budget (1 unless the method spends less on most).
	 * ended: needs(i) trials.  `run` for threads and the deadline. */
	int (*propose)(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		       double *point, double *budget, const struct ml_run *run,
		       struct ml_error *err) ML_CHECK;
};

/* NULL-ended, sorted by name; built from searches.def. */
extern const struct ml_search *const ml_searches[];
const struct ml_search *ml_search_find(const char *name);

#endif
