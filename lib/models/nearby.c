/* nearby.c - the cells of the rows of a node, copied together. */
#include "models/nearby.h"

#include <stdlib.h>

#include "base/mem.h"

/* Cells copied at once: a megabyte of values, which the second cache holds.  A node of fewer
 * than FEW rows is done as quickly without.  A row is looked at LEVELS more times, or so. */
enum { CELLS = 1 << 17, MOST = 4096, FEW = 64, LEVELS = 16 };
/* Rows ahead that are fetched. */
enum { AHEAD = 4 };

int ml_nearby_init(struct ml_nearby *a, const struct ml_ranks *r, bool values, size_t features,
		   struct ml_error *err)
{
	size_t most = CELLS / r->cols < MOST ? CELLS / r->cols : MOST;

	*a = (struct ml_nearby){ .ranks = r, .values = values };
	if (most < FEW || features * LEVELS < r->cols)
		return ML_OK;
	if (most > r->rows)
		most = r->rows;
	if ((values && !(a->value = ml_alloc(r->cols * most, sizeof *a->value, err))) ||
	    !(a->rank = ml_alloc(r->cols * most, sizeof *a->rank, err)) ||
	    !(a->row = ml_alloc(most, sizeof *a->row, err)))
		return err->code;
	a->most = most;
	return ML_OK;
}

void ml_nearby_release(struct ml_nearby *a)
{
	free(a->row);
	free(a->rank);
	free(a->value);
	*a = (struct ml_nearby){ 0 };
}

/* Rows are read whole: their lines come from far away, one by one. */
static void copy_values(struct ml_nearby *a, size_t n)
{
	const struct ml_problem *p = a->ranks->p;
	const double *x = p->x.v ? p->x.v : a->ranks->x;
	size_t cols = a->ranks->cols, ld = p->x.v ? p->x.ld : cols;

	for (size_t k = 0; k < n; k++) {
		const double *row = x + a->row[k] * ld;

		if (k + AHEAD < n)
			for (size_t j = 0; j < cols; j += 8)
				__builtin_prefetch(x + a->row[k + AHEAD] * ld + j);
		for (size_t j = 0; j < cols; j++)
			a->value[j * a->most + k] = row[j];
	}
}

static void copy_ranks(struct ml_nearby *a, size_t j, size_t n)
{
	const uint16_t *v = a->ranks->v + j * a->ranks->rows;
	uint16_t *to = a->rank + j * a->most;

	for (size_t k = 0; k < n; k++)
		to[k] = v[a->row[k]];
}

void ml_nearby_visit(struct ml_nearby *a, struct ml_item *item, size_t from, size_t to)
{
	size_t n = to - from;

	if (a->to && from >= a->from && to <= a->to)
		return;
	ml_nearby_leave(a, item);
	if (n > a->most || n < FEW)
		return;
	for (size_t k = 0; k < n; k++) {
		a->row[k] = item[from + k].row;
		item[from + k].row = (uint32_t)k;
	}
	if (a->values)
		copy_values(a, n);
	for (size_t j = 0; j < a->ranks->cols; j++)
		if (!a->values || a->ranks->of[j].levels)
			copy_ranks(a, j, n);
	a->from = from;
	a->to = to;
}

void ml_nearby_leave(struct ml_nearby *a, struct ml_item *item)
{
	for (size_t i = a->from; i < a->to; i++)
		item[i].row = a->row[item[i].row];
	a->from = a->to = 0;
}
