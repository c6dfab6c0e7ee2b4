/* svm_machines.h - support vector machines as they are kept and asked: one, or one for each
 * pair of classes, over one pool of support vectors.
 *
 *     decision m of a row x = sum over vectors v of coef_mv k(x_v, x - centre) - rho_m */
#ifndef ML_MODELS_SVM_MACHINES_H
#define ML_MODELS_SVM_MACHINES_H

#include "data/fields.h"
#include "models/svm_space.h"

struct ml_svm_machines {
	enum ml_svm_kernel kernel;
	double gamma, coef0;
	size_t degree;
	size_t count, p, vectors; /* machines, columns, vectors */
	double *centre;           /* p: taken from rows first (rbf), or zeros */
	double *v, *norm;         /* vectors x p, with the centre taken off; their squares */
	int32_t *start;           /* vectors + 1: where entries of a vector begin */
	int32_t *machine;         /* entries: whose, */
	double *coef;             /* and how much of it */
	double *rho, *objective;  /* count */
};

enum { ML_SVM_BATCH = ML_SVM_PIECE }; /* rows asked at once */

/* Room for so many vectors and entries; kernel, gamma, coef0, degree, count, p are set. */
int ml_svm_machines_init(struct ml_svm_machines *m, size_t vectors, size_t entries,
			 struct ml_error *err) ML_CHECK;
void ml_svm_machines_release(struct ml_svm_machines *m);

/* What asking needs; one a thread. */
struct ml_svm_asking {
	struct ml_svm_space space; /* the rows of a batch */
	double *row;               /* p */
	size_t stride;             /* >= rows of a batch */
	double *decision;          /* count x stride */
};
/* For batches of at most `rows` rows, and no more than BATCH. */
int ml_svm_asking_init(struct ml_svm_asking *a, const struct ml_svm_machines *m, size_t rows,
		       struct ml_error *err) ML_CHECK;
void ml_svm_asking_release(struct ml_svm_asking *a);
/* Row i of the batch is x, a row of the table. */
void ml_svm_asking_put(const struct ml_svm_machines *m, struct ml_svm_asking *a, size_t i,
		       const double *x);
/* a->decision[k * stride + i] of machine k, for the first n rows of the batch. */
void ml_svm_decide(const struct ml_svm_machines *m, struct ml_svm_asking *a, size_t n);

void ml_svm_machines_save(const struct ml_svm_machines *m, struct ml_fields *out);
int ml_svm_machines_load(struct ml_svm_machines *m, size_t most, const struct ml_fields *in,
			 struct ml_error *err) ML_CHECK;

#endif
