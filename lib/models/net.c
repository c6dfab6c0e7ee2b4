/* net.c - layers one behind another, forward. */
#include "models/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/slab.h"

/* Numbers of a row that are multiplied before the next slab: with the weights they meet they
 * fit into the first cache. */
enum { PIECE = 128 };
_Static_assert(sizeof(double) * PIECE * (ML_SLAB + ML_NET_ROWS) <= 32768,
	       "weights and rows of a piece fit into 32 KiB");

static int place_layers(struct ml_net *net, struct ml_error *err)
{
	for (size_t l = 0; l < net->n; l++) {
		struct ml_net_layer *y = &net->layer[l];

		if (y->in > ML_NET_UNITS || y->out > ML_NET_UNITS ||
		    net->params > ML_NET_WEIGHTS_MAX ||
		    y->in * y->wide > ML_NET_WEIGHTS_MAX - net->params)
			return ml_fail(err, ML_EDATA, "E-LIMIT",
				       "layer %zu: %zu x %zu weights are too many", l + 1,
				       y->in, y->out);
		y->weights = net->params;
		y->bias = y->weights + y->in * y->wide;
		y->gamma = y->bias + y->wide;
		net->params = y->gamma + (y->norm ? y->wide : 0);
		y->mean = net->stats;
		y->var = y->mean + y->wide;
		net->stats += y->norm ? 2 * y->wide : 0;
		if (y->wide > net->widest)
			net->widest = y->wide;
	}
	return ML_OK;
}

int ml_net_init(struct ml_net *net, size_t in, const size_t *out,
		const struct ml_squash *const *squash, const bool *norm, size_t n,
		struct ml_error *err)
{
	*net = (struct ml_net){ .n = n };
	if (!(net->layer = ml_alloc(n, sizeof *net->layer, err)))
		return err->code;
	for (size_t l = 0; l < n; l++)
		net->layer[l] = (struct ml_net_layer){ .in = l ? out[l - 1] : in,
						       .out = out[l],
						       .wide = ml_slab_width(out[l]),
						       .squash = squash[l],
						       .norm = norm && norm[l] };
	if (place_layers(net, err) ||
	    !(net->param = ml_alloc(net->params, sizeof *net->param, err)) ||
	    !(net->stat = ml_alloc(net->stats, sizeof *net->stat, err)))
		return err->code;
	for (size_t l = 0; l < n; l++) {
		const struct ml_net_layer *y = &net->layer[l];

		for (size_t j = 0; y->norm && j < y->out; j++)
			net->param[y->gamma + j] = net->stat[y->var + j] = 1;
	}
	return ML_OK;
}

void ml_net_release(struct ml_net *net)
{
	free(net->stat);
	free(net->param);
	free(net->layer);
	*net = (struct ml_net){ 0 };
}

size_t ml_net_outputs(const struct ml_net *net)
{
	return net->layer[net->n - 1].out;
}

/* Where weight (i, j) of a layer stands in param. */
static size_t place(const struct ml_net_layer *y, size_t i, size_t j)
{
	return y->weights + (j / ML_SLAB * y->in + i) * ML_SLAB + j % ML_SLAB;
}

double *ml_net_weight(const struct ml_net *net, size_t l, size_t i, size_t j)
{
	return net->param + place(&net->layer[l], i, j);
}

/* ---- rows ---- */

void ml_net_product(const struct ml_net *net, size_t l, const double *a, size_t lda,
		    size_t rows, double *z, size_t ldz)
{
	const struct ml_net_layer *y = &net->layer[l];
	const double *w = net->param + y->weights;

	for (size_t k = 0; k < y->in; k += PIECE) {
		size_t n = y->in - k < PIECE ? y->in - k : PIECE;

		for (size_t j = 0; j < y->wide; j += ML_SLAB)
			ml_slab_add(z + j, ldz, rows, n, a + k, 1, lda,
				    w + j * y->in + k * ML_SLAB, ML_SLAB);
	}
}

/* z becomes what is told of it by the statistics over many minibatches. */
static void normalise(const struct ml_net *net, const struct ml_net_layer *y, double *z)
{
	const double *mean = net->stat + y->mean, *var = net->stat + y->var;
	const double *b = net->param + y->bias, *gamma = net->param + y->gamma;

	for (size_t j = 0; j < y->out; j++)
		z[j] = gamma[j] * ((z[j] - mean[j]) / sqrt(var[j] + ML_NET_EPS)) + b[j];
}

size_t ml_net_room(const struct ml_net *net)
{
	return 2 * ML_NET_ROWS * net->widest;
}

void ml_net_some(const struct ml_net *net, const struct ml_mat *x, struct ml_mat *out,
		 double *room)
{
	const double *a = x->v;
	size_t lda = x->ld, rows = x->rows;
	double *z = room, *next = room + ML_NET_ROWS * net->widest, *spare;

	for (size_t l = 0; l < net->n; l++) {
		const struct ml_net_layer *y = &net->layer[l];

		for (size_t i = 0; i < rows; i++)
			if (y->norm)
				memset(z + i * y->wide, 0, y->wide * sizeof *z);
			else
				memcpy(z + i * y->wide, net->param + y->bias,
				       y->wide * sizeof *z);
		ml_net_product(net, l, a, lda, rows, z, y->wide);
		for (size_t i = 0; i < rows; i++) {
			double *zi = z + i * y->wide;

			if (y->norm)
				normalise(net, y, zi);
			y->squash->apply(zi, y->out, zi, NULL);
		}
		a = z;
		lda = y->wide;
		spare = z;
		z = next;
		next = spare;
	}
	for (size_t i = 0; i < rows; i++)
		memcpy(out->v + i * out->ld, a + i * lda, ml_net_outputs(net) * sizeof *a);
}

int ml_net_scores(const struct ml_net *net, const struct ml_mat *x, struct ml_mat *out,
		  struct ml_error *err)
{
	double *room = ml_alloc(ml_net_room(net), sizeof *room, err);

	if (!room)
		return err->code;
	for (size_t i = 0; i < x->rows; i += ML_NET_ROWS) {
		size_t n = x->rows - i < ML_NET_ROWS ? x->rows - i : ML_NET_ROWS;
		struct ml_mat some = { x->v + i * x->ld, n, x->cols, x->ld };
		struct ml_mat to = { out->v + i * out->ld, n, out->cols, out->ld };

		ml_net_some(net, &some, &to, room);
	}
	free(room);
	return ML_OK;
}

/* ---- plain vectors ---- */

size_t ml_net_plain_params(const struct ml_net *net)
{
	size_t n = 0;

	for (size_t l = 0; l < net->n; l++) {
		const struct ml_net_layer *y = &net->layer[l];

		n += (y->in + 1 + y->norm) * y->out;
	}
	return n;
}

size_t ml_net_plain_stats(const struct ml_net *net)
{
	size_t n = 0;

	for (size_t l = 0; l < net->n; l++)
		n += net->layer[l].norm ? 2 * net->layer[l].out : 0;
	return n;
}

void ml_net_to_plain(const struct ml_net *net, const double *param, double *plain)
{
	for (size_t l = 0; l < net->n; l++) {
		const struct ml_net_layer *y = &net->layer[l];

		for (size_t i = 0; i < y->in; i++)
			for (size_t j = 0; j < y->out; j++)
				*plain++ = param[place(y, i, j)];
		for (size_t j = 0; j < y->out; j++)
			*plain++ = param[y->bias + j];
		for (size_t j = 0; y->norm && j < y->out; j++)
			*plain++ = param[y->gamma + j];
	}
}

void ml_net_from_plain(const struct ml_net *net, const double *plain, double *param)
{
	for (size_t l = 0; l < net->n; l++) {
		const struct ml_net_layer *y = &net->layer[l];

		for (size_t i = 0; i < y->in; i++)
			for (size_t j = 0; j < y->out; j++)
				param[place(y, i, j)] = *plain++;
		for (size_t j = 0; j < y->out; j++)
			param[y->bias + j] = *plain++;
		for (size_t j = 0; y->norm && j < y->out; j++)
			param[y->gamma + j] = *plain++;
	}
}

void ml_net_stats_to_plain(const struct ml_net *net, const double *stat, double *plain)
{
	for (size_t l = 0; l < net->n; l++) {
		const struct ml_net_layer *y = &net->layer[l];

		for (size_t j = 0; y->norm && j < 2 * y->out; j++)
			*plain++ = stat[j < y->out ? y->mean + j : y->var + j - y->out];
	}
}

void ml_net_stats_from_plain(const struct ml_net *net, const double *plain, double *stat)
{
	for (size_t l = 0; l < net->n; l++) {
		const struct ml_net_layer *y = &net->layer[l];

		for (size_t j = 0; y->norm && j < 2 * y->out; j++)
			stat[j < y->out ? y->mean + j : y->var + j - y->out] = *plain++;
	}
}
