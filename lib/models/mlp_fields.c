/* mlp_fields.c - a network as named fields.
 *
 *     sizes        the features, then the units of each layer
 *     activations  of each layer
 *     normalised   whether it is; absent: none
 *     weights      of each layer W (in x out, row by row), b, and gamma where normalised
 *     statistics   of each normalised layer the means, then the variances
 *     course       of a fit that was put by: how far it is, the optimiser's means, and, when
 *                  `weights` are those of the best epoch, the present ones */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "models/mlp_parts.h"

/* Epochs and steps, at most: far more than there will be, far less than overflows. */
#define FAR ((size_t)1 << 52)

/* ---- writing ---- */

typedef void plain_fn(const struct ml_net *net, const double *v, double *plain);

/* A vector without what fills it up. */
static void put_plain(struct ml_fields *out, const char *name, const struct ml_net *net,
		      plain_fn *to_plain, const double *v, size_t n)
{
	struct ml_error err;
	double *plain = out ? ml_alloc(n, sizeof *plain, &err) : NULL;

	if (plain) {
		to_plain(net, v, plain);
		ml_put_reals(out, name, plain, n);
	} else if (out) {
		out->failed = true;
	}
	free(plain);
}

static void put_params(struct ml_fields *out, const char *name, const struct ml_net *net,
		       const double *v)
{
	put_plain(out, name, net, ml_net_to_plain, v, ml_net_plain_params(net));
}

static void put_stats(struct ml_fields *out, const struct ml_net *net, const double *v)
{
	if (net->stats)
		put_plain(out, "statistics", net, ml_net_stats_to_plain, v,
			  ml_net_plain_stats(net));
}

static void put_layers(const struct ml_net *net, struct ml_fields *out)
{
	int32_t size[ML_NET_LAYERS + 1], norm[ML_NET_LAYERS];
	const char *name[ML_NET_LAYERS];

	size[0] = (int32_t)net->layer[0].in;
	for (size_t l = 0; l < net->n; l++) {
		size[l + 1] = (int32_t)net->layer[l].out;
		norm[l] = net->layer[l].norm;
		name[l] = net->layer[l].squash->name;
	}
	ml_put_ints(out, "sizes", size, net->n + 1);
	ml_put_texts(out, "activations", name, net->n);
	if (net->stats)
		ml_put_ints(out, "normalised", norm, net->n);
}

static void put_course(const struct ml_mlp *m, struct ml_fields *out)
{
	const struct ml_mlp_course *c = m->course;
	const struct ml_optimiser *t = &c->optimiser;
	struct ml_fields *f = ml_put_map(out, "course");

	ml_put_size(f, "batch", c->batch);
	ml_put_size(f, "steps", t->steps);
	ml_put_real(f, "sum", c->sum);
	if (isfinite(c->last))
		ml_put_real(f, "last", c->last);
	if (isfinite(c->best))
		ml_put_real(f, "best", c->best);
	ml_put_size(f, "stale", c->stale);
	ml_put_size(f, "flat", c->flat);
	ml_put_real(f, "damp", c->damp);
	ml_put_size(f, "over", c->over);
	if (t->m)
		put_params(f, "m", &m->net, t->m);
	put_params(f, "v", &m->net, t->v);
	if (c->param) {
		put_params(f, "weights", &m->net, c->turned ? c->param : m->net.param);
		put_stats(f, &m->net, c->turned ? c->stat : m->net.stat);
	}
}

void ml_mlp_save(const struct ml_mlp *m, struct ml_fields *out)
{
	bool best = m->course && m->course->param && !m->course->turned;

	ml_put_size(out, "classes", m->classes);
	ml_put_text(out, "loss", m->loss->name);
	if (!strcmp(m->loss->name, "huber"))
		ml_put_real(out, "delta", m->of_loss.delta);
	if (!strcmp(m->loss->name, "quantile"))
		ml_put_real(out, "quantile", m->of_loss.quantile);
	ml_put_real(out, "shift", m->shift);
	ml_put_real(out, "scale", m->scale);
	ml_put_size(out, "epochs", m->epochs);
	put_layers(&m->net, out);
	put_params(out, "weights", &m->net, best ? m->course->param : m->net.param);
	put_stats(out, &m->net, best ? m->course->stat : m->net.stat);
	if (m->course)
		put_course(m, out);
}

/* ---- reading ---- */

static int get_params(const struct ml_net *net, const struct ml_fields *in, const char *name,
		      double *v, struct ml_error *err)
{
	double *plain;

	if (ml_get_reals(in, name, &plain, ml_net_plain_params(net), err))
		return err->code;
	ml_net_from_plain(net, plain, v);
	free(plain);
	return ML_OK;
}

static int get_stats(const struct ml_net *net, const struct ml_fields *in, double *v,
		     struct ml_error *err)
{
	double *plain;

	if (!net->stats)
		return ML_OK;
	if (ml_get_reals(in, "statistics", &plain, ml_net_plain_stats(net), err))
		return err->code;
	ml_net_stats_from_plain(net, plain, v);
	free(plain);
	for (size_t l = 0; l < net->n; l++)
		for (size_t j = 0; net->layer[l].norm && j < net->layer[l].out; j++)
			if (v[net->layer[l].var + j] < 0)
				return ml_fail(err, ML_EDATA, "E-MODEL",
					       "field 'statistics': a variance below 0");
	return ML_OK;
}

/* The layers, once they are known to be no more than the weights that are there. */
struct shape {
	size_t n, out[ML_NET_LAYERS];
	const struct ml_squash *squash[ML_NET_LAYERS];
	bool norm[ML_NET_LAYERS];
};

static int get_norm(const struct ml_fields *in, struct shape *s, struct ml_error *err)
{
	int32_t *norm;

	if (!ml_has(in, "normalised"))
		return ML_OK;
	if (ml_get_ints(in, "normalised", &norm, s->n, 0, 1, err))
		return err->code;
	for (size_t l = 0; l < s->n; l++)
		s->norm[l] = norm[l];
	free(norm);
	return s->norm[s->n - 1] ? ml_fail(err, ML_EDATA, "E-MODEL",
					   "field 'normalised': the last layer cannot be")
				 : ML_OK;
}

static int get_squashes(const struct ml_fields *in, struct shape *s, struct ml_error *err)
{
	char **name;
	int rc = ml_get_texts(in, "activations", &name, s->n, err);

	if (rc)
		return rc;
	for (size_t l = 0; !rc && l < s->n; l++) {
		s->squash[l] = ml_squash_find(name[l], strlen(name[l]));
		if (!s->squash[l])
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "field 'activations': unknown '%s'",
				     ML_SHOW(name[l], strlen(name[l])));
	}
	ml_texts_free(name, s->n);
	return rc;
}

static int get_layers(struct ml_net *net, const struct ml_fields *in, struct ml_error *err)
{
	struct shape s = { 0 };
	size_t n, weights, need = 0;
	int32_t *size;

	if (ml_get_count(in, "sizes", ML_NET_LAYERS + 1, &n, err))
		return err->code;
	if (n < 2)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'sizes': no layers");
	s.n = n - 1;
	if (get_squashes(in, &s, err) || get_norm(in, &s, err) ||
	    ml_get_count(in, "weights", ML_NET_WEIGHTS_MAX, &weights, err) ||
	    ml_get_ints(in, "sizes", &size, n, 1, ML_NET_UNITS, err))
		return err->code;
	size_t features = (size_t)size[0];
	for (size_t l = 0; l < s.n; l++) {
		s.out[l] = (size_t)size[l + 1];
		need += ((size_t)size[l] + 1 + s.norm[l]) * s.out[l];
	}
	free(size);
	if (need != weights)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field 'weights': %zu numbers, and the layers have %zu", weights,
			       need);
	int rc = ml_net_init(net, features, s.out, s.squash, s.norm, s.n, err);
	if (rc == ML_EDATA)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'sizes': too many weights");
	if (!rc)
		rc = get_params(net, in, "weights", net->param, err);
	return rc ? rc : get_stats(net, in, net->stat, err);
}

/* The present weights, when those of the model are the best epoch's. */
static int get_present(struct ml_mlp *m, const struct ml_fields *in, struct ml_error *err)
{
	struct ml_net *net = &m->net;
	struct ml_mlp_course *c = m->course;

	if (!ml_has(in, "weights"))
		return ML_OK;
	if (!(c->param = ml_alloc(net->params, sizeof *c->param, err)) ||
	    !(c->stat = ml_alloc(net->stats, sizeof *c->stat, err)) ||
	    get_params(net, in, "weights", c->param, err) || get_stats(net, in, c->stat, err))
		return err->code;
	c->turned = true;
	return ML_OK;
}

static int get_place(struct ml_mlp_course *c, const struct ml_fields *in, struct ml_error *err)
{
	size_t steps, over;

	if (ml_get_size(in, "batch", FAR, &c->batch, err) ||
	    ml_get_size(in, "steps", FAR, &steps, err) ||
	    ml_get_real(in, "sum", &c->sum, err) ||
	    ml_get_size(in, "stale", FAR, &c->stale, err) ||
	    ml_get_size(in, "flat", FAR, &c->flat, err) ||
	    ml_get_real(in, "damp", &c->damp, err) || ml_get_size(in, "over", 1, &over, err))
		return err->code;
	if (!(c->damp > 0 && c->damp <= 1))
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'damp': not in 0..1");
	c->optimiser.steps = steps;
	c->over = over;
	c->last = (double)NAN;
	c->best = (double)INFINITY;
	if ((ml_has(in, "last") && ml_get_real(in, "last", &c->last, err)) ||
	    (ml_has(in, "best") && ml_get_real(in, "best", &c->best, err)))
		return err->code;
	return ML_OK;
}

static int get_course(struct ml_mlp *m, const struct ml_fields *all, struct ml_error *err)
{
	const struct ml_fields *in;
	struct ml_mlp_course *c;

	if (ml_get_map(all, "course", &in, err) ||
	    !(m->course = c = ml_alloc(1, sizeof *c, err)) || get_place(c, in, err))
		return err->code;
	/* Means of gradients: their solver shows by which of them there are. */
	c->optimiser.solver = ml_has(in, "m") ? ML_ADAM : ML_SGD;
	if (ml_optimiser_init(&c->optimiser, m->net.params, err) ||
	    (c->optimiser.m && get_params(&m->net, in, "m", c->optimiser.m, err)) ||
	    get_params(&m->net, in, "v", c->optimiser.v, err))
		return err->code;
	for (size_t i = 0; c->optimiser.m && i < m->net.params; i++)
		if (c->optimiser.v[i] < 0)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'v': a square below 0");
	return get_present(m, in, err);
}

static int get_loss(struct ml_mlp *m, const struct ml_fields *in, struct ml_error *err)
{
	char *name;

	if (ml_get_size(in, "classes", ML_NET_UNITS, &m->classes, err) ||
	    ml_get_text(in, "loss", &name, err))
		return err->code;
	m->loss = ml_loss_find(name);
	free(name);
	m->of_loss = (struct ml_loss_opts){ .delta = 1, .quantile = 0.5 };
	if ((ml_has(in, "delta") && ml_get_real(in, "delta", &m->of_loss.delta, err)) ||
	    (ml_has(in, "quantile") && ml_get_real(in, "quantile", &m->of_loss.quantile, err)))
		return err->code;
	if (!m->loss || m->loss->classes != (m->classes > 0) || m->loss->positive ||
	    m->loss->nonnegative || m->of_loss.delta <= 0 || m->of_loss.quantile <= 0 ||
	    m->of_loss.quantile >= 1)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'loss': not one of mlp");
	return ML_OK;
}

int ml_mlp_load(struct ml_mlp *m, const struct ml_fields *in, struct ml_error *err)
{
	if (get_loss(m, in, err) || ml_get_real(in, "shift", &m->shift, err) ||
	    ml_get_real(in, "scale", &m->scale, err) ||
	    ml_get_size(in, "epochs", FAR, &m->epochs, err) || get_layers(&m->net, in, err))
		return err->code;
	size_t k = ml_net_outputs(&m->net);
	bool many = !strcmp(m->loss->name, "multinomial");
	if (m->classes == 1 || (!many && m->classes > 2) || k != (many ? m->classes : 1))
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field 'classes': %zu with %zu outputs", m->classes, k);
	return ml_has(in, "course") ? get_course(m, in, err) : ML_OK;
}
