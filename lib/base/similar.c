/* similar.c - edit distance for "did you mean".
 *
 * Optimal string alignment distance (Damerau 1964 with the restriction that no substring is
 * edited twice); letter case is free.  Rows that are above the limit everywhere end the
 * comparison early. */
#define _DEFAULT_SOURCE
#include "base/similar.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 64 };

static unsigned lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned)c - 'A' + 'a' : (unsigned char)c;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Distance of a[0..m) and b[0..n), or limit + 1 when it is above. */
static unsigned distance(const char *a, size_t m, const char *b, size_t n, unsigned limit)
{
	unsigned row[3][LONGEST + 1];
	unsigned *before = row[0], *last = row[1], *now = row[2];

	for (size_t j = 0; j <= n; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned lowest = now[0] = (unsigned)i;

		for (size_t j = 1; j <= n; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
				       last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1])));
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
			lowest = least(lowest, now[j]);
		}
		if (lowest > limit)
			return limit + 1;
		unsigned *free_row = before;
		before = last;
		last = now;
		now = free_row;
	}
	return last[n];
}

size_t ml_similar(const char *word, const char *const *names, size_t n)
{
	size_t len = strlen(word), best = SIZE_MAX;

	if (!len || len > LONGEST)
		return SIZE_MAX;
	unsigned limit = len < 6 ? 1 : (unsigned)len / 3;
	for (size_t i = 0; i < n; i++) {
		size_t name_len = strnlen(names[i], LONGEST + 1);
		size_t apart = name_len > len ? name_len - len : len - name_len;

		if (name_len > LONGEST || apart > limit)
			continue;
		unsigned d = distance(word, len, names[i], name_len, limit);
		if (d > limit)
			continue;
		best = i;
		if (d == 0)
			break;
		limit = d - 1;
	}
	return best;
}
