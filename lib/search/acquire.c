/* acquire.c - where expected improvement is largest.
 *
 * Many points at random, and many around the best so far, are compared; from the best few of
 * them it goes uphill, by turns along the slope in the numbers, and to neighbours in the
 * choices and small whole numbers, which have no slope.  Whole numbers of many values are
 * treated as reals on the way, and rounded at the end, where everything is compared as it will
 * be tried. */
#include "search/acquire.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/descent.h"

enum {
	RANDOM = 800,    /* candidates at random */
	AROUND = 80,     /* candidates around each good point */
	CLIMBS = 4,      /* candidates from which it goes uphill */
	ROUNDS = 2,      /* of numbers, then words */
	STEPS = 30,      /* a climb */
	FEW_VALUES = 30, /* whole numbers of no more values are stepped through */
	MOST_WORDS = 24, /* of a choice, tried by a step */
};

struct search {
	const struct ml_gp *gp;
	const struct ml_past *past;
	const struct ml_space *space;
	struct ml_rng *rng;
	const struct ml_run *run;
	double best; /* the least mean at points that were or are tried */
	size_t n;
	double *pool;  /* points */
	double *merit; /* of points */
	double *x, *work, *mean, *variance;
	size_t size; /* of the pool */
	double *at;  /* 8 n */
};

void ml_acquire_words(const struct ml_space *s, bool *words)
{
	for (size_t j = 0; j < s->n; j++)
		words[j] = s->v[j].kind == ML_PARAM_CHOICE && !s->v[j].size;
}

void ml_acquire_encode(const struct ml_space *s, const double *point, double *x)
{
	for (size_t j = 0; j < s->n; j++) {
		bool word = s->v[j].kind == ML_PARAM_CHOICE && !s->v[j].size;
		x[j] = word || isnan(point[j]) ? point[j] : ml_space_unit(s, j, point[j]);
	}
}

/* -- candidates -- */

static void random_point(struct search *a, double *point)
{
	for (size_t j = 0; j < a->n; j++)
		point[j] = ml_space_at(a->space, j, ml_rng_uniform(a->rng));
	ml_space_tidy(a->space, point);
}

/* Some parameters of `good` moved, by anything from the whole scale to a thousandth. */
static void moved_point(struct search *a, const double *good, double *point)
{
	double reach = pow(10, -3 * ml_rng_uniform(a->rng));
	double share = fmax(2. / (double)a->n, ml_rng_uniform(a->rng));

	for (size_t j = 0; j < a->n; j++) {
		const struct ml_param *p = &a->space->v[j];
		double u = ml_rng_uniform(a->rng), move = ml_rng_uniform(a->rng) - 0.5;
		bool word = p->kind == ML_PARAM_CHOICE && !p->size;

		if (isnan(good[j])) {
			point[j] = ml_space_at(a->space, j, move + 0.5);
		} else if (word ? u * 4 < share : u < share) {
			double from = ml_space_unit(a->space, j, good[j]);
			double to = word ? move + 0.5 : from + 2 * reach * move;
			point[j] = ml_space_at(a->space, j, fmin(fmax(to, 0), 1));
		} else {
			point[j] = good[j];
		}
	}
	ml_space_tidy(a->space, point);
}

/* Merit of the points from..from + m of the pool. */
static void judge(struct search *a, size_t from, size_t m)
{
	for (size_t i = 0; i < m; i++)
		ml_acquire_encode(a->space, a->pool + (from + i) * a->n, a->x + i * a->n);
	ml_gp_at(a->gp, a->x, m, a->work, a->mean, a->variance);
	for (size_t i = 0; i < m; i++)
		a->merit[from + i] = ml_past_has(a->past, a->pool + (from + i) * a->n)
					     ? (double)-INFINITY
					     : ml_log_improvement(a->best, a->mean[i],
								  a->variance[i], NULL, NULL);
}

static double merit_of(struct search *a, const double *point)
{
	double mean, variance;

	if (ml_past_has(a->past, point))
		return (double)-INFINITY;
	ml_acquire_encode(a->space, point, a->x);
	ml_gp_at(a->gp, a->x, 1, a->work, &mean, &variance);
	return ml_log_improvement(a->best, mean, variance, NULL, NULL);
}

/* -- uphill in numbers -- */

static bool has_slope(const struct search *a, const double *point, size_t j)
{
	const struct ml_param *p = &a->space->v[j];

	return !isnan(point[j]) && (p->kind == ML_PARAM_REAL ||
				    (p->kind == ML_PARAM_WHOLE && p->hi - p->lo >= FEW_VALUES));
}

struct climb {
	struct search *a;
	const size_t *param; /* the numbers that move */
	size_t m;
	double *x; /* the point as the model sees it */
	double *dmean, *dvariance;
};

static double downhill(void *arg, const double *u, double *grad)
{
	struct climb *c = arg;
	double mean, variance, by_mean, by_variance;

	for (size_t k = 0; k < c->m; k++)
		c->x[c->param[k]] = u[k];
	ml_gp_slope(c->a->gp, c->x, c->a->work, &mean, &variance, c->dmean, c->dvariance);
	double merit = ml_log_improvement(c->a->best, mean, variance, &by_mean, &by_variance);
	for (size_t k = 0; k < c->m; k++)
		grad[k] = -(by_mean * c->dmean[c->param[k]] +
			    by_variance * c->dvariance[c->param[k]]);
	return -merit;
}

/* Moves `point` along the slope when that leads to a better one. */
static int climb_numbers(struct search *a, double *point, double *merit, size_t *param,
			 struct ml_error *err)
{
	double *u = a->at, *lo = u + a->n, *hi = lo + a->n, *moved = hi + a->n;
	struct climb c = { a, param, 0, moved + a->n, moved + 2 * a->n, moved + 3 * a->n };
	double value;

	for (size_t j = 0; j < a->n; j++)
		if (has_slope(a, point, j)) {
			u[c.m] = ml_space_unit(a->space, j, point[j]);
			lo[c.m] = 0;
			hi[c.m] = 1;
			param[c.m++] = j;
		}
	if (!c.m)
		return ML_OK;
	ml_acquire_encode(a->space, point, c.x);
	int rc = ml_descend(downhill, &c, c.m, lo, hi, u, &value, STEPS, a->run, err);
	memcpy(moved, point, a->n * sizeof *moved);
	for (size_t k = 0; !rc && k < c.m; k++)
		moved[param[k]] = ml_space_at(a->space, param[k], u[k]);
	double better = rc ? *merit : merit_of(a, moved);
	if (better > *merit) {
		*merit = better;
		memcpy(point, moved, a->n * sizeof *moved);
	}
	return rc;
}

/* -- uphill in words and small whole numbers -- */

static void try_value(struct search *a, double *point, double *merit, size_t j, double value)
{
	double *moved = a->at;

	if (value == point[j] || ml_space_round(a->space, j, value) != value)
		return;
	memcpy(moved, point, a->n * sizeof *moved);
	moved[j] = value;
	double better = merit_of(a, moved);
	if (better > *merit) {
		*merit = better;
		memcpy(point, moved, a->n * sizeof *moved);
	}
}

static bool is_parent(const struct ml_space *s, size_t j)
{
	for (size_t c = j + 1; c < s->n; c++)
		if (s->v[c].parent == j)
			return true;
	return false;
}

/* One after another to its best value near by; not those on which others depend, which the
 * candidates have tried. */
static void climb_words(struct search *a, double *point, double *merit)
{
	for (size_t j = 0; j < a->n; j++) {
		const struct ml_param *p = &a->space->v[j];
		if (isnan(point[j]) || p->kind == ML_PARAM_REAL || has_slope(a, point, j) ||
		    is_parent(a->space, j))
			continue;
		if (p->kind == ML_PARAM_CHOICE && !p->size) {
			size_t m = p->choices < MOST_WORDS ? p->choices : MOST_WORDS;
			for (size_t k = 0; k < m; k++)
				try_value(a, point, merit, j, (double)k);
			continue;
		}
		double from = point[j];
		for (int step = -2; step <= 2; step++)
			try_value(a, point, merit, j, from + step);
	}
}

/* -- all together -- */

/* The candidates: good points come first, so that what is equal is near them. */
static void fill_pool(struct search *a, const double *const *good, size_t goods)
{
	size_t k = 0;

	for (size_t i = 0; i < goods; i++)
		for (size_t t = 0; t < AROUND; t++)
			moved_point(a, good[i], a->pool + k++ * a->n);
	while (k < a->size)
		random_point(a, a->pool + k++ * a->n);
	enum { BATCH = 64 };
	for (size_t from = 0; from < a->size; from += BATCH)
		judge(a, from, a->size - from < BATCH ? a->size - from : BATCH);
}

/* The best candidate, which is then taken out; SIZE_MAX: none is left. */
static size_t take_best(struct search *a)
{
	size_t top = SIZE_MAX;

	for (size_t i = 0; i < a->size; i++)
		if (isfinite(a->merit[i]) && (top == SIZE_MAX || a->merit[i] > a->merit[top]))
			top = i;
	return top;
}

static int climb_all(struct search *a, double *point, double *merit, struct ml_error *err)
{
	size_t *param = ml_alloc(a->n, sizeof *param, err);
	int rc = param ? ML_OK : err->code;

	*merit = (double)-INFINITY;
	for (int k = 0; !rc && k < CLIMBS; k++) {
		size_t top = take_best(a);
		if (top == SIZE_MAX)
			break;
		double *p = a->pool + top * a->n, m = a->merit[top];
		a->merit[top] = (double)-INFINITY;
		for (int round = 0; !rc && round < ROUNDS; round++) {
			rc = climb_numbers(a, p, &m, param, err);
			if (!rc)
				climb_words(a, p, &m);
		}
		if (!rc && m > *merit) {
			*merit = m;
			memcpy(point, p, a->n * sizeof *p);
		}
	}
	free(param);
	return rc;
}

static int search_init(struct search *a, size_t goods, struct ml_error *err)
{
	size_t n = a->n, batch = 64;

	a->size = RANDOM + goods * AROUND;
	/* slopes take 3 n of work, batches 64 n */
	if (!(a->pool = ml_alloc(a->size * n, sizeof *a->pool, err)) ||
	    !(a->merit = ml_alloc(a->size, sizeof *a->merit, err)) ||
	    !(a->x = ml_alloc(batch * n, sizeof *a->x, err)) ||
	    !(a->work = ml_alloc(batch * a->gp->n, sizeof *a->work, err)) ||
	    !(a->mean = ml_alloc(batch, sizeof *a->mean, err)) ||
	    !(a->variance = ml_alloc(batch, sizeof *a->variance, err)) ||
	    !(a->at = ml_alloc(8 * n, sizeof *a->at, err)))
		return err->code;
	return ML_OK;
}

static void search_release(struct search *a)
{
	free(a->pool);
	free(a->merit);
	free(a->x);
	free(a->work);
	free(a->mean);
	free(a->variance);
	free(a->at);
}

/* The least mean of the model at its own points. */
static double least_mean(struct search *a)
{
	double least = (double)INFINITY, mean, variance;

	for (size_t i = 0; i < a->gp->n; i++) {
		ml_gp_at(a->gp, a->gp->x + i * a->n, 1, a->work, &mean, &variance);
		least = fmin(least, mean);
	}
	return least;
}

int ml_acquire(const struct ml_gp *g, const struct ml_past *p, const double *const *good,
	       size_t goods, struct ml_rng *rng, double *point, double *merit,
	       const struct ml_run *run, struct ml_error *err)
{
	struct search a = {
		.gp = g, .past = p, .space = p->space, .rng = rng, .run = run, .n = p->space->n
	};
	int rc = search_init(&a, goods, err);

	*merit = (double)-INFINITY;
	if (!rc) {
		a.best = least_mean(&a);
		fill_pool(&a, good, goods);
		rc = climb_all(&a, point, merit, err);
	}
	search_release(&a);
	if (!rc && !isfinite(*merit))
		rc = ml_past_fresh(p, rng, point, err);
	return rc;
}
