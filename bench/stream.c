/* stream.c - how fast memory is here: the limit that no reader of tables passes.
 *
 *     stream          ("read GB/s", "copy GB/s", of one core)
 *
 * 256 MiB, more than any cache, are summed and copied five times; the best counts (McCalpin's STREAM counts a
 * copy as a byte read and a byte written; so does this). */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIMES = 5 };
static const size_t SIZE = (size_t)256 << 20;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(void)
{
	uint64_t *a = malloc(SIZE), *b = malloc(SIZE), sum = 0;
	double read = 1e9, copy = 1e9;

	if (!a || !b) {
		perror("stream");
		return 71;
	}
	memset(a, 1, SIZE);
	memset(b, 2, SIZE);
	for (int t = 0; t < TIMES; t++) {
		double start = now();
		for (size_t i = 0; i < SIZE / sizeof *a; i++)
			sum += a[i];
		double middle = now();
		memcpy(b, a, SIZE);
		double end = now();
		sum += b[(size_t)t * 4096];
		read = middle - start < read ? middle - start : read;
		copy = end - middle < copy ? end - middle : copy;
	}
	/* The sum is used, so that it must be made. */
	fprintf(stderr, sum == 1 ? " " : "");
	printf("read %.1f copy %.1f\n", (double)SIZE / read / 1e9, 2 * (double)SIZE / copy / 1e9);
	free(a);
	free(b);
	return 0;
}
