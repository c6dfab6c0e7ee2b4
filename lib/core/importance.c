/* importance.c - importances of features as importances of columns. */
#include "core/importance.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/parentage.h"
#include "la/argsort.h"

static const char *const columns[] = { "feature", "share", "importance", "splits", NULL };

static int put_rows(struct ml_findings *out, const struct ml_parentage *a, const double *gain,
		    const double *splits, const uint32_t *order, struct ml_error *err)
{
	double largest = 0, total = 0;
	int rc = ML_OK;

	for (size_t k = 0; k < a->n; k++)
		largest = fmax(largest, gain[k]);
	for (size_t k = 0; k < a->n && largest > 0; k++)
		total += gain[k] / largest;
	for (size_t i = 0; !rc && i < a->n; i++) {
		size_t k = order[i];

		ml_findings_text(out, a->name[k]);
		ml_findings_number(out, total > 0 ? gain[k] / largest / total : 0);
		ml_findings_number(out, gain[k]);
		if (splits)
			ml_findings_number(out, splits[k]);
		else
			ml_findings_none(out);
		rc = ml_findings_row(out, NULL, err);
	}
	return rc;
}

/* Features to columns: added up. */
static void gather(const struct ml_parentage *a, const double *of_feature, double *of_column)
{
	for (size_t j = 0; j < a->features; j++)
		of_column[a->of[j]] += of_feature[j];
}

static int sorted_rows(struct ml_findings *out, const struct ml_parentage *a,
		       const struct ml_step *s, struct ml_error *err)
{
	double *gain = ml_alloc(2 * a->features + 3 * a->n, sizeof *gain, err);
	uint32_t *order = ml_alloc(a->n, sizeof *order, err);
	int rc = gain && order ? ML_OK : err->code;
	double *count = gain ? gain + a->features : NULL;
	double *of_gain = gain ? count + a->features : NULL;
	double *of_count = gain ? of_gain + a->n : NULL, *minus = gain ? of_count + a->n : NULL;

	if (!rc) {
		s->model->importances(s->state, gain);
		if (s->model->splits)
			s->model->splits(s->state, count);
		gather(a, gain, of_gain);
		gather(a, count, of_count);
		for (size_t k = 0; k < a->n; k++)
			of_gain[k] = fmin(of_gain[k], DBL_MAX);
		for (size_t k = 0; k < a->n; k++)
			minus[k] = -of_gain[k];
		rc = ml_argsort(minus, 1, a->n, order, err);
	}
	if (!rc)
		rc = put_rows(out, a, of_gain, s->model->splits ? of_count : NULL, order, err);
	free(order);
	free(gain);
	return rc;
}

int ml_importance(struct ml_findings *out, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);
	struct ml_parentage a = { 0 };

	out->column = columns;
	out->silent = true;
	if (s && !s->model->importances)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' has no importances",
			       ml_step_type(s));
	int rc = ml_parentage_init(&a, p, err);
	if (!rc)
		rc = sorted_rows(out, &a, s, err);
	ml_parentage_release(&a);
	return rc;
}
