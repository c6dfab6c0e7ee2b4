/* mem.c - checked allocation. */
#define _DEFAULT_SOURCE
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int out_of_memory(struct ml_error *err, size_t n, size_t size)
{
	return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (%zu x %zu bytes asked for)",
		       n, size);
}

void *ml_alloc(size_t n, size_t size, struct ml_error *err)
{
	void *v = NULL;

	if (n <= PTRDIFF_MAX / (size ? size : 1))
		v = calloc(n ? n : 1, size ? size : 1);
	if (!v)
		out_of_memory(err, n, size);
	return v;
}

int ml_grow(void *v_ptr, size_t *cap, size_t need, size_t size, struct ml_error *err)
{
	void *v;

	if (need <= *cap)
		return ML_OK;
	size_t want = *cap + *cap / 2;
	if (want < need)
		want = need;
	if (want < 16)
		want = 16;
	if (want > PTRDIFF_MAX / size)
		return out_of_memory(err, want, size);
	memcpy(&v, v_ptr, sizeof v);
	if (!(v = realloc(v, want * size)))
		return out_of_memory(err, want, size);
	memcpy(v_ptr, &v, sizeof v);
	*cap = want;
	return ML_OK;
}

char *ml_strndup(const char *s, size_t n, struct ml_error *err)
{
	char *copy = ml_alloc(n + 1, 1, err);

	if (copy)
		memcpy(copy, s, n);
	return copy;
}

char *ml_strdup(const char *s, struct ml_error *err)
{
	return ml_strndup(s, strlen(s), err);
}

void ml_forget(void *v, size_t from, size_t to)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), base = (uintptr_t)v;
	uintptr_t lo = (base + from + page - 1) / page * page, hi = (base + to) / page * page;

	if (hi > lo)
		(void)madvise((char *)v + (lo - base), hi - lo, MADV_DONTNEED);
}
