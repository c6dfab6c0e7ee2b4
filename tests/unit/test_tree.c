/* test_tree.c - single trees and forests against figures of scikit-learn 1.2.1 (DecisionTree*,
 * random_state 0), and what no peer has: missing values, categories, weights, out-of-bag rows.
 */
#include <stdlib.h>

#include "base/rng.h"
#include "models/model.h"
#include "test.h"

enum { N = 60, P = 2 };

struct made {
	double x[N * P], y[N], w[N];
	struct ml_problem p;
};

/* The table that the figures below were computed on, the same formulas in Python. */
static void make(struct made *d)
{
	for (int i = 0; i < N; i++) {
		double *x = d->x + i * P;

		x[0] = i * 37 % 101 / 7.0;
		x[1] = i * 53 % 97 / 5.0;
		d->y[i] = 3 * sin(x[0] / 3) + 0.25 * x[1] + i * 29 % 31 / 31.0;
		d->y[i] = nearbyint(d->y[i] * 1e6) / 1e6;
		d->w[i] = 1;
	}
	d->p = (struct ml_problem){ .x = { d->x, N, P, P }, .y = d->y, .task = ML_REGRESS };
}

static void make_classes(struct made *d)
{
	make(d);
	for (int i = 0; i < N; i++)
		d->y[i] = (d->y[i] > 2.5) + (d->y[i] > 4.0);
	d->p.nclass = 3;
	d->p.task = ML_CLASSIFY;
}

struct grown {
	const struct ml_model *m;
	void *state;
	struct ml_report rep;
	struct ml_error err;
	int rc;
};

/* options: name, value, ..., NULL */
static struct grown grow(const char *name, const struct ml_problem *p,
			 const char *const *options)
{
	struct grown g = { .m = ml_model_find(name) };
	struct ml_run run = { .threads = 2, .seed = 1, .deadline = INFINITY };
	void *opts = calloc(1, g.m->opts_size);

	g.state = calloc(1, g.m->state_size);
	ml_opt_defaults(g.m->opts, opts);
	for (; options && *options; options += 2)
		CHECK(!ml_opt_set(g.m->opts, opts, options[0], options[1], &g.err));
	g.rc = g.m->fit(g.state, p, opts, &run, &g.rep, &g.err);
	ml_opt_release(g.m->opts, opts);
	free(opts);
	return g;
}

static void done(struct grown *g)
{
	g->m->release(g->state);
	free(g->state);
}

static double ask(const struct grown *g, const double *x, size_t cols, size_t c)
{
	double v[16] = { 0 };
	size_t k = ml_model_width(g->m, g->state);
	struct ml_mat row = { (double *)(size_t)x, 1, cols, cols }, out = { v, 1, k, k };
	struct ml_error err;

	CHECK(!g->m->predict(g->state, &row, &out, &err));
	return v[c];
}

static double mean_error(const struct grown *g, const struct made *d, bool square)
{
	double sum = 0;

	for (int i = 0; i < N; i++) {
		double e = fabs(ask(g, d->x + i * P, P, 0) - d->y[i]);

		sum += square ? e * e : e;
	}
	return sum / N;
}

static void check_error(const char *criterion, double shift, double square, double size)
{
	struct made d;
	const char *const o[] = { "criterion", criterion, "max-leaves", "6", NULL };

	make(&d);
	for (int i = 0; shift > 0 && i < N; i++)
		d.y[i] = fabs(d.y[i]) + shift;
	struct grown g = grow("tree", &d.p, o);
	CHECK(!g.rc);
	NEAR(mean_error(&g, &d, true), square, 1e-9, "scikit-learn 1.2.1, targets of 30 bits");
	NEAR(mean_error(&g, &d, false), size, 1e-9, "scikit-learn 1.2.1");
	done(&g);
}

TEST("tree: regression trees of six leaves are those of scikit-learn, by three criteria")
{
	check_error("squared", 0, 0.5345992488496079, 0.5944347932897602);
	check_error("absolute", 0, 0.5936060286102166, 0.56825625);
	check_error("poisson", 0.1, 0.48327070871065453, 0.5717031201416121);
}

TEST("tree: classification trees of depth three are those of scikit-learn")
{
	static const char *const by[] = { "gini", "entropy" };

	for (int k = 0; k < 2; k++) {
		struct made d;
		const char *const o[] = { "criterion", by[k], "max-depth", "3", NULL };
		double sum = 0;

		make_classes(&d);
		struct grown g = grow("tree", &d.p, o);
		for (int i = 0; i < N; i++)
			sum += ask(&g, d.x + i * P, P, (size_t)d.y[i]);
		NEAR(sum, 56.35714285714287, 1e-12, "scikit-learn 1.2.1");
		CHECK(g.rep.iters == 9); /* nodes */
		done(&g);
	}
}

TEST("tree: pruned by a price it has the leaves that scikit-learn has")
{
	static const struct {
		const char *alpha;
		size_t leaves;
		double error;
	} want[] = { { "0.02", 13, 0.13928565095811427 },
		     { "0.05", 9, 0.2535042427577685 },
		     { "0.2", 6, 0.5345992488496079 } };

	for (int k = 0; k < 3; k++) {
		struct made d;
		const char *const o[] = { "ccp-alpha", want[k].alpha, NULL };

		make(&d);
		struct grown g = grow("tree", &d.p, o);
		CHECK(g.rep.iters == 2 * want[k].leaves - 1);
		NEAR(mean_error(&g, &d, true), want[k].error, 1e-9, "scikit-learn 1.2.1");
		done(&g);
	}
}

TEST("tree: cross-validation prunes noise to a root, and leaves a signal")
{
	struct made d;
	struct ml_rng r;
	const char *const o[] = { "prune", "cv", NULL };

	make(&d);
	struct grown g = grow("tree", &d.p, o);
	CHECK(g.rep.iters > 3 && g.rep.iters < 2 * N - 1);
	done(&g);
	ml_rng_init(&r, 3, "noise", 0);
	for (int i = 0; i < N; i++)
		d.y[i] = ml_rng_uniform(&r);
	g = grow("tree", &d.p, o);
	CHECK(g.rep.iters == 1);
	done(&g);
}

/* Levels 0, 2 and 4 and what is missing are low, 1 and 3 high: no cut of codes tells them. */
TEST("tree, forest, extra-trees: subsets of levels, and what is missing, are told in a split")
{
	static const char *const names[] = { "tree", "forest", "extra-trees" };
	static const int levels[] = { 5 };
	static const char *const o[] = { "max-depth", "1", NULL };

	for (size_t task = 0; task < 3; task++)
		for (size_t k = 0; k < 3; k++) {
			double x[N], y[N];
			struct ml_problem p = { .x = { x, N, 1, 1 },
						.y = y,
						.levels = levels,
						.nclass = task ? 1 + task : 0,
						.task = task ? ML_CLASSIFY : ML_REGRESS };

			for (int i = 0; i < N; i++) {
				x[i] = i % 6 == 5 ? NAN : (double)(i % 6);
				y[i] = i % 6 % 2 && i % 6 != 5;
				if (task == 2 && !y[i])
					y[i] = 2 * (i % 12 == 0);
			}
			/* Extra trees throw coins, and need more of them. */
			struct grown g = grow(names[k], &p, k == 2 ? NULL : o);
			CHECK(!g.rc);
			double want = ask(&g, x + 1, 1, task > 0);
			CHECK(want > 0.8);
			CHECK(ask(&g, x + 3, 1, task > 0) > 0.8);
			CHECK(ask(&g, x, 1, task > 0) < 0.2);
			CHECK(ask(&g, x + 4, 1, task > 0) < 0.2);
			CHECK(ask(&g, x + 5, 1, task > 0) < 0.2);
			done(&g);
		}
}

TEST("tree: missing numbers go where they belong")
{
	struct made d;

	make(&d);
	for (int i = 0; i < N; i++) {
		d.x[i * P] = i % 3 ? (double)(i % 7) : NAN;
		d.y[i] = i % 3 ? i % 7 > 3 : 1;
	}
	struct grown g = grow("tree", &d.p, (const char *const[]){ "max-leaves", "2", NULL });
	double row[P] = { NAN, 3 };
	NEAR(ask(&g, row, P, 0), 1, 0, "exact");
	row[0] = 3;
	NEAR(ask(&g, row, P, 0), 0, 0, "exact");
	row[0] = 4;
	NEAR(ask(&g, row, P, 0), 1, 0, "exact");
	done(&g);
}

TEST("tree: min-samples-leaf counts weights")
{
	struct made d;

	make(&d);
	d.p.w = d.w;
	d.w[0] = 50;
	struct grown g =
		grow("tree", &d.p, (const char *const[]){ "min-samples-leaf", "40", NULL });
	CHECK(g.rep.iters == 3);
	done(&g);
}

TEST("forest: rows out of bag tell an error like that of new rows")
{
	struct made d, fresh;
	double sum = 0;

	make(&d);
	struct grown g = grow("forest", &d.p, (const char *const[]){ "trees", "200", NULL });
	CHECK(g.rep.iters == 200);
	/* The rows between: the same function at other places. */
	make(&fresh);
	for (int i = 0; i < N; i++) {
		double *x = fresh.x + i * P;

		x[0] = (i + N) * 37 % 101 / 7.0;
		x[1] = (i + N) * 53 % 97 / 5.0;
		double y = 3 * sin(x[0] / 3) + 0.25 * x[1] + (i + N) * 29 % 31 / 31.0;
		double e = ask(&g, x, P, 0) - y;
		sum += e * e;
	}
	CHECK(g.rep.objective > sum / N / 2 && g.rep.objective < sum / N * 2);
	done(&g);
}

/* 20 rows with x = 0: targets 0, 1, ..., 19; and 20 with x = 1: 100, ..., 119. */
static void make_sides(struct made *d)
{
	make(d);
	for (int i = 0; i < 40; i++) {
		d->x[i] = i % 2;
		d->y[i] = i / 2 + 100 * (i % 2);
	}
	d->p.x = (struct ml_mat){ d->x, 40, 1, 1 };
}

TEST("forest: --quantile predicts that of the targets in the leaves, saved and loaded, too")
{
	static const char *const q[] = { "0", "0.25", "0.5", "1" };
	static const double want[] = { 0, 4, 9, 19 };

	for (size_t k = 0; k < 4; k++) {
		struct made d;
		struct ml_fields f = { 0 };
		double zero = 0, one = 1;

		make_sides(&d);
		struct grown g =
			grow("forest", &d.p,
			     (const char *const[]){ "quantile", q[k], "trees", "3", "max-depth",
						    "1", "bootstrap", "no", NULL });
		CHECK(!g.rc);
		NEAR(ask(&g, &zero, 1, 0), want[k], 0, "the least target with such a share");
		NEAR(ask(&g, &one, 1, 0), 100 + want[k], 0, "the same");
		g.m->save(g.state, &f);
		done(&g);
		g.state = calloc(1, g.m->state_size);
		CHECK(!g.m->load(g.state, g.m->format, &f, &g.err));
		NEAR(ask(&g, &one, 1, 0), 100 + want[k], 0, "loaded");
		done(&g);
		ml_fields_release(&f);
	}
}

TEST("forest: damaged bags of quantiles are refused")
{
	static const char *const names[] = { "quantile", "targets", "bags", "bag-targets",
					     "bag-weights" };
	struct made d;
	struct ml_fields f = { 0 };

	make_sides(&d);
	struct grown g = grow("forest", &d.p,
			      (const char *const[]){ "quantile", "0.5", "trees", "2", NULL });
	g.m->save(g.state, &f);
	done(&g);
	for (size_t k = 0; k < f.n; k++)
		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			struct ml_field was = f.v[k];

			if (strcmp(was.name, names[i]))
				continue;
			if (was.type == ML_FIELD_REAL)
				f.v[k].u.real = 1.5;
			else if (was.type == ML_FIELD_INTS)
				f.v[k].n--;
			else
				f.v[k].n = 0;
			g.state = calloc(1, g.m->state_size);
			CHECK(g.m->load(g.state, g.m->format, &f, &g.err) == ML_EDATA);
			done(&g);
			f.v[k] = was;
			if (was.type != ML_FIELD_INTS)
				continue;
			int32_t first = was.u.ints[0];
			was.u.ints[0] = -1;
			g.state = calloc(1, g.m->state_size);
			CHECK(g.m->load(g.state, g.m->format, &f, &g.err) == ML_EDATA);
			done(&g);
			was.u.ints[0] = first;
		}
	ml_fields_release(&f);
}

TEST("forest: with --balanced a rare class is no rarer than the other")
{
	struct made d;
	double with = 0, without = 0;

	make(&d);
	for (int i = 0; i < N; i++)
		d.y[i] = i % 10 == 0;
	d.p.nclass = 2;
	d.p.task = ML_CLASSIFY;
	struct grown g =
		grow("forest", &d.p,
		     (const char *const[]){ "max-depth", "1", "balanced", "yes", NULL });
	struct grown h = grow("forest", &d.p, (const char *const[]){ "max-depth", "1", NULL });
	for (int i = 0; i < N; i++) {
		with += ask(&g, d.x + i * P, P, 1) / N;
		without += ask(&h, d.x + i * P, P, 1) / N;
	}
	CHECK(with > 0.35 && with < 0.65);
	CHECK(without < 0.2);
	done(&h);
	done(&g);
}

TEST("adaboost: seven rounds of stumps are those of scikit-learn's SAMME")
{
	static const double want[] = { 55.958526659060574, 47.0699871357639 };

	for (size_t k = 0; k < 2; k++) {
		struct made d;
		double sum = 0;

		make(&d);
		for (int i = 0; i < N; i++)
			d.y[i] = k ? (d.y[i] > 2.5) + (d.y[i] > 4.0) : d.y[i] > 3;
		d.p.nclass = k + 2;
		d.p.task = ML_CLASSIFY;
		struct grown g =
			grow("adaboost", &d.p, (const char *const[]){ "trees", "7", NULL });
		CHECK(g.rep.iters == 7);
		for (int i = 0; i < N; i++)
			sum += ask(&g, d.x + i * P, P, (size_t)d.y[i]);
		NEAR(sum, want[k], 1e-9,
		     "softmax of the votes of AdaBoostClassifier(algorithm='SAMME')");
		done(&g);
	}
}

TEST("adaboost: a tree that errs nowhere ends it")
{
	struct made d;

	make(&d);
	for (int i = 0; i < N; i++)
		d.y[i] = d.x[i * P] > 6;
	d.p.nclass = 2;
	d.p.task = ML_CLASSIFY;
	struct grown g = grow("adaboost", &d.p, NULL);
	CHECK(g.rep.iters == 1);
	CHECK(ask(&g, d.x, P, d.x[0] > 6) > 0.999);
	done(&g);
}

/* By hand: of (0,0) (0,1) (1,0) (1,1), 15 rows each, the last are apart; two conditions. */
TEST("rules: a conjunction is found, and its rows are answered by it alone")
{
	static const double want[] = { 1, 1, 1, 9 };
	struct made d;

	make(&d);
	for (int i = 0; i < N; i++) {
		d.x[i * P] = i / 2 % 2;
		d.x[i * P + 1] = i % 2;
		d.y[i] = want[i % 4];
	}
	struct grown g = grow("rules", &d.p, NULL);
	CHECK(g.rep.iters == 2);
	for (int i = 0; i < 4; i++)
		NEAR(ask(&g, d.x + i * P, P, 0), want[i], 0, "means of equal numbers");
	done(&g);
}

TEST("tree, forest: a criterion for the other task is refused, and counts below 0")
{
	struct made d;

	make(&d);
	struct grown g = grow("tree", &d.p, (const char *const[]){ "criterion", "gini", NULL });
	CHECK(g.rc == ML_EUSAGE);
	done(&g);
	d.y[7] = -1;
	g = grow("forest", &d.p, (const char *const[]){ "criterion", "poisson", NULL });
	CHECK(g.rc == ML_EDATA && !strcmp(g.err.tag, "E-TARGET"));
	done(&g);
	make_classes(&d);
	g = grow("forest", &d.p, (const char *const[]){ "criterion", "squared", NULL });
	CHECK(g.rc == ML_EUSAGE);
	done(&g);
}

int main(void)
{
	return ml_tests_run();
}
