/* queries.c - orders of answers, and what they are worth.
 *
 * Jarvelin and Kekalainen (2002) discount gains by rank.  Where answers have the same score,
 * each order of them is as likely as another, and what is told is the mean over all of them, as
 * in scikit-learn (McSherry and Najork 2008). */
#include "la/queries.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static int make_discounts(struct ml_queries *q, struct ml_error *err)
{
	if (!(q->discount = ml_alloc(q->most, sizeof *q->discount, err)))
		return err->code;
	for (size_t r = 0; r < q->most; r++)
		q->discount[r] = 1 / log2((double)r + 2);
	return ML_OK;
}

int ml_queries_init(struct ml_queries *q, const int32_t *group, size_t rows,
		    struct ml_error *err)
{
	*q = (struct ml_queries){ 0 };
	if (rows > UINT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many to be ranked",
			       rows);
	for (size_t i = 0; i < rows; i++)
		if ((size_t)group[i] >= q->n)
			q->n = (size_t)group[i] + 1;
	if (!(q->start = ml_alloc(q->n + 2, sizeof *q->start, err)) ||
	    !(q->row = ml_alloc(rows, sizeof *q->row, err)))
		return err->code;
	/* start[k + 2] counts query k, then start[k + 1] is where its next row goes. */
	for (size_t i = 0; i < rows; i++)
		q->start[(size_t)group[i] + 2]++;
	for (size_t k = 0; k < q->n; k++) {
		if (q->start[k + 2] > q->most)
			q->most = q->start[k + 2];
		q->start[k + 2] += q->start[k + 1];
	}
	for (size_t i = 0; i < rows; i++)
		q->row[q->start[(size_t)group[i] + 1]++] = (uint32_t)i;
	return make_discounts(q, err);
}

void ml_queries_release(struct ml_queries *q)
{
	free(q->discount);
	free(q->row);
	free(q->start);
	*q = (struct ml_queries){ 0 };
}

static int falling(const void *a, const void *b)
{
	const struct ml_answer *u = a, *v = b;

	if (u->key != v->key)
		return u->key > v->key ? -1 : 1;
	return (u->row > v->row) - (u->row < v->row);
}

size_t ml_queries_rank(const struct ml_queries *q, size_t k, const double *v,
		       struct ml_answer *room)
{
	const uint32_t *row = q->row + q->start[k];
	size_t n = q->start[k + 1] - q->start[k];

	for (size_t i = 0; i < n; i++)
		room[i] = (struct ml_answer){ v[row[i]], row[i] };
	qsort(room, n, sizeof *room, falling);
	return n;
}

double ml_queries_dcg(const struct ml_queries *q, const struct ml_answer *a, size_t n,
		      const double *gain, const double *w, size_t top)
{
	double sum = 0;
	size_t rank = 0;

	for (size_t i = 0, next; i < n; i = next) {
		double gains = 0, worth = 0;
		size_t tied = 0;

		for (next = i; next < n && a[next].key == a[i].key; next++) {
			if (w && !(w[a[next].row] > 0))
				continue;
			gains += gain ? gain[a[next].row] : ml_gain(a[next].key);
			if (!top || rank + tied < top)
				worth += q->discount[rank + tied];
			tied++;
		}
		rank += tied;
		if (tied)
			sum += gains / (double)tied * worth;
		if (top && rank >= top)
			break;
	}
	return sum;
}

double ml_gain(double y)
{
	return y < 0 ? (double)NAN : exp2(y) - 1;
}
