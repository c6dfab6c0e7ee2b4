/* scale.c - numbers brought to one scale: (x - center) / scale.
 *
 *     HOW   standard | minmax | maxabs | robust | none, or COLUMNS=one of these
 *
 *     standard  center: the mean, scale: the standard deviation (divisor n, as in scikit-learn)
 *     minmax    center: the smallest, scale: largest - smallest, so that training rows are in
 * 0..1 maxabs    center: 0, scale: the largest magnitude robust    center: the median, scale:
 * the distance of the quartiles (type 7)
 *
 * A bare word is for all number features but the 0/1 columns of encoders.  A constant column
 * (and one without values) has scale 1.  Missing stays missing; rows are weighted. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/utf8.h"
#include "la/quantile.h"
#include "la/scale.h"
#include "la/sums.h"
#include "prep/how_plan.h"
#include "prep/prep.h"

struct scale {
	size_t n;
	double *center, *scale; /* n each; scale is at least LEAST */
};

/* So that 1 / scale is finite, as affine() needs; a smaller spread counts as none. */
static const double least = DBL_MIN;

/* ---- learning ---- */

/* Values to learn from; not constant, and there is one. */
struct sample {
	const double *v, *w;
	size_t n;
	struct ml_moments m;
};

typedef int learn_fn(const struct sample *s, double *center, double *scale,
		     struct ml_error *err);

/* The squares of huge and tiny values leave the range of doubles: then a copy near 1 is used.
 */
static int deviation(const struct sample *s, double *sd, struct ml_error *err)
{
	int e = ml_exponent(fmax(fabs(s->m.min), fabs(s->m.max)));
	double *near;

	*sd = sqrt(s->m.ss / s->m.weight);
	if (e > -400 && e < 400)
		return ML_OK;
	if (!(near = ml_alloc(s->n, sizeof *near, err)))
		return err->code;
	for (size_t i = 0; i < s->n; i++)
		near[i] = s->v[i] * ldexp(1, -e);
	struct ml_moments m = ml_moments_of(near, s->w, s->n);
	*sd = ldexp(sqrt(m.ss / m.weight), e);
	free(near);
	return ML_OK;
}

static int standard(const struct sample *s, double *center, double *scale, struct ml_error *err)
{
	*center = s->m.mean;
	return deviation(s, scale, err);
}

/* The difference, or the largest double when it is beyond. */
static double distance(double lo, double hi)
{
	return fmin(hi - lo, DBL_MAX);
}

static int minmax(const struct sample *s, double *center, double *scale, struct ml_error *err)
{
	(void)err;
	*center = s->m.min;
	*scale = distance(s->m.min, s->m.max);
	return ML_OK;
}

static int maxabs(const struct sample *s, double *center, double *scale, struct ml_error *err)
{
	(void)err;
	*center = 0;
	*scale = fmax(fabs(s->m.min), fabs(s->m.max));
	return ML_OK;
}

static int robust(const struct sample *s, double *center, double *scale, struct ml_error *err)
{
	struct ml_sorted q;
	int rc = ml_sorted_init(&q, s->v, s->w, s->n, err);

	if (!rc) {
		*center = ml_sorted_quantile(&q, 0.5);
		*scale = distance(ml_sorted_quantile(&q, 0.25), ml_sorted_quantile(&q, 0.75));
	}
	ml_sorted_release(&q);
	return rc;
}

static const struct way {
	const char *word;
	learn_fn *learn;
	bool shifts; /* a constant column becomes 0 */
} ways[] = {
	{ "standard", standard, true },
	{ "minmax", minmax, true },
	{ "maxabs", maxabs, false },
	{ "robust", robust, true },
};

static int read_how(void *out, const char *how, const void *opts, struct ml_error *err)
{
	const struct way **way = out;

	(void)opts;
	for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
		if (!strcmp(ways[k].word, how))
			*way = &ways[k];
	return *way ? ML_OK
		    : ml_fail(err, ML_EUSAGE, "E-USAGE",
			      "'%s' is not a way to scale: standard, minmax, maxabs, robust or "
			      "none",
			      ML_SHOW(how, strlen(how)));
}

static const struct ml_how_rule rule = { sizeof(const struct way *), NULL, read_how,
					 ml_how_fits_numbers };

/* min and max of rows that count: moments look at all rows. */
static void see_range(struct sample *s)
{
	if (!s->w)
		return;
	s->m.min = s->m.max = (double)NAN;
	for (size_t i = 0; i < s->n; i++)
		if (s->w[i] > 0) {
			s->m.min = fmin(s->m.min, s->v[i]);
			s->m.max = fmax(s->m.max, s->v[i]);
		}
}

static int learn(const struct way *way, struct sample *s, double *center, double *scale,
		 struct ml_error *err)
{
	see_range(s);
	*center = 0;
	*scale = 1;
	if (!(s->m.min <= s->m.max)) /* no value */
		return ML_OK;
	if (s->m.min == s->m.max) {
		*center = way->shifts ? s->m.min : 0;
		*scale = way->shifts || s->m.min == 0 ? 1 : fabs(s->m.min);
	} else if (way->learn(s, center, scale, err)) {
		return err->code;
	}
	if (!(*scale >= least))
		*scale = 1;
	return ML_OK;
}

struct learning {
	struct scale *m;
	const struct ml_how_plan *plan;
	const struct ml_prep_fit *f;
};

/* The k-th column that is scaled. */
static int learn_column(void *arg, size_t k, int worker, struct ml_error *err)
{
	const struct learning *l = arg;
	const struct way *const *way = l->plan->choice[k];
	struct sample s = { .v = l->f->table->col[l->plan->col[k]].num,
			    .w = l->f->w,
			    .n = l->f->table->rows };

	s.m = ml_column_moments(&l->f->table->col[l->plan->col[k]], s.w, s.n);
	(void)worker;
	return learn(*way, &s, &l->m->center[k], &l->m->scale[k], err);
}

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct scale *m = state;
	struct ml_how_plan plan;
	int rc = ml_how_plan_init(&plan, f->table, f->spec, &rule, opts, err);

	if (!rc)
		rc = ml_prep_rows(f, err);
	m->n = plan.n;
	if (!rc && (!(m->center = ml_alloc(m->n, sizeof *m->center, err)) ||
		    !(m->scale = ml_alloc(m->n, sizeof *m->scale, err))))
		rc = err->code;
	struct learning l = { m, &plan, f };
	if (!rc)
		rc = ml_parallel(run->threads, plan.n, learn_column, &l, err);
	*cols = plan.col;
	*n = plan.n;
	plan.col = NULL;
	ml_how_plan_release(&plan);
	return rc;
}

/* ---- applying ---- */

/* The difference of two doubles may be beyond the largest; that of their halves is not. */
static double scaled(double x, double center, double scale)
{
	double d = x - center;

	return isfinite(d) ? d / scale : (x / 2 - center / 2) / scale * 2;
}

static double unscaled(double x, double center, double scale)
{
	double v = x * scale + center;

	return isfinite(v) ? v : (x / 2 * scale + center / 2) * 2;
}

/* Values done at once, without a branch, so that the compiler makes vectors of them; where all
 * are finite they are what the functions above give. */
enum { AT_ONCE = 256 };

static void scale_many(const double *restrict x, double center, double scale,
		       double *restrict out)
{
	for (size_t i = 0; i < AT_ONCE; i++)
		out[i] = (x[i] - center) / scale;
}

static void unscale_many(const double *restrict x, double center, double scale,
			 double *restrict out)
{
	for (size_t i = 0; i < AT_ONCE; i++)
		out[i] = x[i] * scale + center;
}

static const struct direction {
	double (*one)(double x, double center, double scale);
	void (*many)(const double *restrict x, double center, double scale,
		     double *restrict out);
} forth = { scaled, scale_many }, back = { unscaled, unscale_many };

/* The exponent of what is not finite is all ones: one more carries into the sign. */
static bool all_finite(const double v[AT_ONCE])
{
	const uint64_t exponent = UINT64_C(0x7ff) << 52, one = UINT64_C(1) << 52;
	uint64_t bits[AT_ONCE], any = 0;

	memcpy(bits, v, sizeof bits);
	for (size_t i = 0; i < AT_ONCE; i++)
		any |= (bits[i] & exponent) + one;
	return !(any >> 63);
}

/* One by one; how many became undefined. */
static size_t change_few(double *v, size_t n, double center, double scale,
			 const struct direction *d)
{
	size_t undefined = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(v[i]))
			continue;
		v[i] = d->one(v[i], center, scale);
		if (isfinite(v[i]))
			continue;
		v[i] = (double)NAN;
		undefined++;
	}
	return undefined;
}

static size_t change(struct ml_column *c, size_t rows, double center, double scale,
		     const struct direction *d)
{
	struct ml_stock known = c->stock;
	double out[AT_ONCE];
	size_t undefined = 0, i = 0;

	for (; rows - i >= AT_ONCE; i += AT_ONCE) {
		d->many(c->num + i, center, scale, out);
		if (all_finite(out))
			memcpy(c->num + i, out, sizeof out);
		else
			undefined += change_few(c->num + i, AT_ONCE, center, scale, d);
	}
	undefined += change_few(c->num + i, rows - i, center, scale, d);
	ml_column_touch_all(c);
	if (known.known && !undefined) {
		c->stock.missing = known.missing;
		c->stock.known = ML_COUNTED;
	}
	return undefined;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct scale *m = state;

	(void)err;
	for (size_t k = 0; k < n; k++) {
		size_t undefined =
			change(&t->col[cols[k]], t->rows, m->center[k], m->scale[k], &forth);

		if (tally)
			tally[k].undefined += undefined;
	}
	return ML_OK;
}

static int inverse(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		   struct ml_error *err)
{
	const struct scale *m = state;

	(void)err;
	for (size_t k = 0; k < n; k++)
		if (cols[k] != SIZE_MAX)
			change(&t->col[cols[k]], t->rows, m->center[k], m->scale[k], &back);
	return ML_OK;
}

/* ---- fields ---- */

static void save(const void *state, struct ml_fields *out)
{
	const struct scale *m = state;

	ml_put_reals(out, "center", m->center, m->n);
	ml_put_reals(out, "scale", m->scale, m->n);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct scale *m = state;

	(void)format; /* only version 1 exists */
	m->n = n;
	if (ml_get_reals(in, "center", &m->center, n, err) ||
	    ml_get_reals(in, "scale", &m->scale, n, err))
		return err->code;
	for (size_t k = 0; k < n; k++)
		if (kind[k] != ML_NUMBER || !(m->scale[k] >= least))
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "field 'scale': %g for a %s column", m->scale[k],
				       ml_kind_names[kind[k]]);
	return ML_OK;
}

static void release(void *state)
{
	struct scale *m = state;

	free(m->center);
	free(m->scale);
}

static bool affine(const void *state, size_t k, double *center, double *factor)
{
	const struct scale *m = state;

	*center = m->center[k];
	*factor = 1 / m->scale[k];
	return true;
}

const struct ml_prep ml_prep_scale = {
	.name = "scale",
	.summary = "bring numbers to one scale",
	.arg = "HOW",
	.example = "standard",
	.flags = ML_PREP_FEAT | ML_PREP_IN_PLACE,
	.format = 1,
	.state_size = sizeof(struct scale),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
	.inverse = inverse,
	.affine = affine,
};
