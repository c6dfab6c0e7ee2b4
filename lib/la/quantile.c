/* quantile.c - order statistics of weighted values: sort, merge what is equal, sum up.
 *
 * Few values are sorted by comparison, many by their digits (least significant first, Knuth,
 * TAOCP 3, 5.2.5), which is ten times as fast for a million. */
#include "la/quantile.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

/* DIGIT bits at a time: the counters of all passes fit a second-level cache. */
enum { DIGIT = 11, DIGITS = 1 << DIGIT, PASSES = 6, FEW = 2048 };
_Static_assert(DIGIT *PASSES >= 64, "the passes cover a double");

/* An integer in the order of the doubles: positive ones above the negative, these reversed. */
static uint64_t key_of(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static size_t digit_of(double v, int pass)
{
	return (size_t)(key_of(v) >> (pass * DIGIT)) & (DIGITS - 1);
}

/* Sorts v[0..n); `spare` has n places and count PASSES * DIGITS, zeroed. */
static void sort_digits(struct weighted *v, size_t n, struct weighted *spare, size_t *count)
{
	struct weighted *from = v, *to = spare;

	for (size_t i = 0; i < n; i++)
		for (int p = 0; p < PASSES; p++)
			count[p * DIGITS + (int)digit_of(v[i].v, p)]++;
	for (int p = 0; p < PASSES; p++) {
		size_t *place = count + p * DIGITS, next = 0;

		if (place[digit_of(v[0].v, p)] == n)
			continue; /* all have the same digit here */
		for (size_t d = 0; d < DIGITS; d++) {
			size_t here = place[d];

			place[d] = next;
			next += here;
		}
		for (size_t i = 0; i < n; i++)
			to[place[digit_of(from[i].v, p)]++] = from[i];
		struct weighted *done = from;
		from = to;
		to = done;
	}
	if (from != v)
		memcpy(v, from, n * sizeof *v);
}

static int sort(struct weighted *v, size_t n, struct ml_error *err)
{
	if (n < FEW) {
		if (n)
			qsort(v, n, sizeof *v, by_value);
		return ML_OK;
	}
	struct weighted *spare = ml_alloc(n, sizeof *spare, err);
	size_t *count = spare ? ml_alloc(PASSES * DIGITS, sizeof *count, err) : NULL;
	if (count)
		sort_digits(v, n, spare, count);
	free(spare);
	free(count);
	return count ? ML_OK : err->code;
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
	int rc = sort(pairs, kept, err);
	if (!rc && (!(s->v = ml_alloc(kept, sizeof *s->v, err)) ||
		    !(s->upto = ml_alloc(kept, sizeof *s->upto, err))))
		rc = err->code;
	if (!rc && kept)
		merge(s, pairs, kept);
	free(pairs);
	return rc;
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
