/* impute.c - missing cells filled with what training rows had: mean, median, mode, or a
 * constant.
 *
 *     HOW   mean | median | mode | constant=VALUE, or COLUMNS=one of these, or none
 *
 * Bare words are for the features they fit: mean and median for numbers, mode for categories
 * (and for numbers when no other word is), a constant for the kind that it is of.
 * The value is recorded for every such column, also for one without a missing cell in training;
 * cells filled in that one later are counted (tally.imputed), since the model never saw such
 * rows. Means and medians are weighted; of several modes it is the smallest number, or the
 * first by bytes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/thread.h"
#include "base/utf8.h"
#include "la/quantile.h"
#include "la/sums.h"
#include "prep/coded.h"
#include "prep/how_plan.h"
#include "prep/prep.h"

struct filling {
	bool had;     /* training had a missing cell */
	double value; /* of a number column */
	char *text;   /* of another one, owned; not empty */
};

struct impute {
	size_t n;
	struct filling *v;
};

/* ---- what is asked ---- */

struct choice;
typedef int learn_fn(struct filling *f, const struct choice *how, const struct ml_column *c,
		     size_t rows, const double *w, struct ml_error *err);

struct choice {
	const struct way *way;
	const char *constant; /* a view, or NULL */
	bool is_number;       /* the constant is */
	double value;
};

static bool kept(const double *w, size_t i)
{
	return !w || w[i] > 0;
}

static int learn_mean(struct filling *f, const struct choice *how, const struct ml_column *c,
		      size_t rows, const double *w, struct ml_error *err)
{
	(void)how;
	(void)err;
	f->value = ml_column_mean(c, w, rows);
	return ML_OK;
}

static int learn_median(struct filling *f, const struct choice *how, const struct ml_column *c,
			size_t rows, const double *w, struct ml_error *err)
{
	struct ml_sorted s;
	int rc = ml_sorted_init(&s, c->num, w, rows, err);

	(void)how;
	if (!rc)
		f->value = ml_sorted_quantile(&s, 0.5);
	ml_sorted_release(&s);
	return rc;
}

static int number_mode(struct filling *f, const struct ml_column *c, size_t rows,
		       const double *w, struct ml_error *err)
{
	struct ml_sorted s;
	int rc = ml_sorted_init(&s, c->num, w, rows, err);

	if (!rc)
		f->value = ml_sorted_mode(&s);
	ml_sorted_release(&s);
	return rc;
}

static int learn_mode(struct filling *f, const struct choice *how, const struct ml_column *c,
		      size_t rows, const double *w, struct ml_error *err)
{
	struct ml_coded v;
	struct ml_masses m = { 0 };

	(void)how;
	if (c->kind == ML_NUMBER)
		return number_mode(f, c, rows, w, err);
	int rc = ml_coded_init(&v, c, rows, err);
	if (!rc)
		rc = ml_masses_init(&m, &v, w, err);
	size_t mode = rc ? SIZE_MAX : ml_masses_mode(&m, v.levels);
	if (mode != SIZE_MAX && !(f->text = ml_strdup(v.levels->name[mode], err)))
		rc = err->code;
	ml_masses_release(&m);
	ml_coded_release(&v);
	return rc;
}

static int learn_constant(struct filling *f, const struct choice *how,
			  const struct ml_column *c, size_t rows, const double *w,
			  struct ml_error *err)
{
	(void)rows;
	(void)w;
	f->value = how->value;
	if (c->kind != ML_NUMBER && !(f->text = ml_strdup(how->constant, err)))
		return err->code;
	return ML_OK;
}

static enum ml_how_fit mode_fits(const struct choice *how, const struct ml_column *c,
				 bool named)
{
	(void)how;
	if (c->kind == ML_CATEGORY || named)
		return ML_HOW_WELL;
	return c->kind == ML_NUMBER ? ML_HOW_IF_ALONE : ML_HOW_NOT;
}

static enum ml_how_fit constant_fits(const struct choice *how, const struct ml_column *c,
				     bool named)
{
	bool fits = c->kind == ML_NUMBER ? how->is_number : named || !how->is_number;

	return fits ? ML_HOW_WELL : ML_HOW_NOT;
}

static enum ml_how_fit average_fits(const struct choice *how, const struct ml_column *c,
				    bool named)
{
	return ml_how_fits_numbers(how, c, named);
}

static const struct way {
	const char *word;
	learn_fn *learn;
	enum ml_how_fit (*fits)(const struct choice *how, const struct ml_column *c,
				bool named);
} ways[] = {
	{ "mean", learn_mean, average_fits },
	{ "median", learn_median, average_fits },
	{ "mode", learn_mode, mode_fits },
	{ "constant", learn_constant, constant_fits },
};

static int read_how(void *out, const char *how, const void *opts, struct ml_error *err)
{
	struct choice *c = out;
	size_t word = strcspn(how, "=");
	struct ml_number number = { 0 };

	(void)opts;
	for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
		if (strlen(ways[k].word) == word && !strncmp(ways[k].word, how, word))
			c->way = &ways[k];
	if (c->way && (c->way->learn == learn_constant) == (how[word] == '=') &&
	    (!how[word] || how[word + 1])) {
		c->constant = how[word] ? how + word + 1 : NULL;
		c->is_number = c->constant &&
			       ml_number_parse(c->constant, strlen(c->constant), &number) &&
			       !(number.flags & ML_NUM_OVERFLOW);
		c->value = number.value;
		return ML_OK;
	}
	return ml_fail(
		err, ML_EUSAGE, "E-USAGE",
		"'%s' is not a way to impute: mean, median, mode, constant=VALUE or none",
		ML_SHOW(how, strlen(how)));
}

static enum ml_how_fit fits(const void *choice, const struct ml_column *c, bool named)
{
	const struct choice *how = choice;

	return how->way->fits(how, c, named);
}

static const struct ml_how_rule rule = { sizeof(struct choice), "constant", read_how, fits };

/* ---- learning ---- */

struct learning {
	struct impute *m;
	const struct ml_how_plan *plan;
	const struct ml_prep_fit *fit;
};

/* The k-th column that is filled. */
static int learn(void *arg, size_t k, int worker, struct ml_error *err)
{
	const struct learning *l = arg;
	const struct choice *how = l->plan->choice[k];
	const struct ml_column *c = &l->fit->table->col[l->plan->col[k]];
	struct filling *f = &l->m->v[k];
	size_t rows = l->fit->table->rows;
	int rc = how->way->learn(f, how, c, rows, l->fit->w, err);

	(void)worker;
	if (rc)
		return rc;
	if (c->kind == ML_NUMBER ? isnan(f->value) : !f->text)
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "%s: has no value to impute from; name a constant, or leave it "
			       "out: %s=none",
			       ML_SHOW(c->name, strlen(c->name)),
			       ML_SHOW(c->name, strlen(c->name)));
	for (size_t i = 0; (i = ml_column_next_missing(c, i, rows)) < rows && !f->had; i++)
		f->had = kept(l->fit->w, i);
	return ML_OK;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct impute *m = state;
	struct ml_how_plan plan;
	int rc = ml_how_plan_init(&plan, f->table, f->spec, &rule, opts, err);

	if (!rc)
		rc = ml_prep_rows(f, err);
	if (!rc && !(m->v = ml_alloc(plan.n, sizeof *m->v, err)))
		rc = err->code;
	struct learning l = { m, &plan, f };
	if (!rc) {
		m->n = plan.n;
		rc = ml_parallel(run->threads, plan.n, learn, &l, err);
	}
	*cols = plan.col;
	*n = plan.n;
	plan.col = NULL;
	ml_how_plan_release(&plan);
	return rc;
}

/* ---- applying ---- */

/* The code of the value, its level added when new (to a copy, when others share the levels). */
static int find_code(const struct filling *f, struct ml_column *c, int32_t *code,
		     struct ml_error *err)
{
	size_t len = strlen(f->text);

	if ((*code = ml_levels_find(c->levels, f->text, len)) >= 0)
		return ML_OK;
	if (c->levels->refs > 1) {
		struct ml_levels *own = ml_levels_copy(c->levels, err);

		if (!own)
			return err->code;
		ml_levels_free(c->levels);
		c->levels = own;
	}
	return ml_levels_add(c->levels, f->text, len, code, err);
}

/* The value as cells of each kind hold it. */
static int make_value(const struct filling *f, struct ml_table *t, struct ml_column *c,
		      int32_t *code, const char **text, struct ml_error *err)
{
	if (c->kind == ML_CATEGORY)
		return find_code(f, c, code, err);
	if (c->kind == ML_STRING &&
	    !(*text = ml_arena_put(&t->arena, f->text, strlen(f->text), err)))
		return err->code;
	return ML_OK;
}

static int fill(const struct filling *f, struct ml_table *t, struct ml_column *c,
		uint64_t *filled, struct ml_error *err)
{
	int32_t code = -1;
	const char *text = NULL;

	for (size_t i = 0; (i = ml_column_next_missing(c, i, t->rows)) < t->rows; i++) {
		if (!(*filled)++ && make_value(f, t, c, &code, &text, err))
			return err->code;
		if (c->kind == ML_NUMBER)
			c->num[i] = f->value;
		else if (c->kind == ML_CATEGORY)
			c->code[i] = code;
		else
			c->text[i] = text;
		ml_column_touch(c, i);
	}
	return ML_OK;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct impute *m = state;

	for (size_t k = 0; k < n; k++) {
		uint64_t filled = 0;
		int rc = fill(&m->v[k], t, &t->col[cols[k]], &filled, err);

		if (rc)
			return rc;
		if (tally && !m->v[k].had)
			tally[k].imputed += filled;
	}
	return ML_OK;
}

/* ---- fields ---- */

static void save(const void *state, struct ml_fields *out)
{
	const struct impute *m = state;
	struct ml_error err;
	int32_t *had = ml_alloc(m->n, sizeof *had, &err);
	double *value = ml_alloc(m->n, sizeof *value, &err);
	const char **text = ml_alloc(m->n, sizeof *text, &err);

	out->failed |= !had || !value || !text;
	for (size_t k = 0; !out->failed && k < m->n; k++) {
		had[k] = m->v[k].had;
		value[k] = m->v[k].text ? 0 : m->v[k].value;
		text[k] = m->v[k].text ? m->v[k].text : "";
	}
	if (!out->failed) {
		ml_put_ints(out, "had-missing", had, m->n);
		ml_put_reals(out, "number", value, m->n);
		ml_put_texts(out, "text", text, m->n);
	}
	free(text);
	free(value);
	free(had);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct impute *m = state;
	int32_t *had = NULL;
	double *value = NULL;
	char **text = NULL;
	int rc = ml_get_ints(in, "had-missing", &had, n, 0, 1, err);

	(void)format; /* only version 1 exists */
	if (!rc)
		rc = ml_get_reals(in, "number", &value, n, err);
	if (!rc)
		rc = ml_get_texts(in, "text", &text, n, err);
	if (!rc && !(m->v = ml_alloc(n, sizeof *m->v, err)))
		rc = err->code;
	for (size_t k = 0; !rc && k < n; k++) {
		m->v[k] = (struct filling){ had[k] != 0, value[k], NULL };
		m->n = k + 1;
		if (kind[k] == ML_NUMBER)
			continue;
		if (!*text[k])
			rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'text': an empty level");
		m->v[k].text = text[k];
		text[k] = NULL;
	}
	if (text)
		ml_texts_free(text, n);
	free(value);
	free(had);
	return rc;
}

static void release(void *state)
{
	struct impute *m = state;

	for (size_t k = 0; k < m->n; k++)
		free(m->v[k].text);
	free(m->v);
}

/* Filling moves no value that was there. */
static bool affine(const void *state, size_t k, double *center, double *factor)
{
	(void)state;
	(void)k;
	*center = 0;
	*factor = 1;
	return true;
}

const struct ml_prep ml_prep_impute = {
	.name = "impute",
	.summary = "fill missing cells with the mean, median, mode or a constant",
	.arg = "HOW",
	.example = "median,mode",
	.flags = ML_PREP_CLEAN | ML_PREP_IN_PLACE | ML_PREP_SETTLES,
	.format = 1,
	.state_size = sizeof(struct impute),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
	.affine = affine,
};
