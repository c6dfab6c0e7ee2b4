/* fitjudge.c - predictions in, a metric's value out. */
#include "core/fitjudge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/measures.h"
#include "core/predict.h"
#include "metrics/sheet.h"

static const struct ml_metric_opts usual = { .beta = 1, .bins = 15 };

static int judge(void *arg, const struct ml_mat *pred, double *value, struct ml_error *err)
{
	struct ml_fit_judge *j = arg;
	struct ml_sheet sheet = { 0 };
	struct ml_parts parts = { 0 };

	for (size_t i = 0; i < pred->rows; i++) {
		const double *row = pred->v + i * pred->ld;

		if (j->pred)
			j->pred[i] = (int32_t)ml_outcome_pick(j->outcome, row);
		else
			j->value[i] = row[0];
	}
	j->rows.prob = j->pred ? *pred : (struct ml_mat){ 0 };
	int rc = ml_sheet_init(&sheet, &j->rows, ml_measure_needs(&j->measure), false, err);
	if (!rc)
		rc = ml_parts_init(&parts, &sheet, err);
	if (!rc)
		rc = ml_parts_fill(&parts, j->rows.w, err);
	if (!rc)
		*value = ml_measure_value(&j->measure, &parts, &usual);
	ml_parts_release(&parts);
	ml_sheet_release(&sheet);
	return rc;
}

/* The metric by its name, as ml-eval knows it. */
static int find(struct ml_fit_judge *j, const char *metric, struct ml_error *err)
{
	const struct ml_outcome *o = j->outcome;
	double any = 0;
	struct ml_scoring s = { .rows = j->rows, .truth_name = o->target ? o->target : "" };
	struct ml_measures m = { 0 };
	size_t at;

	if (o->n_classes)
		s.rows.prob.v = &any;
	int rc = ML_OK;
	for (size_t c = 0; !rc && c < o->n_classes; c++)
		rc = ml_labels_add(&s.labels, o->classes[c], err);
	if (!rc)
		rc = ml_labels_sort(&s.labels, err);
	if (!rc)
		rc = ml_measures_add(&m, &s, metric, strlen(metric), false, &at, err);
	if (!rc)
		j->measure = m.item[at].measure;
	ml_measures_release(&m);
	ml_labels_release(&s.labels);
	return rc;
}

int ml_fit_judge_init(struct ml_fit_judge *j, const char *metric, const struct ml_outcome *o,
		      const double *y, const double *w, const int32_t *group, size_t n,
		      struct ml_error *err)
{
	*j = (struct ml_fit_judge){ .outcome = o };
	j->rows = (struct ml_scored){ .task = o->n_classes ? ML_FOR_CLASSES : ML_FOR_NUMBERS,
				      .n = n,
				      .w = w,
				      .group = group,
				      .classes = o->n_classes,
				      .positive = o->positive };
	if (o->n_classes) {
		if (!(j->y = ml_alloc(n, sizeof *j->y, err)) ||
		    !(j->pred = ml_alloc(n, sizeof *j->pred, err)))
			return err->code;
		for (size_t i = 0; i < n; i++)
			j->y[i] = (int32_t)y[i];
		j->rows.y = j->y;
		j->rows.pred = j->pred;
	} else {
		if (!(j->value = ml_alloc(n, sizeof *j->value, err)))
			return err->code;
		j->rows.truth = y;
		j->rows.value = j->value;
	}
	if (find(j, metric, err))
		return err->code;
	j->judge = (struct ml_judge){ judge, j, j->measure.metric->higher_better };
	return ML_OK;
}

void ml_fit_judge_release(struct ml_fit_judge *j)
{
	free(j->value);
	free(j->pred);
	free(j->y);
	*j = (struct ml_fit_judge){ 0 };
}
