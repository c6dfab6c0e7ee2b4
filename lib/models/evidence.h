/* evidence.h - the log marginal likelihood of a Gaussian process, and its slope by the
 * logarithms of the kernel's parameters.
 *
 * Rows of the covariance are filled and read by threads, in blocks fixed by their number;
 * factors are LAPACK's, on the calling thread.  Memory: n (n + 1) numbers, and a few lists of
 * n. Cost: n^3 for numbers (a third for the factor, two for the inverse), and n^2 times
 * parameters; for classes n^3 / 3 more for each step of Newton's method. */
#ifndef ML_MODELS_EVIDENCE_H
#define ML_MODELS_EVIDENCE_H

#include "models/covar.h"
#include "models/model.h"

/* Lists of n. */
enum ml_evidence_list {
	ML_EV_SELF,  /* covariance of a row with itself, without white */
	ML_EV_NOISE, /* white, and the jitter of numbers; NOT divided by the row's weight */
	ML_EV_MEAN,  /* k' of it is the mean of f: the inverse covariance times y, or the slope
		      * of log p(y | f) at the mode */
	ML_EV_ROOT,  /* of classes: square roots of W, minus the curvature of log p(y | f) */
	ML_EV_F,     /* of classes: the mode of f, */
	ML_EV_A,     /* the inverse covariance times it */
	ML_EV_W,
	ML_EV_U,
	ML_EV_X,
	ML_EV_Z,
	ML_EV_LISTS
};

struct ml_evidence {
	struct ml_cov *cov; /* borrowed, as all up to run; each call sets its values */
	size_t n, p;
	const double *rows, *points; /* n x p, and the same as p x n */
	const double *y;             /* n: in units; of classes 0 or 1 */
	const double *w;             /* n, or NULL for all 1 */
	double jitter;               /* added to the noise of numbers */
	const struct ml_run *run;

	double *square;       /* n x (n + 1): an upper triangle beside a lower one */
	double *list;         /* ML_EV_LISTS x n */
	size_t *free, n_free; /* numbers of the parameters that are not fixed */
	size_t blocks;
	double *slopes;           /* blocks x params */
	struct ml_cov_work *work; /* one a thread */
	double *weights;          /* n a thread */
	bool begun;               /* of classes: F and A are a mode to begin with */
	size_t steps;             /* told to run->progress before those of this descent */
	int rc;                   /* a failure that a value cannot tell */
	struct ml_error *err;
};

/* e: its borrowed part is filled in.  E-LIMIT when the memory to spare does not hold the
 * square. ml_evidence_release() frees, also after a failure. */
int ml_evidence_init(struct ml_evidence *e, struct ml_error *err) ML_CHECK;
void ml_evidence_release(struct ml_evidence *e);

/* ml_slope_fn: minus the evidence; t: logarithms of the free parameters.  Infinite where there
 * is no factor.  grad NULL: the square holds the factor behind it, of numbers its upper
 * triangle R, R'R the covariance of y; of classes the lower one L, LL' = I + root K root. */
double ml_evidence_numbers(void *evidence, const double *t, double *grad);
double ml_evidence_classes(void *evidence, const double *t, double *grad);

/* ---- parts ---- */

static inline double *ml_evidence_at(const struct ml_evidence *e, enum ml_evidence_list list)
{
	return e->list + (size_t)list * e->n;
}
/* The triangles of the square, each with n + 1 numbers a row. */
static inline double *ml_evidence_upper(const struct ml_evidence *e)
{
	return e->square + 1;
}
static inline double *ml_evidence_lower(const struct ml_evidence *e)
{
	return e->square;
}

/* Sets the parameters, and fills the upper triangle but for its diagonal, SELF and NOISE; false
 * when they are not finite. */
bool ml_evidence_fill(struct ml_evidence *e, const double *t);

/* What the covariance of row a with each row b > a is worth, and with itself. */
typedef void ml_worth_fn(const struct ml_evidence *e, size_t a, double *by, double *by_self,
			 double *by_noise);
/* grad = minus the slope, by what each covariance is worth to the evidence. */
void ml_evidence_slope(struct ml_evidence *e, ml_worth_fn *worth, double *grad);

#endif
