/* few_whole.c - at most 20 distinct whole numbers. */
#include "core/few_whole.h"

#include <math.h>

enum { MOST = 20 };

bool ml_few_whole(const double *v, size_t n)
{
	double seen[MOST];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		size_t j = 0;
		if (v[i] != floor(v[i]))
			return false;
		while (j < k && seen[j] != v[i])
			j++;
		if (j == k && k == MOST)
			return false;
		if (j == k)
			seen[k++] = v[i];
	}
	return true;
}
