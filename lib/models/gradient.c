/* gradient.c - what a minibatch wants of the weights: delta' a, strip by strip, and their
 * update. */
#include <string.h>

#include "la/slab.h"
#include "models/backprop.h"

/* A layer, and which of its strips: the one behind the last is b and gamma. */
struct part {
	size_t l, strip;
};

size_t ml_backprop_strips(const struct ml_backprop *b)
{
	size_t n = 0;

	for (size_t l = 0; l < b->net->n; l++)
		n += b->layer[l].strips + 1;
	return n;
}

static struct part part_of(const struct ml_backprop *b, size_t block)
{
	struct part p = { 0, block };

	for (; p.strip > b->layer[p.l].strips; p.l++)
		p.strip -= b->layer[p.l].strips + 1;
	return p;
}

static size_t inputs_of(const struct ml_net_layer *y, size_t strip)
{
	size_t left = y->in - strip * ML_SLAB;

	return left < ML_SLAB ? left : ML_SLAB;
}

/* Where the weights of the strip's inputs to the units from j on begin. */
static size_t place(const struct ml_net_layer *y, size_t strip, size_t j)
{
	return y->weights + j * y->in + strip * ML_SLAB * ML_SLAB;
}

/* ---- gradients ---- */

/* The strip's inputs of all rows, behind one another. */
static const double *pack(const struct ml_backprop *b, struct part p, int worker)
{
	const struct ml_net_layer *y = &b->net->layer[p.l];
	size_t ld = p.l ? b->net->layer[p.l - 1].wide : y->in, n = inputs_of(y, p.strip);
	const double *a = (p.l ? b->layer[p.l - 1].a : b->x) + p.strip * ML_SLAB;
	double *to = b->strip + (size_t)worker * b->room * ML_SLAB;

	if (n == ML_SLAB) /* a length that is known makes moves of registers */
		for (size_t i = 0; i < b->n; i++)
			memcpy(to + i * ML_SLAB, a + i * ld, ML_SLAB * sizeof *to);
	else
		for (size_t i = 0; i < b->n; i++)
			memcpy(to + i * ML_SLAB, a + i * ld, n * sizeof *to);
	return to;
}

static void weights_gradient(struct ml_backprop *b, struct part p, int worker)
{
	const struct ml_net_layer *y = &b->net->layer[p.l];
	const double *a = pack(b, p, worker), *delta = b->layer[p.l].delta;
	size_t n = inputs_of(y, p.strip);

	for (size_t j = 0; j < y->wide; j += ML_SLAB) {
		double *g = b->grad + place(y, p.strip, j);

		memset(g, 0, n * ML_SLAB * sizeof *g);
		ml_slab_add(g, ML_SLAB, n, b->n, a, ML_SLAB, 1, delta + j, y->wide);
	}
}

/* Of b; normalised layers have theirs, and that of gamma. */
static void bias_gradient(struct ml_backprop *b, size_t l)
{
	const struct ml_net_layer *y = &b->net->layer[l];
	const double *delta = b->layer[l].delta;
	double *g = b->grad + y->bias;

	if (y->norm)
		return;
	memset(g, 0, y->wide * sizeof *g);
	for (size_t i = 0; i < b->n; i++)
		for (size_t j = 0; j < y->wide; j++)
			g[j] += delta[i * y->wide + j];
}

/* ---- update ---- */

/* The strip's weights to W' in slabs. */
static void turn_strip(struct ml_backprop *b, struct part p)
{
	const struct ml_net_layer *y = &b->net->layer[p.l];
	double *to = b->layer[p.l].turned + p.strip * ML_SLAB * y->out;
	size_t n = inputs_of(y, p.strip);

	for (size_t j = 0; j < y->out; j++, to += ML_SLAB) {
		const double *w =
			b->net->param + place(y, p.strip, j / ML_SLAB * ML_SLAB) + j % ML_SLAB;

		for (size_t i = 0; i < n; i++)
			to[i] = w[i * ML_SLAB];
	}
}

void ml_backprop_turn(struct ml_backprop *b)
{
	for (size_t l = 1; l < b->net->n; l++)
		for (size_t s = 0; s < b->layer[l].strips; s++)
			turn_strip(b, (struct part){ l, s });
}

static void change(struct ml_backprop *b, size_t from, size_t n, bool penalised)
{
	for (size_t i = 0; b->shrink < 1 && i < n; i++)
		b->grad[from + i] *= b->shrink;
	b->update(b->arg, from, n, penalised);
}

static void settle(struct ml_backprop *b, struct part p)
{
	const struct ml_net_layer *y = &b->net->layer[p.l];

	if (p.strip == b->layer[p.l].strips) {
		change(b, y->bias, (y->norm ? 2 : 1) * y->wide, false);
		return;
	}
	for (size_t j = 0; j < y->wide; j += ML_SLAB)
		change(b, place(y, p.strip, j), inputs_of(y, p.strip) * ML_SLAB, true);
	if (p.l)
		turn_strip(b, p);
}

int ml_backprop_settle(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct ml_backprop *b = arg;

	(void)worker;
	(void)err;
	settle(b, part_of(b, block));
	return ML_OK;
}

int ml_backprop_strip(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct ml_backprop *b = arg;
	struct part p = part_of(b, block);

	(void)err;
	if (p.strip == b->layer[p.l].strips)
		bias_gradient(b, p.l);
	else
		weights_gradient(b, p, worker);
	if (b->update && b->clip <= 0)
		settle(b, p);
	return ML_OK;
}
