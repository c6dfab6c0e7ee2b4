/* prune.c - cost-complexity pruning. */
#include "models/prune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/argsort.h"

/* A node's subtree as pruned so far. */
struct branch {
	double gain;
	size_t leaves;
};

static double price_of(const struct branch *b, double weight)
{
	return b->leaves > 1 ? b->gain / weight / (double)(b->leaves - 1) : (double)INFINITY;
}

/* Bottom up: children stand behind their parents. */
static void add_children(const struct ml_deep_node *node, struct branch *b, size_t k)
{
	const struct branch *child = b + node[k].child;

	b[k].gain = node[k].gain + child[0].gain + child[1].gain;
	b[k].leaves = child[0].leaves + child[1].leaves;
}

int ml_prune(struct ml_deep *d, double alpha, struct ml_error *err)
{
	size_t n;
	struct ml_deep_node *node = ml_deep_nodes(d, &n);
	struct branch *b = ml_alloc(n, sizeof *b, err);

	if (!b)
		return err->code;
	for (size_t k = n; k-- > 0;) {
		b[k] = (struct branch){ 0, 1 };
		if (node[k].feature < 0)
			continue;
		add_children(node, b, k);
		if (price_of(&b[k], node[0].cover) > alpha)
			continue;
		node[k].feature = -1;
		b[k] = (struct branch){ 0, 1 };
	}
	free(b);
	return ML_OK;
}

/* Below a node that became a leaf nothing costs more than it. */
static void close_branch(const struct ml_deep_node *node, size_t n, double *price)
{
	for (size_t k = 0; k < n; k++)
		for (size_t c = 0; node[k].feature >= 0 && c < 2; c++)
			price[node[k].child + c] = fmin(price[node[k].child + c], price[k]);
}

int ml_prune_prices(const struct ml_deep *d, double *price, struct ml_error *err)
{
	size_t n;
	const struct ml_deep_node *node = ml_deep_nodes(d, &n);
	struct branch *b = ml_alloc(n, sizeof *b, err);
	double now = 0;

	if (!b)
		return err->code;
	for (size_t k = 0; k < n; k++)
		price[k] = node[k].feature < 0 ? 0 : (double)INFINITY;
	while (isinf(price[0])) {
		double least = (double)INFINITY;

		for (size_t k = n; k-- > 0;) {
			b[k] = (struct branch){ 0, 1 };
			if (!isinf(price[k]))
				continue;
			add_children(node, b, k);
			least = fmin(least, price_of(&b[k], node[0].cover));
		}
		now = fmax(now, least);
		for (size_t k = 0; k < n; k++)
			if (isinf(price[k]) && price_of(&b[k], node[0].cover) <= now * 1.01)
				price[k] = now;
	}
	close_branch(node, n, price);
	free(b);
	return ML_OK;
}

/* ---- the price by cross-validation ---- */

struct choosing {
	const struct ml_lesson *l;
	struct ml_deep *d;
	double *alpha; /* candidates, ascending */
	size_t n;
	double *sum, *square; /* of the errors of all rows, for each */
	double weight;
};

static int by_size(const void *a, const void *b)
{
	const double *u = a, *v = b;

	return (*u > *v) - (*u < *v);
}

/* Between the prices of the whole tree, in the geometric mean of neighbours. */
static int list_candidates(struct choosing *c, struct ml_error *err)
{
	size_t nodes, n = 0;

	(void)ml_deep_nodes(c->d, &nodes);
	double *price = ml_alloc(nodes + 1, sizeof *price, err);
	if (!price || ml_prune_prices(c->d, price, err)) {
		free(price);
		return err->code;
	}
	qsort(price, nodes, sizeof *price, by_size);
	for (size_t k = 0; k < nodes; k++)
		if (!n || price[k] > price[n - 1] * 1.01)
			price[n++] = price[k];
	c->n = n;
	c->alpha = price;
	for (size_t k = 0; k + 1 < n; k++)
		price[k] = sqrt(price[k] * price[k + 1]);
	if (!(c->sum = ml_alloc(n, sizeof *c->sum, err)) ||
	    !(c->square = ml_alloc(n, sizeof *c->square, err)))
		return err->code;
	return ML_OK;
}

/* Errors of row i for all candidates: the higher the price, the nearer to the root it ends. */
static void judge_row(struct choosing *c, size_t i, const double *price, size_t *path)
{
	const struct ml_problem *p = c->l->p;
	double w = p->w ? p->w[i] : 1;
	size_t depth = 0, at = 0, next;

	path[0] = 0;
	while ((next = ml_deep_step(c->d, at, i)) != at)
		path[++depth] = at = next;
	for (size_t k = 0; k < c->n; k++) {
		while (depth && price[path[depth - 1]] <= c->alpha[k])
			depth--;
		double e = ml_deep_error(c->d, path[depth], p->y[i]);
		c->sum[k] += w * e;
		c->square[k] += w * e * e;
	}
	c->weight += w;
}

static int judge_fold(struct choosing *c, const size_t *fold, size_t which, uint32_t *times,
		      struct ml_error *err)
{
	size_t n = c->l->p->x.rows, nodes;

	for (size_t i = 0; i < n; i++)
		times[i] = fold[i] != which;
	if (ml_deep_grow(c->d, times, NULL, NULL, err))
		return err->code;
	(void)ml_deep_nodes(c->d, &nodes);
	double *price = ml_alloc(nodes, sizeof *price, err);
	size_t *path = price ? ml_alloc(nodes + 1, sizeof *path, err) : NULL;
	int rc = path ? ml_prune_prices(c->d, price, err) : err->code;
	for (size_t i = 0; !rc && i < n; i++)
		if (!times[i])
			judge_row(c, i, price, path);
	free(path);
	free(price);
	return rc;
}

/* Rows are shuffled, and dealt class by class, so that folds have like shares of them. */
static void deal(const struct ml_problem *p, size_t folds, uint64_t seed, size_t *fold,
		 size_t *order, size_t *next)
{
	size_t n = p->x.rows;
	struct ml_rng r;

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	ml_rng_init(&r, seed, "tree folds", 0);
	ml_rng_shuffle(&r, order, n);
	for (size_t k = 0; k < n; k++) {
		size_t class = p->nclass ? (size_t)p->y[order[k]] : 0;

		fold[order[k]] = (next[class]++ + class) % folds;
	}
}

static double choose(const struct choosing *c, size_t rows, double errors)
{
	size_t best = 0;

	for (size_t k = 1; k < c->n; k++)
		if (c->sum[k] <= c->sum[best])
			best = k;
	double mean = c->sum[best] / c->weight;
	double spread = c->square[best] / c->weight - mean * mean;
	double most = mean + errors * sqrt(fmax(spread, 0) / (double)rows);
	size_t k = c->n - 1;
	while (k > best && !(c->sum[k] / c->weight <= most))
		k--;
	return c->alpha[k];
}

int ml_prune_choose(const struct ml_lesson *l, struct ml_deep *d, size_t folds, double errors,
		    const struct ml_run *run, double *alpha, struct ml_error *err)
{
	struct choosing c = { .l = l, .d = d };
	size_t n = l->p->x.rows;
	size_t *fold = ml_alloc(n, sizeof *fold, err);
	size_t *order = fold ? ml_alloc(n, sizeof *order, err) : NULL;
	size_t *next = order ? ml_alloc(l->p->nclass, sizeof *next, err) : NULL;
	uint32_t *times = next ? ml_alloc(n, sizeof *times, err) : NULL;
	int rc = times ? list_candidates(&c, err) : err->code;

	if (folds > n)
		folds = n;
	if (!rc)
		deal(l->p, folds, run->seed, fold, order, next);
	for (size_t k = 0; !rc && folds > 1 && k < folds; k++)
		rc = judge_fold(&c, fold, k, times, err);
	if (!rc)
		*alpha = folds > 1 ? choose(&c, n, errors) : 0;
	free(c.square);
	free(c.sum);
	free(c.alpha);
	free(times);
	free(next);
	free(order);
	free(fold);
	return rc;
}
