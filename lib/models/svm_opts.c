/* svm_opts.c - the hyperparameters of svm, under the words of scikit-learn; those of LIBSVM are
 * aliases. */
#include "models/svm_opts.h"

const char *const ml_svm_types[] = { "auto",   "c-svc",     "nu-svc", "epsilon-svr",
				     "nu-svr", "one-class", NULL };
/* In the order of enum ml_svm_kernel. */
static const char *const kernels[] = { "linear", "poly", "rbf", "sigmoid", NULL };
static const char *const gammas[] = { "scale", "auto", NULL };

#define WHOLE(field) .type = ML_INT, .offset = ML_FIELD(struct ml_svm_opts, field, int64_t)
#define REAL(field) .type = ML_REAL, .offset = ML_FIELD(struct ml_svm_opts, field, double)
#define WORD(field, words) \
	.type = ML_PICK, .picks = (words), .offset = ML_FIELD(struct ml_svm_opts, field, int)
#define SWITCH(field) .type = ML_BOOL, .offset = ML_FIELD(struct ml_svm_opts, field, bool)
const struct ml_opt ml_svm_table[] = {
	{ .name = "type",
	  .alias = "svm-type",
	  WORD(type, ml_svm_types),
	  .def = "auto",
	  .arg = "NAME",
	  .help = "which machine; auto: c-svc for classes, epsilon-svr for numbers; one-class "
		  "has "
		  "no target and finds outliers" },
	{ .name = "kernel",
	  .alias = "kernel-type",
	  WORD(kernel, kernels),
	  .def = "rbf",
	  .arg = "NAME",
	  .help = "what two rows have in common" },
	{ .name = "C",
	  .letter = 'C',
	  .alias = "cost",
	  REAL(c),
	  .def = "1",
	  .lo = 1e-12,
	  .hi = 1e12,
	  .tune = { ML_LOG, 1e-2, 1e3 },
	  .when = "type=auto|c-svc|epsilon-svr|nu-svr",
	  .arg = "X",
	  .help = "weight of the loss against the margin; smaller is simpler" },
	{ .name = "gamma",
	  .type = ML_PICK_REAL,
	  .offset = ML_FIELD(struct ml_svm_opts, gamma, struct ml_pick_real),
	  .picks = gammas,
	  .def = "scale",
	  .lo = 1e-300,
	  .hi = 1e300,
	  .tune = { ML_LOG, 1e-4, 10 },
	  .when = "kernel=rbf|poly|sigmoid",
	  .arg = "X",
	  .help = "how quickly likeness falls with distance; scale: 1 / (features * the "
		  "variance "
		  "of all cells), auto: 1 / features" },
	{ .name = "degree",
	  WHOLE(degree),
	  .def = "3",
	  .lo = 1,
	  .hi = 100,
	  .tune = { ML_LINEAR, 2, 5 },
	  .when = "kernel=poly",
	  .arg = "N",
	  .help = "the power" },
	{ .name = "coef0",
	  REAL(coef0),
	  .def = "0",
	  .lo = -1e12,
	  .hi = 1e12,
	  .when = "kernel=poly|sigmoid",
	  .arg = "X",
	  .help = "what is added to gamma times the product of two rows" },
	{ .name = "epsilon",
	  REAL(epsilon),
	  .def = "0.1",
	  .lo = 0,
	  .hi = 1e300,
	  .tune = { ML_LOG, 1e-3, 1 },
	  .when = "type=auto|epsilon-svr",
	  .arg = "X",
	  .help = "errors up to X cost nothing, in units of the target" },
	{ .name = "nu",
	  REAL(nu),
	  .def = "0.5",
	  .lo = 1e-9,
	  .hi = 1,
	  .tune = { ML_LINEAR, 0.05, 0.8 },
	  .when = "type=nu-svc|nu-svr|one-class",
	  .arg = "X",
	  .help = "share of the rows that may be errors, and that are support vectors at "
		  "least" },
	{ .name = "probability",
	  SWITCH(probability),
	  .def = "no",
	  .help = "fit probabilities of classes to decisions about rows held out in five "
		  "folds" },
	{ .name = "shrinking",
	  SWITCH(shrinking),
	  .def = "yes",
	  .help = "keep all rows at work, also those that seem to be done with" },
	{ .name = "tol",
	  REAL(tol),
	  .def = "1e-6",
	  .lo = 1e-14,
	  .hi = 1,
	  .arg = "X",
	  .help = "stop when the conditions of the optimum hold within X" },
	{ .name = "max-iter",
	  WHOLE(max_iter),
	  .def = "10000000",
	  .lo = 1,
	  .hi = 1e15,
	  .arg = "N",
	  .help = "give up after N steps of a machine" },
	{ .name = "cache-mb",
	  .alias = "cache-size",
	  WHOLE(cache_mb),
	  .def = "500",
	  .lo = 1,
	  .hi = 1e7,
	  .neutral = true,
	  .arg = "N",
	  .help = "keep kernel rows in up to N MiB" },
	ML_OPT_END
};

enum ml_task ml_svm_task_of(const struct ml_svm_opts *o)
{
	static const enum ml_task tasks[] = {
		[ML_SVM_AUTO] = 0,
		[ML_SVM_C_SVC] = ML_CLASSIFY,
		[ML_SVM_NU_SVC] = ML_CLASSIFY,
		[ML_SVM_EPSILON_SVR] = ML_REGRESS,
		[ML_SVM_NU_SVR] = ML_REGRESS,
		[ML_SVM_ONE_CLASS] = ML_DETECT,
	};

	return tasks[o->type];
}
