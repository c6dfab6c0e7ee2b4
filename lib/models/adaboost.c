/* adaboost.c - AdaBoost for any number of classes, SAMME (Zhu, Zou, Rosset, Hastie 2009).
 *
 * Each round grows a small tree on the rows as they are weighed, and counts it
 *
 *     alpha = rate (log((1 - e) / e) + log(k - 1))
 *
 * e being the share of the weight that it gets wrong; these rows then weigh exp(alpha) times
 * more.  It ends when a tree is no better than chance, or errs nowhere.  The votes minimise the
 * mean of exp(-margin), whose minimum is at softmax(votes) = probabilities, and so they are
 * predicted.  Cost: rounds times n p. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/deep.h"
#include "models/linpred.h"
#include "models/shap.h"

struct adaboost_opts {
	int64_t trees, max_depth;
	double rate;
};

static const struct ml_opt opts[] = {
	{ .name = "trees",
	  .alias = "n-estimators,rounds,iterations",
	  .type = ML_INT,
	  .offset = ML_FIELD(struct adaboost_opts, trees, int64_t),
	  .def = "50",
	  .lo = 1,
	  .hi = 1e6,
	  .tune = { ML_LOG, 20, 1000 },
	  .arg = "N",
	  .help = "rounds of boosting, at most" },
	{ .name = "learning-rate",
	  .type = ML_REAL,
	  .offset = ML_FIELD(struct adaboost_opts, rate, double),
	  .def = "1",
	  .lo = 1e-6,
	  .hi = 10,
	  .tune = { ML_LOG, 0.01, 2 },
	  .arg = "X",
	  .help = "share of each tree that is counted" },
	{ .name = "max-depth",
	  .type = ML_INT,
	  .offset = ML_FIELD(struct adaboost_opts, max_depth, int64_t),
	  .def = "1",
	  .lo = 1,
	  .hi = 1000,
	  .tune = { ML_LINEAR, 1, 6 },
	  .arg = "N",
	  .help = "splits from the root to any leaf; 1: stumps" },
	ML_OPT_END
};

struct adaboost {
	size_t classes;
	struct ml_trees trees; /* leaves: alpha for the second of two classes or -alpha for the
				* first; or vectors, alpha at one class */
};

struct fitting {
	struct adaboost *m;
	const struct ml_problem *p;
	const struct adaboost_opts *o;
	struct ml_lesson lesson;
	struct ml_deep *deep;
	double *w; /* of the round; their sum stays that of the first */
	bool *wrong;
	double total;
};

/* Trees that err nowhere would count infinitely: as much as one that errs on this share. */
static const double NO_ERROR = 1e-10;

/* The share of the weight that the tree at hand gets wrong. */
static double find_errors(struct fitting *f)
{
	double sum = 0;

	for (size_t i = 0; i < f->p->x.rows; i++) {
		size_t at = 0, next;

		while ((next = ml_deep_step(f->deep, at, i)) != at)
			at = next;
		f->wrong[i] = ml_deep_error(f->deep, at, f->p->y[i]) > 0;
		sum += f->wrong[i] ? f->w[i] : 0;
	}
	return sum / f->total;
}

static void weigh_errors(struct fitting *f, double alpha)
{
	double sum = 0;

	for (size_t i = 0; i < f->p->x.rows; i++) {
		f->w[i] *= f->wrong[i] ? exp(alpha) : 1;
		sum += f->w[i];
	}
	for (size_t i = 0; i < f->p->x.rows; i++)
		f->w[i] = fmax(f->w[i] * (f->total / sum), f->total * 1e-300);
}

/* Shares of classes become votes for the largest of them. */
static void make_votes(struct ml_trees *t, double alpha)
{
	size_t k = t->width;

	for (size_t i = 0; k <= 1 && i < t->nodes; i++)
		if (ml_tnode_is_leaf(t, 0, i))
			t->value[i] = t->value[i] > 0.5 ? alpha : -alpha;
	for (size_t i = 0; k > 1 && i < t->vectors; i++) {
		double *v = t->vector + i * k;
		size_t best = 0;

		for (size_t c = 1; c < k; c++)
			if (v[c] > v[best])
				best = c;
		memset(v, 0, k * sizeof *v);
		v[best] = alpha;
	}
}

static int keep_tree(struct fitting *f, double alpha, struct ml_error *err)
{
	struct ml_trees one = { .features = f->p->x.cols, .outputs = 1 };
	int rc = ml_deep_emit(f->deep, &one, err);

	if (!rc) {
		make_votes(&one, alpha);
		f->m->trees.width = one.width;
		rc = ml_trees_append(&f->m->trees, &one, err);
	}
	ml_trees_release(&one);
	return rc;
}

/* *over: no more rounds are worth it.  The first tree is kept whatever it is. */
static int add_round(struct fitting *f, bool *over, struct ml_error *err)
{
	double k = (double)f->p->nclass;

	ml_lesson_weigh(&f->lesson, f->w);
	if (ml_deep_grow(f->deep, NULL, NULL, NULL, err))
		return err->code;
	double e = find_errors(f), odds = log((1 - e) / e) + log(k - 1);
	bool useless = !(e < 1 - 1 / k);
	*over = useless || e <= NO_ERROR;
	if (e <= NO_ERROR)
		odds = log((1 - NO_ERROR) / NO_ERROR) + log(k - 1);
	if (useless && f->m->trees.n)
		return ML_OK;
	double alpha = useless ? 0 : f->o->rate * odds;
	weigh_errors(f, alpha);
	return keep_tree(f, alpha, err);
}

static int begin(struct fitting *f, const struct ml_ranks *ranks, struct ml_error *err)
{
	const struct ml_problem *p = f->p;
	struct ml_deep_opts o = { .criterion = ML_GINI,
				  .max_depth = (size_t)f->o->max_depth,
				  .min_leaf = 1,
				  .min_split = 2,
				  .features = p->x.cols };

	f->m->classes = p->nclass;
	f->m->trees.features = p->x.cols;
	f->m->trees.outputs = 1;
	f->total = ml_total_weight(p);
	if (!isfinite(f->total))
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "the weights are too large to be added");
	if (!(f->w = ml_alloc(p->x.rows, sizeof *f->w, err)) ||
	    !(f->wrong = ml_alloc(p->x.rows, sizeof *f->wrong, err)) ||
	    ml_lesson_init(&f->lesson, ranks, p, &o, err))
		return err->code;
	for (size_t i = 0; i < p->x.rows; i++)
		f->w[i] = p->w ? p->w[i] : 1;
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
	for (int64_t round = 0; !rc && !over && round < f.o->trees; round++) {
		rc = add_round(&f, &over, err);
		over |= ml_run_over(run);
		if (!rc && run->progress)
			run->progress(run->user,
				      &(struct ml_progress){ .step = (size_t)round + 1,
							     .steps = (size_t)f.o->trees,
							     .train_loss = (double)NAN,
							     .valid_loss = (double)NAN,
							     .valid_metric = (double)NAN,
							     .rate = f.o->rate });
	}
	*rep = (struct ml_report){ .iters = f.m->trees.n, .converged = true };
	ml_deep_free(f.deep);
	ml_lesson_release(&f.lesson);
	free(f.wrong);
	free(f.w);
	ml_ranks_release(&ranks);
	return rc;
}

/* ---- the contract ---- */

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct adaboost *m = state;
	struct ml_mat votes = { out->v, out->rows, m->classes > 2 ? m->classes : 1, out->ld };

	if (ml_mat_expect(x, m->trees.features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++)
		memset(out->v + i * out->ld, 0, m->classes * sizeof *out->v);
	ml_trees_sum_vectors(&m->trees, 0, m->trees.n, x, &votes);
	for (size_t i = 0; i < x->rows; i++) {
		double *o = out->v + i * out->ld;

		if (m->classes > 2)
			ml_softmax(o, m->classes);
		else
			ml_sigmoid(o[0], o);
	}
	return ML_OK;
}

static size_t width(const void *state)
{
	return ((const struct adaboost *)state)->classes;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct adaboost *m = state;

	ml_put_size(out, "classes", m->classes);
	ml_trees_save(&m->trees, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct adaboost *m = state;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "classes", 1u << 20, &m->classes, err) ||
	    ml_trees_load(&m->trees, in, err))
		return err->code;
	size_t has = m->trees.width ? m->trees.width : 1;
	if (m->classes < 2 || m->trees.outputs != 1 || !m->trees.n ||
	    has != (m->classes > 2 ? m->classes : 1))
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'classes': %zu, width %zu",
			       m->classes, has);
	return ML_OK;
}

static void release(void *state)
{
	ml_trees_release(&((struct adaboost *)state)->trees);
}

static void importances(const void *state, double *gain)
{
	ml_trees_gain(&((const struct adaboost *)state)->trees, gain);
}

static void splits(const void *state, double *count)
{
	ml_trees_splits(&((const struct adaboost *)state)->trees, count);
}

static size_t scores(const void *state)
{
	const struct adaboost *m = state;

	return m->classes > 2 ? m->classes : 1;
}

/* Of the votes, whose softmax is predicted; of two classes the votes for the second. */
static int contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			 struct ml_error *err)
{
	const struct adaboost *m = state;

	for (size_t i = 0; i < x->rows; i++)
		memset(out->v + i * out->ld, 0, out->cols * sizeof *out->v);
	return ml_trees_shap(&m->trees, x, out, err);
}

const struct ml_model ml_adaboost = {
	.name = "adaboost",
	.summary = "boosted stumps or small trees, by votes (SAMME)",
	.tasks = ML_CLASSIFY,
	.flags = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_TAKES_COLUMNS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct adaboost_opts),
	.state_size = sizeof(struct adaboost),
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
