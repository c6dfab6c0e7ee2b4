/* backprop.c - rows of a minibatch, forth and back. */
#include "models/backprop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "la/slab.h"

/* The rows of a block. */
struct span {
	size_t from, n;
};

static struct span span_of(const struct ml_backprop *b, size_t block)
{
	size_t from = block * ML_NET_ROWS, n = b->n - from;

	return (struct span){ from, n < ML_NET_ROWS ? n : ML_NET_ROWS };
}

static size_t blocks_of(size_t rows)
{
	return (rows + ML_NET_ROWS - 1) / ML_NET_ROWS;
}

/* ---- forth ---- */

static void gather(struct ml_backprop *b, struct span s)
{
	const struct ml_mat *x = &b->p->x;

	for (size_t i = s.from; i < s.from + s.n; i++)
		memcpy(b->x + i * x->cols, x->v + b->rows[i] * x->ld, x->cols * sizeof *b->x);
}

static void product(struct ml_backprop *b, size_t l, struct span s)
{
	const struct ml_net_layer *y = &b->net->layer[l];
	const double *a = l ? b->layer[l - 1].a : b->x;
	size_t lda = l ? b->net->layer[l - 1].wide : y->in;
	double *z = b->layer[l].z + s.from * y->wide;

	for (size_t i = 0; i < s.n; i++)
		if (y->norm)
			memset(z + i * y->wide, 0, y->wide * sizeof *z);
		else
			memcpy(z + i * y->wide, b->net->param + y->bias, y->wide * sizeof *z);
	ml_net_product(b->net, l, a + s.from * lda, lda, s.n, z, y->wide);
}

/* Units that row i does without; the others count for them (Srivastava and others 2014). */
static void drop(const struct ml_backprop *b, size_t l, size_t i, double *a, double *slope)
{
	const struct ml_net_layer *y = &b->net->layer[l];
	uint64_t bits = 0, limit = (uint64_t)(b->dropout * 0x1p32);
	double keep = 1 / (1 - b->dropout);
	struct ml_rng r;

	ml_rng_init(&r, b->seed, "mlp-dropout", (b->step * b->room + i) * ML_NET_LAYERS + l);
	for (size_t j = 0; j < y->out; j++) {
		bits = j % 2 ? bits >> 32 : ml_rng_bits(&r);
		double factor = (bits & 0xffffffff) < limit ? 0 : keep;
		a[j] *= factor;
		slope[j] *= factor;
	}
}

/* From z of layer l to a. */
static void activate(struct ml_backprop *b, size_t l, struct span s)
{
	const struct ml_net_layer *y = &b->net->layer[l];
	const struct ml_backprop_layer *v = &b->layer[l];
	const double *bias = b->net->param + y->bias, *gamma = b->net->param + y->gamma;

	for (size_t i = s.from; i < s.from + s.n; i++) {
		const double *z = v->z + i * y->wide;
		double *a = v->a + i * y->wide, *slope = v->slope + i * y->wide;

		if (y->norm) {
			/* delta is free until the way back, and holds what f is of. */
			double *d = v->delta + i * y->wide;
			for (size_t j = 0; j < y->out; j++)
				d[j] = gamma[j] * z[j] + bias[j];
			z = d;
		}
		y->squash->apply(z, y->out, a, slope);
		if (b->dropout > 0 && l + 1 < b->net->n)
			drop(b, l, i, a, slope);
	}
}

/* ---- the loss ---- */

static double target(const struct ml_backprop *b, size_t row)
{
	return b->loss->classes ? b->p->y[row] : (b->p->y[row] - b->shift) / b->scale;
}

/* d gets the gradient by the scores. */
static void by_score(const struct ml_backprop *b, const double *score, size_t k, double y,
		     double *d)
{
	double h;

	if (k == 1) {
		b->loss->row(score, k, 0, y, &b->of_loss, d, &h);
		return;
	}
	b->loss->link(score, k, d);
	d[(size_t)y] -= 1;
}

static double score_rows(struct ml_backprop *b, struct span s)
{
	size_t l = b->net->n - 1, k = b->net->layer[l].out, wide = b->net->layer[l].wide;
	const struct ml_backprop_layer *v = &b->layer[l];
	double sum = 0;

	for (size_t i = s.from; i < s.from + s.n; i++) {
		const double *score = v->a + i * wide;
		double *d = v->delta + i * wide, y = target(b, b->rows[i]);
		double w = (b->p->w ? b->p->w[b->rows[i]] : 1) / b->mean_weight;

		sum += w * b->loss->value(score, k, y, &b->of_loss);
		by_score(b, score, k, y, d);
		for (size_t c = 0; c < k; c++)
			d[c] *= w / (double)b->n;
	}
	return sum;
}

/* ---- back ---- */

/* Layer l has its delta: that of the layer before (or, where it is normalised, what comes
 * before that). */
static void pass_back(struct ml_backprop *b, size_t l, struct span s)
{
	const struct ml_net_layer *y = &b->net->layer[l];
	size_t wide = b->net->layer[l - 1].wide, n = s.n * wide;
	double *d = b->layer[l - 1].delta + s.from * wide;
	const double *slope = b->layer[l - 1].slope + s.from * wide;

	memset(d, 0, n * sizeof *d);
	for (size_t j = 0; j < wide; j += ML_SLAB)
		ml_slab_add(d + j, wide, s.n, y->out, b->layer[l].delta + s.from * y->wide, 1,
			    y->wide, b->layer[l].turned + j * y->out, ML_SLAB);
	for (size_t i = 0; i < n; i++)
		d[i] *= slope[i];
}

static void all_back(struct ml_backprop *b, size_t l, struct span s)
{
	for (; l > 0; l--) {
		pass_back(b, l, s);
		if (b->net->layer[l - 1].norm)
			return;
	}
}

/* delta of a normalised layer, whose means are known now: by z as it was before. */
static void through_norm(struct ml_backprop *b, size_t l, struct span s)
{
	const struct ml_net_layer *y = &b->net->layer[l];
	const struct ml_backprop_layer *v = &b->layer[l];
	const double *gamma = b->net->param + y->gamma;
	const double *mean = v->sums, *along = v->sums + y->wide;

	for (size_t i = s.from; i < s.from + s.n; i++) {
		double *d = v->delta + i * y->wide;
		const double *z = v->z + i * y->wide;

		for (size_t j = 0; j < y->out; j++)
			d[j] = gamma[j] * v->inv[j] * (d[j] - mean[j] - z[j] * along[j]);
	}
}

/* ---- blocks ---- */

/* To the next normalised layer, or to the end and back. */
static int forth(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct ml_backprop *b = arg;
	struct span s = span_of(b, block);
	size_t l = b->at;

	(void)worker;
	(void)err;
	if (b->finish)
		activate(b, l++, s);
	else
		gather(b, s);
	for (; l < b->net->n; l++) {
		product(b, l, s);
		if (b->net->layer[l].norm)
			return ML_OK;
		activate(b, l, s);
	}
	b->losses[block] = score_rows(b, s);
	all_back(b, b->net->n - 1, s);
	return ML_OK;
}

static int back(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct ml_backprop *b = arg;
	struct span s = span_of(b, block);

	(void)worker;
	(void)err;
	through_norm(b, b->at, s);
	all_back(b, b->at, s);
	return ML_OK;
}

/* A slab of units of a normalised layer: mean and variance over the rows, z by them. */
static int standardise(void *arg, size_t slab, int worker, struct ml_error *err)
{
	struct ml_backprop *b = arg;
	const struct ml_net_layer *y = &b->net->layer[b->at];
	const struct ml_backprop_layer *v = &b->layer[b->at];
	double *mean = b->net->stat + y->mean, *var = b->net->stat + y->var;
	double n = (double)b->n;
	size_t from = slab * ML_SLAB, to = from + ML_SLAB < y->out ? from + ML_SLAB : y->out;

	(void)worker;
	(void)err;
	for (size_t j = from; j < to; j++) {
		double sum = 0, squares = 0;

		for (size_t i = 0; i < b->n; i++)
			sum += v->z[i * y->wide + j];
		sum /= n;
		for (size_t i = 0; i < b->n; i++) {
			double *z = &v->z[i * y->wide + j];
			*z -= sum;
			squares += *z * *z;
		}
		v->inv[j] = 1 / sqrt(squares / n + ML_NET_EPS);
		for (size_t i = 0; i < b->n; i++)
			v->z[i * y->wide + j] *= v->inv[j];
		mean[j] += b->blend * (sum - mean[j]);
		var[j] += b->blend * (squares / (b->n > 1 ? n - 1 : n) - var[j]);
	}
	return ML_OK;
}

/* The same slab on the way back: means for through_norm(), which are the gradients of b and
 * gamma as well. */
static int means(void *arg, size_t slab, int worker, struct ml_error *err)
{
	struct ml_backprop *b = arg;
	const struct ml_net_layer *y = &b->net->layer[b->at];
	const struct ml_backprop_layer *v = &b->layer[b->at];
	size_t from = slab * ML_SLAB, to = from + ML_SLAB < y->out ? from + ML_SLAB : y->out;

	(void)worker;
	(void)err;
	for (size_t j = from; j < to; j++) {
		double sum = 0, along = 0;

		for (size_t i = 0; i < b->n; i++) {
			double d = v->delta[i * y->wide + j];
			sum += d;
			along += d * v->z[i * y->wide + j];
		}
		b->grad[y->bias + j] = sum;
		b->grad[y->gamma + j] = along;
		v->sums[j] = sum / (double)b->n;
		v->sums[y->wide + j] = along / (double)b->n;
	}
	return ML_OK;
}

/* ---- a minibatch ---- */

static int all_forth(struct ml_backprop *b, struct ml_error *err)
{
	size_t blocks = blocks_of(b->n), n = b->net->n;
	int rc;

	b->finish = false;
	b->at = 0;
	while (!(rc = ml_team_do(b->team, blocks, forth, b, err))) {
		for (b->at += b->finish; b->at < n && !b->net->layer[b->at].norm;)
			b->at++;
		if (b->at == n)
			break;
		rc = ml_team_do(b->team, b->net->layer[b->at].wide / ML_SLAB, standardise, b,
				err);
		if (rc)
			break;
		b->finish = true;
	}
	return rc;
}

static int rest_back(struct ml_backprop *b, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t l = b->net->n; !rc && l-- > 0;) {
		if (!b->net->layer[l].norm)
			continue;
		b->at = l;
		rc = ml_team_do(b->team, b->net->layer[l].wide / ML_SLAB, means, b, err);
		if (!rc)
			rc = ml_team_do(b->team, blocks_of(b->n), back, b, err);
	}
	return rc;
}

/* Gradients longer than b->clip are shortened. */
static int clipped(struct ml_backprop *b, struct ml_error *err)
{
	double squares = 0;

	for (size_t i = 0; i < b->net->params; i++)
		squares += b->grad[i] * b->grad[i];
	b->shrink = sqrt(squares) > b->clip ? b->clip / sqrt(squares) : 1;
	return ml_team_do(b->team, ml_backprop_strips(b), ml_backprop_settle, b, err);
}

int ml_backprop_step(struct ml_backprop *b, const size_t *rows, size_t n, uint64_t step,
		     double *loss, struct ml_error *err)
{
	b->rows = rows;
	b->n = n;
	b->step = step;
	b->shrink = 1;
	int rc = all_forth(b, err);
	if (!rc)
		rc = rest_back(b, err);
	*loss = 0;
	for (size_t k = 0; !rc && k < blocks_of(n); k++)
		*loss += b->losses[k];
	if (!rc)
		rc = ml_team_do(b->team, ml_backprop_strips(b), ml_backprop_strip, b, err);
	return rc || b->clip <= 0 || !b->update ? rc : clipped(b, err);
}

/* ---- room ---- */

static int init_layer(struct ml_backprop_layer *v, const struct ml_net_layer *y, size_t l,
		      size_t room, struct ml_error *err)
{
	size_t n = room * y->wide;

	v->strips = (y->in + ML_SLAB - 1) / ML_SLAB;
	if (!(v->z = ml_alloc(n, sizeof *v->z, err)) ||
	    !(v->a = ml_alloc(n, sizeof *v->a, err)) ||
	    !(v->slope = ml_alloc(n, sizeof *v->slope, err)) ||
	    !(v->delta = ml_alloc(n, sizeof *v->delta, err)) ||
	    !(v->inv = ml_alloc(y->wide, sizeof *v->inv, err)) ||
	    !(v->sums = ml_alloc(2 * y->wide, sizeof *v->sums, err)))
		return err->code;
	if (l && !(v->turned = ml_alloc(v->strips * ML_SLAB * y->out, sizeof *v->turned, err)))
		return err->code;
	return ML_OK;
}

int ml_backprop_init(struct ml_backprop *b, size_t room, int threads, struct ml_error *err)
{
	const struct ml_net *net = b->net;

	b->room = room;
	if (!(b->layer = ml_alloc(net->n, sizeof *b->layer, err)) ||
	    !(b->grad = ml_alloc(net->params, sizeof *b->grad, err)) ||
	    !(b->x = ml_alloc(room * net->layer[0].in, sizeof *b->x, err)) ||
	    !(b->losses = ml_alloc(blocks_of(room), sizeof *b->losses, err)) ||
	    !(b->strip = ml_alloc((size_t)threads * room * ML_SLAB, sizeof *b->strip, err)))
		return err->code;
	for (size_t l = 0; l < net->n; l++)
		if (init_layer(&b->layer[l], &net->layer[l], l, room, err))
			return err->code;
	ml_backprop_turn(b);
	return ML_OK;
}

void ml_backprop_release(struct ml_backprop *b)
{
	for (size_t l = 0; b->layer && l < b->net->n; l++) {
		free(b->layer[l].turned);
		free(b->layer[l].sums);
		free(b->layer[l].inv);
		free(b->layer[l].delta);
		free(b->layer[l].slope);
		free(b->layer[l].a);
		free(b->layer[l].z);
	}
	free(b->strip);
	free(b->losses);
	free(b->x);
	free(b->grad);
	free(b->layer);
	b->layer = NULL;
	b->strip = b->losses = b->x = b->grad = NULL;
}
