/* ahead.h - bytes made by a thread of their own, a little before they are asked for.
 *
 * What takes time before a reader gets its bytes (reading, inflating, hashing) is done beside
 * what it does with them.  The bytes are the same, and so is where they end and how.  A
 * megabyte is kept ready at most. The thread takes no signals. */
#ifndef ML_DATA_AHEAD_H
#define ML_DATA_AHEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct ml_ahead;

/* 1..cap bytes, or ML_END, or fails: called on the thread alone, not again after any of the
 * last two. */
typedef int ml_ahead_fn(void *arg, void *buf, size_t cap, size_t *n, struct ml_error *err);

/* Starts the thread; *a is set before fn is called.  Fails when there is no memory or no thread
 * to be had: nothing has been called then, and the caller goes on alone. */
int ml_ahead_start(struct ml_ahead **a, ml_ahead_fn *fn, void *arg,
		   struct ml_error *err) ML_CHECK;
/* As fn: the bytes, then the end or the failure, again and again. */
int ml_ahead_read(struct ml_ahead *a, void *buf, size_t cap, size_t *n,
		  struct ml_error *err) ML_CHECK;
/* For fn, before a read that may wait: false when nobody wants the bytes any more (fn then
 * returns whatever failure it likes). */
bool ml_ahead_wait(const struct ml_ahead *a, int fd);
/* Ends the thread, wherever it is; NULL is allowed. */
void ml_ahead_free(struct ml_ahead *a);

#endif
