/* failing.h - allocations that fail, in the program itself: the n-th of a job, once or from
 * then on.
 *
 * The functions below stand for those of the C library in a program that includes this, and
 * hand on to them; while a job is done its allocations are counted, and one is refused.  Needs
 * glibc, for the names of its allocator; a sanitizer has its own, and valgrind's comes before
 * ours: then nothing can be made to fail, and failing_works() says so. */
#ifndef ML_TESTS_FAILING_H
#define ML_TESTS_FAILING_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FAILING_NEVER
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || !defined __GLIBC__
#define FAILING_NEVER
#endif

static atomic_bool failing_counts, failing_on;
static atomic_size_t failing_seen,
	failing_at;                   /* allocations so far; the one that fails, 0: none */
static atomic_ptrdiff_t failing_live; /* allocated less freed */

#ifndef FAILING_NEVER
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *v);
/* Declared again, since their definitions follow. */
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *old, size_t size);
void free(void *v);

static bool failing_turn(void)
{
	if (!failing_counts)
		return false;
	size_t n = atomic_fetch_add(&failing_seen, 1) + 1, at = failing_at;

	if (!at || !(n == at || (failing_on && n > at)))
		return false;
	errno = ENOMEM;
	return true;
}

static void *failing_note(void *v)
{
	if (v && failing_counts)
		failing_live++;
	return v;
}

void *malloc(size_t size)
{
	return failing_turn() ? NULL : failing_note(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return failing_turn() ? NULL : failing_note(__libc_calloc(n, size));
}

void *realloc(void *old, size_t size)
{
	if (failing_turn())
		return NULL;
	void *v = __libc_realloc(old, size);

	return old ? v : failing_note(v);
}

void free(void *v)
{
	if (v && failing_counts)
		failing_live--;
	__libc_free(v);
}
#endif

/* Counts allocations from now on; the at-th fails, with `on` and all behind it. */
static inline void failing_begin(size_t at, bool on)
{
	failing_seen = 0;
	failing_at = at;
	failing_on = on;
	failing_live = 0;
	failing_counts = true;
}

/* Ends that; the allocations that were counted. *leaks: blocks that were not freed since. */
static inline size_t failing_end(ptrdiff_t *leaks)
{
	failing_counts = false;
	*leaks = failing_live;
	return failing_seen;
}

static inline bool failing_works(void)
{
	ptrdiff_t leaks;

	failing_begin(1, false);
	void *volatile v = malloc(1);
	bool refused = !v;
	free(v);
	(void)failing_end(&leaks);
	return refused;
}

#endif
