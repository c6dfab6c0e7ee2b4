/* ahead.c - bytes made by a thread of their own.
 *
 * A ring of blocks: the thread fills the next free one with whatever one call gives (so nothing
 * that has arrived waits for more), the reader empties them in order.  Who waits for bytes that
 * may never come is woken by a pipe: its closed end makes poll() return. */
#define _POSIX_C_SOURCE 200809L
#include "data/ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/thread.h"

/* Blocks fit the second-level cache, where the reader finds them. */
enum { BLOCKS = 4, BLOCK = 1 << 18 };

struct block {
	size_t n; /* bytes in it */
	int rc;   /* or what there is instead */
	unsigned char *v;
};

struct ml_ahead {
	ml_ahead_fn *fn;
	void *arg;
	pthread_t thread;
	int wake[2];          /* the thread looks at [0]; [1] is closed to end it */
	pthread_mutex_t lock; /* guards the counts and `stop` */
	pthread_cond_t changed;
	size_t filled, emptied; /* blocks so far */
	bool stop;
	struct block block[BLOCKS];
	size_t taken;        /* of the block at hand */
	struct ml_error err; /* of the last block */
	unsigned char room[BLOCKS][BLOCK];
};

/* The next free block, or NULL when the work is not wanted any more. */
static struct block *free_block(struct ml_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	while (a->filled - a->emptied == BLOCKS && !a->stop)
		pthread_cond_wait(&a->changed, &a->lock);
	struct block *b = a->stop ? NULL : &a->block[a->filled % BLOCKS];
	pthread_mutex_unlock(&a->lock);
	return b;
}

static void count(struct ml_ahead *a, size_t *which)
{
	pthread_mutex_lock(&a->lock);
	++*which;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

static void *work(void *arg)
{
	struct ml_ahead *a = arg;
	int rc = ML_OK;

	while (!rc) {
		struct block *b = free_block(a);
		if (!b)
			break;
		rc = b->rc = a->fn(a->arg, b->v, BLOCK, &b->n, &a->err);
		count(a, &a->filled);
	}
	return NULL;
}

bool ml_ahead_wait(const struct ml_ahead *a, int fd)
{
	struct pollfd p[] = { { .fd = fd, .events = POLLIN },
			      { .fd = a->wake[0], .events = POLLIN } };
	int rc;

	do
		rc = poll(p, 2, -1);
	while (rc < 0 && errno == EINTR);
	return !p[1].revents;
}

static void close_both(int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

static void release(struct ml_ahead *a)
{
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	close_both(a->wake);
	free(a);
}

int ml_ahead_start(struct ml_ahead **out, ml_ahead_fn *fn, void *arg, struct ml_error *err)
{
	struct ml_ahead *a = *out = ml_alloc(1, sizeof *a, err);

	if (!a)
		return err->code;
	a->fn = fn;
	a->arg = arg;
	for (size_t i = 0; i < BLOCKS; i++)
		a->block[i].v = a->room[i];
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	if (pipe(a->wake))
		a->wake[0] = a->wake[1] = -1;
	bool ready = a->wake[0] >= 0 && fcntl(a->wake[0], F_SETFD, FD_CLOEXEC) != -1 &&
		     fcntl(a->wake[1], F_SETFD, FD_CLOEXEC) != -1;
	if (ready && !ml_thread_start(&a->thread, work, a))
		return ML_OK;
	release(a);
	*out = NULL;
	return ml_fail(err, ML_ENOMEM, "E-NOMEM", "no thread to read with");
}

int ml_ahead_read(struct ml_ahead *a, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	pthread_mutex_lock(&a->lock);
	while (a->filled == a->emptied)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
	const struct block *b = &a->block[a->emptied % BLOCKS];
	*n = 0;
	if (b->rc) { /* it is the last one, and stays */
		*err = b->rc == ML_END ? *err : a->err;
		return b->rc;
	}
	*n = b->n - a->taken < cap ? b->n - a->taken : cap;
	memcpy(buf, b->v + a->taken, *n);
	a->taken += *n;
	if (a->taken == b->n) {
		a->taken = 0;
		count(a, &a->emptied);
	}
	return ML_OK;
}

void ml_ahead_free(struct ml_ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	close(a->wake[1]);
	a->wake[1] = -1;
	pthread_join(a->thread, NULL);
	release(a);
}
