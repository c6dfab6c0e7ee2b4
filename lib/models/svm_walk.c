/* svm_walk.c - steps by pairs of all variables at work (Fan, Chen, Lin 2005, WSS 2, as LIBSVM).
 *
 * Variables of the rows stand in planes, the first of each row and the second of each row, so
 * that a kernel row serves both.  A step costs two passes over the rows. */
#include <math.h>

#include "base/mem.h"
#include "models/svm_parts.h"

/* A walk that meets a new row at more than half of its steps is none: turns make these
 * together. */
enum { BEFORE_JUDGED = 32 };

struct spot {
	size_t plane, i;
	double value;
};

/* The state of a walk beside that of the solver. */
struct walk {
	size_t groups;
	struct spot top[ML_SVM_GROUPS];
	double bottom[ML_SVM_GROUPS];
};

static int make_planes(struct ml_svm_solver *s, struct ml_error *err)
{
	size_t lanes = (s->n + ML_SVM_LANES - 1) / ML_SVM_LANES * ML_SVM_LANES;
	size_t groups = s->group ? ML_SVM_GROUPS : 1;
	size_t arrays = 1 + s->per * (1 + 2 * groups);

	if (s->wide)
		return ML_OK;
	double *at = s->wide = ml_alloc(lanes, arrays * sizeof *at, err);
	if (!at)
		return err->code;
	double *own = at;
	for (size_t q = 0; q < s->per; q++) {
		struct ml_svm_few *f = &s->plane[q];
		f->groups = groups;
		f->own = own;
		f->e = at += lanes;
		for (size_t g = 0; g < groups; g++) {
			f->up[g] = at += lanes;
			f->down[g] = at += lanes;
		}
	}
	return ML_OK;
}

static void set_bounds(struct ml_svm_solver *s, size_t q, size_t i)
{
	size_t v = i * s->per + q, g = ml_svm_group(s, v);

	s->plane[q].up[g][i] = s->a[v] < s->hi[v] ? 0 : -INFINITY;
	s->plane[q].down[g][i] = s->a[v] > s->lo[v] ? 0 : INFINITY;
}

static void fill_planes(struct ml_svm_solver *s)
{
	size_t lanes = (s->active + ML_SVM_LANES - 1) / ML_SVM_LANES * ML_SVM_LANES;

	for (size_t q = 0; q < s->per; q++) {
		struct ml_svm_few *f = &s->plane[q];
		f->n = lanes;
		for (size_t i = 0; i < lanes; i++) {
			bool there = i < s->active;
			f->e[i] = there ? s->b[i * s->per + q] - s->f[i] : 0;
			/* Rounded as in the cache. */
			f->own[i] = there ? (double)(float)ml_svm_space_own(s->space,
									    s->space->norm[i])
					  : 1;
			for (size_t g = 0; g < f->groups; g++) {
				f->up[g][i] = -INFINITY;
				f->down[g][i] = INFINITY;
			}
			if (there)
				set_bounds(s, q, i);
		}
	}
}

static void sweep(struct ml_svm_solver *s, struct walk *w, double d, const float *k_i,
		  const float *k_j)
{
	struct ml_svm_best best;

	for (size_t g = 0; g < w->groups; g++) {
		w->top[g].value = -INFINITY;
		w->bottom[g] = INFINITY;
	}
	for (size_t q = 0; q < s->per; q++) {
		ml_svm_sweep(&s->plane[q], d, k_i, k_j, &best);
		for (size_t g = 0; g < w->groups; g++) {
			if (best.top[g] > w->top[g].value)
				w->top[g] = (struct spot){ q, best.i[g], best.top[g] };
			w->bottom[g] = fmin(w->bottom[g], best.bottom[g]);
		}
	}
	s->gap = 0;
	for (size_t g = 0; g < w->groups; g++)
		s->gap = fmax(s->gap, w->top[g].value - w->bottom[g]);
}

/* The pair that gains most, over the groups; *gain < 0: none. */
static int choose(struct ml_svm_solver *s, const struct walk *w, double tol, struct spot *i,
		  struct spot *j, double *gain, struct ml_error *err)
{
	int rc = ML_OK;

	*gain = -1;
	for (size_t g = 0; !rc && g < w->groups; g++) {
		const struct spot *top = &w->top[g];
		const float *row;
		if (!(top->value - w->bottom[g] > tol))
			continue;
		rc = ml_svm_fetch(s, top->i, &row, err);
		for (size_t q = 0; !rc && q < s->per; q++) {
			double some;
			size_t at = ml_svm_match(&s->plane[q], g, top->value,
						 s->plane[0].own[top->i], row, &some);
			if (!(some > *gain))
				continue;
			*gain = some;
			*i = *top;
			*j = (struct spot){ q, at, s->plane[q].e[at] };
		}
	}
	return rc;
}

static int step(struct ml_svm_solver *s, struct walk *w, const struct spot *i,
		const struct spot *j, struct ml_error *err)
{
	const float *k_i, *k_j;
	size_t u = i->i * s->per + i->plane, v = j->i * s->per + j->plane;

	/* The latter first: i was fetched before, perhaps for another group. */
	if (ml_svm_fetch(s, j->i, &k_j, err) || ml_svm_fetch(s, i->i, &k_i, err))
		return err->code;
	const double *own = s->plane[0].own;
	double curve = ml_svm_curve_of(own[i->i], own[j->i], (double)k_i[j->i]);
	double fall = i->value - j->value, d = fall / curve;
	double up = s->hi[u] - s->a[u], down = s->a[v] - s->lo[v];
	double most = up < down ? up : down;

	d = d < most ? d : most;
	s->a[u] = d >= up ? s->hi[u] : s->a[u] + d;
	s->a[v] = d >= down ? s->lo[v] : s->a[v] - d;
	s->objective -= d * (fall - d * curve / 2);
	set_bounds(s, i->plane, i->i);
	set_bounds(s, j->plane, j->i);
	sweep(s, w, d, k_i, k_j);
	return ML_OK;
}

int ml_svm_walk(struct ml_svm_solver *s, double tol, size_t most, bool *led,
		struct ml_error *err)
{
	struct walk w = { .groups = s->group ? ML_SVM_GROUPS : 1 };
	size_t steps = 0, met = s->met;
	const float *any;
	int rc = make_planes(s, err);

	*led = true;
	if (!rc)
		rc = ml_svm_fetch(s, s->var[0] / s->per, &any, err);
	if (rc)
		return rc;
	fill_planes(s);
	sweep(s, &w, 0, any, any);
	for (; !rc && steps < most && s->gap > tol && s->iters < s->max_iter; steps++) {
		struct spot i = { 0 }, j = { 0 };
		double gain;
		if ((rc = choose(s, &w, tol, &i, &j, &gain, err)) || gain < 0)
			break;
		rc = step(s, &w, &i, &j, err);
		s->iters++;
		*led = steps < BEFORE_JUDGED || 2 * (s->met - met) <= steps;
		if (!*led)
			break;
	}
	for (size_t i = 0; i < s->active; i++)
		s->f[i] = s->b[i * s->per] - s->plane[0].e[i];
	for (size_t g = 0; g < w.groups; g++) {
		s->top[g] = w.top[g].value;
		s->bottom[g] = w.bottom[g];
	}
	return rc;
}
