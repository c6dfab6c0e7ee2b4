/* iforest.c - isolation forest: how few random cuts part a row from all others.
 *
 * Each tree takes psi rows, and cuts them at random, a feature and a place between its least
 * and greatest value, until each is alone or log2(psi) cuts were made.  A row that ends at
 * depth h in a leaf of m rows needed h + c(m) cuts, c(m) = 2 H(m - 1) - 2 (m - 1) / m being the
 * mean of a search tree, H the harmonic numbers.  Its score is
 *
 *     2^(-mean over trees / c(psi))
 *
 * near 1 for what is alone at once, below 0.5 for what is among others (Liu, Ting, Zhou 2008).
 * Of a category each level that occurs goes to a side by a coin, and so does what is missing.
 * Cost: trees times psi log psi to fit, and trees times log psi a row.  Weights: rows are drawn
 * in proportion to them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "la/quantile.h"
#include "models/isolate.h"

static const char *const autos[] = { "auto", NULL };

struct iforest_opts {
	int64_t trees, sample;
	struct ml_pick_real contamination;
};

static const struct ml_opt opts[] = {
	{ .name = "trees",
	  .alias = "n-estimators,num-trees,ntree",
	  .type = ML_INT,
	  .offset = ML_FIELD(struct iforest_opts, trees, int64_t),
	  .def = "100",
	  .lo = 1,
	  .hi = 1e6,
	  .arg = "N",
	  .help = "trees" },
	{ .name = "sample",
	  .alias = "max-samples",
	  .type = ML_INT,
	  .offset = ML_FIELD(struct iforest_opts, sample, int64_t),
	  .def = "256",
	  .lo = 2,
	  .hi = 1e7,
	  .arg = "N",
	  .help = "rows that a tree is grown on; all, where there are fewer" },
	{ .name = "contamination",
	  .type = ML_PICK_REAL,
	  .offset = ML_FIELD(struct iforest_opts, contamination, struct ml_pick_real),
	  .def = "auto",
	  .picks = autos,
	  .lo = 0,
	  .hi = 0.5,
	  .arg = "SHARE",
	  .help = "share of the rows that are outliers; auto: those that score above 0.5" },
	ML_OPT_END
};

struct iforest {
	struct ml_trees trees; /* leaves: h + c(m) */
	double norm;           /* c(psi) */
	double threshold;      /* outliers score above it */
};

/* ---- the forest ---- */

struct fitting {
	struct iforest *m;
	const struct ml_problem *p;
	const struct iforest_opts *o;
	const struct ml_run *run;
	struct ml_isolation rows;
	struct ml_isolator *worker;
	struct ml_trees *tree;
};

static double cell(const struct ml_problem *p, size_t i, size_t j)
{
	return p->x.v ? p->x.v[i * p->x.ld + j] : p->col[j][i];
}

static int grow(void *arg, size_t k, int worker, struct ml_error *err)
{
	const struct fitting *f = arg;
	struct ml_rng r;

	/* The first tree is grown whatever the clock says. */
	if (k && ml_run_over(f->run))
		return ML_OK;
	ml_rng_init(&r, f->run->seed, "iforest", k);
	return ml_isolate(&f->rows, &f->worker[worker], &f->tree[k], &r, err);
}

/* ---- the threshold ---- */

static double score_of(const struct iforest *m, double sum)
{
	return exp2(-sum / (double)m->trees.n / m->norm);
}

static double score_row(const struct iforest *m, const double *x)
{
	double sum = 0;

	for (size_t t = 0; t < m->trees.n; t++)
		sum += m->trees.value[ml_trees_leaf(&m->trees, t, x)];
	return score_of(m, sum);
}

/* So that the share asked for scores above it. */
static int set_threshold(const struct fitting *f, struct ml_error *err)
{
	const struct ml_problem *p = f->p;
	struct ml_sorted s = { 0 };

	f->m->threshold = 0.5;
	if (f->o->contamination.pick >= 0)
		return ML_OK;
	double *score = ml_alloc(p->x.rows, sizeof *score, err);
	double *x = score ? ml_alloc(p->x.cols, sizeof *x, err) : NULL;
	for (size_t i = 0; x && i < p->x.rows; i++) {
		for (size_t j = 0; j < p->x.cols; j++)
			x[j] = cell(p, i, j);
		score[i] = score_row(f->m, x);
	}
	int rc = x ? ml_sorted_init(&s, score, p->w, p->x.rows, err) : err->code;
	if (!rc)
		f->m->threshold = ml_sorted_quantile(&s, 1 - f->o->contamination.value);
	ml_sorted_release(&s);
	free(x);
	free(score);
	return rc;
}

/* ---- the contract ---- */

static int begin(struct fitting *f, struct ml_error *err)
{
	const struct ml_problem *p = f->p;
	size_t n = p->x.rows;

	if (n < 2)
		return ml_fail(err, ML_EDATA, "E-TOOFEW", "iforest: one row, expected two");
	if (n > UINT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", n);
	struct ml_isolation *all = &f->rows;
	all->p = p;
	all->sample = (size_t)f->o->sample < n ? (size_t)f->o->sample : n;
	all->depth = (size_t)ceil(log2((double)all->sample));
	f->m->norm = ml_isolate_depth(all->sample);
	f->m->trees.features = p->x.cols;
	f->m->trees.outputs = 1;
	for (size_t j = 0; p->levels && j < p->x.cols; j++)
		if ((size_t)p->levels[j] > all->most_levels)
			all->most_levels = (size_t)p->levels[j];
	f->worker = ml_alloc((size_t)f->run->threads, sizeof *f->worker, err);
	f->tree = f->worker ? ml_alloc((size_t)f->o->trees, sizeof *f->tree, err) : NULL;
	all->upto = f->tree && p->w ? ml_alloc(n, sizeof *all->upto, err) : NULL;
	for (size_t i = 0; all->upto && i < n; i++)
		all->upto[i] = p->w[i] + (i ? all->upto[i - 1] : 0);
	if (!f->tree || (p->w && !all->upto))
		return err->code;
	return !all->upto || isfinite(all->upto[n - 1])
		       ? ML_OK
		       : ml_fail(err, ML_EDATA, "E-RANGE",
				 "the weights are too large to be added");
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct fitting f = { .m = state, .p = p, .o = options, .run = run };
	int rc = begin(&f, err);
	size_t n = (size_t)f.o->trees;

	if (!rc)
		rc = ml_parallel(run->threads, n, grow, &f, err);
	for (size_t k = 0; !rc && k < n && f.tree[k].n; k++)
		rc = ml_trees_append(&f.m->trees, &f.tree[k], err);
	if (!rc)
		rc = set_threshold(&f, err);
	*rep = (struct ml_report){ .iters = f.m->trees.n,
				   .converged = true,
				   .objective = f.m->threshold };
	for (size_t k = 0; f.tree && k < n; k++)
		ml_trees_release(&f.tree[k]);
	for (int k = 0; f.worker && k < run->threads; k++)
		ml_isolator_release(&f.worker[k]);
	free(f.rows.upto);
	free(f.tree);
	free(f.worker);
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct iforest *m = state;
	struct ml_mat sums = { out->v, out->rows, 1, out->ld };

	if (ml_mat_expect(x, m->trees.features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++)
		out->v[i * out->ld] = 0;
	ml_trees_sum(&m->trees, 0, m->trees.n, x, &sums);
	for (size_t i = 0; i < x->rows; i++)
		out->v[i * out->ld] = score_of(m, out->v[i * out->ld]);
	return ML_OK;
}

static double threshold(const void *state)
{
	return ((const struct iforest *)state)->threshold;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct iforest *m = state;

	ml_put_real(out, "norm", m->norm);
	ml_put_real(out, "threshold", m->threshold);
	ml_trees_save(&m->trees, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct iforest *m = state;

	(void)format; /* only version 1 exists */
	if (ml_get_real(in, "norm", &m->norm, err) ||
	    ml_get_real(in, "threshold", &m->threshold, err) ||
	    ml_trees_load(&m->trees, in, err))
		return err->code;
	if (!(m->norm > 0) || m->trees.outputs != 1 || !m->trees.n || m->trees.width > 1)
		return ml_fail(err, ML_EDATA, "E-MODEL", "%zu trees, norm %g", m->trees.n,
			       m->norm);
	return ML_OK;
}

static void release(void *state)
{
	ml_trees_release(&((struct iforest *)state)->trees);
}

const struct ml_model ml_iforest = {
	.name = "iforest",
	.summary = "isolation forest: outliers, without a target",
	.tasks = ML_DETECT,
	.flags = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_TAKES_COLUMNS | ML_SAMPLES_ROWS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct iforest_opts),
	.state_size = sizeof(struct iforest),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.save = save,
	.load = load,
	.release = release,
	.threshold = threshold,
};
