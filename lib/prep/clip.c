/* clip.c - numbers beyond bounds become the bounds (winsorising).
 *
 *     HOW   LO..HI, or COLUMNS=LO..HI, or none
 *
 * A bound is a number, qP for the quantile P of the training rows (q0.01; type 7, weighted), or
 * nothing where that side is open: 0.., ..q0.99.  A bare LO..HI is for all number features but
 * the 0/1 columns of encoders.  Missing stays missing; a column without values gets no quantile
 * bound. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "la/quantile.h"
#include "prep/how_plan.h"
#include "prep/prep.h"
#include "prep/stateless.h"

struct clip {
	size_t n;
	double *lo, *hi; /* n each, lo <= hi; an open side is the end of the doubles */
};

struct bound {
	bool open, quantile;
	double value;
};

struct choice {
	struct bound lo, hi;
};

static bool read_bound(struct bound *b, const char *s, size_t n)
{
	struct ml_number number = { 0 };

	*b = (struct bound){ .open = n == 0, .quantile = n && *s == 'q' };
	s += b->quantile;
	n -= b->quantile;
	if (b->open)
		return true;
	if (!ml_number_parse(s, n, &number) || (number.flags & ML_NUM_OVERFLOW))
		return false;
	b->value = number.value;
	return !b->quantile || (b->value >= 0 && b->value <= 1);
}

static int read_how(void *out, const char *how, const void *opts, struct ml_error *err)
{
	struct choice *c = out;
	const char *dots = strstr(how, "..");

	(void)opts;
	if (!dots || !read_bound(&c->lo, how, (size_t)(dots - how)) ||
	    !read_bound(&c->hi, dots + 2, strlen(dots + 2)) || (c->lo.open && c->hi.open))
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"'%s' are not bounds: expected LO..HI, numbers or quantiles (q0.01)",
			ML_SHOW(how, strlen(how)));
	if (!c->lo.open && !c->hi.open && c->lo.quantile == c->hi.quantile &&
	    c->lo.value > c->hi.value)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s': the first bound is above the second",
			       ML_SHOW(how, strlen(how)));
	return ML_OK;
}

static const struct ml_how_rule rule = { sizeof(struct choice), NULL, read_how,
					 ml_how_fits_numbers };

static double value_of(const struct bound *b, const struct ml_sorted *s, double open)
{
	if (b->open || (b->quantile && !s->n))
		return open;
	return b->quantile ? ml_sorted_quantile(s, b->value) : b->value;
}

static int learn(const struct choice *how, const struct ml_column *c,
		 const struct ml_prep_fit *f, double *lo, double *hi, struct ml_error *err)
{
	struct ml_sorted s = { 0 };
	int rc = ML_OK;

	if (how->lo.quantile || how->hi.quantile)
		rc = ml_sorted_init(&s, c->num, f->w, f->table->rows, err);
	if (!rc) {
		*lo = value_of(&how->lo, &s, -DBL_MAX);
		*hi = value_of(&how->hi, &s, DBL_MAX);
	}
	ml_sorted_release(&s);
	if (!rc && *lo > *hi)
		rc = ml_fail(err, ML_EDATA, "E-RANGE",
			     "%s: clip: the lower bound %g is above %g",
			     ML_SHOW(c->name, strlen(c->name)), *lo, *hi);
	return rc;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct clip *m = state;
	struct ml_how_plan plan;
	int rc = ml_how_plan_init(&plan, f->table, f->spec, &rule, opts, err);

	(void)run;
	m->n = plan.n;
	if (!rc && (!(m->lo = ml_alloc(m->n, sizeof *m->lo, err)) ||
		    !(m->hi = ml_alloc(m->n, sizeof *m->hi, err))))
		rc = err->code;
	for (size_t k = 0; !rc && k < plan.n; k++)
		rc = learn(plan.choice[k], &f->table->col[plan.col[k]], f, &m->lo[k], &m->hi[k],
			   err);
	*cols = plan.col;
	*n = plan.n;
	plan.col = NULL;
	ml_how_plan_release(&plan);
	return rc;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct clip *m = state;

	(void)tally;
	(void)err;
	for (size_t k = 0; k < n; k++) {
		struct ml_column *c = &t->col[cols[k]];

		for (size_t i = 0; i < t->rows; i++) {
			double x = c->num[i];

			/* Never true for a missing cell. */
			if (!(x < m->lo[k]) && !(x > m->hi[k]))
				continue;
			c->num[i] = x < m->lo[k] ? m->lo[k] : m->hi[k];
			ml_column_touch(c, i);
		}
	}
	return ML_OK;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct clip *m = state;

	ml_put_reals(out, "lower", m->lo, m->n);
	ml_put_reals(out, "upper", m->hi, m->n);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct clip *m = state;

	(void)format; /* only version 1 exists */
	m->n = n;
	if (ml_load_kind(kind, n, ML_NUMBER, err) ||
	    ml_get_reals(in, "lower", &m->lo, n, err) ||
	    ml_get_reals(in, "upper", &m->hi, n, err))
		return err->code;
	for (size_t k = 0; k < n; k++)
		if (m->lo[k] > m->hi[k])
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "field 'lower': %g is above %g", m->lo[k], m->hi[k]);
	return ML_OK;
}

static void release(void *state)
{
	struct clip *m = state;

	free(m->lo);
	free(m->hi);
}

const struct ml_prep ml_prep_clip = {
	.name = "clip",
	.summary = "bring numbers beyond bounds or quantiles back to them",
	.arg = "HOW",
	.example = "age=18..100,income=q0.01..q0.99",
	.flags = ML_PREP_CLEAN | ML_PREP_IN_PLACE | ML_PREP_SETTLES,
	.format = 1,
	.state_size = sizeof(struct clip),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
};
