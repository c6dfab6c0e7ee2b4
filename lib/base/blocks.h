/* blocks.h - numbered blocks of work, drawn by whoever has time: the part that ml_parallel()
 * and teams share.
 *
 * Blocks are drawn from one counter, in order, and a block that was drawn is done whatever
 * happens elsewhere.  So when block b fails all blocks below b have been drawn and will be
 * done: the lowest failure is the same for any number of threads. */
#ifndef ML_BASE_BLOCKS_H
#define ML_BASE_BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/thread.h"

struct ml_blocks {
	ml_block_fn *fn;
	void *arg;
	size_t blocks;
	atomic_size_t next;   /* the next block to be drawn */
	atomic_bool failed;   /* draw no more */
	pthread_mutex_t lock; /* guards the rest */
	size_t failed_block;
	int rc;
	struct ml_error *err;
};

/* Draws and does blocks until there are none; by each worker. */
void ml_blocks_work(struct ml_blocks *b, int worker);
/* All blocks, by the calling thread. */
int ml_blocks_alone(size_t blocks, ml_block_fn *fn, void *arg, struct ml_error *err) ML_CHECK;

#endif
