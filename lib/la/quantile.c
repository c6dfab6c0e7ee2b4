/* quantile.c - order statistics of weighted values: sort, merge what is equal, sum up.
 *
 * Equal values are ordered by their weights before they are summed, so that the order of
 * the rows changes no bit. */
#include "la/quantile.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "la/dd.h"
#include "la/scale.h"

struct weighted {
	double v, w;
};

static int by_value(const void *va, const void *vb)
{
	const struct weighted *a = va, *b = vb;

	return a->v != b->v ? (a->v > b->v) - (a->v < b->v) : (a->w > b->w) - (a->w < b->w);
}

/* What weights are multiplied with: 1 when they are counts, else so that they sum to n. */
static double unit_of(const struct weighted *v, size_t n)
{
	const double exact = 0x1p53; /* whole numbers up to here are exact in a double */
	struct ml_dd sum = { 0, 0 };
	double most = 0;
	bool whole = true;

	for (size_t i = 0; i < n; i++) {
		whole = whole && v[i].w == floor(v[i].w);
		most = fmax(most, v[i].w);
	}
	double shrink = ldexp(1, -ml_exponent(most));
	for (size_t i = 0; i < n; i++)
		ml_acc_add(&sum, v[i].w * shrink);
	double total = ml_acc_end(sum).hi;
	return whole && total / shrink <= exact ? 1 : (double)n / total * shrink;
}

/* Fills s from the sorted values v[0..n), n >= 1. */
static void merge(struct ml_sorted *s, const struct weighted *v, size_t n)
{
	double unit = unit_of(v, n);
	struct ml_dd sum = { 0, 0 };

	s->n = 0;
	for (size_t i = 0; i < n; i++) {
		ml_acc_add(&sum, v[i].w * unit);
		if (s->n && s->v[s->n - 1] == v[i].v)
			s->n--;
		s->v[s->n] = v[i].v;
		s->upto[s->n++] = ml_acc_end(sum).hi;
	}
	s->total = s->upto[s->n - 1];
}

int ml_sorted_init(struct ml_sorted *s, const double *v, const double *w, size_t n,
		   struct ml_error *err)
{
	size_t kept = 0;
	struct weighted *pairs = ml_alloc(n, sizeof *pairs, err);

	*s = (struct ml_sorted){ 0 };
	if (!pairs)
		return err->code;
	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i]) && (!w || w[i] > 0))
			pairs[kept++] = (struct weighted){ v[i] + 0.0, w ? w[i] : 1 };
	if ((s->v = ml_alloc(kept, sizeof *s->v, err)) &&
	    (s->upto = ml_alloc(kept, sizeof *s->upto, err)) && kept) {
		qsort(pairs, kept, sizeof *pairs, by_value);
		merge(s, pairs, kept);
	}
	free(pairs);
	return s->upto ? ML_OK : err->code;
}

void ml_sorted_release(struct ml_sorted *s)
{
	free(s->v);
	free(s->upto);
	*s = (struct ml_sorted){ 0 };
}

/* The first value whose weights reach beyond h, or the last value. */
static size_t place_of(const struct ml_sorted *s, double h)
{
	size_t lo = 0, hi = s->n - 1;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->upto[mid] > h)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

double ml_sorted_quantile(const struct ml_sorted *s, double p)
{
	if (!s->n)
		return (double)NAN;
	double h = fmax(s->total - 1, 0) * p, from = h, left = 1, sum = 0;
	size_t first = place_of(s, h), i = first;

	/* Each value counts by its share of the window [h, h + 1]; the last takes what is left,
	 * which of two values is more exact than h + 1 less where it begins. */
	for (; i + 1 < s->n && s->upto[i] < h + 1; i++) {
		sum += s->v[i] * (s->upto[i] - from);
		left -= s->upto[i] - from;
		from = s->upto[i];
	}
	if (i == first)
		return s->v[i];
	sum += s->v[i] * left;
	return fmin(fmax(sum, s->v[first]), s->v[i]);
}

double ml_sorted_mode(const struct ml_sorted *s)
{
	double best = 0, mode = (double)NAN;

	for (size_t i = 0; i < s->n; i++) {
		double mass = s->upto[i] - (i ? s->upto[i - 1] : 0);

		if (mass > best) {
			best = mass;
			mode = s->v[i];
		}
	}
	return mode;
}
