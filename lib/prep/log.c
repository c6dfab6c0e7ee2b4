/* log.c - log, log1p, sqrt: numbers replaced by a function of them, for skewed columns.
 *
 *     log    natural logarithm, for x > 0
 *     log1p  log(1 + x), for x > -1, exact to the last digits near 0
 *     sqrt   for x >= 0
 *
 * Elsewhere the cell becomes missing and is counted (tally.undefined). */
#include <math.h>
#include <stdlib.h>

#include "prep/stateless.h"

typedef double formula(double x);

static double square_of(double x)
{
	return x * x;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	(void)state;
	(void)opts;
	(void)run;
	return ml_prep_numbers(f, cols, n, err);
}

/* What does not come out finite is not defined. */
static int change(formula *fn, struct ml_table *t, const size_t *cols, size_t n,
		  struct ml_tally *tally)
{
	for (size_t k = 0; k < n; k++) {
		if (cols[k] == SIZE_MAX) /* backwards only */
			continue;
		struct ml_column *c = &t->col[cols[k]];

		for (size_t i = 0; i < t->rows; i++) {
			if (isnan(c->num[i]))
				continue;
			double v = fn(c->num[i]);
			c->num[i] = isfinite(v) ? v : (double)NAN;
			if (tally && !isfinite(v))
				tally[k].undefined++;
		}
		ml_column_touch_all(c);
		c->dummy = false;
	}
	return ML_OK;
}

#define FORMULA(word, forth, back, text) \
	static int word##_apply(const void *state, struct ml_table *t, const size_t *cols, \
				size_t n, struct ml_tally *tally, struct ml_error *err) \
	{ \
		(void)state; \
		(void)err; \
		return change(forth, t, cols, n, tally); \
	} \
	static int word##_inverse(const void *state, struct ml_table *t, const size_t *cols, \
				  size_t n, struct ml_error *err) \
	{ \
		(void)state; \
		(void)err; \
		return change(back, t, cols, n, NULL); \
	} \
	const struct ml_prep ml_prep_##word = { \
		.name = #word, \
		.summary = text, \
		.arg = "COLUMNS", \
		.example = "income", \
		.flags = ML_PREP_FEAT | ML_PREP_IN_PLACE | ML_PREP_STATELESS, \
		.format = 1, \
		.state_size = ML_STATELESS_SIZE, \
		.fit = fit, \
		.apply = word##_apply, \
		.save = ml_stateless_save, \
		.load = ml_stateless_load_numbers, \
		.release = ml_stateless_release, \
		.inverse = word##_inverse, \
	}

FORMULA(ln, log, exp, "replace numbers by their natural logarithm");
FORMULA(log1p, log1p, expm1, "replace numbers x by log(1 + x)");
FORMULA(sqrt, sqrt, square_of, "replace numbers by their square root");
