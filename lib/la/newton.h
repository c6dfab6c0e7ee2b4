/* newton.h - Newton's method for smooth convex functions, in the form set / iterate / test.
 *
 *     rc = ml_newton_set(&s, &fns, arg, x, n, err);
 *     while (!rc && !s.stuck && !ml_newton_test(&s, gtol) && s.iters < limit)
 *             rc = ml_newton_iterate(&s, run, err);
 *     ml_newton_release(&s);
 *
 * The direction solves H d = -g: by the caller's factor where that is exact, else by conjugate
 * gradients with the caller's preconditioner, the more exactly the smaller the gradient has
 * become, so that convergence is superlinear (Lin, Weng, Keerthi 2008, "Trust region Newton
 * method for large-scale logistic regression", with a line search for the trust region: Dembo,
 * Steihaug 1983).  The step is halved until the value falls enough (Armijo). */
#ifndef ML_LA_NEWTON_H
#define ML_LA_NEWTON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"

struct ml_newton_fns {
	/* Value and gradient (n) at x; remembers what curvature() needs of x. */
	int (*value)(void *arg, const double *x, double *value, double *grad,
		     struct ml_error *err);
	/* Prepares solve() and product() for the x of the last value(). */
	int (*curvature)(void *arg, struct ml_error *err);
	/* z = M^-1 r, M near the Hessian H and positive definite; z and r are apart. */
	void (*solve)(void *arg, const double *r, double *z);
	/* hv = H v; NULL: M is H. */
	int (*product)(void *arg, const double *v, double *hv, struct ml_error *err);
};

struct ml_newton {
	const struct ml_newton_fns *fns;
	void *arg;
	size_t n;
	double *x; /* the caller's, n: where it stands */
	double value;
	double *grad;  /* n, at x */
	double gnorm;  /* largest |grad| */
	double change; /* largest change in the last step, relative to the largest |x| */
	size_t iters;
	bool stuck;   /* no smaller value was found: the end of precision */
	double first; /* gnorm at the start */
	double *room; /* workspace, owned */
};

/* Starts at x (borrowed, changed by iterations).  ML_EDATA, E-RANGE when the value there is not
 * finite. */
int ml_newton_set(struct ml_newton *s, const struct ml_newton_fns *fns, void *arg, double *x,
		  size_t n, struct ml_error *err) ML_CHECK;
/* One step; s->stuck when it led nowhere.  When run is over, conjugate gradients end early. */
int ml_newton_iterate(struct ml_newton *s, const struct ml_run *run,
		      struct ml_error *err) ML_CHECK;
bool ml_newton_test(const struct ml_newton *s, double gtol);
/* d = -H^-1 g for any g, as a step would find it with the share `eta` of g left over;
 * curvature() has been called. */
int ml_newton_direction(const struct ml_newton *s, const double *g, double eta, double *d,
			const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_newton_release(struct ml_newton *s);

#endif
