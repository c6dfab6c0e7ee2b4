/* test_mlp.c - networks: training against scikit-learn, breaks that leave no trace, schedules, what
 * diverges, hostile fields of a fit that was put by. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "models/mlp_parts.h"
#include "models/model.h"
#include "test.h"

static struct ml_error err;
static const struct ml_run one = { .threads = 1, .seed = 3, .deadline = INFINITY };
extern const struct ml_model ml_mlp;
static const struct ml_model *const mlp = &ml_mlp;

/* ---- options as the command line has them ---- */

static void set(struct ml_mlp_opts *o, const char *name, const char *value)
{
	int rc = ml_opt_set(ml_mlp_table, o, name, value, &err);

	if (rc && ++ml_test_failed <= 20)
		printf("# --%s %s: %s\n", name, value, err.msg);
}

/* "name=value name=value ..." */
static struct ml_mlp_opts options(const char *text)
{
	struct ml_mlp_opts o = { 0 };
	static char words[512]; /* texts are views into it */
	char *word, *rest = words;

	ml_opt_defaults(ml_mlp_table, &o);
	snprintf(words, sizeof words, "%s", text);
	while ((word = strtok_r(rest, " ", &rest))) {
		char *value = strchr(word, '=');
		*value++ = '\0';
		set(&o, word, value);
	}
	return o;
}

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
	{ "tanh", "squared", "alpha=0.05 learning-rate=0.02", 0, 1,
	  { 0.305763434133315, 1.33891802572453, -0.130424247397119 } },
	{ "relu", "squared", "solver=sgd alpha=0.05 learning-rate=0.05 momentum=0.8", 0, 1,
	  { 0.236406599242008, 1.2846955530884, -0.10432254625135 } },
	{ "logistic", "squared",
	  "solver=sgd alpha=0.5 learning-rate=0.1 momentum=0.7 nesterov=no", 0, 1,
	  { 0.131447108590422, 0.222578908115679, 0.117890966391113 } },
	{ "relu", "multinomial",
	  "alpha=0.05 learning-rate=0.02 beta1=0.8 beta2=0.99 epsilon=1e-6", 3, 3,
	  { 0.258935567354866, 0.479300119542977, 0.261764313102158, 0.0254021022377812,
	    0.93497938106275, 0.0396185166994687, 0.0894420620387439, 0.527313979119648,
	    0.383243958841608 } },
	{ "tanh", "logistic", "alpha=0.05 learning-rate=0.02", 2, 1,
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
	/* MLPRegressor, MLPClassifier((7, 4), batch_size=40, max_iter=30, tol=0, warm_start=True)
	 * with coefs_ and intercepts_ set to the formula. */
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

/* ---- breaks ---- */

enum { ROWS = 150, HELD = 60, COLS = 4 };

static double train_x[ROWS * COLS], held_x[HELD * COLS], train_y[ROWS], held_y[HELD],
	train_w[ROWS];

static void make(double *vx, double *vy, size_t n, size_t classes, uint64_t index)
{
	struct ml_rng r;

	ml_rng_init(&r, 9, "mlp", index);
	for (size_t i = 0; i < n; i++) {
		double *v = vx + i * COLS;

		for (size_t j = 0; j < COLS; j++)
			v[j] = 3.2 * ml_rng_uniform(&r) - 1.6;
		double s = v[0] * v[1] + v[2] - 0.5 + 0.4 * ml_rng_uniform(&r);
		vy[i] = classes ? fmin(fmax(floor(1.2 * s + 1), 0), (double)classes - 1)
				: 1000 + 250 * s;
	}
}

/* Keeps the fit of its turn as fields. */
struct keeping {
	struct ml_keeper keeper;
	size_t asked, turn;
	struct ml_fields kept;
};

static bool due(void *arg)
{
	struct keeping *k = arg;

	return k->asked++ == k->turn;
}

static int keep(void *arg, const void *state, const struct ml_report *rep, struct ml_error *e)
{
	struct keeping *k = arg;

	(void)rep;
	if (k->kept.n)
		return ML_OK; /* the end */
	mlp->save(state, &k->kept);
	return ml_fields_check(&k->kept, e);
}

/* How far the held-out rows are from the middle: a judge that has nothing to do with the loss. */
static int judge(void *arg, const struct ml_mat *pred, double *value, struct ml_error *e)
{
	double sum = 0;

	(void)arg;
	(void)e;
	for (size_t i = 0; i < pred->rows; i++)
		sum += sin(3 * pred->v[i * pred->ld]);
	*value = sum;
	return ML_OK;
}

static bool same(const struct ml_fields *a, const struct ml_fields *b)
{
	const struct ml_field *u = ml_fields_find(a, "weights"), *v = ml_fields_find(b, "weights");
	const struct ml_field *s = ml_fields_find(a, "statistics"),
			      *t = ml_fields_find(b, "statistics");

	if (!u || !v || u->n != v->n || memcmp(u->u.reals, v->u.reals, u->n * sizeof(double)) ||
	    !s != !t || (s && memcmp(s->u.reals, t->u.reals, s->n * sizeof(double))))
		return false;
	return ml_fields_find(a, "epochs")->u.size == ml_fields_find(b, "epochs")->u.size &&
	       !ml_fields_find(a, "course") && !ml_fields_find(b, "course");
}

/* A fit, put by at the keeper's turn; what comes of it at its end in *f. */
static void fit_whole(const struct ml_problem *p, const struct ml_mlp_opts *o, struct ml_report *rep,
		      struct ml_fields *f)
{
	struct ml_mlp m = { 0 };

	int rc = mlp->fit(&m, p, o, &one, rep, &err);
	CHECK(!rc);
	mlp->save(&m, f);
	mlp->release(&m);
}

/* Put by at any time and gone on with from its bytes, a fit ends as if it had not been. */
static void check_breaks(const char *text, size_t classes, bool held, bool judged)
{
	struct ml_mlp_opts o = options(text);
	struct ml_judge j = { .value = judge };
	struct ml_report rep, again;
	struct ml_fields want = { 0 }, got;

	make(train_x, train_y, ROWS, classes, 0);
	make(held_x, held_y, HELD, classes, 1);
	for (size_t i = 0; i < ROWS; i++)
		train_w[i] = 1 + (double)(i % 3);
	struct ml_problem v = { .x = { held_x, HELD, COLS, COLS },
				.y = held_y,
				.nclass = classes,
				.task = classes ? ML_CLASSIFY : ML_REGRESS };
	struct ml_problem p = v;
	p.x = (struct ml_mat){ train_x, ROWS, COLS, COLS };
	p.y = train_y;
	p.w = train_w;
	p.valid = held ? &v : NULL;
	p.judge = judged ? &j : NULL;
	fit_whole(&p, &o, &rep, &want);
	CHECK(rep.judged == held);
	for (size_t turn = 0; turn < 1000; turn = turn * 2 + 1) {
		struct keeping k = { .keeper = { due, keep, &k }, .turn = turn };
		struct ml_mlp m = { 0 };
		struct ml_fields twice = { 0 };

		p.keeper = &k.keeper;
		got = (struct ml_fields){ 0 };
		fit_whole(&p, &o, &again, &got);
		CHECK(same(&want, &got));
		ml_fields_release(&got);
		bool last = k.asked <= turn;
		CHECK(ml_fields_find(&k.kept, "course"));
		CHECK(!mlp->load(&m, 1, &k.kept, &err));
		mlp->save(&m, &twice);
		CHECK(twice.n == k.kept.n);
		p.keeper = NULL;
		int rc = mlp->resume(&m, &p, &o, &one, &again, &err);
		CHECK(!rc);
		got = (struct ml_fields){ 0 };
		mlp->save(&m, &got);
		CHECK(same(&want, &got));
		CHECK(again.iters == rep.iters && again.converged == rep.converged &&
		      again.objective == rep.objective && again.judged == rep.judged &&
		      (!rep.judged || again.valid == rep.valid));
		ml_fields_release(&got);
		ml_fields_release(&twice);
		ml_fields_release(&k.kept);
		mlp->release(&m);
		if (last)
			break;
	}
	ml_fields_release(&want);
}

TEST("a fit that was put by after any minibatch ends as one that was not, to the bit")
{
	check_breaks("epochs=7 batch-size=20", 0, false, false);
	check_breaks("epochs=9 batch-size=40 solver=sgd layers=5,3:tanh schedule=cosine warm-up=1.5",
		     3, false, false);
	check_breaks("epochs=30 batch-size=64 batch-norm=yes dropout=0.2 patience=3 tol=0.01", 2,
		     true, false);
	check_breaks("epochs=12 batch-size=30 solver=adamw batch-norm=yes schedule=plateau "
		     "decay-epochs=1 clip=0.1 layers=6:gelu",
		     0, true, true);
	check_breaks("epochs=8 batch-size=33 dropout=0.5 layers=20 schedule=step decay-epochs=2", 3,
		     true, true);
}

TEST("more epochs from a fit that was put by at its end are those of one fit")
{
	struct ml_mlp_opts part = options("epochs=4 batch-size=25 dropout=0.1");
	struct ml_fields want = { 0 }, got = { 0 };
	struct ml_report rep;
	struct keeping k = { .keeper = { due, keep, &k }, .turn = 1000000 };
	struct ml_mlp m = { 0 };
	struct ml_problem p = { .x = { train_x, ROWS, COLS, COLS },
				.y = train_y,
				.task = ML_REGRESS };

	make(train_x, train_y, ROWS, 0, 0);
	p.keeper = &k.keeper;
	fit_whole(&p, &part, &rep, &got);
	ml_fields_release(&got);
	p.keeper = NULL;
	CHECK(!mlp->load(&m, 1, &k.kept, &err));
	set(&part, "epochs", "6");
	CHECK(!mlp->update(&m, &p, &part, &one, &rep, &err));
	CHECK(rep.iters == 10);
	mlp->save(&m, &got);
	set(&part, "epochs", "10");
	fit_whole(&p, &part, &rep, &want);
	CHECK(same(&want, &got));
	mlp->release(&m);
	ml_fields_release(&got);
	ml_fields_release(&want);
	ml_fields_release(&k.kept);
}

/* ---- learning ---- */

TEST("what no linear model can, a network learns: the sign of a product, with each activation")
{
	static const char *const layers[] = {
		"layers=16",           "layers=16:leaky-relu", "layers=16:tanh",
		"layers=16:logistic",  "layers=16:gelu",       "layers=8:relu,8:tanh",
		"layers=12 batch-norm=yes"
	};
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
		struct ml_problem p = { .x = { px, 400, 2, 2 },
					.y = py,
					.nclass = 2,
					.task = ML_CLASSIFY };
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

TEST("the scale of a numeric target does not matter, and its losses learn mean, median, quantile")
{
	static double sx[900], sy[900], big[900];
	struct ml_rng r;
	const char *const text[] = { "loss=squared", "loss=absolute", "loss=quantile quantile=0.9",
				     "loss=huber delta=0.01" };
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
	static const char *const text[] = {
		"solver=sgd learning-rate=1e5", "solver=sgd learning-rate=1e300",
		"learning-rate=1e200", "solver=sgd learning-rate=1e5 loss=absolute",
		"learning-rate=1e300 batch-norm=yes solver=adamw",
		"solver=sgd learning-rate=30 momentum=0.99 epochs=3000 layers=20:identity,20:identity"
	};
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

/* Every field of a fit that was put by, spoiled. */
static void spoil(struct ml_fields *all, struct ml_fields *in, size_t at)
{
	static const double reals[] = { NAN, INFINITY, -1, 0, 1e308, -1e308 };
	static const size_t sizes[] = { 0, 1, 1000, SIZE_MAX };
	struct ml_field was = in->v[at], *f = &in->v[at];

	for (int how = 0; how < 9; how++) {
		struct ml_mlp m = { 0 };
		double reals_was = 0;
		char other[] = "other";

		if (how == 0)
			f->name = other;
		else if (how == 1 && f->type >= ML_FIELD_TEXT && f->type <= ML_FIELD_TEXTS)
			f->n = f->n ? f->n - 1 : 0;
		else if (how >= 2 && how - 2 < 6 && f->type == ML_FIELD_REAL)
			f->u.real = reals[how - 2];
		else if (how >= 2 && how - 2 < 4 && f->type == ML_FIELD_SIZE)
			f->u.size = sizes[how - 2];
		else if (how >= 2 && how - 2 < 6 && f->type == ML_FIELD_REALS && f->n) {
			reals_was = f->u.reals[0];
			f->u.reals[0] = reals[how - 2];
		}
		int rc = mlp->load(&m, 1, all, &err);
		CHECK(!rc || (rc == ML_EDATA && !strcmp(err.tag, "E-MODEL")));
		if (!rc) {
			/* It may go on, to any end but a crash. */
			struct ml_mlp_opts o = options("epochs=2 batch-size=50");
			struct ml_report rep;
			struct ml_problem p = { .x = { train_x, ROWS, COLS, COLS },
						.y = train_y,
						.task = ML_REGRESS };
			rc = mlp->update(&m, &p, &o, &one, &rep, &err);
			CHECK(!rc || rc == ML_EDATA);
		}
		mlp->release(&m);
		if (was.type == ML_FIELD_REALS && how >= 2 && how - 2 < 6 && f->n)
			f->u.reals[0] = reals_was;
		*f = was;
	}
}

TEST("a fit that was put by and tampered with is refused, or goes on")
{
	struct ml_mlp_opts o = options("epochs=3 batch-size=50 batch-norm=yes layers=5");
	struct keeping k = { .keeper = { due, keep, &k }, .turn = 4 };
	struct ml_report rep;
	struct ml_fields f = { 0 };
	struct ml_problem v = { .x = { held_x, HELD, COLS, COLS }, .y = held_y, .task = ML_REGRESS };
	struct ml_problem p = { .x = { train_x, ROWS, COLS, COLS },
				.y = train_y,
				.task = ML_REGRESS,
				.valid = &v,
				.keeper = &k.keeper };

	make(train_x, train_y, ROWS, 0, 0);
	make(held_x, held_y, HELD, 0, 1);
	fit_whole(&p, &o, &rep, &f);
	for (size_t i = 0; i < k.kept.n; i++)
		spoil(&k.kept, &k.kept, i);
	struct ml_fields *course = ml_fields_find(&k.kept, "course")->u.map;
	CHECK(course->n > 11);
	for (size_t i = 0; i < course->n; i++)
		spoil(&k.kept, course, i);
	ml_fields_release(&k.kept);
	ml_fields_release(&f);
}

int main(void)
{
	return ml_tests_run();
}
