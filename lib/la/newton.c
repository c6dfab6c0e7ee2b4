/* newton.c - Newton's method with a line search. */
#include "la/newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/mat.h"

/* Armijo's share of the promised decrease; any small number does. */
static const double armijo = 1e-4;
/* 2^-40 of a Newton step is below what doubles resolve. */
enum { MAX_HALVINGS = 40, MAX_CG = 1000 };
/* Values are known to about this, relatively: smaller promises cannot be verified. */
static const double value_eps = 1e-13;

static double largest(const double *v, size_t n)
{
	double max = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(v[i]))
			return NAN;
		max = fmax(max, fabs(v[i]));
	}
	return max;
}

static void add_scaled(double *v, double a, const double *u, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] += a * u[i];
}

int ml_newton_set(struct ml_newton *s, const struct ml_newton_fns *fns, void *arg, double *x,
		  size_t n, struct ml_error *err)
{
	*s = (struct ml_newton){ .fns = fns, .arg = arg, .n = n, .x = x };
	if (!(s->grad = ml_alloc(n, sizeof *s->grad, err)) ||
	    !(s->room = ml_alloc(6 * n, sizeof *s->room, err)))
		return err->code;
	if (fns->value(arg, x, &s->value, s->grad, err))
		return err->code;
	s->first = s->gnorm = largest(s->grad, n);
	if (!isfinite(s->value) || !isfinite(s->gnorm))
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "the objective is beyond the largest number; scale the columns");
	return ML_OK;
}

void ml_newton_release(struct ml_newton *s)
{
	free(s->room);
	free(s->grad);
	s->room = s->grad = NULL;
}

bool ml_newton_test(const struct ml_newton *s, double gtol)
{
	return s->gnorm <= gtol;
}

/* Preconditioned conjugate gradients for H d = -g (Hestenes, Stiefel 1952). */
int ml_newton_direction(const struct ml_newton *s, const double *g, double eta, double *d,
			const struct ml_run *run, struct ml_error *err)
{
	size_t n = s->n;
	double *r = s->room, *z = r + n, *q = z + n, *hq = q + n;

	for (size_t i = 0; i < n; i++)
		r[i] = -g[i];
	if (!s->fns->product) {
		s->fns->solve(s->arg, r, d);
		return ML_OK;
	}
	memset(d, 0, n * sizeof *d);
	s->fns->solve(s->arg, r, z);
	memcpy(q, z, n * sizeof *q);
	double rz = ml_dot(r, z, n), enough = eta * eta * rz;
	for (size_t k = 0; k < MAX_CG && rz > enough && !(k > 0 && ml_run_over(run)); k++) {
		if (s->fns->product(s->arg, q, hq, err))
			return err->code;
		double curve = ml_dot(q, hq, n);
		if (!(curve > 0)) /* no curvature left to see: rounding has the word */
			break;
		add_scaled(d, rz / curve, q, n);
		add_scaled(r, -rz / curve, hq, n);
		s->fns->solve(s->arg, r, z);
		double before = rz;
		rz = ml_dot(r, z, n);
		for (size_t i = 0; i < n; i++)
			q[i] = z[i] + rz / before * q[i];
	}
	return ML_OK;
}

/* Tries x + t d with t = 1, smaller, ... until the value falls; `from` is the start. */
static int search(struct ml_newton *s, const double *from, const double *d, double slope,
		  struct ml_error *err)
{
	double t = 1, start = s->value, gnorm = s->gnorm;

	for (int k = 0; k < MAX_HALVINGS; k++) {
		for (size_t i = 0; i < s->n; i++)
			s->x[i] = from[i] + t * d[i];
		if (s->fns->value(s->arg, s->x, &s->value, s->grad, err))
			return err->code;
		s->gnorm = largest(s->grad, s->n);
		double fall = start - s->value;
		bool usable = isfinite(s->value) && isfinite(s->gnorm);
		if (usable && fall >= -armijo * t * slope)
			return ML_OK;
		/* The value cannot tell any more; the gradient can. */
		if (usable && fabs(fall) <= value_eps * fabs(start) && s->gnorm < gnorm)
			return ML_OK;
		double best = usable ? -slope * t * t / (2 * (-fall - slope * t)) : 0;
		t = fmin(fmax(best, 0.1 * t), 0.5 * t);
	}
	memcpy(s->x, from, s->n * sizeof *from);
	s->stuck = true;
	if (s->fns->value(s->arg, s->x, &s->value, s->grad, err))
		return err->code;
	s->gnorm = largest(s->grad, s->n);
	return ML_OK;
}

int ml_newton_iterate(struct ml_newton *s, const struct ml_run *run, struct ml_error *err)
{
	size_t n = s->n;
	double *from = s->room + 4 * n, *d = from + n;
	double eta = fmin(0.1, s->gnorm / s->first);

	if (s->fns->curvature(s->arg, err) || ml_newton_direction(s, s->grad, eta, d, run, err))
		return err->code;
	double slope = ml_dot(s->grad, d, n);
	if (!(slope < 0) || !isfinite(slope)) {
		s->stuck = true;
		return ML_OK;
	}
	memcpy(from, s->x, n * sizeof *from);
	if (search(s, from, d, slope, err))
		return err->code;
	s->iters++;
	for (size_t i = 0; i < n; i++)
		d[i] = s->x[i] - from[i];
	double moved = largest(d, n);
	s->change = moved > 0 ? moved / fmax(largest(s->x, n), moved) : 0;
	return ML_OK;
}
