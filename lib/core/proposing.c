/* proposing.c - from trials as the journal has them to trials as methods see them. */
#include "core/proposing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct ml_search_plan plan_of(const struct ml_study *s)
{
	return (struct ml_search_plan){ .space = &s->space,
					.opts = s->opts,
					.seed = s->seed,
					.trials = s->trials,
					.lag = s->lag };
}

int ml_propose_count(const struct ml_study *s, size_t asked, size_t *trials,
		     struct ml_error *err)
{
	struct ml_search_plan plan = plan_of(s);
	size_t own = 0;
	int rc = s->method->count ? s->method->count(&plan, &own, err) : ML_OK;

	*trials = asked ? asked : s->trials;
	if (own && (!*trials || own < *trials))
		*trials = own;
	return rc;
}

/* Trials 0..needs-1 have to have ended before trial i. */
static size_t needs_of(const struct ml_study *s, size_t i)
{
	struct ml_search_plan plan = plan_of(s);
	size_t n = s->method->needs ? s->method->needs(&plan, i) : 0,
	       compared = s->prune && i >= s->lag ? i - s->lag + 1 : 0;

	return n > compared ? n : compared;
}

static struct ml_trial as_seen(const struct ml_book *b, size_t i)
{
	static const enum ml_trial_end ends[] = { [ML_STATE_DONE] = ML_TRIAL_DONE,
						  [ML_STATE_FAILED] = ML_TRIAL_FAILED,
						  [ML_STATE_PRUNED] = ML_TRIAL_PRUNED };
	const struct ml_tried *t = &b->trials.v[i];
	struct ml_trial seen = { .point = t->point, .budget = t->budget, .loss = NAN };

	if (ml_tried_ended(t))
		seen.end = ends[t->state];
	if (ml_tried_ended(t) && t->state != ML_STATE_FAILED)
		seen.loss = b->study.maximize ? -t->value : t->value;
	return seen;
}

/* All trials before i have points. */
static int propose(struct ml_book *b, size_t i, size_t method_needs, struct ml_error *err)
{
	struct ml_search_plan plan = plan_of(&b->study);
	struct ml_tried *t = &b->trials.v[i];
	const struct ml_run run = { .threads = b->run->threads,
				    .seed = b->study.seed,
				    .deadline = b->run->deadline,
				    .stop = b->run->stop };
	struct ml_trial *past = ml_alloc(i, sizeof *past, err);
	double *point = past ? ml_alloc(plan.space->n, sizeof *point, err) : NULL;

	int rc = point ? ML_OK : err->code;
	/* What does not learn is not shown the past, which may be long. */
	for (size_t k = 0; !rc && b->study.method->needs && k < i; k++)
		past[k] = as_seen(b, k);
	plan.asked = past ? past + method_needs : NULL;
	if (!rc)
		rc = b->study.method->propose(&plan, i, past, point, &t->budget, &run, err);
	if (!rc) {
		t->point = point;
		point = NULL;
	}
	free(point);
	free(past);
	return rc;
}

int ml_propose(struct ml_book *b, size_t i, bool *ready, struct ml_error *err)
{
	struct ml_search_plan plan = plan_of(&b->study);
	size_t needs = needs_of(&b->study, i);
	bool learns = b->study.method->needs;

	*ready = false;
	int rc = ml_trials_reach(&b->trials, i, err);
	if (rc)
		return rc;
	for (size_t k = 0; k < needs; k++)
		if (!ml_tried_ended(&b->trials.v[k]))
			return ML_OK;
	for (size_t k = learns ? 0 : i; !rc && k <= i; k++)
		if (!b->trials.v[k].point)
			rc = propose(b, k, learns ? b->study.method->needs(&plan, k) : 0, err);
	*ready = !rc;
	return rc;
}
