/* random.c - random search: every parameter drawn evenly on its own scale.
 *
 * Source: Bergstra, Bengio (2012) "Random search for hyper-parameter optimization".  Trial i
 * has a random stream of its own, so any trial can be proposed at any time. */
#include "base/rng.h"
#include "search/search.h"

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	struct ml_rng rng;

	(void)ended;
	(void)run;
	(void)err;
	ml_rng_init(&rng, s->seed, "search-random", i);
	for (size_t j = 0; j < s->space->n; j++)
		point[j] = ml_space_at(s->space, j, ml_rng_uniform(&rng));
	ml_space_tidy(s->space, point);
	*budget = 1;
	return ML_OK;
}

const struct ml_search ml_search_random = {
	.name = "random",
	.summary = "points at random",
	.repeats = true,
	.propose = propose,
};
