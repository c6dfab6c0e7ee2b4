/* test_svm.c - machines against LIBSVM, and laws of their own: what probabilities, votes,
 * caches, shrinking, weights promise. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "models/model.h"
#include "models/svm_platt.h"
#include "test.h"

enum { N = 60, P = 4 };

/* 60 rows by formula, so that another program can be given the same digits. */
struct table {
	double x[N * P], number[N], two[N], three[N];
};

static void make(struct table *t)
{
	for (size_t i = 0; i < N; i++) {
		double *x = t->x + i * P, k = (double)i;
		for (size_t j = 0; j < P; j++)
			x[j] = sin(1.37 * (k + 1) * ((double)j + 1) + 0.61 * (double)j) *
			       (1 + 0.3 * (double)j);
		double s = x[0] - 0.7 * x[1] + 0.5 * x[2] * x[3] + 0.4 * cos(2.9 * k);
		t->number[i] = s;
		t->two[i] = s < 0.05 ? 0 : 1;
		t->three[i] = s < -0.5 ? 0 : s < 0.6 ? 1 : 2;
	}
}

struct fitted {
	void *state;
	struct ml_report rep;
	struct ml_error err;
	int rc;
};

static const struct ml_model *svm(void)
{
	return ml_model_find("svm");
}

/* options: NAME=VALUE with blanks between. */
static struct fitted fit_by(const struct ml_problem *p, const char *options,
			    const struct ml_run *run)
{
	struct fitted f = { .state = calloc(1, svm()->state_size) };
	void *opts = calloc(1, svm()->opts_size);
	char *text = strdup(options);

	ml_opt_defaults(svm()->opts, opts);
	for (char *save, *word = strtok_r(text, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		char *value = strchr(word, '=');
		*value = '\0';
		CHECK(!ml_opt_set(svm()->opts, opts, word, value + 1, &f.err));
	}
	f.rc = svm()->fit(f.state, p, opts, run, &f.rep, &f.err);
	free(text);
	free(opts);
	return f;
}

static const struct ml_run plain = { .threads = 1, .seed = 1, .deadline = INFINITY };

static struct fitted fit(const struct ml_problem *p, const char *options)
{
	return fit_by(p, options, &plain);
}

static void fitted_free(struct fitted *f)
{
	svm()->release(f->state);
	free(f->state);
}

static struct ml_problem problem_of(double *x, const double *y, size_t n, size_t p,
				    size_t nclass)
{
	return (struct ml_problem){ .x = { x, n, p, p },
				    .y = y,
				    .nclass = nclass,
				    .task = nclass ? ML_CLASSIFY
					    : y    ? ML_REGRESS
						   : ML_DETECT };
}

static void field(const struct fitted *f, const char *name, double *v, size_t n)
{
	struct ml_fields all = { 0 };
	struct ml_error err;
	double *got = NULL;

	svm()->save(f->state, &all);
	CHECK(!ml_get_reals(&all, name, &got, n, &err));
	memset(v, 0, n * sizeof *v);
	if (got)
		memcpy(v, got, n * sizeof *v);
	free(got);
	ml_fields_release(&all);
}

/* ---- other programs' numbers ---- */

struct known {
	const char *options;
	size_t classes; /* 0: numbers; 1: outliers */
	double rho[3], objective[3];
};

/* LIBSVM 3.24, svm-train -e 1e-10 -m 100, on these tables with 17 digits; it prints six digits
 * of objectives, and keeps kernels in single precision, as we do: which leaves 1e-6. */
static const struct known libsvm[] = {
	{ "gamma=0.3 C=2.5", 2, { 0.34479445821927479 }, { -41.831461 } },
	{ "kernel=linear C=0.7", 2, { 0.39531201018750178 }, { -20.993431 } },
	{ "kernel=poly gamma=0.4 coef0=0.9 C=0.3", 2, { 0.61800738737153538 }, { -4.818624 } },
	{ "kernel=sigmoid gamma=0.1 coef0=-0.2 C=1.3",
	  2,
	  { 0.40714074962853752 },
	  { -42.329186 } },
	{ "type=nu-svc gamma=0.3 nu=0.4", 2, { 0.31978830324575597 }, { 11.114296 } },
	{ "gamma=0.3 C=2.5",
	  3,
	  { 0.31287404584793743, 0.35932759393839397, -0.22442038714011051 },
	  { -29.212873, -15.131970, -45.104549 } },
	{ "type=nu-svc gamma=0.3 nu=0.25",
	  3,
	  { 0.66610324137931998, 0.36076407582603925, 0.70662043062315472 },
	  { 35.678970, 11.291903, 117.008462 } },
	{ "gamma=0.3 C=2.5 epsilon=0.15", 0, { -0.14293768845026653 }, { -24.745909 } },
	{ "type=nu-svr gamma=0.3 C=2.5 nu=0.35", 0, { -0.097801948493616744 }, { -28.773678 } },
	{ "type=nu-svr kernel=linear C=2.5 nu=0.35",
	  0,
	  { -0.0094071296686314976 },
	  { -61.602196 } },
	{ "type=one-class gamma=0.3 nu=0.2", 1, { 1.8572544514969558 }, { 11.095387 } },
};

TEST("svm: objectives and rho of all machines and kernels are LIBSVM's")
{
	struct table t;

	make(&t);
	for (size_t k = 0; k < sizeof libsvm / sizeof *libsvm; k++) {
		const struct known *w = &libsvm[k];
		const double *y = w->classes == 3   ? t.three
				  : w->classes == 2 ? t.two
				  : w->classes      ? NULL
						    : t.number;
		struct ml_problem p = problem_of(t.x, y, N, P, w->classes > 1 ? w->classes : 0);
		struct fitted f = fit(&p, w->options);
		size_t machines = w->classes == 3 ? 3 : 1;
		double rho[3], objective[3];

		CHECK(!f.rc && f.rep.converged);
		field(&f, "rho", rho, machines);
		field(&f, "objectives", objective, machines);
		for (size_t m = 0; m < machines; m++) {
			NEAR(rho[m], w->rho[m], 1e-5, "tol 1e-6, kernels in single precision");
			NEAR(objective[m], w->objective[m], 2e-6, "six digits are printed");
		}
		fitted_free(&f);
	}
}

TEST("svm: numbers are predicted as LIBSVM does")
{
	static const double want[] = { 0.10742600158123927, 0.62294889396328101,
				       -2.0433679146531922 };
	struct table t;
	double out[N];

	make(&t);
	struct ml_problem p = problem_of(t.x, t.number, N, P, 0);
	struct fitted f = fit(&p, "gamma=0.3 C=2.5 epsilon=0.15");
	struct ml_mat pred = { out, N, 1, 1 };
	CHECK(!svm()->predict(f.state, &p.x, &pred, &f.err));
	for (size_t i = 0; i < 3; i++)
		NEAR(out[i], want[i], 1e-5, "LIBSVM 3.24, svm-predict; tol 1e-6");
	fitted_free(&f);
}

TEST("svm: of a linear machine the coefficients are told, and give its predictions")
{
	struct table t;
	double out[2 * N], coef[P + 1];
	struct ml_mat c = { coef, 1, P + 1, P + 1 };

	make(&t);
	for (size_t two = 0; two < 2; two++) {
		struct ml_problem p =
			problem_of(t.x, two ? t.two : t.number, N, P, two ? 2 : 0);
		struct fitted f = fit(&p, "kernel=linear C=0.7");
		struct ml_mat pred = { out, N, 1 + two, 1 + two };

		CHECK(svm()->coefficient_rows(f.state) == 1);
		svm()->coefficients(f.state, &c);
		CHECK(!svm()->predict(f.state, &p.x, &pred, &f.err));
		for (size_t i = 0; i < N; i++) {
			double s = ml_dot(coef, t.x + i * P, P) + coef[P];
			NEAR(two ? out[2 * i + 1] : out[i], two ? 1 / (1 + exp(-s)) : s, 1e-12,
			     "sums in another order");
		}
		fitted_free(&f);
		f = fit(&p, "");
		CHECK(svm()->coefficient_rows(f.state) == 0);
		fitted_free(&f);
	}
}

/* ---- laws ---- */

/* A table of many rows in two classes that overlap, or numbers. */
static void make_many(double *x, double *y, size_t n, size_t p, bool classes)
{
	struct ml_rng r;

	ml_rng_init(&r, 17, "svm test", n);
	for (size_t i = 0; i < n; i++) {
		double s = 0;
		for (size_t j = 0; j < p; j++) {
			x[i * p + j] = 3 * ml_rng_uniform(&r) - 1.5;
			s += x[i * p + j] * x[i * p + (j + 1) % p] * (j % 2 ? 1 : -1.3);
		}
		s += 0.8 * (ml_rng_uniform(&r) + ml_rng_uniform(&r) - 1);
		y[i] = classes ? s > 0.3 : s;
	}
}

static bool same_vectors(const struct fitted *a, const struct fitted *b)
{
	struct ml_fields f = { 0 }, g = { 0 };

	svm()->save(a->state, &f);
	svm()->save(b->state, &g);
	const struct ml_field *u = ml_fields_find(&f, "coefficients");
	const struct ml_field *v = ml_fields_find(&g, "coefficients");
	bool same = u && v && u->n == v->n && u->n &&
		    !memcmp(u->u.reals, v->u.reals, u->n * sizeof *u->u.reals);
	u = ml_fields_find(&f, "rho");
	v = ml_fields_find(&g, "rho");
	same = same && !memcmp(u->u.reals, v->u.reals, u->n * sizeof *u->u.reals);
	ml_fields_release(&g);
	ml_fields_release(&f);
	return same;
}

TEST("svm: the same bits with a cache of two rows and with one of all, for 1 and 3 threads")
{
	enum { MANY = 5600, WIDE = 3 };
	double *x = malloc(MANY * WIDE * sizeof *x), *y = malloc(MANY * sizeof *y);
	struct ml_run three = plain;

	three.threads = 3;
	make_many(x, y, MANY, WIDE, true);
	struct ml_problem p = problem_of(x, y, MANY, WIDE, 2);
	struct fitted a = fit(&p, "C=3"), b = fit_by(&p, "C=3 cache-mb=1", &three);
	struct fitted whole = fit(&p, "C=3 shrinking=no");
	CHECK(!a.rc && !b.rc && !whole.rc);
	CHECK(same_vectors(&a, &b));
	CHECK(a.rep.converged && whole.rep.converged && a.rep.iters == b.rep.iters);
	NEAR(whole.rep.objective, a.rep.objective, 1e-6,
	     "shrinking changes the way to the optimum alone");
	fitted_free(&whole);
	fitted_free(&b);
	fitted_free(&a);
	free(y);
	free(x);
}

/* Coefficients of the rows of the table, 0 of those that are no vectors. */
static void coefficients_of(const struct fitted *f, const double *x, size_t n, size_t p,
			    double *coef)
{
	struct ml_fields all = { 0 };

	svm()->save(f->state, &all);
	const double *centre = ml_fields_find(&all, "centre")->u.reals;
	const double *v = ml_fields_find(&all, "vectors")->u.reals;
	const struct ml_field *c = ml_fields_find(&all, "coefficients");
	for (size_t i = 0; i < n; i++) {
		coef[i] = 0;
		for (size_t k = 0; k < c->n; k++) {
			size_t j = 0;
			while (j < p && x[i * p + j] - centre[j] == v[k * p + j])
				j++;
			if (j == p)
				coef[i] = c->u.reals[k];
		}
	}
	ml_fields_release(&all);
}

TEST("svm: of few rows with a large C rows are left out on the long way; the optimum is the "
     "same")
{
	enum { MANY = 700, WIDE = 3 };
	static double x[MANY * WIDE], y[MANY];
	struct ml_run three = plain;

	three.threads = 3;
	make_many(x, y, MANY, WIDE, true);
	struct ml_problem p = problem_of(x, y, MANY, WIDE, 2);
	struct fitted a = fit(&p, "C=3000"), b = fit_by(&p, "C=3000 cache-mb=1", &three);
	struct fitted whole = fit(&p, "C=3000 shrinking=no");

	CHECK(!a.rc && !b.rc && !whole.rc && a.rep.converged && whole.rep.converged);
	CHECK(a.rep.iters > 3 * MANY && a.rep.iters != whole.rep.iters);
	CHECK(same_vectors(&a, &b));
	NEAR(whole.rep.objective, a.rep.objective, 1e-6, "kernels in single precision");
	fitted_free(&whole);
	fitted_free(&b);
	fitted_free(&a);
}

/* Of the optimum: errors within the tube cost nothing, those beyond it all of C. */
TEST("svm: with much weight on the loss, too, the conditions of the optimum hold")
{
	enum { MANY = 700, WIDE = 3 };
	static double x[MANY * WIDE], y[MANY], out[MANY], coef[MANY];
	size_t inside = 0, beyond = 0;

	make_many(x, y, MANY, WIDE, false);
	struct ml_problem p = problem_of(x, y, MANY, WIDE, 0);
	struct fitted f = fit(&p, "C=100 gamma=0.4 epsilon=0.3");
	struct ml_mat pred = { out, MANY, 1, 1 };
	CHECK(!f.rc && f.rep.converged && !svm()->predict(f.state, &p.x, &pred, &f.err));
	coefficients_of(&f, x, MANY, WIDE, coef);
	for (size_t i = 0; i < MANY; i++) {
		double miss = y[i] - out[i];
		/* Kernels in single precision, coefficients up to 100: 1e-3 in all. */
		if (fabs(miss) < 0.3 - 1e-3) {
			CHECK(coef[i] == 0);
			inside++;
		} else if (fabs(miss) > 0.3 + 1e-3) {
			CHECK(coef[i] == (miss > 0 ? 100 : -100));
			beyond++;
		}
	}
	CHECK(inside > 300 && beyond > 50 && inside + beyond < MANY);
	fitted_free(&f);
}

TEST("svm: C counts for a row as its weight does")
{
	struct table t;
	double w[N], v[N], ten[N];

	make(&t);
	for (size_t i = 0; i < N; i++) {
		w[i] = 0.37 * (1 + (double)(i % 4));
		ten[i] = 10 * w[i];
	}
	struct ml_problem p = problem_of(t.x, t.number, N, P, 0), q = p;
	p.w = w;
	q.w = ten;
	struct fitted a = fit(&p, "C=2.5 gamma=0.3"), b = fit(&q, "C=0.25 gamma=0.3");
	struct ml_mat out = { v, N, 1, 1 };
	double u[N];
	struct ml_mat other = { u, N, 1, 1 };
	CHECK(!svm()->predict(a.state, &p.x, &out, &a.err));
	CHECK(!svm()->predict(b.state, &p.x, &other, &b.err));
	for (size_t i = 0; i < N; i++)
		NEAR(u[i], v[i], 1e-5, "the same programme, tol 1e-6");
	fitted_free(&b);
	fitted_free(&a);
}

TEST("svm: of outliers there are at most nu, of support vectors at least")
{
	enum { MANY = 500 };
	double x[MANY * 2], y[MANY], score[MANY];
	size_t out = 0;
	double vectors = 0;
	struct ml_error err;

	make_many(x, y, MANY, 2, false);
	struct ml_problem p = problem_of(x, NULL, MANY, 2, 0);
	struct fitted f = fit(&p, "type=one-class nu=0.11");
	struct ml_mat pred = { score, MANY, 1, 1 };
	CHECK(!f.rc && svm()->threshold(f.state) == 0);
	CHECK(!svm()->predict(f.state, &p.x, &pred, &f.err));
	for (size_t i = 0; i < MANY; i++)
		out += score[i] > 1e-4; /* those on the edge are off by the tolerance */
	struct ml_fields all = { 0 };
	svm()->save(f.state, &all);
	CHECK(!ml_get_real(&all, "support_vectors", &vectors, &err));
	CHECK(out <= 55 && vectors >= 55 && out > 40 && vectors < 75);
	ml_fields_release(&all);
	fitted_free(&f);
}

TEST("svm: the class that most pairs vote for is the most probable, the first of several")
{
	/* 0 beats 1, 1 beats 2, 2 beats 0 by far: one vote each. */
	const double cycle[] = { 0.5, -3, 0.5 }, clear[] = { -0.2, 1, 4 };
	double p[3], room[3];

	ml_svm_vote(cycle, 1, 3, p, room);
	CHECK(p[0] > p[1] && p[0] > p[2]);
	NEAR(p[0] + p[1] + p[2], 1, 1e-15, "probabilities");
	ml_svm_vote(clear, 1, 3, p, room);
	CHECK(p[1] > p[0] && p[0] > p[2]);
}

TEST("svm: probabilities of pairs that agree are put together exactly")
{
	const double want[] = { 0.13, 0.29, 0.07, 0.51 };
	double r[16] = { 0 }, p[4], room[20];

	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 4; j++)
			r[i * 4 + j] = i == j ? 0 : want[i] / (want[i] + want[j]);
	ml_svm_couple(r, 4, p, room);
	for (size_t i = 0; i < 4; i++)
		NEAR(p[i], want[i], 1e-8,
		     "the only minimum, 0 (Wu, Lin, Weng 2004, section 4)");
}

/* The likelihood of the drawn-in targets (Platt 2000, eq. 13). */
static double likelihood(const double *d, const double *w, const bool *first, size_t n,
			 const struct ml_svm_curve *c)
{
	double ours = 0, others = 0, sum = 0;

	for (size_t i = 0; i < n; i++)
		*(first[i] ? &ours : &others) += w[i];
	for (size_t i = 0; i < n; i++) {
		double t = first[i] ? (ours + 1) / (ours + 2) : 1 / (others + 2);
		double p = 1 / (1 + exp(c->slope * d[i] + c->shift));
		sum += w[i] * (t * log(p) + (1 - t) * log(1 - p));
	}
	return sum;
}

TEST("svm: a curve of probabilities has the maximum likelihood")
{
	double d[N], w[N];
	bool first[N];

	for (size_t i = 0; i < N; i++) {
		d[i] = 2.1 * sin(1.7 * (double)i) + 0.3;
		first[i] = d[i] + 1.4 * cos(2.3 * (double)i) > 0.1;
		w[i] = 1 + (double)(i % 3);
	}
	struct ml_svm_curve c = ml_svm_curve_fit(d, w, first, N);
	double most = likelihood(d, w, first, N, &c);
	CHECK(c.slope < 0);
	for (int k = 0; k < 8; k++) {
		struct ml_svm_curve near = { c.slope + 1e-4 * cos(0.785 * k),
					     c.shift + 1e-4 * sin(0.785 * k) };
		CHECK(likelihood(d, w, first, N, &near) < most);
	}
	NEAR(ml_svm_curve_at(&c, 0.7), 1 / (1 + exp(0.7 * c.slope + c.shift)), 1e-15,
	     "the curve");
	CHECK(ml_svm_curve_at(&c, 1e9) == 1 - 1e-7 && ml_svm_curve_at(&c, -1e9) == 1e-7);
}

TEST("svm: --probability fits calibrated probabilities, also of three classes")
{
	enum { MANY = 900, WIDE = 3 };
	static double x[MANY * WIDE], y[MANY], out[MANY * 3];
	double mean[3] = { 0 }, share[3] = { 0 };

	make_many(x, y, MANY, WIDE, false);
	for (size_t i = 0; i < MANY; i++) {
		y[i] = y[i] < -0.4 ? 0 : y[i] < 0.5 ? 1 : 2;
		share[(size_t)y[i]] += 1.0 / MANY;
	}
	struct ml_problem p = problem_of(x, y, MANY, WIDE, 3);
	struct fitted f = fit(&p, "probability=yes");
	struct ml_mat pred = { out, MANY, 3, 3 };
	CHECK(!f.rc && !svm()->predict(f.state, &p.x, &pred, &f.err));
	for (size_t i = 0; i < MANY; i++) {
		NEAR(out[3 * i] + out[3 * i + 1] + out[3 * i + 2], 1, 1e-12, "probabilities");
		for (size_t c = 0; c < 3; c++)
			mean[c] += out[3 * i + c] / MANY;
	}
	for (size_t c = 0; c < 3; c++)
		NEAR(mean[c], share[c], 0.05, "calibrated in the large, within sampling error");
	fitted_free(&f);
}

/* ---- odd tables ---- */

TEST("svm: a constant target is predicted, and needs no vector")
{
	struct table t;
	double y[N], out[N];

	make(&t);
	for (size_t i = 0; i < N; i++)
		y[i] = 2.385;
	struct ml_problem p = problem_of(t.x, y, N, P, 0);
	struct fitted f = fit(&p, "");
	struct ml_mat pred = { out, N, 1, 1 };
	CHECK(!f.rc && f.rep.converged && !svm()->predict(f.state, &p.x, &pred, &f.err));
	NEAR(out[7], 2.385, 1e-15, "the middle of the tube");
	fitted_free(&f);
}

TEST("svm: columns without variance, one row, rows of two classes in one place")
{
	double x[] = { 3.5, 3.5, 3.5, 3.5 }, y[] = { 0, 1, 1, 0 }, out[4];
	struct ml_mat pred = { out, 2, 2, 2 };

	struct ml_problem p = problem_of(x, y, 2, 2, 2);
	struct fitted f = fit(&p, "");
	CHECK(!f.rc && !svm()->predict(f.state, &p.x, &pred, &f.err));
	NEAR(out[0], 0.5, 1e-12, "nothing tells the classes apart");
	fitted_free(&f);
	p = problem_of(x, y, 1, 2, 0);
	f = fit(&p, "type=nu-svr");
	CHECK(!f.rc);
	fitted_free(&f);
	p = problem_of(x, NULL, 1, 2, 0);
	f = fit(&p, "");
	CHECK(!f.rc);
	fitted_free(&f);
}

TEST("svm: an impossible nu, a type for another target, features beyond the kernel are refused")
{
	struct table t;

	make(&t);
	for (size_t i = 3; i < N; i++)
		t.two[i] = 0;
	struct ml_problem p = problem_of(t.x, t.two, N, P, 2);
	struct fitted f = fit(&p, "type=nu-svc nu=0.5");
	CHECK(f.rc == ML_EDATA && !strcmp(f.err.tag, "E-RANGE"));
	fitted_free(&f);
	f = fit(&p, "type=nu-svr");
	CHECK(f.rc == ML_EUSAGE);
	fitted_free(&f);
	for (size_t i = 0; i < N * P; i++)
		t.x[i] *= 1e15;
	f = fit(&p, "kernel=poly gamma=1");
	CHECK(f.rc == ML_EDATA && !strcmp(f.err.tag, "E-RANGE"));
	fitted_free(&f);
}

TEST("svm: hostile fields are refused: starts that fall, machines that do not fit the classes")
{
	struct table t;
	struct ml_error err;

	make(&t);
	for (int how = 0; how < 4; how++) {
		struct ml_problem p = problem_of(t.x, t.three, N, P, 3);
		struct fitted f = fit(&p, "");
		struct ml_fields all = { 0 };
		void *state = calloc(1, svm()->state_size);

		svm()->save(f.state, &all);
		CHECK(!svm()->load(state, 1, &all, &err));
		svm()->release(state);
		memset(state, 0, svm()->state_size);
		for (size_t k = 0; k < all.n; k++) {
			struct ml_field *v = &all.v[k];
			if (how == 0 && !strcmp(v->name, "starts"))
				v->u.ints[3] = v->u.ints[2] - 1;
			if (how == 1 && !strcmp(v->name, "starts"))
				v->u.ints[v->n - 1]++;
			if (how == 2 && !strcmp(v->name, "of_machine"))
				v->u.ints[0] = 3;
			if (how == 3 && !strcmp(v->name, "classes"))
				v->u.size = 4;
		}
		CHECK(svm()->load(state, 1, &all, &err) == ML_EDATA);
		CHECK(!strcmp(err.tag, "E-MODEL"));
		svm()->release(state);
		free(state);
		ml_fields_release(&all);
		fitted_free(&f);
	}
}

int main(void)
{
	return ml_tests_run();
}
