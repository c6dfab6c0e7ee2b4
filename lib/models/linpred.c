/* linpred.c - coefficients and scores of linear models. */
#include "models/linpred.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/columnwise.h"
#include "la/sums.h"

/* Columns a table can have, with their dummies: far above any real one, and small enough
 * that sizes made of it cannot overflow. */
enum { MAX_FEATURES = 1 << 28 };

int ml_linpred_init(struct ml_linpred *m, size_t rows, size_t features, struct ml_error *err)
{
	m->rows = rows;
	m->features = features;
	m->coef = ml_alloc(rows * (features + 1), sizeof *m->coef, err);
	return m->coef ? ML_OK : err->code;
}

void ml_linpred_release(struct ml_linpred *m)
{
	free(m->deviation);
	free(m->mean);
	free(m->coef);
	m->coef = m->mean = m->deviation = NULL;
}

int ml_linpred_note(struct ml_linpred *m, const struct ml_problem *p, struct ml_error *err)
{
	if (!(m->mean = ml_alloc(m->features, sizeof *m->mean, err)) ||
	    !(m->deviation = ml_alloc(m->features, sizeof *m->deviation, err)))
		return err->code;
	return ml_columnwise(&p->x, p->col, p->w, m->mean, m->deviation, err);
}

void ml_linpred_scores(const struct ml_linpred *m, const double *x, double *out)
{
	for (size_t r = 0; r < m->rows; r++) {
		const double *b = m->coef + r * (m->features + 1);
		double s = ml_dot(x, b, m->features) + b[m->features];
		out[r] = isinf(s) ? copysign(DBL_MAX, s) : s;
	}
}

int ml_linpred_finite(const struct ml_linpred *m, const char *model, struct ml_error *err)
{
	for (size_t i = 0; i < m->rows * (m->features + 1); i++) {
		size_t j = i % (m->features + 1);
		if (isfinite(m->coef[i]))
			continue;
		if (j == m->features)
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "%s: the intercept is beyond the largest number", model);
		return ml_fail(
			err, ML_EDATA, "E-RANGE",
			"%s: the coefficient of feature %zu is beyond the largest number; "
			"scale the columns first",
			model, j + 1);
	}
	return ML_OK;
}

void ml_linpred_save(const struct ml_linpred *m, struct ml_fields *out)
{
	ml_put_size(out, "outputs", m->rows);
	ml_put_size(out, "features", m->features);
	ml_put_reals(out, "coefficients", m->coef, m->rows * (m->features + 1));
	if (!m->mean)
		return;
	ml_put_reals(out, "means", m->mean, m->features);
	ml_put_reals(out, "deviations", m->deviation, m->features);
}

int ml_linpred_load(struct ml_linpred *m, size_t max_rows, const struct ml_fields *in,
		    struct ml_error *err)
{
	if (ml_get_size(in, "outputs", max_rows, &m->rows, err) ||
	    ml_get_size(in, "features", MAX_FEATURES, &m->features, err))
		return err->code;
	if (m->rows < 1)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'outputs' is 0");
	if (ml_get_reals(in, "coefficients", &m->coef, m->rows * (m->features + 1), err))
		return err->code;
	if (!ml_has(in, "means"))
		return ML_OK;
	if (ml_get_reals(in, "means", &m->mean, m->features, err) ||
	    ml_get_reals(in, "deviations", &m->deviation, m->features, err))
		return err->code;
	for (size_t j = 0; j < m->features; j++)
		if (m->deviation[j] < 0)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'deviations': %g",
				       m->deviation[j]);
	return ML_OK;
}

void ml_linpred_copy(const struct ml_linpred *m, struct ml_mat *out)
{
	size_t width = m->features + 1;

	for (size_t r = 0; r < m->rows; r++)
		memcpy(out->v + r * out->ld, m->coef + r * width, width * sizeof *m->coef);
}

void ml_linpred_importances(const struct ml_linpred *m, double *gain)
{
	for (size_t j = 0; j < m->features; j++) {
		double sum = 0;

		for (size_t r = 0; r < m->rows; r++)
			sum += fabs(m->coef[r * (m->features + 1) + j]);
		gain[j] = fmin(sum * (m->deviation ? m->deviation[j] : 1), DBL_MAX);
	}
}

int ml_linpred_contributions(const struct ml_linpred *m, const struct ml_mat *x,
			     struct ml_mat *out, struct ml_error *err)
{
	size_t p = m->features, width = p + 1;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++)
		for (size_t r = 0; r < m->rows; r++) {
			const double *b = m->coef + r * width, *row = x->v + i * x->ld;
			double *o = out->v + i * out->ld + r * width;

			for (size_t j = 0; j < p; j++)
				o[j] = b[j] * (row[j] - (m->mean ? m->mean[j] : 0));
			o[p] = b[p] + (m->mean ? ml_dot(m->mean, b, p) : 0);
		}
	return ML_OK;
}

double ml_total_weight(const struct ml_problem *p)
{
	return p->w ? ml_sum(p->w, p->x.rows) : (double)p->x.rows;
}

void ml_softmax(double *scores, size_t k)
{
	double max = scores[0], sum = 0;

	for (size_t c = 1; c < k; c++)
		max = fmax(max, scores[c]);
	for (size_t c = 0; c < k; c++)
		sum += scores[c] = exp(scores[c] - max);
	for (size_t c = 0; c < k; c++)
		scores[c] /= sum;
}

void ml_log_softmax(double *scores, size_t k)
{
	size_t top = 0;
	double rest = 0;

	for (size_t c = 1; c < k; c++)
		if (scores[c] > scores[top])
			top = c;
	double max = scores[top];
	for (size_t c = 0; c < k; c++)
		rest += c == top ? 0 : exp(scores[c] - max);
	rest = log1p(rest);
	for (size_t c = 0; c < k; c++)
		scores[c] = c == top ? -rest : (scores[c] - max) - rest;
	for (size_t c = 0; c < k; c++)
		if (scores[c] < -DBL_MAX)
			scores[c] = -DBL_MAX;
}

void ml_sigmoid(double score, double out[2])
{
	double e = exp(-fabs(score)), likely = 1 / (1 + e), unlikely = e / (1 + e);

	out[0] = score > 0 ? unlikely : likely;
	out[1] = score > 0 ? likely : unlikely;
}
