/* besttrial.c - which trials are best: one, or a front. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/trialtable.h"

static bool is_better(double a, double b, bool maximize)
{
	return maximize ? a > b : a < b;
}

static double largest_budget(const struct ml_trials *t)
{
	double most = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].state == ML_STATE_DONE)
			most = fmax(most, t->v[i].budget);
	return most;
}

static int none_done(struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-TRIAL", "no trial has been done yet");
}

/* What makes one model simpler than another. */
static double weight_of(const struct ml_tried *t)
{
	return isnan(t->bytes) ? t->seconds : t->bytes;
}

int ml_best_trial(const struct ml_trials *t, bool maximize, enum ml_best_rule rule,
		  size_t *best, struct ml_error *err)
{
	double budget = largest_budget(t);
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].state == ML_STATE_DONE && t->v[i].budget == budget &&
		    (at == SIZE_MAX || is_better(t->v[i].value, t->v[at].value, maximize)))
			at = i;
	if (at == SIZE_MAX)
		return none_done(err);
	*best = at;
	if (rule == ML_BEST || isnan(t->v[at].se))
		return ML_OK;
	double bound = t->v[at].value + (maximize ? -t->v[at].se : t->v[at].se);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].state == ML_STATE_DONE && t->v[i].budget == budget &&
		    !is_better(bound, t->v[i].value, maximize) &&
		    weight_of(&t->v[i]) < weight_of(&t->v[*best]))
			*best = i;
	return ML_OK;
}

struct candidate {
	size_t trial;
	double cost, loss;
};

static int by_cost(const void *va, const void *vb)
{
	const struct candidate *a = va, *b = vb;

	if (a->cost != b->cost)
		return a->cost < b->cost ? -1 : 1;
	if (a->loss != b->loss)
		return a->loss < b->loss ? -1 : 1;
	return (a->trial > b->trial) - (a->trial < b->trial);
}

int ml_pareto_trials(const struct ml_trials *t, bool maximize, enum ml_pareto_cost cost,
		     size_t **which, size_t *n, struct ml_error *err)
{
	struct candidate *c = ml_alloc(t->n, sizeof *c, err);
	double budget = largest_budget(t), least = INFINITY;
	size_t m = 0;

	*n = 0;
	*which = c ? ml_alloc(t->n, sizeof **which, err) : NULL;
	if (!*which) {
		free(c);
		return err->code;
	}
	for (size_t i = 0; i < t->n; i++) {
		double of = cost == ML_COST_SECONDS ? t->v[i].seconds : t->v[i].bytes;
		if (t->v[i].state == ML_STATE_DONE && t->v[i].budget == budget && !isnan(of))
			c[m++] =
				(struct candidate){ i, of,
						    maximize ? -t->v[i].value : t->v[i].value };
	}
	qsort(c, m, sizeof *c, by_cost);
	for (size_t i = 0; i < m; i++) {
		if (c[i].loss < least)
			(*which)[(*n)++] = c[i].trial;
		least = fmin(least, c[i].loss);
	}
	free(c);
	return *n           ? ML_OK
	       : budget > 0 ? ml_fail(err, ML_EDATA, "E-TRIAL",
				      "no trial of this search has that cost")
			    : none_done(err);
}
