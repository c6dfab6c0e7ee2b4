/* arena.h - many small strings that live and die together. */
#ifndef ML_BASE_ARENA_H
#define ML_BASE_ARENA_H

#include <stddef.h>

#include "base/error.h"

struct ml_arena {
	struct ml_arena_block *head;
}; /* zeroed: empty */

/* Copy of s[0..n) with a NUL behind, valid until the arena is released. */
char *ml_arena_put(struct ml_arena *a, const char *s, size_t n, struct ml_error *err) ML_CHECK;
/* n bytes aligned for any type, not zeroed. */
void *ml_arena_alloc(struct ml_arena *a, size_t n, struct ml_error *err) ML_CHECK;
void ml_arena_release(struct ml_arena *a);

#endif
