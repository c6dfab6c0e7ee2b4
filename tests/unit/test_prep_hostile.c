/* test_prep_hostile.c - every preparation meets tables and fields that nobody would write: it
 * works with finite numbers, or says why as bad data. */
#include "prep_fixture.h"

static bool all_finite(const struct ml_table *t)
{
	for (size_t j = 0; j < t->ncol; j++)
		for (size_t i = 0; t->col[j].kind == ML_NUMBER && i < t->rows; i++)
			if (isinf(t->col[j].num[i]))
				return false;
	return true;
}

/* Either it works, and gives finite numbers, or it says why as bad data. */
static void try_apply(struct fitted *p, const struct ml_table *t)
{
	struct ml_table *copy = copy_table(t);
	int rc = apply_to(p, copy);

	CHECK(rc == ML_OK || (rc == ML_EDATA && err.tag && *err.msg));
	CHECK(rc || (copy->rows == t->rows && all_finite(copy)));
	ml_table_free(copy);
}

static void stays_finite(const struct variant *v)
{
	static const double odd[] = { DBL_MAX, DBL_MAX, -DBL_MAX, DBL_MIN, 4.9e-324, -1,
				      -1e-300, 1e300,   NAN,      0,       1,        1e-160 };
	struct ml_table *plain = table_for(v->prep, 60, 11), *extreme = make_table(60, 12);
	struct fitted p;

	for (size_t i = 0; i < extreme->rows; i++) {
		extreme->col[0].num[i] = odd[i % 12];
		extreme->col[1].num[i] = odd[i * 7 % 11];
		set_text(extreme, &extreme->col[2], i, i % 2 ? "never seen" : NULL);
	}
	fit_variant(&p, v, plain, NULL);
	try_apply(&p, extreme);
	release_fitted(&p);
	int rc = fit_run(&p, v, extreme, NULL, &quiet);
	CHECK(rc == ML_OK || rc == ML_EDATA);
	if (!rc) {
		struct ml_fields out = saved(&p);

		for (size_t i = 0; i < out.n; i++)
			for (size_t k = 0; out.v[i].type == ML_FIELD_REALS && k < out.v[i].n;
			     k++)
				CHECK(isfinite(out.v[i].u.reals[k]));
		ml_fields_release(&out);
		try_apply(&p, extreme);
		try_apply(&p, plain);
	}
	release_fitted(&p);
	ml_table_free(extreme);
	ml_table_free(plain);
}

TEST("prep: huge and tiny numbers, missing and unseen cells give no infinity")
{
	each_prep(stays_finite);
}

static void bears_nothing(const struct variant *v)
{
	struct ml_table *t = table_for(v->prep, 30, 13), *none = copy_range(t, 0, 0),
			*bare = copy_table(t);
	struct fitted p;

	fit_variant(&p, v, t, NULL);
	MUST(apply_to(&p, none));
	MUST(apply_to(&p, t));
	CHECK(same_head(none, t));
	release_fitted(&p);
	for (size_t i = 0; i < bare->rows; i++) {
		bare->col[0].num[i] = bare->col[1].num[i] = (double)NAN;
		bare->col[2].code[i] = -1;
	}
	int rc = fit_run(&p, v, bare, NULL, &quiet);
	CHECK(rc == ML_OK || rc == ML_EDATA);
	if (!rc)
		try_apply(&p, bare);
	release_fitted(&p);
	struct ml_table *empty = copy_range(bare, 0, 0);
	rc = fit_run(&p, v, empty, NULL, &quiet);
	CHECK(rc == ML_OK || rc == ML_EDATA);
	release_fitted(&p);
	ml_table_free(empty);
	ml_table_free(bare);
	ml_table_free(none);
	ml_table_free(t);
}

TEST("prep: no rows, and columns without a value")
{
	each_prep(bears_nothing);
}

static void refuses_columns(const struct variant *v)
{
	static const char *const specs[] = { "nosuch", "nosuch=nosuch", "", ",", "=" };
	struct ml_table *t = make_table(20, 14);
	struct fitted p;

	for (size_t s = 0; s < sizeof specs / sizeof *specs; s++) {
		struct variant wrong = *v;
		struct ml_prep prep = *v->prep;

		prep.example = specs[s];
		wrong.prep = &prep;
		int rc = fit_run(&p, &wrong, t, NULL, &quiet);
		CHECK(rc == ML_EDATA || rc == ML_EUSAGE);
		release_fitted(&p);
	}
	ml_table_free(t);
}

TEST("prep: a column that is not there, and a list that says nothing, are refused")
{
	each_prep(refuses_columns);
}

/* Ways to spoil the k-th field; false: there is no such way for it. */
static bool spoil(struct ml_fields *f, size_t k, int way)
{
	static const double reals[] = { NAN, INFINITY, DBL_MAX, -DBL_MAX, 0, -1, 4.9e-324 };
	static const int32_t ints[] = { INT32_MAX, INT32_MIN, -1, 0, 1, 3 };
	static const size_t sizes[] = { SIZE_MAX, 0, 1, 2, 77, (size_t)1 << 31 };
	struct ml_field *x = &f->v[k];
	enum { TAKEN = 3, SPOILT = 7 };

	if (way == 0) { /* gone: readers look by name */
		*x->name ^= 1;
	} else if (way == 1) { /* of another type */
		struct ml_fields other = { 0 };
		if (x->type == ML_FIELD_TEXT)
			ml_put_size(&other, x->name, 1);
		else
			ml_put_text(&other, x->name, "text");
		struct ml_field old = *x;
		*x = other.v[0];
		other.v[0] = old;
		ml_fields_release(&other);
	} else if (way == 2) { /* shorter */
		if (x->type < ML_FIELD_REALS || x->n == 0)
			return false;
		x->n--;
		if (x->type == ML_FIELD_TEXTS)
			free(x->u.texts[x->n]);
	} else if (way < TAKEN + SPOILT) {
		size_t s = (size_t)(way - TAKEN);

		if (x->type == ML_FIELD_REALS && x->n)
			x->u.reals[s % 2 ? 0 : x->n - 1] = reals[s];
		else if (x->type == ML_FIELD_INTS && x->n && s < 6)
			x->u.ints[s % 2 ? 0 : x->n - 1] = ints[s];
		else if (x->type == ML_FIELD_SIZE && s < 6)
			x->u.size = sizes[s];
		else if (x->type == ML_FIELD_TEXT && s < 1)
			*x->u.text ^= 1;
		else if (x->type == ML_FIELD_TEXTS && x->n && s < 2)
			memset(x->u.texts[0], s ? 'x' : 0, strlen(x->u.texts[0]));
		else if (x->type == ML_FIELD_TEXTS && x->n > 1 && s < 3)
			free(x->u.texts[0]), x->u.texts[0] = ml_strdup(x->u.texts[1], &err);
		else
			return false;
	}
	return true;
}

/* One element more than was saved: the last one again. */
static void lengthen(struct ml_fields *out, const struct ml_fields *in, size_t k)
{
	for (size_t i = 0; i < in->n; i++) {
		const struct ml_field *x = &in->v[i];
		size_t n = x->n, more = i == k;
		double *reals = ml_alloc(n + 1, sizeof *reals, &err);
		int32_t *ints = ml_alloc(n + 1, sizeof *ints, &err);
		const char **texts = ml_alloc(n + 1, sizeof *texts, &err);

		texts[n] = "more";
		for (size_t e = 0; e < n; e++) {
			if (x->type == ML_FIELD_REALS)
				reals[e] = x->u.reals[e];
			else if (x->type == ML_FIELD_INTS)
				ints[e] = x->u.ints[e];
			else if (x->type == ML_FIELD_TEXTS)
				texts[e] = x->u.texts[e];
		}
		if (x->type == ML_FIELD_REALS)
			ml_put_reals(out, x->name, reals, n + more);
		else if (x->type == ML_FIELD_INTS)
			ml_put_ints(out, x->name, ints, n + more);
		else if (x->type == ML_FIELD_TEXTS)
			ml_put_texts(out, x->name, texts, n + more);
		else if (x->type == ML_FIELD_TEXT)
			ml_put_text(out, x->name, x->u.text);
		else if (x->type == ML_FIELD_SIZE)
			ml_put_size(out, x->name, x->u.size);
		free(reals);
		free(ints);
		free(texts);
	}
}

static void try_fields(const struct fitted *p, const struct ml_fields *in, bool must_fail,
		       const struct ml_table *t)
{
	struct fitted q;
	int rc = load_like(&q, p, in);

	CHECK(rc == ML_OK || (rc == ML_EDATA && !strcmp(err.tag, "E-MODEL")));
	CHECK(rc || !must_fail);
	if (!rc)
		try_apply(&q, t);
	release_fitted(&q);
}

static void refuses_fields(const struct variant *v)
{
	struct ml_table *t = table_for(v->prep, 50, 15), *later = make_table(50, 16);
	struct fitted p;

	fit_variant(&p, v, t, NULL);
	struct ml_fields good = saved(&p);
	for (size_t k = 0; k < good.n; k++) {
		struct ml_fields longer = { 0 };

		for (int way = 0; way < 10; way++) {
			struct ml_fields bad = saved(&p);
			bool reals = bad.v[k].type == ML_FIELD_REALS && bad.v[k].n;

			if (spoil(&bad, k, way))
				try_fields(&p, &bad,
					   way < 2 || (way == 2 && p.n) || (way < 5 && reals),
					   later);
			ml_fields_release(&bad);
		}
		lengthen(&longer, &good, k);
		if (good.v[k].type >= ML_FIELD_REALS)
			try_fields(&p, &longer, p.n > 0, later);
		ml_fields_release(&longer);
	}
	ml_fields_release(&good);
	release_fitted(&p);
	ml_table_free(later);
	ml_table_free(t);
}

TEST("prep: fields that are gone, retyped, cut or out of range are refused, or do no harm")
{
	each_prep(refuses_fields);
}

int main(void)
{
	return ml_tests_run();
}
