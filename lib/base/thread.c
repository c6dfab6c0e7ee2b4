/* thread.c - numbered blocks done by several threads.
 *
 * Blocks are drawn from one counter, in order, and a block that was drawn is done whatever
 * happens elsewhere.  So when block b fails all blocks below b have been drawn and will be
 * done: the lowest failure is the same for any number of threads. */
#define _POSIX_C_SOURCE 200809L
#include "base/thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

/* More threads than this are not started.  Their handles stand on the stack (24 bytes each):
 * so nothing here needs memory that could be missing. */
enum { THREADS_MAX = 256 };

struct team {
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

struct worker {
	struct team *team;
	pthread_t thread;
	int id;
};

static void note_failure(struct team *t, size_t block, int rc, const struct ml_error *err)
{
	atomic_store(&t->failed, true);
	pthread_mutex_lock(&t->lock);
	if (!t->rc || block < t->failed_block) {
		t->failed_block = block;
		t->rc = rc;
		*t->err = *err;
	}
	pthread_mutex_unlock(&t->lock);
}

static void *work(void *worker)
{
	const struct worker *w = worker;
	struct team *t = w->team;
	struct ml_error err = { 0 };

	while (!atomic_load(&t->failed)) {
		size_t block = atomic_fetch_add(&t->next, 1);
		if (block >= t->blocks)
			break;
		int rc = t->fn(t->arg, block, w->id, &err);
		if (rc)
			note_failure(t, block, rc, &err);
	}
	return NULL;
}

/* Threads inherit the mask they are started under.  Signals meant for the process must reach
 * the thread that can act on them; those that a fault raises stay with the thread at fault. */
static void block_signals(sigset_t *before)
{
	static const int faults[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS
	};
	sigset_t all;

	sigfillset(&all);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		sigdelset(&all, faults[i]);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

int ml_thread_start(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	enum { STACK = 1 << 18 };
	pthread_attr_t attr;
	sigset_t before;
	int rc = pthread_attr_init(&attr);

	if (rc)
		return rc;
	/* A size that is refused leaves the usual one. */
	(void)pthread_attr_setstacksize(&attr, STACK);
	block_signals(&before);
	rc = pthread_create(thread, &attr, fn, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return rc;
}

static int work_alone(size_t blocks, ml_block_fn *fn, void *arg, struct ml_error *err)
{
	for (size_t block = 0; block < blocks; block++) {
		int rc = fn(arg, block, 0, err);
		if (rc)
			return rc;
	}
	return ML_OK;
}

int ml_parallel(int threads, size_t blocks, ml_block_fn *fn, void *arg, struct ml_error *err)
{
	struct team team = { .fn = fn, .arg = arg, .blocks = blocks, .err = err };
	struct worker worker[THREADS_MAX];
	sigset_t before;
	int n = threads < THREADS_MAX ? threads : THREADS_MAX, started = 1;

	if (n > 0 && (size_t)n > blocks)
		n = (int)blocks;
	if (n <= 1 || pthread_mutex_init(&team.lock, NULL))
		return work_alone(blocks, fn, arg, err);
	block_signals(&before);
	for (; started < n; started++) {
		worker[started] = (struct worker){ .team = &team, .id = started };
		if (pthread_create(&worker[started].thread, NULL, work, &worker[started]))
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker[0] = (struct worker){ .team = &team };
	work(&worker[0]);
	for (int i = 1; i < started; i++)
		pthread_join(worker[i].thread, NULL);
	pthread_mutex_destroy(&team.lock);
	return team.rc;
}
