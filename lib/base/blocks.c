/* blocks.c - blocks drawn from one counter. */
#include "base/blocks.h"

static void note_failure(struct ml_blocks *b, size_t block, int rc, const struct ml_error *err)
{
	atomic_store(&b->failed, true);
	pthread_mutex_lock(&b->lock);
	if (!b->rc || block < b->failed_block) {
		b->failed_block = block;
		b->rc = rc;
		*b->err = *err;
	}
	pthread_mutex_unlock(&b->lock);
}

void ml_blocks_work(struct ml_blocks *b, int worker)
{
	struct ml_error err = { 0 };

	while (!atomic_load(&b->failed)) {
		size_t block = atomic_fetch_add(&b->next, 1);
		if (block >= b->blocks)
			break;
		int rc = b->fn(b->arg, block, worker, &err);
		if (rc)
			note_failure(b, block, rc, &err);
	}
}

int ml_blocks_alone(size_t blocks, ml_block_fn *fn, void *arg, struct ml_error *err)
{
	for (size_t block = 0; block < blocks; block++) {
		int rc = fn(arg, block, 0, err);
		if (rc)
			return rc;
	}
	return ML_OK;
}
