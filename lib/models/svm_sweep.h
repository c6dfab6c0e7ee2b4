/* svm_sweep.h - the two loops of a step by pairs, in vectors: of many variables those that
 * could grow and shrink best. */
#ifndef ML_MODELS_SVM_SWEEP_H
#define ML_MODELS_SVM_SWEEP_H

#include <stddef.h>

#include "models/svm_qp.h"

/* Numbers of variables are multiples of this; what is there beyond them takes no part. */
enum { ML_SVM_LANES = 8 };

/* Variables 0..n-1 as arrays.  up, down: of each group, 0 where the variable is of the group
 * and can grow (shrink), else -infinity (infinity). */
struct ml_svm_few {
	size_t n, groups;
	double *e, *own;
	double *up[ML_SVM_GROUPS], *down[ML_SVM_GROUPS];
};

struct ml_svm_best {
	double top[ML_SVM_GROUPS], bottom[ML_SVM_GROUPS]; /* extremes of e + up, e + down */
	size_t i[ML_SVM_GROUPS];                          /* the first at the top */
};

/* e[k] -= d (k_i[k] - k_j[k]), and then what is best. */
void ml_svm_sweep(const struct ml_svm_few *f, double d, const float *k_i, const float *k_j,
		  struct ml_svm_best *best);
/* The first k with the largest (e_i - e_k)^2 / (own_i + own_k - 2 k_i[k]) among those of the
 * group that can shrink and have e_k < e_i; *gain: how much, -1 where there is none. */
size_t ml_svm_match(const struct ml_svm_few *f, size_t group, double e_i, double own_i,
		    const float *k_i, double *gain);
/* The denominator; where a kernel is not positive definite, or rows are alike, 1e-12. */
double ml_svm_curve_of(double own_i, double own_j, double k_ij);

#endif
