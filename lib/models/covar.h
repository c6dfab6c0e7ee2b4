/* covar.h - covariance functions of Gaussian processes: kernels, their sums and products.
 *
 *     kernel = term { "+" term }             term = factor { "*" factor }
 *     factor = NUMBER | NAME [ "(" argument { "," argument } ")" ] | "(" kernel ")"
 *     argument = "ard" | [ NAME "=" ] value  (without a name: the first parameter)
 *     value  = START [ "fixed" | "in" LO ":" HI ] | LO ":" HI,  START = NUMBER | "[" NUMBER...
 * "]"
 *
 * With u_j = (x_j - z_j)^2 / length_j^2, s the sum of u_j, and for `periodic` u_j =
 * sin^2(pi (x_j - z_j) / period) / length_j^2, kernels of x and z are
 *     const      value                       linear    sum_j variance_j x_j z_j
 *     rbf        exp(-s / 2)                 rq        (1 + s / (2 alpha))^-alpha
 *     matern12   exp(-r), r = sqrt(s)        matern32  (1 + r) exp(-r), r = sqrt(3 s)
 *     matern52   (1 + r + r^2 / 3) exp(-r), r = sqrt(5 s)
 *     periodic   exp(-2 s)                   white     noise where x and z are one row, else 0
 * A parameter is one number, or with `ard` the first one is a number a column.  All are > 0.
 * `linear` and `const` have no unit: a constant before `linear` only repeats its variance.
 *
 * So that noise can be weighed, what is due to `white` is told apart: the covariance of a row
 * with itself is `self` + `noise`.
 * Derivatives are by the logarithms of the parameters.
 * Source: Rasmussen, Williams (2006) "Gaussian Processes for Machine Learning", ch. 4; the
 * periodic one is a product over columns (MacKay 1998), since it is no covariance of the
 * distance in more than one dimension. */
#ifndef ML_MODELS_COVAR_H
#define ML_MODELS_COVAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

enum { ML_COV_NODES = 64, ML_COV_DEEPEST = 32 };

/* Indices of the table in covar_kinds.c. */
enum ml_cov_kind {
	ML_COV_CONST,
	ML_COV_LINEAR,
	ML_COV_MATERN12,
	ML_COV_MATERN32,
	ML_COV_MATERN52,
	ML_COV_PERIODIC,
	ML_COV_RBF,
	ML_COV_RQ,
	ML_COV_WHITE,
	ML_COV_KINDS,
	ML_COV_SUM = ML_COV_KINDS,
	ML_COV_PRODUCT,
};

struct ml_cov_param {
	double value, lo, hi; /* 0 < lo <= value <= hi */
	bool fixed;
};

/* In postfix order: the right operand of a sum or product is the node before it. */
struct ml_cov_node {
	enum ml_cov_kind kind;
	size_t left;  /* of a sum or product */
	size_t param; /* index of the first parameter */
	size_t each;  /* how many the first one is: 1, or with ard a number a column */
	bool number;  /* written as a bare number */
};

struct ml_cov {
	struct ml_cov_node node[ML_COV_NODES];
	size_t nodes, columns;
	struct ml_cov_param *param; /* owned */
	size_t params, cap;
};

/* Reads a kernel of `columns` columns; ard: as if it were written everywhere.  E-USAGE names
 * the character.  ml_cov_release() frees, also after a failure. */
int ml_cov_read(struct ml_cov *c, const char *text, size_t columns, bool ard,
		struct ml_error *err) ML_CHECK;
/* Appends the kernel with the values it has, as ml_cov_read() takes it. */
void ml_cov_write(const struct ml_cov *c, struct ml_buf *out);
int ml_cov_copy(struct ml_cov *to, const struct ml_cov *from, struct ml_error *err) ML_CHECK;
void ml_cov_release(struct ml_cov *c);

/* ---- values: one thread a workspace ---- */

struct ml_cov_work {
	double *v; /* owned */
};
int ml_cov_work_init(struct ml_cov_work *w, const struct ml_cov *c,
		     struct ml_error *err) ML_CHECK;
void ml_cov_work_release(struct ml_cov_work *w);

/* Points as columns: coordinate j of point b is v[j * ld + b]. */
struct ml_cov_points {
	const double *v;
	size_t ld;
};
/* k[b] = the covariance of x and point b, b = from..to-1, none of which is x itself: each has
 * the same bits whatever the range. */
void ml_cov_row(const struct ml_cov *c, const double *x, const struct ml_cov_points *z,
		size_t from, size_t to, double *k, struct ml_cov_work *w);
/* grad += sum over b of weight[b] times the derivative of k[b]; weight points at that of
 * `from`. */
void ml_cov_row_slope(const struct ml_cov *c, const double *x, const struct ml_cov_points *z,
		      size_t from, size_t to, const double *weight, double *grad,
		      struct ml_cov_work *w);
/* Of x with itself, without white, and what white adds. */
void ml_cov_self(const struct ml_cov *c, const double *x, double *self, double *noise);
/* grad += by_self * the derivative of self + by_noise * that of noise. */
void ml_cov_self_slope(const struct ml_cov *c, const double *x, double by_self, double by_noise,
		       double *grad);

/* ---- the kinds (covar_kinds.c) ---- */

struct ml_cov_kind_info {
	const char *name;
	const char *param[2]; /* names; NULL: none */
	bool per_column;      /* the first can be one a column */
	double start[2];      /* where they begin by default; 0: the root of the columns */
};
extern const struct ml_cov_kind_info ml_cov_kinds[ML_COV_KINDS];

/* One kernel at m points: values, and what derivatives need.  s, extra: m each. */
struct ml_cov_leaf {
	const struct ml_cov_param *param;
	size_t each, columns, m;
	const double *x, *z; /* z: coordinate j of the first point is z[j * ld] */
	size_t ld;
};
void ml_cov_leaf_values(enum ml_cov_kind kind, const struct ml_cov_leaf *leaf, double *k,
			double *s);
/* grad: of this kernel's parameters; adj: by k, spoilt. k, s: as ml_cov_leaf_values() left
 * them; u: workspace of m. */
void ml_cov_leaf_slope(enum ml_cov_kind kind, const struct ml_cov_leaf *leaf, const double *k,
		       const double *s, double *adj, double *u, double *grad);

#endif
