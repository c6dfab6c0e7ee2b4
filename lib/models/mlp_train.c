/* mlp_train.c - epochs of minibatches.
 *
 * The order of the rows in an epoch, and what dropout draws in a step, have names
 * (base/rng.h), so where a fit is says all of what it will draw: it can be put by after any
 * minibatch, and gone on with to the same bits. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "la/sums.h"
#include "models/mlp_parts.h"

/* The loss of a minibatch so many times that of a constant will not come back. */
static const double runaway = 1e10;
/* Of a minibatch in the statistics of normalised layers, once there were more of them. */
static const double blend = 0.1;

static int diverged(const struct ml_mlp_fit *f, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-DIVERGED",
		       "the loss grew beyond all bounds in epoch %zu: try a smaller "
		       "--learning-rate than %g%s",
		       f->m->epochs + 1, f->o->rate, f->o->clip > 0 ? "" : ", or --clip 1");
}

/* ---- minibatches ---- */

static void shuffle(struct ml_mlp_fit *f)
{
	struct ml_rng r;

	for (size_t i = 0; i < f->p->x.rows; i++)
		f->order[i] = i;
	ml_rng_init(&r, f->run->seed, "mlp-order", f->m->epochs);
	ml_rng_shuffle(&r, f->order, f->p->x.rows);
}

/* Where minibatch k begins: all are as large as each other, but for a row. */
static size_t begin_of(const struct ml_mlp_fit *f, size_t k)
{
	size_t n = f->p->x.rows, small = n / f->batches, more = n % f->batches;

	return k * small + (k < more ? k : more);
}

static int one_batch(struct ml_mlp_fit *f, struct ml_error *err)
{
	struct ml_mlp_course *c = f->m->course;
	size_t from = begin_of(f, c->batch), n = begin_of(f, c->batch + 1) - from;
	double step = 1 / (double)f->batches, loss;

	f->rate = ml_mlp_rate(f->o, (double)f->m->epochs + (double)c->batch * step,
			      (double)f->end, step, c->damp);
	ml_optimiser_step(&c->optimiser, f->rate, f->o->alpha / (double)n);
	f->back.blend = fmax(blend, 1 / (double)c->optimiser.steps);
	int rc = ml_backprop_step(&f->back, f->order + from, n, c->optimiser.steps, &loss, err);
	if (rc)
		return rc;
	if (!isfinite(loss) || loss / (double)n > runaway * fmax(f->constant, 1))
		return diverged(f, err);
	c->sum += loss;
	c->batch++;
	return ML_OK;
}

/* ---- putting by ---- */

static double objective(const struct ml_mlp_fit *f)
{
	const struct ml_mlp_course *c = f->m->course;
	size_t seen = begin_of(f, c->batch);
	double loss = isfinite(c->last) || !seen ? c->last : c->sum / (double)seen;

	return loss * ml_mlp_unit(f->m);
}

static struct ml_report report(const struct ml_mlp_fit *f)
{
	const struct ml_mlp_course *c = f->m->course;
	bool turned = f->p->judge && f->p->judge->higher_better;
	bool annealed = f->o->schedule == ML_MLP_COSINE && f->m->epochs >= f->end;
	double unit = f->p->judge ? 1 : ml_mlp_unit(f->m);

	return (struct ml_report){
		.iters = f->m->epochs,
		.converged = c->over || annealed,
		.objective = objective(f),
		.judged = c->param != NULL,
		.valid = unit * (turned ? -c->best : c->best),
	};
}

static int keep(struct ml_mlp_fit *f, bool now, struct ml_error *err)
{
	const struct ml_keeper *k = f->p->keeper;

	if (!k || !(now || k->due(k->arg)))
		return ML_OK;
	struct ml_report r = report(f);
	return k->keep(k->arg, f->m, &r, err);
}

/* ---- a fit ---- */

static bool is_finite(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(v[i]))
			return false;
	return true;
}

/* What is learned becomes the model's. */
static int settle(struct ml_mlp_fit *f, struct ml_report *rep, struct ml_error *err)
{
	struct ml_net *net = &f->m->net;
	struct ml_mlp_course *c = f->m->course;
	double loss = objective(f) / ml_mlp_unit(f->m);

	if (!is_finite(net->param, net->params) || !is_finite(net->stat, net->stats))
		return diverged(f, err);
	if (f->p->valid && f->m->epochs && !c->param)
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "no epoch can be judged: what is asked of the held-out rows is "
			       "not defined on them");
	*rep = report(f);
	int rc = keep(f, true, err);
	if (!rc && c->param) {
		memcpy(net->param, c->param, net->params * sizeof *net->param);
		memcpy(net->stat, c->stat, net->stats * sizeof *net->stat);
	}
	if (!rc)
		ml_mlp_warn(f, loss);
	return rc;
}

static int epochs(struct ml_mlp_fit *f, struct ml_report *rep, struct ml_error *err)
{
	struct ml_mlp_course *c = f->m->course;
	bool stopped = false;
	int rc = ml_mlp_first_best(f, err);

	while (!rc && !stopped && !c->over && f->m->epochs < f->end) {
		shuffle(f);
		while (!rc && !stopped && c->batch < f->batches) {
			rc = one_batch(f, err);
			if (!rc && c->batch == f->batches)
				break;
			if (!rc)
				rc = keep(f, false, err);
			stopped = ml_run_over(f->run);
		}
		if (!rc && c->batch == f->batches) {
			rc = ml_mlp_epoch(f, err);
			if (!rc)
				rc = keep(f, false, err);
			stopped = ml_run_over(f->run);
		}
	}
	return rc ? rc : settle(f, rep, err);
}

static void set_backprop(struct ml_mlp_fit *f)
{
	struct ml_optimiser *t = &f->m->course->optimiser;
	const struct ml_problem *p = f->p;

	f->back.net = &f->m->net;
	f->back.p = p;
	f->back.loss = f->m->loss;
	f->back.of_loss = f->m->of_loss;
	f->back.shift = f->m->shift;
	f->back.scale = f->m->scale;
	f->back.mean_weight = p->w ? ml_sum(p->w, p->x.rows) / (double)p->x.rows : 1;
	f->back.dropout = f->o->dropout;
	f->back.clip = f->o->clip;
	f->back.seed = f->run->seed;
	f->back.team = f->team;
	f->back.update = ml_optimiser_change;
	f->back.arg = t;
}

static int prepare(struct ml_mlp_fit *f, struct ml_error *err)
{
	size_t n = f->p->x.rows;
	size_t batch = (size_t)f->o->batch < n ? (size_t)f->o->batch : n;
	struct ml_optimiser *t = &f->m->course->optimiser;

	f->batches = (n + batch - 1) / batch;
	if (!(f->order = ml_alloc(n, sizeof *f->order, err)) ||
	    ml_team_new(&f->team, f->run->threads, err))
		return err->code;
	set_backprop(f);
	if (ml_backprop_init(&f->back, batch, f->run->threads, err))
		return err->code;
	t->param = f->m->net.param;
	t->grad = f->back.grad;
	/* Another number of rows or another batch size than before the break. */
	if (f->m->course->batch >= f->batches) {
		f->m->course->batch = 0;
		f->m->course->sum = 0;
	}
	int rc = ml_mlp_constant(f, err);
	return rc ? rc : ml_mlp_held_init(f, err);
}

int ml_mlp_train(struct ml_mlp *m, size_t end, const struct ml_problem *p,
		 const struct ml_mlp_opts *o, const struct ml_run *run, struct ml_report *rep,
		 struct ml_error *err)
{
	struct ml_mlp_fit f = { .m = m, .p = p, .o = o, .run = run, .end = end };
	int rc = prepare(&f, err);

	if (!rc)
		rc = epochs(&f, rep, err);
	ml_mlp_held_release(&f);
	ml_backprop_release(&f.back);
	ml_team_free(f.team);
	free(f.order);
	if (!rc)
		ml_mlp_end(m);
	return rc;
}
