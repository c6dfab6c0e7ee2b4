/* test_putby.c - fits that are put by and gone on with: to the same bits, from tampered fields
 * without harm. */
#include "networks.h"

enum { HELD = 60 };

static double held_x[HELD * COLS], held_y[HELD], train_w[ROWS];

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

/* How far the held-out rows are from the middle: a judge that has nothing to do with the loss.
 */
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
	const struct ml_field *u = ml_fields_find(a, "weights"),
			      *v = ml_fields_find(b, "weights");
	const struct ml_field *s = ml_fields_find(a, "statistics"),
			      *t = ml_fields_find(b, "statistics");

	if (!u || !v || u->n != v->n || memcmp(u->u.reals, v->u.reals, u->n * sizeof(double)) ||
	    !s != !t || (s && memcmp(s->u.reals, t->u.reals, s->n * sizeof(double))))
		return false;
	return ml_fields_find(a, "epochs")->u.size == ml_fields_find(b, "epochs")->u.size &&
	       !ml_fields_find(a, "course") && !ml_fields_find(b, "course");
}

/* A fit, put by at the keeper's turn; what comes of it at its end in *f. */
static void fit_whole(const struct ml_problem *p, const struct ml_mlp_opts *o,
		      struct ml_report *rep, struct ml_fields *f)
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
	check_breaks(
		"epochs=9 batch-size=40 solver=sgd layers=5,3:tanh schedule=cosine warm-up=1.5",
		3, false, false);
	check_breaks("epochs=30 batch-size=64 batch-norm=yes dropout=0.2 patience=3 tol=0.01",
		     2, true, false);
	check_breaks("epochs=12 batch-size=30 solver=adamw batch-norm=yes schedule=plateau "
		     "decay-epochs=1 clip=0.1 layers=6:gelu",
		     0, true, true);
	check_breaks(
		"epochs=8 batch-size=33 dropout=0.5 layers=20 schedule=step decay-epochs=2", 3,
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
	struct ml_problem v = { .x = { held_x, HELD, COLS, COLS },
				.y = held_y,
				.task = ML_REGRESS };
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
