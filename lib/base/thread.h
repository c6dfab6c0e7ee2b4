/* thread.h - work over numbered blocks by several threads.
 *
 * The caller cuts the work into blocks by row number, never by the number of threads, keeps one
 * result a block, and combines them in order: so results do not depend on threads. */
#ifndef ML_BASE_THREAD_H
#define ML_BASE_THREAD_H

#include <pthread.h>
#include <stddef.h>

#include "base/error.h"

/* Does block `block` (0..blocks-1); `worker` (0..threads-1) picks a workspace. */
typedef int ml_block_fn(void *arg, size_t block, int worker, struct ml_error *err);

/* Runs fn for every block, by at most `threads` threads (the calling one included; 1: no
 * thread is started).  Blocks are handed out in order.  After a failure no new block is begun,
 * and the failure of the lowest failed block is returned, the same for any `threads`.  When
 * threads cannot be started the work is done by those there are; at most 256 work.  The
 * threads started take no signals: handlers run on threads of the caller. */
int ml_parallel(int threads, size_t blocks, ml_block_fn *fn, void *arg,
		struct ml_error *err) ML_CHECK;
/* Starts one thread that takes no signals, with a stack of 256 KiB.  0, or an errno. */
int ml_thread_start(pthread_t *thread, void *(*fn)(void *), void *arg);
/* Cores this process may use: affinity, and the quota of its cgroup; at least 1. */
int ml_cores(void);

#endif
