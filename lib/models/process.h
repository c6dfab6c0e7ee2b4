/* process.h - Gaussian processes: what is kept of a fit, and how it is made.
 *
 * Numbers: y = mean + unit (f(x) + noise), f of covariance `cov`.  Classes: the chance of a
 * class is the sigmoid of f, one f for two classes, one a class against the others for more. */
#ifndef ML_MODELS_PROCESS_H
#define ML_MODELS_PROCESS_H

#include "la/factor.h"
#include "models/covar.h"
#include "models/model.h"

/* One function f.  Its mean at x is k' coef, k the covariances of x with the rows; its variance
 * k(x, x) - |R'^-1 (root k)|^2, R'R = `factor`. */
struct ml_process_part {
	struct ml_cov cov;
	double *coef;            /* n */
	double *root;            /* n, of classes; NULL: all 1 */
	struct ml_factor factor; /* none: variances are not known */
	double evidence;         /* log marginal likelihood, of y in units */
};

struct ml_process {
	size_t n, p, classes;
	double *x; /* p x n: a column a row, for struct ml_cov_points */
	double mean, unit;
	size_t parts;
	struct ml_process_part *part;
};

struct ml_process_opts {
	const char *kernel;
	bool ard, normalize, optimize, spread;
	double alpha, tol;
	int64_t restarts, max_iter;
};

int ml_process_fit(void *state, const struct ml_problem *p, const void *opts,
		   const struct ml_run *run, struct ml_report *rep,
		   struct ml_error *err) ML_CHECK;
/* Zeroed state to n rows, p columns, and so many parts. */
int ml_process_init(struct ml_process *m, size_t n, size_t p, size_t classes,
		    struct ml_error *err) ML_CHECK;
void ml_process_release(void *state);
void ml_process_save(const void *state, struct ml_fields *out);
int ml_process_load(void *state, unsigned format, const struct ml_fields *in,
		    struct ml_error *err) ML_CHECK;

#endif
