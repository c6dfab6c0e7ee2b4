/* svm_rows.h - the rows of a table in an order of their own, each of them once.
 *
 * Rows that are alike in all features and in the target become one with their weights added,
 * which changes no optimum; the order is that of a hash of what is in them.  So neither the
 * order of the table nor weights in place of repeated rows change a result by a bit, ties are
 * broken as if at random, and rows that are alike cost nothing twice. */
#ifndef ML_MODELS_SVM_ROWS_H
#define ML_MODELS_SVM_ROWS_H

#include "models/model.h"

struct ml_svm_rows {
	size_t n, p;
	const double **x; /* n rows of the table; borrowed from it */
	double *y, *w;    /* n; y zeros without a target */
};

/* E-RANGE where weights are too large to be added; E-LIMIT beyond 2^31 rows. */
int ml_svm_rows_init(struct ml_svm_rows *r, const struct ml_problem *p,
		     struct ml_error *err) ML_CHECK;
void ml_svm_rows_release(struct ml_svm_rows *r);
/* The middle of each column (p numbers): the value that more than half of the rows have, so
 * that they are 0 when seen from it (la/panel.h leaves them out), or the weighted mean.  And
 * the mean squared distance from the mean over all cells, weighted: NaN or infinite where it is
 * beyond doubles. */
int ml_svm_rows_centre(const struct ml_svm_rows *r, double *centre, double *variance,
		       struct ml_error *err) ML_CHECK;

#endif
