/* scatter.h - mean and covariance of some rows, and how far others are from them. */
#ifndef ML_MODELS_SCATTER_H
#define ML_MODELS_SCATTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "la/mat.h"
#include "models/nearshare.h"

struct ml_scatter {
	double *mean;   /* p, owned */
	double *factor; /* p x p, owned: lower triangle L with L L' the covariance */
	double logdet;  /* of the covariance */
	double weight;  /* of the rows it is made of */
};

/* Rows that are centred at once. */
enum { ML_SCATTER_PIECE = 64 };
/* Numbers of workspace for p columns. */
#define ML_SCATTER_ROOM(p) ((ML_SCATTER_PIECE + 1) * (p))

/* Memory for p columns. */
int ml_scatter_init(struct ml_scatter *m, size_t p, struct ml_error *err) ML_CHECK;
void ml_scatter_release(struct ml_scatter *m);
void ml_scatter_copy(struct ml_scatter *to, const struct ml_scatter *from, size_t p);
/* Of the rows rank[0..n).row of x (rank NULL: rows 0..n-1) with weights w[0..n), w[i] that of
 * rank[i] (NULL: 1 each); the divisor is the weight less `less`.  False: singular. */
bool ml_scatter_moments(struct ml_scatter *m, const struct ml_mat *x,
			const struct ml_ranked *rank, const double *w, size_t n, double less,
			double *room);
/* Squared Mahalanobis distance of a row; room: p numbers. */
double ml_scatter_distance(const double *mean, const double *factor, size_t p, const double *x,
			   double *room);

#endif
