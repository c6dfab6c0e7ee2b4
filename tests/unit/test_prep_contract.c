/* test_prep_contract.c - the laws that every preparation keeps, for every one in ml_preps[] and
 * each word of its options.  A new preparation needs no line here: its `example` is fitted. */
#include "prep_fixture.h"

/* ---- laws ---- */

TEST("prep: the registry is sorted, complete, and its option tables are right")
{
	for (const struct ml_prep *const *p = ml_preps; *p; p++) {
		const struct ml_prep *m = *p;

		CHECK(!p[1] || strcmp(m->name, p[1]->name) < 0);
		CHECK(ml_prep_find(m->name) == m);
		CHECK(m->summary && m->summary[strlen(m->summary) - 1] != '.');
		CHECK(m->arg && m->example && m->format && m->state_size);
		CHECK(m->fit && m->apply && m->save && m->load && m->release);
		CHECK((m->flags & (ML_PREP_CLEAN | ML_PREP_FEAT)) != 0);
		CHECK((m->opts != NULL) == (m->opts_size != 0));
		if (m->opts)
			MUST(ml_opt_check(m->opts, &err));
		for (const struct ml_opt *o = m->opts; o && o->name; o++)
			CHECK(!ml_prep_find(o->name)); /* --NAME would mean that one */
	}
	CHECK(!ml_prep_find("nosuch"));
}

static bool is_need(const struct fitted *p, const char *name)
{
	for (size_t k = 0; k < p->n; k++)
		if (!strcmp(p->need[k], name))
			return true;
	return false;
}

/* Target and id are as they were; columns that are neither needed nor gone, too. */
static void rows_stay(const struct variant *v)
{
	struct ml_table *t = table_for(v->prep, 57, 3), *before = copy_table(t);
	struct fitted p;

	fit_variant(&p, v, t, NULL);
	CHECK(same_table(t, before)); /* fitting changes nothing */
	MUST(apply_to(&p, t));
	CHECK(t->rows == before->rows);
	for (size_t j = 0; j < before->ncol; j++) {
		const struct ml_column *c = &before->col[j];
		size_t now = ml_table_find(t, c->name);

		CHECK(c->role == ML_FEATURE || now != SIZE_MAX);
		if (now == SIZE_MAX ||
		    (is_need(&p, c->name) && v->prep->flags & ML_PREP_IN_PLACE))
			continue;
		for (size_t i = 0; i < t->rows; i++)
			CHECK(same_cell(c, i, &t->col[now], i));
	}
	for (size_t k = 0; k < p.n; k++)
		CHECK(p.tally[k].imputed == 0 && p.tally[k].unseen == 0);
	release_fitted(&p);
	ml_table_free(before);
	ml_table_free(t);
}

TEST("prep: rows, their order, target and id stay; training rows hold nothing unseen")
{
	each_prep(rows_stay);
}

static void batches_agree(const struct variant *v)
{
	static const size_t sizes[] = { 1, 0, 7, 1, 30, 1000 };
	struct ml_table *t = table_for(v->prep, 64, 4), *later = table_for(v->prep, 90, 5),
			*whole = copy_table(later);
	struct fitted p, q;
	size_t from = 0;

	fit_variant(&p, v, t, NULL);
	fit_variant(&q, v, t, NULL);
	int rc = apply_to(&p, whole);
	for (size_t s = 0; from < later->rows; s++) {
		size_t to = from + sizes[s] < later->rows ? from + sizes[s] : later->rows;
		struct ml_table *batch = copy_range(later, from, to);

		CHECK(apply_to(&q, batch) == ML_OK);
		if (!rc)
			CHECK(same_rows(whole, from, batch));
		ml_table_free(batch);
		from = to;
	}
	for (size_t k = 0; !rc && k < p.n; k++)
		CHECK(!memcmp(&p.tally[k], &q.tally[k], sizeof *p.tally));
	CHECK(!rc);
	release_fitted(&q);
	release_fitted(&p);
	ml_table_free(whole);
	ml_table_free(later);
	ml_table_free(t);
}

TEST("prep: a row becomes the same bits alone, in a batch and in the whole table")
{
	each_prep(batches_agree);
}

static void survives_saving(const struct variant *v)
{
	struct ml_table *t = table_for(v->prep, 80, 6), *a = table_for(v->prep, 70, 7),
			*b = copy_table(a);
	struct fitted p, q;

	fit_variant(&p, v, t, NULL);
	struct ml_fields out = saved(&p);
	MUST(load_like(&q, &p, &out));
	CHECK(same_fields(&p, &q, 0));
	CHECK(apply_to(&p, a) == apply_to(&q, b));
	CHECK(same_table(a, b));
	for (size_t k = 0; k < p.n; k++)
		CHECK(!memcmp(&p.tally[k], &q.tally[k], sizeof *p.tally));
	ml_fields_release(&out);
	release_fitted(&q);
	release_fitted(&p);
	ml_table_free(b);
	ml_table_free(a);
	ml_table_free(t);
}

TEST("prep: saved and loaded it does the same")
{
	each_prep(survives_saving);
}

/* Means may differ in the last bit when their sums are taken in another order; what numerical
 * algebra makes of such sums differs by more: the conditions here are below 1e4. */
static void weights_count(const struct variant *v)
{
	struct ml_table *t = table_for(v->prep, 40, 8);
	double w[40];
	size_t row[120], n = 0;

	for (size_t i = 0; i < t->rows; i++) {
		w[i] = (double)(i % 3);
		for (size_t k = 0; k < i % 3; k++)
			row[n++] = i;
	}
	struct ml_table *twice = take_rows(t, row, n);
	struct fitted p, q;
	fit_variant(&p, v, t, w);
	fit_variant(&q, v, twice, NULL);
	CHECK(same_fields(&p, &q, v->prep->flags & ML_PREP_MIXES ? 1e-11 : 4 * DBL_EPSILON));
	release_fitted(&q);
	release_fitted(&p);
	ml_table_free(twice);
	ml_table_free(t);
}

TEST("prep: weight 2 is the row twice, weight 0 no row")
{
	each_prep(weights_count);
}

static void threads_change_nothing(const struct variant *v)
{
	struct ml_table *t = table_for(v->prep, 60, 9);
	struct ml_run other = { .threads = 4, .deadline = INFINITY };
	struct fitted p, q;

	fit_variant(&p, v, t, NULL);
	other.seed = v->prep->flags & ML_PREP_SEEDED ? quiet.seed : 7;
	MUST(fit_run(&q, v, t, NULL, &other));
	CHECK(same_fields(&p, &q, 0));
	release_fitted(&q);
	if (v->prep->flags & ML_PREP_STATELESS) {
		struct ml_table *later = table_for(v->prep, 33, 10);

		fit_variant(&q, v, later, NULL);
		CHECK(same_fields(&p, &q, 0));
		release_fitted(&q);
		ml_table_free(later);
	}
	release_fitted(&p);
	ml_table_free(t);
}

TEST("prep: threads change nothing, nor does the seed unless it is said; what is stateless "
     "learns "
     "nothing from rows")
{
	each_prep(threads_change_nothing);
}

/* ---- what not every preparation can do ---- */

static void affine_is_true(const struct variant *v)
{
	struct ml_table *t = table_for(v->prep, 50, 17), *before = copy_table(t);
	struct fitted p;
	double center, factor;

	fit_variant(&p, v, t, NULL);
	MUST(apply_to(&p, t));
	for (size_t k = 0; v->prep->affine && k < p.n; k++) {
		const struct ml_column *old = &before->col[ml_table_find(before, p.need[k])];

		if (old->kind != ML_NUMBER || !v->prep->affine(p.state, k, &center, &factor))
			continue;
		const struct ml_column *now = &t->col[ml_table_find(t, p.need[k])];
		CHECK(isfinite(center) && isfinite(factor));
		for (size_t i = 0; i < t->rows; i++)
			if (!isnan(old->num[i]))
				NEAR(now->num[i], (old->num[i] - center) * factor, 1e-14,
				     "a few roundings");
	}
	release_fitted(&p);
	ml_table_free(before);
	ml_table_free(t);
}

TEST("prep: affine ones are what they say")
{
	each_prep(affine_is_true);
}

static void inverse_returns(const struct variant *v)
{
	struct ml_table *t = table_for(v->prep, 50, 18), *before = copy_table(t);
	struct fitted p;
	size_t cols[16];
	bool possible = true; /* a cell that became missing cannot return */

	fit_variant(&p, v, t, NULL);
	MUST(apply_to(&p, t));
	if (v->prep->inverse) {
		bind(&p, t, cols);
		MUST(v->prep->inverse(p.state, t, cols, p.n, &err));
	}
	for (size_t k = 0; v->prep->inverse && possible && k < p.n; k++) {
		const struct ml_column *old = &before->col[ml_table_find(before, p.need[k])];
		const struct ml_column *now = &t->col[cols[k]];

		for (size_t i = 0; i < t->rows; i++)
			if (!isnan(now->num[i]))
				NEAR(now->num[i], old->num[i], 1e-12, "rounding, grown by exp");
	}
	release_fitted(&p);
	ml_table_free(before);
	ml_table_free(t);
}

TEST("prep: inverse ones return to where they came from")
{
	each_prep(inverse_returns);
}

int main(void)
{
	return ml_tests_run();
}
