/* refine.h - residuals of a linear model and their gradient, in double-double.
 *
 * The design A has m columns: first, with an intercept, a column of ones, then column
 * feature[k] of x times scale[k] (a power of two).  For b, m numbers in double-double,
 *
 *     g = A' W (y - A b),   rss = (y - A b)' W (y - A b)
 *
 * are correct to about 30 digits of the largest terms.  Cost: about 50 operations for each
 * cell. */
#ifndef ML_LA_REFINE_H
#define ML_LA_REFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "la/dd.h"
#include "la/mat.h"

struct ml_design {
	const struct ml_mat *x;
	const double *const *col; /* in place of x->v: element (i, j) of x is col[j][i] */
	const double *y, *w;      /* n; w NULL: all 1 */
	bool intercept;
	size_t m;
	const size_t *feature; /* m; not read for the intercept */
	const double *scale;   /* m */
};

/* Rows [from, to) of A, ld >= m numbers a row. */
void ml_design_rows(const struct ml_design *d, size_t from, size_t to, double *out, size_t ld);
int ml_refine_gradient(const struct ml_design *d, const struct ml_dd *b, struct ml_dd *g,
		       double *rss, int threads, struct ml_error *err) ML_CHECK;

#endif
