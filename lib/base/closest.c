/* closest.c - "did you mean": optimal string alignment (Damerau 1964, Levenshtein 1966; no
 * substring is edited twice).  O(length^2) for each candidate; words longer than LONGEST
 * are near to nothing, so that a hostile name costs nothing. */
#include "base/closest.h"

#include <string.h>

enum { LONGEST = 64 };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Both at most LONGEST bytes. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t d[LONGEST + 1][LONGEST + 1];

	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			char x = lower(a[i - 1]), y = lower(b[j - 1]);
			size_t best = least(d[i - 1][j], d[i][j - 1]) + 1;

			best = least(best, d[i - 1][j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]))
				best = least(best, d[i - 2][j - 2] + 1);
			d[i][j] = best;
		}
	}
	return d[n][m];
}

void ml_closest_try(struct ml_closest *c, const char *candidate)
{
	size_t n = strlen(c->wanted), m = strlen(candidate), limit = n / 3;

	if (n > LONGEST || m > LONGEST || (n > m ? n - m : m - n) > limit)
		return;
	size_t d = distance(c->wanted, n, candidate, m);
	if (d <= limit && (!c->best || d < c->distance)) {
		c->best = candidate;
		c->distance = d;
	}
}
