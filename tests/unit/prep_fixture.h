/* prep_fixture.h - a small table, and preparations fitted and applied to it, for tests. */
#ifndef ML_TESTS_PREP_FIXTURE_H
#define ML_TESTS_PREP_FIXTURE_H

#include <float.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "prep/prep.h"
#include "test.h"

#define MUST(call) must((call), __LINE__)
static struct ml_error err;

static inline void must(int rc, int line)
{
	if (rc && ++ml_test_failed <= 20)
		printf("# line %d: %s [%s]\n", line, err.msg, err.tag ? err.tag : "");
}

static const struct ml_run quiet = { .threads = 1, .deadline = INFINITY };

/* ---- tables ---- */

static inline struct ml_column *add_column(struct ml_table *t, const char *name,
					   enum ml_kind kind)
{
	MUST(ml_table_insert(t, t->ncol, name, kind, &err));
	return &t->col[t->ncol - 1];
}

static inline void add_numbers(struct ml_table *t, const char *name, const double *v)
{
	struct ml_column *c = add_column(t, name, ML_NUMBER);

	for (size_t i = 0; i < t->rows; i++)
		c->num[i] = v[i];
}

static inline void set_text(struct ml_table *t, struct ml_column *c, size_t i, const char *s)
{
	if (c->kind == ML_CATEGORY && s)
		MUST(ml_levels_add(c->levels, s, strlen(s), &c->code[i], &err));
	else if (c->kind == ML_STRING && s)
		c->text[i] = ml_arena_put(&t->arena, s, strlen(s), &err);
}

static inline void add_texts(struct ml_table *t, const char *name, enum ml_kind kind,
			     const char *const *v)
{
	struct ml_column *c = add_column(t, name, kind);

	for (size_t i = 0; i < t->rows; i++)
		set_text(t, c, i, v[i]);
}

/* Numbers age (some missing) and income, category city (some missing, odd bytes in it), a
 * text, a 0/1 column of an encoder, a target, an id. */
static inline struct ml_table *make_table(size_t rows, uint64_t seed)
{
	static const char *const cities[] = { "rome", "oslo",  "a,b", "new\nline",
					      "x=y",  "\"q\"", "NA",  "other",
					      "Zug",  "10",    NULL };
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);
	struct ml_rng r;

	ml_rng_init(&r, seed, "prep-fixture", 0);
	t->rows = rows;
	double *age = add_column(t, "age", ML_NUMBER)->num;
	double *income = add_column(t, "income", ML_NUMBER)->num;
	add_column(t, "city", ML_CATEGORY);
	add_column(t, "note", ML_STRING);
	double *flag = add_column(t, "flag", ML_NUMBER)->num;
	double *y = add_column(t, "y", ML_NUMBER)->num;
	double *id = add_column(t, "id", ML_NUMBER)->num;
	t->col[4].dummy = true;
	t->col[5].role = ML_TARGET;
	t->col[6].role = ML_ID;
	for (size_t i = 0; i < rows; i++) {
		size_t city = ml_rng_below(&r, 11), note = ml_rng_below(&r, 11);

		age[i] = ml_rng_below(&r, 9) ? (double)ml_rng_below(&r, 40) + 20.25
					     : (double)NAN;
		income[i] = 31234.5 * ml_rng_uniform(&r) - 777.125;
		set_text(t, &t->col[2], i, cities[city]);
		set_text(t, &t->col[3], i, cities[note]);
		flag[i] = (double)ml_rng_below(&r, 2);
		y[i] = ml_rng_uniform(&r);
		id[i] = (double)i;
	}
	return t;
}

/* The same without missing cells and without numbers below 0, for a preparation that refuses
 * them. */
static inline struct ml_table *table_for(const struct ml_prep *prep, size_t rows, uint64_t seed)
{
	struct ml_table *t = make_table(rows, seed);

	for (size_t i = 0; prep->flags & ML_PREP_MIXES && i < rows; i++) {
		double *age = &t->col[0].num[i], *income = &t->col[1].num[i];

		*age = isnan(*age) ? 61.75 : *age;
		*income = fabs(*income);
	}
	return t;
}

/* Rows row[0..n) as a batch read later: every category with levels of its own, in its own
 * order. */
static inline struct ml_table *take_rows(const struct ml_table *t, const size_t *row, size_t n)
{
	struct ml_table *out = NULL;

	MUST(ml_table_take(&out, t, row, n, &err));
	for (size_t j = 0; j < out->ncol; j++) {
		struct ml_column *c = &out->col[j];

		if (c->kind != ML_CATEGORY)
			continue;
		struct ml_levels *old = c->levels;
		c->levels = ml_levels_new(&err);
		for (size_t i = 0; i < n; i++)
			if (c->code[i] >= 0)
				set_text(out, c, i, old->name[c->code[i]]);
		ml_levels_free(old);
	}
	return out;
}

static inline struct ml_table *copy_range(const struct ml_table *t, size_t from, size_t to)
{
	size_t *row = ml_alloc(to - from, sizeof *row, &err);

	for (size_t i = from; i < to; i++)
		row[i - from] = i;
	struct ml_table *out = take_rows(t, row, to - from);
	free(row);
	return out;
}

static inline struct ml_table *copy_table(const struct ml_table *t)
{
	return copy_range(t, 0, t->rows);
}

static inline bool same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static inline const char *text_of(const struct ml_column *c, size_t i)
{
	if (ml_missing(c, i))
		return NULL;
	return c->kind == ML_CATEGORY ? c->levels->name[c->code[i]] : c->text[i];
}

/* Cell i of a is cell k of b. */
static inline bool same_cell(const struct ml_column *a, size_t i, const struct ml_column *b,
			     size_t k)
{
	if (a->kind == ML_NUMBER)
		return same_bits(a->num[i], b->num[k]);
	const char *s = text_of(a, i), *u = text_of(b, k);
	return s && u ? !strcmp(s, u) : s == u;
}

static inline bool same_head(const struct ml_table *a, const struct ml_table *b)
{
	bool same = a->ncol == b->ncol;

	for (size_t j = 0; same && j < a->ncol; j++)
		same = !strcmp(a->col[j].name, b->col[j].name) &&
		       a->col[j].kind == b->col[j].kind && a->col[j].role == b->col[j].role &&
		       a->col[j].dummy == b->col[j].dummy;
	return same;
}

/* The rows of `part` are the rows of `whole` from row `from` on, bit by bit. */
static inline bool same_rows(const struct ml_table *whole, size_t from,
			     const struct ml_table *part)
{
	bool same = same_head(whole, part);

	for (size_t j = 0; same && j < whole->ncol; j++)
		for (size_t i = 0; same && i < part->rows; i++)
			same = same_cell(&whole->col[j], from + i, &part->col[j], i);
	return same;
}

static inline bool same_table(const struct ml_table *a, const struct ml_table *b)
{
	return a->rows == b->rows && same_rows(a, 0, b);
}

/* ---- preparations ---- */

struct fitted {
	const struct ml_prep *prep;
	void *state;
	char **need; /* names */
	enum ml_kind *kind;
	size_t n;
	struct ml_tally *tally;
};

/* Binds by name, as lib/core does. */
static inline void bind(const struct fitted *p, const struct ml_table *t, size_t *cols)
{
	for (size_t k = 0; k < p->n; k++)
		cols[k] = ml_table_find(t, p->need[k]);
}

static inline int fit_rows(struct fitted *p, const struct ml_prep *prep,
			   const struct ml_prep_fit *f, const void *opts,
			   const struct ml_run *run)
{
	size_t *cols = NULL;

	*p = (struct fitted){ .prep = prep };
	p->state = ml_alloc(1, prep->state_size, &err);
	int rc = prep->fit(p->state, f, opts, &cols, &p->n, run, &err);
	if (rc)
		p->n = 0;
	p->need = ml_alloc(p->n, sizeof *p->need, &err);
	p->kind = ml_alloc(p->n, sizeof *p->kind, &err);
	p->tally = ml_alloc(p->n, sizeof *p->tally, &err);
	for (size_t k = 0; k < p->n; k++) {
		p->need[k] = ml_strdup(f->table->col[cols[k]].name, &err);
		p->kind[k] = f->table->col[cols[k]].kind;
	}
	free(cols);
	return rc;
}

static inline void release_fitted(struct fitted *p)
{
	p->prep->release(p->state);
	free(p->state);
	for (size_t k = 0; k < p->n; k++)
		free(p->need[k]);
	free(p->need);
	free(p->kind);
	free(p->tally);
}

static inline int apply_to(struct fitted *p, struct ml_table *t)
{
	size_t *cols = ml_alloc(p->n, sizeof *cols, &err);

	bind(p, t, cols);
	int rc = p->prep->apply(p->state, t, cols, p->n, p->tally, &err);
	free(cols);
	return rc;
}

/* Options with their defaults, then "name=value" set; free(). */
static inline void *make_options(const struct ml_prep *prep, const char *name,
				 const char *value)
{
	void *opts = ml_alloc(1, prep->opts_size, &err);

	if (prep->opts)
		ml_opt_defaults(prep->opts, opts);
	if (name)
		MUST(ml_opt_set(prep->opts, opts, name, value, &err));
	return opts;
}

/* Fits by its name, with one option (NULL: defaults). */
static inline int fit_named(struct fitted *p, const char *name, const struct ml_table *t,
			    const char *spec, const double *w, const char *option,
			    const char *value)
{
	const struct ml_prep *prep = ml_prep_find(name);
	struct ml_prep_fit f = { .table = t, .spec = spec, .w = w };
	void *opts = make_options(prep, option, value);
	int rc = fit_rows(p, prep, &f, opts, &quiet);

	free(opts);
	return rc;
}

/* ---- every preparation, with its defaults and with each word of its options ---- */

struct variant {
	const struct ml_prep *prep;
	const char *option, *value; /* NULL: defaults */
};

typedef void law(const struct variant *v);

static inline void try_words(const struct ml_prep *prep, const struct ml_opt *o, law *fn)
{
	static const char *const truths[] = { "yes", NULL };
	const char *const *words = o->type == ML_BOOL ? truths : o->picks;

	for (; words && *words; words++)
		fn(&(struct variant){ prep, o->name, *words });
}

static inline void each_prep(law *fn)
{
	for (const struct ml_prep *const *p = ml_preps; *p; p++) {
		int before = ml_test_failed;

		fn(&(struct variant){ .prep = *p });
		for (const struct ml_opt *o = (*p)->opts; o && o->name; o++)
			try_words(*p, o, fn);
		if (ml_test_failed > before)
			printf("# so much for %s\n", (*p)->name);
	}
}

static inline int fit_run(struct fitted *p, const struct variant *v, const struct ml_table *t,
			  const double *w, const struct ml_run *run)
{
	struct ml_prep_fit f = { .table = t, .spec = v->prep->example, .w = w };
	void *opts = make_options(v->prep, v->option, v->value);
	int rc = fit_rows(p, v->prep, &f, opts, run);

	free(opts);
	return rc;
}

static inline void fit_variant(struct fitted *p, const struct variant *v,
			       const struct ml_table *t, const double *w)
{
	MUST(fit_run(p, v, t, w, &quiet));
}

/* ---- fields ---- */

static inline bool near(double a, double b, double tol)
{
	return fabs(a - b) <= tol * fmax(1, fabs(b));
}

static inline bool same_field(const struct ml_field *a, const struct ml_field *b, double tol)
{
	bool same = a->type == b->type && a->n == b->n && !strcmp(a->name, b->name);

	for (size_t i = 0; same && i < a->n; i++) {
		if (a->type == ML_FIELD_REALS)
			same = near(a->u.reals[i], b->u.reals[i], tol);
		else if (a->type == ML_FIELD_INTS)
			same = a->u.ints[i] == b->u.ints[i];
		else if (a->type == ML_FIELD_TEXTS)
			same = !strcmp(a->u.texts[i], b->u.texts[i]);
	}
	if (same && a->type == ML_FIELD_TEXT)
		same = !strcmp(a->u.text, b->u.text);
	if (same && a->type == ML_FIELD_SIZE)
		same = a->u.size == b->u.size;
	return same;
}

static inline struct ml_fields saved(const struct fitted *p)
{
	struct ml_fields out = { 0 };

	p->prep->save(p->state, &out);
	MUST(ml_fields_check(&out, &err));
	return out;
}

static inline bool same_fields(const struct fitted *p, const struct fitted *q, double tol)
{
	struct ml_fields a = saved(p), b = saved(q);
	bool same = a.n == b.n && p->n == q->n;

	for (size_t i = 0; same && i < p->n; i++)
		same = !strcmp(p->need[i], q->need[i]);
	for (size_t i = 0; same && i < a.n; i++)
		same = same_field(&a.v[i], &b.v[i], tol);
	ml_fields_release(&a);
	ml_fields_release(&b);
	return same;
}

/* A second one, loaded from these fields; its needs are those of p. */
static inline int load_like(struct fitted *q, const struct fitted *p,
			    const struct ml_fields *in)
{
	*q = (struct fitted){ .prep = p->prep };
	q->state = ml_alloc(1, p->prep->state_size, &err);
	int rc = p->prep->load(q->state, p->prep->format, in, p->kind, p->n, &err);

	q->need = ml_alloc(p->n, sizeof *q->need, &err);
	q->kind = ml_alloc(p->n, sizeof *q->kind, &err);
	q->tally = ml_alloc(p->n, sizeof *q->tally, &err);
	for (; q->n < p->n; q->n++) {
		q->need[q->n] = ml_strdup(p->need[q->n], &err);
		q->kind[q->n] = p->kind[q->n];
	}
	return rc;
}

#endif
