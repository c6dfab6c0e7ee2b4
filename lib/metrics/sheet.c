/* sheet.c - the confusion matrix and the orders that metrics share.
 *
 * Cost: sorting is linear, made once for any number of resamples; parts are one pass over the
 * rows a class.  Sums are compensated (la/dd.h), so that they do not depend on the order of
 * rows. */
#include "metrics/sheet.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "la/argsort.h"
#include "la/dd.h"
#include "metrics/ranking.h"

static bool has_scores(const struct ml_scored *rows)
{
	return rows->score || rows->prob.v;
}

/* Numbers whose order the walk over class c follows. */
static const double *scores_of(const struct ml_scored *rows, size_t c, size_t *stride)
{
	if (rows->classes <= 2)
		c = rows->positive;
	*stride = rows->score ? 1 : rows->prob.ld;
	return rows->score ? rows->score : rows->prob.v + c;
}

static int order_rows(struct ml_sheet *s, size_t at, const double *v, size_t stride,
		      struct ml_error *err)
{
	s->order[at] = ml_alloc(s->rows->n, sizeof *s->order[at], err);
	if (!s->order[at])
		return err->code;
	return ml_argsort(v, stride, s->rows->n, s->order[at], err);
}

static int order_errors(struct ml_sheet *s, struct ml_error *err)
{
	const struct ml_scored *rows = s->rows;

	s->error = ml_alloc(rows->n, sizeof *s->error, err);
	if (!s->error)
		return err->code;
	for (size_t i = 0; i < rows->n; i++)
		s->error[i] = fabs(rows->truth[i] - rows->value[i]);
	return order_rows(s, 0, s->error, 1, err);
}

int ml_sheet_init(struct ml_sheet *s, const struct ml_scored *rows, unsigned needs, bool keep,
		  struct ml_error *err)
{
	bool classes = rows->task == ML_FOR_CLASSES, clusters = rows->task == ML_FOR_CLUSTERS;
	size_t orders = classes && rows->classes > 2 ? rows->classes : 1, stride;
	int rc = ML_OK;

	*s = (struct ml_sheet){ .rows = rows, .needs = needs };
	if ((classes && !rows->pred) || (clusters && !rows->y))
		s->needs &= ~(unsigned)ML_NEEDS_PRED;
	if (!clusters || !rows->x.v)
		s->needs &= ~(unsigned)(ML_NEEDS_FEATURES | ML_NEEDS_PAIRS);
	if (!classes || !has_scores(rows))
		s->needs &= ~(unsigned)ML_NEEDS_SCORE;
	s->order = ml_alloc(orders, sizeof *s->order, err);
	if (!s->order)
		return err->code;
	s->orders = orders;
	if (!rows->group)
		s->needs &= ~(unsigned)ML_NEEDS_GROUP;
	if (!classes && s->needs & ML_NEEDS_GROUP && ml_answers_init(&s->answers, rows, err))
		return err->code;
	if (!classes && !clusters && needs & ML_NEEDS_ORDER)
		return order_errors(s, err);
	bool sorts = s->needs & ML_NEEDS_SCORE && (keep || orders == 1);
	for (size_t c = 0; !rc && sorts && c < orders; c++) {
		const double *v = scores_of(rows, c, &stride);
		rc = order_rows(s, c, v, stride, err);
	}
	return rc;
}

void ml_sheet_release(struct ml_sheet *s)
{
	for (size_t c = 0; c < s->orders; c++)
		free(s->order[c]);
	free(s->order);
	free(s->error);
	ml_answers_release(&s->answers);
	*s = (struct ml_sheet){ 0 };
}

int ml_walk_init(struct ml_walk *k, const struct ml_parts *p, size_t c, uint32_t *order,
		 struct ml_error *err)
{
	const struct ml_scored *rows = p->sheet->rows;
	size_t stride;
	const double *key = scores_of(rows, c, &stride);
	const uint32_t *kept = p->sheet->order[rows->classes > 2 ? c : 0];
	bool upward = rows->classes <= 2 && c != rows->positive;

	if (!kept && ml_argsort(key, stride, rows->n, order, err))
		return err->code;
	*k = (struct ml_walk){ .rows = rows,
			       .w = p->w,
			       .key = key,
			       .stride = stride,
			       .cls = (int32_t)c,
			       .order = kept ? kept : order,
			       .upward = upward };
	return ML_OK;
}

bool ml_walk_next(struct ml_walk *k, struct ml_rank_group *g)
{
	size_t n = k->rows->n, first = 0;
	struct ml_dd pos = { 0, 0 }, neg = { 0, 0 };

	while (k->at < n && !(pos.hi > 0 || neg.hi > 0)) { /* groups of no weight are absent */
		first = k->order[k->upward ? k->at : n - 1 - k->at];
		for (; k->at < n; k->at++) {
			size_t row = k->order[k->upward ? k->at : n - 1 - k->at];
			if (k->key[row * k->stride] != k->key[first * k->stride])
				break;
			ml_acc_add(k->rows->y[row] == k->cls ? &pos : &neg,
				   k->w ? k->w[row] : 1);
		}
	}
	g->pos = ml_acc_end(pos).hi;
	g->neg = ml_acc_end(neg).hi;
	if (!(g->pos > 0 || g->neg > 0))
		return false;
	double key = k->key[first * k->stride];
	g->score = !k->upward ? key
		   : k->rows->score
			   ? -key
			   : k->rows->prob.v[first * k->rows->prob.ld + (size_t)k->cls];
	return true;
}

int ml_parts_init(struct ml_parts *p, const struct ml_sheet *s, struct ml_error *err)
{
	size_t k = s->rows->classes;
	bool pred = s->needs & ML_NEEDS_PRED, rank = s->needs & ML_NEEDS_SCORE;

	*p = (struct ml_parts){ .sheet = s };
	if (s->rows->task == ML_FOR_NUMBERS ||
	    (s->rows->task == ML_FOR_CLUSTERS && !s->rows->y))
		return ML_OK;
	if (!(p->truth = ml_alloc(3 * k, sizeof *p->truth, err)))
		return err->code;
	p->auc = rank ? p->truth + k : NULL;
	p->ap = rank ? p->truth + 2 * k : NULL;
	if (!(p->sums = ml_alloc(k * (pred ? k : 1), sizeof *p->sums, err)))
		return err->code;
	if (pred && !(p->confusion = ml_alloc(k * k, sizeof *p->confusion, err)))
		return err->code;
	if (pred && !(p->counts = ml_alloc(k, sizeof *p->counts, err)))
		return err->code;
	if (rank && !s->order[0] && !(p->order = ml_alloc(s->rows->n, sizeof *p->order, err)))
		return err->code;
	return ML_OK;
}

/* Weight of the rows in each cell of truth x prediction (of truth alone, without predictions).
 */
static void count_cells(struct ml_parts *p)
{
	const struct ml_scored *rows = p->sheet->rows;
	size_t k = rows->classes, across = p->confusion ? k : 1;

	for (size_t c = 0; c < k * across; c++)
		p->sums[c] = (struct ml_dd){ 0, 0 };
	for (size_t i = 0; i < rows->n; i++) {
		size_t column = p->confusion ? (size_t)rows->pred[i] : 0;
		ml_acc_add(&p->sums[(size_t)rows->y[i] * across + column], p->w ? p->w[i] : 1);
	}
	for (size_t c = 0; c < k; c++)
		p->truth[c] = 0;
	for (size_t c = 0; c < k * across; c++) {
		double cell = ml_acc_end(p->sums[c]).hi;
		p->truth[c / across] += cell;
		if (p->confusion)
			p->confusion[c] = cell;
	}
}

/* Counts are added up, never subtracted from totals: what is empty must be exactly 0, since
 * metrics are not defined there.  (tn: the sums on both sides of its minus are made alike.) */
static void count_classes(struct ml_parts *p)
{
	size_t k = p->sheet->rows->classes;

	for (size_t c = 0; c < k; c++) {
		struct ml_counts *n = &p->counts[c];
		double others = 0;
		*n = (struct ml_counts){ .tp = p->confusion[c * k + c] };
		for (size_t d = 0; d < k; d++) {
			if (d == c)
				continue;
			n->fn += p->confusion[c * k + d];
			n->fp += p->confusion[d * k + c];
			others += p->truth[d];
		}
		n->tn = fmax(0, others - n->fp);
	}
}

int ml_parts_fill(struct ml_parts *p, const double *w, struct ml_error *err)
{
	const struct ml_scored *rows = p->sheet->rows;
	struct ml_dd sum = { 0, 0 };

	p->w = w;
	for (size_t i = 0; w && i < rows->n; i++)
		ml_acc_add(&sum, w[i]);
	p->weight = w ? ml_acc_end(sum).hi : (double)rows->n;
	if (rows->task == ML_FOR_CLUSTERS &&
	    ml_inside_fill(&p->inside, rows, w, p->sheet->needs, err))
		return err->code;
	if (!p->truth)
		return ML_OK;
	count_cells(p);
	if (p->counts)
		count_classes(p);
	bool each = rows->classes > 2 || p->sheet->needs & ML_NEEDS_EACH;
	for (size_t c = 0; p->auc && c < rows->classes; c++) {
		p->auc[c] = p->ap[c] = NAN;
		if ((each || c == rows->positive) &&
		    ml_rank_class(p, c, p->order, &p->auc[c], &p->ap[c], err))
			return err->code;
	}
	return ML_OK;
}

void ml_parts_release(struct ml_parts *p)
{
	free(p->truth);
	free(p->sums);
	free(p->confusion);
	free(p->counts);
	free(p->order);
	*p = (struct ml_parts){ 0 };
}
