/* boost.c - gradient boosting of trees on histograms.
 *
 * Scores begin at the best constant; each round fits a tree to gradient and curvature of the
 * loss at the scores (models/grow.h), and adds learning-rate times its values to them (Friedman
 * 2001; Chen and Guestrin 2016; Ke et al. 2017).  With more than two classes a round is a tree
 * a class. Losses that are not smooth (absolute, quantile) get the exact quantile of the
 * residuals of a leaf as its value.  With held-out rows the round of the least loss on them is
 * the last, and fitting ends `patience` rounds behind it.
 *
 * Memory: a byte a cell, and 40 bytes a row.  Cost: O(n p) a level of a tree.  The same bytes
 * for any number of threads. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "la/quantile.h"
#include "models/boost_opts.h"
#include "models/cleave.h"
#include "models/grow.h"
#include "models/linpred.h"
#include "models/shap.h"

struct boost {
	size_t classes, outputs;
	const struct ml_loss *loss;
	double *base; /* outputs; owned */
	struct ml_trees trees;
};

/* Rows whose gradients one thread makes at a time. */
enum { PIECE = 1 << 14 };

struct fitting {
	struct boost *m;
	const struct ml_problem *p;
	const struct ml_boost_opts *o;
	const struct ml_run *run;
	struct ml_grower *grower;
	double *score;  /* n x outputs */
	double *g, *h;  /* n */
	uint32_t *rows; /* of the round: n_rows, ascending */
	size_t n_rows;
	bool *use;     /* features of the tree */
	size_t output; /* at hand */
	/* Held-out rows. */
	double *valid_score;
	size_t best_round;
	double best_loss;
};

/* ---- rows and features of a round ---- */

static void choose_rows(struct fitting *f, size_t round)
{
	size_t n = f->p->x.rows;
	struct ml_rng r;

	f->n_rows = 0;
	ml_rng_init(&r, f->run->seed, "boost rows", round);
	for (size_t i = 0; i < n; i++)
		if (f->o->subsample >= 1 || ml_rng_uniform(&r) < f->o->subsample)
			f->rows[f->n_rows++] = (uint32_t)i;
	if (!f->n_rows)
		f->rows[f->n_rows++] = (uint32_t)ml_rng_below(&r, n);
}

/* Exactly the share asked for, one at least (Knuth, algorithm S). */
static void choose_features(struct fitting *f, size_t tree)
{
	size_t left = f->p->x.cols;
	size_t want = (size_t)ceil(f->o->colsample * (double)left);
	struct ml_rng r;

	ml_rng_init(&r, f->run->seed, "boost features", tree);
	for (size_t j = 0; j < f->p->x.cols; j++, left--) {
		f->use[j] = ml_rng_below(&r, left) < want;
		want -= f->use[j];
	}
}

/* ---- a tree ---- */

static int gradients(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct fitting *f = arg;
	size_t from = piece * PIECE, n = f->p->x.rows;

	(void)worker;
	(void)err;
	ml_loss_gradients(f->m->loss, f->p, f->score, f->m->outputs, f->output, from,
			  n - from < PIECE ? n : from + PIECE, &f->o->of_loss, f->g, f->h);
	return ML_OK;
}

/* The quantile of the residuals of a leaf. */
static int residual_quantile(const struct fitting *f, const uint32_t *rows, size_t n,
			     double *value, struct ml_error *err)
{
	double *d = ml_alloc(n, sizeof *d, err);
	double *w = f->p->w ? ml_alloc(n, sizeof *w, err) : NULL;
	double q = strcmp(f->m->loss->name, "quantile") ? 0.5 : f->o->of_loss.quantile;
	struct ml_sorted s = { 0 };
	int rc = d && (w || !f->p->w) ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < n; k++) {
		d[k] = f->p->y[rows[k]] - f->score[rows[k]];
		if (w)
			w[k] = f->p->w[rows[k]];
	}
	if (!rc)
		rc = ml_sorted_init(&s, d, w, n, err);
	if (!rc)
		*value = ml_sorted_quantile(&s, q);
	ml_sorted_release(&s);
	free(w);
	free(d);
	return rc;
}

struct setting {
	struct fitting *f;
	const struct ml_grow_opts *o;
};

/* The value of a leaf, added to the scores of its rows. */
static int set_leaf(void *arg, size_t k, int worker, struct ml_error *err)
{
	const struct setting *s = arg;
	struct fitting *f = s->f;
	size_t n;
	const struct ml_grown_leaf *l = ml_grower_leaves(f->grower, &n) + k;
	const uint32_t *rows = ml_grower_rows(f->grower);
	double g = 0, h = 0, v;

	(void)worker;
	if (f->m->loss->by_quantile) {
		if (residual_quantile(f, rows + l->from, l->to - l->from, &v, err))
			return err->code;
		v = fmin(fmax(v, l->lo), l->hi);
	} else {
		for (size_t i = l->from; i < l->to; i++) {
			g += f->g[rows[i]];
			h += f->h[rows[i]];
		}
		v = ml_leaf_value(s->o, g, h, l->lo, l->hi);
	}
	v *= f->o->rate;
	f->m->trees.value[l->node] = isfinite(v) ? v : 0;
	return ML_OK;
}

static int add_values(void *arg, size_t k, int worker, struct ml_error *err)
{
	const struct setting *s = arg;
	struct fitting *f = s->f;
	size_t n, outputs = f->m->outputs;
	const struct ml_grown_leaf *l = ml_grower_leaves(f->grower, &n) + k;
	const uint32_t *rows = ml_grower_rows(f->grower);
	double v = f->m->trees.value[l->node], *score = f->score + f->output;

	(void)worker;
	(void)err;
	for (size_t i = l->from; i < l->to; i++)
		score[rows[i] * outputs] += v;
	return ML_OK;
}

static void add_left_out(struct fitting *f)
{
	size_t next = 0;

	for (size_t i = 0; i < f->p->x.rows; i++) {
		if (next < f->n_rows && f->rows[next] == i) {
			next++;
			continue;
		}
		f->score[i * f->m->outputs + f->output] +=
			f->m->trees.value[ml_grower_node(f->grower, i)];
	}
}

static int add_tree(struct fitting *f, const struct ml_grow_opts *o, size_t tree,
		    struct ml_error *err)
{
	struct setting s = { f, o };
	size_t n, pieces = (f->p->x.rows + PIECE - 1) / PIECE;
	int threads = pieces > 2 ? f->run->threads : 1;

	if (f->o->colsample < 1)
		choose_features(f, tree);
	int rc = ml_parallel(threads, pieces, gradients, f, err);
	if (!rc)
		rc = ml_grower_grow(f->grower, f->rows, f->n_rows, f->g, f->h, f->p->w,
				    f->o->colsample < 1 ? f->use : NULL, &f->m->trees, err);
	if (rc)
		return rc;
	(void)ml_grower_leaves(f->grower, &n);
	rc = ml_parallel(threads, n, set_leaf, &s, err);
	if (!rc)
		rc = ml_parallel(threads, n, add_values, &s, err);
	if (!rc && f->n_rows < f->p->x.rows)
		add_left_out(f);
	return rc;
}

/* ---- held-out rows ---- */

static double mean_loss(const struct fitting *f, const struct ml_problem *p,
			const double *score)
{
	double sum = 0, total = 0;

	for (size_t i = 0; i < p->x.rows; i++) {
		double w = p->w ? p->w[i] : 1;

		sum += w * f->m->loss->value(score + i * f->m->outputs, f->m->outputs, p->y[i],
					     &f->o->of_loss);
		total += w;
	}
	return sum / total;
}

/* True when fitting should end. */
static bool ask_valid(struct fitting *f, size_t round, double *loss)
{
	const struct ml_problem *v = f->p->valid;
	size_t k = f->m->outputs;
	struct ml_mat out = { f->valid_score, v->x.rows, k, k };

	ml_trees_sum(&f->m->trees, round * k, (round + 1) * k, &v->x, &out);
	*loss = mean_loss(f, v, f->valid_score);
	if (*loss < f->best_loss) {
		f->best_loss = *loss;
		f->best_round = round;
	}
	return round >= f->best_round + (size_t)f->o->patience;
}

/* ---- all rounds ---- */

static int boost(struct fitting *f, const struct ml_grow_opts *o, struct ml_report *rep,
		 struct ml_error *err)
{
	size_t k = f->m->outputs, round = 0;
	bool over = false;
	int rc = ML_OK;

	f->best_loss = (double)INFINITY;
	for (; !rc && !over && round < (size_t)f->o->trees; round++) {
		double valid = (double)NAN;

		if (!round || f->o->subsample < 1)
			choose_rows(f, round);
		for (f->output = 0; !rc && f->output < k; f->output++)
			rc = add_tree(f, o, round * k + f->output, err);
		if (!rc && f->p->valid)
			over = ask_valid(f, round, &valid);
		if (!rc && f->run->progress)
			f->run->progress(f->run->user, &(struct ml_progress){
							       .step = round + 1,
							       .steps = (size_t)f->o->trees,
							       .train_loss = (double)NAN,
							       .valid_loss = valid,
							       .valid_metric = (double)NAN,
							       .rate = f->o->rate,
						       });
		over |= ml_run_over(f->run);
	}
	if (!rc && f->p->valid)
		ml_trees_cut(&f->m->trees, (f->best_round + 1) * k);
	*rep = (struct ml_report){ f->m->trees.n / k, true, 0 };
	if (!rc)
		rep->objective = mean_loss(f, f->p, f->score);
	return rc;
}

static int choose_loss(struct boost *m, const struct ml_problem *p,
		       const struct ml_boost_opts *o, struct ml_error *err)
{
	const char *name = ml_boost_losses[o->loss];

	if (!o->loss)
		name = p->task == ML_REGRESS ? "squared"
		       : p->nclass > 2       ? "multinomial"
					     : "logistic";
	m->loss = ml_loss_find(name);
	m->classes = p->nclass;
	m->outputs = !strcmp(name, "multinomial") ? p->nclass : 1;
	if (m->loss->classes != (p->task == ML_CLASSIFY) ||
	    (!strcmp(name, "logistic") && p->nclass > 2))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--loss %s is not for %s", name,
			       p->task == ML_REGRESS ? "numbers"
			       : p->nclass > 2       ? "more than two classes"
						     : "classes");
	for (size_t i = 0; i < p->x.rows; i++)
		if ((m->loss->positive && !(p->y[i] > 0)) ||
		    (m->loss->nonnegative && !(p->y[i] >= 0)))
			return ml_fail(err, ML_EDATA, "E-TARGET",
				       "--loss %s takes targets %s 0, and there is %g", name,
				       m->loss->positive ? "above" : "from", p->y[i]);
	return ML_OK;
}

static int begin(struct fitting *f, struct ml_error *err)
{
	const struct ml_problem *p = f->p;
	struct boost *m = f->m;
	size_t n = p->x.rows, k = m->outputs, nv = p->valid ? p->valid->x.rows : 0;

	if (n > UINT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", n);
	m->trees.features = p->x.cols;
	m->trees.outputs = k;
	if (!(m->base = ml_alloc(k, sizeof *m->base, err)) ||
	    !(f->score = ml_alloc(n * k, sizeof *f->score, err)) ||
	    !(f->g = ml_alloc(n, sizeof *f->g, err)) ||
	    !(f->h = ml_alloc(n, sizeof *f->h, err)) ||
	    !(f->rows = ml_alloc(n, sizeof *f->rows, err)) ||
	    !(f->use = ml_alloc(p->x.cols, sizeof *f->use, err)) ||
	    !(f->valid_score = ml_alloc(nv * k, sizeof *f->valid_score, err)))
		return err->code;
	for (size_t c = 0; c < k; c++) {
		m->base[c] = m->loss->base(p, c, &f->o->of_loss);
		if (!isfinite(m->base[c]))
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "the target's values are too large to be averaged");
		for (size_t i = 0; i < n; i++)
			f->score[i * k + c] = m->base[c];
		for (size_t i = 0; i < nv; i++)
			f->valid_score[i * k + c] = m->base[c];
	}
	return ML_OK;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct ml_boost_opts *o = options;
	struct fitting f = { .m = state, .p = p, .o = o, .run = run };
	struct ml_grow_opts grow = { .max_leaves = (size_t)o->max_leaves,
				     .max_depth = (size_t)o->max_depth,
				     .min_rows = (size_t)o->min_rows,
				     .min_hessian = o->min_hessian,
				     .l1 = o->l1,
				     .l2 = o->l2,
				     .min_gain = o->min_gain,
				     .cat_smooth = o->cat_smooth,
				     .cat_l2 = o->cat_l2,
				     .cat_levels = (size_t)o->cat_levels,
				     .cat_rows = (size_t)o->cat_rows };
	struct ml_cuts *cuts = NULL;
	struct ml_binned binned = { 0 };

	int rc = choose_loss(f.m, p, o, err);
	if (!rc)
		rc = ml_cuts_make(&cuts, p, (size_t)o->max_bins, run, err);
	if (!rc)
		rc = ml_binned_make(&binned, cuts, p, run, err);
	if (!rc)
		rc = begin(&f, err);
	if (!rc)
		rc = ml_grower_new(&f.grower, &binned, cuts, &grow, run->threads, err);
	if (!rc)
		rc = boost(&f, &grow, rep, err);
	ml_grower_free(f.grower);
	free(f.valid_score);
	free(f.use);
	free(f.rows);
	free(f.h);
	free(f.g);
	free(f.score);
	ml_binned_release(&binned);
	ml_cuts_free(cuts, p->x.cols);
	return rc;
}

/* ---- the contract ---- */

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct boost *m = state;

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
	const struct boost *m = state;

	return m->classes ? m->classes : 1;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct boost *m = state;

	ml_put_size(out, "classes", m->classes);
	ml_put_text(out, "loss", m->loss->name);
	ml_put_reals(out, "base", m->base, m->outputs);
	ml_trees_save(&m->trees, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct boost *m = state;
	char *name = NULL;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "classes", 1u << 20, &m->classes, err) ||
	    ml_get_text(in, "loss", &name, err))
		return err->code;
	m->loss = ml_loss_find(name);
	free(name);
	if (!m->loss)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'loss': unknown");
	int rc = ml_trees_load(&m->trees, in, err);
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
	struct boost *m = state;

	ml_trees_release(&m->trees);
	free(m->base);
}

static void importances(const void *state, double *gain)
{
	ml_trees_gain(&((const struct boost *)state)->trees, gain);
}

static void splits(const void *state, double *count)
{
	ml_trees_splits(&((const struct boost *)state)->trees, count);
}

static size_t scores(const void *state)
{
	return ((const struct boost *)state)->outputs;
}

static int contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			 struct ml_error *err)
{
	const struct boost *m = state;
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
	.flags = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_TAKES_COLUMNS | ML_SAMPLES_ROWS,
	.format = 1,
	.opts = ml_boost_table,
	.opts_size = sizeof(struct ml_boost_opts),
	.state_size = sizeof(struct boost),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.importances = importances,
	.splits = splits,
	.scores = scores,
	.contributions = contributions,
};
