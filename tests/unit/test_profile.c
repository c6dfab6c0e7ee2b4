/* Profiles: facts of columns, fields and hostile fields, rows made up. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/profile.h"
#include "test.h"

static struct ml_error err;

static void set_level(struct ml_table *t, size_t j, size_t row, const char *level)
{
	CHECK(!ml_levels_add(t->col[j].levels, level, strlen(level), &t->col[j].code[row],
			     &err));
}

/* x: 0..99 without 7 of them; h: halves; k: levels; y: target; s: text; id; gone: all missing.
 */
static void fill(struct ml_table *t)
{
	static const enum ml_kind kinds[] = { ML_NUMBER, ML_NUMBER,   ML_CATEGORY, ML_CATEGORY,
					      ML_STRING, ML_CATEGORY, ML_NUMBER };
	static const char *const names[] = { "x", "h", "k", "y", "s", "id", "gone" };

	*t = (struct ml_table){ .rows = 100 };
	for (size_t j = 0; j < 7; j++)
		CHECK(!ml_table_insert(t, j, names[j], kinds[j], &err));
	t->col[3].role = ML_TARGET;
	t->col[5].role = ML_ID;
	for (size_t i = 0; i < 100; i++) {
		char text[32];

		if (i % 15)
			t->col[0].num[i] = (double)(i * 37 % 100);
		t->col[1].num[i] = 0.5 * (double)i;
		snprintf(text, sizeof text, "level %zu", (size_t)sqrt((double)i));
		if (i != 50)
			set_level(t, 2, i, text);
		set_level(t, 3, i, i % 3 ? "no" : "yes");
		snprintf(text, sizeof text, "%.*s", (int)(i % 20), "abcdefghijklmnopqrst");
		if (i % 10)
			t->col[4].text[i] = ml_arena_put(&t->arena, text, strlen(text), &err);
		snprintf(text, sizeof text, "person %zu", i);
		set_level(t, 5, i, text);
	}
}

static void profile(struct ml_profile *p)
{
	struct ml_table t;

	fill(&t);
	CHECK(!ml_profile_of(p, &t, 2, &err));
	ml_table_release(&t);
}

TEST("numbers: moments and type 7 quantiles of what is there")
{
	struct ml_table t = { .rows = 7 };
	struct ml_profile p;
	static const double v[] = { 2.5, -1, (double)NAN, 4, 0.25, 8, 3 };

	CHECK(!ml_table_insert(&t, 0, "v", ML_NUMBER, &err));
	memcpy(t.col[0].num, v, sizeof v);
	CHECK(!ml_profile_of(&p, &t, 2, &err));
	const struct ml_profile_column *c = ml_profile_find(&p, "v");
	CHECK(c && p.rows == 7 && c->missing == 1 && !c->whole);
	/* R: quantile(c(2.5, -1, 4, .25, 8, 3), c(0, .01, .05, .25, .5, .75, .95, .99, 1)),
	 * mean, sd */
	static const double want[] = { -1, -0.9375, -0.6875, 0.8125, 2.75, 3.75, 7, 7.8, 8 };
	for (size_t k = 0; k < ML_PROFILE_QUANTILES; k++)
		NEAR(c->quantile[k], want[k], 1e-15, "a few roundings");
	NEAR(c->mean, 16.75 / 6, 1e-15, "one rounding");
	NEAR(c->sd, 3.1480814263081993, 1e-15, "statistics.stdev of Python");
	CHECK(!ml_profile_find(&p, "w"));
	ml_profile_release(&p);
	ml_table_release(&t);
}

TEST("categories: levels there are, the frequent ones in order; ids keep theirs to themselves")
{
	struct ml_profile p;

	profile(&p);
	const struct ml_profile_column *k = ml_profile_find(&p, "k"),
				       *id = ml_profile_find(&p, "id");
	CHECK(k->levels == 10 && k->top_n == 10 && k->missing == 1 && p.col[3].top_n == 2);
	SAME_TEXT(k->top[0], "level 9"); /* 81..99 */
	CHECK(k->top_rows[0] == 19 && k->top_rows[9] == 1);
	SAME_TEXT(k->top[9], "level 0");
	SAME_TEXT(p.col[3].top[0], "no");
	CHECK(id->levels == 100 && id->top_n == 0);
	ml_profile_release(&p);
}

TEST("of many levels twenty are listed, equals bytewise, long ones not")
{
	struct ml_table t = { .rows = 200 };
	struct ml_profile p;
	char text[600];

	CHECK(!ml_table_insert(&t, 0, "k", ML_CATEGORY, &err));
	for (size_t i = 0; i < 200; i++) {
		if (i < 100)
			memset(text, 'x', 300), text[300] = '\0';
		else
			snprintf(text, sizeof text, "%03zu", (i * 37) % 50);
		set_level(&t, 0, i, text);
	}
	CHECK(!ml_levels_add(t.col[0].levels, "unused", 6, &(int32_t){ 0 }, &err));
	CHECK(!ml_profile_of(&p, &t, 2, &err));
	CHECK(p.col[0].levels == 51 && p.col[0].top_n == ML_PROFILE_TOP);
	for (size_t k = 0; k < ML_PROFILE_TOP; k++) {
		snprintf(text, sizeof text, "%03zu", k);
		SAME_TEXT(p.col[0].top[k], text);
		CHECK(p.col[0].top_rows[k] == 2);
	}
	ml_profile_release(&p);
	ml_table_release(&t);
}

TEST("texts: different ones, missing ones, the longest; columns without a value")
{
	struct ml_profile p;

	profile(&p);
	const struct ml_profile_column *s = ml_profile_find(&p, "s"),
				       *gone = ml_profile_find(&p, "gone");
	CHECK(s->missing == 10 && s->longest == 19 && s->levels == 18 && s->top_n == 0);
	CHECK(gone->missing == 100 && gone->mean == 0 && gone->sd == 0);
	CHECK(ml_profile_find(&p, "x")->whole && !ml_profile_find(&p, "h")->whole);
	ml_profile_release(&p);
}

TEST("many rows: quantiles of a sample, near the true ones; ends exact; whatever the order")
{
	enum { N = 400000 };
	struct ml_table t = { .rows = N };
	struct ml_profile p;

	CHECK(!ml_table_insert(&t, 0, "sorted", ML_NUMBER, &err));
	CHECK(!ml_table_insert(&t, 1, "periodic", ML_NUMBER, &err));
	CHECK(!ml_table_insert(&t, 2, "sparse", ML_NUMBER, &err));
	for (size_t i = 0; i < N; i++) {
		t.col[0].num[i] = (double)i / (N - 1);
		t.col[1].num[i] = (double)(i % 13) / 12;
		if (i % 50 == 7)
			t.col[2].num[i] = (double)i / N;
	}
	CHECK(!ml_profile_of(&p, &t, 2, &err));
	for (size_t k = 0; k < ML_PROFILE_QUANTILES; k++) {
		NEAR(p.col[0].quantile[k], ml_profile_p[k], 0.0002,
		     "one drawn from each 12 or 13");
		CHECK(p.col[1].quantile[k] == fmin(floor(13 * ml_profile_p[k]), 12) / 12);
		NEAR(p.col[2].quantile[k], ml_profile_p[k], 0.0002, "all 8,000 count");
	}
	CHECK(p.col[0].quantile[0] == 0 && p.col[0].quantile[8] == 1);
	ml_profile_release(&p);
	ml_table_release(&t);
}

TEST("huge values: finite moments, rising quantiles")
{
	struct ml_table t = { .rows = 4 };
	struct ml_profile p;
	struct ml_fields f = { 0 };

	CHECK(!ml_table_insert(&t, 0, "v", ML_NUMBER, &err));
	t.col[0].num[0] = t.col[0].num[1] = DBL_MAX;
	t.col[0].num[2] = t.col[0].num[3] = -DBL_MAX;
	CHECK(!ml_profile_of(&p, &t, 2, &err));
	CHECK(isfinite(p.col[0].mean) && isfinite(p.col[0].sd) && p.col[0].sd > 1e300);
	ml_profile_put(&p, &f);
	ml_profile_release(&p);
	CHECK(!ml_profile_get(&p, &f, &err));
	ml_fields_release(&f);
	ml_profile_release(&p);
	ml_table_release(&t);
}

static void check_same(const struct ml_profile *a, const struct ml_profile *b)
{
	CHECK(a->rows == b->rows && a->n == b->n);
	for (size_t j = 0; j < a->n && j < b->n; j++) {
		const struct ml_profile_column *u = &a->col[j],
					       *v = ml_profile_find(b, u->name);

		CHECK(v == &b->col[j]);
		CHECK(u->kind == v->kind && u->role == v->role && u->missing == v->missing);
		CHECK(u->mean == v->mean && u->sd == v->sd && u->whole == v->whole);
		CHECK(!memcmp(u->quantile, v->quantile, sizeof u->quantile));
		CHECK(u->levels == v->levels && u->longest == v->longest &&
		      u->top_n == v->top_n);
		for (size_t k = 0; k < u->top_n; k++) {
			SAME_TEXT(u->top[k], v->top[k]);
			CHECK(u->top_rows[k] == v->top_rows[k]);
		}
	}
}

TEST("a profile goes through fields unchanged")
{
	struct ml_profile p, back;
	struct ml_fields f = { 0 };

	profile(&p);
	ml_profile_put(&p, &f);
	CHECK(!ml_fields_check(&f, &err));
	CHECK(!ml_profile_get(&back, &f, &err));
	check_same(&p, &back);
	ml_profile_release(&p);
	ml_profile_release(&back);
	ml_fields_release(&f);
	CHECK(!ml_profile_of(&p, &(struct ml_table){ 0 }, 2, &err)); /* nothing at all */
	ml_profile_put(&p, &f);
	CHECK(!ml_profile_get(&back, &f, &err) && back.n == 0);
	ml_profile_release(&p);
	ml_profile_release(&back);
	ml_fields_release(&f);
}

/* The profile's fields, one of them changed, are refused. */
static struct ml_field *field_of(struct ml_fields *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].name, name))
			return &f->v[i];
	CHECK(false);
	return f->v;
}

static void refused_fields(struct ml_fields *f)
{
	struct ml_profile back;

	CHECK(ml_profile_get(&back, f, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-MODEL");
	CHECK(!back.n && !back.col);
}

static void refused_real(struct ml_fields *f, const char *name, size_t at, double v)
{
	double *x = &field_of(f, name)->u.reals[at], was = *x;

	*x = v;
	refused_fields(f);
	*x = was;
}

static void refused_int(struct ml_fields *f, const char *name, size_t at, int32_t v)
{
	int32_t *x = &field_of(f, name)->u.ints[at], was = *x;

	*x = v;
	refused_fields(f);
	*x = was;
}

static void refused_text(struct ml_fields *f, const char *name, size_t at, const char *v)
{
	char **x = &field_of(f, name)->u.texts[at], *was = *x;

	*x = ml_strdup(v, &err);
	refused_fields(f);
	free(*x);
	*x = was;
}

TEST("hostile fields are refused")
{
	struct ml_profile p, back;
	struct ml_fields f = { 0 };

	profile(&p);
	ml_profile_put(&p, &f);
	refused_real(&f, "missing", 0, 101);
	refused_real(&f, "missing", 0, -1);
	refused_real(&f, "missing", 0, 1.5);
	refused_real(&f, "missing", 0, (double)NAN);
	refused_real(&f, "quantiles", 3, 1e9);
	refused_real(&f, "quantiles", 3, (double)INFINITY);
	refused_real(&f, "means", 0, 1e9);
	refused_real(&f, "sds", 1, -1);
	refused_real(&f, "levels", 0, 100);
	refused_real(&f, "levels", 0, 5);
	refused_real(&f, "longest", 0, 1e300);
	refused_real(&f, "top-rows", 0, 99);
	refused_real(&f, "top-rows", 1, 50);
	refused_real(&f, "top-rows", 9, 0);
	refused_int(&f, "kinds", 0, 3);
	refused_int(&f, "kinds", 0, ML_CATEGORY);
	refused_int(&f, "kinds", 2, ML_STRING);
	refused_int(&f, "roles", 0, -1);
	refused_int(&f, "whole", 0, 2);
	refused_int(&f, "listed", 0, 21);
	refused_int(&f, "listed", 0, 9);
	refused_text(&f, "names", 1, "x");
	refused_text(&f, "names", 1, "");
	refused_text(&f, "top", 1, "level 9");
	field_of(&f, "rows")->u.size = 60;
	refused_fields(&f);
	field_of(&f, "rows")->u.size = SIZE_MAX;
	refused_fields(&f);
	field_of(&f, "rows")->u.size = 100;
	CHECK(!ml_profile_get(&back, &f, &err)); /* all is as it was */
	ml_profile_release(&back);
	for (size_t i = 0; i < f.n; i++) { /* any field gone */
		char first = f.v[i].name[0];

		f.v[i].name[0] = '!';
		refused_fields(&f);
		f.v[i].name[0] = first;
	}
	ml_profile_release(&p);
	ml_fields_release(&f);
}

TEST("made-up rows: medians first, features only, missing at the end")
{
	struct ml_profile p;
	struct ml_table *t;

	profile(&p);
	CHECK(!ml_profile_synth(&p, 12, &t, &err));
	CHECK(t->rows == 12 && t->ncol == 5);
	size_t x = ml_table_find(t, "x"), h = ml_table_find(t, "h"), k = ml_table_find(t, "k"),
	       s = ml_table_find(t, "s"), gone = ml_table_find(t, "gone");
	CHECK(ml_table_find(t, "y") == SIZE_MAX && ml_table_find(t, "id") == SIZE_MAX);
	CHECK(t->col[x].num[0] == rint(ml_profile_find(&p, "x")->quantile[4]));
	CHECK(t->col[h].num[0] == 24.75);
	CHECK(t->col[k].code[0] == 0);
	SAME_TEXT(t->col[k].levels->name[0], "level 9");
	SAME_TEXT(t->col[s].text[3], "text 3");
	for (size_t i = 0; i < 12; i++) {
		bool last = i == 11;

		CHECK(ml_missing(&t->col[x], i) == last && ml_missing(&t->col[k], i) == last);
		CHECK(ml_missing(&t->col[s], i) == last && !ml_missing(&t->col[h], i));
		CHECK(ml_missing(&t->col[gone], i));
		CHECK(last || t->col[x].num[i] == floor(t->col[x].num[i]));
	}
	ml_table_free(t);
	CHECK(!ml_profile_synth(&p, 1, &t, &err) && !ml_missing(&t->col[x], 0));
	ml_table_free(t);
	CHECK(!ml_profile_synth(&p, 0, &t, &err) && t->rows == 0 && t->ncol == 5);
	ml_table_free(t);
	ml_profile_release(&p);
}

TEST("made-up rows are the same from a profile that was stored, and go through all tails")
{
	struct ml_profile p, back;
	struct ml_fields f = { 0 };
	struct ml_table *a, *b;
	bool seen[ML_PROFILE_QUANTILES] = { false };

	profile(&p);
	ml_profile_put(&p, &f);
	CHECK(!ml_profile_get(&back, &f, &err));
	CHECK(!ml_profile_synth(&p, 10, &a, &err) && !ml_profile_synth(&back, 10, &b, &err));
	for (size_t j = 0; j < a->ncol; j++)
		for (size_t i = 0; i < 10; i++) {
			CHECK(ml_missing(&a->col[j], i) == ml_missing(&b->col[j], i));
			if (a->col[j].kind == ML_NUMBER && !ml_missing(&a->col[j], i))
				CHECK(a->col[j].num[i] == b->col[j].num[i]);
			if (a->col[j].kind == ML_CATEGORY)
				CHECK(a->col[j].code[i] == b->col[j].code[i]);
		}
	for (size_t i = 0; i < 10; i++)
		for (size_t k = 0; k < ML_PROFILE_QUANTILES; k++)
			seen[k] |= a->col[1].num[i] == p.col[1].quantile[k];
	for (size_t k = 0; k < ML_PROFILE_QUANTILES; k++)
		CHECK(seen[k]);
	ml_table_free(a);
	ml_table_free(b);
	ml_profile_release(&p);
	ml_profile_release(&back);
	ml_fields_release(&f);
}

int main(void)
{
	return ml_tests_run();
}
