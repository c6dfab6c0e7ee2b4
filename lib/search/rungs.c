/* rungs.c - what successive halving, Hyperband and ASHA share.
 *
 * Trials are ranked within a rung: done ones by loss, then pruned ones by what was seen, equal
 * ones by number.  Failed ones are not promoted. */
#include "search/rungs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

const struct ml_opt ml_rungs_opts[] = {
	{ .name = "eta",
	  .type = ML_INT,
	  .def = "3",
	  .lo = 2,
	  .hi = 100,
	  .arg = "N",
	  .offset = ML_FIELD(struct ml_rungs_opts, eta, int64_t),
	  .help = "one of N trials goes on, with N times the budget" },
	{ .name = "min-budget",
	  .type = ML_REAL,
	  .def = "0.03",
	  .lo = 1e-6,
	  .hi = 1,
	  .arg = "SHARE",
	  .offset = ML_FIELD(struct ml_rungs_opts, min_budget, double),
	  .help = "least share of the full budget that a trial is given" },
	ML_OPT_END
};

size_t ml_rungs_count(const struct ml_rungs_opts *o)
{
	double budget = 1;
	size_t n = 1;

	/* Slack for what 1/3/3/3 loses beside 1/27 as typed. */
	while ((budget /= (double)o->eta) >= o->min_budget * (1 - 1e-3))
		n++;
	return n;
}

double ml_rung_budget(const struct ml_bracket *b, size_t rung)
{
	return pow((double)b->eta, -(double)(b->rungs - 1 - rung));
}

size_t ml_rung_size(const struct ml_bracket *b, size_t rung)
{
	size_t n = b->widest;

	for (size_t k = 0; k < rung; k++)
		n /= b->eta;
	return n ? n : 1;
}

size_t ml_bracket_size(const struct ml_bracket *b)
{
	size_t n = 0;

	for (size_t k = 0; k < b->rungs; k++)
		n += ml_rung_size(b, k);
	return n;
}

size_t ml_bracket_rung(const struct ml_bracket *b, size_t i, size_t *from)
{
	size_t rung = 0;

	*from = 0;
	while (rung + 1 < b->rungs && i >= *from + ml_rung_size(b, rung))
		*from += ml_rung_size(b, rung++);
	return rung;
}

struct runner {
	size_t trial;
	bool pruned;
	double loss;
};

static int by_loss(const void *a, const void *b)
{
	const struct runner *x = a, *y = b;

	if (x->pruned != y->pruned)
		return x->pruned ? 1 : -1;
	if (x->loss != y->loss)
		return x->loss < y->loss ? -1 : 1;
	return x->trial < y->trial ? -1 : x->trial > y->trial;
}

int ml_rung_order(const struct ml_trial *v, size_t n, size_t *order, size_t *m,
		  struct ml_error *err)
{
	struct runner *list = ml_alloc(n, sizeof *list, err);

	*m = 0;
	if (!list)
		return err->code;
	for (size_t i = 0; i < n; i++)
		if (v[i].end != ML_TRIAL_FAILED && isfinite(v[i].loss))
			list[(*m)++] =
				(struct runner){ i, v[i].end == ML_TRIAL_PRUNED, v[i].loss };
	if (*m)
		qsort(list, *m, sizeof *list, by_loss);
	for (size_t i = 0; i < *m; i++)
		order[i] = list[i].trial;
	free(list);
	return ML_OK;
}

void ml_rung_start(const struct ml_search_plan *s, size_t i, double *point)
{
	struct ml_rng rng;

	ml_rng_init(&rng, s->seed, "search-rungs", i);
	for (size_t j = 0; j < s->space->n; j++)
		point[j] = ml_space_at(s->space, j, ml_rng_uniform(&rng));
	ml_space_tidy(s->space, point);
}

int ml_bracket_propose(const struct ml_bracket *b, const struct ml_search_plan *s, size_t i,
		       const struct ml_trial *ended, double *point, double *budget,
		       struct ml_error *err)
{
	size_t from, rung = ml_bracket_rung(b, i - b->first, &from), m = 0;
	size_t below = rung ? ml_rung_size(b, rung - 1) : 0, rank = i - b->first - from;
	const struct ml_trial *v = below ? ended + b->first + from - below : NULL;
	size_t *order = ml_alloc(below, sizeof *order, err);
	int rc = !order ? err->code : below ? ml_rung_order(v, below, order, &m, err) : ML_OK;

	if (!rc && rank < m)
		memcpy(point, v[order[rank]].point, s->space->n * sizeof *point);
	else
		ml_rung_start(s, i, point);
	free(order);
	*budget = ml_rung_budget(b, rung);
	return rc;
}
