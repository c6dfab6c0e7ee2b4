/* nearshare.c - selection by weight: as quickselect, with weights in place of counts. */
#include "models/nearshare.h"

#include <stdbool.h>

static bool before(struct ml_ranked a, struct ml_ranked b)
{
	return a.d < b.d || (a.d == b.d && a.row < b.row);
}

static void swap(struct ml_ranked *a, struct ml_ranked *b)
{
	struct ml_ranked t = *a;

	*a = *b;
	*b = t;
}

/* v[0..k) are before v[k], the others behind it; the pivot is the median of three. */
static size_t part(struct ml_ranked *v, size_t n)
{
	struct ml_ranked *a = v, *b = v + n / 2, *c = v + n - 1;
	size_t k = 0;

	if (before(*b, *a))
		swap(a, b);
	if (before(*c, *b))
		swap(b, c);
	if (before(*b, *a))
		swap(a, b);
	swap(b, c);
	for (size_t i = 0; i + 1 < n; i++)
		if (before(v[i], *c))
			swap(&v[i], &v[k++]);
	swap(&v[k], c);
	return k;
}

double ml_nearest_share(struct ml_ranked *v, size_t n_all, const double *w, double h, size_t *n)
{
	size_t from = 0, to = n_all;

	for (;;) {
		size_t k = from + part(v + from, to - from);
		double below = 0, own = w ? w[v[k].row] : 1;
		for (size_t i = from; i < k; i++)
			below += w ? w[v[i].row] : 1;
		if (h <= below && k > from) {
			to = k;
		} else if (h <= below + own || k + 1 == to) {
			*n = k + 1;
			return h < below + own ? h - below : own;
		} else {
			h -= below + own;
			from = k + 1;
		}
	}
}
