/* nb.c - naive Bayes: given the class, features are independent.
 *
 *     log P(c | x) = log prior_c + sum_j log P(x_j | c) + constant
 *
 * --kind says what P is (nb_tables.c); mixed takes each column by its kind, numbers as normal,
 * categories by the shares of their levels.  A missing value drops out of the sum.  Learned are
 * sums over rows (nb_parts.h): updating equals fitting on all rows.  Weights count rows.
 * Cost: one pass; n p operations, and k p sums. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/linpred.h"
#include "models/nb_parts.h"
#include "models/priors.h"

const char *const ml_nb_kinds[] = { "mixed",     "gaussian",    "multinomial", "complement",
				    "bernoulli", "categorical", NULL };

static const struct ml_opt opts[] = {
	{ .name = "kind",
	  .type = ML_PICK,
	  .def = "mixed",
	  .picks = ml_nb_kinds,
	  .arg = "NAME",
	  .offset = ML_FIELD(struct ml_nb_opts, kind, int),
	  .help = "how features are distributed in a class; mixed: numbers gaussian, "
		  "categories categorical" },
	{ .name = "alpha",
	  .type = ML_REAL,
	  .def = "1",
	  .lo = 1e-10,
	  .hi = 1e10,
	  .offset = ML_FIELD(struct ml_nb_opts, alpha, double),
	  .tune = { ML_LOG, 1e-3, 10 },
	  .when = "kind=mixed|multinomial|complement|bernoulli|categorical",
	  .arg = "X",
	  .help = "added to each count, so that what was never seen stays possible" },
	{ .name = "var-smoothing",
	  .type = ML_REAL,
	  .def = "1e-9",
	  .lo = 0,
	  .hi = 1e10,
	  .offset = ML_FIELD(struct ml_nb_opts, smoothing, double),
	  .tune = { ML_LOG, 1e-12, 1 },
	  .when = "kind=mixed|gaussian",
	  .arg = "X",
	  .help = "this share of the largest variance is added to all" },
	{ .name = "binarize",
	  .type = ML_REAL,
	  .def = "0",
	  .offset = ML_FIELD(struct ml_nb_opts, binarize, double),
	  .when = "kind=bernoulli",
	  .arg = "X",
	  .help = "numbers above X are 1, others 0" },
	{ .name = "norm",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct ml_nb_opts, norm, bool),
	  .when = "kind=complement",
	  .help = "divide the weights of a class by their sum" },
	ML_PRIORS_OPT(struct ml_nb_opts, priors),
	ML_OPT_END
};

/* ---- fitting ---- */

static int note_levels(struct ml_nb *m, const struct ml_problem *p, struct ml_error *err)
{
	if (!(m->levels = ml_alloc(m->features, sizeof *m->levels, err)))
		return err->code;
	for (size_t j = 0; j < m->features; j++) {
		int levels = p->levels ? p->levels[j] : 0;

		if (m->o.kind == ML_NB_BERNOULLI)
			levels = 2;
		else if (m->o.kind == ML_NB_CATEGORICAL && !levels)
			return ml_fail(err, ML_EDATA, "E-TYPE",
				       "nb: --kind categorical takes categories, and feature "
				       "%zu holds numbers (--cat, or --kind mixed)",
				       j + 1);
		m->levels[j] = levels;
	}
	return ML_OK;
}

static int learn(struct ml_nb *m, const struct ml_problem *p, const struct ml_run *run,
		 struct ml_report *rep, struct ml_error *err)
{
	if (ml_nb_add_rows(m, p, run, err) || ml_nb_make_tables(m, err))
		return err->code;
	*rep = (struct ml_report){ .converged = true, .objective = m->objective };
	return ML_OK;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct ml_nb_opts *o = options;
	struct ml_nb *m = state;

	m->o = *o;
	m->o.priors = NULL;
	m->features = p->x.cols;
	m->classes = p->nclass;
	if (ml_priors_read(o->priors, p, &m->priors, err) || note_levels(m, p, err) ||
	    ml_nb_make_room(m, err))
		return err->code;
	ml_nb_choose_shift(m, p);
	return learn(m, p, run, rep, err);
}

/* What was learned from the first rows holds for the others: options must be the same. */
static int same_options(const struct ml_nb *m, const struct ml_problem *p,
			const struct ml_nb_opts *o, struct ml_error *err)
{
	double *priors;
	const char *other = o->kind != m->o.kind             ? "kind"
			    : o->alpha != m->o.alpha         ? "alpha"
			    : o->smoothing != m->o.smoothing ? "var-smoothing"
			    : o->binarize != m->o.binarize   ? "binarize"
			    : o->norm != m->o.norm           ? "norm"
							     : NULL;

	int rc = ml_priors_read(o->priors, p, &priors, err);
	for (size_t c = 0; !rc && !other && c < m->classes; c++)
		if (!priors != !m->priors || (priors && priors[c] != m->priors[c]))
			other = "priors";
	free(priors);
	if (!rc && other)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "--%s is not what the model was fitted with (ml-show tells); "
			     "give the same",
			     other);
	return rc;
}

static int update(void *state, const struct ml_problem *p, const void *options,
		  const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct ml_nb *m = state;

	if (p->x.cols != m->features || p->nclass != m->classes)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu features and %zu classes for a model of %zu and %zu",
			       p->x.cols, p->nclass, m->features, m->classes);
	if (same_options(m, p, options, err))
		return err->code;
	return learn(m, p, run, rep, err);
}

/* ---- the contract ---- */

/* Categories are codes to what counts levels, and 0/1 columns to what takes numbers. */
static unsigned asks(const void *options)
{
	const struct ml_nb_opts *o = options;
	bool normal = o->kind == ML_NB_MIXED || o->kind == ML_NB_GAUSSIAN;

	/* Of counts what is the same in all rows counts; of normal numbers it says nothing yet,
	 * where there is a variance for it. */
	return ML_TAKES_MISSING |
	       (o->kind == ML_NB_MIXED || o->kind == ML_NB_CATEGORICAL ? ML_TAKES_CATEGORY
								       : 0) |
	       (!normal || o->smoothing > 0 ? ML_KEEPS_CONSTANT : 0);
}

static int score(const struct ml_nb *m, const struct ml_mat *x, struct ml_mat *out,
		 void (*link)(double *scores, size_t k), struct ml_error *err)
{
	double *room;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	if (!(room = ml_alloc(m->numbers, sizeof *room, err)))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		ml_nb_scores(m, x->v + i * x->ld, room, out->v + i * out->ld);
		link(out->v + i * out->ld, m->classes);
	}
	free(room);
	return ML_OK;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	return score(state, x, out, ml_softmax, err);
}

static int predict_log(const void *state, const struct ml_mat *x, struct ml_mat *out,
		       struct ml_error *err)
{
	return score(state, x, out, ml_log_softmax, err);
}

static size_t width(const void *state)
{
	return ((const struct ml_nb *)state)->classes;
}

static void save(const void *state, struct ml_fields *out)
{
	ml_nb_save(state, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	(void)format; /* only version 1 exists */
	return ml_nb_load(state, in, err);
}

static void release(void *state)
{
	struct ml_nb *m = state;

	free(m->cell);
	free(m->height);
	free(m->narrow);
	free(m->rest);
	free(m->table);
	free(m->base);
	free(m->prior);
	free(m->lo);
	free(m->hi);
	free(m->shift);
	free(m->at);
	free(m->levels);
	free(m->priors);
}

const struct ml_model ml_nb = {
	.name = "nb",
	.summary = "naive Bayes: fast, takes any column, goes on with more rows exactly",
	.tasks = ML_CLASSIFY,
	.flags = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_TAKES_COLUMNS | ML_KEEPS_CONSTANT,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct ml_nb_opts),
	.state_size = sizeof(struct ml_nb),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.asks = asks,
	.update = update,
	.predict_log = predict_log,
};
