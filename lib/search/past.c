/* past.c - the trials before one, those under way included.
 *
 * When nobody tells which points are under way, they are found as they were found the first
 * time: trial j is a function of what had ended before it, and of what was under way then,
 * which is known by now for all j in order. */
#include "search/past.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "search/halton.h"
#include "search/lattice.h"

/* Random points tried before all points are looked through, and how many these may be. */
enum { RANDOM_TRIES = 200, MOST_POINTS = 100000 };

size_t ml_past_needs(const struct ml_search_plan *s, size_t i)
{
	return i >= s->lag ? i - s->lag + 1 : 0;
}

static int propose_again(struct ml_past *p, const struct ml_search *method,
			 const struct ml_search_plan *s, size_t i, const struct ml_run *run,
			 struct ml_error *err)
{
	struct ml_search_plan plan = *s;
	int rc = ML_OK;

	if (!(p->room = ml_alloc((i - p->known) * s->space->n, sizeof *p->room, err)))
		return err->code;
	for (size_t j = p->known; !rc && j < i; j++) {
		double *point = p->room + (j - p->known) * s->space->n;
		plan.asked = p->v + method->needs(s, j);
		p->v[j] = (struct ml_trial){ .point = point, .loss = (double)NAN };
		rc = method->propose(&plan, j, p->v, point, &p->v[j].budget, run, err);
	}
	return rc;
}

int ml_past_init(struct ml_past *p, const struct ml_search *method,
		 const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		 const struct ml_run *run, struct ml_error *err)
{
	size_t known = method->needs(s, i);

	*p = (struct ml_past){ .space = s->space, .n = i, .known = known };
	if (!(p->v = ml_alloc(i, sizeof *p->v, err)))
		return err->code;
	if (known)
		memcpy(p->v, ended, known * sizeof *p->v);
	if (!s->asked)
		return i > known ? propose_again(p, method, s, i, run, err) : ML_OK;
	for (size_t j = known; j < i; j++) {
		const struct ml_trial *t = &s->asked[j - known];
		/* What is known of its end must not count. */
		p->v[j] = (struct ml_trial){ .point = t->point,
					     .budget = t->budget,
					     .loss = (double)NAN };
	}
	return ML_OK;
}

void ml_past_release(struct ml_past *p)
{
	free(p->v);
	free(p->room);
	*p = (struct ml_past){ 0 };
}

bool ml_point_equal(const double *a, const double *b, size_t n)
{
	for (size_t j = 0; j < n; j++)
		if (isnan(a[j]) != isnan(b[j]) || (!isnan(a[j]) && a[j] != b[j]))
			return false;
	return true;
}

bool ml_past_has(const struct ml_past *p, const double *point)
{
	for (size_t i = 0; i < p->n; i++)
		if (ml_point_equal(p->v[i].point, point, p->space->n))
			return true;
	return false;
}

/* The space has at most MOST_POINTS points. */
static bool is_small(const struct ml_space *s)
{
	double n = 1;

	for (size_t j = 0; j < s->n; j++) {
		const struct ml_param *p = &s->v[j];
		if (p->kind == ML_PARAM_REAL)
			return false;
		n *= p->kind == ML_PARAM_CHOICE ? (double)p->choices : p->hi - p->lo + 1;
	}
	return n <= MOST_POINTS;
}

/* The first point not tried, from a random one on. */
static int look_through(const struct ml_past *p, struct ml_rng *rng, double *point,
			struct ml_error *err)
{
	struct ml_lattice all;
	int rc = ml_lattice_init(&all, p->space, SIZE_MAX, err);

	if (!rc) {
		size_t n = (size_t)all.size, from = (size_t)ml_rng_below(rng, n), k = 0;
		do
			ml_lattice_point(&all, (from + k) % n, point);
		while (ml_past_has(p, point) && ++k < n);
	}
	ml_lattice_release(&all);
	return rc;
}

int ml_past_fresh(const struct ml_past *p, struct ml_rng *rng, double *point,
		  struct ml_error *err)
{
	for (size_t k = 0; k < RANDOM_TRIES; k++) {
		for (size_t j = 0; j < p->space->n; j++)
			point[j] = ml_space_at(p->space, j, ml_rng_uniform(rng));
		ml_space_tidy(p->space, point);
		if (!ml_past_has(p, point))
			return ML_OK;
	}
	return is_small(p->space) ? look_through(p, rng, point, err) : ML_OK;
}

int ml_past_start(const struct ml_past *p, uint64_t seed, double *point, struct ml_error *err)
{
	struct ml_rng rng;

	ml_halton_point(p->space, seed, p->n, point);
	if (!ml_past_has(p, point))
		return ML_OK;
	ml_rng_init(&rng, seed, "search-start", p->n);
	return ml_past_fresh(p, &rng, point, err);
}
