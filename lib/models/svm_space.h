/* svm_space.h - rows in the space of a kernel: packed for products, with what a kernel needs of
 * each beside its products with others.
 *
 *     linear   u.v
 *     poly     (gamma u.v + coef0)^degree
 *     rbf      exp(-gamma |u - v|^2), |u - v|^2 = u.u + v.v - 2 u.v, never below 0
 *     sigmoid  tanh(gamma u.v + coef0)
 *
 * k(u, v) has the bits of k(v, u), and they do not depend on what else is asked for. */
#ifndef ML_MODELS_SVM_SPACE_H
#define ML_MODELS_SVM_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum ml_svm_kernel { ML_SVM_LINEAR, ML_SVM_POLY, ML_SVM_RBF, ML_SVM_SIGMOID };

/* Values are asked for by pieces of so many rows, for so many rows at once. */
enum { ML_SVM_PIECE = 256, ML_SVM_FEW = 4 };

struct ml_svm_space {
	enum ml_svm_kernel kernel;
	double gamma, coef0;
	int64_t degree;
	size_t n, p;    /* rows, columns */
	double *panels; /* la/panel.h */
	double *norm;   /* u.u, of whole panels */
};

/* kernel, gamma, coef0, degree are set by the caller; rows are zeros. */
int ml_svm_space_init(struct ml_svm_space *s, size_t n, size_t p,
		      struct ml_error *err) ML_CHECK;
void ml_svm_space_release(struct ml_svm_space *s);
void ml_svm_space_put(struct ml_svm_space *s, size_t k, const double *row);
void ml_svm_space_get(const struct ml_svm_space *s, size_t k, double *row);

/* out[i * ML_SVM_PIECE + k] = kernel of row i of a (n <= ML_SVM_FEW rows of p numbers, whose
 * u.u are in norm, by ml_panel_square()) with row from + k, for k < count <= ML_SVM_PIECE; from
 * is a multiple of ML_PANEL; out has room for whole panels. */
void ml_svm_space_values(const struct ml_svm_space *s, const double *a, const double *norm,
			 size_t n, size_t from, size_t count, double *out);
/* k(u, u), from u.u. */
double ml_svm_space_own(const struct ml_svm_space *s, double norm);

#endif
