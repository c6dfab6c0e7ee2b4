/* train_held.c - the rows that judge a fit: coded like the training rows, through the same
 * steps. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/holdout.h"
#include "core/predict.h"
#include "core/train_parts.h"

/* ---- targets of rows that come later ---- */

static int name_levels(struct ml_levels **levels, const struct ml_outcome *o,
		       struct ml_error *err)
{
	int32_t code;
	int rc = (*levels = ml_levels_new(err)) ? ML_OK : err->code;

	for (size_t c = 0; !rc && c < o->n_classes; c++)
		rc = ml_levels_add(*levels, o->classes[c], strlen(o->classes[c]), &code, err);
	return rc;
}

static const char *label_of(const struct ml_column *y, size_t i, char text[ML_NUMBER_MAX + 1])
{
	if (y->kind == ML_CATEGORY)
		return y->levels->name[y->code[i]];
	if (y->kind == ML_STRING)
		return y->text[i];
	text[ml_number_print(y->num[i], text)] = '\0';
	return text;
}

static int code_like(struct ml_aim *a, const struct ml_column *y, size_t rows,
		     struct ml_error *err)
{
	char text[ML_NUMBER_MAX + 1];
	struct ml_levels *levels = NULL;
	int rc = name_levels(&levels, &a->outcome, err);

	for (size_t i = 0; !rc && i < rows; i++) {
		const char *label = label_of(y, i, text);
		int32_t code = ml_levels_find(levels, label, strlen(label));

		a->y[i] = code;
		if (code < 0)
			rc = ml_fail_row(err, i, ML_EDATA, "E-TARGET",
					 "%s: '%s' is no class that was learned",
					 ML_SHOW(y->name, strlen(y->name)),
					 ML_SHOW(label, strlen(label)));
	}
	ml_levels_free(levels);
	return rc;
}

static int copy_outcome(struct ml_outcome *to, const struct ml_outcome *from,
			struct ml_error *err)
{
	*to = (struct ml_outcome){ .task = from->task, .positive = from->positive };
	if (from->target && !(to->target = ml_strdup(from->target, err)))
		return err->code;
	if (from->n_classes &&
	    !(to->classes = ml_alloc(from->n_classes, sizeof *to->classes, err)))
		return err->code;
	for (; to->n_classes < from->n_classes; to->n_classes++)
		if (!(to->classes[to->n_classes] =
			      ml_strdup(from->classes[to->n_classes], err)))
			return err->code;
	return ML_OK;
}

int ml_aim_like(struct ml_aim *a, struct ml_table *t, const struct ml_outcome *like,
		const struct ml_run *run, struct ml_error *err)
{
	size_t y, w;

	if (copy_outcome(&a->outcome, like, err) || ml_aim_rows(t, run, &y, &w, err))
		return err->code;
	const struct ml_column *c = &t->col[y];
	if (like->task == ML_REGRESS && c->kind != ML_NUMBER)
		return ml_fail(err, ML_EDATA, "E-TARGET",
			       "target '%s' holds text, regression needs numbers",
			       ML_SHOW(c->name, strlen(c->name)));
	if (!(a->y = ml_alloc(t->rows, sizeof *a->y, err)) ||
	    (w != SIZE_MAX && !(a->w = ml_alloc(t->rows, sizeof *a->w, err))))
		return err->code;
	if (a->w)
		memcpy(a->w, t->col[w].num, t->rows * sizeof *a->w);
	if (like->task != ML_REGRESS)
		return code_like(a, c, t->rows, err);
	memcpy(a->y, c->num, t->rows * sizeof *a->y);
	return ML_OK;
}

/* ---- held-out rows ---- */

static void ML_PRINTF(4, 5)
	warn_held(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	const struct ml_held *h = user;
	char text[384];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (h->outer->warn)
		h->outer->warn(h->outer->user, tag, column, "held-out rows: %s", text);
}

/* Puts before a failure where it was. */
static int held_context(const struct ml_held *h, struct ml_error *err)
{
	if (err->code == ML_EDATA) {
		if (!h->file)
			ml_context(err, "held-out rows");
		ml_table_context(err, h->file, h->t);
		err->row = 0;
	}
	return err->code;
}

/* What the row counts in the loss: the weights of classes are part of it. */
static int weigh_loss(struct ml_held *h, const double *class_weight, struct ml_error *err)
{
	size_t n = h->t->rows;

	if (!h->aim.w && !class_weight)
		return ML_OK;
	if (!(h->w = ml_alloc(n, sizeof *h->w, err)))
		return err->code;
	for (size_t i = 0; i < n; i++)
		h->w[i] = (h->aim.w ? h->aim.w[i] : 1) *
			  (class_weight ? class_weight[(size_t)h->aim.y[i]] : 1);
	return ML_OK;
}

int ml_held_begin(struct ml_held *h, const struct ml_train_plan *plan, const struct ml_aim *aim,
		  const void *state, const struct ml_run *run, struct ml_error *err)
{
	if (!plan->held)
		return ML_OK;
	h->t = plan->held;
	h->file = plan->held_file;
	h->outer = run;
	h->run = *run;
	h->run.user = h;
	h->run.warn = warn_held;
	if (ml_aim_like(&h->aim, h->t, &aim->outcome, &h->run, err) ||
	    ml_aim_group(&h->aim, h->t, plan, state, err))
		return held_context(h, err);
	return weigh_loss(h, aim->class_weight, err);
}

int ml_held_apply(struct ml_held *h, struct ml_pipeline *p, size_t from, struct ml_error *err)
{
	if (!h->t)
		return ML_OK;
	if (ml_pipeline_apply(p, from, p->n - (ml_pipeline_model(p) != NULL), h->t, err))
		return held_context(h, err);
	ml_holdout_tell(p, &h->run);
	return ML_OK;
}

int ml_held_join(struct ml_held *h, const struct ml_step *s, const struct ml_train_plan *plan,
		 struct ml_problem *p, struct ml_error *err)
{
	if (!h->t)
		return ML_OK;
	size_t n = h->t->rows;
	if (ml_step_matrix(s, h->t, h->file ? h->file : "held-out rows", NULL, NULL, &h->x,
			   err))
		return err->code;
	ml_table_release(h->t);
	h->problem = (struct ml_problem){ .x = h->x,
					  .y = h->aim.y,
					  .w = h->w,
					  .group = h->aim.group,
					  .levels = p->levels,
					  .nclass = p->nclass,
					  .task = p->task };
	p->valid = &h->problem;
	if (!plan->held_metric)
		return ML_OK;
	if (ml_fit_judge_init(&h->judge, plan->held_metric, &h->aim.outcome, h->aim.y, h->aim.w,
			      h->aim.group, n, err))
		return err->code;
	p->judge = &h->judge.judge;
	return ML_OK;
}

void ml_held_release(struct ml_held *h)
{
	ml_fit_judge_release(&h->judge);
	free(h->x.v);
	free(h->w);
	ml_aim_release(&h->aim);
	*h = (struct ml_held){ 0 };
}
