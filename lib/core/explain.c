/* explain.c - contributions of features, added up over those that come of one column. */
#include "core/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int ml_explain_init(struct ml_explain *e, const struct ml_pipeline *p, struct ml_error *err)
{
	*e = (struct ml_explain){ .model = ml_pipeline_model(p) };
	if (e->model && !e->model->model->contributions)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' does not tell contributions",
			       ml_step_type(e->model));
	int rc = ml_parentage_init(&e->from, p, err);
	if (rc)
		return rc;
	e->scores = e->model->model->scores(e->model->state);
	e->width = e->scores * (e->from.n + 1);
	return ML_OK;
}

void ml_explain_release(struct ml_explain *e)
{
	ml_parentage_release(&e->from);
	*e = (struct ml_explain){ 0 };
}

int ml_explain_name(const struct ml_explain *e, size_t k, struct ml_buf *b,
		    struct ml_error *err)
{
	size_t column = k % (e->from.n + 1);
	const struct ml_outcome *o = &e->model->outcome;
	const char *class = e->scores > 1 && o->n_classes == e->scores
				    ? o->classes[k / (e->from.n + 1)]
				    : NULL;

	ml_buf_clear(b);
	ml_buf_text(b, column ? "shap" : "shap_base");
	if (class)
		ml_buf_printf(b, ":%s", class);
	if (column)
		ml_buf_printf(b, ":%s", e->from.name[column - 1]);
	return ml_buf_check(b, err);
}

int ml_explain_rows(const struct ml_explain *e, const struct ml_mat *x, struct ml_mat *out,
		    size_t at, struct ml_error *err)
{
	size_t p = e->from.features, wide = e->scores * (p + 1);
	struct ml_mat phi = { ml_alloc(x->rows * wide, sizeof *phi.v, err), x->rows, wide,
			      wide };
	int rc = phi.v ? e->model->model->contributions(e->model->state, x, &phi, err)
		       : err->code;

	for (size_t i = 0; !rc && i < x->rows; i++)
		for (size_t c = 0; c < e->scores; c++) {
			const double *from = phi.v + i * wide + c * (p + 1);
			double *to = out->v + i * out->ld + at + c * (e->from.n + 1);

			memset(to, 0, (e->from.n + 1) * sizeof *to);
			to[0] = from[p];
			for (size_t j = 0; j < p; j++)
				to[1 + e->from.of[j]] += from[j];
		}
	free(phi.v);
	return rc;
}
