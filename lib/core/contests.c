/* contests.c - the tests of --compare: what each one takes from the predictions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/compare_parts.h"
#include "la/argsort.h"

static const struct ml_scored *rows_of(const struct ml_bout *b, size_t k)
{
	return &b->pairs->scoring[k].rows;
}

static int bootstrap(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		     struct ml_error *err)
{
	const struct ml_term term[] = { { &b->resampled, k, m, 1 },
					{ &b->resampled, 0, m, -1 } };
	double q = (1 - b->plan->confidence) / 2;
	struct ml_spread s;
	int rc = ml_sum_spread(&s, term, 2, 0, err);

	out->how = isnan(s.accel) ? "paired bootstrap" : "paired bootstrap, BCa";
	out->n = rows_of(b, k)->n;
	out->c.diff = s.estimate;
	if (!rc && s.n) {
		out->c.lo = ml_spread_bound(&s, q);
		out->c.hi = ml_spread_bound(&s, 1 - q);
		out->c.p = ml_spread_p(&s, 0);
	}
	free(s.v);
	return rc;
}

static struct ml_scores scores_of(const struct ml_scored *rows)
{
	if (rows->score)
		return (struct ml_scores){ rows->score, 1 };
	return (struct ml_scores){ rows->prob.v + rows->positive, rows->prob.ld };
}

static int delong(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		  struct ml_error *err)
{
	const struct ml_scored *rows = rows_of(b, k);
	const struct ml_scores first = scores_of(rows_of(b, 0)), second = scores_of(rows);
	struct ml_areas areas;
	int rc = ml_areas_of(&first, &second, rows->y, (int32_t)rows->positive, rows->n, &areas,
			     err);

	(void)m;
	if (!rc)
		out->c = ml_delong(&areas, b->plan->confidence);
	out->how = "DeLong";
	out->n = rows->n;
	return rc;
}

static struct ml_discordant discordant(const struct ml_bout *b, size_t k)
{
	const struct ml_scored *rows = rows_of(b, k);

	return ml_discordant_of(rows->y, rows_of(b, 0)->pred, rows->pred, rows->n);
}

/* Below so many rows the chi-square is not to be trusted (Siegel, Castellan 1988). */
enum { FEW = 25 };

static int mcnemar(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		   struct ml_error *err)
{
	struct ml_discordant d = discordant(b, k);
	bool few = d.first + d.second < FEW;

	(void)m;
	(void)err;
	out->c = few ? ml_mcnemar_exact(&d, b->plan->confidence)
		     : ml_mcnemar_chi(&d, b->plan->confidence);
	out->how = few ? "McNemar, exact" : "McNemar, chi-square with continuity correction";
	out->n = d.n;
	return ML_OK;
}

static int mcnemar_mid(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		       struct ml_error *err)
{
	struct ml_discordant d = discordant(b, k);

	(void)m;
	(void)err;
	out->c = ml_mcnemar_mid(&d, b->plan->confidence);
	out->how = "McNemar, mid-p";
	out->n = d.n;
	return ML_OK;
}

/* ---- losses of numbers ---- */

/* Loss of model k less that of the first, row by row; owned by the caller. */
static double *losses(const struct ml_bout *b, size_t k, size_t m, struct ml_error *err)
{
	const struct ml_scored *rows = rows_of(b, k), *first = rows_of(b, 0);
	bool squares = !strcmp(b->measures.item[m].measure.metric->name, "mse");
	double *d = ml_alloc(rows->n, sizeof *d, err);

	for (size_t i = 0; d && i < rows->n; i++) {
		double mine = fabs(rows->truth[i] - rows->value[i]);
		double other = fabs(first->truth[i] - first->value[i]);
		d[i] = squares ? mine * mine - other * other : mine - other;
	}
	return d;
}

static int student(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		   struct ml_error *err)
{
	double *d = losses(b, k, m, err);

	if (!d)
		return err->code;
	out->n = rows_of(b, k)->n;
	out->c = ml_paired_t(d, out->n, b->plan->confidence);
	out->how = "paired t";
	free(d);
	return ML_OK;
}

static int signed_rank(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		       struct ml_error *err)
{
	double *d = losses(b, k, m, err);

	if (!d)
		return err->code;
	out->n = rows_of(b, k)->n;
	out->how = "Wilcoxon's signed ranks";
	int rc = ml_signed_rank(d, out->n, b->plan->confidence, &out->c, err);
	free(d);
	return rc;
}

/* Lags that Newey and West (1994) take for n rows. */
static size_t lags(size_t n)
{
	return (size_t)floor(4 * pow((double)n / 100, 2.0 / 9));
}

static int diebold_mariano(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
			   struct ml_error *err)
{
	const struct ml_table *t = b->pairs->table[0];
	const double *time = t->col[ml_table_role(t, ML_TIME)].num;
	double *d = losses(b, k, m, err), *sorted = ml_alloc(t->rows, sizeof *sorted, err);
	uint32_t *order = ml_alloc(t->rows, sizeof *order, err);
	int rc = d && sorted && order ? ml_argsort(time, 1, t->rows, order, err) : err->code;

	for (size_t i = 0; !rc && i < t->rows; i++)
		sorted[i] = d[order[i]];
	out->n = t->rows;
	out->how = "Diebold-Mariano";
	if (!rc)
		out->c = ml_diebold_mariano(sorted, out->n, lags(out->n), b->plan->confidence);
	free(order);
	free(sorted);
	free(d);
	return rc;
}

/* ---- folds ---- */

/* Values of model k less those of the first, fold by fold; NULL in *d: one is not defined. */
static int fold_differences(const struct ml_bout *b, size_t k, size_t m, double **d,
			    struct ml_error *err)
{
	size_t n = b->cohorts.n;
	const double *mine = b->fold + (k * b->measures.n + m) * n, *other = b->fold + m * n;

	*d = ml_alloc(n, sizeof **d, err);
	if (!*d)
		return err->code;
	for (size_t i = 0; *d && i < n; i++) {
		(*d)[i] = mine[i] - other[i];
		if (isnan((*d)[i])) {
			free(*d);
			*d = NULL;
		}
	}
	return ML_OK;
}

static int corrected(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		     struct ml_error *err)
{
	double *d;
	int rc = fold_differences(b, k, m, &d, err);

	out->n = b->cohorts.n;
	out->how = "corrected resampled t";
	if (d)
		out->c = ml_corrected_t(d, out->n, b->ratio, b->plan->confidence);
	free(d);
	return rc;
}

static int dietterich(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		      struct ml_error *err)
{
	double *d;
	int rc = fold_differences(b, k, m, &d, err);

	out->n = b->cohorts.n;
	out->how = "5x2cv paired t";
	if (d)
		out->c = ml_five_by_two_t(d, b->plan->confidence);
	free(d);
	return rc;
}

static int alpaydin(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		    struct ml_error *err)
{
	double *d;
	int rc = fold_differences(b, k, m, &d, err);

	out->n = b->cohorts.n;
	out->how = "combined 5x2cv F";
	if (d)
		out->c = ml_five_by_two_f(d);
	free(d);
	return rc;
}

enum { PLAIN = ML_TEST_ROWS | ML_TEST_PLAIN, LOSS = PLAIN | ML_TEST_NUMBERS };

const struct ml_test ml_tests[] = {
	{ "bootstrap", { NULL }, ML_TEST_ROWS, bootstrap },
	{ "delong", { "auc" }, PLAIN | ML_TEST_SCORES, delong },
	{ "mcnemar", { "accuracy" }, PLAIN | ML_TEST_CLASSES, mcnemar },
	{ "mcnemar-mid", { "accuracy" }, PLAIN | ML_TEST_CLASSES, mcnemar_mid },
	{ "t", { "mae", "mse" }, LOSS, student },
	{ "signed-rank", { "mae", "mse" }, LOSS, signed_rank },
	{ "diebold-mariano", { "mae", "mse" }, LOSS | ML_TEST_TIME, diebold_mariano },
	{ "corrected-t", { NULL }, ML_TEST_FOLDS, corrected },
	{ "5x2cv-t", { NULL }, ML_TEST_FOLDS | ML_TEST_5X2, dietterich },
	{ "5x2cv-f", { NULL }, ML_TEST_FOLDS | ML_TEST_5X2, alpaydin },
	{ NULL, { NULL }, 0, NULL },
};
_Static_assert(sizeof ml_tests / sizeof *ml_tests == ML_TESTS + 1, "as many as said");
