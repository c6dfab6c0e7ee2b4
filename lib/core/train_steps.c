/* train_steps.c - which columns are learned from, and the ordinary steps before the estimator.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/train_parts.h"
#include "data/columns.h"

#define NAME(c) ML_SHOW((c)->name, strlen((c)->name))

bool ml_is_feature(const struct ml_column *c)
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

void ml_train_warn_role(const struct ml_column *c, const char *spec, const struct ml_run *run)
{
	if (!ml_is_feature(c) && names(spec, c->name) && run->warn)
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
		ml_train_warn_role(&t->col[idx[k]], spec, run);
	}
	for (size_t j = 0; j < t->ncol; j++)
		if (ml_is_feature(&t->col[j]) && !asked[j])
			t->col[j].role = ML_IGNORED;
	free(asked);
	free(idx);
	return ML_OK;
}

bool ml_train_is_constant(const struct ml_column *c, size_t rows)
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

/* Whether the estimator has use for a column of one value. */
static bool keeps(unsigned flags, const struct ml_column *c, size_t rows)
{
	return flags & ML_KEEPS_CONSTANT && c->kind == ML_NUMBER && rows &&
	       ml_column_count_missing(c, rows) < rows;
}

static int leave_out_constants(struct ml_table *t, unsigned flags, const struct ml_run *run,
			       struct ml_error *err)
{
	for (size_t j = 0; j < t->ncol; j++) {
		struct ml_column *c = &t->col[j];
		if (!ml_is_feature(c))
			continue;
		if (c->kind == ML_STRING)
			return ml_fail(err, ML_EDATA, "E-TYPE",
				       "column '%s' is text, which no estimator takes: "
				       "--ignore it, or make features of it",
				       NAME(c));
		if (!ml_train_is_constant(c, t->rows) || keeps(flags, c, t->rows))
			continue;
		c->role = ML_IGNORED;
		if (run->warn)
			run->warn(run->user, "W-CONSTANT", SIZE_MAX,
				  "column '%s' is constant and gets no coefficient", NAME(c));
	}
	return ML_OK;
}

int ml_train_choose(struct ml_table *t, const struct ml_train_plan *plan,
		    const struct ml_run *run, struct ml_error *err)
{
	int rc = keep_features(t, plan->features, run, err);

	if (!rc && !(plan->model->flags & ML_ANY_FEATURES))
		rc = leave_out_constants(t, ml_model_asks(plan->model, plan->opts), run, err);
	return rc;
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
		if (!ml_is_feature(c))
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
		before[j] = ml_is_feature(&t->col[j])
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
	unsigned flags = ml_model_asks(plan->model, plan->opts);
	bool native = is_category != NULL;
	const char *name = plan->encode ? plan->encode : native ? "ordinal" : "onehot";
	bool zeros = plan->unknown && !strcmp(plan->unknown, "zeros");
	const char *const sets[] = { "drop-level", flags & ML_NO_PENALTY ? "first" : "none",
				     "unknown",    native && zeros ? NULL : plan->unknown,
				     "max-levels", plan->max_levels,
				     NULL };

	for (size_t j = 0; native && j < t->ncol; j++)
		is_category[j] = ml_is_feature(&t->col[j]) && t->col[j].kind == ML_CATEGORY;
	return add_step(p, t, name, "@cat", sets, run, err);
}

int ml_train_prepare(struct ml_pipeline *p, struct ml_table *t,
		     const struct ml_train_plan *plan, bool *is_category,
		     const struct ml_run *run, struct ml_error *err)
{
	unsigned flags = ml_model_asks(plan->model, plan->opts);
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
