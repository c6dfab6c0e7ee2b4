/* gatefacts.c - the figures that gates are about: over all rows, the champion's, and bounds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/evaluate.h"
#include "core/gates.h"
#include "core/resampled.h"

struct ring {
	const struct ml_eval *e;
	const struct ml_table *table;
	const struct ml_pairs *pairs;
	const struct ml_eval_plan *plan;
	const struct ml_run *run;
};

/* The bound that value less limit is beyond with the gate's confidence. */
static int find_bound(const struct ml_gate *g, const struct ml_resampled *r, double *bound,
		      struct ml_error *err)
{
	const struct ml_term term[] = { { r, 0, 0, 1 }, { r, 1, 0, -g->factor } };
	bool least = g->relation == ML_AT_LEAST || g->relation == ML_ABOVE;
	struct ml_spread s;
	int rc = ml_sum_spread(&s, term, g->factor != 0 ? 2 : 1, g->bound, err);

	if (!rc && s.n)
		*bound = ml_spread_bound(&s, least ? 1 - g->level : g->level);
	free(s.v);
	return rc;
}

static int find_facts(const struct ring *ring, const struct ml_gate *g, struct ml_gate_facts *f,
		      struct ml_error *err)
{
	struct ml_measures one = { .item = &ring->e->measures.item[g->item], .n = 1 };
	struct ml_resampled r = { 0 };
	bool champion = g->factor != 0;
	const struct ml_resampled_plan plan = {
		.scoring = champion ? ring->pairs->scoring : &ring->e->scoring,
		.models = champion ? 2 : 1,
		.table = champion ? ring->pairs->table[0] : ring->table,
		.measures = &one,
		.opts = &ring->plan->opts,
		.resamples = !(g->level > 0)         ? 0
			     : ring->plan->resamples ? ring->plan->resamples
						     : ML_RESAMPLES,
	};

	f->value = ring->e->slice[0].figure[g->item].value;
	f->champion = f->bound = NAN;
	if (!champion && !(g->level > 0))
		return ML_OK;
	int rc = ml_resampled_init(&r, &plan, ring->run, err);
	if (!rc && champion)
		f->champion = r.value[1];
	if (!rc && g->level > 0)
		rc = find_bound(g, &r, &f->bound, err);
	ml_resampled_release(&r);
	return rc;
}

int ml_eval_champion(const struct ml_eval *e, const struct ml_pairs *pairs,
		     struct ml_error *err)
{
	if (ml_gates_champion(&e->measures) != (pairs != NULL))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       pairs ? "--champion is for gates: --gate 'METRIC >= champion'"
				     : "who is the champion of the gate? name its predictions "
				       "with --champion FILE");
	for (size_t i = 0; i < e->measures.gates; i++) {
		const struct ml_gate *g = &e->measures.gate[i];
		if (g->factor != 0 && ml_measure_check(&e->measures.item[g->item].measure,
						       &pairs->scoring[1], err))
			return ml_context(err, "%s",
					  ML_SHOW(pairs->name[1], strlen(pairs->name[1])));
	}
	return ML_OK;
}

int ml_eval_gates(const struct ml_eval *e, const struct ml_table *t,
		  const struct ml_pairs *pairs, const struct ml_eval_plan *plan,
		  const struct ml_run *run, struct ml_error *err)
{
	const struct ring ring = { e, t, pairs, plan, run };
	struct ml_gate_facts *facts = ml_alloc(e->measures.gates, sizeof *facts, err);
	int rc = facts ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < e->measures.gates; i++)
		rc = find_facts(&ring, &e->measures.gate[i], &facts[i], err);
	if (!rc)
		rc = ml_gates_check(&e->measures, facts, err);
	free(facts);
	return rc;
}
