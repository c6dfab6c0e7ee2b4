/* svm_types.h - the five machines as quadratic programmes (svm_qp.h), with y = +-1 of the first
 * class and the second, t the target, w the weight of a row, W their sum:
 *
 *     c-svc        0 <= y a <= C w, b = y, sum a = 0
 *     nu-svc       0 <= y a <= w, b = 0, the sum of y a of either class = nu W / 2;
 *                  then everything is divided by r, half the distance of the two e
 *     epsilon-svr  two of a row: 0 <= a <= C w, b = t - epsilon, and -C w <= a <= 0,
 *                  b = t + epsilon; sum a = 0
 *     nu-svr       the same with b = t, the sum of either kind = +-C nu W / 2
 *     one-class    0 <= a <= w, b = 0, sum a = nu W
 *
 * (Cortes, Vapnik 1995; Schoelkopf et al. 2000, 2001; Chang, Lin 2011, whose objectives and rho
 * these are.) */
#ifndef ML_MODELS_SVM_TYPES_H
#define ML_MODELS_SVM_TYPES_H

#include "models/svm_opts.h"
#include "models/svm_qp.h"

/* The rows of one machine. */
struct ml_svm_part {
	size_t n;
	const double *y, *w; /* +-1, or the target, or zeros */
};

struct ml_svm_kind {
	unsigned task; /* an ml_task */
	size_t per;
	bool groups;
	/* Sets a, lo, hi, b, group, which are zeros. */
	int (*set)(struct ml_svm_qp *q, const struct ml_svm_part *rows,
		   const struct ml_svm_opts *o, struct ml_error *err);
	/* What is solved becomes rho[0] and the objective of the machine; all a are divided by
	 * *by. */
	void (*read)(struct ml_svm_solved *out, double *by);
};

/* The kind that the options mean for the task; ML_EUSAGE where they do not fit. */
int ml_svm_kind_of(const struct ml_svm_opts *o, enum ml_task task,
		   const struct ml_svm_kind **kind, struct ml_error *err) ML_CHECK;

#endif
