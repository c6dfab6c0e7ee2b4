/* unseen.c - rows are asked of the trees whose samples they are not in (Breiman 2001, 3.1).
 *
 * Trees are asked in their order, each row by one thread, so sums have the same bits for any
 * number of threads. */
#include "models/unseen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/dd.h"

/* Rows whose trees are asked by one thread at a time, and rows that go down a tree together. */
enum { PIECE = 1024, TOGETHER = 8 };

int ml_unseen_init(struct ml_unseen *u, const struct ml_problem *p, size_t trees,
		   struct ml_error *err)
{
	size_t n = p->x.rows;

	*u = (struct ml_unseen){ .p = p, .width = p->nclass > 2 ? p->nclass : 1 };
	if (!(u->sum = ml_alloc(n * u->width, sizeof *u->sum, err)) ||
	    !(u->asked = ml_alloc(n, sizeof *u->asked, err)) ||
	    !(u->seen = ml_alloc(trees, sizeof *u->seen, err)))
		return err->code;
	for (; u->at_hand < trees; u->at_hand++)
		if (!(u->seen[u->at_hand] = ml_alloc(n / 64 + 1, sizeof **u->seen, err)))
			return err->code;
	return ML_OK;
}

void ml_unseen_release(struct ml_unseen *u)
{
	for (size_t k = 0; k < u->at_hand; k++)
		free(u->seen[k]);
	free(u->seen);
	free(u->asked);
	free(u->sum);
	*u = (struct ml_unseen){ 0 };
}

void ml_unseen_note(struct ml_unseen *u, size_t k, const uint32_t *times)
{
	memset(u->seen[k], 0, (u->p->x.rows / 64 + 1) * sizeof **u->seen);
	for (size_t i = 0; i < u->p->x.rows; i++)
		u->seen[k][i / 64] |= (uint64_t)(times[i] > 0) << i % 64;
}

struct asking {
	struct ml_unseen *u;
	const struct ml_trees *tree;
	size_t n;
};

static void ask_tree(struct ml_unseen *u, const struct ml_trees *tree, const double *const *x,
		     const size_t *row, size_t m)
{
	size_t at[TOGETHER];

	ml_trees_leaves(tree, 0, x, m, at);
	for (size_t r = 0; r < m; r++) {
		const double *v = ml_trees_vector(tree, at[r]);

		for (size_t c = 0; c < u->width; c++)
			u->sum[row[r] * u->width + c] += v[c];
		u->asked[row[r]]++;
	}
}

/* Rows [from, to), whose features are at x, of those that tree k has not seen. */
static void ask_rows(const struct asking *a, size_t k, size_t from, size_t to, const double *x)
{
	const double *some[TOGETHER];
	size_t row[TOGETHER], m = 0, p = a->u->p->x.cols;

	for (size_t i = from; i < to; i++) {
		if (a->u->seen[k][i / 64] >> i % 64 & 1)
			continue;
		row[m] = i;
		some[m++] = x + (i - from) * p;
		if (m == TOGETHER) {
			ask_tree(a->u, &a->tree[k], some, row, m);
			m = 0;
		}
	}
	ask_tree(a->u, &a->tree[k], some, row, m);
}

static int ask_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct asking *a = arg;
	const struct ml_problem *p = a->u->p;
	size_t from = piece * PIECE, cols = p->x.cols, left = p->x.rows - from;
	size_t to = from + (left < PIECE ? left : PIECE);
	double *x = ml_alloc((to - from) * cols, sizeof *x, err);

	(void)worker;
	if (!x)
		return err->code;
	for (size_t j = 0; j < cols; j++)
		for (size_t i = from; i < to; i++)
			x[(i - from) * cols + j] =
				p->x.v ? p->x.v[i * p->x.ld + j] : p->col[j][i];
	for (size_t k = 0; k < a->n; k++)
		ask_rows(a, k, from, to, x);
	free(x);
	return ML_OK;
}

int ml_unseen_ask(struct ml_unseen *u, const struct ml_trees *tree, size_t n, int threads,
		  struct ml_error *err)
{
	struct asking a = { u, tree, n };

	return ml_parallel(threads, (u->p->x.rows + PIECE - 1) / PIECE, ask_piece, &a, err);
}

/* ---- what comes of it ---- */

static bool is_right(const struct ml_unseen *u, size_t i)
{
	const double *v = u->sum + i * u->width;
	size_t best = 0;

	if (u->width == 1)
		return (*v > 0.5 * u->asked[i]) == (u->p->y[i] > 0);
	for (size_t c = 1; c < u->width; c++)
		if (v[c] > v[best])
			best = c;
	return best == (size_t)u->p->y[i];
}

double ml_unseen_error(const struct ml_unseen *u)
{
	const struct ml_problem *p = u->p;
	struct ml_dd sum = { 0 }, weight = { 0 };

	for (size_t i = 0; i < p->x.rows; i++) {
		double w = p->w ? p->w[i] : 1;

		if (!u->asked[i])
			continue;
		double d = p->nclass ? !is_right(u, i) : u->sum[i] / u->asked[i] - p->y[i];
		ml_acc_add(&weight, w);
		ml_acc_mul(&sum, w, d * d);
	}
	double w = ml_acc_end(weight).hi;
	return w > 0 ? ml_acc_end(sum).hi / w : (double)NAN;
}

void ml_unseen_tell(const struct ml_unseen *u, const struct ml_mat *out)
{
	for (size_t i = 0; i < u->p->x.rows; i++) {
		double *o = out->v + i * out->ld, n = u->asked[i] ? u->asked[i] : (double)NAN;

		for (size_t c = 0; c < u->width; c++)
			o[c] = u->sum[i * u->width + c] / n;
		if (u->p->nclass == 2) {
			o[1] = o[0];
			o[0] = 1 - o[1];
		}
	}
}
