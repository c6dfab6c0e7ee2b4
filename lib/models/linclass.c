/* linclass.c - linear scores of classes. */
#include "models/linclass.h"

int ml_linclass_init(struct ml_linclass *m, const struct ml_problem *p, struct ml_error *err)
{
	m->classes = p->nclass;
	if (ml_linpred_init(&m->lin, p->nclass == 2 ? 1 : p->nclass, p->x.cols, err))
		return err->code;
	return ml_linpred_note(&m->lin, p, err);
}

int ml_linclass_predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
			struct ml_error *err)
{
	const struct ml_linclass *m = state;

	if (ml_mat_expect(x, m->lin.features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		double *o = out->v + i * out->ld;
		ml_linpred_scores(&m->lin, x->v + i * x->ld, o);
		if (m->lin.rows == 1)
			ml_sigmoid(o[0], o);
		else
			ml_softmax(o, m->classes);
	}
	return ML_OK;
}

int ml_linclass_predict_log(const void *state, const struct ml_mat *x, struct ml_mat *out,
			    struct ml_error *err)
{
	const struct ml_linclass *m = state;

	if (ml_mat_expect(x, m->lin.features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		double *o = out->v + i * out->ld;
		ml_linpred_scores(&m->lin, x->v + i * x->ld, o);
		if (m->lin.rows == 1) {
			o[1] = o[0];
			o[0] = 0;
		}
		ml_log_softmax(o, m->classes);
	}
	return ML_OK;
}

size_t ml_linclass_width(const void *state)
{
	return ((const struct ml_linclass *)state)->classes;
}

void ml_linclass_save(const void *state, struct ml_fields *out)
{
	const struct ml_linclass *m = state;

	ml_put_size(out, "classes", m->classes);
	ml_linpred_save(&m->lin, out);
}

int ml_linclass_load(void *state, unsigned format, const struct ml_fields *in,
		     struct ml_error *err)
{
	struct ml_linclass *m = state;

	(void)format; /* logistic's 1 had no means and deviations */
	if (ml_get_size(in, "classes", 1u << 20, &m->classes, err) ||
	    ml_linpred_load(&m->lin, 1u << 20, in, err))
		return err->code;
	if (m->classes < 2 || m->lin.rows != (m->classes == 2 ? 1 : m->classes))
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'outputs': %zu for %zu classes",
			       m->lin.rows, m->classes);
	return ML_OK;
}

void ml_linclass_release(void *state)
{
	ml_linpred_release(&((struct ml_linclass *)state)->lin);
}

size_t ml_linclass_rows(const void *state)
{
	return ((const struct ml_linclass *)state)->lin.rows;
}

void ml_linclass_coefficients(const void *state, struct ml_mat *out)
{
	ml_linpred_copy(&((const struct ml_linclass *)state)->lin, out);
}

void ml_linclass_importances(const void *state, double *gain)
{
	ml_linpred_importances(&((const struct ml_linclass *)state)->lin, gain);
}

int ml_linclass_contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			      struct ml_error *err)
{
	return ml_linpred_contributions(&((const struct ml_linclass *)state)->lin, x, out, err);
}
