/* svm_opts.h - the hyperparameters of svm. */
#ifndef ML_MODELS_SVM_OPTS_H
#define ML_MODELS_SVM_OPTS_H

#include "models/model.h"

enum ml_svm_type {
	ML_SVM_AUTO, /* by the target: C_SVC, EPSILON_SVR, ONE_CLASS */
	ML_SVM_C_SVC,
	ML_SVM_NU_SVC,
	ML_SVM_EPSILON_SVR,
	ML_SVM_NU_SVR,
	ML_SVM_ONE_CLASS,
};
enum ml_svm_gamma { ML_SVM_SCALE, ML_SVM_PER_FEATURE };

struct ml_svm_opts {
	int type, kernel; /* ml_svm_type; ml_svm_kernel in another order (svm_opts.c) */
	double c, nu, epsilon, coef0, tol;
	struct ml_pick_real gamma;
	int64_t degree, cache_mb, max_iter;
	bool shrinking, probability;
};

extern const struct ml_opt ml_svm_table[];
extern const char *const ml_svm_types[];
/* That of the type; 0: auto. */
enum ml_task ml_svm_task_of(const struct ml_svm_opts *o);

#endif
