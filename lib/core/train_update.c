/* train_update.c - an estimator goes on from where it was saved. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/holdout.h"
#include "core/predict.h"
#include "core/train_parts.h"

struct updating {
	const struct ml_train_plan *plan;
	struct ml_step *s; /* the estimator, in its pipeline */
	struct ml_aim aim;
	struct ml_held held;
	struct ml_bounds bounds;
	struct ml_mat x; /* owned */
};

static int check_model(const struct ml_pipeline *p, const struct ml_train_plan *plan,
		       struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);

	if (!s)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "there is no estimator to go on from, only preparations");
	if (s->model != plan->model)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "the model is of '%s', not of '%s'",
			       s->model->name, plan->model->name);
	if (!s->model->update)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' cannot go on from a model",
			       s->model->name);
	if (plan->task && plan->task != s->outcome.task)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--task: the model's is %s",
			       ml_task_name(s->outcome.task));
	return ml_train_check(plan, err);
}

/* The model knows its target; another one is a mistake. */
static int find_target(struct ml_table *t, const struct ml_outcome *o, struct ml_error *err)
{
	if (!o->target)
		return ml_fail(err, ML_EDATA, "E-MODEL", "the model does not name its target");
	size_t j = ml_table_role(t, ML_TARGET), k = ml_table_find(t, o->target);

	if (j == SIZE_MAX && k == SIZE_MAX)
		return ml_fail(err, ML_EDATA, "E-TARGET", "no target column '%s'",
			       ML_SHOW(o->target, strlen(o->target)));
	if (j == SIZE_MAX)
		t->col[k].role = ML_TARGET;
	else if (strcmp(t->col[j].name, o->target))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "the model's target is '%s', not '%s'",
			       ML_SHOW(o->target, strlen(o->target)),
			       ML_SHOW(t->col[j].name, strlen(t->col[j].name)));
	return ML_OK;
}

bool ml_train_adds(const struct ml_pipeline *p, const struct ml_table *t)
{
	const char *target = ml_pipeline_model(p)->outcome.target;
	size_t y = target ? ml_table_find(t, target) : SIZE_MAX;
	size_t w = ml_table_role(t, ML_WEIGHT);

	for (size_t i = 0; i < t->rows; i++)
		if ((y == SIZE_MAX || !ml_missing(&t->col[y], i)) &&
		    (w == SIZE_MAX || t->col[w].kind != ML_NUMBER || t->col[w].num[i] != 0))
			return true;
	return false;
}

static int aim(struct updating *u, struct ml_table *t, const struct ml_run *run,
	       struct ml_error *err)
{
	const struct ml_train_plan *plan = u->plan;

	if (u->s->outcome.task == ML_CLUSTER)
		return ml_aim_nothing(&u->aim, t, plan, err);
	int rc = find_target(t, &u->s->outcome, err);
	if (!rc)
		rc = ml_aim_like(&u->aim, t, &u->s->outcome, run, err);
	if (!rc && plan->positive)
		rc = ml_aim_choose_positive(&u->aim, plan->positive, err);
	if (!rc && plan->class_weight && !u->aim.outcome.n_classes)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "--class-weight is for classes only");
	if (!rc && plan->class_weight)
		rc = ml_aim_weigh(&u->aim, plan->class_weight, t->rows, err);
	if (!rc)
		rc = ml_aim_group(&u->aim, t, plan, u->s->state, err);
	return rc ? rc : ml_held_begin(&u->held, plan, &u->aim, u->s->state, run, err);
}

/* Features of the estimator among the columns of t, which have been through the steps. */
static int bound(struct updating *u, const struct ml_table *t, const struct ml_run *run,
		 struct ml_error *err)
{
	size_t n = u->s->n_needs, *idx = ml_alloc(n, sizeof *idx, err);

	if (!idx)
		return err->code;
	for (size_t k = 0; k < n; k++)
		idx[k] = ml_table_find(t, u->s->needs[k].name);
	int rc =
		ml_bounds_init(&u->bounds, u->plan, t, idx, n, NULL, &u->aim.outcome, run, err);
	free(idx);
	return rc;
}

static int go_on(struct updating *u, const struct ml_run *run, struct ml_error *err)
{
	struct ml_problem p = {
		.x = u->x,
		.y = u->aim.y,
		.w = u->aim.w,
		.group = u->aim.group,
		.nclass = u->aim.outcome.n_classes,
		.classes = (const char *const *)u->aim.outcome.classes,
		.task = u->aim.outcome.task,
	};

	ml_bounds_join(&u->bounds, &p);
	if (ml_held_join(&u->held, u->s, u->plan, &p, err))
		return err->code;
	return ml_train_call(u->s, &p, u->plan->opts, ML_TRAIN_UPDATE, run, err);
}

/* The step is another one now: its bytes and its digest are made anew. */
static int renew(struct ml_pipeline *p, const struct ml_train_plan *plan, struct ml_error *err)
{
	struct ml_step s = p->step[--p->n];

	p->step[p->n] = (struct ml_step){ 0 };
	ml_fields_release(&s.record);
	ml_fields_release(&s.options);
	memset(s.digest, 0, sizeof s.digest);
	int rc = ml_step_note_options(&s, s.model->opts, plan->opts, err);
	if (!rc)
		return ml_pipeline_append(p, &s, err);
	ml_step_release(&s);
	return rc;
}

int ml_train_update(struct ml_pipeline *p, size_t from, struct ml_table *t,
		    const struct ml_train_plan *plan, const struct ml_run *run,
		    struct ml_error *err)
{
	struct updating u = { .plan = plan };

	if (check_model(p, plan, err))
		return err->code;
	u.s = &p->step[p->n - 1];
	int rc = aim(&u, t, run, err);
	if (!rc)
		rc = ml_pipeline_apply(p, from, p->n - 1, t, err);
	if (!rc && plan->held) /* what it counts is told apart */
		ml_holdout_tell(p, run);
	if (!rc)
		rc = ml_held_apply(&u.held, p, from, err);
	if (!rc)
		rc = ml_step_matrix(u.s, t, "training rows", NULL, NULL, &u.x, err);
	if (!rc)
		rc = bound(&u, t, run, err);
	if (!rc)
		ml_table_release(t);
	if (!rc)
		rc = go_on(&u, run, err);
	if (!rc) {
		u.s->outcome.positive = u.aim.outcome.positive;
		ml_step_learned(u.s);
	}
	if (!rc)
		rc = renew(p, plan, err);
	free(u.x.v);
	ml_bounds_release(&u.bounds);
	ml_held_release(&u.held);
	ml_aim_release(&u.aim);
	return rc;
}
