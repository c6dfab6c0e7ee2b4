/* net.h - a network of dense layers, and what it says of rows.
 *
 * Layer l makes of a row a of `in` numbers
 *
 *     z = a W + b,  a' = f(z)
 *
 * or, normalised (Ioffe and Szegedy 2015), with z = a W,
 *
 *     a' = f(gamma (z - mean) / sqrt(var + eps) + b),
 *
 * mean and var of z over a minibatch while it learns, over many of them when it predicts.  The
 * last layer has f(z) = z and is not normalised.
 *
 * All that is learned stands in one vector, so that an optimiser need not know of layers: for
 * each layer W in slabs (la/slab.h), then b and gamma, each filled up to a whole slab.  What
 * fills up is 0 and stays so. */
#ifndef ML_MODELS_NET_H
#define ML_MODELS_NET_H

#include <stdbool.h>

#include "base/error.h"
#include "la/mat.h"
#include "models/squash.h"

enum {
	ML_NET_LAYERS = 64,          /* at most */
	ML_NET_UNITS = 1 << 20,      /* of a layer, at most */
	ML_NET_ROWS = 16,            /* that are taken through the layers at a time */
	ML_NET_WEIGHTS_MAX = 1 << 28 /* in all */
};
#define ML_NET_EPS 1e-5 /* added to a variance */

struct ml_net_layer {
	size_t in, out, wide; /* wide: out in whole slabs */
	const struct ml_squash *squash;
	bool norm;
	size_t weights, bias, gamma; /* where they begin in param */
	size_t mean, var;            /* in stat; of a normalised layer */
};

struct ml_net {
	struct ml_net_layer *layer; /* n; owned, as are the vectors */
	size_t n;
	double *param, *stat;
	size_t params, stats;
	size_t widest; /* of the layers, in whole slabs */
};

/* Layers in -> out[0] -> ... -> out[n - 1], weights all 0, gammas and variances 1; norm NULL:
 * none is normalised.  E-LIMIT when that is too large. */
int ml_net_init(struct ml_net *net, size_t in, const size_t *out,
		const struct ml_squash *const *squash, const bool *norm, size_t n,
		struct ml_error *err) ML_CHECK;
void ml_net_release(struct ml_net *net); /* a zeroed struct is releasable */
size_t ml_net_outputs(const struct ml_net *net);
double *ml_net_weight(const struct ml_net *net, size_t l, size_t i, size_t j); /* W(i, j) */

/* out (x->rows x outputs): the scores.  A row's bits are the same alone and in any batch. */
int ml_net_scores(const struct ml_net *net, const struct ml_mat *x, struct ml_mat *out,
		  struct ml_error *err) ML_CHECK;
/* The same of at most ML_NET_ROWS rows, in room of ml_net_room() numbers, which are zeroed
 * before its first use. */
size_t ml_net_room(const struct ml_net *net);
void ml_net_some(const struct ml_net *net, const struct ml_mat *x, struct ml_mat *out,
		 double *room);
/* z (rows x wide, ld numbers a row) += a W of layer l; by ML_NET_ROWS rows it is fastest. */
void ml_net_product(const struct ml_net *net, size_t l, const double *a, size_t lda,
		    size_t rows, double *z, size_t ldz);

/* The vectors in the order of the formulas, without what fills up: of each layer W (in x out,
 * row-major), b, and gamma where normalised; and of each normalised layer mean, var. */
size_t ml_net_plain_params(const struct ml_net *net);
size_t ml_net_plain_stats(const struct ml_net *net);
void ml_net_to_plain(const struct ml_net *net, const double *param, double *plain);
void ml_net_from_plain(const struct ml_net *net, const double *plain, double *param);
void ml_net_stats_to_plain(const struct ml_net *net, const double *stat, double *plain);
void ml_net_stats_from_plain(const struct ml_net *net, const double *plain, double *stat);

#endif
