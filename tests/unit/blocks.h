/* blocks.h - tables of numbers for tests: files of blocks "NAME ROWS COLUMNS", then numbers,
 * row after row; lines that begin with # say where they come from. */
#ifndef ML_TESTS_BLOCKS_H
#define ML_TESTS_BLOCKS_H

#include <stdlib.h>

#include "test.h"

struct block {
	double *v; /* owned */
	size_t rows, cols;
};

/* The block of this name; a test that does not find it fails, and gets one row of one 0. */
static struct block block_read(const char *path, const char *name)
{
	FILE *f = fopen(path, "r");
	char line[512] = "#", found[64];
	struct block b = { NULL, 1, 1 };

	while (f && line[0] == '#' && fgets(line, sizeof line, f))
		;
	for (bool more = f && sscanf(line, "%63s %zu %zu", found, &b.rows, &b.cols) == 3; more;
	     more = fscanf(f, "%63s %zu %zu", found, &b.rows, &b.cols) == 3) {
		b.v = calloc(b.rows * b.cols, sizeof *b.v);
		for (size_t i = 0; i < b.rows * b.cols; i++)
			if (fscanf(f, "%lf", &b.v[i]) != 1)
				more = false;
		if (more && !strcmp(found, name)) {
			fclose(f);
			return b;
		}
		free(b.v);
	}
	if (f)
		fclose(f);
	printf("# no block '%s' in %s\n", name, path);
	ml_test_failed++;
	return (struct block){ calloc(1, sizeof *b.v), 1, 1 };
}

#endif
