/* coef.c - coefficients folded back through affine steps. */
#include "core/coef.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
static void fold(struct ml_coefs *c, size_t j, double center, double factor)
{
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

/* Goes through the needs of one step: features that it changes. */
static void fold_step(struct ml_coefs *c, const struct ml_step *s,
		      const struct ml_levels *features, bool *closed)
{
	for (size_t k = 0; k < s->n_needs; k++) {
		const char *name = s->needs[k].name;
		int32_t j = ml_levels_find(features, name, strlen(name));
		double center, factor;
		if (j < 0 || closed[j] || !(s->prep->flags & ML_PREP_IN_PLACE))
			continue;
		if (s->prep->affine && s->prep->affine(s->state, k, &center, &factor))
			fold(c, (size_t)j, center, factor);
		else
			closed[j] = true;
	}
	/* What a step makes anew was nothing before it. */
	for (size_t k = 0; k < s->n_gives; k++) {
		int32_t j =
			ml_levels_find(features, s->gives[k].name, strlen(s->gives[k].name));
		if (j >= 0 && !(s->prep->flags & ML_PREP_IN_PLACE))
			closed[j] = true;
	}
}

static int fold_steps(struct ml_coefs *c, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_step *model = &p->step[p->n - 1];
	struct ml_levels *features = ml_levels_new(err);
	bool *closed = ml_alloc(c->p, sizeof *closed, err);
	int32_t code;
	int rc = features && closed ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < c->p; j++)
		rc = ml_levels_add(features, model->needs[j].name, strlen(model->needs[j].name),
				   &code, err);
	for (size_t i = p->n - 1; !rc && i-- > 0;)
		fold_step(c, &p->step[i], features, closed);
	ml_levels_free(features);
	free(closed);
	return rc;
}

int ml_coefs_init(struct ml_coefs *c, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);

	*c = (struct ml_coefs){ 0 };
	if (!s)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	if (!s->model->coefficients)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' has no coefficients",
			       ml_step_type(s));
	int rc = take_numbers(c, s, err);
	return rc ? rc : fold_steps(c, p, err);
}

void ml_coefs_release(struct ml_coefs *c)
{
	free(c->v.v);
	free(c->stats.v);
	free(c->label);
	*c = (struct ml_coefs){ 0 };
}
