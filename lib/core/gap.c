/* gap.c - training rows against test rows. */
#include "core/gap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/constant.h"
#include "core/resampled.h"
#include "core/verdict.h"

/* A smaller share of what was learned that does not carry over is not worth a word. */
static const double TENTH = 0.1;
enum { MODEL, CONSTANT, MODELS };

struct duel {
	const struct ml_eval_plan *plan;
	struct ml_measures measures;
	struct ml_scoring scoring[ML_GAP_TABLES][MODELS];
	struct ml_resampled resampled[ML_GAP_TABLES];
	size_t commonest;
};

/* What is told of one metric. */
struct gap {
	double train, test, constant; /* values; the constant's on training rows */
	double gap, lo, hi;           /* how much worse the test rows are */
	double learned, learned_lo;   /* how much better than the constant */
	const char *verdict;
};

static double value_of(const struct ml_resampled *r, size_t model, size_t m)
{
	return r->value[model * r->measures + m];
}

static int measure_gap(const struct duel *d, size_t m, struct gap *g, struct ml_error *err)
{
	const struct ml_resampled *train = &d->resampled[ML_GAP_TRAIN];
	const struct ml_resampled *test = &d->resampled[ML_GAP_TEST];
	double sign = d->measures.item[m].measure.metric->higher_better ? 1 : -1;
	double q = (1 - d->plan->confidence) / 2;
	const struct ml_term gap[] = { { train, MODEL, m, sign }, { test, MODEL, m, -sign } };
	const struct ml_term won[] = { { train, MODEL, m, sign },
				       { train, CONSTANT, m, -sign } };
	struct ml_spread s;

	*g = (struct gap){ .train = value_of(train, MODEL, m),
			   .test = value_of(test, MODEL, m),
			   .constant = value_of(train, CONSTANT, m),
			   .lo = NAN,
			   .hi = NAN,
			   .learned_lo = NAN };
	int rc = ml_sum_spread(&s, gap, 2, 0, err);
	g->gap = s.estimate;
	if (!rc && s.n) {
		g->lo = ml_spread_bound(&s, q);
		g->hi = ml_spread_bound(&s, 1 - q);
	}
	free(s.v);
	if (rc)
		return rc;
	rc = ml_sum_spread(&s, won, 2, 0, err);
	g->learned = s.estimate;
	if (!rc && s.n)
		g->learned_lo = ml_spread_bound(&s, q);
	free(s.v);
	return rc;
}

static const char *verdict_of(const struct gap *g)
{
	if (isnan(g->gap))
		return "undefined";
	if (g->learned_lo <= 0)
		return "underfits";
	if (g->lo > 0 && !(g->gap < TENTH * g->learned))
		return "overfits";
	return g->hi < 0 ? "easier" : "fits";
}

static void name_constant(const struct duel *d, const struct ml_measure *m, struct ml_buf *out)
{
	const struct ml_scoring *s = &d->scoring[ML_GAP_TRAIN][MODEL];
	const char *name = s->labels.n ? s->labels.name[d->commonest] : "";

	if (m->metric->task == ML_FOR_NUMBERS)
		ml_buf_text(out, "always predicting the mean");
	else if (m->metric->needs & (ML_NEEDS_PROB | ML_NEEDS_SCORE))
		ml_buf_text(out, "predicting the shares of the classes for every row");
	else
		ml_buf_printf(out, "always predicting the commonest class '%s'",
			      ML_SHOW(name, strlen(name)));
}

static void say(const struct duel *d, const struct ml_measure *m, const struct gap *g,
		struct ml_buf *out)
{
	const struct ml_labels *labels = &d->scoring[ML_GAP_TRAIN][MODEL].labels;
	const char *v = g->verdict;

	ml_buf_printf(out, "%s: ", strcmp(v, "easier") ? v : "the test rows are easier");
	ml_verdict_name(out, m, labels);
	if (!strcmp(v, "undefined")) {
		ml_buf_text(out, " is not defined for both");
		return;
	}
	ml_buf_printf(out, " is %.4g on the training rows", g->train);
	if (!strcmp(v, "underfits")) {
		ml_buf_text(out, ", no better than ");
		name_constant(d, m, out);
		ml_buf_printf(out, " (%.4g)", g->constant);
		return;
	}
	ml_buf_printf(out, " and %.4g on the test rows, %.3g %s", g->test, fabs(g->gap),
		      g->gap < 0 ? "better" : "worse");
	if (!isnan(g->lo)) {
		ml_buf_text(out, " (");
		ml_verdict_interval(out, g->lo, g->hi, d->plan->confidence);
		ml_buf_text(out, ")");
	}
	if (g->learned > 0 && g->lo > 0)
		ml_buf_printf(out, ": %.2g %% of what was learned does not carry over",
			      100 * g->gap / g->learned);
	else if (g->lo <= 0 && g->hi >= 0)
		ml_buf_text(out, ": no gap is shown");
}

static int report_one(struct ml_findings *out, const struct duel *d, size_t m,
		      struct ml_error *err)
{
	const struct ml_measure *measure = &d->measures.item[m].measure;
	struct ml_buf says = { 0 };
	struct gap g;

	if (measure_gap(d, m, &g, err))
		return err->code;
	g.verdict = verdict_of(&g);
	ml_verdict_metric(out, measure, &d->scoring[ML_GAP_TRAIN][MODEL].labels);
	ml_findings_number(out, g.train);
	ml_findings_number(out, g.test);
	ml_findings_number(out, g.gap);
	ml_findings_number(out, g.lo);
	ml_findings_number(out, g.hi);
	ml_findings_number(out, g.constant);
	for (size_t t = 0; t < ML_GAP_TABLES; t++)
		ml_findings_number(out, (double)d->scoring[t][MODEL].rows.n);
	ml_findings_text(out, g.verdict);
	say(d, measure, &g, &says);
	int rc = ml_findings_row(out, &says, err);
	ml_buf_release(&says);
	return rc;
}

/* Models and constants of both tables. */
static int score_all(struct duel *d, struct ml_table *const table[ML_GAP_TABLES],
		     const char *const name[ML_GAP_TABLES], const struct ml_run *run,
		     struct ml_error *err)
{
	struct ml_scoring both[ML_GAP_TABLES] = { { .w = NULL } };
	int rc =
		ml_scoring_alike(both, table, name, ML_GAP_TABLES, &d->plan->scoring, run, err);

	if (!rc)
		rc = ml_measures_common(&d->measures, both, ML_GAP_TABLES, name,
					&d->plan->metrics, &d->plan->opts, err);
	for (size_t t = 0; t < ML_GAP_TABLES; t++)
		d->scoring[t][MODEL] = both[t];
	for (size_t t = 0; !rc && t < ML_GAP_TABLES; t++)
		rc = ml_scoring_constant(&d->scoring[t][CONSTANT], &d->scoring[t][MODEL],
					 &d->scoring[ML_GAP_TRAIN][MODEL], &d->commonest, err);
	return rc;
}

int ml_gap(struct ml_findings *out, struct ml_table *const table[ML_GAP_TABLES],
	   const char *const name[ML_GAP_TABLES], const struct ml_eval_plan *plan,
	   const struct ml_run *run, struct ml_error *err)
{
	static const char *const columns[] = { "metric",  "class",  "train",   "test",
					       "gap",     "lo",     "hi",      "constant",
					       "n_train", "n_test", "verdict", "says",
					       NULL };
	static const char *const streams[] = { "bootstrap-train", "bootstrap" };
	struct duel d = { .plan = plan };

	*out = (struct ml_findings){ .column = columns };
	int rc = score_all(&d, table, name, run, err);
	for (size_t t = 0; !rc && t < ML_GAP_TABLES; t++) {
		const struct ml_resampled_plan how = {
			.scoring = d.scoring[t],
			.models = MODELS,
			.table = table[t],
			.measures = &d.measures,
			.opts = &plan->opts,
			.resamples = plan->resamples ? plan->resamples : ML_RESAMPLES,
			.stream = streams[t],
		};
		rc = ml_resampled_init(&d.resampled[t], &how, run, err);
	}
	for (size_t m = 0; !rc && m < d.measures.n; m++)
		rc = report_one(out, &d, m, err);
	for (size_t t = 0; t < ML_GAP_TABLES; t++) {
		ml_resampled_release(&d.resampled[t]);
		for (size_t k = 0; k < MODELS; k++)
			ml_scoring_release(&d.scoring[t][k]);
	}
	ml_measures_release(&d.measures);
	return rc;
}
