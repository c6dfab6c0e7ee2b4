/* arena.c - strings in blocks that grow from 256 bytes to 64 KiB: a table may have a hundred
 * thousand arenas of a few bytes.  A string longer than a block has one of its own. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct ml_arena_block {
	struct ml_arena_block *next;
	size_t used, cap;
	alignas(max_align_t) char v[];
};

enum {
	BLOCK = 65536 - sizeof(struct ml_arena_block),
	FIRST = 256 - sizeof(struct ml_arena_block)
};

/* `align` is a power of two. */
static void *take(struct ml_arena *a, size_t n, size_t align, struct ml_error *err)
{
	struct ml_arena_block *b = a->head;
	size_t at = b ? (b->used + align - 1) & ~(align - 1) : 0;

	if (!b || at > b->cap || n > b->cap - at) {
		size_t cap = b ? 4 * b->cap : FIRST;

		cap = cap > BLOCK ? BLOCK : cap;
		cap = n > cap ? n : cap;
		if (!(b = ml_alloc(sizeof *b + cap, 1, err)))
			return NULL;
		b->cap = cap;
		b->next = a->head;
		a->head = b;
		at = 0;
	}
	b->used = at + n;
	return b->v + at;
}

char *ml_arena_put(struct ml_arena *a, const char *s, size_t n, struct ml_error *err)
{
	char *copy = take(a, n + 1, 1, err);

	if (copy) {
		memcpy(copy, s, n);
		copy[n] = '\0';
	}
	return copy;
}

void *ml_arena_alloc(struct ml_arena *a, size_t n, struct ml_error *err)
{
	return take(a, n, alignof(max_align_t), err);
}

void ml_arena_release(struct ml_arena *a)
{
	for (struct ml_arena_block *b = a->head, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	a->head = NULL;
}
