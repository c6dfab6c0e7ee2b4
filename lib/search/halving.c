/* halving.c - successive halving.
 *
 * n trials on the least budget, the best n / eta of them on eta times as much, and so on up to
 * the full budget: each rung costs about the same.  n is the largest for which all rungs
 * together have no more trials than were asked for, or without a number, one that leaves one
 * trial for the last rung. Source: Jamieson, Talwalkar (2016) "Non-stochastic best arm
 * identification and hyperparameter optimization". */
#include "search/rungs.h"

static struct ml_bracket bracket_of(const struct ml_search_plan *s)
{
	const struct ml_rungs_opts *o = s->opts;
	struct ml_bracket b = { .eta = (size_t)o->eta,
				.rungs = ml_rungs_count(o),
				.widest = 1 };

	if (!s->trials) {
		for (size_t k = 1; k < b.rungs; k++)
			b.widest *= b.eta;
		return b;
	}
	/* Too few trials for all rungs: the lowest budgets are left out. */
	if (b.rungs > s->trials)
		b.rungs = s->trials;
	size_t lo = 1, hi = s->trials; /* lo fits */
	while (lo < hi) {
		b.widest = lo + (hi - lo + 1) / 2;
		if (ml_bracket_size(&b) <= s->trials)
			lo = b.widest;
		else
			hi = b.widest - 1;
	}
	b.widest = lo;
	return b;
}

static int count(const struct ml_search_plan *s, size_t *trials, struct ml_error *err)
{
	struct ml_bracket b = bracket_of(s);

	*trials = ml_bracket_size(&b);
	if (*trials > 1000000)
		return ml_fail(
			err, ML_EDATA, "E-LIMIT",
			"%zu trials are more than a million: a larger --min-budget, or fewer "
			"--trials",
			*trials);
	return ML_OK;
}

static size_t needs(const struct ml_search_plan *s, size_t i)
{
	struct ml_bracket b = bracket_of(s);
	size_t from;

	ml_bracket_rung(&b, i, &from);
	return from;
}

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	struct ml_bracket b = bracket_of(s);

	(void)run;
	return ml_bracket_propose(&b, s, i, ended, point, budget, err);
}

const struct ml_search ml_search_halving = {
	.name = "halving",
	.summary =
		"many points on a small budget, the best of them on more (successive halving)",
	.opts = ml_rungs_opts,
	.opts_size = sizeof(struct ml_rungs_opts),
	.repeats = true,
	.count = count,
	.needs = needs,
	.propose = propose,
};
