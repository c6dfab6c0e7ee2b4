/* rankselect.c - partitions until the rank is where it belongs (Hoare 1961).  Pivots are drawn
 * (xorshift), so that no order of the rows makes it quadratic. */
#include "la/rankselect.h"

#include <stdbool.h>

static bool before(struct ml_ranked a, struct ml_ranked b)
{
	return a.v < b.v || (a.v == b.v && a.row < b.row);
}

static void swap(struct ml_ranked *a, struct ml_ranked *b)
{
	struct ml_ranked t = *a;

	*a = *b;
	*b = t;
}

void ml_rank_select(struct ml_ranked *v, size_t n, size_t k, uint64_t *draw)
{
	while (n > 1) {
		*draw ^= *draw << 13;
		*draw ^= *draw >> 7;
		*draw ^= *draw << 17;
		struct ml_ranked pivot = v[*draw % n];
		size_t i = 0, j = n - 1;
		for (;;) {
			while (before(v[i], pivot))
				i++;
			while (before(pivot, v[j]))
				j--;
			if (i >= j)
				break;
			swap(&v[i++], &v[j--]);
		}
		/* v[0..j] <= pivot <= v[j + 1..). */
		if (k <= j) {
			if (j + 1 == n)
				j--; /* the pivot was the greatest and is at the end */
			if (k > j)
				return;
			n = j + 1;
		} else {
			v += j + 1;
			k -= j + 1;
			n -= j + 1;
		}
	}
}
