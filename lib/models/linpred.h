/* linpred.h - what linear models share: a block of coefficients and the scores it gives.
 *
 * Coefficients: `rows` x (features + 1), row-major; the last column holds the intercepts (0
 * where the model has none), as ml_model.coefficients() hands them out. */
#ifndef ML_MODELS_LINPRED_H
#define ML_MODELS_LINPRED_H

#include "models/model.h"

struct ml_linpred {
	size_t rows, features;
	double *coef;
	/* Of the features in training, with row weights; NULL: not known (models of old). */
	double *mean, *deviation;
};

/* Zeroed coefficients; ml_linpred_release() frees them. */
int ml_linpred_init(struct ml_linpred *m, size_t rows, size_t features,
		    struct ml_error *err) ML_CHECK;
void ml_linpred_release(struct ml_linpred *m);

/* Notes means and deviations of the features; before the columns of p are used up. */
int ml_linpred_note(struct ml_linpred *m, const struct ml_problem *p,
		    struct ml_error *err) ML_CHECK;

/* Scores of one row: out[r] = intercept r + coefficients r . x, r = 0..rows-1.  A score beyond
 * the largest double becomes that; it is NaN only where infinities of both signs met. */
void ml_linpred_scores(const struct ml_linpred *m, const double *x, double *out);

/* Fails with ML_EDATA, E-RANGE when a coefficient is not finite: `model` names the fit. */
int ml_linpred_finite(const struct ml_linpred *m, const char *model,
		      struct ml_error *err) ML_CHECK;

/* Fields "outputs", "features", "coefficients", and when known "means", "deviations".  load:
 * 1..max_rows rows. */
void ml_linpred_save(const struct ml_linpred *m, struct ml_fields *out);
int ml_linpred_load(struct ml_linpred *m, size_t max_rows, const struct ml_fields *in,
		    struct ml_error *err) ML_CHECK;

/* Copies rows x (features + 1) numbers to out. */
void ml_linpred_copy(const struct ml_linpred *m, struct ml_mat *out);

/* The contracts' functions: |coefficient| x deviation (1 where not known), added over rows;
 * coefficient x (x - mean) (0 where not known), and as the base the score of the means. */
void ml_linpred_importances(const struct ml_linpred *m, double *gain);
int ml_linpred_contributions(const struct ml_linpred *m, const struct ml_mat *x,
			     struct ml_mat *out, struct ml_error *err) ML_CHECK;

/* The sum of the row weights, n when there are none; infinite when beyond doubles. */
double ml_total_weight(const struct ml_problem *p);

/* Scores of one row (k of them) become probabilities that sum to 1. */
void ml_softmax(double *scores, size_t k);
/* Their logarithms: exact to the last digits however near 1 or 0 a probability is; what would
 * be minus infinity is the least double. */
void ml_log_softmax(double *scores, size_t k);
/* The two probabilities of a two-class model with one score. */
void ml_sigmoid(double score, double out[2]);

#endif
