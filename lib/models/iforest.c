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
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "la/quantile.h"
#include "models/model.h"
#include "models/trees.h"

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

/* ---- one tree ---- */

struct inode {
	size_t from, to, depth;
	int32_t feature;   /* -1: a leaf */
	size_t child, set; /* set: where its words begin, of a category */
	double at;
	bool missing_left, category;
};

struct worker {
	uint32_t *row, *moved, *feature;
	double *value; /* of each row, of the feature at hand */
	bool *left;    /* of each level */
	struct inode *node;
};

struct fitting {
	struct iforest *m;
	const struct ml_problem *p;
	const struct iforest_opts *o;
	const struct ml_run *run;
	size_t psi, depth, most_levels;
	double *upto; /* sums of weights, or NULL */
	struct worker *worker;
	struct ml_trees *tree;
};

static double harmonic(double n)
{
	const double gamma = 0.57721566490153286;

	if (n > 1000) /* Euler, Maclaurin: below 1e-15 */
		return log(n) + gamma + 1 / (2 * n) - 1 / (12 * n * n);
	double sum = 0;
	for (double k = n; k >= 1; k--)
		sum += 1 / k;
	return sum;
}

static double search_depth(size_t m)
{
	double n = (double)m;

	return m < 2 ? 0 : 2 * harmonic(n - 1) - 2 * (n - 1) / n;
}

static double cell(const struct ml_problem *p, size_t i, size_t j)
{
	return p->x.v ? p->x.v[i * p->x.ld + j] : p->col[j][i];
}

static void choose_rows(const struct fitting *f, struct worker *w, struct ml_rng *r)
{
	size_t n = f->p->x.rows, want = f->psi, left = n, k = 0;

	for (size_t i = 0; !f->upto && i < n; i++, left--)
		if (ml_rng_below(r, left) < want) {
			w->row[k++] = (uint32_t)i;
			want--;
		}
	for (; f->upto && k < f->psi; k++) {
		double at = ml_rng_uniform(r) * f->upto[n - 1];
		size_t lo = 0, hi = n - 1;

		while (lo < hi) {
			size_t middle = (lo + hi) / 2;

			if (f->upto[middle] <= at)
				lo = middle + 1;
			else
				hi = middle;
		}
		w->row[k] = (uint32_t)lo;
	}
}

/* The cells of a node's rows; false: there is but one value. */
static bool look(const struct fitting *f, struct worker *w, const struct inode *node, size_t j,
		 double *lo, double *hi)
{
	*lo = (double)INFINITY;
	*hi = -(double)INFINITY;
	for (size_t k = node->from; k < node->to; k++) {
		double v = w->value[k] = cell(f->p, w->row[k], j);

		*lo = v < *lo ? v : *lo;
		*hi = v > *hi ? v : *hi;
	}
	return *lo < *hi;
}

/* Each level that occurs by a coin, until both sides have one. */
static void throw_levels(const struct fitting *f, struct worker *w, const struct inode *node,
			 size_t j, struct ml_rng *r)
{
	bool both = false, first = false;

	while (!both) {
		size_t seen = SIZE_MAX;

		for (int b = 0; b < f->p->levels[j]; b++)
			w->left[b] = ml_rng_bits(r) >> 63;
		for (size_t k = node->from; !both && k < node->to; k++) {
			if (isnan(w->value[k]))
				continue;
			if (seen == SIZE_MAX)
				first = w->left[seen = (size_t)w->value[k]];
			both = w->left[(size_t)w->value[k]] != first;
		}
	}
}

static int keep_levels(const struct fitting *f, const struct worker *w, struct inode *node,
		       struct ml_trees *t, struct ml_error *err)
{
	size_t levels = (size_t)f->p->levels[node->feature];

	if (ml_trees_add_set(t, (levels + 31) / 32, &node->set, err))
		return err->code;
	for (size_t b = 0; b < levels; b++)
		t->words[t->set[node->set] + b / 32] |= (uint32_t)w->left[b] << b % 32;
	return ML_OK;
}

/* Draws a cut; a node without one stays a leaf. */
static int draw(const struct fitting *f, struct worker *w, struct inode *node,
		struct ml_trees *t, struct ml_rng *r, struct ml_error *err)
{
	size_t p = f->p->x.cols, j = 0, tried = 0;
	double lo, hi;

	if (node->depth >= f->depth || node->to - node->from < 2)
		return ML_OK;
	for (; tried < p; tried++) {
		size_t k = tried + ml_rng_below(r, p - tried);

		j = w->feature[k];
		w->feature[k] = w->feature[tried];
		w->feature[tried] = (uint32_t)j;
		if (look(f, w, node, j, &lo, &hi))
			break;
	}
	if (tried == p)
		return ML_OK;
	double u = ml_rng_uniform(r);
	node->feature = (int32_t)j;
	node->missing_left = ml_rng_bits(r) >> 63;
	node->category = f->p->levels && f->p->levels[j] > 0;
	node->at = lo * (1 - u) + hi * u;
	if (!(node->at < hi))
		node->at = lo;
	if (!node->category)
		return ML_OK;
	throw_levels(f, w, node, j, r);
	return keep_levels(f, w, node, t, err);
}

static size_t part(struct worker *w, const struct inode *node)
{
	size_t left = node->from, right = 0;

	for (size_t k = node->from; k < node->to; k++) {
		double v = w->value[k];
		uint32_t row = w->row[k];
		bool goes = isnan(v)         ? node->missing_left
			    : node->category ? w->left[(size_t)v]
					     : v <= node->at;

		if (goes)
			w->row[left++] = row;
		else
			w->moved[right++] = row;
	}
	memcpy(w->row + left, w->moved, right * sizeof *w->row);
	return left;
}

/* Breadth first, as trees are kept. */
static int grow_tree(const struct fitting *f, struct worker *w, struct ml_trees *t,
		     struct ml_rng *r, struct ml_error *err)
{
	size_t n = 1;

	w->node[0] = (struct inode){ .to = f->psi, .feature = -1 };
	for (size_t k = 0; k < n; k++) {
		struct inode *node = &w->node[k];

		if (draw(f, w, node, t, r, err))
			return err->code;
		if (node->feature < 0)
			continue;
		size_t middle = part(w, node), d = node->depth + 1;
		node->child = n;
		w->node[n++] = (struct inode){ node->from, middle, d, .feature = -1 };
		w->node[n++] = (struct inode){ middle, node->to, d, .feature = -1 };
	}
	int rc = ml_trees_add(t, n, err);
	for (size_t k = 0; !rc && k < n; k++) {
		const struct inode *node = &w->node[k];
		unsigned flags = (node->missing_left ? ML_MISSING_LEFT : 0) |
				 (node->category ? ML_IN_SET : 0);

		t->cover[k] = (double)(node->to - node->from);
		if (node->feature < 0)
			t->value[k] = (double)node->depth + search_depth(node->to - node->from);
		else
			t->node[k] = (struct ml_tnode){ node->category ? (double)node->set
								       : node->at,
							node->feature,
							ml_tnode_link(node->child, flags) };
	}
	return rc;
}

static int begin_worker(const struct fitting *f, struct worker *w, struct ml_error *err)
{
	size_t p = f->p->x.cols;

	if (w->node)
		return ML_OK;
	if (!(w->row = ml_alloc(f->psi, sizeof *w->row, err)) ||
	    !(w->moved = ml_alloc(f->psi, sizeof *w->moved, err)) ||
	    !(w->value = ml_alloc(f->psi, sizeof *w->value, err)) ||
	    !(w->feature = ml_alloc(p, sizeof *w->feature, err)) ||
	    !(w->left = ml_alloc(f->most_levels, sizeof *w->left, err)) ||
	    !(w->node = ml_alloc(2 * f->psi, sizeof *w->node, err)))
		return err->code;
	return ML_OK;
}

static void end_worker(struct worker *w)
{
	free(w->node);
	free(w->left);
	free(w->feature);
	free(w->value);
	free(w->moved);
	free(w->row);
}

static int grow(void *arg, size_t k, int worker, struct ml_error *err)
{
	const struct fitting *f = arg;
	struct worker *w = &f->worker[worker];
	struct ml_rng r;

	if (begin_worker(f, w, err))
		return err->code;
	/* The first tree is grown whatever the clock says. */
	if (k && ml_run_over(f->run))
		return ML_OK;
	for (size_t j = 0; j < f->p->x.cols; j++)
		w->feature[j] = (uint32_t)j;
	ml_rng_init(&r, f->run->seed, "iforest", k);
	choose_rows(f, w, &r);
	return grow_tree(f, w, &f->tree[k], &r, err);
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
	f->psi = (size_t)f->o->sample < n ? (size_t)f->o->sample : n;
	f->depth = (size_t)ceil(log2((double)f->psi));
	f->m->norm = search_depth(f->psi);
	f->m->trees.features = p->x.cols;
	f->m->trees.outputs = 1;
	for (size_t j = 0; p->levels && j < p->x.cols; j++)
		if ((size_t)p->levels[j] > f->most_levels)
			f->most_levels = (size_t)p->levels[j];
	f->worker = ml_alloc((size_t)f->run->threads, sizeof *f->worker, err);
	f->tree = f->worker ? ml_alloc((size_t)f->o->trees, sizeof *f->tree, err) : NULL;
	f->upto = f->tree && p->w ? ml_alloc(n, sizeof *f->upto, err) : NULL;
	for (size_t i = 0; f->upto && i < n; i++)
		f->upto[i] = p->w[i] + (i ? f->upto[i - 1] : 0);
	if (!f->tree || (p->w && !f->upto))
		return err->code;
	return !f->upto || isfinite(f->upto[n - 1])
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
		end_worker(&f.worker[k]);
	free(f.upto);
	free(f.tree);
	free(f.worker);
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct iforest *m = state;
	struct ml_mat sums = { out->v, out->rows, 1, out->ld };

	if (x->cols != m->trees.features)
		return ml_fail(err, ML_EBUG, "E-BUG", "%zu columns for %zu features", x->cols,
			       m->trees.features);
	for (size_t i = 0; i < x->rows; i++)
		out->v[i * out->ld] = 0;
	ml_trees_sum(&m->trees, 0, m->trees.n, x, &sums);
	for (size_t i = 0; i < x->rows; i++)
		out->v[i * out->ld] = score_of(m, out->v[i * out->ld]);
	return ML_OK;
}

static size_t width(const void *state)
{
	(void)state;
	return 1;
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
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.threshold = threshold,
};
