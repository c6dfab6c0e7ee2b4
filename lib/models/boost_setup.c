/* boost_setup.c - what a fit minimises and is about: the loss and its parameter, the targets
 * that it takes, which features are categories; chosen by the first fit, kept by later ones. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/boost_parts.h"

/* ---- the loss ---- */

/* What of its options a loss depends on, and between what it lies. */
struct parameter {
	const char *loss;
	size_t offset;
	double lo, hi;
};
static const struct parameter parameters[] = {
	{ "quantile", offsetof(struct ml_loss_opts, quantile), 0, 1 },
	{ "huber", offsetof(struct ml_loss_opts, delta), 0, (double)INFINITY },
	{ "tweedie", offsetof(struct ml_loss_opts, tweedie_power), 1, 2 },
};

/* NULL: it depends on nothing. */
static const struct parameter *parameter_of(const struct ml_loss *l)
{
	for (size_t k = 0; k < sizeof parameters / sizeof *parameters; k++)
		if (!strcmp(parameters[k].loss, l->name))
			return &parameters[k];
	return NULL;
}

static double get_parameter(const struct parameter *p, const struct ml_loss_opts *o)
{
	double v;

	memcpy(&v, (const char *)o + p->offset, sizeof v);
	return v;
}

static const char *default_loss(const struct ml_problem *p)
{
	return p->task == ML_REGRESS ? "squared" : p->nclass > 2 ? "multinomial" : "logistic";
}

static int check_target(const struct ml_boost *m, const struct ml_problem *p,
			struct ml_error *err)
{
	const char *name = m->loss->name;

	for (size_t i = 0; i < p->x.rows; i++)
		if ((m->loss->positive && !(p->y[i] > 0)) ||
		    (m->loss->nonnegative && !(p->y[i] >= 0)))
			return ml_fail(err, ML_EDATA, "E-TARGET",
				       "--loss %s takes targets %s 0, and there is %g", name,
				       m->loss->positive ? "above" : "from", p->y[i]);
	return ML_OK;
}

static int check_monotone(const struct ml_boost *m, const struct ml_problem *p,
			  struct ml_error *err)
{
	if (p->monotone && m->outputs > 1)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--monotone is for numbers and for two classes");
	for (size_t j = 0; p->monotone && p->levels && j < p->x.cols; j++)
		if (p->monotone[j] && p->levels[j])
			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "--monotone: levels of a category have no order");
	return ML_OK;
}

static int choose_loss(struct ml_boost *m, const struct ml_problem *p,
		       const struct ml_boost_opts *o, struct ml_error *err)
{
	const char *name = o->loss ? ml_boost_losses[o->loss] : default_loss(p);

	m->loss = ml_loss_find(name);
	m->of_loss = o->of_loss;
	m->classes = p->nclass;
	m->outputs = !strcmp(name, "multinomial") ? p->nclass : 1;
	if (m->loss->classes != (p->task == ML_CLASSIFY) ||
	    (!strcmp(name, "logistic") && p->nclass > 2))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--loss %s is not for %s", name,
			       p->task == ML_REGRESS ? "numbers"
			       : p->nclass > 2       ? "more than two classes"
						     : "classes");
	return ML_OK;
}

/* A loss that is asked for has to be the model's. */
static int keep_loss(struct ml_boost *m, const struct ml_problem *p,
		     const struct ml_boost_opts *o, struct ml_error *err)
{
	const struct parameter *of = parameter_of(m->loss);

	if (p->x.cols != m->trees.features || p->nclass != m->classes)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu features and %zu classes for a model of %zu and %zu",
			       p->x.cols, p->nclass, m->trees.features, m->classes);
	if (!o->loss)
		return ML_OK;
	if (strcmp(ml_boost_losses[o->loss], m->loss->name))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--loss %s: the model's is %s",
			       ml_boost_losses[o->loss], m->loss->name);
	if (of && get_parameter(of, &m->of_loss) != get_parameter(of, &o->of_loss))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--loss %s of %g: the model's is of %g", m->loss->name,
			       get_parameter(of, &o->of_loss), get_parameter(of, &m->of_loss));
	return ML_OK;
}

/* ---- levels ---- */

/* One more than the largest code that feature j has, or `least`. */
static int levels_at(const struct ml_problem *p, size_t j, int least, int *levels,
		     struct ml_error *err)
{
	double most = least - 1;

	for (size_t i = 0; i < p->x.rows; i++) {
		double v = p->x.v[i * p->x.ld + j];

		if (v < 0 || v >= ML_BOOST_LEVELS || v > floor(v))
			return ml_fail(
				err, ML_EDATA, "E-MODEL",
				"the model takes feature %zu for codes of levels, and it "
				"is %g",
				j + 1, v);
		most = v > most ? v : most;
	}
	*levels = (int)most + 1;
	return ML_OK;
}

/* Which features are categories stays what it was; there may be more levels now. */
static int keep_levels(struct ml_boost *m, const struct ml_problem *p, struct ml_error *err)
{
	for (size_t j = 0; m->levels && j < p->x.cols; j++)
		if (m->levels[j] && levels_at(p, j, m->levels[j], &m->levels[j], err))
			return err->code;
	return ML_OK;
}

static int note_levels(struct ml_boost *m, const struct ml_problem *p, struct ml_error *err)
{
	bool any = false;

	for (size_t j = 0; p->levels && j < p->x.cols; j++)
		any |= p->levels[j] > 0;
	if (!any)
		return ML_OK;
	if (!(m->levels = ml_alloc(p->x.cols, sizeof *m->levels, err)))
		return err->code;
	memcpy(m->levels, p->levels, p->x.cols * sizeof *m->levels);
	return ML_OK;
}

/* ---- for boost.c ---- */

int ml_boost_choose(struct ml_boost *m, const struct ml_problem *p,
		    const struct ml_boost_opts *o, struct ml_error *err)
{
	int rc = choose_loss(m, p, o, err);

	return rc ? rc : note_levels(m, p, err);
}

int ml_boost_keep(struct ml_boost *m, const struct ml_problem *p, const struct ml_boost_opts *o,
		  struct ml_error *err)
{
	int rc = keep_loss(m, p, o, err);

	return rc ? rc : keep_levels(m, p, err);
}

int ml_boost_check(const struct ml_boost *m, const struct ml_problem *p, struct ml_error *err)
{
	if (m->loss->ranks && (!p->group || (p->valid && !p->valid->group)))
		return ml_fail(err, ML_EBUG, "E-BUG", "rows to be ranked without groups");
	int rc = check_monotone(m, p, err);

	return rc ? rc : check_target(m, p, err);
}

void ml_boost_put_loss(const struct ml_boost *m, struct ml_fields *out)
{
	ml_put_text(out, "loss", m->loss->name);
	if (parameter_of(m->loss))
		ml_put_real(out, "loss-parameter",
			    get_parameter(parameter_of(m->loss), &m->of_loss));
}

static int load_parameter(struct ml_boost *m, const struct ml_fields *in, struct ml_error *err)
{
	const struct parameter *of = parameter_of(m->loss);
	double v;

	if (!of)
		return ML_OK;
	if (ml_get_real(in, "loss-parameter", &v, err))
		return err->code;
	memcpy((char *)&m->of_loss + of->offset, &v, sizeof v);
	return v > of->lo && v < of->hi
		       ? ML_OK
		       : ml_fail(err, ML_EDATA, "E-MODEL", "field 'loss-parameter': %g", v);
}

int ml_boost_get_loss(struct ml_boost *m, const struct ml_fields *in, struct ml_error *err)
{
	char *name = NULL;

	if (ml_get_text(in, "loss", &name, err))
		return err->code;
	m->loss = ml_loss_find(name);
	free(name);
	if (!m->loss)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'loss': unknown");
	return load_parameter(m, in, err);
}
