/* mlp_epoch.c - what is asked when all rows were seen once more: the loss, what held-out rows
 * have to say, and whether it goes on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/mlp_parts.h"

/* Held-out rows that a thread asks the network about at a time. */
enum { PIECE = 4 * ML_NET_ROWS };

/* ---- held-out rows ---- */

int ml_mlp_held_init(struct ml_mlp_fit *f, struct ml_error *err)
{
	size_t n = f->p->valid ? f->p->valid->x.rows : 0;
	size_t wide = f->m->classes ? f->m->classes : 1;

	f->score_wide = ml_net_outputs(&f->m->net);
	if (!n)
		return ML_OK;
	if (!(f->score = ml_alloc(n * f->score_wide, sizeof *f->score, err)) ||
	    (f->p->judge && !(f->pred = ml_alloc(n * wide, sizeof *f->pred, err))) ||
	    !(f->room = ml_alloc((size_t)f->run->threads * ml_net_room(&f->m->net),
				 sizeof *f->room, err)))
		return err->code;
	return ML_OK;
}

void ml_mlp_held_release(struct ml_mlp_fit *f)
{
	free(f->room);
	free(f->pred);
	free(f->score);
}

static int score_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct ml_mlp_fit *f = arg;
	const struct ml_mat *x = &f->p->valid->x;
	double *room = f->room + (size_t)worker * ml_net_room(&f->m->net);
	size_t to = (piece + 1) * PIECE < x->rows ? (piece + 1) * PIECE : x->rows;

	(void)err;
	for (size_t i = piece * PIECE; i < to; i += ML_NET_ROWS) {
		size_t n = to - i < ML_NET_ROWS ? to - i : ML_NET_ROWS, k = f->score_wide;
		struct ml_mat some = { x->v + i * x->ld, n, x->cols, x->ld };
		struct ml_mat out = { f->score + i * k, n, k, k };

		ml_net_some(&f->m->net, &some, &out, room);
	}
	return ML_OK;
}

/* The target as scores have it. */
static double target(const struct ml_mlp *m, double y)
{
	return m->classes ? y : (y - m->shift) / m->scale;
}

static double weight(const struct ml_problem *p, size_t i)
{
	return p->w ? p->w[i] : 1;
}

static double held_loss(const struct ml_mlp_fit *f)
{
	const struct ml_problem *v = f->p->valid;
	double sum = 0, total = 0;

	for (size_t i = 0; i < v->x.rows; i++) {
		sum += weight(v, i) * f->m->loss->value(f->score + i * f->score_wide,
							f->score_wide, target(f->m, v->y[i]),
							&f->m->of_loss);
		total += weight(v, i);
	}
	return sum / total;
}

static int judge(struct ml_mlp_fit *f, double *value, struct ml_error *err)
{
	const struct ml_mlp *m = f->m;
	size_t n = f->p->valid->x.rows, wide = m->classes ? m->classes : 1;
	struct ml_mat pred = { f->pred, n, wide, wide };

	for (size_t i = 0; i < n; i++) {
		double *out = f->pred + i * wide;

		m->loss->link(f->score + i * f->score_wide, f->score_wide, out);
		if (!m->classes)
			out[0] = m->shift + m->scale * out[0];
	}
	return f->p->judge->value(f->p->judge->arg, &pred, value, err);
}

/* *value: what is to be least. */
static int ask_held(struct ml_mlp_fit *f, struct ml_progress *told, double *value,
		    struct ml_error *err)
{
	size_t pieces = (f->p->valid->x.rows + PIECE - 1) / PIECE;
	int rc = ml_team_do(f->team, pieces, score_piece, f, err);

	if (rc)
		return rc;
	*value = held_loss(f);
	told->valid_loss = *value * ml_mlp_unit(f->m);
	if (!f->p->judge)
		return ML_OK;
	rc = judge(f, &told->valid_metric, err);
	*value = f->p->judge->higher_better ? -told->valid_metric : told->valid_metric;
	return rc;
}

/* ---- progress ---- */

static int note_best(struct ml_mlp_fit *f, double value, struct ml_error *err)
{
	struct ml_mlp_course *c = f->m->course;
	const struct ml_net *net = &f->m->net;

	c->best = value;
	if (!f->p->valid)
		return ML_OK;
	if ((!c->param && !(c->param = ml_alloc(net->params, sizeof *c->param, err))) ||
	    (!c->stat && !(c->stat = ml_alloc(net->stats, sizeof *c->stat, err))))
		return err->code;
	memcpy(c->param, net->param, net->params * sizeof *c->param);
	memcpy(c->stat, net->stat, net->stats * sizeof *c->stat);
	return ML_OK;
}

static int compare(struct ml_mlp_fit *f, double value, struct ml_error *err)
{
	struct ml_mlp_course *c = f->m->course;
	bool progress = value < c->best - f->o->tol;

	c->stale = progress ? 0 : c->stale + 1;
	c->flat = progress ? 0 : c->flat + 1;
	c->over = c->stale >= (size_t)f->o->patience;
	if (f->o->schedule == ML_MLP_PLATEAU && c->flat >= (size_t)f->o->decay_epochs) {
		c->damp *= f->o->decay;
		c->flat = 0;
	}
	return value < c->best ? note_best(f, value, err) : ML_OK;
}

/* The penalty of a minibatch of the usual size. */
static double penalty(const struct ml_mlp_fit *f)
{
	const struct ml_net *net = &f->m->net;
	double sum = 0;

	for (size_t l = 0; l < net->n; l++) {
		const struct ml_net_layer *y = &net->layer[l];

		for (size_t i = y->weights; i < y->bias; i++)
			sum += net->param[i] * net->param[i];
	}
	return f->o->alpha / 2 * sum * (double)f->batches / (double)f->p->x.rows;
}

int ml_mlp_epoch(struct ml_mlp_fit *f, struct ml_error *err)
{
	struct ml_mlp_course *c = f->m->course;
	double value;
	struct ml_progress told = { .step = f->m->epochs + 1,
				    .steps = f->end,
				    .valid_loss = (double)NAN,
				    .valid_metric = (double)NAN,
				    .rate = f->rate };

	c->last = value = c->sum / (double)f->p->x.rows + penalty(f);
	told.train_loss = c->last * ml_mlp_unit(f->m);
	int rc = f->p->valid ? ask_held(f, &told, &value, err) : ML_OK;
	if (!rc)
		rc = compare(f, value, err);
	if (rc)
		return rc;
	f->m->epochs++;
	c->batch = 0;
	c->sum = 0;
	if (f->run->progress)
		f->run->progress(f->run->user, &told);
	return ML_OK;
}

/* What went on before may have been the best. */
int ml_mlp_first_best(struct ml_mlp_fit *f, struct ml_error *err)
{
	struct ml_progress told;
	double value;

	if (!f->p->valid || !f->m->epochs || isfinite(f->m->course->best))
		return ML_OK;
	int rc = ask_held(f, &told, &value, err);
	return rc || isnan(value) ? rc : note_best(f, value, err);
}

/* ---- a constant ---- */

/* Fits that went wrong have a loss so many times that of a constant; dropout alone has not. */
static const double wrong = 1.5;

int ml_mlp_constant(struct ml_mlp_fit *f, struct ml_error *err)
{
	const struct ml_mlp *m = f->m;
	size_t k = ml_net_outputs(&m->net), n = f->p->x.rows;
	double *score = ml_alloc(k, sizeof *score, err), sum = 0, total = 0;

	if (!score)
		return err->code;
	for (size_t c = 0; c < k; c++)
		score[c] = m->loss->base(f->p, c, &m->of_loss);
	if (!m->classes)
		score[0] = target(m, score[0]);
	for (size_t i = 0; i < n; i++) {
		double y = target(m, f->p->y[i]);

		sum += weight(f->p, i) * m->loss->value(score, k, y, &m->of_loss);
		total += weight(f->p, i);
	}
	free(score);
	f->constant = sum / total;
	return ML_OK;
}

void ml_mlp_warn(const struct ml_mlp_fit *f, double loss)
{
	double unit = ml_mlp_unit(f->m);

	if (f->run->warn && loss > wrong * f->constant)
		f->run->warn(
			f->run->user, "W-DIVERGED", SIZE_MAX,
			"the training loss, %.6g, is above that of a constant, %.6g: try a "
			"smaller --learning-rate than %g",
			loss * unit, f->constant * unit, f->o->rate);
}
