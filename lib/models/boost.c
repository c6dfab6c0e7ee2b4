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
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/boost_parts.h"
#include "models/shap.h"

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
	if (f->m->loss->ranks &&
	    ml_ranking_init(&f->ranking, p, (size_t)f->o->truncation, f->run->threads, err))
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
	ml_ranking_release(&f->ranking);
	free(f->use);
	free(f->rows);
	free(f->h);
	free(f->g);
	free(f->score);
}

/* Curvatures of many classes are small, and add up to less than numbers of rows: what holds
 * other leaves back would keep theirs from learning. */
static double penalty(const struct ml_boost *m, const struct ml_boost_opts *o)
{
	if (o->l2.pick < 0)
		return o->l2.value;
	return m->outputs > 1 ? 0 : 1;
}

static struct ml_grow_opts grow_opts(const struct ml_boost *m, const struct ml_boost_opts *o,
				     const struct ml_problem *p)
{
	return (struct ml_grow_opts){ .max_leaves = (size_t)o->max_leaves,
				      .max_depth = (size_t)o->max_depth,
				      .min_rows = (size_t)o->min_rows,
				      .min_hessian = o->min_hessian,
				      .l1 = o->l1,
				      .l2 = penalty(m, o),
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
	struct ml_grow_opts grow = grow_opts(m, o, p);
	struct ml_boosting f = { .m = m,
				 .p = p,
				 .o = o,
				 .run = run,
				 .grow = &grow,
				 .first = m->trees.n / m->outputs };
	struct ml_cuts *cuts = NULL;
	struct ml_binned binned = { 0 };

	int rc = ml_boost_check(m, p, err);
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
	int rc = ml_boost_choose(state, p, options, err);

	return rc ? rc : go_on(state, p, options, run, rep, err);
}

static int update(void *state, const struct ml_problem *p, const void *options,
		  const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct ml_boost *m = state;
	struct ml_problem with_levels = *p;

	int rc = ml_boost_keep(m, p, options, err);
	if (!rc && !p->x.v)
		rc = ml_fail(err, ML_EBUG, "E-BUG", "more rounds need rows");
	with_levels.levels = m->levels;
	return rc ? rc : go_on(m, &with_levels, options, run, rep, err);
}

/* ---- the contract ---- */

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct ml_boost *m = state;

	if (ml_mat_expect(x, m->trees.features, err))
		return err->code;
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
	ml_boost_put_loss(m, out);
	ml_put_reals(out, "base", m->base, m->outputs);
	if (m->levels)
		ml_put_ints(out, "levels", m->levels, m->trees.features);
	ml_trees_save(&m->trees, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct ml_boost *m = state;

	(void)format; /* only version 1 exists */
	int rc = ml_get_size(in, "classes", 1u << 20, &m->classes, err);
	if (!rc)
		rc = ml_boost_get_loss(m, in, err);
	if (!rc)
		rc = ml_trees_load(&m->trees, in, err);
	if (rc)
		return rc;
	bool many = !strcmp(m->loss->name, "multinomial");
	m->outputs = m->trees.outputs;
	if (m->loss->classes != (m->classes > 0) || m->classes == 1 ||
	    (!many && m->classes > 2) || m->outputs != (many ? m->classes : 1))
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field 'classes': %zu with %zu outputs", m->classes, m->outputs);
	if (ml_has(in, "levels"))
		rc = ml_get_ints(in, "levels", &m->levels, m->trees.features, 0,
				 ML_BOOST_LEVELS, err);
	return rc ? rc : ml_get_reals(in, "base", &m->base, m->outputs, err);
}

static void release(void *state)
{
	struct ml_boost *m = state;

	ml_trees_release(&m->trees);
	free(m->levels);
	free(m->base);
}

static bool by_group(const void *state, const void *options)
{
	const struct ml_boost_opts *o = options;
	const struct ml_loss *l = state ? ((const struct ml_boost *)state)->loss
					: ml_loss_find(ml_boost_losses[o->loss]);

	return l && l->ranks;
}

static enum ml_task task_of(const void *options)
{
	const struct ml_boost_opts *o = options;
	const struct ml_loss *l = ml_loss_find(ml_boost_losses[o->loss]);

	return !l ? 0 : l->classes ? ML_CLASSIFY : ML_REGRESS;
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
	.by_group = by_group,
	.task_of = task_of,
	.importances = importances,
	.splits = splits,
	.trees = trees,
	.scores = scores,
	.contributions = contributions,
};
