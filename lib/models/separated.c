/* separated.c - rows on their way to infinity. */
#include "models/separated.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* A row this well fitted is certain: its margin is over 11.5. */
static const double certain_loss = 1e-5;
/* Penalties near nothing slow the step of 1 down by at most a few per cent; a finite optimum
 * has none at all. */
static const double moving = 0.3;
/* The direction only has to show its size. */
static const double direction_eta = 1e-3;

/* Loss of a row, and how far `step` moves its class against the nearest other. */
static double row_loss(const double *score, const double *step, size_t k, size_t y,
		       double *moved)
{
	double rest = 0, nearest = -INFINITY;

	for (size_t c = 0; c < k; c++) {
		if (c == y)
			continue;
		rest += exp(fmin(score[c] - score[y], 700));
		if (score[c] > nearest) {
			nearest = score[c];
			*moved = step[y] - step[c];
		}
	}
	return log1p(rest);
}

static void count(const struct ml_logloss *f, const struct ml_linpred *m,
		  const struct ml_linpred *d, double *room, size_t *rows)
{
	const struct ml_problem *p = f->p;
	size_t k = p->nclass;
	double *score = room, *step = room + k;

	for (size_t i = 0; i < p->x.rows; i++) {
		double moved = 0;
		/* One row of weights speaks for class 1 (the last); class 0 has score 0. */
		score[0] = step[0] = 0;
		ml_linpred_scores(m, p->x.v + i * p->x.ld, score + (k - m->rows));
		ml_linpred_scores(d, p->x.v + i * p->x.ld, step + (k - m->rows));
		if (m->rows == 1 && p->offset)
			score[1] += p->offset[i];
		double loss = row_loss(score, step, k, (size_t)p->y[i], &moved);
		*rows += loss < certain_loss && moved > moving;
	}
}

int ml_separated_rows(struct ml_logloss *f, const struct ml_linpred *m,
		      const struct ml_run *run, size_t *rows, struct ml_error *err)
{
	struct ml_newton s = { 0 };
	struct ml_linpred d = { 0 };
	size_t width = m->features + 1, dim = m->rows * width;
	double *room = ml_alloc(2 * f->p->nclass, sizeof *room, err);
	int rc = room ? ml_linpred_init(&d, m->rows, m->features, err) : err->code;

	*rows = 0;
	if (!rc)
		rc = ml_newton_set(&s, ml_logloss_fns(f), f, m->coef, dim, err);
	if (!rc)
		rc = s.fns->curvature(f, err);
	if (!rc) {
		for (size_t i = 0; i < dim; i++)
			if (i % width != width - 1)
				s.grad[i] -= f->penalty * m->coef[i];
		rc = ml_newton_direction(&s, s.grad, direction_eta, d.coef, run, err);
	}
	if (!rc)
		count(f, m, &d, room, rows);
	ml_newton_release(&s);
	ml_linpred_release(&d);
	free(room);
	return rc;
}
