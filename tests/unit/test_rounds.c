/* test_rounds.c - boosting as a whole: what it promises of its rounds and of its trees. */
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "models/boost_opts.h"
#include "models/boost_parts.h"
#include "models/model.h"

enum { ROWS = 1200, HELD = 400, COLS = 6, LEVELS = 700 };

static double x[(ROWS + HELD) * COLS], y[ROWS + HELD], w[ROWS + HELD];
static int levels[COLS];
static struct ml_error err;
static const struct ml_run one = { .threads = 1, .seed = 5, .deadline = (double)INFINITY };

/* Columns 0..3 are numbers with missing cells, 4 is a category of few levels, 5 one of more
 * than there are bins. */
static void make(uint64_t seed, bool classes)
{
	struct ml_rng r;

	ml_rng_init(&r, seed, "rounds", 0);
	levels[4] = 9;
	levels[5] = LEVELS;
	for (size_t i = 0; i < ROWS + HELD; i++) {
		double *v = x + i * COLS, signal;

		for (size_t j = 0; j < 4; j++)
			v[j] = 2.385 * ml_rng_uniform(&r) - 1;
		v[4] = (double)ml_rng_below(&r, 9);
		v[5] = floor(ml_rng_uniform(&r) * ml_rng_uniform(&r) * LEVELS);
		signal = v[0] + sin(5 * v[1]) + v[2] * v[3] + (v[4] == 3) +
			 0.3 * cos(0.7 * v[5]) + ml_rng_uniform(&r) - 0.5;
		if (ml_rng_below(&r, 12) == 0)
			v[ml_rng_below(&r, COLS)] = (double)NAN;
		y[i] = classes ? signal > 0.4 : signal;
		w[i] = 0.5 + ml_rng_uniform(&r);
	}
}

static struct ml_problem rows_of(size_t from, size_t n, bool classes)
{
	return (struct ml_problem){ .x = { x + from * COLS, n, COLS, COLS },
				    .y = y + from,
				    .w = w + from,
				    .levels = levels,
				    .nclass = classes ? 2 : 0,
				    .task = classes ? ML_CLASSIFY : ML_REGRESS };
}

static struct ml_boost_opts options(void)
{
	struct ml_boost_opts o;

	ml_opt_defaults(ml_boost_table, &o);
	o.trees = 30;
	o.min_rows = 5;
	o.cat_rows = 5;
	o.cat_smooth = 1;
	o.max_leaves = 12;
	return o;
}

static void fit(struct ml_boost *m, const struct ml_problem *p, const struct ml_boost_opts *o,
		const struct ml_run *run, struct ml_report *rep)
{
	*m = (struct ml_boost){ 0 };
	int rc = ml_model_find("boost")->fit(m, p, o, run, rep, &err);
	if (rc)
		printf("# %s\n", err.msg);
	CHECK(!rc);
}

static void release(struct ml_boost *m)
{
	ml_model_find("boost")->release(m);
}

static double ask(const struct ml_boost *m, const double *row)
{
	double v[COLS], out[2];
	struct ml_mat in = { v, 1, COLS, COLS }, to = { out, 1, 2, 2 };

	memcpy(v, row, sizeof v);
	CHECK(!ml_model_find("boost")->predict(m, &in, &to, &err));
	return out[m->classes ? 1 : 0];
}

static bool same_trees(const struct ml_trees *a, const struct ml_trees *b)
{
	if (a->n != b->n || a->nodes != b->nodes || a->sets != b->sets)
		return false;
	for (size_t k = 0; k < a->nodes; k++)
		if (a->value[k] != b->value[k] || a->node[k].at != b->node[k].at ||
		    a->node[k].feature != b->node[k].feature ||
		    a->node[k].child != b->node[k].child)
			return false;
	return !a->sets || !memcmp(a->words, b->words, a->set[a->sets] * sizeof *a->words);
}

TEST("a monotone feature never moves the prediction the other way, whatever the others are")
{
	static const char *const losses[] = { "auto", "absolute", "huber", "quantile" };
	const int monotone[COLS] = { 1, -1, 0, 1 };

	for (uint64_t seed = 1; seed <= 8; seed++) {
		bool classes = seed % 2;
		struct ml_boost_opts o = options();
		struct ml_problem p;
		struct ml_report rep;
		struct ml_boost m;
		struct ml_rng r;

		make(seed, classes);
		p = rows_of(0, ROWS, classes);
		p.monotone = monotone;
		o.subsample = seed % 4 == 3 ? 0.6 : 1;
		o.loss = 0;
		while (!classes && strcmp(ml_boost_losses[o.loss], losses[seed / 2 - 1]))
			o.loss++;
		fit(&m, &p, &o, &one, &rep);
		ml_rng_init(&r, seed, "probes", 0);
		double moved[COLS] = { 0 };
		for (size_t i = 0; i < ROWS; i++)
			for (size_t j = 0; j < 4; j++) {
				double row[COLS], before, now;

				memcpy(row, x + i * COLS, sizeof row);
				row[j] = 2.6 * ml_rng_uniform(&r) - 1.1;
				before = ask(&m, row);
				row[j] += 1.5 * ml_rng_uniform(&r);
				now = ask(&m, row);
				CHECK(monotone[j] * (now - before) >= 0);
				moved[j] = fmax(moved[j], fabs(now - before));
			}
		/* They are used all the same, and what is free is free. */
		CHECK(moved[0] > 0.05 && moved[3] > 0);
		CHECK(moved[1] > 0 && moved[2] > 0);
		release(&m);
	}
}

TEST("monotone in many classes is refused")
{
	const int monotone[COLS] = { 1 };
	struct ml_boost_opts o = options();
	struct ml_boost m = { 0 };
	struct ml_report rep;

	make(1, true);
	struct ml_problem p = rows_of(0, ROWS, true);
	p.monotone = monotone;
	p.nclass = 3;
	for (size_t i = 0; i < ROWS; i += 3)
		y[i] = 2;
	CHECK(ml_model_find("boost")->fit(&m, &p, &o, &one, &rep, &err) == ML_EUSAGE);
	release(&m);
}

/* Marks the features on the way to each leaf, and tells whether one group holds them. */
static void check_paths(const struct ml_trees *t, size_t tree, const struct ml_meetings *m,
			size_t node, bool used[COLS], size_t *met)
{
	const struct ml_tnode *n = &t->node[t->root[tree] + node];
	size_t count = 0;

	if (!ml_tnode_is_leaf(t, tree, node)) {
		bool before = used[n->feature];

		used[n->feature] = true;
		check_paths(t, tree, m, ml_tnode_child(n), used, met);
		check_paths(t, tree, m, ml_tnode_child(n) + 1, used, met);
		used[n->feature] = before;
		return;
	}
	bool together = !m;
	for (size_t j = 0; j < COLS; j++)
		count += used[j];
	for (size_t k = 0; m && k < m->n; k++) {
		bool all = true;

		for (size_t j = 0; j < COLS; j++)
			all &= !used[j] || m->has[k * COLS + j];
		together |= all;
	}
	CHECK(together);
	*met = count > *met ? count : *met;
}

TEST("features meet on a path only within a group")
{
	const bool groups[4 * COLS] = {
		1, 1, 0, 0, 0, 0, /* 0 and 1 */
		0, 1, 1, 0, 0, 0, /* 1 and 2, but 0, 1 and 2 never */
		0, 0, 0, 0, 1, 1, /* the categories */
		0, 0, 0, 1, 0, 0, /* 3 alone */
	};
	const struct ml_meetings m = { 4, groups };

	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct ml_boost_opts o = options();
		struct ml_report rep;
		struct ml_boost a, b;
		size_t met = 0, met_freely = 0;

		make(seed, seed % 2);
		struct ml_problem p = rows_of(0, ROWS, seed % 2);
		fit(&b, &p, &o, &one, &rep);
		p.meetings = &m;
		fit(&a, &p, &o, &one, &rep);
		for (size_t k = 0; k < a.trees.n; k++) {
			bool used[COLS] = { 0 };
			check_paths(&a.trees, k, &m, 0, used, &met);
			check_paths(&b.trees, k, NULL, 0, used, &met_freely);
		}
		CHECK(met == 2 && met_freely > 2);
		release(&a);
		release(&b);
	}
}

/* ---- held-out rows ---- */

struct heard {
	size_t n;
	struct ml_progress told[100];
	bool stop;
	size_t stop_at;
};

static void hear(void *user, const struct ml_progress *p)
{
	struct heard *h = user;

	h->told[h->n++ % 100] = *p;
	if (h->n == h->stop_at)
		h->stop = true;
}

static bool listen(void *user)
{
	(void)user;
	return true;
}

/* The mean loss of predictions, by the book. */
static double loss_of(const struct ml_boost *m, size_t from, size_t n)
{
	double sum = 0, total = 0;

	for (size_t i = from; i < from + n; i++) {
		double v = ask(m, x + i * COLS);

		sum += w[i] *
		       (m->classes ? -log(y[i] > 0 ? v : 1 - v) : (v - y[i]) * (v - y[i]) / 2);
		total += w[i];
	}
	return sum / total;
}

TEST("losses that are told are those of the predictions; the best round is the last")
{
	for (int classes = 0; classes < 2; classes++) {
		struct heard h = { 0 };
		struct ml_run run = one;
		struct ml_boost_opts o = options();
		struct ml_report rep, again;
		struct ml_boost m, n;

		make(3, classes);
		struct ml_problem p = rows_of(0, ROWS, classes);
		struct ml_problem held = rows_of(ROWS, HELD, classes);
		p.valid = &held;
		o.trees = 90;
		o.rate = 0.5;
		o.patience = 7;
		run.user = &h;
		run.progress = hear;
		run.listens = listen;
		fit(&m, &p, &o, &run, &rep);
		size_t best = 0;
		for (size_t k = 1; k < h.n; k++)
			if (h.told[k].valid_loss < h.told[best].valid_loss)
				best = k;
		CHECK(h.n < 90 && h.n == best + 1 + 7);
		CHECK(rep.iters == best + 1 && m.trees.n == best + 1 && rep.converged);
		CHECK(rep.judged && rep.valid == h.told[best].valid_loss);
		NEAR(rep.valid, loss_of(&m, ROWS, HELD), 1e-12, "rounding of sums");
		NEAR(h.told[best].train_loss, loss_of(&m, 0, ROWS), 1e-12, "rounding of sums");
		CHECK(rep.objective == h.told[best].train_loss);
		/* The same as so many rounds without held-out rows. */
		p.valid = NULL;
		o.trees = (int64_t)best + 1;
		fit(&n, &p, &o, &one, &again);
		CHECK(same_trees(&m.trees, &n.trees) && again.objective == rep.objective);
		release(&m);
		release(&n);
	}
}

TEST("the training loss costs nothing when nobody listens")
{
	struct heard h = { 0 };
	struct ml_run run = one;
	struct ml_boost_opts o = options();
	struct ml_report rep;
	struct ml_boost m;

	make(3, true);
	struct ml_problem p = rows_of(0, ROWS, true);
	run.user = &h;
	run.progress = hear;
	fit(&m, &p, &o, &run, &rep);
	CHECK(h.n == 30);
	for (size_t k = 0; k < h.n; k++)
		CHECK(isnan(h.told[k].train_loss) && h.told[k].step == k + 1 &&
		      h.told[k].rate == 0.1);
	release(&m);
}

/* Says what it was told to say, call by call. */
struct script {
	const double *says;
	size_t n, calls;
};

static int judge(void *arg, const struct ml_mat *pred, double *value, struct ml_error *e)
{
	struct script *s = arg;

	(void)e;
	CHECK(pred->rows == HELD && pred->cols == 2);
	for (size_t i = 0; i < HELD; i++)
		CHECK(fabs(pred->v[2 * i] + pred->v[2 * i + 1] - 1) < 1e-15);
	*value = s->says[s->calls < s->n ? s->calls : s->n - 1];
	s->calls++;
	return ML_OK;
}

TEST("a judge decides in place of the loss, either way round; what is not defined is never "
     "best")
{
	const double up[] = { (double)NAN, 0.5, 0.7, (double)NAN, 0.9, 0.9, 0.8 },
		     never[] = { (double)NAN };
	const struct {
		bool higher_better;
		size_t best;
		double valid;
	} want[] = { { true, 5, 0.9 }, { false, 2, 0.5 } };

	make(4, true);
	for (int k = 0; k < 2; k++) {
		struct script s = { up, 7, 0 };
		struct ml_judge j = { judge, &s, want[k].higher_better };
		struct ml_boost_opts o = options();
		struct ml_problem p = rows_of(0, ROWS, true), held = rows_of(ROWS, HELD, true);
		struct ml_report rep;
		struct ml_boost m;

		p.valid = &held;
		p.judge = &j;
		o.patience = 4;
		fit(&m, &p, &o, &one, &rep);
		CHECK(m.trees.n == want[k].best && rep.valid == want[k].valid);
		CHECK(s.calls == want[k].best + 4);
		release(&m);
		s = (struct script){ never, 1, 0 };
		CHECK(ml_model_find("boost")->fit(memset(&m, 0, sizeof m), &p, &o, &one, &rep,
						  &err) == ML_EDATA);
		CHECK(strstr(err.msg, "not defined"));
		release(&m);
	}
}

TEST("a stop leaves the rounds there are, and says that there should be more")
{
	struct heard h = { .stop_at = 4 };
	struct ml_run run = one;
	struct ml_boost_opts o = options();
	struct ml_report rep;
	struct ml_boost m;

	make(5, false);
	struct ml_problem p = rows_of(0, ROWS, false);
	run.user = &h;
	run.progress = hear;
	run.stop = &h.stop;
	fit(&m, &p, &o, &run, &rep);
	CHECK(m.trees.n == 4 && rep.iters == 4 && !rep.converged);
	CHECK(isfinite(ask(&m, x)));
	release(&m);
}

TEST("going on from a saved model gives what one run would have given, to the bit")
{
	const struct ml_model *boost = ml_model_find("boost");

	for (int k = 0; k < 6; k++) {
		struct ml_boost_opts o = options();
		struct ml_report rep;
		struct ml_boost whole, part, read = { 0 };
		struct ml_fields f = { 0 };
		bool classes = k % 2;

		make((uint64_t)k, classes);
		struct ml_problem p = rows_of(0, ROWS, classes);
		struct ml_problem held = rows_of(ROWS, HELD, classes);
		if (k == 3) /* three classes */
			for (size_t i = p.nclass = 3; i < ROWS; i += 3)
				y[i] = 2;
		if (k == 4) {
			o.loss = 4; /* quantile */
			o.of_loss.quantile = 0.7;
		}
		if (k == 5)
			p.valid = &held;
		o.subsample = k == 1 ? 0.7 : 1;
		o.colsample = k == 2 ? 0.5 : 1;
		fit(&whole, &p, &o, &one, &rep);
		size_t rounds = rep.iters;
		o.trees = 11;
		fit(&part, &p, &o, &one, &rep);
		boost->save(&part, &f);
		CHECK(!boost->load(&read, 1, &f, &err));
		o.trees = 19;
		if (k == 4) {
			o.loss = 1; /* squared */
			CHECK(boost->update(&read, &p, &o, &one, &rep, &err) == ML_EUSAGE);
			o.loss = 4;
			o.of_loss.quantile = 0.2;
			CHECK(boost->update(&read, &p, &o, &one, &rep, &err) == ML_EUSAGE);
			o.loss = 0; /* the model's */
		}
		p.levels = NULL; /* the model knows */
		CHECK(!boost->update(&read, &p, &o, &one, &rep, &err));
		CHECK(rep.iters == rounds && same_trees(&read.trees, &whole.trees));
		p.x.cols--;
		CHECK(boost->update(&read, &p, &o, &one, &rep, &err) == ML_EDATA);
		boost->release(&read);
		ml_fields_release(&f);
		release(&part);
		release(&whole);
	}
}

TEST("rows of rare levels are predicted as they were learned from")
{
	struct ml_boost_opts o = options();
	struct ml_report rep;
	struct ml_boost m;

	/* A loss that is told comes from scores added up while fitting. */
	for (uint64_t seed = 0; seed < 5; seed++) {
		make(seed, false);
		struct ml_problem p = rows_of(0, ROWS, false);
		o.max_bins = 20;
		fit(&m, &p, &o, &one, &rep);
		NEAR(rep.objective, loss_of(&m, 0, ROWS), 1e-12, "rounding of sums");
		release(&m);
	}
}

int main(void)
{
	return ml_tests_run();
}
