/* mem.h - arrays whose size is checked before it is multiplied, a budget that
 * all of them share, and pages given back early. */
#ifndef ML_BASE_MEM_H
#define ML_BASE_MEM_H

#include <stddef.h>

#include "base/error.h"

/* Zeroed array of max(n, 1) * size bytes, to be freed with free(); NULL and
 * *err (ML_ENOMEM, E-NOMEM) on failure or overflow. */
void *ml_alloc(size_t n, size_t size, struct ml_error *err) ML_CHECK;

/* Makes room for `need` elements of `size` bytes in the array *v of capacity
 * *cap, growing by half so that appending is linear.  *v may move; new elements are
 * not zeroed.  On failure *v and *cap are as before.
 *     ml_grow((void **)&a, ...) is not portable; pass &a through ML_GROW. */
int ml_grow(void *v_ptr, size_t *cap, size_t need, size_t size, struct ml_error *err) ML_CHECK;
#define ML_GROW(v, cap, need, err) ml_grow(&(v), &(cap), (need), sizeof *(v), (err))

/* Copy of the n bytes at s with a NUL behind; owned by the caller (free()). */
char *ml_strndup(const char *s, size_t n, struct ml_error *err) ML_CHECK;
char *ml_strdup(const char *s, struct ml_error *err) ML_CHECK;

/* The contents of bytes [from, to) of the allocation v are not needed any more: whole
 * pages among them go back to the system (their contents are then undefined).
 * v stays allocated. */
void ml_forget(void *v, size_t from, size_t to);

#endif
