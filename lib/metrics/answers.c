/* answers.c - metrics of rankings: how good the order of predictions is within each group.
 *
 * The value of a metric is its mean over the groups, each of the mean weight of its rows;
 * groups without a row of a truth above 0 have none and are left out.  A metric is a mean over
 * all orders that equal predictions can have, so that the order of rows does not matter.
 *
 *     ndcg   sum over ranks r of (2^y - 1) / log2(r + 1), divided by what the best order has
 *            (Jarvelin, Kekalainen 2002; gains of Burges and others 2005); ndcg@K: r <= K
 *     map    average precision, a row counting as relevant when its truth is above 0, over the
 *            distinct predictions (as average-precision has it)
 *     mrr    1 / rank of the first relevant row; mrr@K: 0 when its rank is above K */
#include "metrics/answers.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "metrics/sheet.h"

int ml_answers_init(struct ml_answers *r, const struct ml_scored *rows, struct ml_error *err)
{
	const struct ml_queries *q = &r->queries;

	*r = (struct ml_answers){ 0 };
	if (ml_queries_init(&r->queries, rows->group, rows->n, err) ||
	    !(r->gain = ml_alloc(rows->n, sizeof *r->gain, err)) ||
	    !(r->ranked = ml_alloc(rows->n, sizeof *r->ranked, err)) ||
	    !(r->best = ml_alloc(rows->n, sizeof *r->best, err)))
		return err->code;
	for (size_t i = 0; i < rows->n; i++)
		r->gain[i] = ml_gain(rows->truth[i]);
	for (size_t k = 0; k < q->n; k++) {
		(void)ml_queries_rank(q, k, rows->value, r->ranked + q->start[k]);
		(void)ml_queries_rank(q, k, rows->truth, r->best + q->start[k]);
	}
	return ML_OK;
}

void ml_answers_release(struct ml_answers *r)
{
	free(r->best);
	free(r->ranked);
	free(r->gain);
	ml_queries_release(&r->queries);
	*r = (struct ml_answers){ 0 };
}

/* ---- one group ---- */

/* Answers of a group, and the weights that say which of them are there (NULL: all). */
struct group {
	const struct ml_answers *all;
	const struct ml_answer *ranked, *best;
	const double *w;
	size_t n;
};

/* Rows of one prediction, and how many of them are relevant. */
struct tie {
	size_t rows, relevant;
};

static bool counts(const struct group *g, const struct ml_answer *a)
{
	return !g->w || g->w[a->row] > 0;
}

/* The tie that begins at *at, which moves behind it. */
static struct tie next_tie(const struct group *g, size_t *at)
{
	struct tie t = { 0, 0 };
	double key = g->ranked[*at].key;

	for (; *at < g->n && g->ranked[*at].key == key; ++*at) {
		const struct ml_answer *a = &g->ranked[*at];
		bool there = counts(g, a);

		t.rows += there;
		t.relevant += there && g->all->gain[a->row] > 0;
	}
	return t;
}

static double ndcg_of(const struct group *g, size_t top)
{
	const struct ml_queries *q = &g->all->queries;
	double best = ml_queries_dcg(q, g->best, g->n, g->all->gain, g->w, top);

	return ml_queries_dcg(q, g->ranked, g->n, g->all->gain, g->w, top) / best;
}

static double precision_of(const struct group *g, size_t top)
{
	double sum = 0;
	size_t above = 0, relevant = 0;

	(void)top;
	for (size_t i = 0; i < g->n;) {
		struct tie t = next_tie(g, &i);

		above += t.rows;
		relevant += t.relevant;
		if (t.relevant)
			sum += (double)t.relevant * (double)relevant / (double)above;
	}
	return sum / (double)relevant;
}

/* Of m tied rows r are relevant: the first of them is the j-th with the chance
 * C(m - j, r - 1) / C(m, r). */
static double first_of(const struct group *g, size_t top)
{
	size_t above = 0;
	struct tie t = { 0, 0 };

	for (size_t i = 0; !t.relevant && i < g->n;) {
		above += t.rows;
		t = next_tie(g, &i);
	}
	double chance = (double)t.relevant / (double)t.rows, sum = 0;
	for (size_t j = 1; j + t.relevant <= t.rows + 1; j++) {
		if (!top || above + j <= top)
			sum += chance / (double)(above + j);
		if (j < t.rows)
			chance *= (double)(t.rows - j + 1 - t.relevant) / (double)(t.rows - j);
	}
	return sum;
}

/* ---- all groups ---- */

/* The mean weight of the rows of a group; 0: none is relevant; NaN: a truth is below 0. */
static double weigh(const struct group *g)
{
	double sum = 0;
	size_t rows = 0;
	bool relevant = false;

	for (size_t i = 0; i < g->n; i++) {
		double gain = g->all->gain[g->ranked[i].row];

		if (!counts(g, &g->ranked[i]))
			continue;
		if (isnan(gain))
			return NAN;
		relevant |= gain > 0;
		sum += g->w ? g->w[g->ranked[i].row] : 1;
		rows++;
	}
	return relevant ? sum / (double)rows : 0;
}

static double mean_of(const struct ml_parts *p, size_t top,
		      double (*of)(const struct group *g, size_t top))
{
	const struct ml_answers *r = &p->sheet->answers;
	struct ml_dd sum = { 0, 0 }, total = { 0, 0 };

	for (size_t k = 0; k < r->queries.n; k++) {
		size_t from = r->queries.start[k], n = r->queries.start[k + 1] - from;
		struct group g = { r, r->ranked + from, r->best + from, p->w, n };
		double w = weigh(&g);

		if (isnan(w))
			return NAN;
		if (!(w > 0))
			continue;
		ml_acc_mul(&sum, w, of(&g, top));
		ml_acc_add(&total, w);
	}
	double mean = ml_acc_end(sum).hi / ml_acc_end(total).hi;
	return mean > 1 ? 1 : mean; /* NaN stays */
}

static double ndcg(const struct ml_parts *p, size_t top)
{
	return mean_of(p, top, ndcg_of);
}

static double map(const struct ml_parts *p, size_t top)
{
	return mean_of(p, top, precision_of);
}

static double mrr(const struct ml_parts *p, size_t top)
{
	return mean_of(p, top, first_of);
}

static const char undefined[] = "no group has a row of a truth above 0, or one is below 0";

const struct ml_metric ml_metric_ndcg = {
	.name = "ndcg",
	.summary = "normalised discounted cumulative gain of the rows of a group by prediction",
	.undefined = undefined,
	.task = ML_FOR_NUMBERS,
	.needs = ML_NEEDS_PRED | ML_NEEDS_GROUP,
	.higher_better = true,
	.hi = 1,
	.takes_top = true,
	.of_ranks = ndcg,
};

const struct ml_metric ml_metric_map = {
	.name = "map",
	.aliases = "mean-average-precision",
	.summary = "mean over groups of the average precision of rows of a truth above 0",
	.undefined = undefined,
	.task = ML_FOR_NUMBERS,
	.needs = ML_NEEDS_PRED | ML_NEEDS_GROUP,
	.higher_better = true,
	.hi = 1,
	.of_ranks = map,
};

const struct ml_metric ml_metric_mrr = {
	.name = "mrr",
	.aliases = "mean-reciprocal-rank",
	.summary = "mean over groups of 1 / rank of the first row of a truth above 0",
	.undefined = undefined,
	.task = ML_FOR_NUMBERS,
	.needs = ML_NEEDS_PRED | ML_NEEDS_GROUP,
	.higher_better = true,
	.hi = 1,
	.takes_top = true,
	.of_ranks = mrr,
};
