/* svm_fit.h - fitting machines, one or one a pair of classes. */
#ifndef ML_MODELS_SVM_FIT_H
#define ML_MODELS_SVM_FIT_H

#include "models/svm_machines.h"
#include "models/svm_opts.h"
#include "models/svm_platt.h"

/* The state of svm. */
struct ml_svm {
	size_t classes; /* 0: one machine, of numbers or outliers */
	bool detect;    /* outliers */
	struct ml_svm_machines machines;
	struct ml_svm_curve *curve; /* one a machine, or NULL */
};

int ml_svm_fit(struct ml_svm *s, const struct ml_problem *p, const struct ml_svm_opts *o,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err) ML_CHECK;

#endif
