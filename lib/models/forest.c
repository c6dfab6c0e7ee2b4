/* forest.c - random forests and extremely randomised trees.
 *
 * Each tree of a forest is grown on a bootstrap sample of the rows, and at each node on the
 * best of a few features drawn (Breiman 2001); extra-trees take all rows, and draw the cuts as
 * well (Geurts, Ernst, Wehenkel 2006).  Predicted is the mean of the trees: of their shares of
 * the classes, or their numbers.  Rows that a tree has not seen tell the out-of-bag error.
 *
 * One thread grows a tree, whose random numbers are named by its number, so bytes do not depend
 * on threads.  Memory: two bytes a cell; 40 bytes a row and thread; trees are large: about two
 * nodes a row each where nothing stops them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "models/forest_opts.h"
#include "models/grove.h"
#include "models/unseen.h"

/* Trees between two looks at the clock. */
enum { BATCH = 16 };

/* Of one thread. */
struct worker {
	struct ml_deep *deep;
	uint32_t *times;
	double *factor, *mass; /* of classes */
};

struct fitting {
	struct ml_grove *m;
	const struct ml_problem *p;
	const struct ml_forest_opts *o;
	const struct ml_run *run;
	const char *name;
	struct ml_lesson lesson;
	struct worker *worker;
	size_t first, grown;         /* trees of the batch begin here; how many there are */
	struct ml_trees tree[BATCH]; /* of the batch, one each */
	bool judged;                 /* by rows out of bag: */
	struct ml_unseen unseen;
	int32_t *rank;             /* with --quantile: of each row's target; */
	struct ml_bags bag[BATCH]; /* leaves of the batch */
};

/* ---- one tree ---- */

/* How often each row is in; true: not each once. */
static bool choose_rows(const struct fitting *f, uint32_t *times, struct ml_rng *r)
{
	size_t n = f->p->x.rows, want = (size_t)ceil(f->o->sample * (double)n), left = n;

	if (!f->o->bootstrap && want >= n)
		return false;
	memset(times, 0, n * sizeof *times);
	for (size_t k = 0; f->o->bootstrap && k < want; k++)
		times[ml_rng_below(r, n)]++;
	for (size_t i = 0; !f->o->bootstrap && i < n; i++, left--) {
		times[i] = ml_rng_below(r, left) < want;
		want -= times[i];
	}
	return true;
}

/* What the weights of each class are multiplied by, so that all weigh the same. */
static const double *balance(const struct fitting *f, struct worker *w, bool sampled)
{
	size_t k = f->p->nclass, present = 0;
	double total = 0;

	if (!f->o->balanced || !k)
		return NULL;
	memset(w->mass, 0, k * sizeof *w->mass);
	for (size_t i = 0; i < f->p->x.rows; i++)
		w->mass[f->lesson.y[i]] += (double)f->lesson.w[i] * (sampled ? w->times[i] : 1);
	for (size_t c = 0; c < k; c++) {
		total += w->mass[c];
		present += w->mass[c] > 0;
	}
	for (size_t c = 0; c < k; c++)
		w->factor[c] = w->mass[c] > 0 ? total / ((double)present * w->mass[c]) : 0;
	return w->factor;
}

static int begin_worker(struct fitting *f, struct worker *w, struct ml_error *err)
{
	if (w->deep)
		return ML_OK;
	if (!(w->times = ml_alloc(f->p->x.rows, sizeof *w->times, err)) ||
	    !(w->factor = ml_alloc(f->p->nclass, sizeof *w->factor, err)) ||
	    !(w->mass = ml_alloc(f->p->nclass, sizeof *w->mass, err)))
		return err->code;
	return ml_deep_new(&w->deep, &f->lesson, err);
}

static void end_worker(struct worker *w)
{
	ml_deep_free(w->deep);
	free(w->mass);
	free(w->factor);
	free(w->times);
}

static int grow(void *arg, size_t k, int worker, struct ml_error *err)
{
	struct fitting *f = arg;
	struct worker *w = &f->worker[worker];
	struct ml_rng r;
	int rc = begin_worker(f, w, err);

	/* The first tree is grown whatever the clock says. */
	if (rc || (f->first + k && ml_run_over(f->run)))
		return rc;
	ml_rng_init(&r, f->run->seed, f->name, f->first + k);
	bool sampled = choose_rows(f, w->times, &r);
	f->tree[k].features = f->p->x.cols;
	f->tree[k].outputs = 1;
	rc = ml_deep_grow(w->deep, sampled ? w->times : NULL, balance(f, w, sampled), &r, err);
	if (!rc)
		rc = ml_deep_emit(w->deep, &f->tree[k], err);
	if (!rc && f->rank)
		rc = ml_bags_fill(&f->bag[k], w->deep, f->rank, err);
	if (!rc && f->judged)
		ml_unseen_note(&f->unseen, k, w->times);
	return rc;
}

/* ---- all trees ---- */

static int take_batch(struct fitting *f, size_t n, struct ml_error *err)
{
	int rc = ML_OK;

	/* Those behind one that was not grown in time are left out. */
	for (f->grown = 0; f->grown < n && f->tree[f->grown].n;)
		f->grown++;
	if (f->judged)
		rc = ml_unseen_ask(&f->unseen, f->tree, f->grown, f->run->threads, err);
	for (size_t k = 0; !rc && k < f->grown; k++) {
		f->m->trees.width = f->tree[k].width;
		rc = ml_trees_append(&f->m->trees, &f->tree[k], err);
		if (!rc && f->rank)
			rc = ml_bags_append(f->m->bags, &f->bag[k], err);
	}
	for (size_t k = 0; k < BATCH; k++) {
		ml_trees_release(&f->tree[k]);
		ml_bags_release(&f->bag[k]);
	}
	return rc;
}

static int grow_all(struct fitting *f, struct ml_error *err)
{
	size_t all = (size_t)f->o->trees;
	bool over = false;
	int rc = ML_OK;

	for (f->first = 0; !rc && !over && f->first < all; f->first += BATCH) {
		size_t n = all - f->first < BATCH ? all - f->first : BATCH;

		rc = ml_parallel(f->run->threads, n, grow, f, err);
		if (!rc)
			rc = take_batch(f, n, err);
		if (!rc && f->run->progress)
			f->run->progress(f->run->user,
					 &(struct ml_progress){ .step = f->m->trees.n,
								.steps = all,
								.train_loss = (double)NAN,
								.valid_loss = (double)NAN,
								.valid_metric = (double)NAN,
								.rate = (double)NAN });
		over = f->grown < n || ml_run_over(f->run);
	}
	return rc;
}

static int begin_bags(struct fitting *f, struct ml_error *err)
{
	const struct ml_pick_real *q = &f->o->quantile;

	if (q->pick >= 0)
		return ML_OK;
	if (f->p->nclass)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--quantile is not for classes");
	if (!(f->m->bags = ml_alloc(1, sizeof *f->m->bags, err)))
		return err->code;
	f->m->bags->quantile = q->value;
	return ml_bags_targets(f->m->bags, f->p, &f->rank, err);
}

static int begin(struct fitting *f, struct ml_error *err)
{
	bool whole = !f->o->bootstrap && f->o->sample >= 1;

	ml_grove_init(f->m, f->p);
	f->worker = ml_alloc((size_t)f->run->threads, sizeof *f->worker, err);
	if (!f->worker || begin_bags(f, err))
		return err->code;
	if (f->p->oob.v && (whole || f->rank))
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE", "%s",
			whole ? "--oob needs rows that trees have not seen: --bootstrap, "
				"or --sample below 1"
			      : "--oob tells means, not a --quantile");
	f->judged = !whole && (f->o->oob || f->p->oob.v);
	return f->judged ? ml_unseen_init(&f->unseen, f->p, BATCH, err) : ML_OK;
}

static void end(struct fitting *f)
{
	for (size_t k = 0; k < BATCH; k++) {
		ml_trees_release(&f->tree[k]);
		ml_bags_release(&f->bag[k]);
	}
	free(f->rank);
	ml_unseen_release(&f->unseen);
	for (int k = 0; f->worker && k < f->run->threads; k++)
		end_worker(&f->worker[k]);
	free(f->worker);
	ml_lesson_release(&f->lesson);
}

static void judge(struct fitting *f)
{
	double oob = f->judged ? ml_unseen_error(&f->unseen) : (double)NAN;

	f->m->judged = isfinite(oob);
	f->m->oob = f->m->judged ? oob : 0;
	if (f->p->oob.v)
		ml_unseen_tell(&f->unseen, &f->p->oob);
}

static int fit(struct fitting *f, bool extra, struct ml_report *rep, struct ml_error *err)
{
	const struct ml_forest_opts *o = f->o;
	struct ml_deep_opts deep = { .max_depth = (size_t)o->max_depth,
				     .max_leaves = (size_t)o->max_leaves,
				     .min_leaf = o->min_leaf,
				     .min_split = o->min_split,
				     .min_decrease = o->min_decrease,
				     .features = ml_forest_features(&o->features, f->p->nclass,
								    f->p->x.cols),
				     .random = extra };
	struct ml_ranks ranks = { 0 };
	int rc = ml_forest_criterion(o->criterion, f->p, &deep.criterion, err);

	if (!rc)
		rc = ml_ranks_make(&ranks, f->p, extra ? ML_RANKS : (size_t)o->max_bins, true,
				   f->run, err);
	if (!rc && extra)
		rc = ml_ranks_keep_rows(&ranks, f->run->threads, err);
	if (!rc)
		rc = ml_lesson_init(&f->lesson, &ranks, f->p, &deep, err);
	if (!rc)
		rc = begin(f, err);
	if (!rc)
		rc = grow_all(f, err);
	if (!rc)
		rc = ml_trees_slim(&f->m->trees, err);
	if (!rc && f->rank)
		rc = ml_bags_bind(f->m->bags, &f->m->trees, err);
	if (!rc)
		judge(f);
	*rep = (struct ml_report){ .iters = f->m->trees.n,
				   .converged = true,
				   .objective = f->m->oob };
	end(f);
	ml_ranks_release(&ranks);
	return rc;
}

static int fit_forest(void *state, const struct ml_problem *p, const void *options,
		      const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct fitting f = { .m = state, .p = p, .o = options, .run = run, .name = "forest" };

	return fit(&f, false, rep, err);
}

static int fit_extra(void *state, const struct ml_problem *p, const void *options,
		     const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct fitting f = {
		.m = state, .p = p, .o = options, .run = run, .name = "extra-trees"
	};

	return fit(&f, true, rep, err);
}

#define COMMON \
	.tasks = ML_CLASSIFY | ML_REGRESS, \
	.flags = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_TAKES_COLUMNS | ML_SAMPLES_ROWS | \
		 ML_GIVES_OOB, \
	.format = 2, /* nodes as planes */ \
		.opts_size = sizeof(struct ml_forest_opts), \
	.state_size = sizeof(struct ml_grove), .predict = ml_grove_predict, \
	.width = ml_grove_width, .save = ml_grove_save, .load = ml_grove_load, \
	.release = ml_grove_release, .importances = ml_grove_importances, \
	.splits = ml_grove_splits, .trees = ml_grove_trees, .scores = ml_grove_scores, \
	.contributions = ml_grove_contributions

const struct ml_model ml_extra_trees = {
	.name = "extra-trees",
	.summary = "trees whose cuts are drawn at random, averaged",
	.opts = ml_extra_trees_table,
	.fit = ML_FITTING(fit_extra),
	COMMON,
};

const struct ml_model ml_forest = {
	.name = "forest",
	.summary = "random forest: trees on samples of rows and features, averaged",
	.opts = ml_forest_table,
	.fit = ML_FITTING(fit_forest),
	COMMON,
};
