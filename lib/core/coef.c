/* coef.c - coefficients folded back through affine steps. */
#include "core/coef.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/affine.h"

static int take_numbers(struct ml_coefs *c, const struct ml_step *s, struct ml_error *err)
{
	const struct ml_model *m = s->model;

	c->rows = m->coefficient_rows(s->state);
	c->p = s->n_needs;
	size_t ld = c->p + 1;
	if (!(c->label = ml_alloc(c->rows, sizeof *c->label, err)))
		return err->code;
	c->v = (struct ml_mat){ ml_alloc(c->rows * ld, sizeof(double), err), c->rows, ld, ld };
	if (!c->v.v)
		return err->code;
	m->coefficients(s->state, &c->v);
	for (size_t r = 0; r < c->rows; r++) {
		bool classes = s->outcome.task == ML_CLASSIFY;
		/* One row of two classes: the log-odds of the second. */
		c->label[r] = classes ? s->outcome.classes[c->rows == 1 ? 1 : r] : "";
	}
	if (!m->stats)
		return ML_OK;
	size_t count = 0;
	while (m->stats[count])
		count++;
	c->stats =
		(struct ml_mat){ ml_alloc(ld * count, sizeof(double), err), ld, count, count };
	if (!c->stats.v)
		return err->code;
	c->stat_names = m->stats;
	m->statistics(s->state, &c->stats);
	return ML_OK;
}

/* Feature j was (x - center) * factor. */
static void fold(void *arg, size_t j, double center, double factor)
{
	struct ml_coefs *c = arg;

	for (size_t r = 0; r < c->rows; r++) {
		double *row = c->v.v + r * c->v.ld;
		row[j] *= factor;
		row[c->p] -= row[j] * center;
	}
	if (center == 0 && factor == 1)
		return;
	c->folded = true;
	for (size_t k = 0; k < c->stats.cols; k++) {
		double *intercept = &c->stats.v[c->p * c->stats.ld + k];
		if (!strcmp(c->stat_names[k], "std_error"))
			c->stats.v[j * c->stats.ld + k] *= fabs(factor);
		if (center != 0)
			*intercept = NAN;
	}
}

int ml_coefs_init(struct ml_coefs *c, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);

	*c = (struct ml_coefs){ 0 };
	if (!s)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	if (!s->model->coefficients || !s->model->coefficient_rows(s->state))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' has no coefficients",
			       ml_step_type(s));
	int rc = take_numbers(c, s, err);
	return rc ? rc : ml_affine_back(p, fold, c, err);
}

void ml_coefs_release(struct ml_coefs *c)
{
	free(c->v.v);
	free(c->stats.v);
	free(c->label);
	*c = (struct ml_coefs){ 0 };
}
