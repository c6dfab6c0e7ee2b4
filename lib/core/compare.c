/* compare.c - which tests fit, their results, and what they say. */
#include "core/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/similar.h"
#include "base/utf8.h"
#include "core/compare_parts.h"
#include "core/verdict.h"

/* ---- what there is to look at ---- */

/* The same folds for all models. */
static int same_folds(const struct ml_bout *b, size_t k, const char *const *columns,
		      struct ml_error *err)
{
	struct ml_cohorts other = { 0 };
	const char *name = b->pairs->name[k], *first = b->pairs->name[0];
	size_t rows = b->pairs->table[0]->rows;
	int rc = ml_cohorts_init(&other, b->pairs->table[k], columns, 2, err);

	if (!rc &&
	    (other.n != b->cohorts.n ||
	     memcmp(other.start, b->cohorts.start, (other.n + 1) * sizeof *other.start) ||
	     memcmp(other.row, b->cohorts.row, rows * sizeof *other.row)))
		rc = ml_fail(err, ML_EDATA, "E-PAIRS",
			     "%s has other folds than %s: cross-validate both with the same "
			     "folds and --seed",
			     ML_SHOW(name, strlen(name)), ML_SHOW(first, strlen(first)));
	ml_cohorts_release(&other);
	return rc;
}

static int judge_folds(struct ml_bout *b, const char *const *columns, struct ml_error *err)
{
	size_t models = b->pairs->n, each = b->measures.n * b->cohorts.n;
	int rc = ML_OK;

	if (!(b->fold = ml_alloc(models * each, sizeof *b->fold, err)))
		return err->code;
	for (size_t k = 0; !rc && k < models; k++) {
		if (k)
			rc = same_folds(b, k, columns, err);
		if (!rc)
			rc = ml_cohorts_values(&b->cohorts, &b->pairs->scoring[k], &b->measures,
					       &b->plan->opts, b->fold + k * each, err);
	}
	double held = (double)b->pairs->table[0]->rows / (double)b->cohorts.n;
	double all =
		(double)b->pairs->table[0]->rows / (double)ml_cohorts_levels(&b->cohorts, 0);
	b->ratio = held / (all - held);
	return rc;
}

/* Folds of the cross-validations, when the tables have them. */
static int find_folds(struct ml_bout *b, struct ml_error *err)
{
	struct ml_buf repeat = { 0 }, fold = { 0 };
	const struct ml_table *t = b->pairs->table[0];
	int rc = ML_OK;

	ml_buf_printf(&repeat, "%srepeat", b->plan->scoring.prefix);
	ml_buf_printf(&fold, "%sfold", b->plan->scoring.prefix);
	if (ml_buf_check(&repeat, err) || ml_buf_check(&fold, err))
		rc = err->code;
	const char *const columns[] = { ml_buf_str(&repeat), ml_buf_str(&fold) };
	if (!rc && ml_table_find(t, columns[1]) != SIZE_MAX)
		rc = ml_cohorts_init(&b->cohorts, t, columns, 2, err);
	size_t repeats = rc || !b->cohorts.n ? 1 : ml_cohorts_levels(&b->cohorts, 0);
	if (repeats == 1)
		b->has |= ML_TEST_ROWS;
	if (!rc && b->cohorts.n > repeats) {
		b->has |= ML_TEST_FOLDS;
		if (repeats == 5 && b->cohorts.n == 10 &&
		    ml_cohorts_levels(&b->cohorts, 1) == 2)
			b->has |= ML_TEST_5X2;
		rc = judge_folds(b, columns, err);
	}
	ml_buf_release(&repeat);
	ml_buf_release(&fold);
	return rc;
}

static int find_facts(struct ml_bout *b, struct ml_error *err)
{
	const struct ml_table *t = b->pairs->table[0];
	const struct ml_scored *rows = &b->pairs->scoring[0].rows;
	size_t time = ml_table_role(t, ML_TIME);
	bool pred = true, scores = rows->classes == 2;

	for (size_t k = 0; k < b->pairs->n; k++) {
		const struct ml_scored *r = &b->pairs->scoring[k].rows;
		pred &= r->pred != NULL;
		scores &= r->score || r->prob.v;
	}
	if (!rows->w && ml_table_role(t, ML_GROUP) == SIZE_MAX)
		b->has |= ML_TEST_PLAIN;
	if (pred)
		b->has |= ML_TEST_CLASSES;
	if (scores)
		b->has |= ML_TEST_SCORES;
	if (rows->truth)
		b->has |= ML_TEST_NUMBERS;
	if (time != SIZE_MAX && t->col[time].kind == ML_NUMBER &&
	    !ml_column_count_missing(&t->col[time], t->rows))
		b->has |= ML_TEST_TIME;
	return find_folds(b, err);
}

/* ---- which tests ---- */

static bool about(const struct ml_test *test, const struct ml_measure *m)
{
	bool any = !test->metrics[0];

	for (size_t i = 0; test->metrics[i]; i++)
		any |= m->average == ML_AVG_PLAIN && !strcmp(test->metrics[i], m->metric->name);
	return any;
}

static int does_not_fit(const struct ml_test *test, unsigned lack, struct ml_error *err)
{
	return ml_fail(
		err, ML_EUSAGE, "E-USAGE", "--test %s %s", test->name,
		lack & ML_TEST_ROWS      ? "is for rows that occur once, and there are repeats"
		: lack & ML_TEST_PLAIN   ? "is for rows without weights and groups; bootstrap "
					   "takes them"
		: lack & ML_TEST_CLASSES ? "is for predicted classes"
		: lack & ML_TEST_SCORES  ? "is for scores of two classes"
		: lack & ML_TEST_NUMBERS ? "is for numbers"
		: lack & ML_TEST_TIME    ? "needs a column of numbers as --time"
		: lack & ML_TEST_FOLDS   ? "needs a column of folds, as ml-cv writes it"
				       : "needs 5 repeats of 2 folds: ml-cv --repeats 5 -k 2");
}

static int choose_one(const struct ml_bout *b, const char *name, size_t n, bool *chosen,
		      struct ml_error *err)
{
	const char *names[ML_TESTS];
	char *copy;

	for (size_t t = 0; t < ML_TESTS; t++) {
		names[t] = ml_tests[t].name;
		if (strlen(names[t]) != n || memcmp(names[t], name, n))
			continue;
		chosen[t] = true;
		unsigned lack = ml_tests[t].wants & ~b->has;
		return lack ? does_not_fit(&ml_tests[t], lack, err) : ML_OK;
	}
	if (!(copy = ml_strndup(name, n, err)))
		return err->code;
	size_t near = ml_similar(copy, names, ML_TESTS);
	free(copy);
	if (near == SIZE_MAX)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "no test '%s'", ML_SHOW(name, n));
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "no test '%s', did you mean '%s'?",
		       ML_SHOW(name, n), names[near]);
}

static int choose_tests(const struct ml_bout *b, const struct ml_texts *asked, bool *chosen,
			struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t t = 0; !asked->n && t < ML_TESTS; t++)
		chosen[t] = !(ml_tests[t].wants & ~b->has);
	for (size_t i = 0; !rc && i < asked->n; i++)
		for (const char *s = asked->v[i]; !rc;) {
			size_t n = strcspn(s, ",");
			rc = choose_one(b, s, n, chosen, err);
			s += n;
			if (!*s++)
				break;
		}
	return rc;
}

/* ---- results ---- */

/* The smallest p-value that has no correction yet; NULL: none. */
static struct ml_result *smallest(struct ml_result *first, size_t stride, size_t models)
{
	struct ml_result *least = NULL;

	for (size_t k = 0; k < models; k++) {
		struct ml_result *r = &first[k * stride];
		if (isnan(r->holm) && !isnan(r->c.p) && (!least || r->c.p < least->c.p))
			least = r;
	}
	return least;
}

/* Holm's step-down: the i-th smallest of k p-values times k - i, never less than those before.
 */
static void adjust(struct ml_result *first, size_t stride, size_t models)
{
	struct ml_result *r;
	double floor = 0;
	size_t left = 0;

	for (size_t k = 0; k < models; k++) {
		first[k * stride].holm = NAN;
		left += isnan(first[k * stride].c.p) ? 0 : 1;
	}
	while ((r = smallest(first, stride, models))) {
		floor = fmax(floor, fmin(1, r->c.p * (double)left--));
		r->holm = floor;
	}
}

static int report_one(struct ml_findings *out, const struct ml_bout *b, size_t k, size_t m,
		      const struct ml_test *test, const struct ml_result *r,
		      struct ml_error *err)
{
	const struct ml_measure *measure = &b->measures.item[m].measure;
	const struct ml_resampled *all = &b->resampled;
	struct ml_verdict v = { .metric = measure,
				.labels = &b->pairs->scoring[0].labels,
				.first = b->pairs->name[0],
				.second = b->pairs->name[k],
				.first_value = all->value[m],
				.value = all->value[k * all->measures + m],
				.confidence = b->plan->confidence,
				.result = &r->c,
				.p = r->holm,
				.corrected = b->pairs->n > 2,
				.how = r->how };
	const double number[] = { r->c.diff,      r->c.lo, r->c.hi,  r->c.effect,
				  r->c.statistic, r->c.df, r->c.df2, r->c.p };
	const bool always[] = { true, true, true, false, false, false, false, true };
	struct ml_buf says = { 0 };

	ml_findings_text(out, v.first);
	ml_findings_text(out, v.second);
	ml_verdict_metric(out, measure, v.labels);
	ml_findings_text(out, test->name);
	ml_findings_number(out, v.first_value);
	ml_findings_number(out, v.value);
	for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
		if (always[i] || !isnan(number[i]))
			ml_findings_number(out, number[i]);
		else
			ml_findings_none(out);
	}
	if (b->pairs->n > 2)
		ml_findings_number(out, r->holm);
	else
		ml_findings_none(out);
	ml_findings_number(out, (double)r->n);
	ml_verdict_compare(&v, &says);
	int rc = ml_findings_row(out, &says, err);
	ml_buf_release(&says);
	return rc;
}

static int run_tests(struct ml_findings *out, const struct ml_bout *b, const bool *chosen,
		     struct ml_error *err)
{
	size_t measures = b->measures.n, each = measures * ML_TESTS;
	struct ml_result *result = ml_alloc((b->pairs->n - 1) * each, sizeof *result, err);
	int rc = result ? ML_OK : err->code;

	for (size_t k = 1; !rc && k < b->pairs->n; k++)
		for (size_t i = 0; !rc && i < each; i++) {
			struct ml_result *r = &result[(k - 1) * each + i];
			size_t m = i / ML_TESTS, t = i % ML_TESTS;
			r->c = ml_contrast_none();
			if (chosen[t] && about(&ml_tests[t], &b->measures.item[m].measure))
				rc = ml_tests[t].run(b, k, m, r, err);
		}
	for (size_t i = 0; !rc && i < each; i++)
		adjust(&result[i], each, b->pairs->n - 1);
	for (size_t i = 0; !rc && i < (b->pairs->n - 1) * each; i++)
		if (result[i].how)
			rc = report_one(out, b, i / each + 1, i % each / ML_TESTS,
					&ml_tests[i % ML_TESTS], &result[i], err);
	if (!rc && !out->cells)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "no test fits these metrics (see ml-eval(1), COMPARING)");
	free(result);
	return rc;
}

int ml_compare(struct ml_findings *out, const struct ml_pairs *p,
	       const struct ml_eval_plan *plan, const struct ml_texts *tests,
	       const struct ml_run *run, struct ml_error *err)
{
	static const char *const columns[] = { "base", "model",      "metric", "class",
					       "test", "base_value", "value",  "diff",
					       "lo",   "hi",         "effect", "statistic",
					       "df",   "df2",        "p",      "holm",
					       "n",    "says",       NULL };
	struct ml_bout b = { .pairs = p, .plan = plan };
	bool chosen[ML_TESTS] = { false };

	*out = (struct ml_findings){ .column = columns };
	int rc = ml_measures_common(&b.measures, p->scoring, p->n, p->name, &plan->metrics,
				    &plan->opts, err);
	if (!rc)
		rc = find_facts(&b, err);
	if (!rc)
		rc = choose_tests(&b, tests, chosen, err);
	if (!rc) {
		const struct ml_resampled_plan how = {
			.scoring = p->scoring,
			.models = p->n,
			.table = p->table[0],
			.measures = &b.measures,
			.opts = &plan->opts,
			.resamples = !chosen[0]        ? 0
				     : plan->resamples ? plan->resamples
						       : ML_RESAMPLES,
		};
		rc = ml_resampled_init(&b.resampled, &how, run, err);
	}
	if (!rc)
		rc = run_tests(out, &b, chosen, err);
	ml_resampled_release(&b.resampled);
	ml_cohorts_release(&b.cohorts);
	ml_measures_release(&b.measures);
	free(b.fold);
	return rc;
}
