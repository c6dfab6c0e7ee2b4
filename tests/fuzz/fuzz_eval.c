/* fuzz_eval.c - a table of truth and predictions made of bytes, metrics, gates and slices asked
 * for in text: an error, or figures that are in the range of their metric or not defined.
 *
 * Input: kinds, columns and forms of output (three bytes), metrics, gates and slices up to a
 * newline each, rows, then cells. */
#include "tables.h"

#include "core/evaltext.h"
#include "core/evaluate.h"

static struct ml_column *add_shares(struct ml_table *t, const char *name, struct choices *c)
{
	struct ml_column *column = add_column(t, name, ML_NUMBER, &(struct choices){ 0 });

	for (size_t i = 0; i < t->rows; i++)
		column->num[i] = choose(c, 256) / 255.0;
	return column;
}

enum { PRED = 1, PROB = 2, BOTH = 4, SCORE = 8, WEIGHT = 16, REGION = 32, ODD = 64 };

static struct ml_table *choose_table(unsigned kinds, unsigned what, size_t rows,
				     struct choices *c)
{
	static const enum ml_kind kind[] = { ML_CATEGORY, ML_NUMBER, ML_NUMBER, ML_STRING };
	struct ml_error err;
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);

	t->rows = rows;
	add_column(t, "y", kind[kinds % 4], c)->role = ML_TARGET;
	if (what & PRED)
		add_column(t, "pred", kind[kinds / 4 % 4], c);
	if (what & PROB) {
		struct ml_column *p = add_shares(t, "prob:yes", c);
		size_t at = (size_t)(p - t->col);
		if (what & BOTH) {
			struct ml_column *q = add_shares(t, "prob:no", &(struct choices){ 0 });
			for (size_t i = 0; i < rows; i++)
				q->num[i] = 1 - t->col[at].num[i];
		}
	}
	if (what & ODD)
		add_column(t, "prob:a", ML_NUMBER, c);
	if (what & SCORE)
		add_column(t, "s", ML_NUMBER, c);
	if (what & WEIGHT)
		add_column(t, "w", ML_NUMBER, c)->role = ML_WEIGHT;
	if (what & REGION)
		add_column(t, "region", ML_CATEGORY, c);
	return t;
}

static void check_figure(const struct ml_measures_item *item, const struct ml_figure *f)
{
	const struct ml_metric *m = item->measure.metric;

	MUST(!isinf(f->value) && !isinf(f->lo) && !isinf(f->hi));
	/* Sums of rounded shares. */
	MUST(isnan(f->value) || (f->value >= m->lo - 1e-9 && f->value <= m->hi + 1e-9));
	MUST(isnan(f->lo) || f->lo <= f->hi);
}

static void tell(const struct ml_eval *e, const struct ml_table *t,
		 const struct ml_eval_plan *plan, const struct ml_run *run)
{
	struct ml_error err = { 0 };
	struct ml_sink *sink; /* nobody reads it, and a pipe would fill */
	int rc;

	MUST(!ml_sink_open(&sink, "/dev/null", &err));
	MUST(!ml_eval_csv(e, sink, ',', &err));
	MUST(!ml_eval_table(e, sink, &err));
	MUST(!ml_eval_json(e, sink, &err));
	for (const struct ml_curve *c = ml_curves; c->name; c++)
		if ((rc = ml_eval_curve(e, t, plan, c, sink, ',', run, &err)))
			must_tell(rc, &err);
	MUST(!ml_sink_commit(sink, &err));
	/* A thousand draws for each gate with a level would be most of the time. */
	struct ml_eval_plan few = *plan;
	few.resamples = 7;
	rc = ml_eval_gates(e, t, NULL, &few, run, &err);
	if (rc && rc != ML_NO)
		must_tell(rc, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct choices c = { v, n };
	unsigned kinds = choose(&c, 256), what = choose(&c, 256), how = choose(&c, 256);
	char *metrics = choose_text(&c, '\n'), *gates = choose_text(&c, '\n'),
	     *by = choose_text(&c, '\n');
	const char *lists[] = { metrics, gates, by };
	size_t rows = choose(&c, 24);
	struct ml_table *t = choose_table(kinds, what, rows, &c);
	struct ml_eval_plan plan = {
		.scoring = { .prefix = "",
			     .task = (int)(how % 3) - 1,
			     .score = what & SCORE && how & 4 ? "s" : NULL,
			     .positive = how & 8 ? "yes" : NULL },
		.metrics = { lists, *metrics ? 1 : 0 },
		.gates = { lists + 1, *gates ? 1 : 0 },
		.by = { lists + 2, *by ? 1 : 0 },
		.opts = { .beta = 2, .bins = 1 + how % 7 },
		.resamples = how & 16 ? 7 : 0,
		.confidence = 0.9,
	};
	struct ml_run run = { .threads = 1, .seed = 1, .deadline = INFINITY };
	struct ml_error err = { 0 };
	struct ml_eval e = { 0 };

	int rc = ml_eval_init(&e, t, &plan, &run, &err);
	if (rc) {
		must_tell(rc, &err);
	} else {
		for (size_t s = 0; s < e.n; s++)
			for (size_t i = 0; i < e.measures.n; i++)
				check_figure(&e.measures.item[i], &e.slice[s].figure[i]);
		tell(&e, t, &plan, &run);
	}
	ml_eval_release(&e);
	ml_table_free(t);
	free(metrics);
	free(gates);
	free(by);
	return 0;
}
