/* covering.c - a short list of rules: the first one that a row meets answers for it.
 *
 * A small tree is grown on the rows that no rule has covered yet, and the leaf that is worth
 * most apart from the rest becomes the next rule, the conjunction of the conditions on its path
 * (separate and conquer by partial trees, as PART: Frank and Witten 1998).  It ends when no
 * leaf takes min-gain of the table's impurity away, or at max-rules; the last rule has no
 * condition.
 *
 * A rule is kept as a tree that is one path; leaves where the rule does not hold have cover 0.
 * Cost: that of a tree of max-depth levels a rule. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/grove.h"

struct rules_opts {
	int64_t max_rules, max_depth;
	double min_leaf, min_gain;
};

static const struct ml_opt opts[] = {
	{ .name = "max-rules",
	  .type = ML_INT,
	  .offset = ML_FIELD(struct rules_opts, max_rules, int64_t),
	  .def = "10",
	  .lo = 1,
	  .hi = 10000,
	  .tune = { ML_LOG, 2, 50 },
	  .arg = "N",
	  .help = "rules, at most, the last one without a condition included" },
	{ .name = "max-depth",
	  .type = ML_INT,
	  .offset = ML_FIELD(struct rules_opts, max_depth, int64_t),
	  .def = "3",
	  .lo = 1,
	  .hi = 20,
	  .tune = { ML_LINEAR, 1, 5 },
	  .arg = "N",
	  .help = "conditions of a rule, at most" },
	{ .name = "min-samples-leaf",
	  .type = ML_REAL,
	  .offset = ML_FIELD(struct rules_opts, min_leaf, double),
	  .def = "10",
	  .lo = 1,
	  .hi = 1e9,
	  .tune = { ML_LOG, 5, 200 },
	  .arg = "N",
	  .help = "weight of the rows that a rule covers, at least" },
	{ .name = "min-gain",
	  .type = ML_REAL,
	  .offset = ML_FIELD(struct rules_opts, min_gain, double),
	  .def = "0.005",
	  .lo = 0,
	  .hi = 1,
	  .arg = "SHARE",
	  .help = "share of the impurity of all rows that a rule takes away, at least" },
	ML_OPT_END
};

struct fitting {
	struct ml_grove *m;
	const struct ml_problem *p;
	const struct rules_opts *o;
	struct ml_lesson lesson;
	struct ml_deep *deep;
	uint32_t *times; /* 1: not covered yet */
	double *x, *sum; /* a row; what leaves add up to, of each class */
	double impurity; /* of all rows */
	size_t *path;    /* conditions: nodes of the tree at hand, */
	bool *second;    /* and whether the second child is taken */
};

/* ---- the leaf that is worth most apart ---- */

static size_t measures(const struct ml_trees *t)
{
	return t->width > 1 ? t->width : 1;
}

/* What rows of these sums are worth (models/carve.h): of two classes the sum is that of the
 * second. */
static double worth(const struct fitting *f, const double *sum, double weight, size_t k)
{
	double square = 0;

	for (size_t c = 0; c < k; c++)
		square += sum[c] * sum[c];
	if (f->p->nclass == 2)
		square += (weight - sum[0]) * (weight - sum[0]);
	return weight > 0 ? square / weight : 0;
}

static double add_up(const struct fitting *f, const struct ml_trees *t, double *gain_base)
{
	size_t k = measures(t);
	double weight = 0;

	memset(f->sum, 0, k * sizeof *f->sum);
	for (size_t i = 0; i < t->nodes; i++) {
		if (!ml_tnode_is_leaf(t, 0, i))
			continue;
		weight += t->cover[i];
		for (size_t c = 0; c < k; c++)
			f->sum[c] += t->cover[i] * ml_trees_vector(t, i)[c];
	}
	*gain_base = worth(f, f->sum, weight, k);
	return weight;
}

/* The leaf; what it gains. */
static size_t choose_leaf(const struct fitting *f, const struct ml_trees *t, double *gain)
{
	size_t k = measures(t), best = 0;
	double base, weight = add_up(f, t, &base), *part = f->sum + k;

	*gain = 0;
	for (size_t i = 0; i < t->nodes; i++) {
		double both = 0;

		if (!ml_tnode_is_leaf(t, 0, i))
			continue;
		for (size_t c = 0; c < k; c++)
			part[c] = t->cover[i] * ml_trees_vector(t, i)[c];
		both = worth(f, part, t->cover[i], k);
		for (size_t c = 0; c < k; c++)
			part[c] = f->sum[c] - part[c];
		both += worth(f, part, weight - t->cover[i], k);
		/* A leaf must gain visibly more than one before it: sums here are rounded. */
		if (both - base > *gain + 1e-9 * f->impurity) {
			*gain = both - base;
			best = i;
		}
	}
	return best;
}

/* ---- the rule ---- */

/* The conditions from the root to a leaf, in f->path and f->second; how many. */
static size_t find_path(const struct fitting *f, const struct ml_trees *t, size_t leaf)
{
	size_t n = 0;

	for (size_t at = leaf, k = leaf; k-- > 0;) {
		size_t child = ml_tnode_child(&t->node[k]);

		if (child == k || (child != at && child + 1 != at))
			continue;
		f->path[n] = k;
		f->second[n++] = child != at;
		at = k;
	}
	for (size_t a = 0, b = n; a + 1 < b; a++) {
		size_t node = f->path[a];
		bool second = f->second[a];

		b--;
		f->path[a] = f->path[b];
		f->second[a] = f->second[b];
		f->path[b] = node;
		f->second[b] = second;
	}
	return n;
}

/* A later condition of the same kind on the same number says all that condition a says. */
static bool is_said(const struct fitting *f, const struct ml_trees *t, size_t a, size_t n)
{
	const struct ml_tnode *u = &t->node[f->path[a]];
	bool takes = (bool)(u->child & ML_MISSING_LEFT) != f->second[a];

	for (size_t b = a + 1; b < n && !(u->child & ML_IN_SET); b++) {
		const struct ml_tnode *v = &t->node[f->path[b]];
		bool later = (bool)(v->child & ML_MISSING_LEFT) != f->second[b];

		if (v->feature == u->feature && f->second[a] == f->second[b] &&
		    (takes || !later))
			return true;
	}
	return false;
}

static int add_leaf_value(struct ml_trees *to, size_t node, const struct ml_trees *t,
			  size_t leaf, struct ml_error *err)
{
	size_t number;

	to->cover[node] = t->cover[leaf];
	if (t->width <= 1) {
		to->value[node] = t->value[leaf];
		return ML_OK;
	}
	if (ml_trees_add_vector(to, ml_trees_vector(t, leaf), &number, err))
		return err->code;
	to->value[node] = (double)number;
	return ML_OK;
}

static int add_condition(struct ml_trees *to, size_t at, size_t child, const struct ml_trees *t,
			 size_t node, struct ml_error *err)
{
	struct ml_tnode n = t->node[node];
	size_t from = to->root[to->n - 1], number;

	if (n.child & ML_IN_SET) {
		size_t set = (size_t)n.at, words = t->set[set + 1] - t->set[set];

		if (ml_trees_add_set(to, words, &number, err))
			return err->code;
		memcpy(to->words + to->set[number], t->words + t->set[set],
		       words * sizeof *t->words);
		n.at = (double)number;
	}
	n.child = ml_tnode_link(child, n.child & 3);
	to->node[from + at] = n;
	to->gain[from + at] = t->gain[node];
	return ML_OK;
}

static int add_rule(const struct fitting *f, const struct ml_trees *t, size_t leaf,
		    struct ml_error *err)
{
	struct ml_trees *to = &f->m->trees;
	size_t all = find_path(f, t, leaf), n = 0, at = 0;

	for (size_t k = 0; k < all; k++) {
		if (is_said(f, t, k, all))
			continue;
		f->path[n] = f->path[k];
		f->second[n++] = f->second[k];
	}
	to->width = t->width;
	int rc = ml_trees_add(to, 2 * n + 1, err);
	for (size_t k = 0; !rc && k < n; k++) {
		rc = add_condition(to, at, 2 * k + 1, t, f->path[k], err);
		at = 2 * k + 1 + f->second[k];
	}
	size_t from = rc ? 0 : to->root[to->n - 1];
	if (!rc)
		rc = add_leaf_value(to, from + at, t, leaf, err);
	/* Where the rule does not hold: the same value, so that it is one that may be there. */
	for (size_t k = 0; !rc && k < 2 * n + 1; k++)
		if (k != at && ml_tnode_is_leaf(to, to->n - 1, k))
			to->value[from + k] = to->value[from + at];
	return rc;
}

/* Rows that the last rule covers are not there for the next. */
static size_t cover_rows(const struct fitting *f)
{
	const struct ml_problem *p = f->p;
	const struct ml_trees *t = &f->m->trees;
	size_t left = 0;

	for (size_t i = 0; i < p->x.rows; i++) {
		if (!f->times[i])
			continue;
		for (size_t j = 0; j < p->x.cols; j++)
			f->x[j] = p->x.v ? p->x.v[i * p->x.ld + j] : p->col[j][i];
		f->times[i] = !(t->cover[ml_trees_leaf(t, t->n - 1, f->x)] > 0);
		left += f->times[i];
	}
	return left;
}

static int next_rule(struct fitting *f, bool last, bool *over, struct ml_error *err)
{
	struct ml_trees t = { .features = f->p->x.cols, .outputs = 1 };
	double gain = 0;
	size_t leaf = 0;
	int rc = ml_deep_grow(f->deep, f->times, NULL, NULL, err);

	if (!rc)
		rc = ml_deep_emit(f->deep, &t, err);
	if (!rc)
		leaf = choose_leaf(f, &t, &gain);
	*over = last || t.nodes == 1 || !(gain > 0 && gain >= f->o->min_gain * f->impurity);
	if (!rc && *over) {
		size_t n;
		struct ml_deep_node *node = ml_deep_nodes(f->deep, &n);

		node[0].feature = -1;
		ml_trees_release(&t);
		t = (struct ml_trees){ .features = f->p->x.cols, .outputs = 1 };
		rc = ml_deep_emit(f->deep, &t, err);
		leaf = 0;
	}
	if (!rc)
		rc = add_rule(f, &t, leaf, err);
	if (!rc && !*over)
		*over = !cover_rows(f);
	ml_trees_release(&t);
	return rc;
}

/* ---- the fit ---- */

static double impurity_of(const struct ml_deep *d, const struct ml_problem *p,
			  const struct ml_lesson *l)
{
	size_t n;
	const struct ml_deep_node *root = ml_deep_nodes(d, &n);
	double sum = 0;

	if (p->nclass)
		return root->cover - root->worth;
	for (size_t i = 0; i < p->x.rows; i++) {
		double e = p->y[i] - root->value;

		sum += (double)l->w[i] * l->weight * e * e;
	}
	return sum;
}

static int begin(struct fitting *f, const struct ml_ranks *ranks, struct ml_error *err)
{
	struct ml_deep_opts o = { .criterion = f->p->nclass ? ML_GINI : ML_SQUARED,
				  .max_depth = (size_t)f->o->max_depth,
				  .min_leaf = f->o->min_leaf,
				  .min_split = 2,
				  .features = f->p->x.cols };
	size_t n = f->p->x.rows, k = f->p->nclass + 1, d = (size_t)f->o->max_depth;

	ml_grove_init(f->m, f->p);
	if (!(f->times = ml_alloc(n, sizeof *f->times, err)) ||
	    !(f->x = ml_alloc(f->p->x.cols, sizeof *f->x, err)) ||
	    !(f->sum = ml_alloc(2 * k, sizeof *f->sum, err)) ||
	    !(f->path = ml_alloc(d, sizeof *f->path, err)) ||
	    !(f->second = ml_alloc(d, sizeof *f->second, err)) ||
	    ml_lesson_init(&f->lesson, ranks, f->p, &o, err))
		return err->code;
	for (size_t i = 0; i < n; i++)
		f->times[i] = 1;
	return ml_deep_new(&f->deep, &f->lesson, err);
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct fitting f = { .m = state, .p = p, .o = options };
	struct ml_ranks ranks = { 0 };
	bool over = false;
	int rc = ml_ranks_make(&ranks, p, ML_RANKS, false, run, err);

	if (!rc)
		rc = begin(&f, &ranks, err);
	if (!rc)
		rc = ml_deep_grow(f.deep, NULL, NULL, NULL, err);
	if (!rc)
		f.impurity = impurity_of(f.deep, p, &f.lesson);
	for (int64_t k = 1; !rc && !over; k++)
		rc = next_rule(&f, k >= f.o->max_rules || ml_run_over(run), &over, err);
	*rep = (struct ml_report){ .iters = f.m->trees.n, .converged = true };
	ml_deep_free(f.deep);
	ml_lesson_release(&f.lesson);
	free(f.second);
	free(f.path);
	free(f.sum);
	free(f.x);
	free(f.times);
	ml_ranks_release(&ranks);
	return rc;
}

/* ---- the contract ---- */

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct ml_grove *m = state;
	const struct ml_trees *t = &m->trees;

	if (ml_mat_expect(x, t->features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		double *o = out->v + i * out->ld;
		size_t leaf = 0, k = 0;

		do
			leaf = ml_trees_leaf(t, k, x->v + i * x->ld);
		while (!(t->cover[leaf] > 0) && ++k < t->n);
		const double *v = ml_trees_vector(t, leaf);
		if (m->classes == 2) {
			o[1] = *v;
			o[0] = 1 - *v;
		} else {
			memcpy(o, v, (m->classes ? m->classes : 1) * sizeof *o);
		}
	}
	return ML_OK;
}

const struct ml_model ml_rules = {
	.name = "rules",
	.summary = "a short list of rules, which can be read (ml-show --rules)",
	.tasks = ML_CLASSIFY | ML_REGRESS,
	.flags = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_TAKES_COLUMNS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct rules_opts),
	.state_size = sizeof(struct ml_grove),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = ml_grove_width,
	.save = ml_grove_save,
	.load = ml_grove_load,
	.release = ml_grove_release,
	.importances = ml_grove_importances,
	.splits = ml_grove_splits,
	.trees = ml_grove_trees,
};
