/* mlp_setup.c - what a network is made of, and its first weights. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "la/sums.h"
#include "models/mlp_parts.h"

/* ---- layers ---- */

struct layers {
	size_t n, out[ML_NET_LAYERS];
	const struct ml_squash *squash[ML_NET_LAYERS];
	bool norm[ML_NET_LAYERS];
};

static int bad_layer(const char *s, size_t n, struct ml_error *err)
{
	return ml_fail(
		err, ML_EUSAGE, "E-USAGE",
		"--layers: '%s' is not UNITS or UNITS:ACTIVATION (relu, leaky-relu, tanh, "
		"logistic, gelu, identity)",
		ML_SHOW(s, n));
}

/* One of the list: "128" or "128:relu". */
static int take_layer(struct layers *y, const char *s, size_t n, const struct ml_mlp_opts *o,
		      struct ml_error *err)
{
	size_t digits = strspn(s, "0123456789"), units = 0;

	if (y->n + 1 >= ML_NET_LAYERS)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--layers: more than %d layers",
			       ML_NET_LAYERS - 1);
	for (size_t i = 0; i < digits && units <= ML_NET_UNITS; i++)
		units = 10 * units + (size_t)(s[i] - '0');
	if (!digits || digits > n || (digits < n && s[digits] != ':'))
		return bad_layer(s, n, err);
	if (!units || units > ML_NET_UNITS)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--layers: '%s': a layer has 1 to %d units", ML_SHOW(s, n),
			       ML_NET_UNITS);
	y->out[y->n] = units;
	y->squash[y->n] = ml_squashes[o->activation];
	if (digits < n)
		y->squash[y->n] = ml_squash_find(s + digits + 1, n - digits - 1);
	if (!y->squash[y->n])
		return bad_layer(s, n, err);
	y->norm[y->n++] = o->batch_norm;
	return ML_OK;
}

static int take_layers(struct layers *y, const struct ml_mlp_opts *o, size_t outputs,
		       struct ml_error *err)
{
	const char *s = strcmp(o->layers, "none") ? o->layers : NULL;

	while (s) {
		size_t n = strcspn(s, ",");

		if (take_layer(y, s, n, o, err))
			return err->code;
		s = s[n] ? s + n + 1 : NULL;
	}
	y->out[y->n] = outputs;
	y->squash[y->n] = ml_squash_find("identity", strlen("identity"));
	y->norm[y->n++] = false;
	return ML_OK;
}

/* ---- first weights ---- */

/* Uniform between +-bound: the variance of what goes forth and back stays (Glorot and Bengio
 * 2010). */
static void draw_weights(struct ml_net *net, uint64_t seed)
{
	const struct ml_squash *logistic = ml_squash_find("logistic", strlen("logistic"));

	for (size_t l = 0; l < net->n; l++) {
		const struct ml_net_layer *y = &net->layer[l];
		double factor = y->squash == logistic ? 2 : 6;
		double bound = sqrt(factor / (double)(y->in + y->out));
		struct ml_rng r;

		ml_rng_init(&r, seed, "mlp-weights", l);
		for (size_t i = 0; i < y->in; i++)
			for (size_t j = 0; j < y->out; j++)
				*ml_net_weight(net, l, i, j) =
					bound * (2 * ml_rng_uniform(&r) - 1);
		for (size_t j = 0; !y->norm && j < y->out; j++)
			net->param[y->bias + j] = bound * (2 * ml_rng_uniform(&r) - 1);
	}
}

/* ---- the loss ---- */

static int choose_loss(struct ml_mlp *m, const struct ml_problem *p,
		       const struct ml_mlp_opts *o, struct ml_error *err)
{
	const char *word = ml_mlp_losses[o->loss], *name = word;
	bool classes = p->task == ML_CLASSIFY, entropy = !strcmp(word, "cross-entropy");

	if (o->loss && entropy != classes)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--loss %s is not for %s", word,
			       classes ? "classes" : "numbers");
	if (classes)
		name = p->nclass > 2 ? "multinomial" : "logistic";
	else if (!o->loss)
		name = "squared";
	m->classes = p->nclass;
	m->loss = ml_loss_find(name);
	m->of_loss = o->of_loss;
	m->scale = 1;
	return ML_OK;
}

/* Numbers by their mean and standard deviation. */
static int scale_target(struct ml_mlp *m, const struct ml_problem *p, struct ml_error *err)
{
	struct ml_moments t = ml_moments_of(p->y, p->w, p->x.rows);
	double sd = sqrt(t.ss / t.weight);

	if (!isfinite(sd) || !isfinite(t.mean))
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "the target's values are too large for their variance");
	m->shift = t.mean;
	m->scale = sd > 0 ? sd : 1;
	return ML_OK;
}

int ml_mlp_choose(struct ml_mlp *m, const struct ml_problem *p, const struct ml_mlp_opts *o,
		  uint64_t seed, struct ml_error *err)
{
	struct layers y = { 0 };

	if (choose_loss(m, p, o, err) ||
	    take_layers(&y, o, p->nclass > 2 ? p->nclass : 1, err) ||
	    (!p->nclass && o->scale_target && scale_target(m, p, err)) ||
	    ml_net_init(&m->net, p->x.cols, y.out, y.squash, y.norm, y.n, err))
		return err->code;
	draw_weights(&m->net, seed);
	return ML_OK;
}

int ml_mlp_keep(const struct ml_mlp *m, const struct ml_problem *p, const struct ml_mlp_opts *o,
		struct ml_error *err)
{
	const char *word = ml_mlp_losses[o->loss];

	if (p->x.cols != m->net.layer[0].in || p->nclass != m->classes)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu features and %zu classes for a model of %zu and %zu",
			       p->x.cols, p->nclass, m->net.layer[0].in, m->classes);
	if (o->loss && strcmp(word, m->classes ? "cross-entropy" : m->loss->name))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--loss %s: the model's is %s", word,
			       m->classes ? "cross-entropy" : m->loss->name);
	return ML_OK;
}
