/* svm_cache.c - kernel rows, kept while there is room.  Slots in use form a ring behind a head,
 * the most recently used first. */
#include "models/svm_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LEAST = 2 }; /* rows that there is always room for */

/* How many rows of `stride` numbers there is room for, at most n. */
static size_t fits(const struct ml_svm_cache *c, size_t stride)
{
	size_t rows = c->room / stride;

	return rows < c->n ? rows : c->n;
}

int ml_svm_cache_init(struct ml_svm_cache *c, size_t n, size_t bytes, struct ml_error *err)
{
	size_t stride = ml_svm_cache_stride(n), rows = bytes / sizeof *c->v / stride;

	rows = rows < LEAST ? LEAST : rows < n ? rows : n;
	c->n = n;
	c->stride = stride;
	c->room = 0;
	/* Not zeroed: most of it may never be used. */
	if (ML_GROW(c->v, c->room, rows * stride, err))
		return err->code;
	c->room = rows * stride;
	c->slot = c->v ? ml_alloc(n + 1, sizeof *c->slot, err) : NULL;
	c->of = c->slot ? ml_alloc(n, sizeof *c->of, err) : NULL;
	if (!c->of)
		return err->code;
	c->slot[n].prev = c->slot[n].next = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		c->slot[i].id = UINT32_MAX;
		c->of[i] = UINT32_MAX;
	}
	return ML_OK;
}

void ml_svm_cache_release(struct ml_svm_cache *c)
{
	free(c->of);
	free(c->slot);
	free(c->v);
	*c = (struct ml_svm_cache){ 0 };
}

static void unlink_slot(struct ml_svm_cache *c, uint32_t s)
{
	c->slot[c->slot[s].prev].next = c->slot[s].next;
	c->slot[c->slot[s].next].prev = c->slot[s].prev;
}

static void link_first(struct ml_svm_cache *c, uint32_t s)
{
	struct ml_svm_slot *head = &c->slot[c->n];

	c->slot[s].prev = (uint32_t)c->n;
	c->slot[s].next = head->next;
	c->slot[head->next].prev = s;
	head->next = s;
}

static void empty(struct ml_svm_cache *c, uint32_t s)
{
	c->of[c->slot[s].id] = UINT32_MAX;
	c->slot[s].id = UINT32_MAX;
}

struct ml_svm_slot *ml_svm_cache_ask(struct ml_svm_cache *c, size_t id)
{
	uint32_t s = c->of[id];

	if (s != UINT32_MAX) {
		unlink_slot(c, s);
	} else {
		if (c->slots < fits(c, c->stride)) {
			s = (uint32_t)c->slots++;
		} else {
			s = c->slot[c->n].prev;
			unlink_slot(c, s);
			empty(c, s);
		}
		c->slot[s].id = (uint32_t)id;
		c->slot[s].len = 0;
		c->of[id] = s;
	}
	link_first(c, s);
	return &c->slot[s];
}

const float *ml_svm_cache_look(const struct ml_svm_cache *c, size_t id, size_t len)
{
	uint32_t s = c->of[id];

	return s != UINT32_MAX && c->slot[s].len == len ? c->v + s * c->stride : NULL;
}

float *ml_svm_cache_row(const struct ml_svm_cache *c, const struct ml_svm_slot *s)
{
	return c->v + (size_t)(s - c->slot) * c->stride;
}

void ml_svm_cache_keep(struct ml_svm_cache *c, const uint32_t *from, size_t n)
{
	size_t stride = ml_svm_cache_stride(n);

	/* Rows move towards the front only, and are read before they are written. */
	for (size_t s = 0; s < c->slots; s++) {
		const float *old = c->v + s * c->stride;
		float *row = c->v + s * stride;
		size_t k = 0;
		for (; k < n && from[k] < c->slot[s].len; k++)
			row[k] = old[from[k]];
		c->slot[s].len = (uint32_t)k;
		for (; k < stride; k++)
			row[k] = 0;
	}
	c->stride = stride;
}

void ml_svm_cache_lengthen(struct ml_svm_cache *c, size_t n)
{
	size_t old = c->stride, stride = ml_svm_cache_stride(n);

	if (stride <= old)
		return;
	size_t rows = fits(c, stride);
	while (c->slots > rows) {
		uint32_t last = (uint32_t)--c->slots;
		unlink_slot(c, last);
		empty(c, last);
	}
	for (size_t s = c->slots; s-- > 0;)
		memmove(c->v + s * stride, c->v + s * old, c->slot[s].len * sizeof *c->v);
	c->stride = stride;
}
