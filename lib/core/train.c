/* train.c - the features as numbers, and the fit. */
#include "core/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/predict.h"
#include "core/train_parts.h"
#include "data/matrix.h"

#define NAME(c) ML_SHOW((c)->name, strlen((c)->name))

/* ---- the matrix ---- */

static int check_feature(const struct ml_table *t, const struct ml_column *c, unsigned flags,
			 struct ml_error *err)
{
	if (c->kind == ML_CATEGORY)
		return ml_fail(err, ML_EDATA, "E-TYPE",
			       "column '%s' holds categories, the estimator needs numbers "
			       "(--encode onehot)",
			       NAME(c));
	if (!(flags & ML_TAKES_MISSING) && c->kind == ML_NUMBER &&
	    ml_column_count_missing(c, t->rows))
		return ml_fail(
			err, ML_EDATA, "E-MISSING",
			"column '%s' has missing values, which the estimator does not take "
			"(--impute mean)",
			NAME(c));
	return ML_OK;
}

static int choose_features(const struct ml_table *t, unsigned flags, size_t **idx, size_t *n,
			   struct ml_error *err)
{
	if (!(*idx = ml_alloc(t->ncol, sizeof **idx, err)))
		return err->code;
	*n = 0;
	for (size_t j = 0; j < t->ncol; j++) {
		const struct ml_column *c = &t->col[j];
		if (!ml_is_feature(c) || (c->kind != ML_NUMBER && (flags & ML_ANY_FEATURES)))
			continue;
		if (check_feature(t, c, flags, err))
			return err->code;
		/* Dummies of levels that only rows left out had. */
		if (c->dummy && ml_train_is_constant(c, t->rows))
			continue;
		(*idx)[(*n)++] = j;
	}
	if (!*n && !(flags & ML_ANY_FEATURES))
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "no feature column is left to learn from");
	return ML_OK;
}

/* ---- the fit ---- */

/* The features as the estimator takes them. */
struct features {
	struct ml_mat x;    /* v owned, or NULL: */
	const double **col; /* columns of the table; owned, they are not */
	int *levels;        /* of each: how many, of a category; 0 of a number; owned */
	struct ml_table *t;
	const size_t *idx; /* where they stand in the table */
};

static bool takes_columns(const struct ml_model *m, const struct ml_table *t, const size_t *idx,
			  size_t n)
{
	if (!(m->flags & ML_TAKES_COLUMNS) || t->rows < n)
		return false;
	for (size_t k = 0; k < n; k++)
		if (t->col[idx[k]].kind != ML_NUMBER)
			return false;
	return true;
}

/* Levels are numbered 0, 1, ..., and the last one occurs. */
static int count_levels(struct features *f, const struct ml_table *t, const size_t *idx,
			size_t n, const bool *is_category, struct ml_error *err)
{
	if (!(f->levels = ml_alloc(n, sizeof *f->levels, err)))
		return err->code;
	for (size_t k = 0; k < n; k++)
		if (is_category && is_category[idx[k]])
			f->levels[k] =
				1 + (int)ml_column_moments(&t->col[idx[k]], NULL, t->rows).max;
	return ML_OK;
}

/* Gives back the memory of a column that will not be read again. */
static void forget_column(void *arg, size_t k)
{
	struct features *f = arg;

	ml_forget(f->t->col[f->idx[k]].num, 0, f->t->rows * sizeof(double));
}

/* A matrix uses the values of t up. */
static int features_init(struct features *f, const struct ml_model *m, struct ml_table *t,
			 const size_t *idx, size_t n, const bool *is_category, int threads,
			 struct ml_error *err)
{
	f->t = t;
	f->idx = idx;
	if (count_levels(f, t, idx, n, is_category, err))
		return err->code;
	if (!takes_columns(m, t, idx, n)) {
		int rc = ml_matrix_build(&f->x, t, idx, n, true, threads, err);

		ml_table_release(t);
		return rc;
	}
	f->x = (struct ml_mat){ NULL, t->rows, n, n };
	if (!(f->col = ml_alloc(n, sizeof *f->col, err)))
		return err->code;
	for (size_t k = 0; k < n; k++)
		f->col[k] = t->col[idx[k]].num;
	return ML_OK;
}

static void features_release(struct features *f)
{
	free(f->levels);
	free(f->col);
	free(f->x.v);
}

static int call(struct ml_step *s, const struct ml_problem *p, const void *opts,
		enum ml_train_how how, const struct ml_run *run, struct ml_error *err)
{
	const struct ml_model *m = s->model;
	struct ml_report *rep = &s->outcome.report;

	if (how == ML_TRAIN_UPDATE)
		return m->update(s->state, p, opts, run, rep, err);
	if (how == ML_TRAIN_RESUME)
		return m->resume(s->state, p, opts, run, rep, err);
	return m->fit(s->state, p, opts, run, rep, err);
}

int ml_train_call(struct ml_step *s, const struct ml_problem *p, const void *opts,
		  enum ml_train_how how, const struct ml_run *run, struct ml_error *err)
{
	const char **names = ml_alloc(s->n_needs, sizeof *names, err);
	const struct ml_report *rep = &s->outcome.report;
	struct ml_named_run named;

	if (!names)
		return err->code;
	for (size_t k = 0; k < s->n_needs; k++)
		names[k] = s->needs[k].name;
	ml_named_run_init(&named, run, names, s->n_needs);
	int rc = call(s, p, opts, how, &named.run, err);
	free(names);
	if (!rc && !rep->converged && run->warn)
		run->warn(run->user, "W-ITER", SIZE_MAX,
			  "no convergence in %zu iterations (objective %.6g)", rep->iters,
			  rep->objective);
	return rc;
}

/* What a fit is made of, beside its step. */
struct fit {
	const struct ml_train_plan *plan;
	struct ml_aim aim;
	struct ml_held held;
	struct ml_bounds bounds;
	struct features features;
	struct ml_oob oob;
	struct ml_mat starts; /* v owned */
	bool *is_category;    /* columns that the estimator gets as codes, or NULL */
};

/* The rows to begin at, through the steps from `from` on that have been put before. */
static int apply_to_starts(struct fit *fit, struct ml_pipeline *p, size_t from,
			   struct ml_error *err)
{
	struct ml_table *t = fit->plan->starts;

	if (!t)
		return ML_OK;
	if (ml_pipeline_apply(p, from, p->n, t, err)) {
		ml_table_context(err, fit->plan->starts_file, t);
		err->row = 0;
		return err->code;
	}
	for (size_t i = from; i < p->n; i++)
		memset(p->step[i].tally, 0, p->step[i].n_needs * sizeof *p->step[i].tally);
	return ML_OK;
}

static int join_starts(struct fit *fit, const struct ml_step *s, struct ml_problem *p,
		       struct ml_error *err)
{
	if (!fit->plan->starts)
		return ML_OK;
	int rc = ml_step_matrix(s, fit->plan->starts, fit->plan->starts_file, NULL, NULL,
				&fit->starts, err);
	p->starts = fit->starts;
	return rc;
}

static int fit_model(struct ml_step *s, struct fit *fit, const struct ml_pipeline *before,
		     const struct ml_run *run, struct ml_error *err)
{
	struct features *f = &fit->features;
	struct ml_problem p = {
		.x = f->x,
		.col = f->col,
		.levels = f->levels,
		.used = f->col ? forget_column : NULL,
		.used_arg = f,
		.y = fit->aim.y,
		.w = fit->aim.w,
		.group = fit->aim.group,
		.nclass = s->outcome.n_classes,
		.classes = (const char *const *)s->outcome.classes,
		.task = s->outcome.task,
		.oob = fit->oob.out,
	};

	ml_bounds_join(&fit->bounds, &p);
	if (!(s->state = ml_alloc(1, s->model->state_size, err)) ||
	    ml_held_join(&fit->held, s, fit->plan, &p, err) || join_starts(fit, s, &p, err))
		return err->code;
	bool resumes = false;
	struct ml_checkpoint *c = fit->plan->checkpoint;
	if (c && ml_checkpoint_join(c, before, s, &p, &resumes, err))
		return err->code;
	return ml_train_call(s, &p, fit->plan->opts, resumes ? ML_TRAIN_RESUME : ML_TRAIN_FIT,
			     run, err);
}

static int fit_step(struct ml_pipeline *p, struct ml_table *t, struct fit *fit,
		    const struct ml_run *run, struct ml_error *err)
{
	const struct ml_model *m = fit->plan->model;
	struct ml_step s = { .model = m };
	size_t *idx = NULL, n = 0;

	int rc = choose_features(t, ml_model_asks(m, fit->plan->opts), &idx, &n, err);
	if (m->blind && m->blind(fit->plan->opts))
		n = 0;
	if (!rc)
		rc = ml_step_note_needs(&s, t, idx, n, err);
	if (!rc)
		rc = ml_bounds_init(&fit->bounds, fit->plan, t, idx, n, fit->is_category,
				    &fit->aim.outcome, run, err);
	if (!rc)
		rc = features_init(&fit->features, m, t, idx, n, fit->is_category, run->threads,
				   err);
	if (!rc)
		rc = ml_step_note_options(&s, m->opts, fit->plan->opts, err);
	if (!rc)
		rc = ml_step_chain(&s, p, err);
	if (!rc) {
		s.outcome = fit->aim.outcome;
		fit->aim.outcome = (struct ml_outcome){ 0 };
		rc = fit_model(&s, fit, p, run, err);
	}
	features_release(&fit->features);
	free(idx);
	ml_table_release(t);
	if (!rc)
		ml_step_learned(&s);
	if (!rc)
		return ml_pipeline_append(p, &s, err);
	ml_step_release(&s);
	return rc;
}

int ml_train_check(const struct ml_train_plan *plan, struct ml_error *err)
{
	const struct {
		bool asked;
		unsigned flag;
		const char *message;
	} all[] = {
		{ plan->held, ML_TAKES_VALID, "'%s' does not look at held-out rows" },
		{ plan->monotone, ML_TAKES_MONOTONE, "'%s' does not know --monotone" },
		{ plan->oob, ML_GIVES_OOB, "'%s' has no out-of-bag predictions" },
		{ plan->interactions, ML_TAKES_MEETINGS, "'%s' does not know --interactions" },
	};

	if (plan->checkpoint && !plan->model->resume)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' cannot be put by (--checkpoint)", plan->model->name);
	for (size_t k = 0; k < sizeof all / sizeof *all; k++)
		if (all[k].asked && !(plan->model->flags & all[k].flag))
			return ml_fail(err, ML_EUSAGE, "E-USAGE", all[k].message,
				       plan->model->name);
	return ML_OK;
}

static bool takes_codes(const struct ml_train_plan *plan)
{
	unsigned flags = ml_model_asks(plan->model, plan->opts);

	return flags & ML_TAKES_CATEGORY && !plan->encode && !(flags & ML_ANY_FEATURES);
}

int ml_train(struct ml_pipeline *p, struct ml_table *t, const struct ml_train_plan *plan,
	     const struct ml_run *run, struct ml_error *err)
{
	struct fit fit = { .plan = plan };
	size_t steps = p->n;

	if (ml_pipeline_model(p))
		return ml_fail(err, ML_EDATA, "E-CHAIN",
			       "the table has been through an estimator ('%s')",
			       ml_step_type(ml_pipeline_model(p)));
	int rc = ml_train_check(plan, err);
	if (!rc)
		rc = ml_aim_init(&fit.aim, t, plan, run, err);
	if (!rc)
		rc = ml_aim_group(&fit.aim, t, plan, NULL, err);
	if (!rc)
		rc = ml_held_begin(&fit.held, plan, &fit.aim, NULL, run, err);
	if (!rc && plan->oob)
		rc = ml_oob_begin(&fit.oob, t, &fit.aim.outcome, err);
	if (!rc)
		rc = ml_train_choose(t, plan, run, err);
	if (!rc && takes_codes(plan) &&
	    !(fit.is_category = ml_alloc(t->ncol, sizeof *fit.is_category, err)))
		rc = err->code;
	if (!rc)
		rc = ml_train_prepare(p, t, plan, fit.is_category, run, err);
	if (!rc)
		rc = ml_held_apply(&fit.held, p, steps, err);
	if (!rc)
		rc = apply_to_starts(&fit, p, steps, err);
	if (!rc)
		rc = fit_step(p, t, &fit, run, err);
	if (!rc && plan->oob)
		rc = ml_oob_write(&fit.oob, &ml_pipeline_model(p)->outcome, plan->oob, run,
				  err);
	ml_oob_release(&fit.oob);
	free(fit.starts.v);
	free(fit.is_category);
	ml_bounds_release(&fit.bounds);
	ml_held_release(&fit.held);
	ml_aim_release(&fit.aim);
	return rc;
}
