/* mfail.c - a preloaded library that makes allocations fail, and tells what was not freed.
 *
 *     MFAIL_AT=17 LD_PRELOAD=./mfail.so ml-clean table.csv        the 17th fails
 *     MFAIL_AT=17+ ...                                            and all behind it
 *     MFAIL_REPORT=FILE ...             appends "allocations N" and "leak SIZE CALLER" lines
 *
 * Counting begins with the first allocation that the program itself makes: what the loader and
 * constructors of other libraries do before main() (OpenBLAS and the Fortran runtime allocate
 * there) is out of our hands, and what happens when it fails as well.  From then on everything
 * counts, allocations inside GSL, zlib and the C library included, until main() returns: what
 * destructors do (gcov writes its counts) is as little ours.  (strdup(), getline(),
 * fopen(), reallocarray() of glibc allocate through these functions.)
 *
 * Each block has a header in front of it and is in a list.  What is still in the list at the
 * end of the process is a leak, unless global variables lead to it, or the dynamic loader asked
 * for it (threads leave it something) or OpenBLAS, whose destructor may run later. Needs glibc,
 * for the names of its own allocator. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_memalign(size_t align, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

struct header {
	struct header *next, *prev;
	void *block;  /* what the allocator gave */
	void *caller; /* NULL: from before the count began */
	size_t size;
	uint64_t mark;
};
enum { ALIGN = 16, TOO_LONG = 30 };
_Static_assert(sizeof(struct header) % ALIGN == 0, "blocks stay aligned");
static const uint64_t MARK = 0x6d6661696c6d6661, HELD = 0x6d6661696c6d6662;

static struct header list = { .next = &list, .prev = &list };
static atomic_flag lock = ATOMIC_FLAG_INIT;
static atomic_ulong count;
static atomic_bool started, ended;
static unsigned long fail_at; /* 0: none */
static bool fail_on;          /* from then on */
static uintptr_t program[2];  /* where the program's own code lies */

static int find_program(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size, (void)unused;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
			continue;
		program[0] = info->dlpi_addr + part->p_vaddr;
		program[1] = program[0] + part->p_memsz;
	}
	return 1; /* the first object is the program */
}

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("MFAIL_AT");
	char *end;

	if (at) {
		fail_at = strtoul(at, &end, 10);
		fail_on = *end == '+';
		alarm(TOO_LONG); /* a program that hangs is killed */
	}
	dl_iterate_phdr(find_program, NULL);
	unsetenv("LD_PRELOAD"); /* programs that it starts are spared */
}

typedef int main_fn(int argc, char **argv, char **env);
typedef int start_fn(main_fn *main, int argc, char **argv, void (*init)(void),
		     void (*fini)(void), void (*loader_fini)(void), void *stack_end);
static main_fn *main_of_program;

static int main_between(int argc, char **argv, char **env)
{
	int status = main_of_program(argc, argv, env);

	ended = true;
	return status;
}

/* What every program begins with. */
start_fn __libc_start_main;
int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
		      void (*fini)(void), void (*loader_fini)(void), void *stack_end)
{
	void *v = dlsym(RTLD_NEXT, "__libc_start_main");
	start_fn *start;

	memcpy(&start, &v, sizeof start);
	main_of_program = main;
	return start(main_between, argc, argv, init, fini, loader_fini, stack_end);
}

/* Is it the turn of this allocation to fail? */
static bool fails(void *caller)
{
	uintptr_t from = (uintptr_t)caller;

	if (ended || (!started && !(from >= program[0] && from < program[1])))
		return false;
	started = true;
	unsigned long n = atomic_fetch_add(&count, 1) + 1;
	if (!fail_at || !(fail_on ? n >= fail_at : n == fail_at))
		return false;
	errno = ENOMEM;
	return true;
}

static void take_lock(void)
{
	while (atomic_flag_test_and_set(&lock))
		;
}

/* block: as it was allocated, with `front` bytes before what the program gets. */
static void *put_in(void *block, size_t front, size_t size, void *caller)
{
	if (!block)
		return NULL;
	struct header *h = (struct header *)((char *)block + front) - 1;

	*h = (struct header){
		.block = block, .size = size, .mark = MARK, .caller = started ? caller : NULL
	};
	take_lock();
	h->next = list.next;
	h->prev = &list;
	list.next->prev = h;
	list.next = h;
	atomic_flag_clear(&lock);
	return h + 1;
}

/* NULL: a block that was not made here, from the time before this library was loaded. */
static struct header *take_out(void *v)
{
	struct header *h = (struct header *)v - 1;

	if (h->mark != MARK)
		return NULL;
	take_lock();
	h->next->prev = h->prev;
	h->prev->next = h->next;
	atomic_flag_clear(&lock);
	h->mark = 0;
	return h;
}

static void *allocate(size_t size, void *caller)
{
	enum { FRONT = sizeof(struct header) };

	if (fails(caller) || size > PTRDIFF_MAX - FRONT)
		return NULL;
	return put_in(__libc_malloc(size + FRONT), FRONT, size, caller);
}

static void *allocate_aligned(size_t align, size_t size, void *caller)
{
	size_t front = align;

	if (fails(caller) || size > PTRDIFF_MAX / 2 || align > PTRDIFF_MAX / 2)
		return NULL;
	while (front < sizeof(struct header))
		front += align;
	return put_in(__libc_memalign(align, size + front), front, size, caller);
}

/* Always moves, so that pointers kept to the old place are found out. */
static void *reallocate(void *old, size_t size, void *caller)
{
	struct header *was = old ? (struct header *)old - 1 : NULL;
	void *v = allocate(size, caller);

	if (!v || !was || was->mark != MARK)
		return v;
	memcpy(v, old, was->size < size ? was->size : size);
	free(old);
	return v;
}

/* -- the functions that programs call -- */

#define CALLER __builtin_return_address(0)

void *malloc(size_t size)
{
	return allocate(size, CALLER);
}

void *calloc(size_t n, size_t size)
{
	size_t all;
	void *v = __builtin_mul_overflow(n, size, &all) ? NULL : allocate(all, CALLER);

	return v ? memset(v, 0, all) : NULL;
}

void *realloc(void *old, size_t size)
{
	return reallocate(old, size, CALLER);
}

void *reallocarray(void *old, size_t n, size_t size)
{
	size_t all;

	return __builtin_mul_overflow(n, size, &all) ? NULL : reallocate(old, all, CALLER);
}

int posix_memalign(void **v, size_t align, size_t size)
{
	void *got = allocate_aligned(align, size, CALLER);

	if (got)
		*v = got;
	return got ? 0 : ENOMEM;
}

void *aligned_alloc(size_t align, size_t size)
{
	return allocate_aligned(align, size, CALLER);
}

void *memalign(size_t align, size_t size)
{
	return allocate_aligned(align, size, CALLER);
}

void free(void *v)
{
	struct header *h = v ? take_out(v) : NULL;

	if (h)
		__libc_free(h->block);
}

/* -- the report -- */

/* Marks the blocks that words from..end point to; true when there was one. */
static bool mark_from(const char *from, const char *end)
{
	bool found = false;

	for (from += -(uintptr_t)from % sizeof(void *); from + sizeof(void *) <= end;
	     from += sizeof(void *)) {
		const void *v;

		memcpy(&v, from, sizeof v);
		for (struct header *h = list.next; v && h != &list; h = h->next) {
			if (v != h + 1 || !h->caller || h->mark == HELD)
				continue;
			h->mark = HELD;
			found = true;
		}
	}
	return found;
}

static int mark_globals(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size, (void)unused;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		const char *at = (const char *)info->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_LOAD && part->p_flags & PF_W)
			mark_from(at, at + part->p_memsz);
	}
	return 0;
}

/* Blocks that global variables hold, and those that held blocks hold. */
static void mark_held(void)
{
	dl_iterate_phdr(mark_globals, NULL);
	for (bool more = true; more;) {
		more = false;
		for (struct header *h = list.next; h != &list; h = h->next)
			if (h->mark == HELD)
				more |= mark_from((char *)(h + 1), (char *)(h + 1) + h->size);
	}
}

static bool is_excused(const struct header *h, const char *object)
{
	return !h->caller || h->mark == HELD || !object || strstr(object, "/ld-linux") ||
	       strstr(object, "libopenblas");
}

__attribute__((destructor)) static void report(void)
{
	const char *path = getenv("MFAIL_REPORT");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return;
	mark_held();
	dprintf(fd, "allocations %lu\n", (unsigned long)count);
	for (struct header *h = list.next; h != &list; h = h->next) {
		Dl_info where = { 0 };

		if (h->caller)
			(void)dladdr(h->caller, &where);
		if (!is_excused(h, where.dli_fname))
			dprintf(fd, "leak %zu %s+0x%zx\n", h->size, where.dli_fname,
				(size_t)((char *)h->caller - (char *)where.dli_fbase));
	}
	(void)close(fd);
}
