/* tree.c - one tree: CART (Breiman, Friedman, Olshen, Stone 1984).
 *
 * Nodes are split by the best cut of the best feature (models/carve.h) until they are pure or
 * too small, and the tree is then pruned, by a price a leaf that is given, or chosen by
 * cross-validation (models/prune.h).  A leaf predicts the shares of the classes, the mean, or
 * the median.  Nothing is drawn: equal gains go to the first feature, and its lowest cut. */
#include <stdlib.h>

#include "base/mem.h"
#include "models/grove.h"
#include "models/prune.h"

static const char *const criteria[] = { "auto",     "gini",    "entropy", "squared",
					"absolute", "poisson", NULL };
static const char *const prunings[] = { "none", "cv", NULL };

struct tree_opts {
	int64_t max_depth, max_leaves, max_bins, folds;
	double min_leaf, min_split, min_decrease, alpha, errors;
	int criterion, prune;
};

#define WHOLE(field) .type = ML_INT, .offset = ML_FIELD(struct tree_opts, field, int64_t)
#define REAL(field) .type = ML_REAL, .offset = ML_FIELD(struct tree_opts, field, double)
static const struct ml_opt opts[] = {
	{ .name = "criterion",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = criteria,
	  .arg = "NAME",
	  .offset = ML_FIELD(struct tree_opts, criterion, int),
	  .help = "what splits make less; auto: gini for classes, squared for numbers" },
	{ .name = "max-depth",
	  WHOLE(max_depth),
	  .def = "0",
	  .lo = 0,
	  .hi = 1e6,
	  .arg = "N",
	  .help = "splits from the root to any leaf; 0: no limit" },
	{ .name = "max-leaves",
	  .alias = "max-leaf-nodes",
	  WHOLE(max_leaves),
	  .def = "0",
	  .lo = 0,
	  .hi = 1e9,
	  .arg = "N",
	  .help = "leaves, of which the best are kept; 0: no limit" },
	{ .name = "min-samples-leaf",
	  .alias = "minbucket",
	  REAL(min_leaf),
	  .def = "1",
	  .lo = 1,
	  .hi = 1e9,
	  .tune = { ML_LOG, 1, 100 },
	  .arg = "N",
	  .help = "weight of a leaf, at least: rows, where they have no other weight" },
	{ .name = "min-samples-split",
	  .alias = "minsplit",
	  REAL(min_split),
	  .def = "2",
	  .lo = 2,
	  .hi = 1e9,
	  .arg = "N",
	  .help = "weight of a node that is split, at least" },
	{ .name = "min-impurity-decrease",
	  REAL(min_decrease),
	  .def = "0",
	  .lo = 0,
	  .hi = 1e300,
	  .arg = "X",
	  .help = "what a split gains, divided by the weight of all rows, at least" },
	{ .name = "ccp-alpha",
	  REAL(alpha),
	  .def = "0",
	  .lo = 0,
	  .hi = 1e300,
	  .tune = { ML_LOG, 1e-5, 0.1 },
	  .arg = "X",
	  .help = "price of a leaf: subtrees that are not worth it become leaves" },
	{ .name = "prune",
	  .type = ML_PICK,
	  .def = "none",
	  .picks = prunings,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct tree_opts, prune, int),
	  .help = "choose the price by cross-validation, or not" },
	{ .name = "prune-folds",
	  WHOLE(folds),
	  .def = "10",
	  .lo = 2,
	  .hi = 1e6,
	  .when = "prune=cv",
	  .arg = "K",
	  .help = "folds of it" },
	{ .name = "prune-errors",
	  REAL(errors),
	  .def = "1",
	  .lo = 0,
	  .hi = 100,
	  .when = "prune=cv",
	  .arg = "X",
	  .help = "the smallest tree within so many standard errors of the best is taken" },
	{ .name = "max-bins",
	  WHOLE(max_bins),
	  .def = "65535",
	  .lo = 2,
	  .hi = ML_RANKS,
	  .arg = "N",
	  .help = "put the values of a feature into bins where more of them are distinct" },
	ML_OPT_END
};

static int criterion_of(const struct tree_opts *o, const struct ml_problem *p,
			enum ml_criterion *out, struct ml_error *err)
{
	static const enum ml_criterion of[] = { ML_GINI,    ML_GINI,     ML_ENTROPY,
						ML_SQUARED, ML_ABSOLUTE, ML_POISSON };

	*out = o->criterion ? of[o->criterion] : p->nclass ? ML_GINI : ML_SQUARED;
	return ml_criterion_check(*out, criteria[o->criterion], p, err);
}

static int grow(struct ml_grove *m, const struct ml_lesson *l, const struct tree_opts *o,
		const struct ml_run *run, struct ml_error *err)
{
	struct ml_deep *d = NULL;
	double alpha = o->alpha;
	int rc = ml_deep_new(&d, l, err);

	if (!rc)
		rc = ml_deep_grow(d, NULL, NULL, NULL, err);
	if (!rc && o->prune) {
		double chosen = 0;

		rc = ml_prune_choose(l, d, (size_t)o->folds, o->errors, run, &chosen, err);
		alpha = chosen > alpha ? chosen : alpha;
		if (!rc)
			rc = ml_deep_grow(d, NULL, NULL, NULL, err);
	}
	if (!rc && alpha > 0)
		rc = ml_prune(d, alpha, err);
	if (!rc)
		rc = ml_deep_emit(d, &m->trees, err);
	ml_deep_free(d);
	return rc;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct tree_opts *o = options;
	struct ml_grove *m = state;
	struct ml_ranks ranks = { 0 };
	struct ml_lesson lesson = { 0 };
	struct ml_deep_opts deep = { .max_depth = (size_t)o->max_depth,
				     .max_leaves = (size_t)o->max_leaves,
				     .min_leaf = o->min_leaf,
				     .min_split = o->min_split,
				     .min_decrease = o->min_decrease,
				     .features = p->x.cols };
	int rc = criterion_of(o, p, &deep.criterion, err);

	ml_grove_init(m, p);
	if (!rc)
		rc = ml_ranks_make(&ranks, p, (size_t)o->max_bins, false, run, err);
	if (!rc)
		rc = ml_lesson_init(&lesson, &ranks, p, &deep, err);
	if (!rc)
		rc = grow(m, &lesson, o, run, err);
	*rep = (struct ml_report){ .iters = m->trees.nodes, .converged = true };
	ml_lesson_release(&lesson);
	ml_ranks_release(&ranks);
	return rc;
}

const struct ml_model ml_tree = {
	.name = "tree",
	.summary = "one decision tree (CART), which can be read",
	.tasks = ML_CLASSIFY | ML_REGRESS,
	.flags = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_TAKES_COLUMNS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct tree_opts),
	.state_size = sizeof(struct ml_grove),
	.fit = ML_FITTING(fit),
	.predict = ml_grove_predict,
	.width = ml_grove_width,
	.save = ml_grove_save,
	.load = ml_grove_load,
	.release = ml_grove_release,
	.importances = ml_grove_importances,
	.splits = ml_grove_splits,
	.trees = ml_grove_trees,
	.scores = ml_grove_scores,
	.contributions = ml_grove_contributions,
};
