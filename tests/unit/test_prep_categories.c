/* test_prep_categories.c - what preparations make of categories, missing cells, and columns as
 * such. Expected values by hand. */
#include "prep_fixture.h"

#include <stdarg.h>

/* Column c of these six cells. */
static struct ml_table *table_of(const char *const *cells, enum ml_kind kind)
{
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);

	t->rows = 6;
	add_texts(t, "c", kind, cells);
	return t;
}

static const char *const cells[] = { "b", "a,\n=", NULL, "b", "NA", "a,\n=" };
static const char *const later[] = { "new", "b", NULL, "other", "NA", "a,\n=" };

static void check_names(const struct ml_table *t, const char *const *names)
{
	size_t j = 0;

	for (; names[j] && j < t->ncol; j++) {
		SAME_TEXT(t->col[j].name, names[j]);
		CHECK(t->col[j].kind == ML_NUMBER && t->col[j].dummy);
	}
	CHECK(!names[j] && j == t->ncol);
}

/* Row `row` has its 1 in column `one` (SIZE_MAX: nowhere). */
static void check_one(const struct ml_table *t, size_t row, size_t one)
{
	for (size_t j = 0; j < t->ncol; j++)
		CHECK(t->col[j].num[row] == (j == one ? 1 : 0));
}

TEST("onehot: levels sorted by bytes, missing a level of its own with a name that is free")
{
	static const char *const names[] = { "c=NA", "c=a,\n=", "c=b", "c=NA_", NULL };
	struct ml_table *t = table_of(cells, ML_CATEGORY), *more = table_of(later, ML_STRING);
	struct fitted p;

	MUST(fit_named(&p, "onehot", t, "@cat", NULL, NULL, NULL));
	MUST(apply_to(&p, t));
	MUST(apply_to(&p, more));
	check_names(t, names);
	check_names(more, names);
	check_one(t, 0, 2);
	check_one(t, 1, 1);
	check_one(t, 2, 3);
	check_one(t, 4, 0);
	check_one(more, 0, SIZE_MAX);
	check_one(more, 3, SIZE_MAX);
	CHECK(p.tally[0].unseen == 2 && p.tally[0].imputed == 0);
	release_fitted(&p);
	ml_table_free(more);
	ml_table_free(t);
}

TEST("onehot: missing that training had not counts as the most frequent level")
{
	static const char *const whole[] = { "z", "b", "z", "b", "a", "a" };
	struct ml_table *t = table_of(whole, ML_CATEGORY), *more = table_of(later, ML_CATEGORY);
	struct fitted p;

	MUST(fit_named(&p, "onehot", t, "c", (const double[]){ 1, 1, 1, 2, 1, 1 }, NULL, NULL));
	MUST(apply_to(&p, more));
	check_one(more, 2, 1); /* b weighs 3 */
	CHECK(p.tally[0].imputed == 1 && p.tally[0].unseen == 4);
	release_fitted(&p);
	ml_table_free(more);
	ml_table_free(t);
}

TEST("onehot: --unknown missing and error, --drop-level first")
{
	static const char *const names[] = { "c=a,\n=", "c=b", "c=NA_", NULL };
	struct ml_table *t = table_of(cells, ML_CATEGORY), *more = table_of(later, ML_CATEGORY);
	struct ml_table *again = copy_table(more);
	struct fitted p;

	MUST(fit_named(&p, "onehot", t, "c", NULL, "unknown", "missing"));
	MUST(apply_to(&p, more));
	check_one(more, 0, 3);
	release_fitted(&p);
	MUST(fit_named(&p, "onehot", t, "c", NULL, "unknown", "error"));
	CHECK(apply_to(&p, again) == ML_EDATA);
	SAME_TEXT(err.tag, "E-UNSEEN");
	SAME_TEXT(err.msg, "c: 'new' was not met in training");
	release_fitted(&p);
	MUST(fit_named(&p, "onehot", t, "c", NULL, "drop-level", "first"));
	MUST(apply_to(&p, t));
	check_names(t, names);
	check_one(t, 0, 1);
	check_one(t, 4, SIZE_MAX);
	release_fitted(&p);
	ml_table_free(again);
	ml_table_free(more);
	ml_table_free(t);
}

TEST("onehot: rare levels are pooled; too many levels are refused; numbers sort as numbers")
{
	static const char *const pooled[] = { "c=a,\n=", "c=b", "c=other", "c=NA", NULL };
	static const char *const numbers[] = { "n=-2", "n=1.5", "n=10", NULL };
	struct ml_table *t = table_of(cells, ML_CATEGORY);
	struct ml_table *n = ml_alloc(1, sizeof *n, &err);
	struct fitted p;

	CHECK(fit_named(&p, "onehot", t, "c", NULL, "max-levels", "2") == ML_EDATA);
	SAME_TEXT(err.tag, "E-LIMIT");
	release_fitted(&p);
	MUST(fit_named(&p, "onehot", t, "c", NULL, "min-count", "2"));
	MUST(apply_to(&p, t));
	check_names(t, pooled);
	check_one(t, 4, 2);
	release_fitted(&p);
	n->rows = 4;
	add_numbers(n, "n", (const double[]){ 10, 1.5, -2, 10 });
	MUST(fit_named(&p, "onehot", n, "n", NULL, NULL, NULL));
	MUST(apply_to(&p, n));
	check_names(n, numbers);
	check_one(n, 0, 2);
	release_fitted(&p);
	ml_table_free(n);
	ml_table_free(t);
}

struct warned {
	size_t n;
	char text[200];
};

__attribute__((format(printf, 4, 5))) static void count_warning(void *user, const char *tag,
								size_t column, const char *fmt,
								...)
{
	struct warned *seen = user;

	va_list ap;

	va_start(ap, fmt);
	vsnprintf(seen->text, sizeof seen->text, fmt, ap);
	va_end(ap);
	seen->n += !strcmp(tag, "W-LEVELS") && column == SIZE_MAX;
}

TEST("onehot: text with mostly distinct values is warned of")
{
	struct warned seen = { 0 };
	const struct ml_run run = {
		.threads = 1, .deadline = INFINITY, .user = &seen, .warn = count_warning
	};
	const struct ml_prep *prep = ml_prep_find("onehot");
	struct ml_table t = { .rows = 60 };
	struct fitted p;
	char text[8];

	add_column(&t, "n", ML_NUMBER);
	add_column(&t, "c", ML_CATEGORY);
	for (size_t i = 0; i < t.rows; i++) {
		snprintf(text, sizeof text, "v%zu", i < 51 ? i : 0);
		set_text(&t, &t.col[1], i, text);
	}
	void *opts = make_options(prep, NULL, NULL);
	struct ml_prep_fit f = { .table = &t, .spec = "c" };
	MUST(fit_rows(&p, prep, &f, opts, &run));
	CHECK(seen.n == 1);
	SAME_TEXT(seen.text, "column 'c': 51 different texts in 60 rows: an id, or free text?");
	release_fitted(&p);
	free(opts);
	ml_table_release(&t);
}

TEST("ordinal: sorted or as told; unseen and missing become missing")
{
	struct ml_table *t = table_of(cells, ML_CATEGORY), *told = copy_table(t);
	struct ml_table *more = table_of(later, ML_CATEGORY);
	struct fitted p;

	CHECK(fit_named(&p, "ordinal", t, "c", NULL, "order", "b,NA") == ML_EDATA);
	SAME_TEXT(err.tag, "E-UNSEEN");
	release_fitted(&p);
	MUST(fit_named(&p, "ordinal", told, "c", NULL, "order", "b,a\\,\n=,more,NA"));
	MUST(apply_to(&p, told));
	CHECK(told->col[0].kind == ML_NUMBER && told->col[0].num[0] == 0);
	CHECK(told->col[0].num[1] == 1 && told->col[0].num[4] == 3);
	release_fitted(&p);
	MUST(fit_named(&p, "ordinal", t, "c", NULL, NULL, NULL));
	MUST(apply_to(&p, more));
	CHECK(isnan(more->col[0].num[0]) && isnan(more->col[0].num[2]));
	CHECK(more->col[0].num[1] == 2 && more->col[0].num[4] == 0 && more->col[0].num[5] == 1);
	CHECK(p.tally[0].unseen == 2);
	release_fitted(&p);
	ml_table_free(more);
	ml_table_free(told);
	ml_table_free(t);
}

/* ---- imputing ---- */

static struct ml_table *table_to_fill(void)
{
	struct ml_table *t = table_of(cells, ML_CATEGORY);

	add_numbers(t, "x", (const double[]){ 4, NAN, 1.25, 9, 4, NAN });
	add_numbers(t, "full", (const double[]){ 7, 7, 1, 1, 3, 5 });
	return t;
}

static void check_fill(const char *spec, const double *weights, double number, const char *text)
{
	struct ml_table *t = table_to_fill();
	struct fitted p;

	MUST(fit_named(&p, "impute", t, spec, weights, NULL, NULL));
	MUST(apply_to(&p, t));
	CHECK(isnan(number) ? isnan(t->col[1].num[1]) : t->col[1].num[1] == number);
	const char *filled = text_of(&t->col[0], 2);
	CHECK(!text == !filled);
	if (text && filled)
		SAME_TEXT(filled, text);
	release_fitted(&p);
	ml_table_free(t);
}

TEST("impute: mean, median, mode and constants go where they fit")
{
	check_fill("mean", NULL, 4.5625, NULL);
	check_fill("median", NULL, 4, NULL);
	check_fill("mean,mode", NULL, 4.5625, "a,\n=");
	check_fill("mode", NULL, 4, "a,\n=");
	check_fill("mode,x=none", NULL, (double)NAN, "a,\n=");
	check_fill("mode", (const double[]){ 2, 1, 1, 5, 1, 1 }, 9, "b");
	check_fill("constant=0.5", NULL, 0.5, NULL);
	check_fill("constant=0.5,constant=not known", NULL, 0.5, "not known");
	check_fill("x=constant=-1,c=constant=-1", NULL, -1, "-1");
	check_fill("median,c=constant=a\\,b", NULL, 4, "a,b");
	check_fill("none", NULL, (double)NAN, NULL);
}

TEST("impute: what does not fit, or has nothing to learn from, is refused")
{
	static const struct {
		const char *spec, *tag;
	} wrong[] = {
		{ "mean,median", "E-USAGE" },  { "c=mean", "E-TYPE" },
		{ "x=constant=no", "E-TYPE" }, { "average", "E-USAGE" },
		{ "constant", "E-USAGE" },     { "x=mean=3", "E-USAGE" },
		{ "mean", "E-COLUMNS" },       { "mode", "E-COLUMNS" },
	};
	struct ml_table *t = table_to_fill();
	struct fitted p;

	add_column(t, "none", ML_NUMBER);
	for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
		CHECK(fit_named(&p, "impute", t, wrong[k].spec, NULL, NULL, NULL) != ML_OK);
		SAME_TEXT(err.tag, wrong[k].tag);
		release_fitted(&p);
	}
	MUST(fit_named(&p, "impute", t, "mean,none=constant=1", NULL, NULL, NULL));
	release_fitted(&p);
	ml_table_free(t);
}

TEST("impute: cells are counted where training had none missing; others keep their text")
{
	struct ml_table *t = table_to_fill(), *more = table_to_fill();
	struct fitted p;
	size_t cursor = 0;

	MUST(fit_named(&p, "impute", t, "median", NULL, NULL, NULL));
	CHECK(p.n == 2);
	MUST(ml_column_remember(&more->col[2], 1, "+7.0", 4, &err));
	MUST(ml_column_remember(&more->col[2], 2, "NA", 2, &err));
	more->col[2].num[2] = (double)NAN;
	MUST(apply_to(&p, more));
	CHECK(p.tally[0].imputed == 0 && p.tally[1].imputed == 1);
	CHECK(more->col[2].num[2] == 4);
	SAME_TEXT(ml_column_origin(&more->col[2], 1, &cursor), "+7.0");
	CHECK(!ml_column_origin(&more->col[2], 2, &cursor));
	release_fitted(&p);
	ml_table_free(more);
	ml_table_free(t);
}

TEST("impute: a level that is new goes into a copy of shared levels")
{
	static const size_t row[] = { 2 };
	struct ml_table *t = table_of(cells, ML_CATEGORY), *part = NULL;
	size_t levels = t->col[0].levels->n;
	struct fitted p;

	MUST(ml_table_take(&part, t, row, 1, &err));
	MUST(fit_named(&p, "impute", t, "constant=none of them", NULL, NULL, NULL));
	MUST(apply_to(&p, part));
	SAME_TEXT(text_of(&part->col[0], 0), "none of them");
	CHECK(t->col[0].levels->n == levels && part->col[0].levels->n == levels + 1);
	release_fitted(&p);
	ml_table_free(part);
	ml_table_free(t);
}

TEST("indicator: says where cells are missing, behind each column")
{
	struct ml_table *t = table_to_fill();
	struct fitted p;

	MUST(fit_named(&p, "indicator", t, "full,c", NULL, NULL, NULL));
	MUST(apply_to(&p, t));
	CHECK(t->ncol == 5);
	SAME_TEXT(t->col[1].name, "c:missing");
	SAME_TEXT(t->col[4].name, "full:missing");
	CHECK(t->col[1].dummy && t->col[1].num[2] == 1 && t->col[1].num[3] == 0);
	release_fitted(&p);
	ml_table_free(t);
}

TEST("map: values at once, missing both ways, numbers as numbers")
{
	struct ml_table *t = table_to_fill(), *text = table_of(cells, ML_STRING);
	struct fitted p;

	MUST(fit_named(&p, "map", t, "c=b:NA;NA:b;:un\\:known,x=4.0:;:-1;9:90", NULL, NULL,
		       NULL));
	MUST(apply_to(&p, t));
	SAME_TEXT(text_of(&t->col[0], 0), "NA");
	SAME_TEXT(text_of(&t->col[0], 4), "b");
	SAME_TEXT(text_of(&t->col[0], 2), "un:known");
	SAME_TEXT(text_of(&t->col[0], 1), "a,\n=");
	CHECK(isnan(t->col[1].num[0]) && t->col[1].num[1] == -1);
	CHECK(t->col[1].num[2] == 1.25 && t->col[1].num[3] == 90);
	release_fitted(&p);
	MUST(fit_named(&p, "map", text, "b:;NA:none", NULL, NULL, NULL));
	MUST(apply_to(&p, text));
	CHECK(!text->col[0].text[0]);
	SAME_TEXT(text->col[0].text[4], "none");
	release_fitted(&p);
	CHECK(fit_named(&p, "map", t, "x=4:four", NULL, NULL, NULL) == ML_EDATA);
	release_fitted(&p);
	CHECK(fit_named(&p, "map", t, "c=b:a;b:c", NULL, NULL, NULL) == ML_EUSAGE);
	release_fitted(&p);
	ml_table_free(text);
	ml_table_free(t);
}

/* ---- columns as such ---- */

TEST("rename: all at once, so that names can be exchanged; roles are no needs")
{
	struct ml_table *t = make_table(3, 1), *later_rows = make_table(3, 2);
	struct fitted p;

	MUST(fit_named(&p, "rename", t, "age=income,income=age,y=answer", NULL, NULL, NULL));
	CHECK(p.n == 2);
	MUST(apply_to(&p, t));
	SAME_TEXT(t->col[0].name, "income");
	SAME_TEXT(t->col[1].name, "age");
	SAME_TEXT(t->col[5].name, "answer");
	ml_table_remove(later_rows, 5);
	MUST(apply_to(&p, later_rows));
	release_fitted(&p);
	CHECK(fit_named(&p, "rename", t, "a*=b", NULL, NULL, NULL) == ML_EUSAGE);
	release_fitted(&p);
	MUST(fit_named(&p, "rename", t, "age=city", NULL, NULL, NULL));
	CHECK(apply_to(&p, t) == ML_EDATA);
	SAME_TEXT(err.tag, "E-DUP");
	release_fitted(&p);
	ml_table_free(later_rows);
	ml_table_free(t);
}

TEST("select, drop: roles stay; what is dropped need not be there")
{
	struct ml_table *t = make_table(3, 1), *later_rows = make_table(3, 2);
	struct fitted p;

	MUST(fit_named(&p, "select", t, "city,y,age", NULL, NULL, NULL));
	CHECK(p.n == 2);
	MUST(apply_to(&p, t));
	CHECK(t->ncol == 4 && ml_table_find(t, "id") == 3 && ml_table_find(t, "city") == 1);
	release_fitted(&p);
	MUST(fit_named(&p, "drop", t, "^age", NULL, NULL, NULL));
	CHECK(p.n == 0);
	ml_table_remove(later_rows, ml_table_find(later_rows, "city"));
	MUST(apply_to(&p, later_rows));
	CHECK(ml_table_find(later_rows, "age") == 0 && later_rows->ncol == 6);
	release_fitted(&p);
	ml_table_free(later_rows);
	ml_table_free(t);
}

int main(void)
{
	return ml_tests_run();
}
