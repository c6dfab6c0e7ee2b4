/* covar.c - values and derivatives of kernel expressions.
 *
 * Points are taken CHUNK at a time; each node has a lane of CHUNK values and, for distances,
 * one of CHUNK sums.  Derivatives go backward through the nodes: what an operand is worth to
 * the whole is what its sum is worth, or its product times the other factor. */
#include "models/covar.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { CHUNK = 256 };

void ml_cov_release(struct ml_cov *c)
{
	free(c->param);
	*c = (struct ml_cov){ 0 };
}

int ml_cov_copy(struct ml_cov *to, const struct ml_cov *from, struct ml_error *err)
{
	*to = *from;
	to->cap = to->params;
	if (!(to->param = ml_alloc(to->params, sizeof *to->param, err)))
		return err->code;
	memcpy(to->param, from->param, to->params * sizeof *to->param);
	return ML_OK;
}

/* Values, sums and worths of all nodes, and one lane to work with. */
int ml_cov_work_init(struct ml_cov_work *w, const struct ml_cov *c, struct ml_error *err)
{
	w->v = ml_alloc((3 * c->nodes + 1) * CHUNK, sizeof *w->v, err);
	return w->v ? ML_OK : err->code;
}

void ml_cov_work_release(struct ml_cov_work *w)
{
	free(w->v);
	w->v = NULL;
}

static double *lane(const struct ml_cov_work *w, size_t i)
{
	return w->v + i * CHUNK;
}

static struct ml_cov_leaf leaf_of(const struct ml_cov *c, size_t i, const double *x,
				  const struct ml_cov_points *z, size_t from, size_t m)
{
	const struct ml_cov_node *node = &c->node[i];

	return (struct ml_cov_leaf){ .param = c->param + node->param,
				     .each = node->each,
				     .columns = c->columns,
				     .m = m,
				     .x = x,
				     .z = z->v + from,
				     .ld = z->ld };
}

/* Values of all nodes at m <= CHUNK points; those of the last are the kernel's. */
static void forward(const struct ml_cov *c, const double *x, const struct ml_cov_points *z,
		    size_t from, size_t m, const struct ml_cov_work *w)
{
	for (size_t i = 0; i < c->nodes; i++) {
		const struct ml_cov_node *node = &c->node[i];
		double *k = lane(w, i);

		if (node->kind < ML_COV_KINDS) {
			struct ml_cov_leaf leaf = leaf_of(c, i, x, z, from, m);
			ml_cov_leaf_values(node->kind, &leaf, k, lane(w, c->nodes + i));
			continue;
		}
		const double *left = lane(w, node->left), *right = lane(w, i - 1);
		for (size_t b = 0; node->kind == ML_COV_SUM && b < m; b++)
			k[b] = left[b] + right[b];
		for (size_t b = 0; node->kind == ML_COV_PRODUCT && b < m; b++)
			k[b] = left[b] * right[b];
	}
}

static void backward(const struct ml_cov *c, const double *x, const struct ml_cov_points *z,
		     size_t from, size_t m, const double *weight, double *grad,
		     const struct ml_cov_work *w)
{
	size_t n = c->nodes;

	memcpy(lane(w, 3 * n - 1), weight, m * sizeof *weight);
	for (size_t i = n; i-- > 0;) {
		const struct ml_cov_node *node = &c->node[i];
		double *adj = lane(w, 2 * n + i);

		if (node->kind < ML_COV_KINDS) {
			struct ml_cov_leaf leaf = leaf_of(c, i, x, z, from, m);
			ml_cov_leaf_slope(node->kind, &leaf, lane(w, i), lane(w, n + i), adj,
					  lane(w, 3 * n), grad + node->param);
			continue;
		}
		const double *left = lane(w, node->left), *right = lane(w, i - 1);
		double *to_left = lane(w, 2 * n + node->left);
		double *to_right = lane(w, 2 * n + i - 1);
		bool product = node->kind == ML_COV_PRODUCT;
		for (size_t b = 0; b < m; b++) {
			to_left[b] = product ? adj[b] * right[b] : adj[b];
			to_right[b] = product ? adj[b] * left[b] : adj[b];
		}
	}
}

void ml_cov_row(const struct ml_cov *c, const double *x, const struct ml_cov_points *z,
		size_t from, size_t to, double *k, struct ml_cov_work *w)
{
	for (size_t b = from; b < to; b += CHUNK) {
		size_t m = to - b < CHUNK ? to - b : CHUNK;

		forward(c, x, z, b, m, w);
		memcpy(k + b, lane(w, c->nodes - 1), m * sizeof *k);
	}
}

void ml_cov_row_slope(const struct ml_cov *c, const double *x, const struct ml_cov_points *z,
		      size_t from, size_t to, const double *weight, double *grad,
		      struct ml_cov_work *w)
{
	for (size_t b = from; b < to; b += CHUNK) {
		size_t m = to - b < CHUNK ? to - b : CHUNK;

		forward(c, x, z, b, m, w);
		backward(c, x, z, b, m, weight + (b - from), grad, w);
	}
}

/* ---- a row with itself ---- */

/* What is due to white is noise: (s + n)(t + m) = st + (sm + nt + nm). */
struct pair {
	double self, noise;
};

static double linear_self(const struct ml_cov *c, const struct ml_cov_node *node,
			  const double *x)
{
	double sum = 0;

	for (size_t j = 0; j < c->columns; j++)
		sum += c->param[node->param + (node->each > 1 ? j : 0)].value * x[j] * x[j];
	return sum;
}

/* Kernels of a distance, which is 0 here, are 1. */
static struct pair leaf_self(const struct ml_cov *c, const struct ml_cov_node *node,
			     const double *x)
{
	double value = c->param[node->param].value;

	if (node->kind == ML_COV_WHITE)
		return (struct pair){ 0, value };
	return (struct pair){ node->kind == ML_COV_CONST    ? value
			      : node->kind == ML_COV_LINEAR ? linear_self(c, node, x)
							    : 1,
			      0 };
}

static void all_selves(const struct ml_cov *c, const double *x, struct pair v[ML_COV_NODES])
{
	for (size_t i = 0; i < c->nodes; i++) {
		const struct ml_cov_node *node = &c->node[i];
		const struct pair *a, *b;

		if (node->kind < ML_COV_KINDS) {
			v[i] = leaf_self(c, node, x);
			continue;
		}
		a = &v[node->left];
		b = &v[i - 1];
		v[i] = node->kind == ML_COV_SUM
			       ? (struct pair){ a->self + b->self, a->noise + b->noise }
			       : (struct pair){ a->self * b->self,
						a->self * b->noise + a->noise * b->self +
							a->noise * b->noise };
	}
}

void ml_cov_self(const struct ml_cov *c, const double *x, double *self, double *noise)
{
	struct pair v[ML_COV_NODES];

	all_selves(c, x, v);
	*self = v[c->nodes - 1].self;
	*noise = v[c->nodes - 1].noise;
}

/* What a leaf's own parameters change. */
static void leaf_self_slope(const struct ml_cov *c, const struct ml_cov_node *node,
			    const double *x, struct pair by, double *grad)
{
	double value = c->param[node->param].value;

	if (node->kind == ML_COV_CONST)
		grad[node->param] += by.self * value;
	else if (node->kind == ML_COV_WHITE)
		grad[node->param] += by.noise * value;
	else if (node->kind == ML_COV_LINEAR && node->each == 1)
		grad[node->param] += by.self * linear_self(c, node, x);
	else if (node->kind == ML_COV_LINEAR)
		for (size_t j = 0; j < c->columns; j++)
			grad[node->param + j] +=
				by.self * c->param[node->param + j].value * x[j] * x[j];
}

/* What a factor is worth whose other factor is `other`. */
static struct pair times(struct pair by, struct pair other)
{
	return (struct pair){ by.self * other.self + by.noise * other.noise,
			      by.noise * (other.self + other.noise) };
}

void ml_cov_self_slope(const struct ml_cov *c, const double *x, double by_self, double by_noise,
		       double *grad)
{
	struct pair v[ML_COV_NODES], by[ML_COV_NODES];

	all_selves(c, x, v);
	by[c->nodes - 1] = (struct pair){ by_self, by_noise };
	for (size_t i = c->nodes; i-- > 0;) {
		const struct ml_cov_node *node = &c->node[i];
		bool product = node->kind == ML_COV_PRODUCT;

		if (node->kind < ML_COV_KINDS) {
			leaf_self_slope(c, node, x, by[i], grad);
			continue;
		}
		by[node->left] = product ? times(by[i], v[i - 1]) : by[i];
		by[i - 1] = product ? times(by[i], v[node->left]) : by[i];
	}
}
