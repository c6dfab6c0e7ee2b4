/* stock.c - what is known of columns of numbers, and kept. */
#include "base/thread.h"
#include "data/table.h"

static int measure(void *arg, size_t j, int worker, struct ml_error *err)
{
	struct ml_table *t = arg;
	struct ml_column *c = &t->col[j];
	struct ml_stock *s = &c->stock;

	(void)worker;
	(void)err;
	if (c->kind != ML_NUMBER || s->known == ML_MEASURED)
		return ML_OK;
	if (s->known < ML_SURVEYED)
		s->survey = ml_survey_of(c->num, t->rows);
	s->moments = ml_moments_surveyed(&s->survey, c->num, t->rows);
	s->missing = s->moments.missing;
	s->known = ML_MEASURED;
	return ML_OK;
}

int ml_table_take_stock(struct ml_table *t, int threads, struct ml_error *err)
{
	return ml_parallel(threads, t->ncol, measure, t, err);
}

struct ml_moments ml_column_moments(const struct ml_column *c, const double *w, size_t rows)
{
	const struct ml_stock *s = &c->stock;

	if (!w && s->known == ML_MEASURED)
		return s->moments;
	if (!w && s->known == ML_SURVEYED)
		return ml_moments_surveyed(&s->survey, c->num, rows);
	return ml_moments_of(c->num, w, rows);
}

double ml_column_mean(const struct ml_column *c, const double *w, size_t rows)
{
	const struct ml_stock *s = &c->stock;

	if (!w && s->known == ML_MEASURED)
		return s->moments.mean;
	if (!w && s->known == ML_SURVEYED)
		return ml_mean_surveyed(&s->survey, c->num, rows);
	return ml_mean_of(c->num, w, rows);
}
