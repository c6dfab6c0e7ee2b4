/* boost_held.c - the loss of rows, and what becomes of those that are held out.
 *
 * Each round is looked at when it is done: the loss of the held-out rows, or what a judge says
 * of their predictions, tells which round was the best; fitting ends `patience` rounds behind
 * it, and the trees after it are forgotten. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "models/boost_parts.h"

/* Rows whose losses one thread adds up at a time. */
enum { PIECE = 1 << 14 };

/* ---- the loss ---- */

struct summing {
	const struct ml_boosting *f;
	const struct ml_problem *p;
	const double *score;
	double *loss, *weight; /* of each piece */
};

static int sum_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct summing *s = arg;
	const struct ml_boost *m = s->f->m;
	size_t from = piece * PIECE, n = s->p->x.rows, to = n - from < PIECE ? n : from + PIECE;
	double sum = 0, total = 0;

	(void)worker;
	(void)err;
	if (m->loss->sum)
		sum = m->loss->sum(s->score + from, s->p->y + from,
				   s->p->w ? s->p->w + from : NULL, to - from);
	for (size_t i = from; i < to; i++) {
		double w = s->p->w ? s->p->w[i] : 1;

		total += w;
		if (m->loss->sum)
			continue;
		sum += w * m->loss->value(s->score + i * m->outputs, m->outputs, s->p->y[i],
					  &m->of_loss);
	}
	s->loss[piece] = sum;
	s->weight[piece] = total;
	return ML_OK;
}

int ml_boost_loss(struct ml_boosting *f, const struct ml_problem *p, const double *score,
		  double *loss, struct ml_error *err)
{
	size_t pieces = (p->x.rows + PIECE - 1) / PIECE;

	if (f->m->loss->ranks)
		return ml_ranking_loss(p == f->p ? &f->ranking : &f->held.ranking, score, loss,
				       err);
	double *room = ml_alloc(2 * pieces, sizeof *room, err), sum = 0, total = 0;

	if (!room)
		return err->code;
	struct summing s = { f, p, score, room, room + pieces };
	int rc = ml_parallel(pieces > 2 ? f->run->threads : 1, pieces, sum_piece, &s, err);
	for (size_t k = 0; !rc && k < pieces; k++) {
		sum += s.loss[k];
		total += s.weight[k];
	}
	free(room);
	*loss = sum / total;
	return rc;
}

/* ---- held-out rows ---- */

static size_t width(const struct ml_boost *m)
{
	return m->classes ? m->classes : 1;
}

static int judge(struct ml_boosting *f, double *value, struct ml_error *err)
{
	const struct ml_problem *v = f->p->valid;
	size_t k = f->m->outputs, wide = width(f->m);
	struct ml_mat pred = { f->held.pred, v->x.rows, wide, wide };

	for (size_t i = 0; i < v->x.rows; i++)
		f->m->loss->link(f->held.score + i * k, k, f->held.pred + i * wide);
	return f->p->judge->value(f->p->judge->arg, &pred, value, err);
}

/* Scores grow by the trees [from, to). */
static int look(struct ml_boosting *f, size_t from, size_t to, struct ml_progress *told,
		struct ml_error *err)
{
	const struct ml_problem *v = f->p->valid;
	size_t k = f->m->outputs;
	struct ml_mat out = { f->held.score, v->x.rows, k, k };

	ml_trees_sum(&f->m->trees, from, to, &v->x, &out);
	int rc = ml_boost_loss(f, v, f->held.score, &told->valid_loss, err);
	return rc || !f->p->judge ? rc : judge(f, &told->valid_metric, err);
}

static void compare(struct ml_boosting *f, size_t round, const struct ml_progress *told)
{
	struct ml_boost_held *h = &f->held;
	const struct ml_judge *j = f->p->judge;
	double value = !j                 ? told->valid_loss
		       : j->higher_better ? -told->valid_metric
					  : told->valid_metric;

	if (isnan(value) || (h->best_round != SIZE_MAX && !(value < h->best)))
		return;
	h->best = value;
	h->best_round = round;
	memcpy(h->best_score, f->score, f->p->x.rows * f->m->outputs * sizeof *f->score);
}

int ml_boost_held_init(struct ml_boosting *f, struct ml_error *err)
{
	struct ml_boost_held *h = &f->held;
	size_t k = f->m->outputs, n = f->p->valid->x.rows;
	struct ml_progress told = { 0 };

	*h = (struct ml_boost_held){ .best_round = SIZE_MAX };
	if (!(h->score = ml_alloc(n * k, sizeof *h->score, err)) ||
	    !(h->best_score = ml_alloc(f->p->x.rows * k, sizeof *h->best_score, err)) ||
	    (f->p->judge && !(h->pred = ml_alloc(n * width(f->m), sizeof *h->pred, err))))
		return err->code;
	if (f->m->loss->ranks &&
	    ml_ranking_init(&h->ranking, f->p->valid, (size_t)f->o->truncation, f->run->threads,
			    err))
		return ml_context(err, "held-out rows");
	for (size_t i = 0; i < n; i++)
		memcpy(h->score + i * k, f->m->base, k * sizeof *h->score);
	if (!f->first)
		return ML_OK;
	/* What there was before may be the best there will be. */
	int rc = look(f, 0, f->m->trees.n, &told, err);
	if (!rc)
		compare(f, f->first - 1, &told);
	return rc;
}

void ml_boost_held_release(struct ml_boost_held *h)
{
	ml_ranking_release(&h->ranking);
	free(h->best_score);
	free(h->pred);
	free(h->score);
	*h = (struct ml_boost_held){ 0 };
}

int ml_boost_held_ask(struct ml_boosting *f, size_t round, size_t from, size_t to,
		      struct ml_progress *told, bool *over, struct ml_error *err)
{
	int rc = look(f, from, to, told, err);

	if (rc)
		return rc;
	compare(f, round, told);
	size_t best = f->held.best_round == SIZE_MAX ? f->first : f->held.best_round;
	*over = round >= best + (size_t)f->o->patience;
	return ML_OK;
}

int ml_boost_held_end(struct ml_boosting *f, struct ml_report *rep, struct ml_error *err)
{
	const struct ml_boost_held *h = &f->held;
	bool turned = f->p->judge && f->p->judge->higher_better;

	if (h->best_round == SIZE_MAX)
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "no round can be judged: what is asked of the held-out rows is "
			       "not defined on them");
	ml_trees_cut(&f->m->trees, (h->best_round + 1) * f->m->outputs);
	memcpy(f->score, h->best_score, f->p->x.rows * f->m->outputs * sizeof *f->score);
	rep->judged = true;
	rep->valid = turned ? -h->best : h->best;
	return ML_OK;
}
