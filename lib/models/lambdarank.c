/* lambdarank.c - gradients of rankings.
 *
 * A query's answers stand in the order of their scores s.  For a pair of which i is the more
 * relevant one, with D_r = 1 / log2(r + 1) the discount of rank r, G = 2^y - 1 the gain, and
 * all divided by the DCG of the best order,
 *
 *     delta = |G_i - G_j| |D_i - D_j|     what NDCG changes when they change places
 *     rho   = 1 / (1 + exp(s_i - s_j))
 *     g_i -= rho delta,  g_j += rho delta;   h_i, h_j += rho (1 - rho) delta
 *
 * (Burges 2010, "From RankNet to LambdaRank to LambdaMART", section 4).  Only pairs that have
 * one of the first `top` ranks are looked at, as in LightGBM, so that a query of n answers
 * costs n times top.  Normalised, delta is divided by 0.01 + |s_i - s_j|, and the gradients of
 * a query of sum L are multiplied by log2(1 + L) / L (LightGBM, lambdarank_norm; Ke et al.).
 * Answers of the same score are ranked by their row numbers.
 *
 * Queries are independent, so any number of threads gets the same bits. */
#include "models/lambdarank.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "models/loss.h"

/* Queries that one thread does at a time. */
enum { BATCH = 16 };

static double weight(const struct ml_problem *p, size_t row)
{
	return p->w ? p->w[row] : 1;
}

/* ---- before the first round ---- */

static int make_gains(struct ml_ranking *r, struct ml_error *err)
{
	const struct ml_problem *p = r->p;

	if (!(r->gain = ml_alloc(p->x.rows, sizeof *r->gain, err)))
		return err->code;
	for (size_t i = 0; i < p->x.rows; i++) {
		if (!(p->y[i] >= 0) || p->y[i] > ML_RELEVANCE_MOST)
			return ml_fail(err, ML_EDATA, "E-TARGET",
				       "--loss lambdarank takes relevances from 0 to %d, and "
				       "there is %g",
				       ML_RELEVANCE_MOST, p->y[i]);
		r->gain[i] = ml_gain(p->y[i]);
	}
	return ML_OK;
}

static int make_ideals(struct ml_ranking *r, struct ml_error *err)
{
	const struct ml_queries *q = &r->queries;
	size_t to_rank = 0;

	if (!(r->ideal = ml_alloc(q->n, sizeof *r->ideal, err)))
		return err->code;
	for (size_t k = 0; k < q->n; k++) {
		size_t n = ml_queries_rank(q, k, r->p->y, r->room);

		r->ideal[k] = ml_queries_dcg(q, r->room, n, NULL, NULL, r->top);
		to_rank += n > 1 && r->room[0].key > r->room[n - 1].key;
	}
	return to_rank ? ML_OK
		       : ml_fail(err, ML_EDATA, "E-TARGET",
				 "no group has rows of different relevance: there is nothing "
				 "to rank");
}

int ml_ranking_init(struct ml_ranking *r, const struct ml_problem *p, size_t top, int threads,
		    struct ml_error *err)
{
	*r = (struct ml_ranking){ .p = p, .top = top, .threads = threads };
	if (ml_queries_init(&r->queries, p->group, p->x.rows, err) || make_gains(r, err) ||
	    !(r->loss = ml_alloc(r->queries.n, sizeof *r->loss, err)) ||
	    !(r->room = ml_alloc(r->queries.most * (size_t)threads, sizeof *r->room, err)))
		return err->code;
	return make_ideals(r, err);
}

void ml_ranking_release(struct ml_ranking *r)
{
	free(r->room);
	free(r->loss);
	free(r->ideal);
	free(r->gain);
	ml_queries_release(&r->queries);
	*r = (struct ml_ranking){ 0 };
}

/* ---- gradients ---- */

struct pass {
	struct ml_ranking *r;
	const double *score;
	bool normalise;
	double *g, *h;
};

/* The pair of ranks a < b; what it adds to the sum of the query's gradients. */
static double add_pair(const struct pass *p, const struct ml_answer *answer, size_t a, size_t b,
		       double per_ideal)
{
	const struct ml_ranking *r = p->r;
	size_t n_better = r->gain[answer[a].row] > r->gain[answer[b].row] ? a : b;
	const struct ml_answer *better = &answer[n_better], *worse = &answer[a + b - n_better];
	double apart = better->key - worse->key;
	double delta = (r->gain[better->row] - r->gain[worse->row]) *
		       (r->queries.discount[a] - r->queries.discount[b]) * per_ideal;

	if (p->normalise)
		delta /= 0.01 + fabs(apart);
	double rho = 1 / (1 + exp(apart)), g = rho * delta, h = rho * (1 - rho) * delta;
	p->g[better->row] -= g;
	p->g[worse->row] += g;
	p->h[better->row] += h;
	p->h[worse->row] += h;
	return 2 * g;
}

static void do_query(const struct pass *p, size_t k, struct ml_answer *answer)
{
	const struct ml_ranking *r = p->r;
	size_t n = ml_queries_rank(&r->queries, k, p->score, answer);
	size_t top = r->top && r->top < n ? r->top : n;
	struct pass of = *p;
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		p->g[answer[i].row] = p->h[answer[i].row] = 0;
	if (!(r->ideal[k] > 0))
		return;
	/* All scores alike: there is nothing that could be close. */
	of.normalise = p->normalise && answer[0].key > answer[n - 1].key;
	for (size_t a = 0; a < top; a++)
		for (size_t b = a + 1; b < n; b++)
			if (r->gain[answer[a].row] != r->gain[answer[b].row])
				sum += add_pair(&of, answer, a, b, 1 / r->ideal[k]);
	double factor = p->normalise && sum > 0 ? log2(1 + sum) / sum : 1;
	for (size_t i = 0; i < n; i++) {
		p->g[answer[i].row] *= factor;
		p->h[answer[i].row] *= factor;
	}
}

static int do_batch(void *arg, size_t batch, int worker, struct ml_error *err)
{
	const struct pass *p = arg;
	const struct ml_queries *q = &p->r->queries;
	size_t from = batch * BATCH, to = q->n - from < BATCH ? q->n : from + BATCH;

	(void)err;
	for (size_t k = from; k < to; k++)
		do_query(p, k, p->r->room + (size_t)worker * q->most);
	return ML_OK;
}

static size_t batches(const struct ml_ranking *r)
{
	return (r->queries.n + BATCH - 1) / BATCH;
}

int ml_ranking_gradients(struct ml_ranking *r, const double *score, bool normalise, double *g,
			 double *h, struct ml_error *err)
{
	struct pass p = { r, score, normalise, g, h };
	int rc = ml_parallel(r->threads, batches(r), do_batch, &p, err);

	if (!rc)
		ml_loss_weigh(r->p, 0, r->p->x.rows, g, h);
	return rc;
}

/* ---- the loss ---- */

static int judge_batch(void *arg, size_t batch, int worker, struct ml_error *err)
{
	const struct pass *p = arg;
	struct ml_ranking *r = p->r;
	const struct ml_queries *q = &r->queries;
	size_t from = batch * BATCH, to = q->n - from < BATCH ? q->n : from + BATCH;
	struct ml_answer *answer = r->room + (size_t)worker * q->most;

	(void)err;
	for (size_t k = from; k < to; k++) {
		size_t n = ml_queries_rank(q, k, p->score, answer);

		r->loss[k] =
			1 - ml_queries_dcg(q, answer, n, r->gain, NULL, r->top) / r->ideal[k];
	}
	return ML_OK;
}

int ml_ranking_loss(struct ml_ranking *r, const double *score, double *loss,
		    struct ml_error *err)
{
	const struct ml_queries *q = &r->queries;
	struct pass p = { .r = r, .score = score };
	double sum = 0, total = 0;

	int rc = ml_parallel(r->threads, batches(r), judge_batch, &p, err);
	for (size_t k = 0; !rc && k < q->n; k++) {
		double w = 0;

		if (!(r->ideal[k] > 0))
			continue;
		for (size_t i = q->start[k]; i < q->start[k + 1]; i++)
			w += weight(r->p, q->row[i]);
		w /= (double)(q->start[k + 1] - q->start[k]);
		sum += w * r->loss[k];
		total += w;
	}
	*loss = sum / total;
	return rc;
}
