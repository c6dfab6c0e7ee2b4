/* evaluate.c - from a table to figures. */
#include "core/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/subsets.h"
#include "metrics/bootstrap.h"

struct job {
	struct ml_eval *e;
	const struct ml_eval_plan *plan;
	const struct ml_run *run;
	size_t *undefined; /* resamples without a value, an item; all slices together */
};

static int fill_values(struct ml_eval_slice *out, const struct job *job,
		       const struct ml_scoring *s, const struct ml_parts *p,
		       struct ml_error *err)
{
	const struct ml_measures *m = &job->e->measures;
	size_t *support = ml_alloc(s->rows.classes, sizeof *support, err);

	if (!support)
		return err->code;
	for (size_t i = 0; s->rows.y && i < s->rows.n; i++)
		support[s->rows.y[i]]++;
	for (size_t i = 0; i < m->n; i++) {
		const struct ml_measure *one = &m->item[i].measure;
		out->figure[i] = (struct ml_figure){
			.value = ml_measure_value(one, p, &job->plan->opts),
			.lo = NAN,
			.hi = NAN,
			.n = one->average == ML_AVG_CLASS ? support[one->cls] : s->rows.n,
		};
	}
	free(support);
	return ML_OK;
}

static int fill_confusion(struct ml_eval_slice *out, const struct ml_scoring *s,
			  const struct ml_parts *p, struct ml_error *err)
{
	size_t k = s->rows.classes;

	out->confusion = ml_alloc(k * k, sizeof *out->confusion, err);
	if (!out->confusion || !(out->cell = ml_alloc(k * k, sizeof *out->cell, err)))
		return err->code;
	memcpy(out->confusion, p->confusion, k * k * sizeof *out->confusion);
	for (size_t i = 0; i < s->rows.n; i++)
		out->cell[(size_t)s->rows.y[i] * k + (size_t)s->rows.pred[i]]++;
	return ML_OK;
}

static int fill_intervals(struct ml_eval_slice *out, const struct job *job,
			  const struct ml_subset *s, const struct ml_sheet *sheet,
			  struct ml_error *err)
{
	const struct ml_measures *m = &job->e->measures;
	struct ml_resampling how = { .resamples = job->plan->resamples,
				     .confidence = job->plan->confidence,
				     .group = s->group,
				     .groups = s->groups };
	struct ml_measure *list = ml_alloc(m->n, sizeof *list, err);
	struct ml_interval *interval = list ? ml_alloc(m->n, sizeof *interval, err) : NULL;
	int rc = interval ? ML_OK : ML_ENOMEM;

	for (size_t i = 0; !rc && i < m->n; i++)
		list[i] = m->item[i].measure;
	if (!rc)
		rc = ml_bootstrap(sheet, list, m->n, &job->plan->opts, &how, job->run, interval,
				  err);
	for (size_t i = 0; !rc && i < m->n; i++) {
		if (isnan(out->figure[i].value))
			continue;
		out->figure[i].lo = interval[i].lo;
		out->figure[i].hi = interval[i].hi;
		job->undefined[i] += interval[i].undefined;
	}
	free(interval);
	free(list);
	return rc;
}

static int judge(void *arg, const struct ml_subset *s, struct ml_error *err)
{
	struct job *job = arg;
	struct ml_eval *e = job->e;
	const struct ml_scoring *rows = s->rows;
	struct ml_sheet sheet = { 0 };
	struct ml_parts parts = { 0 };

	if (ML_GROW(e->slice, e->cap, e->n + 1, err))
		return err->code;
	struct ml_eval_slice *out = &e->slice[e->n++];
	*out = (struct ml_eval_slice){ .rows = rows->rows.n };
	if (s->name && !(out->name = ml_strdup(s->name, err)))
		return err->code;
	if (!(out->figure = ml_alloc(e->measures.n, sizeof *out->figure, err)))
		return err->code;
	int rc = ml_sheet_init(&sheet, &rows->rows, ml_measures_needs(&e->measures),
			       job->plan->resamples > 0, err);
	if (!rc)
		rc = ml_parts_init(&parts, &sheet, err);
	if (!rc)
		rc = ml_parts_fill(&parts, rows->rows.w, err);
	if (!rc)
		rc = fill_values(out, job, rows, &parts, err);
	if (!rc && e->measures.confusion)
		rc = fill_confusion(out, rows, &parts, err);
	if (!rc && job->plan->resamples && e->measures.n)
		rc = fill_intervals(out, job, s, &sheet, err);
	ml_parts_release(&parts);
	ml_sheet_release(&sheet);
	return rc;
}

/* ---- what is not defined ---- */

/* " of class 'x'", " where sex=F" of the first figure of `metric` that has no value; their
 * number. */
static size_t count_undefined(const struct ml_eval *e, const struct ml_metric *metric,
			      struct ml_buf *where)
{
	size_t count = 0;

	for (size_t s = 0; s < e->n; s++)
		for (size_t i = 0; i < e->measures.n; i++) {
			const struct ml_measure *m = &e->measures.item[i].measure;
			char name[ML_MEASURE_NAME];
			if (m->metric != metric || !isnan(e->slice[s].figure[i].value) ||
			    count++)
				continue;
			ml_measure_name(m, name);
			ml_buf_text(where, name);
			if (m->average == ML_AVG_CLASS) {
				const char *c = e->scoring.labels.name[m->cls];
				ml_buf_printf(where, " of class '%s'", ML_SHOW(c, strlen(c)));
			}
			ml_buf_text(where, " is not defined");
			if (e->slice[s].name) {
				const char *in = e->slice[s].name;
				ml_buf_printf(where, " where %s", ML_SHOW(in, strlen(in)));
			}
		}
	return count;
}

static void warn_undefined(const struct ml_eval *e, const struct ml_run *run)
{
	for (size_t m = 0; run->warn && ml_metrics[m]; m++) {
		struct ml_buf where = { 0 };
		size_t n = count_undefined(e, ml_metrics[m], &where);
		if (n > 1)
			ml_buf_printf(&where, " (and %zu more)", n - 1);
		if (n)
			run->warn(run->user, "W-UNDEFINED", SIZE_MAX, "%s: %s",
				  ml_buf_str(&where), ml_metrics[m]->undefined);
		ml_buf_release(&where);
	}
}

static void warn_resamples(const struct job *job)
{
	const struct ml_measures *m = &job->e->measures;
	size_t worst = 0;

	for (size_t i = 0; i < m->n; i++)
		if (job->undefined[i] > job->undefined[worst])
			worst = i;
	if (!job->run->warn || !m->n || !job->undefined[worst])
		return;
	job->run->warn(
		job->run->user, "W-UNDEFINED", SIZE_MAX,
		"%s is not defined in %zu of %zu resamples, which its interval leaves out",
		m->item[worst].measure.metric->name, job->undefined[worst],
		job->plan->resamples * job->e->n);
}

/* ---- all of it ---- */

int ml_eval_init(struct ml_eval *e, const struct ml_table *t, const struct ml_eval_plan *plan,
		 const struct ml_run *run, struct ml_error *err)
{
	struct job job = { e, plan, run, NULL };

	*e = (struct ml_eval){ .intervals = plan->resamples > 0, .sliced = plan->by.n > 0 };
	int rc = ml_scoring_init(&e->scoring, t, &plan->scoring, run, err);
	/* Resamples are what threads have to do then. */
	if (plan->resamples)
		e->scoring.rows.threads = 1;
	if (!rc)
		rc = ml_measures_init(&e->measures, &e->scoring, &plan->metrics,
				      !plan->only_named, &plan->gates, &plan->opts, err);
	if (!rc && !(job.undefined = ml_alloc(e->measures.n, sizeof *job.undefined, err)))
		rc = err->code;
	if (!rc)
		rc = ml_subsets_each(&e->scoring, t, &plan->by, plan->resamples > 0, judge,
				     &job, err);
	if (!rc) {
		warn_undefined(e, run);
		warn_resamples(&job);
	}
	free(job.undefined);
	return rc;
}

void ml_eval_note(const struct ml_eval *e, struct ml_fields *out)
{
	struct ml_fields *map = ml_put_map(out, "metrics");

	ml_put_size(out, "rows", e->scoring.rows.n);
	for (size_t i = 0; map && i < e->measures.n; i++) {
		const struct ml_measure *m = &e->measures.item[i].measure;
		char name[ML_MEASURE_NAME];
		if (m->average == ML_AVG_CLASS || isnan(e->slice[0].figure[i].value))
			continue;
		ml_measure_name(m, name);
		ml_put_real(map, name, e->slice[0].figure[i].value);
	}
}

void ml_eval_release(struct ml_eval *e)
{
	for (size_t s = 0; s < e->n; s++) {
		free(e->slice[s].name);
		free(e->slice[s].figure);
		free(e->slice[s].confusion);
		free(e->slice[s].cell);
	}
	free(e->slice);
	ml_measures_release(&e->measures);
	ml_scoring_release(&e->scoring);
	*e = (struct ml_eval){ 0 };
}
