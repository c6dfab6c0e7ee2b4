/* train_target.c - what is to be learned: rows with a target, task, classes, weights. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/few_whole.h"
#include "core/train_parts.h"
#include "la/sums.h"

void ml_aim_release(struct ml_aim *a)
{
	free(a->y);
	free(a->w);
	free(a->class_weight);
	free(a->group);
	free(a->outcome.target);
	ml_texts_free(a->outcome.classes, a->outcome.n_classes);
	*a = (struct ml_aim){ 0 };
}

#define NAME(c) ML_SHOW((c)->name, strlen((c)->name))

static int check_weights(const struct ml_table *t, const struct ml_column *w,
			 struct ml_error *err)
{
	if (w->kind != ML_NUMBER)
		return ml_fail(err, ML_EDATA, "E-TYPE",
			       "weight column '%s' holds text, expected numbers", NAME(w));
	for (size_t i = 0; i < t->rows; i++)
		if (!(w->num[i] >= 0))
			return ml_fail_row(err, i, ML_EDATA, "E-TYPE",
					   "%s: a %s weight, expected a number of at least 0",
					   NAME(w), isnan(w->num[i]) ? "missing" : "negative");
	return ML_OK;
}

/* Leaves out rows without a target or of weight 0. */
static int drop_rows(struct ml_table *t, size_t y, size_t w, const struct ml_run *run,
		     struct ml_error *err)
{
	bool *keep = ml_alloc(t->rows, sizeof *keep, err);
	size_t untold = 0, weightless = 0;

	if (!keep)
		return err->code;
	for (size_t i = 0; i < t->rows; i++) {
		bool missing = ml_missing(&t->col[y], i);
		bool zero = w != SIZE_MAX && t->col[w].num[i] <= 0;
		untold += missing;
		weightless += zero && !missing;
		keep[i] = !missing && !zero;
	}
	int rc = ML_OK;
	if (untold == t->rows)
		rc = ml_fail(err, ML_EDATA, "E-TARGET",
			     "target column '%s' has no value at all", NAME(&t->col[y]));
	else if (untold + weightless == t->rows)
		rc = ml_fail(err, ML_EDATA, "E-NOROWS", "every row with a target has weight 0");
	else if (untold + weightless)
		ml_table_filter(t, keep);
	free(keep);
	if (!rc && untold && run->warn)
		run->warn(run->user, "W-DROPPED", SIZE_MAX,
			  "%zu row%s without a value in target '%s' %s left out", untold,
			  untold == 1 ? "" : "s", NAME(&t->col[y]), untold == 1 ? "is" : "are");
	return rc;
}

/* What the user has said of the task, by --task or a hyperparameter; 0: nothing. */
static enum ml_task settled_task(const struct ml_train_plan *plan)
{
	if (plan->task || !plan->model->task_of)
		return plan->task;
	return plan->model->task_of(plan->opts);
}

enum ml_task ml_train_task(const struct ml_train_plan *plan, const struct ml_column *y)
{
	enum ml_task settled = settled_task(plan);

	if (settled)
		return settled;
	return y->kind != ML_NUMBER || !(plan->model->tasks & ML_REGRESS) ? ML_CLASSIFY
									  : ML_REGRESS;
}

static int choose_task(struct ml_aim *a, const struct ml_table *t, const struct ml_column *y,
		       const struct ml_train_plan *plan, const struct ml_run *run,
		       struct ml_error *err)
{
	unsigned can = plan->model->tasks;
	enum ml_task task = ml_train_task(plan, y);
	bool guessed = !settled_task(plan);

	if (task == ML_REGRESS && y->kind != ML_NUMBER)
		return ml_fail(err, ML_EDATA, "E-TARGET",
			       "target '%s' holds text, regression needs numbers", NAME(y));
	if (!(can & task))
		return ml_fail(err, task == plan->task ? ML_EUSAGE : ML_EDATA,
			       task == plan->task ? "E-USAGE" : "E-TARGET",
			       task == ML_CLASSIFY
				       ? "'%s' predicts numbers, target '%s' holds classes"
				       : "'%s' predicts classes, target '%s' is a number",
			       plan->model->name, NAME(y));
	if (task == ML_REGRESS && guessed && (can & ML_CLASSIFY) && run->warn &&
	    ml_few_whole(y->num, t->rows))
		run->warn(run->user, "W-TASK", SIZE_MAX,
			  "target '%s' has at most 20 whole values and is taken as a number; "
			  "--task classify takes them as classes",
			  NAME(y));
	if (task == ML_CLASSIFY && guessed && y->kind == ML_NUMBER && run->warn &&
	    !ml_few_whole(y->num, t->rows))
		run->warn(run->user, "W-TASK", SIZE_MAX,
			  "each number of target '%s' is taken as a class, and they are not "
			  "few whole ones",
			  NAME(y));
	a->outcome.task = task;
	return ML_OK;
}

/* ---- classes ---- */

/* Labels of a numeric target: the numbers, printed. */
static int number_labels(const struct ml_column *y, size_t rows, int32_t *code,
			 struct ml_levels *levels, bool *odd, struct ml_error *err)
{
	char text[ML_NUMBER_MAX];
	size_t cursor = 0;

	for (size_t i = 0; i < rows; i++) {
		size_t n = ml_number_print(y->num[i], text);
		if (ml_levels_add(levels, text, n, &code[i], err))
			return err->code;
		*odd |= ml_column_origin(y, i, &cursor) != NULL;
	}
	return ML_OK;
}

static int text_labels(const struct ml_column *y, size_t rows, int32_t *code,
		       struct ml_levels *levels, struct ml_error *err)
{
	for (size_t i = 0; i < rows; i++) {
		const char *s =
			y->kind == ML_CATEGORY ? y->levels->name[y->code[i]] : y->text[i];
		if (ml_levels_add(levels, s, strlen(s), &code[i], err))
			return err->code;
	}
	return ML_OK;
}

/* Two text labels that are the same number. */
static bool same_number(const struct ml_levels *l, const size_t *order)
{
	struct ml_number a, b;

	for (size_t i = 1; i < l->n; i++)
		if (ml_number_parse(l->name[order[i - 1]], l->len[order[i - 1]], &a) &&
		    ml_number_parse(l->name[order[i]], l->len[order[i]], &b) &&
		    a.value == b.value)
			return true;
	return false;
}

static int name_classes(struct ml_aim *a, const struct ml_levels *l, const size_t *order,
			const int32_t *code, size_t rows, struct ml_error *err)
{
	size_t *rank = ml_alloc(l->n, sizeof *rank, err);
	struct ml_outcome *o = &a->outcome;

	if (!rank)
		return err->code;
	if (!(o->classes = ml_alloc(l->n, sizeof *o->classes, err))) {
		free(rank);
		return err->code;
	}
	int rc = ML_OK;
	for (size_t c = 0; !rc && c < l->n; c++) {
		rank[order[c]] = c;
		if (!(o->classes[c] = ml_strdup(l->name[order[c]], err)))
			rc = err->code;
		else
			o->n_classes++;
	}
	for (size_t i = 0; !rc && i < rows; i++)
		a->y[i] = (double)rank[code[i]];
	free(rank);
	return rc;
}

int ml_aim_choose_positive(struct ml_aim *a, const char *positive, struct ml_error *err)
{
	struct ml_outcome *o = &a->outcome;

	o->positive = o->n_classes - 1;
	for (size_t c = 0; positive && c < o->n_classes; c++)
		if (!strcmp(o->classes[c], positive)) {
			o->positive = c;
			return ML_OK;
		}
	return positive ? ml_fail(err, ML_EUSAGE, "E-USAGE",
				  "--positive '%s' is no class of '%s'",
				  ML_SHOW(positive, strlen(positive)),
				  ML_SHOW(o->target, strlen(o->target)))
			: ML_OK;
}

static void warn_rare(const struct ml_aim *a, const size_t *count, const struct ml_run *run)
{
	const struct ml_outcome *o = &a->outcome;
	size_t rare = 0, first = 0;

	for (size_t c = 0; c < o->n_classes; c++)
		if (count[c] == 1 && !rare++)
			first = c;
	if (!rare || !run->warn)
		return;
	const char *example = ML_SHOW(o->classes[first], strlen(o->classes[first])),
		   *target = ML_SHOW(o->target, strlen(o->target));
	if (rare == 1)
		run->warn(run->user, "W-RARE", SIZE_MAX, "class '%s' of '%s' has one row",
			  example, target);
	else
		run->warn(run->user, "W-RARE", SIZE_MAX,
			  "%zu of %zu classes of '%s' have one row, the first is '%s'", rare,
			  o->n_classes, target, example);
}

/* As many classes as there are numbers is a mistake, and would take hours to find out. */
static int check_count(size_t classes, const struct ml_column *y,
		       const struct ml_train_plan *plan, struct ml_error *err)
{
	long long most = 1000;

	if (plan->max_levels && !ml_integer_parse(plan->max_levels, &most))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' is no number of levels",
			       ML_SHOW(plan->max_levels, strlen(plan->max_levels)));
	if (classes <= (size_t)most)
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-LIMIT",
		       "target '%s' has %zu classes, more than --max-levels %lld%s", NAME(y),
		       classes, most,
		       y->kind == ML_NUMBER ? "; is it not to be taken as a number?" : "");
}

static int code_classes(struct ml_aim *a, const struct ml_column *y, size_t rows,
			const struct ml_train_plan *plan, const struct ml_run *run,
			struct ml_error *err)
{
	struct ml_levels *levels = ml_levels_new(err);
	int32_t *code = ml_alloc(rows, sizeof *code, err);
	size_t *order = NULL;
	bool odd = false, number = y->kind == ML_NUMBER;
	int rc = levels && code ? ML_OK : err->code;

	if (!rc)
		rc = number ? number_labels(y, rows, code, levels, &odd, err)
			    : text_labels(y, rows, code, levels, err);
	if (!rc && levels->n < 2)
		rc = ml_fail(err, ML_EDATA, "E-ONECLASS",
			     "target '%s' has one class only ('%s'), expected two or more",
			     NAME(y), ML_SHOW(levels->name[0], levels->len[0]));
	if (!rc)
		rc = check_count(levels->n, y, plan, err);
	if (!rc && !(order = ml_alloc(levels->n, sizeof *order, err)))
		rc = err->code;
	if (!rc)
		rc = ml_levels_sort(levels, order, err);
	if (!rc)
		rc = name_classes(a, levels, order, code, rows, err);
	if (!rc && run->warn && (odd || (!number && same_number(levels, order))))
		run->warn(run->user, "W-LABELS", SIZE_MAX,
			  number ? "labels of '%s' are compared as numbers: 1 and 1.0 are one "
				   "class"
				 : "labels of '%s' are compared as text: 1 and 1.0 are two "
				   "classes",
			  NAME(y));
	free(order);
	free(code);
	ml_levels_free(levels);
	return rc;
}

static int count_classes(const struct ml_aim *a, size_t rows, const struct ml_run *run,
			 struct ml_error *err)
{
	size_t *count = ml_alloc(a->outcome.n_classes, sizeof *count, err);

	if (!count)
		return err->code;
	for (size_t i = 0; i < rows; i++)
		count[(size_t)a->y[i]]++;
	warn_rare(a, count, run);
	free(count);
	return ML_OK;
}

static int aim_classes(struct ml_aim *a, const struct ml_column *y, size_t rows,
		       const struct ml_train_plan *plan, const struct ml_run *run,
		       struct ml_error *err)
{
	int rc = code_classes(a, y, rows, plan, run, err);
	if (!rc)
		rc = ml_aim_choose_positive(a, plan->positive, err);
	if (!rc)
		rc = count_classes(a, rows, run, err);
	if (!rc && plan->class_weight)
		rc = ml_aim_weigh(a, plan->class_weight, rows, err);
	return rc;
}

static int aim_numbers(struct ml_aim *a, const struct ml_column *y, size_t rows,
		       const struct ml_run *run)
{
	struct ml_moments m = ml_moments_of(y->num, NULL, rows);

	memcpy(a->y, y->num, rows * sizeof *a->y);
	if (m.min >= m.max && run->warn)
		run->warn(run->user, "W-TARGET", SIZE_MAX, "target '%s' is constant", NAME(y));
	return ML_OK;
}

/* Without a target: weights alone, of the rows that have one. */
int ml_aim_nothing(struct ml_aim *a, struct ml_table *t, const struct ml_train_plan *plan,
		   struct ml_error *err)
{
	size_t w = ml_table_role(t, ML_WEIGHT);

	if (plan->task || plan->class_weight || plan->positive)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' has no target: --task, --positive and --class-weight are "
			       "for those that have",
			       plan->model->name);
	if (w != SIZE_MAX && check_weights(t, &t->col[w], err))
		return err->code;
	bool *keep = ml_alloc(t->rows, sizeof *keep, err);
	if (!keep)
		return err->code;
	for (size_t i = 0; i < t->rows; i++)
		keep[i] = w == SIZE_MAX || t->col[w].num[i] > 0;
	if (w != SIZE_MAX)
		ml_table_filter(t, keep);
	free(keep);
	if (!t->rows)
		return ml_fail(err, ML_EDATA, "E-NOROWS", "no rows to learn from");
	a->outcome.task = plan->model->tasks & ML_DETECT ? ML_DETECT : ML_CLUSTER;
	if (w == SIZE_MAX)
		return ML_OK;
	if (!(a->w = ml_alloc(t->rows, sizeof *a->w, err)))
		return err->code;
	memcpy(a->w, t->col[w].num, t->rows * sizeof *a->w);
	return ML_OK;
}

int ml_aim_rows(struct ml_table *t, const struct ml_run *run, size_t *y, size_t *w,
		struct ml_error *err)
{
	*y = ml_table_role(t, ML_TARGET);
	*w = ml_table_role(t, ML_WEIGHT);
	if (*y == SIZE_MAX)
		return ml_fail(err, ML_EUSAGE, "E-TARGET",
			       "no target: name its column with -y");
	if (!t->rows)
		return ml_fail(err, ML_EDATA, "E-NOROWS", "no rows to learn from");
	if (*w != SIZE_MAX && check_weights(t, &t->col[*w], err))
		return err->code;
	return drop_rows(t, *y, *w, run, err);
}

int ml_aim_init(struct ml_aim *a, struct ml_table *t, const struct ml_train_plan *plan,
		const struct ml_run *run, struct ml_error *err)
{
	size_t y, w;

	const unsigned aimed = ML_CLASSIFY | ML_REGRESS;
	enum ml_task settled = settled_task(plan);

	if (!(plan->model->tasks & aimed) || (settled && !(settled & aimed)))
		return ml_aim_nothing(a, t, plan, err);
	if (ml_aim_rows(t, run, &y, &w, err) || choose_task(a, t, &t->col[y], plan, run, err))
		return err->code;
	if (!(a->outcome.target = ml_strdup(t->col[y].name, err)) ||
	    !(a->y = ml_alloc(t->rows, sizeof *a->y, err)))
		return err->code;
	if (w != SIZE_MAX) {
		if (!(a->w = ml_alloc(t->rows, sizeof *a->w, err)))
			return err->code;
		memcpy(a->w, t->col[w].num, t->rows * sizeof *a->w);
	}
	if (plan->class_weight && a->outcome.task != ML_CLASSIFY)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--class-weight is for classes only");
	return a->outcome.task == ML_CLASSIFY
		       ? aim_classes(a, &t->col[y], t->rows, plan, run, err)
		       : aim_numbers(a, &t->col[y], t->rows, run);
}
