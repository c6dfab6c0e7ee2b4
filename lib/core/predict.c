/* predict.c - from a table to numbers, through the steps of a model. */
#include "core/predict.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/utf8.h"
#include "core/explain.h"
#include "data/matrix.h"

int ml_pipeline_position(const struct ml_pipeline *p, const struct ml_pipeline *done,
			 size_t *from, struct ml_error *err)
{
	*from = 0;
	if (!done->n)
		return ML_OK;
	const struct ml_step *last = &done->step[done->n - 1];
	for (size_t i = 0; i < p->n; i++)
		if (!memcmp(p->step[i].digest, last->digest, ML_DIGEST)) {
			*from = i + 1;
			return ML_OK;
		}
	return ml_fail(
		err, ML_EDATA, "E-CHAIN",
		"the table has been through step '%s', which is no step of the model ('%s')",
		ml_step_type(last), p->n ? ml_step_type(&p->step[p->n - 1]) : "none");
}

int ml_pipeline_ask_logs(struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);

	if (s && (!s->model->predict_log || s->outcome.task != ML_CLASSIFY))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' tells no logarithms of probabilities", ml_step_type(s));
	p->logs = s != NULL;
	return ML_OK;
}

size_t ml_outcome_pick(const struct ml_outcome *o, const double *prob)
{
	size_t best = 0;

	for (size_t c = 1; c < o->n_classes; c++)
		if (prob[c] > prob[best])
			best = c;
	return best;
}

const char *ml_outcome_word(const struct ml_outcome *o, const double *row, char room[ML_WORD])
{
	if (o->task == ML_CLASSIFY)
		return o->classes[ml_outcome_pick(o, row)];
	if (o->task == ML_CLUSTER) {
		snprintf(room, ML_WORD, "c%.0f", row[0] + 1);
		return row[0] < 0 ? "noise" : room;
	}
	return o->task == ML_DETECT ? row[0] > o->threshold ? "outlier" : "inlier" : NULL;
}

size_t ml_outcome_each(const struct ml_outcome *o, size_t *from)
{
	if (from)
		*from = o->task == ML_CLUSTER ? 1 : 0;
	if (o->task == ML_CLUSTER)
		return o->per_row ? 1 : o->per_cluster ? o->clusters : 0;
	return o->n_classes;
}

int ml_outcome_each_name(const struct ml_outcome *o, size_t k, struct ml_buf *name,
			 struct ml_error *err)
{
	ml_buf_clear(name);
	if (o->task == ML_CLUSTER && o->per_row)
		ml_buf_text(name, o->per_row);
	else if (o->task == ML_CLUSTER)
		ml_buf_printf(name, "%s:c%zu", o->per_cluster, k + 1);
	else
		ml_buf_printf(name, "prob:%s", o->classes[k]);
	return ml_buf_check(name, err);
}

static int bind(const struct ml_step *s, const struct ml_table *t, size_t *idx,
		struct ml_error *err)
{
	for (size_t k = 0; k < s->n_needs; k++) {
		const struct ml_slot *need = &s->needs[k];
		idx[k] = ml_table_find(t, need->name);
		if (idx[k] == SIZE_MAX || t->col[idx[k]].kind != need->kind)
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "'%s' needs %s column '%s', %s", ml_step_type(s),
				       ml_kind_names[need->kind],
				       ML_SHOW(need->name, strlen(need->name)),
				       idx[k] == SIZE_MAX ? "which is not there"
							  : "which is of another kind");
	}
	return ML_OK;
}

static int check_missing(const struct ml_step *s, const struct ml_table *t, const size_t *idx,
			 const char *file, ml_bad_cell_fn *on_bad, void *arg,
			 struct ml_error *err)
{
	struct ml_error why = { 0 };

	for (size_t k = 0; k < s->n_needs; k++) {
		const struct ml_column *c = &t->col[idx[k]];
		for (size_t i = 0; (i = ml_column_next_missing(c, i, t->rows)) < t->rows; i++) {
			ml_fail(on_bad ? &why : err, ML_EDATA, "E-MISSING",
				"%s:%" PRIu64 ": %s: missing, and the model was fitted without "
				"imputing",
				file, t->line ? t->line[i] : i + 1,
				ML_SHOW(c->name, strlen(c->name)));
			int rc = on_bad ? on_bad(arg, i, &why) : ML_EDATA;
			if (rc)
				return rc;
		}
	}
	return ML_OK;
}

static bool all_finite(const double *v, size_t n)
{
	for (size_t j = 0; j < n; j++)
		if (!isfinite(v[j]))
			return false;
	return true;
}

/* Rows that a thread takes at a time: results do not depend on it.  Estimators that look at
 * rows together (neighbours) like many; few are enough to keep all threads busy to the end. */
enum { FEW_ROWS = 16, MANY_ROWS = 512, TURNS = 4 };

struct asking {
	const struct ml_pipeline *p;
	const struct ml_step *s;
	const struct ml_mat *x;
	struct ml_mat *out;
	size_t width, piece;
};

static int ask_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct asking *a = arg;
	size_t from = piece * a->piece, left = a->x->rows - from;
	struct ml_mat x = { a->x->v + from * a->x->ld, left < a->piece ? left : a->piece,
			    a->x->cols, a->x->ld };
	struct ml_mat out = { a->out->v + from * a->out->ld, x.rows, a->width, a->out->ld };

	(void)worker;
	if (a->p->deviation)
		return a->s->model->deviations(a->s->state, &x, &out, err);
	int rc = a->s->model->predict(a->s->state, &x, &out, err);
	out.v += a->width;
	return rc || !a->p->logs ? rc : a->s->model->predict_log(a->s->state, &x, &out, err);
}

static int ask_all(struct asking *a, struct ml_error *err)
{
	size_t n = a->x->rows, threads = a->p->threads > 1 ? (size_t)a->p->threads : 1;

	a->piece = n;
	if (threads > 1 && a->s->model->flags & ML_HARD_ROWS) {
		a->piece = n / (threads * TURNS) + 1;
		a->piece = a->piece < FEW_ROWS ? FEW_ROWS : a->piece;
		a->piece = a->piece > MANY_ROWS ? MANY_ROWS : a->piece;
	}
	return n ? ml_parallel((int)threads, (n + a->piece - 1) / a->piece, ask_piece, a, err)
		 : ML_OK;
}

/* Predictions, and behind them logarithms and contributions where they are asked for. */
static int ask(const struct ml_pipeline *p, const struct ml_mat *x, struct ml_mat *out,
	       struct ml_error *err)
{
	const struct ml_step *s = &p->step[p->n - 1];
	size_t width =
		p->deviation ? 2 : ml_model_width(s->model, s->state) * (p->logs ? 2 : 1);
	size_t all = width + (p->explain ? p->explain->width : 0);
	struct asking a = { p, s, x, out, ml_model_width(s->model, s->state), 0 };

	*out = (struct ml_mat){ ml_alloc(x->rows * all, sizeof *out->v, err), x->rows, all,
				all };
	int rc = out->v ? ask_all(&a, err) : err->code;
	if (!rc && p->explain)
		rc = ml_explain_rows(p->explain, x, out, width, err);
	return rc;
}

/* Results that are not finite become missing; they are news unless the row itself was bad. */
static void only_finite(struct ml_mat *out, const struct ml_mat *x, bool takes_missing,
			uint64_t *undefined)
{
	for (size_t i = 0; i < out->rows; i++) {
		double *row = out->v + i * out->ld;
		if (all_finite(row, out->cols))
			continue;
		for (size_t c = 0; c < out->cols; c++)
			row[c] = NAN;
		*undefined += takes_missing || all_finite(x->v + i * x->ld, x->cols) ? 1 : 0;
	}
}

int ml_step_matrix(const struct ml_step *s, struct ml_table *t, const char *file,
		   ml_bad_cell_fn *on_bad, void *arg, struct ml_mat *x, struct ml_error *err)
{
	size_t *idx = ml_alloc(s->n_needs, sizeof *idx, err);
	int rc = idx ? bind(s, t, idx, err) : err->code;

	if (!rc && !ml_model_takes_missing(s->model, s->state))
		rc = check_missing(s, t, idx, file, on_bad, arg, err);
	if (!rc)
		rc = ml_matrix_build(x, t, idx, s->n_needs, false, 1, err);
	free(idx);
	return rc;
}

int ml_pipeline_predict(struct ml_pipeline *p, size_t from, struct ml_table *t,
			const char *file, ml_bad_cell_fn *on_bad, void *arg, struct ml_mat *out,
			uint64_t *undefined, struct ml_error *err)
{
	struct ml_step *s = &p->step[p->n - 1];
	struct ml_mat x = { 0 };

	*out = (struct ml_mat){ 0 };
	int rc = ml_pipeline_apply(p, from, p->n - 1, t, err);
	if (rc == ML_EDATA)
		ml_table_context(err, file, t);
	if (!rc)
		rc = ml_step_matrix(s, t, file, on_bad, arg, &x, err);
	if (!rc)
		rc = ask(p, &x, out, err);
	if (!rc)
		only_finite(out, &x, ml_model_takes_missing(s->model, s->state), undefined);
	free(x.v);
	return rc;
}

int ml_table_columns(struct ml_table *out, const struct ml_table *t, const size_t *idx,
		     size_t n, struct ml_error *err)
{
	ml_table_release(out);
	out->rows = t->rows;
	if (t->line) {
		if (!(out->line = ml_alloc(t->rows, sizeof *out->line, err)))
			return err->code;
		memcpy(out->line, t->line, t->rows * sizeof *out->line);
	}
	for (size_t k = 0; k < n; k++) {
		const struct ml_column *from = &t->col[idx[k]];
		if (ml_table_insert(out, k, from->name, from->kind, err))
			return err->code;
		struct ml_column *to = &out->col[k];
		to->role = from->role;
		to->dummy = from->dummy;
		if (from->kind == ML_NUMBER) {
			memcpy(to->num, from->num, t->rows * sizeof *to->num);
		} else if (from->kind == ML_CATEGORY) {
			memcpy(to->code, from->code, t->rows * sizeof *to->code);
			ml_levels_free(to->levels);
			to->levels = ml_levels_ref(from->levels);
		} else {
			for (size_t i = 0; i < t->rows; i++) {
				const char *s = from->text[i];
				to->text[i] =
					s ? ml_arena_put(&out->arena, s, strlen(s), err) : NULL;
				if (s && !to->text[i])
					return err->code;
			}
		}
	}
	return ML_OK;
}
