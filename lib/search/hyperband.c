/* hyperband.c - Hyperband: successive halving with several least budgets.
 *
 * Bracket s = S, S - 1, ..., 0 begins with ceil((S + 1) / (s + 1) eta^s) trials of budget
 * eta^-s: the first trusts small budgets most, the last is plain random search, and each costs
 * about as much.  Without a number of trials there is one round of brackets; with one, rounds
 * follow each other until it is reached. Source: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar
 * (2018) "Hyperband: a novel bandit-based approach to hyperparameter optimization". */
#include "search/rungs.h"

/* Bracket k of a round. */
static struct ml_bracket bracket_of(const struct ml_rungs_opts *o, size_t k, size_t first)
{
	size_t top = ml_rungs_count(o) - 1, s = top - k;
	struct ml_bracket b = { .eta = (size_t)o->eta, .rungs = s + 1, .first = first };
	size_t power = 1;

	for (size_t j = 0; j < s; j++)
		power *= b.eta;
	b.widest = ((top + 1) * power + s) / (s + 1);
	return b;
}

static size_t round_size(const struct ml_rungs_opts *o)
{
	size_t n = 0;

	for (size_t k = 0; k < ml_rungs_count(o); k++) {
		struct ml_bracket b = bracket_of(o, k, 0);
		n += ml_bracket_size(&b);
	}
	return n;
}

/* The bracket of trial i; *before: how many trials the rungs above the first of the brackets
 * before it needed, so that needs() does not fall. */
static struct ml_bracket find(const struct ml_rungs_opts *o, size_t i, size_t *before)
{
	size_t count = ml_rungs_count(o), k = 0, from;
	struct ml_bracket b = bracket_of(o, 0, 0);

	*before = 0;
	for (size_t n = ml_bracket_size(&b); i >= b.first + n; n = ml_bracket_size(&b)) {
		if (ml_bracket_rung(&b, n - 1, &from))
			*before = b.first + from;
		b = bracket_of(o, ++k % count, b.first + n);
	}
	return b;
}

static int count(const struct ml_search_plan *s, size_t *trials, struct ml_error *err)
{
	size_t n = s->trials ? s->trials : round_size(s->opts);

	if (n > 1000000)
		return ml_fail(
			err, ML_EDATA, "E-LIMIT",
			"%zu trials are more than a million: a larger --min-budget, or fewer "
			"--trials",
			n);
	*trials = n;
	return ML_OK;
}

static size_t needs(const struct ml_search_plan *s, size_t i)
{
	size_t before, from;
	struct ml_bracket b = find(s->opts, i, &before);

	return ml_bracket_rung(&b, i - b.first, &from) ? b.first + from : before;
}

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	size_t before;
	struct ml_bracket b = find(s->opts, i, &before);

	(void)run;
	return ml_bracket_propose(&b, s, i, ended, point, budget, err);
}

const struct ml_search ml_search_hyperband = {
	.name = "hyperband",
	.summary = "successive halving with several least budgets",
	.opts = ml_rungs_opts,
	.opts_size = sizeof(struct ml_rungs_opts),
	.repeats = true,
	.count = count,
	.needs = needs,
	.propose = propose,
};
