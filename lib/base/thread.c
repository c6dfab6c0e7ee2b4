/* thread.c - numbered blocks done by several threads. */
#define _POSIX_C_SOURCE 200809L
#include "base/thread.h"

#include <pthread.h>
#include <signal.h>

#include "base/blocks.h"

/* More threads than this are not started.  Their handles stand on the stack (24 bytes each):
 * so nothing here needs memory that could be missing. */
enum { THREADS_MAX = 256 };

struct worker {
	struct ml_blocks *work;
	pthread_t thread;
	int id;
};

static void *work(void *worker)
{
	const struct worker *w = worker;

	ml_blocks_work(w->work, w->id);
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

int ml_parallel(int threads, size_t blocks, ml_block_fn *fn, void *arg, struct ml_error *err)
{
	struct ml_blocks all = { .fn = fn, .arg = arg, .blocks = blocks, .err = err };
	struct worker worker[THREADS_MAX];
	sigset_t before;
	int n = threads < THREADS_MAX ? threads : THREADS_MAX, started = 1;

	if (n > 0 && (size_t)n > blocks)
		n = (int)blocks;
	if (n <= 1 || pthread_mutex_init(&all.lock, NULL))
		return ml_blocks_alone(blocks, fn, arg, err);
	block_signals(&before);
	for (; started < n; started++) {
		worker[started] = (struct worker){ .work = &all, .id = started };
		if (pthread_create(&worker[started].thread, NULL, work, &worker[started]))
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker[0] = (struct worker){ .work = &all };
	work(&worker[0]);
	for (int i = 1; i < started; i++)
		pthread_join(worker[i].thread, NULL);
	pthread_mutex_destroy(&all.lock);
	return all.rc;
}
