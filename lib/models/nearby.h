/* nearby.h - the cells of the rows of a node, copied together.
 *
 * The rows of a node far down a tree lie apart in a table that no cache holds, and each is
 * looked at some hundred times on its way to a leaf.  Where they have become few their cells
 * are copied, and items number the copies, until all of the node has been split. */
#ifndef ML_MODELS_NEARBY_H
#define ML_MODELS_NEARBY_H

#include "models/carve.h"

struct ml_nearby {
	const struct ml_ranks *ranks; /* borrowed */
	bool values;                  /* numbers are looked at as values, else as ranks */
	size_t most;                  /* rows that are copied at once; 0: none ever */
	size_t from, to;              /* items whose rows are copied; to 0: none at present */
	double *value;                /* cols x most; owned, as are others */
	uint16_t *rank;
	uint32_t *row; /* of each copy */
};

/* features: that are looked at in each node. */
int ml_nearby_init(struct ml_nearby *a, const struct ml_ranks *r, bool values, size_t features,
		   struct ml_error *err) ML_CHECK;
void ml_nearby_release(struct ml_nearby *a);
/* A node of items [from, to) is to be split: copies its rows where that is worth it. */
void ml_nearby_visit(struct ml_nearby *a, struct ml_item *item, size_t from, size_t to);
/* Items number rows again. */
void ml_nearby_leave(struct ml_nearby *a, struct ml_item *item);

/* Feature j of what items number. */
static inline const uint16_t *ml_nearby_ranks(const struct ml_nearby *a, size_t j)
{
	return a->to ? a->rank + j * a->most : a->ranks->v + j * a->ranks->rows;
}
static inline const double *ml_nearby_values(const struct ml_nearby *a, size_t j, size_t *step)
{
	const struct ml_problem *p = a->ranks->p;

	*step = a->to || !p->x.v ? 1 : p->x.ld;
	return a->to ? a->value + j * a->most : p->x.v ? p->x.v + j : p->col[j];
}
/* The row of the table that an item is of. */
static inline size_t ml_nearby_row(const struct ml_nearby *a, const struct ml_item *item)
{
	return a->to ? a->row[item->row] : item->row;
}

#endif
