/* resampled.c - sheets of all models, then the same draws over them. */
#include "core/resampled.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/subsets.h"
#include "metrics/bootstrap.h"

struct work {
	struct ml_resampled *r;
	const struct ml_resampled_plan *plan;
	const struct ml_run *run;
	struct ml_measure *list;
	struct ml_sheet *sheet;
	const struct ml_sheet **view;
};

static int fill_values(const struct work *w, struct ml_error *err)
{
	struct ml_resampled *r = w->r;
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < r->models; k++) {
		struct ml_parts parts = { 0 };
		rc = ml_parts_init(&parts, &w->sheet[k], err);
		if (!rc)
			rc = ml_parts_fill(&parts, w->plan->scoring[k].rows.w, err);
		for (size_t m = 0; !rc && m < r->measures; m++)
			r->value[k * r->measures + m] =
				ml_measure_value(&w->list[m], &parts, w->plan->opts);
		ml_parts_release(&parts);
	}
	return rc;
}

static int resample(const struct work *w, const struct ml_subset *s, struct ml_error *err)
{
	struct ml_resampled *r = w->r;
	size_t all = r->models * r->measures, units = s->group ? s->groups : s->rows->rows.n;
	const struct ml_replicas what = { .sheet = w->view,
					  .sheets = r->models,
					  .measure = w->list,
					  .measures = r->measures,
					  .opts = w->plan->opts };
	const struct ml_resampling how = { .resamples = r->resamples,
					   .group = s->group,
					   .groups = s->groups,
					   .stream = w->plan->stream };

	r->blocks = units < ML_JACKKNIFE_BLOCKS ? units : ML_JACKKNIFE_BLOCKS;
	if (all && r->resamples > SIZE_MAX / all / sizeof *r->boot)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "%zu resamples are too many",
			       r->resamples);
	if (!(r->boot = ml_alloc(all * r->resamples, sizeof *r->boot, err)) ||
	    !(r->jack = ml_alloc(all * r->blocks, sizeof *r->jack, err)))
		return err->code;
	int rc = ml_bootstrap_values(&what, &how, w->run, r->boot, err);
	return rc ? rc : ml_jackknife_values(&what, &how, r->blocks, w->run, r->jack, err);
}

/* The one subset there is: all rows, with their groups. */
static int visit(void *arg, const struct ml_subset *s, struct ml_error *err)
{
	struct work *w = arg;
	const struct ml_measures *m = w->plan->measures;
	size_t models = w->r->models;
	int rc = ML_OK;

	if (!(w->list = ml_alloc(m->n, sizeof *w->list, err)) ||
	    !(w->sheet = ml_alloc(models, sizeof *w->sheet, err)) ||
	    !(w->view = ml_alloc(models, sizeof *w->view, err)) ||
	    !(w->r->value = ml_alloc(models * m->n, sizeof *w->r->value, err)))
		return err->code;
	for (size_t i = 0; i < m->n; i++)
		w->list[i] = m->item[i].measure;
	for (size_t k = 0; !rc && k < models; k++) {
		w->view[k] = &w->sheet[k];
		rc = ml_sheet_init(&w->sheet[k], &w->plan->scoring[k].rows,
				   ml_measures_needs(m), true, err);
	}
	if (!rc)
		rc = fill_values(w, err);
	if (!rc && w->r->resamples)
		rc = resample(w, s, err);
	return rc;
}

int ml_resampled_init(struct ml_resampled *r, const struct ml_resampled_plan *plan,
		      const struct ml_run *run, struct ml_error *err)
{
	const struct ml_texts none = { NULL, 0 };
	struct work w = { .r = r, .plan = plan, .run = run };

	*r = (struct ml_resampled){ .models = plan->models,
				    .measures = plan->measures->n,
				    .resamples = plan->resamples };
	int rc = ml_subsets_each(&plan->scoring[0], plan->table, &none, plan->resamples > 0,
				 visit, &w, err);
	for (size_t k = 0; w.sheet && k < plan->models; k++)
		ml_sheet_release(&w.sheet[k]);
	free(w.sheet);
	free(w.view);
	free(w.list);
	return rc;
}

void ml_resampled_release(struct ml_resampled *r)
{
	free(r->value);
	free(r->boot);
	free(r->jack);
	*r = (struct ml_resampled){ 0 };
}

/* ---- sums ---- */

static double value_of(const struct ml_term *t)
{
	return t->factor * t->from->value[t->model * t->from->measures + t->measure];
}

/* Adds the term to sum[0..n), n of each term's resamples (boot) or blocks (jack). */
static void add(const struct ml_term *t, const double *v, size_t n, double *sum)
{
	const double *mine = v + (t->model * t->from->measures + t->measure) * n;

	for (size_t i = 0; i < n; i++)
		sum[i] += t->factor * mine[i];
}

/* Jackknife values of rows that are resampled apart stand behind one another, each set about
 * its own mean (Efron, Tibshirani 1993, 14.3, for two samples). */
static int accelerate(struct ml_spread *out, const struct ml_term *term, size_t terms,
		      struct ml_error *err)
{
	size_t all = 0;

	for (size_t t = 0; t < terms; t++)
		all += term[t].from->blocks;
	double *dev = ml_alloc(all, sizeof *dev, err);
	if (!dev)
		return err->code;
	size_t n = 0;
	for (size_t t = 0, next; t < terms; t = next) {
		size_t blocks = term[t].from->blocks;
		double mean = 0;
		for (next = t; next < terms && term[next].from == term[t].from; next++)
			add(&term[next], term[next].from->jack, blocks, dev + n);
		for (size_t i = 0; i < blocks; i++)
			mean += dev[n + i] / (double)blocks;
		for (size_t i = 0; i < blocks; i++)
			dev[n + i] -= mean;
		n += blocks;
	}
	out->accel = ml_acceleration(dev, n);
	free(dev);
	return ML_OK;
}

int ml_sum_spread(struct ml_spread *out, const struct ml_term *term, size_t terms,
		  double offset, struct ml_error *err)
{
	size_t n = term[0].from->resamples;
	double *v = ml_alloc(n, sizeof *v, err);

	*out = (struct ml_spread){ .estimate = -offset, .v = v, .accel = NAN };
	if (!v)
		return err->code;
	for (size_t i = 0; i < n; i++)
		v[i] = -offset;
	for (size_t t = 0; t < terms; t++) {
		out->estimate += value_of(&term[t]);
		add(&term[t], term[t].from->boot, n, v);
	}
	if (isnan(out->estimate))
		return ML_OK;
	size_t defined = ml_sort_defined(v, n);
	if (defined * 2 <= n)
		return ML_OK;
	out->n = defined;
	return accelerate(out, term, terms, err);
}
