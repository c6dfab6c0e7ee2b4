/* argsort.c - sorting rows by value: radix sort on the bits of the doubles, from the lowest
 * digit up.  The bits of a double sort like the number once the sign is flipped (negative
 * numbers: all bits).  Digits that are the same in all rows cost nothing, so short decimals and
 * small integers take two or three passes of the six.  Few rows are sorted by comparing. */
#include "la/argsort.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { DIGIT = 11, BUCKETS = 1 << DIGIT, PASSES = 6 };
_Static_assert(DIGIT *PASSES >= 64, "all bits of a double are looked at");
/* Below this clearing the counts costs more than comparing. */
enum { FEW = 512 };

struct item {
	uint64_t key;
	uint32_t row;
};

static uint64_t key_of(double v)
{
	uint64_t bits, sign = UINT64_C(1) << 63;

	v += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &v, sizeof bits);
	return bits & sign ? ~bits : bits | sign;
}

static int by_key(const void *a, const void *b)
{
	const struct item *u = a, *v = b;

	if (u->key != v->key)
		return u->key < v->key ? -1 : 1;
	return (u->row > v->row) - (u->row < v->row);
}

/* Moves `from` to `to` in the order of one digit; false when all rows have the same. */
static bool pass(const struct item *from, struct item *to, size_t n, int shift, size_t *start)
{
	memset(start, 0, BUCKETS * sizeof *start);
	for (size_t i = 0; i < n; i++)
		start[from[i].key >> shift & (BUCKETS - 1)]++;
	if (start[from[0].key >> shift & (BUCKETS - 1)] == n)
		return false;
	for (size_t b = 0, sum = 0; b < BUCKETS; b++) {
		size_t count = start[b];
		start[b] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[start[from[i].key >> shift & (BUCKETS - 1)]++] = from[i];
	return true;
}

static void radix_sort(struct item **items, struct item **spare, size_t n, size_t *start)
{
	for (int p = 0; p < PASSES; p++) {
		if (!pass(*items, *spare, n, p * DIGIT, start))
			continue;
		struct item *swap = *items;
		*items = *spare;
		*spare = swap;
	}
}

int ml_argsort(const double *v, size_t stride, size_t n, uint32_t *order, struct ml_error *err)
{
	if (n > UINT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many to sort", n);
	bool few = n < FEW;
	struct item *items = ml_alloc(n, sizeof *items, err);
	struct item *spare = items && !few ? ml_alloc(n, sizeof *spare, err) : NULL;
	size_t *start = spare ? ml_alloc(BUCKETS, sizeof *start, err) : NULL;
	int rc = items && (few || start) ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < n; i++)
		items[i] = (struct item){ key_of(v[i * stride]), (uint32_t)i };
	if (!rc && few)
		qsort(items, n, sizeof *items, by_key);
	else if (!rc)
		radix_sort(&items, &spare, n, start);
	for (size_t i = 0; !rc && i < n; i++)
		order[i] = items[i].row;
	free(start);
	free(spare);
	free(items);
	return rc;
}
