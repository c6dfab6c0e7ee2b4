/* nearheap.h - the k nearest points so far: a heap with the farthest on top. */
#ifndef ML_LA_NEARHEAP_H
#define ML_LA_NEARHEAP_H

#include "la/kdtree.h"

struct ml_nearheap {
	struct ml_near *v; /* room for k */
	size_t n, k;
	double bound; /* raw distance that a point must not exceed */
};

static inline bool ml_near_farther(struct ml_near a, struct ml_near b)
{
	return a.d > b.d || (a.d == b.d && a.row > b.row);
}

/* v[0..n) is a heap but for v[0], which may be too near. */
static inline void ml_near_sink(struct ml_near *v, size_t n)
{
	struct ml_near moved = v[0];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && ml_near_farther(v[child + 1], v[child]))
			child++;
		if (!ml_near_farther(v[child], moved))
			break;
		v[i] = v[child];
	}
	v[i] = moved;
}

/* v[0..i) is a heap, v[i] is new. */
static inline void ml_near_rise(struct ml_near *v, size_t i)
{
	struct ml_near moved = v[i];

	for (; i && ml_near_farther(moved, v[(i - 1) / 2]); i = (i - 1) / 2)
		v[i] = v[(i - 1) / 2];
	v[i] = moved;
}

static inline void ml_nearheap_offer(struct ml_nearheap *h, struct ml_near found)
{
	if (h->n < h->k) {
		h->v[h->n] = found;
		ml_near_rise(h->v, h->n++);
	} else if (ml_near_farther(h->v[0], found)) {
		h->v[0] = found;
		ml_near_sink(h->v, h->k);
	}
	if (h->n == h->k)
		h->bound = h->v[0].d;
}

/* Ends it: v is in the order (d, row). */
static inline void ml_nearheap_sort(struct ml_nearheap *h)
{
	for (size_t i = h->n; i-- > 1;) {
		struct ml_near top = h->v[0];

		h->v[0] = h->v[i];
		h->v[i] = top;
		ml_near_sink(h->v, i);
	}
}

#endif
