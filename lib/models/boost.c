/* boost.c - gradient boosting of trees on histograms.
 *
 * Scores begin at the best constant; each round fits a tree to gradient and curvature of the
 * loss at the scores (models/grow.h), and adds learning-rate times its values to them (Friedman
 * 2001; Chen and Guestrin 2016; Ke et al. 2017).  With more than two classes a round is a tree
 * a class. Losses that are not smooth (absolute, quantile) get the exact quantile of the
 * residuals of a leaf as its value.  Rounds are in boost_rounds.c, what held-out rows have to
 * say of them in boost_held.c.
 *
 * Memory: a byte a cell, and 40 bytes a row.  Cost: O(n p) a level of a tree.  The same bytes
 * for any number of threads. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/boost_parts.h"
#include "models/shap.h"

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

/* ---- fitting ---- */

static int make_base(struct ml_boosting *f, struct ml_error *err)
{
	struct ml_boost *m = f->m;

	m->trees.features = f->p->x.cols;
	m->trees.outputs = m->outputs;
	if (!(m->base = ml_alloc(m->outputs, sizeof *m->base, err)))
		return err->code;
	for (size_t c = 0; c < m->outputs; c++) {
		m->base[c] = m->loss->base(f->p, c, &m->of_loss);
		if (!isfinite(m->base[c]))
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "the target's values are too large to be averaged");
	}
	return ML_OK;
}

static int begin(struct ml_boosting *f, struct ml_error *err)
{
	const struct ml_problem *p = f->p;
	size_t n = p->x.rows, k = f->m->outputs;
	struct ml_mat out;

	if (n > UINT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", n);
	if (!f->m->base && make_base(f, err))
		return err->code;
	if (!(f->score = ml_alloc(n * k, sizeof *f->score, err)) ||
	    !(f->g = ml_alloc(n, sizeof *f->g, err)) ||
	    !(f->h = ml_alloc(n, sizeof *f->h, err)) ||
	    !(f->rows = ml_alloc(n, sizeof *f->rows, err)) ||
	    !(f->use = ml_alloc(p->x.cols, sizeof *f->use, err)))
		return err->code;
	for (size_t i = 0; i < n; i++)
		memcpy(f->score + i * k, f->m->base, k * sizeof *f->score);
	out = (struct ml_mat){ f->score, n, k, k };
	ml_trees_sum(&f->m->trees, 0, f->m->trees.n, &p->x, &out);
	return p->valid ? ml_boost_held_init(f, err) : ML_OK;
}

static void end(struct ml_boosting *f)
{
	ml_grower_free(f->grower);
	ml_boost_held_release(&f->held);
	free(f->use);
	free(f->rows);
	free(f->h);
	free(f->g);
	free(f->score);
}

static struct ml_grow_opts grow_opts(const struct ml_boost_opts *o, const struct ml_problem *p)
{
	return (struct ml_grow_opts){ .max_leaves = (size_t)o->max_leaves,
				      .max_depth = (size_t)o->max_depth,
				      .min_rows = (size_t)o->min_rows,
				      .min_hessian = o->min_hessian,
				      .l1 = o->l1,
				      .l2 = o->l2,
				      .min_gain = o->min_gain,
				      .cat_smooth = o->cat_smooth,
				      .cat_l2 = o->cat_l2,
				      .cat_levels = (size_t)o->cat_levels,
				      .cat_rows = (size_t)o->cat_rows,
				      .monotone = p->monotone,
				      .meetings = p->meetings };
}

/* More rounds, from the trees that there are. */
static int go_on(struct ml_boost *m, const struct ml_problem *p, const struct ml_boost_opts *o,
		 const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct ml_grow_opts grow = grow_opts(o, p);
	struct ml_boosting f = { .m = m,
				 .p = p,
				 .o = o,
				 .run = run,
				 .grow = &grow,
				 .first = m->trees.n / m->outputs };
	struct ml_cuts *cuts = NULL;
	struct ml_binned binned = { 0 };

	if (p->monotone && m->outputs > 1)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--monotone is for numbers and for two classes");
	int rc = check_target(m, p, err);
	if (!rc && f.first) /* the columns are not read again once they are binned */
		rc = begin(&f, err);
	if (!rc)
		rc = ml_cuts_make(&cuts, p, (size_t)o->max_bins, run, err);
	if (!rc)
		rc = ml_binned_make(&binned, cuts, p, run, err);
	if (!rc && !f.first)
		rc = begin(&f, err);
	if (!rc)
		rc = ml_grower_new(&f.grower, &binned, cuts, &grow, run->threads, err);
	if (!rc)
		rc = ml_boost_rounds(&f, rep, err);
	end(&f);
	ml_binned_release(&binned);
	ml_cuts_free(cuts, p->x.cols);
	return rc;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	int rc = choose_loss(state, p, options, err);

	return rc ? rc : go_on(state, p, options, run, rep, err);
}

static int update(void *state, const struct ml_problem *p, const void *options,
		  const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	int rc = keep_loss(state, p, options, err);

	if (!rc && !p->x.v)
		rc = ml_fail(err, ML_EBUG, "E-BUG", "more rounds need rows");
	return rc ? rc : go_on(state, p, options, run, rep, err);
}

/* ---- the contract ---- */

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct ml_boost *m = state;

	if (x->cols != m->trees.features)
		return ml_fail(err, ML_EBUG, "E-BUG", "%zu columns for %zu features", x->cols,
			       m->trees.features);
	for (size_t i = 0; i < x->rows; i++)
		memcpy(out->v + i * out->ld, m->base, m->outputs * sizeof *m->base);
	ml_trees_sum(&m->trees, 0, m->trees.n, x, out);
	for (size_t i = 0; i < x->rows; i++)
		m->loss->link(out->v + i * out->ld, m->outputs, out->v + i * out->ld);
	return ML_OK;
}

static size_t width(const void *state)
{
	const struct ml_boost *m = state;

	return m->classes ? m->classes : 1;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct ml_boost *m = state;

	ml_put_size(out, "classes", m->classes);
	ml_put_text(out, "loss", m->loss->name);
	if (parameter_of(m->loss))
		ml_put_real(out, "loss-parameter",
			    get_parameter(parameter_of(m->loss), &m->of_loss));
	ml_put_reals(out, "base", m->base, m->outputs);
	ml_trees_save(&m->trees, out);
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

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct ml_boost *m = state;
	char *name = NULL;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "classes", 1u << 20, &m->classes, err) ||
	    ml_get_text(in, "loss", &name, err))
		return err->code;
	m->loss = ml_loss_find(name);
	free(name);
	if (!m->loss)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'loss': unknown");
	int rc = load_parameter(m, in, err);
	if (!rc)
		rc = ml_trees_load(&m->trees, in, err);
	bool many = !strcmp(m->loss->name, "multinomial");
	m->outputs = m->trees.outputs;
	if (!rc && (m->loss->classes != (m->classes > 0) || m->classes == 1 ||
		    (!many && m->classes > 2) || m->outputs != (many ? m->classes : 1)))
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'classes': %zu with %zu outputs",
			     m->classes, m->outputs);
	return rc ? rc : ml_get_reals(in, "base", &m->base, m->outputs, err);
}

static void release(void *state)
{
	struct ml_boost *m = state;

	ml_trees_release(&m->trees);
	free(m->base);
}

static void importances(const void *state, double *gain)
{
	ml_trees_gain(&((const struct ml_boost *)state)->trees, gain);
}

static void splits(const void *state, double *count)
{
	ml_trees_splits(&((const struct ml_boost *)state)->trees, count);
}

static const struct ml_trees *trees(const void *state)
{
	return &((const struct ml_boost *)state)->trees;
}

static size_t scores(const void *state)
{
	return ((const struct ml_boost *)state)->outputs;
}

static int contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			 struct ml_error *err)
{
	const struct ml_boost *m = state;
	size_t p = m->trees.features;

	for (size_t i = 0; i < x->rows; i++)
		for (size_t c = 0; c < m->outputs; c++) {
			double *o = out->v + i * out->ld + c * (p + 1);

			memset(o, 0, p * sizeof *o);
			o[p] = m->base[c];
		}
	return ml_trees_shap(&m->trees, x, out, err);
}

const struct ml_model ml_boost = {
	.name = "boost",
	.summary = "gradient boosted trees: mixed columns, missing values, many losses",
	.tasks = ML_CLASSIFY | ML_REGRESS,
	.flags = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_TAKES_COLUMNS | ML_SAMPLES_ROWS |
		 ML_TAKES_VALID | ML_TAKES_MONOTONE | ML_TAKES_MEETINGS,
	.format = 1,
	.opts = ml_boost_table,
	.opts_size = sizeof(struct ml_boost_opts),
	.state_size = sizeof(struct ml_boost),
	.fit = ML_FITTING(fit),
	.update = ML_FITTING(update),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.importances = importances,
	.splits = splits,
	.trees = trees,
	.scores = scores,
	.contributions = contributions,
};
