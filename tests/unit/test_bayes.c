/* test_bayes.c - what nb, lda and qda promise beside their numbers: exact updates, missing
 * values, priors, dependent columns, too few rows. */
#include "base/rng.h"
#include "posterior.h"

/* Log probabilities of all rows and queries. */
static void all_logs(const struct fitted *f, const struct table *t, double *out)
{
	ask(f, t->x, N, P, true, out);
	ask(f, queries, Q, P, true, out + (size_t)N * K);
}

TEST("nb: updating with the other rows is fitting on all of them, for each kind")
{
	static const char *const kinds[] = { "kind=mixed", "kind=gaussian var-smoothing=0.01",
					     "kind=multinomial",
					     "kind=complement priors=uniform",
					     "kind=bernoulli binarize=3" };
	struct ml_run run = { .threads = 1, .deadline = INFINITY };

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		struct table t;
		struct fitted all, parts;
		double want[(N + Q) * K], got[(N + Q) * K];

		table_make(&t);
		for (size_t i = 0; i < N; i++) /* each part has all classes */
			t.y[i] = (double)(i % K);
		t.p.w = t.w;
		t.x[5] = NAN;
		t.x[25 * P + 2] = NAN;
		fit(&all, "nb", kinds[k], &t.p);
		all_logs(&all, &t, want);
		struct ml_problem first = t.p, second = t.p;
		first.x.rows = 11;
		second.x = (struct ml_mat){ t.x + 11 * P, N - 11, P, P };
		second.y += 11;
		second.w += 11;
		fit(&parts, "nb", kinds[k], &first);
		CHECK(!parts.m->update(parts.state, &second, parts.opts, &run, &parts.rep,
				       &parts.err));
		all_logs(&parts, &t, got);
		CHECK(!memcmp(want, got, sizeof want));
		NEAR(parts.rep.objective, all.rep.objective, 1e-13, "sums in double-double");
		/* Other options than those of the first fit are refused. */
		void *was = parts.opts;
		parts.opts = calloc(1, parts.m->opts_size);
		memcpy(parts.opts, was, parts.m->opts_size);
		CHECK(!ml_opt_set(parts.m->opts, parts.opts, "alpha", "3", &parts.err));
		CHECK(parts.m->update(parts.state, &second, parts.opts, &run, &parts.rep,
				      &parts.err) == ML_EUSAGE);
		CHECK(strstr(parts.err.msg, "--alpha"));
		free(was);
		done(&parts);
		done(&all);
	}
}

TEST("nb: means and variances far from 0 keep their digits")
{
	struct table t;
	struct fitted a, b;
	double near[Q * K], far[Q * K], x[Q * P];

	table_make(&t);
	/* Multiples of 2^-10 stay exact beside 2^30. */
	for (size_t i = 0; i < N * P; i++)
		t.x[i] = ldexp(rint(ldexp(t.x[i], 10)), -10);
	for (size_t i = 0; i < Q * P; i++)
		x[i] = ldexp(rint(ldexp(queries[i], 10)), -10);
	fit(&a, "nb", "kind=gaussian", &t.p);
	ask(&a, x, Q, P, true, near);
	for (size_t i = 0; i < N * P; i++)
		t.x[i] += 0x1p30;
	for (size_t i = 0; i < Q * P; i++)
		x[i] += 0x1p30;
	fit(&b, "nb", "kind=gaussian", &t.p);
	ask(&b, x, Q, P, true, far);
	for (size_t i = 0; i < Q * K; i++)
		NEAR(far[i], near[i], 1e-14, "shifting is exact, sums have 32 digits");
	done(&b);
	done(&a);
}

TEST("nb: a missing value drops out: the model without that column says the same")
{
	struct table t;
	struct fitted f, g;
	double less[N * (P - 1)], x[Q * P], few[Q * (P - 1)], got[Q * K], want[Q * K];

	for (int kind = 0; kind < 2; kind++) {
		const char *options = kind ? "kind=bernoulli binarize=3" : "";

		table_make(&t);
		memcpy(x, queries, sizeof x);
		for (size_t i = 0; i < N; i++) {
			memcpy(less + i * (P - 1), t.x + i * P, (P - 1) * sizeof *less);
			t.x[i * P + P - 1] *= 0.25; /* not the largest variance */
		}
		for (size_t i = 0; i < Q; i++) {
			memcpy(few + i * (P - 1), x + i * P, (P - 1) * sizeof *few);
			x[i * P + P - 1] = NAN;
		}
		fit(&f, "nb", options, &t.p);
		ask(&f, x, Q, P, true, got);
		t.p.x = (struct ml_mat){ less, N, P - 1, P - 1 };
		fit(&g, "nb", options, &t.p);
		ask(&g, few, Q, P - 1, true, want);
		for (size_t i = 0; i < Q * K; i++)
			NEAR(got[i], want[i], 1e-13, "the same sum in another order");
		done(&g);
		done(&f);
	}
}

TEST("nb: a class without a value of a column has its mean and variance over all rows")
{
	struct table t;
	struct fitted f;
	double got[Q * K];

	table_make(&t);
	for (size_t i = 0; i < 10; i++)
		t.x[i * P + 1] = NAN;
	fit(&f, "nb", "", &t.p);
	CHECK(!f.rc);
	ask(&f, queries, Q, P, true, got);
	for (size_t i = 0; i < Q * K; i++)
		CHECK(isfinite(got[i]));
	done(&f);
	for (size_t i = 0; i < N; i++)
		t.x[i * P + 1] = NAN;
	fit(&f, "nb", "", &t.p);
	CHECK(!f.rc);
	done(&f);
}

TEST("nb: counts below 0, numbers where levels belong, no variance: refused with a reason")
{
	struct table t;
	struct fitted f;

	table_make(&t);
	t.x[7] = -1.5;
	fit(&f, "nb", "kind=multinomial", &t.p);
	CHECK(f.rc == ML_EDATA && strstr(f.err.msg, "feature 4 has -1.5"));
	done(&f);
	fit(&f, "nb", "kind=categorical", &t.p);
	CHECK(f.rc == ML_EDATA && !strcmp(f.err.tag, "E-TYPE"));
	done(&f);
	for (size_t i = 0; i < 10; i++)
		t.x[i * P] = 5;
	fit(&f, "nb", "var-smoothing=0", &t.p);
	CHECK(f.rc == ML_EDATA && strstr(f.err.msg, "variance of feature 1"));
	done(&f);
	fit(&f, "nb", "", &t.p);
	CHECK(!f.rc);
	done(&f);
}

TEST("--priors: named, scaled, all of them; a class too many, twice, or 0 is refused")
{
	static const char *const bad[] = { "setosa=1,versicolor=1", "setosa=1,rose=1",
					   "setosa=1,setosa=1,versicolor=1,virginica=2",
					   "setosa=0,versicolor=1,virginica=1", "often" };
	static const char *const models[] = { "nb", "lda", "qda" };
	struct table t;
	struct fitted f, g;
	double a[Q * K], b[Q * K];
	char words[128];

	table_make(&t);
	for (size_t m = 0; m < 3; m++) {
		for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
			snprintf(words, sizeof words, "priors=%s", bad[k]);
			fit(&f, models[m], words, &t.p);
			CHECK(f.rc == ML_EUSAGE && strstr(f.err.msg, "--priors"));
			done(&f);
		}
		/* The classes are of one size here. */
		fit(&f, models[m], "priors=uniform", &t.p);
		fit(&g, models[m], "priors=virginica=7,setosa=7,versicolor=7", &t.p);
		ask(&f, queries, Q, P, true, a);
		ask(&g, queries, Q, P, true, b);
		CHECK(!memcmp(a, b, sizeof a));
		done(&g);
		fit(&g, models[m], "", &t.p);
		ask(&g, queries, Q, P, true, b);
		for (size_t i = 0; i < Q * K; i++)
			NEAR(a[i], b[i], 1e-14, "1/3 and 10/30");
		done(&g);
		done(&f);
	}
}

TEST("lda: dependent columns leave a direction out (W-RANK), and change nothing else")
{
	struct table t;
	struct fitted f, g;
	double wide[N * (P + 1)], x[Q * (P + 1)], got[Q * K], want[Q * K];

	table_make(&t);
	for (size_t i = 0; i < N + Q; i++) {
		const double *from = i < N ? t.x + i * P : queries + (i - N) * P;
		double *to = i < N ? wide + i * (P + 1) : x + (i - N) * (P + 1);

		memcpy(to, from, P * sizeof *to);
		to[P] = 2 * from[0] - from[3] + 1;
	}
	fit(&f, "lda", "", &t.p);
	CHECK(!f.warned[0]);
	ask(&f, queries, Q, P, true, want);
	t.p.x = (struct ml_mat){ wide, N, P + 1, P + 1 };
	fit(&g, "lda", "", &t.p);
	CHECK(!g.rc);
	SAME_TEXT(g.warned, "W-RANK ");
	ask(&g, x, Q, P + 1, true, got);
	for (size_t i = 0; i < Q * K; i++)
		NEAR(got[i], want[i], 1e-10, "the condition of the columns that stay");
	done(&g);
	fit(&g, "lda", "shrinkage=0.1", &t.p);
	CHECK(!g.rc && !g.warned[0]);
	done(&g);
	/* qda shrinks where it must, and says so for each class. */
	fit(&g, "qda", "", &t.p);
	CHECK(!g.rc);
	SAME_TEXT(g.warned, "W-RANK W-RANK W-RANK ");
	ask(&g, x, Q, P + 1, true, got);
	for (size_t i = 0; i < Q * K; i++)
		CHECK(isfinite(got[i]));
	done(&g);
	done(&f);
}

TEST("lda, qda: too few rows are refused, or shrunk")
{
	struct table t;
	struct fitted f;

	table_make(&t);
	for (size_t i = 10; i < 16; i++)
		t.y[i] = 2;
	for (size_t i = 0; i < 10; i++)
		t.y[i] = i < 4 ? 0 : 1;
	fit(&f, "qda", "", &t.p);
	CHECK(f.rc == ML_EDATA && !strcmp(f.err.tag, "E-TOOFEW"));
	CHECK(strstr(f.err.msg, "'setosa' has rows: 4, weight: 4"));
	done(&f);
	fit(&f, "qda", "shrinkage=auto", &t.p);
	CHECK(!f.rc && !f.warned[0]);
	done(&f);
	for (size_t i = 0; i < N; i++)
		t.w[i] = 0.09;
	t.p.w = t.w;
	fit(&f, "lda", "", &t.p);
	CHECK(f.rc == ML_EDATA && !strcmp(f.err.tag, "E-TOOFEW"));
	done(&f);
	fit(&f, "qda", "shrinkage=auto", &t.p);
	CHECK(f.rc == ML_EDATA && !strcmp(f.err.tag, "E-TOOFEW"));
	done(&f);
}

TEST("lda: more columns than rows, and many rows: every path gives finite answers")
{
	enum { WIDE = 40, MANY = 12000 };
	struct ml_rng r;
	double *x = malloc((size_t)MANY * P * sizeof *x), *y = malloc(MANY * sizeof *y), out[K];
	double *w = malloc(MANY * sizeof *w);
	struct fitted f, g;
	struct ml_error err;

	ml_rng_init(&r, 3, "lda", 0);
	for (size_t i = 0; i < N * WIDE; i++)
		x[i] = ml_rng_uniform(&r);
	for (size_t i = 0; i < MANY; i++)
		y[i] = (double)(i % K);
	struct ml_problem p = { .x = { x, N, WIDE, WIDE },
				.y = y,
				.nclass = K,
				.classes = names,
				.task = ML_CLASSIFY };
	struct ml_mat to = { out, 1, K, K }, one = { x, 1, WIDE, WIDE };
	fit(&f, "lda", "", &p);
	CHECK(!f.rc);
	SAME_TEXT(f.warned, "W-RANK ");
	CHECK(!f.m->predict(f.state, &one, &to, &err) && isfinite(out[0]));
	done(&f);
	/* Cholesky of many rows; QR of half as many that count twice. */
	for (size_t i = 0; i < (size_t)MANY * P / 2; i++)
		x[i] = x[i + (size_t)MANY * P / 2] =
			ml_rng_uniform(&r) + (double)(i % P) * y[i / P];
	p.x = (struct ml_mat){ x, MANY, P, P };
	fit(&f, "lda", "", &p);
	p.x.rows = MANY / 2;
	for (size_t i = 0; i < MANY / 2; i++)
		w[i] = 2;
	p.w = w;
	fit(&g, "lda", "", &p);
	CHECK(!f.rc && !g.rc);
	double a[K * (P + 1)], b[K * (P + 1)];
	struct ml_mat ca = { a, K, P + 1, P + 1 }, cb = { b, K, P + 1, P + 1 };
	f.m->coefficients(f.state, &ca);
	g.m->coefficients(g.state, &cb);
	for (size_t i = 0; i < K * (P + 1); i++)
		NEAR(a[i], b[i], 1e-11, "rounding, times the condition squared");
	done(&g);
	done(&f);
	free(w);
	free(y);
	free(x);
}

int main(void)
{
	return ml_tests_run();
}
