/* boost_rounds.c - the rounds of boosting: rows, features, a tree, its values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/quantile.h"
#include "models/boost_parts.h"
#include "models/cleave.h"

/* Rows whose gradients one thread makes at a time. */
enum { PIECE = 1 << 14, ALONE = 8 }; /* fewer pieces are one thread's work */

/* ---- a tree ---- */

static int gradients(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct ml_boosting *f = arg;
	size_t from = piece * PIECE, n = f->p->x.rows;

	(void)worker;
	(void)err;
	ml_loss_gradients(f->m->loss, f->p, f->score, f->m->outputs, f->output, from,
			  n - from < PIECE ? n : from + PIECE, &f->m->of_loss, f->g, f->h);
	return ML_OK;
}

/* The quantile of the residuals of a leaf. */
static int residual_quantile(const struct ml_boosting *f, const uint32_t *rows, size_t n,
			     double *value, struct ml_error *err)
{
	double *d = ml_alloc(n, sizeof *d, err);
	double *w = f->p->w ? ml_alloc(n, sizeof *w, err) : NULL;
	double q = strcmp(f->m->loss->name, "quantile") ? 0.5 : f->m->of_loss.quantile;
	struct ml_sorted s = { 0 };
	int rc = d && (w || !f->p->w) ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < n; k++) {
		d[k] = f->p->y[rows[k]] - f->score[rows[k]];
		if (w)
			w[k] = f->p->w[rows[k]];
	}
	if (!rc)
		rc = ml_sorted_init(&s, d, w, n, err);
	if (!rc)
		*value = ml_sorted_quantile(&s, q);
	ml_sorted_release(&s);
	free(w);
	free(d);
	return rc;
}

/* The value of a leaf, added to the scores of its rows. */
static int set_leaf(void *arg, size_t k, int worker, struct ml_error *err)
{
	struct ml_boosting *f = arg;
	size_t n;
	const struct ml_grown_leaf *l = ml_grower_leaves(f->grower, &n) + k;
	const uint32_t *rows = ml_grower_rows(f->grower);
	double g = 0, h = 0, v;

	(void)worker;
	if (f->m->loss->by_quantile) {
		if (residual_quantile(f, rows + l->from, l->to - l->from, &v, err))
			return err->code;
		v = fmin(fmax(v, l->lo), l->hi);
	} else {
		for (size_t i = l->from; i < l->to; i++) {
			g += f->g[rows[i]];
			h += f->h[rows[i]];
		}
		v = ml_leaf_value(f->grow, g, h, l->lo, l->hi);
	}
	v *= f->o->rate;
	f->m->trees.value[l->node] = isfinite(v) ? v : 0;
	return ML_OK;
}

static int add_values(void *arg, size_t k, int worker, struct ml_error *err)
{
	struct ml_boosting *f = arg;
	size_t n, outputs = f->m->outputs;
	const struct ml_grown_leaf *l = ml_grower_leaves(f->grower, &n) + k;
	const uint32_t *rows = ml_grower_rows(f->grower);
	double v = f->m->trees.value[l->node], *score = f->score + f->output;

	(void)worker;
	(void)err;
	for (size_t i = l->from; i < l->to; i++)
		score[rows[i] * outputs] += v;
	return ML_OK;
}

/* Rows the tree was not grown on. */
static int add_left_out(void *arg, size_t piece, int worker, struct ml_error *err)
{
	struct ml_boosting *f = arg;
	size_t n = f->p->x.rows, from = piece * PIECE, to = n - from < PIECE ? n : from + PIECE;
	const uint32_t *next = f->rows, *end = f->rows + f->n_rows;
	size_t below = 0, above = f->n_rows;

	(void)worker;
	(void)err;
	while (below < above) { /* the first row of the tree from `from` on */
		size_t middle = below + (above - below) / 2;

		if (f->rows[middle] < from)
			below = middle + 1;
		else
			above = middle;
	}
	next += below;
	for (size_t i = from; i < to; i++) {
		if (next < end && *next == i) {
			next++;
			continue;
		}
		f->score[i * f->m->outputs + f->output] +=
			f->m->trees.value[ml_grower_node(f->grower, i)];
	}
	return ML_OK;
}

static int add_tree(struct ml_boosting *f, size_t tree, struct ml_error *err)
{
	size_t n, pieces = (f->p->x.rows + PIECE - 1) / PIECE;
	int threads = pieces >= ALONE ? f->run->threads : 1;

	if (f->o->colsample < 1)
		ml_boost_draw_features(f, tree);
	int rc = f->m->loss->ranks ? ml_ranking_gradients(&f->ranking, f->score,
							  f->o->rank_norm, f->g, f->h, err)
				   : ml_parallel(threads, pieces, gradients, f, err);
	if (!rc && f->o->sampling == ML_BOOST_GOSS)
		rc = ml_boost_draw_by_gradient(f, tree, err);
	if (!rc)
		rc = ml_grower_grow(f->grower, f->rows, f->n_rows, f->g, f->h, f->p->w,
				    f->o->colsample < 1 ? f->use : NULL, &f->m->trees, err);
	if (rc)
		return rc;
	(void)ml_grower_leaves(f->grower, &n);
	rc = ml_parallel(threads, n, set_leaf, f, err);
	if (!rc)
		rc = ml_parallel(threads, n, add_values, f, err);
	return rc || f->n_rows == f->p->x.rows
		       ? rc
		       : ml_parallel(threads, pieces, add_left_out, f, err);
}

/* ---- all rounds ---- */

/* One round; *over: it is the last. */
static int add_round(struct ml_boosting *f, size_t round, bool *over, struct ml_error *err)
{
	size_t k = f->m->outputs, from = f->m->trees.n;
	struct ml_progress told = { .step = round + 1,
				    .steps = f->first + (size_t)f->o->trees,
				    .train_loss = (double)NAN,
				    .valid_loss = (double)NAN,
				    .valid_metric = (double)NAN,
				    .rate = f->o->rate };
	int rc = ML_OK;

	if (round == f->first || f->o->subsample < 1)
		ml_boost_draw_rows(f, round);
	for (f->output = 0; !rc && f->output < k; f->output++)
		rc = add_tree(f, round * k + f->output, err);
	if (!rc && f->p->valid)
		rc = ml_boost_held_ask(f, round, from, from + k, &told, over, err);
	if (!rc && ml_run_listens(f->run))
		rc = ml_boost_loss(f, f->p, f->score, &told.train_loss, err);
	if (!rc && f->run->progress)
		f->run->progress(f->run->user, &told);
	return rc;
}

int ml_boost_rounds(struct ml_boosting *f, struct ml_report *rep, struct ml_error *err)
{
	size_t round = f->first, end = f->first + (size_t)f->o->trees;
	bool over = false, stopped = false;
	int rc = ML_OK;

	for (; !rc && !over && !stopped && round < end; round++) {
		rc = add_round(f, round, &over, err);
		stopped = ml_run_over(f->run);
	}
	*rep = (struct ml_report){ .converged = over || round == end };
	if (!rc && f->p->valid)
		rc = ml_boost_held_end(f, rep, err);
	rep->iters = f->m->trees.n / f->m->outputs;
	return rc ? rc : ml_boost_loss(f, f->p, f->score, &rep->objective, err);
}
