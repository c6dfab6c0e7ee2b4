/* slices.h - rows cut into pieces that threads work on: the cut depends on the number of rows
 * only, so that results do not depend on threads.  A slice has its own sums, and there are at
 * most ML_SLICES of them, so that this memory stays small beside the table.
 *
 *     struct ml_slices s = ml_slices_of(n);
 *     rc = ml_parallel(run->threads, s.count, fn, &work, err);
 *     in fn(): for (i = ml_slice_from(&s, block); i < ml_slice_to(&s, block); i++)
 *     afterwards: add the sums of slice 0, 1, ... in this order */
#ifndef ML_LA_SLICES_H
#define ML_LA_SLICES_H

#include <stddef.h>

/* At least 1024 rows: less is not worth a thread.  32 slices keep 8 threads busy to the end. */
enum { ML_SLICES = 32, ML_SLICE_ROWS = 1024 };

struct ml_slices {
	size_t n, rows, count;
};

static inline struct ml_slices ml_slices_of(size_t n)
{
	size_t rows = n / ML_SLICES + (n % ML_SLICES != 0);

	if (rows < ML_SLICE_ROWS)
		rows = ML_SLICE_ROWS;
	return (struct ml_slices){ n, rows, n / rows + (n % rows != 0) };
}

static inline size_t ml_slice_from(const struct ml_slices *s, size_t block)
{
	return block * s->rows;
}

static inline size_t ml_slice_to(const struct ml_slices *s, size_t block)
{
	size_t to = (block + 1) * s->rows;
	return to < s->n ? to : s->n;
}

#endif
