/* descent.c - projected BFGS with backtracking.
 *
 * Coordinates at a bound that the gradient pushes against stay there for the step.  The inverse
 * Hessian is kept dense: n is some tens at most.  The first step moves no coordinate by more
 * than a tenth of its range.
 * Source: Nocedal, Wright (2006) "Numerical Optimization", ch. 6 and 16.7; Bertsekas (1982)
 * "Projected Newton methods for optimization problems with simple constraints". */
#include "la/descent.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const double armijo = 1e-4;
static const double shrink = 0.35;    /* of a step that was too long */
static const double first_step = 0.1; /* of the box */
static const double little = 1e-7;    /* gain, relative to 1 + |value|, that ends it */
static const double coarse = 1e-9;    /* rounding of values, relative as above */
static const double near_end = 1000;
enum { MOST_HALVINGS = 12, LITTLE_GAINS = 2 };

struct descent {
	size_t n;
	const double *lo, *hi;
	double *x, *grad, *next, *next_grad, *step, *change, *hg;
	double *h; /* inverse Hessian, n x n */
	double value;
	bool fresh; /* h is the identity */
	const struct ml_descent *plan;
	size_t steps;
	bool settled;
	double *aside; /* n x n: h before it was forgotten, where it was */
	bool has_aside;
};

static void forget(struct descent *d)
{
	memset(d->h, 0, d->n * d->n * sizeof *d->h);
	for (size_t j = 0; j < d->n; j++)
		d->h[j * d->n + j] = 1;
	d->fresh = true;
}

static void set_aside(struct descent *d)
{
	memcpy(d->aside, d->h, d->n * d->n * sizeof *d->h);
	d->has_aside = true;
}

/* Without it nothing is gained either: it was not at fault. */
static void put_back(struct descent *d)
{
	if (!d->has_aside)
		return;
	memcpy(d->h, d->aside, d->n * d->n * sizeof *d->h);
	d->fresh = false;
}

static bool is_held(const struct descent *d, size_t j)
{
	return (d->x[j] <= d->lo[j] && d->grad[j] > 0) ||
	       (d->x[j] >= d->hi[j] && d->grad[j] < 0);
}

/* step = -H grad over what is not held; its slope. */
static double direction(struct descent *d)
{
	double slope = 0, longest = 0;

	for (size_t j = 0; j < d->n; j++) {
		d->step[j] = 0;
		for (size_t k = 0; !is_held(d, j) && k < d->n; k++)
			if (!is_held(d, k))
				d->step[j] -= d->h[j * d->n + k] * d->grad[k];
		slope += d->step[j] * d->grad[j];
		longest = fmax(longest, fabs(d->step[j]) / (d->hi[j] - d->lo[j]));
	}
	if (!d->fresh || longest <= first_step)
		return slope;
	for (size_t j = 0; j < d->n; j++)
		d->step[j] *= first_step / longest;
	return slope * first_step / longest;
}

/* H for the pair change = next - x, and the difference of the gradients. */
static void update(struct descent *d)
{
	size_t n = d->n;
	double sy = 0, yy = 0, ss = 0, yhy = 0;

	for (size_t j = 0; j < n; j++) {
		double y = d->next_grad[j] - d->grad[j];
		sy += d->change[j] * y;
		yy += y * y;
		ss += d->change[j] * d->change[j];
	}
	if (!(sy > 1e-10 * sqrt(ss * yy)))
		return;
	if (d->fresh)
		for (size_t j = 0; j < n; j++)
			d->h[j * n + j] = sy / yy;
	d->fresh = false;
	for (size_t j = 0; j < n; j++) {
		d->hg[j] = 0;
		for (size_t k = 0; k < n; k++)
			d->hg[j] += d->h[j * n + k] * (d->next_grad[k] - d->grad[k]);
		yhy += d->hg[j] * (d->next_grad[j] - d->grad[j]);
	}
	for (size_t j = 0; j < n; j++)
		for (size_t k = 0; k < n; k++)
			d->h[j * n + k] +=
				(1 + yhy / sy) * d->change[j] * d->change[k] / sy -
				(d->hg[j] * d->change[k] + d->change[j] * d->hg[k]) / sy;
}

/* Goes along d->step until the value falls enough; false when it does not. */
static bool search_line(struct descent *d, ml_slope_fn *fn, void *arg, size_t *evals)
{
	double t = 1;

	for (int k = 0; k<MOST_HALVINGS && * evals> 0; k++, t *= shrink) {
		double slope = 0;
		for (size_t j = 0; j < d->n; j++) {
			d->next[j] = fmin(fmax(d->x[j] + t * d->step[j], d->lo[j]), d->hi[j]);
			d->change[j] = d->next[j] - d->x[j];
			slope += d->change[j] * d->grad[j];
		}
		if (!(slope < 0))
			return false;
		double value = fn(arg, d->next, d->next_grad);
		--*evals;
		if (value <= d->value + armijo * slope) {
			update(d);
			d->value = value;
			memcpy(d->x, d->next, d->n * sizeof *d->x);
			memcpy(d->grad, d->next_grad, d->n * sizeof *d->grad);
			return true;
		}
	}
	return false;
}

/* What the curvature says that the next step gains is below the share, and the last one is not
 * far from that: an evaluation saved. */
static bool promises_little(const struct descent *d, double slope, double share, double last)
{
	double enough = share * (1 + fabs(d->value));

	return !d->fresh && -0.5 * slope <= enough && last <= near_end * enough;
}

static void descend(struct descent *d, ml_slope_fn *fn, void *arg, const struct ml_run *run)
{
	double share = d->plan->little > 0 ? d->plan->little : little;
	size_t evals = d->plan->evals;
	double last = (double)INFINITY; /* gain */
	int idle = 0;

	while (evals > 0 && idle < LITTLE_GAINS && !ml_run_over(run)) {
		double before = d->value;
		bool fresh = d->fresh;

		double slope = direction(d);

		if (d->plan->little > 0 && promises_little(d, slope, share, last)) {
			d->settled = true;
			return;
		}
		if (!(slope < 0) || !search_line(d, fn, arg, &evals)) {
			if (fresh) {
				d->settled = evals > 0;
				put_back(d);
				return;
			}
			set_aside(d);
			forget(d);
			continue;
		}
		d->has_aside = false;
		last = before - d->value;
		idle = before - d->value <= share * (1 + fabs(before)) ? idle + 1 : 0;
		d->steps++;
		if (d->plan->step)
			d->plan->step(arg, d->steps, d->value);
	}
	d->settled = idle == LITTLE_GAINS;
}

/* The largest slope that is not held. */
static double steepest(const struct descent *d)
{
	double most = 0;

	for (size_t j = 0; j < d->n; j++)
		if (!is_held(d, j))
			most = fmax(most, fabs(d->grad[j]));
	return most;
}

static void swap(double **a, double **b)
{
	double *t = *a;

	*a = *b;
	*b = t;
}

/* Steps by the inverse curvature, while slopes halve and the value does not rise beyond
 * rounding.
 */
static void polish(struct descent *d, ml_slope_fn *fn, void *arg, const struct ml_run *run)
{
	for (size_t k = 0; k < d->plan->polish && !d->fresh && !ml_run_over(run); k++) {
		double before = steepest(d);

		direction(d);
		for (size_t j = 0; j < d->n; j++) {
			d->next[j] = fmin(fmax(d->x[j] + d->step[j], d->lo[j]), d->hi[j]);
			d->change[j] = d->next[j] - d->x[j];
		}
		double value = fn(arg, d->next, d->next_grad);
		if (!(value <= d->value + coarse * (1 + fabs(d->value))))
			return;
		update(d);
		swap(&d->grad, &d->next_grad);
		if (!(steepest(d) <= 0.5 * before))
			return;
		memcpy(d->x, d->next, d->n * sizeof *d->x);
		d->value = value;
		d->steps++;
	}
}

int ml_descent_run(struct ml_descent *plan, ml_slope_fn *fn, void *arg, double *x,
		   const struct ml_run *run, struct ml_error *err)
{
	size_t n = plan->n;
	double *room = ml_alloc(n * (2 * n + 6), sizeof *room, err);

	if (!room)
		return err->code;
	struct descent d = { .n = n,
			     .lo = plan->lo,
			     .hi = plan->hi,
			     .x = x,
			     .grad = room,
			     .next = room + n,
			     .next_grad = room + 2 * n,
			     .step = room + 3 * n,
			     .change = room + 4 * n,
			     .hg = room + 5 * n,
			     .h = plan->inverse ? plan->inverse : room + 6 * n,
			     .aside = room + (n + 6) * n,
			     .plan = plan };
	if (!plan->inverse || !plan->curved)
		forget(&d);
	d.value = fn(arg, x, d.grad);
	if (isfinite(d.value))
		descend(&d, fn, arg, run);
	if (isfinite(d.value) && (d.settled || !plan->evals))
		polish(&d, fn, arg, run);
	plan->value = d.value;
	plan->steps = d.steps;
	plan->settled = d.settled;
	plan->curved = !d.fresh;
	free(room);
	return ML_OK;
}

int ml_descend(ml_slope_fn *fn, void *arg, size_t n, const double *lo, const double *hi,
	       double *x, double *value, size_t evals, const struct ml_run *run,
	       struct ml_error *err)
{
	struct ml_descent d = { .n = n, .lo = lo, .hi = hi, .evals = evals };
	int rc = ml_descent_run(&d, fn, arg, x, run, err);

	*value = d.value;
	return rc;
}
