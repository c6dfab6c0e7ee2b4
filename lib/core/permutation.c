/* permutation.c - how much worse predictions become when a column is shuffled. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "core/predictions.h"
#include "core/whatif.h"
#include "la/argsort.h"
#include "metrics/sheet.h"

static const char *const columns[] = { "feature", "metric",    "score", "permuted",
				       "drop",    "std_error", NULL };

struct permuting {
	struct ml_whatif *w;
	const struct ml_outcome *outcome;
	struct ml_scoring_plan scoring;
	const struct ml_texts *metrics;
	const struct ml_metric_opts *o;
	size_t repeats;
	const struct ml_run *run;
	struct ml_table truth;       /* target and weight, between questions nothing else */
	struct ml_measures measures; /* from the first question on */
	double *score;               /* of each measure */
	double *value;               /* [column][measure][repeat] */
};

/* ---- figures of the predictions at hand ---- */

static int choose_measures(struct permuting *g, const struct ml_scoring *s,
			   struct ml_error *err)
{
	const char *usual = g->outcome->task == ML_CLASSIFY ? "log-loss" : "rmse";
	const struct ml_texts one = { .v = &usual, .n = 1 };

	int rc = ml_measures_init(&g->measures, s, g->metrics->n ? g->metrics : &one, false,
				  &(struct ml_texts){ 0 }, g->o, err);
	if (!rc && !g->measures.n)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "--permutation needs a metric that is one number");
	if (!rc && !(g->score = ml_alloc(g->measures.n, sizeof *g->score, err)))
		rc = err->code;
	if (!rc && !(g->value = ml_alloc(g->w->scorer.n_source * g->measures.n * g->repeats,
					 sizeof *g->value, err)))
		rc = err->code;
	return rc;
}

/* out[m * step] of each measure m. */
static int figures(struct permuting *g, const struct ml_scoring *s, double *out, size_t step,
		   struct ml_error *err)
{
	struct ml_sheet sheet = { 0 };
	struct ml_parts parts = { 0 };

	int rc = ml_sheet_init(&sheet, &s->rows, ml_measures_needs(&g->measures), false, err);
	if (!rc)
		rc = ml_parts_init(&parts, &sheet, err);
	if (!rc)
		rc = ml_parts_fill(&parts, s->rows.w, err);
	for (size_t m = 0; !rc && m < g->measures.n; m++)
		out[m * step] = ml_measure_value(&g->measures.item[m].measure, &parts, g->o);
	ml_parts_release(&parts);
	ml_sheet_release(&sheet);
	return rc;
}

/* The first question has out NULL: its figures are g->score. */
static int judge(struct permuting *g, double *out, struct ml_error *err)
{
	static const struct ml_run quiet = { .threads = 1 };
	struct ml_scoring s = { 0 };
	struct ml_table *t = &g->truth;
	size_t before = t->ncol;

	int rc = ml_predictions_append(t, g->scoring.prefix, true, g->outcome,
				       &g->w->scorer.out, err);
	if (!rc)
		rc = ml_scoring_init(&s, t, &g->scoring, out ? &quiet : g->run, err);
	if (!rc && !out)
		rc = choose_measures(g, &s, err);
	if (!rc)
		rc = figures(g, &s, out ? out : g->score, out ? g->repeats : 1, err);
	ml_scoring_release(&s);
	while (t->ncol > before)
		ml_table_remove(t, t->ncol - 1);
	return rc;
}

/* ---- a column ---- */

static int shuffle(struct permuting *g, size_t k, size_t repeat, const struct ml_column *kept,
		   size_t *row, struct ml_error *err)
{
	struct ml_column *c = ml_whatif_column(g->w, k);
	size_t rows = g->w->table->rows;
	struct ml_buf name = { 0 };
	struct ml_rng r;

	ml_buf_printf(&name, "permutation of %s", c->name);
	if (ml_buf_check(&name, err)) {
		ml_buf_release(&name);
		return err->code;
	}
	ml_rng_init(&r, g->run->seed, ml_buf_str(&name), repeat);
	ml_buf_release(&name);
	for (size_t i = 0; i < rows; i++)
		row[i] = i;
	ml_rng_shuffle(&r, row, rows);
	for (size_t i = 0; i < rows; i++) {
		if (c->num)
			c->num[i] = kept->num[row[i]];
		else if (c->code)
			c->code[i] = kept->code[row[i]];
		else
			c->text[i] = kept->text[row[i]];
	}
	return ML_OK;
}

static int try_column(struct permuting *g, size_t k, struct ml_error *err)
{
	struct ml_column kept;
	size_t *row = ml_alloc(g->w->table->rows, sizeof *row, err);

	if (!row)
		return err->code;
	int rc = ml_whatif_set_aside(g->w, k, &kept, err);
	for (size_t i = 0; !rc && i < g->repeats; i++) {
		rc = shuffle(g, k, i, &kept, row, err);
		if (!rc)
			rc = ml_whatif_ask(g->w, err);
		if (!rc)
			rc = judge(g, g->value + k * g->measures.n * g->repeats + i, err);
	}
	ml_whatif_put_back(g->w, k, &kept);
	free(row);
	return rc;
}

/* ---- what is told ---- */

struct summary {
	double mean, drop, error;
};

static struct summary summarise(const struct permuting *g, size_t k, size_t m)
{
	const double *v = g->value + (k * g->measures.n + m) * g->repeats;
	double sign = g->measures.item[m].measure.metric->higher_better ? 1 : -1;
	/* About the first, so that equal ones have exactly their mean. */
	struct summary s = { v[0], 0, (double)NAN };
	double ss = 0, n = (double)g->repeats;

	for (size_t i = 0; i < g->repeats; i++)
		s.mean += (v[i] - v[0]) / n;
	for (size_t i = 0; i < g->repeats; i++)
		ss += (v[i] - s.mean) * (v[i] - s.mean);
	if (g->repeats > 1)
		s.error = sqrt(ss / (n - 1) / n);
	s.drop = sign * (g->score[m] - s.mean);
	return s;
}

static int tell(const struct permuting *g, size_t m, struct ml_findings *out,
		struct ml_error *err)
{
	size_t n = g->w->scorer.n_source;
	double *minus = ml_alloc(n, sizeof *minus, err);
	uint32_t *order = ml_alloc(n, sizeof *order, err);
	char name[ML_MEASURE_NAME];
	int rc = minus && order ? ML_OK : err->code;

	ml_measure_name(&g->measures.item[m].measure, name);
	for (size_t k = 0; !rc && k < n; k++) {
		minus[k] = -summarise(g, k, m).drop;
		if (isnan(minus[k])) /* not defined: last */
			minus[k] = (double)INFINITY;
	}
	if (!rc)
		rc = ml_argsort(minus, 1, n, order, err);
	for (size_t i = 0; !rc && i < n; i++) {
		struct summary s = summarise(g, order[i], m);

		ml_findings_text(out, g->w->scorer.source[order[i]].name);
		ml_findings_text(out, name);
		ml_findings_number(out, g->score[m]);
		ml_findings_number(out, s.mean);
		ml_findings_number(out, s.drop);
		ml_findings_number(out, s.error);
		rc = ml_findings_row(out, NULL, err);
	}
	free(order);
	free(minus);
	return rc;
}

static int take_truth(struct permuting *g, struct ml_error *err)
{
	const struct ml_table *t = g->w->table;
	size_t role[] = { ml_table_role(t, ML_TARGET), ml_table_role(t, ML_WEIGHT) };

	if (role[0] == SIZE_MAX)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--permutation needs the truth: name it with -y COLUMN");
	return ml_table_columns(&g->truth, t, role, role[1] == SIZE_MAX ? 1 : 2, err);
}

int ml_permutation(struct ml_findings *out, struct ml_whatif *w,
		   const struct ml_scoring_plan *scoring, const struct ml_texts *metrics,
		   const struct ml_metric_opts *o, size_t repeats, const struct ml_run *run,
		   struct ml_error *err)
{
	struct permuting g = { .w = w,
			       .outcome = &ml_pipeline_model(w->scorer.model)->outcome,
			       .scoring = *scoring,
			       .metrics = metrics,
			       .o = o,
			       .repeats = repeats,
			       .run = run };

	out->column = columns;
	out->silent = true;
	g.scoring.task = g.outcome->task == ML_CLASSIFY ? ML_FOR_CLASSES : ML_FOR_NUMBERS;
	if (!g.scoring.positive && g.outcome->n_classes == 2)
		g.scoring.positive = g.outcome->classes[g.outcome->positive];
	int rc = take_truth(&g, err);
	if (!rc)
		rc = judge(&g, NULL, err);
	for (size_t k = 0; !rc && k < w->scorer.n_source; k++)
		rc = try_column(&g, k, err);
	for (size_t m = 0; !rc && m < g.measures.n; m++)
		rc = tell(&g, m, out, err);
	free(g.value);
	free(g.score);
	ml_measures_release(&g.measures);
	ml_table_release(&g.truth);
	return rc;
}
