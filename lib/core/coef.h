/* coef.h - coefficients of an estimator in the units of the columns before scaling. */
#ifndef ML_CORE_COEF_H
#define ML_CORE_COEF_H

#include "core/pipeline.h"
#include "la/mat.h"

struct ml_coefs {
	size_t rows, p;  /* rows: 1, or one a class */
	struct ml_mat v; /* rows x (p + 1): coefficients, then the intercept; owned */
	const char *
		*label; /* rows class names, "" for regression; array owned, names borrowed */
	struct ml_mat stats; /* (p + 1) x count; v NULL: none; owned */
	const char *const *stat_names;
	bool folded; /* a scaling step was folded back */
};

/* Takes the estimator's coefficients and goes back through the steps before it: where they
 * change a feature by (x - center) * factor in place, the coefficient is multiplied and the
 * intercept moved, so that the numbers belong to the column as it was before.  Standard errors
 * follow; that of an intercept that moved is not known (NaN), nor are its t and p.  ML_EUSAGE
 * when the estimator has no coefficients. */
int ml_coefs_init(struct ml_coefs *c, const struct ml_pipeline *p,
		  struct ml_error *err) ML_CHECK;
void ml_coefs_release(struct ml_coefs *c);

#endif
