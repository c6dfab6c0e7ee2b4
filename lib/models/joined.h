/* joined.h - which of n things belong together, as pairs of them are joined.
 *
 * The set that a thing is in is told by the thing that stands for it.  Nearly constant time
 * (Tarjan 1975: by size, paths halved). */
#ifndef ML_MODELS_JOINED_H
#define ML_MODELS_JOINED_H

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

struct ml_joined {
	uint32_t *up;   /* n; what stands for a set is its own */
	uint32_t *size; /* of the sets, where they stand */
	size_t n;
};

static inline ML_CHECK int ml_joined_init(struct ml_joined *s, size_t n, struct ml_error *err)
{
	*s = (struct ml_joined){ .n = n };
	if (!(s->up = ml_alloc(n, sizeof *s->up, err)) ||
	    !(s->size = ml_alloc(n, sizeof *s->size, err)))
		return err->code;
	for (size_t i = 0; i < n; i++) {
		s->up[i] = (uint32_t)i;
		s->size[i] = 1;
	}
	return ML_OK;
}

static inline void ml_joined_release(struct ml_joined *s)
{
	free(s->size);
	free(s->up);
	*s = (struct ml_joined){ 0 };
}

static inline uint32_t ml_joined_find(struct ml_joined *s, uint32_t i)
{
	while (s->up[i] != i)
		i = s->up[i] = s->up[s->up[i]];
	return i;
}

/* Joins the sets of a and b; what stands for both now. */
static inline uint32_t ml_joined_join(struct ml_joined *s, uint32_t a, uint32_t b)
{
	a = ml_joined_find(s, a);
	b = ml_joined_find(s, b);
	if (a == b)
		return a;
	if (s->size[a] < s->size[b]) {
		uint32_t t = a;
		a = b;
		b = t;
	}
	s->up[b] = a;
	s->size[a] += s->size[b];
	return a;
}

/* label[0..n): the number of the set of each, by their first members; returns how many. */
static inline uint32_t ml_joined_number(struct ml_joined *s, uint32_t *label)
{
	uint32_t k = 0;

	for (size_t i = 0; i < s->n; i++)
		label[i] = UINT32_MAX;
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t stands = ml_joined_find(s, i);
		if (label[stands] == UINT32_MAX)
			label[stands] = k++;
		label[i] = label[stands];
	}
	return k;
}

#endif
