/* replay.c - runs a fuzz target over the files named, with any compiler: what was found once is
 * looked for by every `make check`.  The name of a file is printed before its turn. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct ml_buf b = { 0 };
	unsigned char chunk[4096];
	size_t n;

	if (!f) {
		perror(path);
		return 1;
	}
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		ml_buf_put(&b, chunk, n);
	fclose(f);
	/* A block of its own size, so that sanitizers and valgrind see where it ends. */
	unsigned char *v = malloc(b.n ? b.n : 1);
	if (!v || b.failed)
		return 1;
	if (b.n)
		memcpy(v, b.v, b.n);
	n = b.n;
	ml_buf_release(&b);
	LLVMFuzzerTestOneInput(v, n);
	free(v);
	return 0;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++) {
		printf("# %s\n", argv[i]);
		fflush(stdout);
		bad |= replay(argv[i]);
	}
	return bad;
}
