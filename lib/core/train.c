/* train.c - the features, the steps before the estimator, and its fit. */
#include "core/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "data/matrix.h"

#define NAME(c) ML_SHOW((c)->name, strlen((c)->name))

static bool is_feature(const struct ml_column *c)
{
	return c->role == ML_FEATURE;
}

/* ---- which columns are learned from ---- */

/* An item of the list is the name, and no glob or range that happens to meet it. */
static bool names(const char *spec, const char *name)
{
	for (const char *s = spec; *s; s += *s == ',') {
		const char *n = name;

		for (; *s && *s != ','; s++) {
			s += *s == '\\' && s[1];
			n = n && *n == *s ? n + 1 : NULL;
		}
		if (n && !*n)
			return true;
	}
	return false;
}

/* Columns with a role are no features, though they are asked for. */
static void warn_role(const struct ml_column *c, const char *spec, const struct ml_run *run)
{
	if (!is_feature(c) && names(spec, c->name) && run->warn)
		run->warn(run->user, "W-ROLE", SIZE_MAX,
			  "column '%s' has the role of %s, and so is no feature", NAME(c),
			  ml_role_names[c->role]);
}

/* Columns that are not asked for are ignored from here on, so that @num and its like leave them
 * out. */
static int keep_features(struct ml_table *t, const char *spec, const struct ml_run *run,
			 struct ml_error *err)
{
	size_t *idx = NULL, n = 0;
	bool *asked;

	if (!spec)
		return ML_OK;
	if (ml_table_pick(t, spec, &idx, &n, err))
		return err->code;
	if (!(asked = ml_alloc(t->ncol, sizeof *asked, err))) {
		free(idx);
		return err->code;
	}
	for (size_t k = 0; k < n; k++) {
		asked[idx[k]] = true;
		warn_role(&t->col[idx[k]], spec, run);
	}
	for (size_t j = 0; j < t->ncol; j++)
		if (is_feature(&t->col[j]) && !asked[j])
			t->col[j].role = ML_IGNORED;
	free(asked);
	free(idx);
	return ML_OK;
}

static bool is_constant(const struct ml_column *c, size_t rows)
{
	size_t i = 0, first;

	if (c->stock.known >= ML_SURVEYED)
		return !c->stock.survey.n || c->stock.survey.min == c->stock.survey.max;
	while (i < rows && ml_missing(c, i))
		i++;
	if (c->kind == ML_CATEGORY && i)
		return i == rows; /* missing is a level of its own */
	for (first = i; i < rows; i++) {
		if (c->kind == ML_NUMBER ? !isnan(c->num[i]) && c->num[i] != c->num[first]
					 : c->code[i] != c->code[first])
			return false;
	}
	return true;
}

static int leave_out_constants(struct ml_table *t, const struct ml_run *run,
			       struct ml_error *err)
{
	for (size_t j = 0; j < t->ncol; j++) {
		struct ml_column *c = &t->col[j];
		if (!is_feature(c))
			continue;
		if (c->kind == ML_STRING)
			return ml_fail(err, ML_EDATA, "E-TYPE",
				       "column '%s' is text, which no estimator takes: "
				       "--ignore it, or make features of it",
				       NAME(c));
		if (!is_constant(c, t->rows))
			continue;
		c->role = ML_IGNORED;
		if (run->warn)
			run->warn(run->user, "W-CONSTANT", SIZE_MAX,
				  "column '%s' is constant and gets no coefficient", NAME(c));
	}
	return ML_OK;
}

/* ---- ordinary steps before the estimator ---- */

struct needs {
	size_t missing, categories, numbers;
};

static struct needs look(const struct ml_table *t)
{
	struct needs n = { 0 };

	for (size_t j = 0; j < t->ncol; j++) {
		const struct ml_column *c = &t->col[j];
		if (!is_feature(c))
			continue;
		n.categories += c->kind == ML_CATEGORY;
		n.numbers += c->kind == ML_NUMBER && !c->dummy;
		if (c->kind == ML_NUMBER)
			n.missing += ml_column_count_missing(c, t->rows);
	}
	return n;
}

static bool has_step(const struct ml_pipeline *p, const char *type)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(ml_step_type(&p->step[i]), type))
			return true;
	return false;
}

static bool wanted(const char *asked, bool natural)
{
	return asked ? strcmp(asked, "none") != 0 : natural;
}

/* Fits preparation `name`; sets[] are its options as name, text, ..., NULL (a NULL text:
 * default). */
static int add_step(struct ml_pipeline *p, struct ml_table *t, const char *name,
		    const char *spec, const char *const *sets, const struct ml_run *run,
		    struct ml_error *err)
{
	const struct ml_prep *prep = ml_prep_find(name);

	if (!prep)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "no preparation '%s'", name);
	void *opts = ml_alloc(1, prep->opts_size, err);
	if (!opts)
		return err->code;
	int rc = ML_OK;
	if (prep->opts)
		ml_opt_defaults(prep->opts, opts);
	for (; !rc && sets && *sets; sets += 2)
		if (sets[1] && prep->opts && ml_opt_find(prep->opts, sets[0]))
			rc = ml_opt_set(prep->opts, opts, sets[0], sets[1], err);
	if (!rc)
		rc = ml_pipeline_fit(p, prep, spec, opts, t, run, err);
	if (prep->opts)
		ml_opt_release(prep->opts, opts);
	free(opts);
	return rc;
}

/* Imputing is told: a value was made up. */
static int impute(struct ml_pipeline *p, struct ml_table *t, const struct ml_train_plan *plan,
		  const struct ml_run *run, struct ml_error *err)
{
	size_t *before = ml_alloc(t->ncol, sizeof *before, err);

	if (!before)
		return err->code;
	for (size_t j = 0; j < t->ncol; j++)
		before[j] = is_feature(&t->col[j])
				    ? ml_column_count_missing(&t->col[j], t->rows)
				    : 0;
	const char *spec = plan->impute ? plan->impute : "mean";
	int rc = add_step(p, t, "impute", spec, NULL, run, err);
	for (size_t j = 0; !rc && run->warn && j < t->ncol; j++)
		if (before[j] && !ml_column_count_missing(&t->col[j], t->rows))
			run->warn(run->user, "W-IMPUTED", SIZE_MAX,
				  "column '%s': %zu of %zu values are missing and imputed (%s)",
				  NAME(&t->col[j]), before[j], t->rows, spec);
	free(before);
	return rc;
}

/* Categories as the estimator takes them: dummies; or the numbers of the levels, of which
 * is_category[] says that they are that. */
static int encode(struct ml_pipeline *p, struct ml_table *t, const struct ml_train_plan *plan,
		  bool *is_category, const struct ml_run *run, struct ml_error *err)
{
	unsigned flags = plan->model->flags;
	bool native = is_category != NULL;
	const char *name = plan->encode ? plan->encode : native ? "ordinal" : "onehot";
	bool zeros = plan->unknown && !strcmp(plan->unknown, "zeros");
	const char *const sets[] = { "drop-level", flags & ML_NO_PENALTY ? "first" : "none",
				     "unknown",    native && zeros ? NULL : plan->unknown,
				     "max-levels", plan->max_levels,
				     NULL };

	for (size_t j = 0; native && j < t->ncol; j++)
		is_category[j] = is_feature(&t->col[j]) && t->col[j].kind == ML_CATEGORY;
	return add_step(p, t, name, "@cat", sets, run, err);
}

/* is_category: one a column of t, of which none is added then; NULL: the estimator takes no
 * categories. */
static int prepare(struct ml_pipeline *p, struct ml_table *t, const struct ml_train_plan *plan,
		   bool *is_category, const struct ml_run *run, struct ml_error *err)
{
	unsigned flags = plan->model->flags;
	struct needs n = look(t);
	/* What the steps of the table did already is not done again behind their back. */
	bool fill = !(flags & ML_TAKES_MISSING) && n.numbers &&
		    (n.missing || !has_step(p, "impute"));
	bool scale = (flags & ML_WANTS_SCALE) && n.numbers && !has_step(p, "scale");
	bool codes = !(flags & ML_ANY_FEATURES) && n.categories;
	int rc = ML_OK;

	if (wanted(plan->impute, fill))
		rc = impute(p, t, plan, run, err);
	if (!rc && wanted(plan->encode, codes) && n.categories)
		rc = encode(p, t, plan, is_category, run, err);
	if (!rc && wanted(plan->scale, scale))
		rc = add_step(p, t, "scale", plan->scale ? plan->scale : "standard", NULL, run,
			      err);
	return rc;
}

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
		if (!is_feature(c) || (c->kind != ML_NUMBER && (flags & ML_ANY_FEATURES)))
			continue;
		if (check_feature(t, c, flags, err))
			return err->code;
		/* Dummies of levels that only rows left out had. */
		if (c->dummy && is_constant(c, t->rows))
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

static int fit_model(struct ml_step *s, struct features *f, const struct ml_aim *aim,
		     const void *opts, const struct ml_run *run, struct ml_error *err)
{
	const char **names = ml_alloc(s->n_needs, sizeof *names, err);
	struct ml_named_run named;
	struct ml_problem prob = {
		.x = f->x,
		.col = f->col,
		.levels = f->levels,
		.used = f->col ? forget_column : NULL,
		.used_arg = f,
		.y = aim->y,
		.w = aim->w,
		.nclass = aim->outcome.n_classes,
		.task = aim->outcome.task,
	};

	if (!names)
		return err->code;
	for (size_t k = 0; k < s->n_needs; k++)
		names[k] = s->needs[k].name;
	ml_named_run_init(&named, run, names, s->n_needs);
	int rc = ML_OK;
	if (!(s->state = ml_alloc(1, s->model->state_size, err)))
		rc = err->code;
	if (!rc)
		rc = s->model->fit(s->state, &prob, opts, &named.run, &s->outcome.report, err);
	free(names);
	if (!rc && !s->outcome.report.converged && run->warn)
		run->warn(run->user, "W-ITER", SIZE_MAX,
			  "no convergence in %zu iterations (objective %.6g)",
			  s->outcome.report.iters, s->outcome.report.objective);
	return rc;
}

static int fit_step(struct ml_pipeline *p, struct ml_table *t, const struct ml_train_plan *plan,
		    struct ml_aim *aim, const bool *is_category, const struct ml_run *run,
		    struct ml_error *err)
{
	struct ml_step s = { .model = plan->model };
	struct features f = { 0 };
	size_t *idx = NULL, n = 0;

	int rc = choose_features(t, plan->model->flags, &idx, &n, err);
	if (plan->model->blind && plan->model->blind(plan->opts))
		n = 0;
	if (!rc)
		rc = ml_step_note_needs(&s, t, idx, n, err);
	if (!rc)
		rc = features_init(&f, plan->model, t, idx, n, is_category, run->threads, err);
	if (!rc)
		rc = fit_model(&s, &f, aim, plan->opts, run, err);
	features_release(&f);
	free(idx);
	ml_table_release(t);
	if (!rc) {
		struct ml_report report = s.outcome.report;
		s.outcome = aim->outcome;
		s.outcome.report = report;
		if (s.model->threshold)
			s.outcome.threshold = s.model->threshold(s.state);
		aim->outcome = (struct ml_outcome){ 0 };
		rc = ml_step_note_options(&s, plan->model->opts, plan->opts, err);
	}
	if (!rc)
		rc = ml_step_chain(&s, p, err);
	if (!rc)
		return ml_pipeline_append(p, &s, err);
	ml_step_release(&s);
	return rc;
}

int ml_train(struct ml_pipeline *p, struct ml_table *t, const struct ml_train_plan *plan,
	     const struct ml_run *run, struct ml_error *err)
{
	struct ml_aim aim = { 0 };
	bool *is_category = NULL;

	if (ml_pipeline_model(p))
		return ml_fail(err, ML_EDATA, "E-CHAIN",
			       "the table has been through an estimator ('%s')",
			       ml_step_type(ml_pipeline_model(p)));
	int rc = ml_aim_init(&aim, t, plan, run, err);
	if (!rc)
		rc = keep_features(t, plan->features, run, err);
	if (!rc && !(plan->model->flags & ML_ANY_FEATURES))
		rc = leave_out_constants(t, run, err);
	bool native = plan->model->flags & ML_TAKES_CATEGORY && !plan->encode &&
		      !(plan->model->flags & ML_ANY_FEATURES);
	if (!rc && native && !(is_category = ml_alloc(t->ncol, sizeof *is_category, err)))
		rc = err->code;
	if (!rc)
		rc = prepare(p, t, plan, is_category, run, err);
	if (!rc)
		rc = fit_step(p, t, plan, &aim, is_category, run, err);
	free(is_category);
	ml_aim_release(&aim);
	return rc;
}
