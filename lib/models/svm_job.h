/* svm_job.h - one machine fitted to some rows, for svm_fit.c: of a pair of classes, or of all
 * rows; for probabilities also without a fold of them, which is then asked about. */
#ifndef ML_MODELS_SVM_JOB_H
#define ML_MODELS_SVM_JOB_H

#include "models/svm_machines.h"
#include "models/svm_rows.h"
#include "models/svm_types.h"

/* What all machines of a fit have in common. */
struct ml_svm_fitting {
	struct ml_svm_rows rows;
	const struct ml_svm_opts *opts;
	const struct ml_svm_kind *kind;
	struct ml_svm_machines like; /* kernel, gamma, coef0, degree, p, centre of them */
	size_t classes;              /* 0: one machine, of all rows */
	size_t *from; /* classes + 1: rows of class c are class_row[from[c]..from[c + 1]) */
	uint32_t *class_row;
	size_t cache; /* bytes a machine */
};

/* A machine that was fitted: coefficients of the rows that have one. */
struct ml_svm_fitted {
	struct ml_svm_solved solved;
	size_t n;
	uint32_t *row; /* n: of rows, ascending within a class; owned */
	double *coef;  /* n; owned */
};
void ml_svm_fitted_release(struct ml_svm_fitted *f);

enum { ML_SVM_FOLDS = 5 };

/* Machine m of the first class and the second; of a fit without classes 0 and 0. */
struct ml_svm_job {
	size_t first, second;
	size_t fold;      /* left out; ML_SVM_FOLDS: none */
	double *decision; /* of the fold left out, at the place of the row within the two
			   * classes; or NULL */
};

int ml_svm_job_do(const struct ml_svm_fitting *f, const struct ml_svm_job *job,
		  const struct ml_run *run, struct ml_svm_fitted *out,
		  struct ml_error *err) ML_CHECK;

#endif
