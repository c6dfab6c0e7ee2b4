/* forest_opts.c - the hyperparameters of forest and extra-trees: the words of scikit-learn;
 * those of ranger are aliases where theirs differ. */
#include "models/forest_opts.h"

#include <math.h>

#include "models/grove.h"

static const char *const criteria[] = { "auto", "gini", "entropy", "squared", "poisson", NULL };
static const char *const answers[] = { "mean", NULL };
static const char *const shares[] = { "auto", "sqrt", "log2", "all", NULL };

#define WHOLE(field) .type = ML_INT, .offset = ML_FIELD(struct ml_forest_opts, field, int64_t)
#define REAL(field) .type = ML_REAL, .offset = ML_FIELD(struct ml_forest_opts, field, double)
#define YES_NO(field) .type = ML_BOOL, .offset = ML_FIELD(struct ml_forest_opts, field, bool)

/* clang-format off */
#define TREES \
	{ .name = "trees", .alias = "n-estimators,num-trees,ntree", WHOLE(trees), .def = "100", \
	  .lo = 1, .hi = 1e6, .tune = { ML_LOG, 50, 1000 }, .arg = "N", .help = "trees" }
#define FEATURES \
	{ .name = "max-features", .alias = "mtry", .type = ML_PICK_REAL, .def = "auto", \
	  .picks = shares, .lo = 0, .hi = 1e9, .arg = "HOW", \
	  .offset = ML_FIELD(struct ml_forest_opts, features, struct ml_pick_real), \
	  .help = "features tried at a node: a number of them, below 1 a share; auto: sqrt for " \
		  "classes, all for numbers" }
#define SHAPE \
	{ .name = "max-depth", WHOLE(max_depth), .def = "0", .lo = 0, .hi = 1e6, .arg = "N", \
	  .help = "splits from the root to any leaf; 0: no limit" }, \
	{ .name = "max-leaves", .alias = "max-leaf-nodes", WHOLE(max_leaves), .def = "0", \
	  .lo = 0, .hi = 1e9, .arg = "N", \
	  .help = "leaves of a tree, of which the best are kept; 0: no limit" }, \
	{ .name = "min-samples-leaf", .alias = "min-node-size,nodesize", REAL(min_leaf), \
	  .def = "1", .lo = 1, .hi = 1e9, .tune = { ML_LOG, 1, 100 }, .arg = "N", \
	  .help = "weight of a leaf, at least: rows, where they have no other weight" }, \
	{ .name = "min-samples-split", REAL(min_split), .def = "2", .lo = 2, .hi = 1e9, \
	  .arg = "N", .help = "weight of a node that is split, at least" }, \
	{ .name = "min-impurity-decrease", REAL(min_decrease), .def = "0", .lo = 0, \
	  .hi = 1e300, .arg = "X", \
	  .help = "what a split gains, divided by the weight of all rows, at least" }, \
	{ .name = "criterion", .alias = "splitrule", .type = ML_PICK, .def = "auto", \
	  .picks = criteria, .arg = "NAME", \
	  .offset = ML_FIELD(struct ml_forest_opts, criterion, int), \
	  .help = "what splits make less; auto: gini for classes, squared for numbers" }
#define ANSWER \
	{ .name = "quantile", .type = ML_PICK_REAL, .def = "mean", .picks = answers, .lo = 0, \
	  .hi = 1, .arg = "X", \
	  .offset = ML_FIELD(struct ml_forest_opts, quantile, struct ml_pick_real), \
	  .help = "predict this quantile of a number, not the mean" }
#define ROWS(on, what) \
	{ .name = "bootstrap", YES_NO(bootstrap), .def = on, \
	  .help = what }, \
	{ .name = "sample", .alias = "max-samples,sample-fraction", REAL(sample), .def = "1", \
	  .lo = 1e-9, .hi = 1, .arg = "X", .help = "share of the rows drawn for a tree" }, \
	{ .name = "balanced", YES_NO(balanced), .def = "no", \
	  .help = "in each tree's sample the classes weigh the same" }, \
	{ .name = "oob-score", YES_NO(oob), .def = "yes", \
	  .help = "leave out the error on the rows that trees have not seen" }
/* clang-format on */

const struct ml_opt ml_forest_table[] = {
	TREES,
	FEATURES,
	SHAPE,
	ROWS("yes", "let each tree learn from all rows"),
	ANSWER,
	{ .name = "max-bins",
	  WHOLE(max_bins),
	  .def = "255",
	  .lo = 2,
	  .hi = ML_RANKS,
	  .arg = "N",
	  .help = "bins that the values of a feature are put into" },
	ML_OPT_END
};

const struct ml_opt ml_extra_trees_table[] = {
	TREES,  FEATURES,
	SHAPE,  ROWS("no", "let each tree learn from rows drawn with replacement"),
	ANSWER, ML_OPT_END
};

size_t ml_forest_features(const struct ml_pick_real *features, bool classes, size_t p)
{
	double n = (double)p, k = features->value;

	if (features->pick == ML_FEATURES_SQRT ||
	    (features->pick == ML_FEATURES_AUTO && classes))
		k = floor(sqrt(n));
	else if (features->pick == ML_FEATURES_LOG2)
		k = floor(log2(n));
	else if (features->pick >= 0)
		k = n;
	else if (k < 1)
		k = floor(k * n);
	return k < 1 ? 1 : k > n ? p : (size_t)k;
}

int ml_forest_criterion(int criterion, const struct ml_problem *p, enum ml_criterion *out,
			struct ml_error *err)
{
	static const enum ml_criterion of[] = { ML_GINI, ML_GINI, ML_ENTROPY, ML_SQUARED,
						ML_POISSON };

	*out = criterion ? of[criterion] : p->nclass ? ML_GINI : ML_SQUARED;
	return ml_criterion_check(*out, criteria[criterion], p, err);
}
