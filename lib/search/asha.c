/* asha.c - asynchronous successive halving.
 *
 * Nobody waits for a rung to be full: a trial that is among the best 1 / eta of those that have
 * ended in its rung, and has not been promoted, goes on with eta times the budget, the highest
 * rung first; when there is none, a new random point begins in the lowest.  A decision looks at
 * trials 0..i-lag only, whichever others have ended, so the search is the same whenever it is
 * repeated.
 * Source: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht, Talwalkar (2020) "A
 * system for massively parallel hyperparameter tuning". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "search/past.h"
#include "search/rungs.h"

static size_t rung_of(const struct ml_trial *t, const struct ml_rungs_opts *o)
{
	double below = -log(t->budget) / log((double)o->eta),
	       top = (double)ml_rungs_count(o) - 1;

	return (size_t)fmax(top - round(below), 0);
}

/* The point has been promoted to this rung (whether or not that has ended). */
static bool is_in(const struct ml_past *p, const struct ml_rungs_opts *o, size_t rung,
		  const double *point)
{
	for (size_t i = 0; i < p->n; i++)
		if (rung_of(&p->v[i], o) == rung &&
		    ml_point_equal(p->v[i].point, point, p->space->n))
			return true;
	return false;
}

/* Workspace: room for all trials. */
struct rung {
	struct ml_trial *v;
	size_t *order, n;
};

/* *point: the best of this rung that may go on and has not, or NULL. */
static int promotable(const struct ml_past *p, const struct ml_rungs_opts *o, size_t rung,
		      struct rung *r, const double **point, struct ml_error *err)
{
	size_t m = 0;

	*point = NULL;
	r->n = 0;
	for (size_t i = 0; i < p->known; i++)
		if (rung_of(&p->v[i], o) == rung)
			r->v[r->n++] = p->v[i];
	int rc = ml_rung_order(r->v, r->n, r->order, &m, err);
	size_t may = r->n / (size_t)o->eta;
	for (size_t rank = 0; !rc && !*point && rank < may && rank < m; rank++)
		if (!is_in(p, o, rung + 1, r->v[r->order[rank]].point))
			*point = r->v[r->order[rank]].point;
	return rc;
}

static int decide(const struct ml_search_plan *s, const struct ml_past *p, double *point,
		  double *budget, struct ml_error *err)
{
	const struct ml_rungs_opts *o = s->opts;
	struct ml_bracket b = { .eta = (size_t)o->eta, .rungs = ml_rungs_count(o) };
	struct rung r = { 0 };
	const double *found = NULL;
	int rc = ML_OK;
	size_t rung = b.rungs - 1;

	if (!(r.v = ml_alloc(p->known, sizeof *r.v, err)) ||
	    !(r.order = ml_alloc(p->known, sizeof *r.order, err)))
		rc = err->code;
	while (!rc && !found && rung-- > 0)
		rc = promotable(p, o, rung, &r, &found, err);
	free(r.v);
	free(r.order);
	*budget = ml_rung_budget(&b, found ? rung + 1 : 0);
	if (found)
		memcpy(point, found, s->space->n * sizeof *point);
	else
		ml_rung_start(s, p->n, point);
	return rc;
}

extern const struct ml_search ml_search_asha;

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	struct ml_past p;
	int rc = ml_past_init(&p, &ml_search_asha, s, i, ended, run, err);

	if (!rc)
		rc = decide(s, &p, point, budget, err);
	ml_past_release(&p);
	return rc;
}

const struct ml_search ml_search_asha = {
	.name = "asha",
	.summary = "successive halving that waits for nobody",
	.opts = ml_rungs_opts,
	.opts_size = sizeof(struct ml_rungs_opts),
	.repeats = true,
	.needs = ml_past_needs,
	.propose = propose,
};
