/* svm_qp.h - the quadratic programme that every support vector machine is:
 *
 *     minimise 1/2 sum_uv a_u a_v k(x_u, x_v) - sum_v b_v a_v
 *     over lo_v <= a_v <= hi_v,  the sum of a_v of each group staying what it is
 *
 * A row of the table has one variable (classes, outliers) or two (numbers: above and below).
 * With f_i = sum_v a_v k(x_i, x_v) the optimum is where in each group every e_v = b_v -
 * f_row(v) of what could grow (a < hi) is at most that of what could shrink (a > lo): the gap,
 * the largest difference, is what remains to be done (Keerthi et al. 2001).
 *
 * Rows are taken in turns, the worst few hundred at a time (Joachims 1999); among those, pairs
 * are chosen by second order information (Fan, Chen, Lin 2005) until nothing is left to gain,
 * and only rows whose variables changed cost a row of the kernel matrix, which are made many at
 * once.  Rows at a bound that look as if they would stay there are left out (shrinking); f of
 * these is brought up to date before the end, by what has changed since.
 *
 * Memory: the rows packed, the cache of kernel rows, some twenty numbers a row.  Results do not
 * depend on threads or on the size of the cache. */
#ifndef ML_MODELS_SVM_QP_H
#define ML_MODELS_SVM_QP_H

#include <stdbool.h>

#include "base/run.h"
#include "models/svm_space.h"

enum { ML_SVM_GROUPS = 2 };

struct ml_svm_qp {
	struct ml_svm_space *space; /* n rows; they come back in another order */
	size_t per;                 /* variables of a row: 1 or 2 */
	double *a, *lo, *hi, *b;    /* n * per; a begins where the caller sets it */
	unsigned char *group;       /* n * per, or NULL: all in group 0 */
	double tol;                 /* of the gap */
	size_t max_iter, cache;     /* pairs; bytes of kernel rows */
	bool shrink;
};

struct ml_svm_solved {
	double rho[ML_SVM_GROUPS]; /* -e of what is between its bounds, or the middle */
	double objective, gap;
	size_t iters;
	bool converged;
	bool flat; /* of nu-svc, by its read(): there is no margin between the classes */
};

/* a, lo, hi, b, group keep the order of rows that they were given in; the space does not.
 * progress() of `run` is called once a turn. */
int ml_svm_qp_solve(struct ml_svm_qp *q, const struct ml_run *run, struct ml_svm_solved *out,
		    struct ml_error *err) ML_CHECK;

#endif
