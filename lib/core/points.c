/* points.c - figures fold by fold, from predictions or from a table of metrics. */
#include "core/points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/verdict.h"
#include "la/sums.h"

#define SHOW(s) ML_SHOW((s), strlen(s))
enum { THING, REPEAT, FOLD };

struct work {
	const char *name[ML_COHORTS_COLUMNS]; /* of the columns */
	struct ml_cohorts cohorts, trained;
	struct ml_points p;
	const struct ml_eval_plan *plan;
};

/* ---- figures of a curve ---- */

struct ml_point ml_points_mean(const struct ml_points *p, const double *of, size_t level)
{
	struct ml_point out = { NAN, NAN, 0 };

	if (!of)
		return out;
	struct ml_moments m = ml_moments_of(of + level * p->folds, NULL, p->folds);
	out.n = m.n;
	out.mean = m.mean;
	if (of == p->test && p->se && p->folds == 1)
		out.se = p->se[level];
	if (m.n > 1)
		out.se = sqrt(m.ss / (double)(m.n - 1) * (1 / (double)m.n + p->ratio));
	return out;
}

int ml_points_step(const struct ml_points *p, size_t from, size_t to, struct ml_contrast *out,
		   struct ml_error *err)
{
	double sign = p->measure.metric->higher_better ? 1 : -1;
	const double *a = p->test + from * p->folds, *b = p->test + to * p->folds;
	double *d = ml_alloc(p->folds, sizeof *d, err);
	size_t n = 0;

	if (!d)
		return err->code;
	for (size_t i = 0; i < p->folds; i++)
		if (!isnan(a[i]) && !isnan(b[i]))
			d[n++] = sign * (b[i] - a[i]);
	*out = n ? ml_corrected_t(d, n, p->ratio, p->confidence) : ml_contrast_none();
	free(d);
	return ML_OK;
}

void ml_points_name(struct ml_buf *out, const struct ml_points *p, size_t level)
{
	ml_buf_printf(out, "%s = ", SHOW(p->thing));
	ml_buf_text(out, SHOW(p->label[level]));
}

void ml_points_row(struct ml_findings *out, const struct ml_points *p, size_t level)
{
	struct ml_point test = ml_points_mean(p, p->test, level);
	struct ml_point train = ml_points_mean(p, p->train, level);

	if (isnan(p->x[level]))
		ml_findings_text(out, p->label[level]);
	else
		ml_findings_number(out, p->x[level]);
	ml_verdict_metric(out, &p->measure, p->labels);
	ml_findings_number(out, test.mean);
	if (test.n > 1 || p->se)
		ml_findings_number(out, test.se);
	else
		ml_findings_none(out);
	if (p->train)
		ml_findings_number(out, train.mean);
	else
		ml_findings_none(out);
	ml_findings_number(out, (double)test.n);
}

/* ---- the levels ---- */

static int init_points(struct work *w, struct ml_error *err)
{
	struct ml_points *p = &w->p;
	const struct ml_labels *l = &w->cohorts.label[THING];
	size_t repeats = ml_cohorts_levels(&w->cohorts, REPEAT);
	size_t folds = ml_cohorts_levels(&w->cohorts, FOLD);

	p->thing = w->name[THING];
	p->confidence = w->plan->confidence;
	p->n = l->n;
	p->label = l->name;
	p->folds = repeats * folds;
	p->ratio = folds > 1 ? 1 / ((double)folds - 1) : 0;
	if (!(p->x = ml_alloc(p->n, sizeof *p->x, err)) ||
	    !(p->test = ml_alloc(p->n * p->folds, sizeof *p->test, err)))
		return err->code;
	for (size_t i = 0; i < p->n; i++) {
		struct ml_number number;
		bool is = ml_number_parse(l->name[i], strlen(l->name[i]), &number);
		p->x[i] = l->numeric && is ? number.value : NAN;
	}
	return ML_OK;
}

/* Levels of other rows are those of the curve, by name. */
static void place(const struct ml_points *p, const struct ml_cohorts *s, const double *value,
		  double *out)
{
	size_t folds = ml_cohorts_levels(s, FOLD);

	for (size_t i = 0; i < p->n * p->folds; i++)
		out[i] = NAN;
	for (size_t i = 0; i < s->n; i++) {
		const size_t *level = s->level + i * s->columns;
		const char *name = s->label[THING].name[level[THING]];
		size_t fold = level[REPEAT] * folds + level[FOLD];
		for (size_t at = 0; at < p->n && fold < p->folds; at++)
			if (!strcmp(name, p->label[at]))
				out[at * p->folds + fold] = value[i];
	}
}

static int report_curve(struct ml_findings *out, enum ml_curve_of which, struct ml_points *p,
			struct ml_error *err)
{
	return which == ML_LEARNING ? ml_learning_report(out, p, err)
				    : ml_validation_report(out, p, err);
}

/* ---- from predictions ---- */

static int values_of(const struct ml_cohorts *s, const struct ml_scoring *rows,
		     const struct ml_measures *m, const struct ml_metric_opts *o,
		     double **value, struct ml_error *err)
{
	if (!(*value = ml_alloc(s->n * m->n, sizeof **value, err)))
		return err->code;
	return ml_cohorts_values(s, rows, m, o, *value, err);
}

static int from_predictions(struct ml_findings *out, enum ml_curve_of which, struct work *w,
			    const struct ml_table *t, const struct ml_table *train,
			    const struct ml_run *run, struct ml_error *err)
{
	static const char *const names[] = { "the rows", "the training rows" };
	struct ml_table *const table[] = { (struct ml_table *)t, (struct ml_table *)train };
	struct ml_scoring s[2] = { { .w = NULL } };
	struct ml_measures m = { 0 };
	double *value = NULL, *trained = NULL;
	size_t n = train ? 2 : 1;

	int rc = ml_scoring_alike(s, table, names, n, &w->plan->scoring, run, err);
	if (!rc)
		rc = ml_measures_common(&m, s, n, names, &w->plan->metrics, &w->plan->opts,
					err);
	if (!rc)
		rc = values_of(&w->cohorts, &s[0], &m, &w->plan->opts, &value, err);
	if (!rc && train)
		rc = values_of(&w->trained, &s[1], &m, &w->plan->opts, &trained, err);
	if (!rc && train &&
	    !(w->p.train = ml_alloc(w->p.n * w->p.folds, sizeof *w->p.train, err)))
		rc = err->code;
	w->p.labels = &s[0].labels;
	for (size_t i = 0; !rc && i < m.n; i++) {
		w->p.measure = m.item[i].measure;
		place(&w->p, &w->cohorts, value + i * w->cohorts.n, w->p.test);
		if (train)
			place(&w->p, &w->trained, trained + i * w->trained.n, w->p.train);
		rc = report_curve(out, which, &w->p, err);
	}
	free(value);
	free(trained);
	ml_measures_release(&m);
	w->p.labels = NULL;
	for (size_t i = 0; i < n; i++)
		ml_scoring_release(&s[i]);
	return rc;
}

/* ---- from a table of metrics ---- */

/* *found: the first FRONT NAME that is a column of numbers; NULL: none. */
static int find(const struct ml_table *t, const char *const *front, const char *const *name,
		size_t n, const struct ml_column **found, struct ml_error *err)
{
	int rc = ML_OK;

	*found = NULL;
	for (size_t i = 0; !rc && !*found && i < n; i++) {
		struct ml_buf text = { 0 };
		ml_buf_printf(&text, "%s%s", front[i], name[i]);
		rc = ml_buf_check(&text, err);
		size_t at = ml_table_find(t, ml_buf_str(&text));
		if (at != SIZE_MAX && t->col[at].kind == ML_NUMBER)
			*found = &t->col[at];
		ml_buf_release(&text);
	}
	return rc;
}

/* Means of the rows of each part. */
static int means_of(const struct ml_cohorts *s, const struct ml_column *c,
		    const struct ml_points *p, double **out, struct ml_error *err)
{
	double *value = ml_alloc(s->n, sizeof *value, err);

	if (!*out)
		*out = ml_alloc(p->n * p->folds, sizeof **out, err);
	if (!value || !*out) {
		free(value);
		return err->code;
	}
	for (size_t i = 0; i < s->n; i++) {
		double sum = 0;
		for (size_t r = s->start[i]; r < s->start[i + 1]; r++)
			sum += c->num[s->row[r]];
		value[i] = sum / (double)(s->start[i + 1] - s->start[i]);
	}
	place(p, s, value, *out);
	free(value);
	return ML_OK;
}

static int from_metrics(struct ml_findings *out, enum ml_curve_of which, struct work *w,
			const struct ml_table *t, struct ml_error *err)
{
	const struct ml_texts *metrics = &w->plan->metrics;
	const char *name = metrics->n == 1 ? metrics->v[0] : "";

	if (!ml_metric_find(name, strlen(name), &w->p.measure))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "a table of metrics needs the name of one metric: --metric NAME "
			       "(for predictions, name the truth with -y)");
	const char *const test[] = { "test", "value", name };
	const char *const none[] = { "", "", "" };
	const char *const train[] = { "train", "train-", "train_" }, *const back[] = { "", name,
										       name };
	const struct ml_column *c = NULL, *fit = NULL;
	int rc = find(t, none, test, 3, &c, err);
	if (!rc)
		rc = find(t, train, back, 3, &fit, err);
	if (!rc && !c)
		rc = ml_fail(err, ML_EDATA, "E-COLUMNS",
			     "no column of numbers 'test', 'value' or '%s'", SHOW(name));
	if (!rc)
		rc = means_of(&w->cohorts, c, &w->p, &w->p.test, err);
	size_t se = ml_table_find(t, "se");
	if (!rc && w->p.folds == 1 && se != SIZE_MAX && t->col[se].kind == ML_NUMBER)
		rc = means_of(&w->cohorts, &t->col[se], &w->p, &w->p.se, err);
	if (!rc && fit)
		rc = means_of(&w->cohorts, fit, &w->p, &w->p.train, err);
	return rc ? rc : report_curve(out, which, &w->p, err);
}

int ml_points_report(struct ml_findings *out, enum ml_curve_of which, const char *column,
		     const struct ml_table *t, const struct ml_table *train,
		     const struct ml_eval_plan *plan, const struct ml_run *run,
		     struct ml_error *err)
{
	static const char *const columns[] = { "at",    "metric", "class",   "value", "se",
					       "train", "n",      "verdict", "says",  NULL };
	struct ml_buf repeat = { 0 }, fold = { 0 };
	struct work w = { .plan = plan };
	int rc = ML_OK;

	*out = (struct ml_findings){ .column = columns };
	ml_buf_printf(&repeat, "%srepeat", plan->scoring.prefix);
	ml_buf_printf(&fold, "%sfold", plan->scoring.prefix);
	if (ml_buf_check(&repeat, err) || ml_buf_check(&fold, err))
		rc = err->code;
	w.name[THING] = column;
	w.name[REPEAT] = ml_buf_str(&repeat);
	w.name[FOLD] = ml_buf_str(&fold);
	if (!rc && (ml_table_find(t, column) == SIZE_MAX ||
		    (train && ml_table_find(train, column) == SIZE_MAX)))
		rc = ml_fail(err, ML_EDATA, "E-COLUMNS", "no column '%s'", SHOW(column));
	if (!rc && !t->rows)
		rc = ml_fail(err, ML_EDATA, "E-NOROWS", "no rows to judge");
	if (!rc)
		rc = ml_cohorts_init(&w.cohorts, t, w.name, ML_COHORTS_COLUMNS, err);
	if (!rc && train)
		rc = ml_cohorts_init(&w.trained, train, w.name, ML_COHORTS_COLUMNS, err);
	if (!rc)
		rc = init_points(&w, err);
	if (!rc && ml_table_role(t, ML_TARGET) != SIZE_MAX)
		rc = from_predictions(out, which, &w, t, train, run, err);
	else if (!rc)
		rc = from_metrics(out, which, &w, t, err);
	free(w.p.x);
	free(w.p.test);
	free(w.p.train);
	free(w.p.se);
	ml_cohorts_release(&w.cohorts);
	ml_cohorts_release(&w.trained);
	ml_buf_release(&repeat);
	ml_buf_release(&fold);
	return rc;
}
