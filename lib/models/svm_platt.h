/* svm_platt.h - from decisions to probabilities. */
#ifndef ML_MODELS_SVM_PLATT_H
#define ML_MODELS_SVM_PLATT_H

#include <stdbool.h>
#include <stddef.h>

/* P(first class | decision d) = 1 / (1 + exp(slope d + shift)): the maximum likelihood for n
 * decisions, their weights and classes, with targets drawn away from 0 and 1 (Platt 2000), by
 * Newton's method with a line search (Lin, Lin, Weng 2007). */
struct ml_svm_curve {
	double slope, shift;
};
struct ml_svm_curve ml_svm_curve_fit(const double *d, const double *w, const bool *first,
				     size_t n);
/* The probability of the first class; between 1e-7 and 1 - 1e-7, as LIBSVM's. */
double ml_svm_curve_at(const struct ml_svm_curve *c, double d);

/* Probabilities of k classes from those of pairs: r[i * k + j] = P(i | i or j), r_ij + r_ji =
 * 1: minimises the sum over pairs of (r_ji p_i - r_ij p_j)^2 (Wu, Lin, Weng 2004, second
 * method). room: k * k + k numbers. */
void ml_svm_couple(const double *r, size_t k, double *p, double *room);

/* Without curves: of two classes the logistic curve of the decision; of more a softmax of the
 * pairs each class has won (votes) and of the sum of its decisions, drawn into (-1/3, 1/3) so
 * that it orders classes of equal votes only.  Of classes that have most votes the first one is
 * the most probable, as LIBSVM has it: it changes places with the one that would be.
 * decision: of pair (0, 1), (0, 2), ..., (k - 2, k - 1), `stride` apart; above 0 for the first.
 * votes: room for k. */
void ml_svm_vote(const double *decision, size_t stride, size_t k, double *p, double *votes);

#endif
