/* explain.c - contributions of features, added up over those that come of one column. */
#include "core/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

/* Rows that are explained at once: what trees prepare is worth some rows' time. */
enum { PIECE = 128 };

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

struct explaining {
	const struct ml_explain *e;
	const struct ml_mat *x;
	struct ml_mat *out, phi;
	size_t at;
};

/* Features of a row to columns. */
static void gather(const struct explaining *g, size_t i)
{
	const struct ml_explain *e = g->e;
	size_t p = e->from.features;

	for (size_t c = 0; c < e->scores; c++) {
		const double *from = g->phi.v + i * g->phi.ld + c * (p + 1);
		double *to = g->out->v + i * g->out->ld + g->at + c * (e->from.n + 1);

		memset(to, 0, (e->from.n + 1) * sizeof *to);
		to[0] = from[p];
		for (size_t j = 0; j < p; j++)
			to[1 + e->from.of[j]] += from[j];
	}
}

static int explain_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct explaining *g = arg;
	const struct ml_step *s = g->e->model;
	size_t from = piece * PIECE, left = g->x->rows - from, n = left < PIECE ? left : PIECE;
	struct ml_mat x = { g->x->v + from * g->x->ld, n, g->x->cols, g->x->ld };
	struct ml_mat phi = { g->phi.v + from * g->phi.ld, n, g->phi.cols, g->phi.ld };
	int rc = s->model->contributions(s->state, &x, &phi, err);

	(void)worker;
	for (size_t i = from; !rc && i < from + n; i++)
		gather(g, i);
	return rc;
}

int ml_explain_rows(const struct ml_explain *e, const struct ml_mat *x, struct ml_mat *out,
		    size_t at, struct ml_error *err)
{
	size_t wide = e->scores * (e->from.features + 1);
	struct explaining g = { .e = e, .x = x, .out = out, .at = at };

	g.phi = (struct ml_mat){ ml_alloc(x->rows * wide, sizeof *g.phi.v, err), x->rows, wide,
				 wide };
	int rc = g.phi.v ? ml_parallel(e->threads > 1 ? e->threads : 1,
				       (x->rows + PIECE - 1) / PIECE, explain_piece, &g, err)
			 : err->code;
	free(g.phi.v);
	return rc;
}
