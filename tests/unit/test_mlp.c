/* test_mlp.c - networks: training against scikit-learn, what they learn, schedules, what
 * diverges. */
#include "networks.h"

/* ---- scikit-learn ---- */

enum { N = 40, P = 3 };

static double x[N * P], y[N];

/* A network of 3-7-4-k with weights that a formula gives, as fields. */
static void start(struct ml_mlp *m, const char *loss, size_t classes, size_t k,
		  const char *activation)
{
	const int32_t sizes[] = { P, 7, 4, (int32_t)k };
	const char *names[] = { activation, activation, "identity" };
	size_t n = 0, at = 0;
	double plain[128];
	struct ml_fields f = { 0 };

	for (size_t l = 0; l < 3; l++) {
		size_t all = (size_t)(sizes[l] * sizes[l + 1]) + (size_t)sizes[l + 1];
		for (size_t i = 0; i < all; i++)
			plain[n++] = 0.6 * sin(1.1 * (double)at++ + 0.7);
	}
	ml_put_size(&f, "classes", classes);
	ml_put_text(&f, "loss", loss);
	ml_put_real(&f, "shift", 0);
	ml_put_real(&f, "scale", 1);
	ml_put_size(&f, "epochs", 0);
	ml_put_ints(&f, "sizes", sizes, 4);
	ml_put_texts(&f, "activations", names, 3);
	ml_put_reals(&f, "weights", plain, n);
	*m = (struct ml_mlp){ 0 };
	int rc = mlp->load(m, 1, &f, &err);
	CHECK(!rc);
	ml_fields_release(&f);
}

static const struct peer {
	const char *activation, *loss, *options;
	size_t classes, outputs;
	double want[9]; /* of rows 0, 1, 2 */
} peers[] = {
	{ "tanh",
	  "squared",
	  "alpha=0.05 learning-rate=0.02",
	  0,
	  1,
	  { 0.305763434133315, 1.33891802572453, -0.130424247397119 } },
	{ "relu",
	  "squared",
	  "solver=sgd alpha=0.05 learning-rate=0.05 momentum=0.8",
	  0,
	  1,
	  { 0.236406599242008, 1.2846955530884, -0.10432254625135 } },
	{ "logistic",
	  "squared",
	  "solver=sgd alpha=0.5 learning-rate=0.1 momentum=0.7 nesterov=no",
	  0,
	  1,
	  { 0.131447108590422, 0.222578908115679, 0.117890966391113 } },
	{ "relu",
	  "multinomial",
	  "alpha=0.05 learning-rate=0.02 beta1=0.8 beta2=0.99 epsilon=1e-6",
	  3,
	  3,
	  { 0.258935567354866, 0.479300119542977, 0.261764313102158, 0.0254021022377812,
	    0.93497938106275, 0.0396185166994687, 0.0894420620387439, 0.527313979119648,
	    0.383243958841608 } },
	{ "tanh",
	  "logistic",
	  "alpha=0.05 learning-rate=0.02",
	  2,
	  1,
	  { 0.614684459000727, 0.385315540999273, 0.59340294998063, 0.40659705001937,
	    0.553507512889993, 0.446492487110007 } },
};

static void make_peer_rows(const struct peer *p)
{
	for (size_t i = 0; i < N; i++) {
		double u = (double)i, *v = x + i * P;

		for (size_t j = 0; j < P; j++)
			v[j] = sin(1.7 * u + 2.3 * (double)j) +
			       0.3 * cos(0.9 * u * (double)(j + 1));
		y[i] = p->classes == 3   ? (double)(i * i % 7 % 3)
		       : p->classes == 2 ? (double)(i * i % 5 % 2)
					 : 1.3 * v[0] - 0.4 * v[1] * v[2] + 0.2 * cos(2.1 * u);
	}
}

TEST("thirty steps from given weights end where those of scikit-learn 1.2.1 do")
{
	/* MLPRegressor, MLPClassifier((7, 4), batch_size=40, max_iter=30, tol=0,
	 * warm_start=True) with coefs_ and intercepts_ set to the formula. */
	for (size_t k = 0; k < sizeof peers / sizeof *peers; k++) {
		const struct peer *q = &peers[k];
		struct ml_mlp m;
		struct ml_mlp_opts o = options(q->options);
		struct ml_report rep;
		double got[9];
		size_t wide = q->classes ? q->classes : 1;
		struct ml_problem p = { .x = { x, N, P, P },
					.y = y,
					.nclass = q->classes,
					.task = q->classes ? ML_CLASSIFY : ML_REGRESS };
		struct ml_mat some = { x, 3, P, P }, out = { got, 3, wide, wide };

		make_peer_rows(q);
		start(&m, q->loss, q->classes, q->outputs, q->activation);
		set(&o, "epochs", "30");
		set(&o, "patience", "1000000");
		CHECK(!mlp->update(&m, &p, &o, &one, &rep, &err));
		CHECK(rep.iters == 30);
		CHECK(!mlp->predict(&m, &some, &out, &err));
		for (size_t i = 0; i < 3 * wide; i++)
			NEAR(got[i], q->want[i], 1e-10, "30 steps of rounding, 15 digits told");
		mlp->release(&m);
	}
}

/* ---- learning ---- */

TEST("what no linear model can, a network learns: the sign of a product, with each activation")
{
	static const char *const layers[] = { "layers=16",
					      "layers=16:leaky-relu",
					      "layers=16:tanh",
					      "layers=16:logistic",
					      "layers=16:gelu",
					      "layers=8:relu,8:tanh",
					      "layers=12 batch-norm=yes" };
	static double px[400 * 2], py[400];
	struct ml_rng r;

	ml_rng_init(&r, 2, "product", 0);
	for (size_t i = 0; i < 400; i++) {
		px[2 * i] = 2 * ml_rng_uniform(&r) - 1;
		px[2 * i + 1] = 2 * ml_rng_uniform(&r) - 1;
		py[i] = px[2 * i] * px[2 * i + 1] > 0;
	}
	for (size_t k = 0; k < sizeof layers / sizeof *layers; k++) {
		char text[128];
		snprintf(text, sizeof text, "%s learning-rate=0.02 epochs=150 batch-size=50",
			 layers[k]);
		struct ml_mlp_opts o = options(text);
		struct ml_problem p = {
			.x = { px, 400, 2, 2 }, .y = py, .nclass = 2, .task = ML_CLASSIFY
		};
		struct ml_mlp m = { 0 };
		struct ml_report rep;
		double *q = malloc(800 * sizeof *q);
		struct ml_mat out = { q, 400, 2, 2 };
		size_t right = 0;

		CHECK(!mlp->fit(&m, &p, &o, &one, &rep, &err));
		CHECK(!mlp->predict(&m, &p.x, &out, &err));
		for (size_t i = 0; i < 400; i++)
			right += (q[2 * i + 1] > 0.5) == (py[i] > 0);
		if (right < 376 && ++ml_test_failed <= 20)
			printf("# %s: %zu of 400 right\n", layers[k], right);
		free(q);
		mlp->release(&m);
	}
}

TEST("the scale of a numeric target does not matter, and its losses learn mean, median, "
     "quantile")
{
	static double sx[900], sy[900], big[900];
	struct ml_rng r;
	const char *const text[] = { "loss=squared", "loss=absolute",
				     "loss=quantile quantile=0.9", "loss=huber delta=0.01" };
	/* Of a target that is 1 in 70 % of the rows, 10 in 25 %, 100 in 5 %; huber of a small
	 * delta is nearly the median. */
	const double want[] = { 0.7 + 2.5 + 5, 1, 10, 1 };

	ml_rng_init(&r, 3, "scale", 0);
	for (size_t i = 0; i < 900; i++) {
		sx[i] = ml_rng_uniform(&r);
		sy[i] = i % 20 < 14 ? 1 : i % 20 < 19 ? 10 : 100;
		big[i] = sy[i] * 0x1p100;
	}
	for (size_t k = 0; k < 4; k++) {
		char line[160];
		snprintf(line, sizeof line,
			 "%s layers=none solver=sgd learning-rate=0.02 epochs=1000 alpha=0 "
			 "batch-size=900 patience=1000 schedule=cosine %s",
			 text[k], k == 3 ? "learning-rate=0.5" : "");
		struct ml_mlp_opts o = options(line);
		struct ml_problem p = { .x = { sx, 900, 1, 1 }, .y = sy, .task = ML_REGRESS };
		struct ml_problem q = p;
		struct ml_mlp m = { 0 }, b = { 0 };
		struct ml_report rep;
		double v[900], u[900], sum = 0;
		struct ml_mat out = { v, 900, 1, 1 }, out2 = { u, 900, 1, 1 };

		q.y = big;
		CHECK(!mlp->fit(&m, &p, &o, &one, &rep, &err));
		CHECK(!mlp->fit(&b, &q, &o, &one, &rep, &err));
		CHECK(!mlp->predict(&m, &p.x, &out, &err));
		CHECK(!mlp->predict(&b, &p.x, &out2, &err));
		for (size_t i = 0; i < 900; i++) {
			sum += v[i] / 900;
			CHECK(v[i] * 0x1p100 == u[i]);
		}
		NEAR(sum, want[k], 0.25, "a linear model on noise, 1000 steps");
		mlp->release(&m);
		mlp->release(&b);
	}
}

/* ---- rates ---- */

TEST("learning rates fall as their formulas say")
{
	static const struct {
		const char *options;
		double t, n, damp, want;
	} all[] = {
		{ "", 7.5, 10, 0.5, 0.8 },
		{ "schedule=step decay=0.5 decay-epochs=3", 2.9, 10, 1, 0.8 },
		{ "schedule=step decay=0.5 decay-epochs=3", 6.1, 10, 1, 0.2 },
		{ "schedule=exponential decay=0.25 decay-epochs=2", 3, 10, 1, 0.1 },
		{ "schedule=inverse power=0.5 decay-epochs=2", 6, 10, 1, 0.4 },
		{ "schedule=cosine", 5, 10, 1, 0.4 },
		{ "schedule=cosine min-rate=0.2", 5, 10, 1, 0.5 },
		{ "schedule=cosine min-rate=0.2", 10, 10, 1, 0.2 },
		{ "schedule=plateau", 5, 10, 0.125, 0.1 },
		{ "schedule=plateau min-rate=0.3", 5, 10, 0.125, 0.3 },
		{ "warm-up=4", 1, 10, 1, 0.25 },
		{ "warm-up=4 schedule=cosine", 7, 10, 1, 0.4 },
		{ "min-rate=5", 1, 10, 1, 0.8 },
	};

	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		struct ml_mlp_opts o = options(all[k].options);

		o.rate = 0.8;
		NEAR(ml_mlp_rate(&o, all[k].t, all[k].n, 0.25, all[k].damp), all[k].want, 1e-15,
		     "a few roundings");
	}
}

/* ---- what goes wrong ---- */

static int warned;

static void ML_PRINTF(4, 5)
	count_warning(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	(void)user;
	(void)column;
	(void)fmt;
	warned += !strcmp(tag, "W-DIVERGED");
}

TEST("a learning rate that is far too large is told, and no model is made of it")
{
	static const char *const text[] = { "solver=sgd learning-rate=1e5",
					    "solver=sgd learning-rate=1e300",
					    "learning-rate=1e200",
					    "solver=sgd learning-rate=1e5 loss=absolute",
					    "learning-rate=1e300 batch-norm=yes solver=adamw",
					    "solver=sgd learning-rate=30 momentum=0.99 "
					    "epochs=3000 layers=20:identity,20:identity" };
	struct ml_run run = one;

	run.warn = count_warning;
	make(train_x, train_y, ROWS, 0, 0);
	for (size_t k = 0; k < sizeof text / sizeof *text; k++) {
		struct ml_mlp_opts o = options(text[k]);
		struct ml_problem p = { .x = { train_x, ROWS, COLS, COLS },
					.y = train_y,
					.task = ML_REGRESS };
		struct ml_mlp m = { 0 };
		struct ml_report rep = { 0 };
		double v[ROWS];
		struct ml_mat out = { v, ROWS, 1, 1 };

		warned = 0;
		int rc = mlp->fit(&m, &p, &o, &run, &rep, &err);
		if (rc) {
			CHECK(rc == ML_EDATA);
			SAME_TEXT(err.tag, "E-DIVERGED");
			CHECK(strstr(err.msg, "smaller --learning-rate"));
		} else {
			CHECK(warned == 1);
			CHECK(!mlp->predict(&m, &p.x, &out, &err));
			for (size_t i = 0; i < ROWS; i++)
				CHECK(isfinite(v[i]));
		}
		CHECK(rc || k > 2);
		mlp->release(&m);
	}
}

TEST("layers that are none, losses of the other task, are refused")
{
	static const struct {
		const char *options, *say;
		size_t classes;
	} all[] = {
		{ "layers=", "''", 0 },
		{ "layers=5,", "''", 0 },
		{ "layers=5,x", "'x'", 0 },
		{ "layers=5:", "'5:'", 0 },
		{ "layers=5:selu", "'5:selu'", 0 },
		{ "layers=5relu", "'5relu'", 0 },
		{ "layers=0", "'0'", 0 },
		{ "layers=-5", "'-5'", 0 },
		{ "layers=99999999999999999999999", "units", 0 },
		{ "layers=1048576,1048576", "too many", 0 },
		{ "loss=cross-entropy", "not for numbers", 0 },
		{ "loss=huber", "not for classes", 2 },
	};

	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		struct ml_mlp_opts o = options(all[k].options);
		struct ml_problem p = { .x = { train_x, ROWS, COLS, COLS },
					.y = train_y,
					.nclass = all[k].classes,
					.task = all[k].classes ? ML_CLASSIFY : ML_REGRESS };
		struct ml_mlp m = { 0 };
		struct ml_report rep;

		make(train_x, train_y, ROWS, all[k].classes, 0);
		CHECK(mlp->fit(&m, &p, &o, &one, &rep, &err));
		if (!strstr(err.msg, all[k].say) && ++ml_test_failed <= 20)
			printf("# %s: %s\n", all[k].options, err.msg);
		mlp->release(&m);
	}
}

int main(void)
{
	return ml_tests_run();
}
