/* hist.c - sums of gradients by bin. */
#include "models/hist.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

/* In packed sums every feature has WIDTH bins, so that its place is a constant to the inner
 * loop.  Those of GROUP features take more than the first cache, but the second is near, and a
 * row that is read once for all of them costs less than one that is read for each half. */
enum { WIDTH = ML_BINS + 1, GROUP = 32 };
/* Fewer pieces are done before other threads have begun: a piece takes some 0.3 ms. */
enum { ALONE = 4 };
/* Rows ahead that are fetched where rows do not follow each other. */
enum { AHEAD = 16 };

static size_t packed_sums(const struct ml_hist_layout *l)
{
	return l->cols < GROUP ? l->cols * WIDTH : GROUP * WIDTH;
}

int ml_hist_layout_init(struct ml_hist_layout *l, const struct ml_cuts *cuts, size_t cols,
			struct ml_error *err)
{
	*l = (struct ml_hist_layout){ ml_alloc(cols + 1, sizeof *l->base, err), cols, 0 };
	if (!l->base)
		return err->code;
	for (size_t j = 0; j < cols; j++) {
		l->base[j] = (uint32_t)l->bins;
		l->bins += cuts[j].bins + 1;
	}
	l->base[cols] = (uint32_t)l->bins;
	return ML_OK;
}

void ml_hist_layout_release(struct ml_hist_layout *l)
{
	free(l->base);
}

int ml_hist_room_init(struct ml_hist_room *r, const struct ml_hist_layout *l, int threads,
		      struct ml_error *err)
{
	size_t workers = (size_t)threads;

	*r = (struct ml_hist_room){ .workers = threads };
	if (!(r->packed = ml_alloc(workers * packed_sums(l), sizeof *r->packed, err)) ||
	    !(r->sums = ml_alloc((workers - 1) * l->bins, sizeof *r->sums, err)))
		return err->code;
	return ML_OK;
}

void ml_hist_room_release(struct ml_hist_room *r)
{
	free(r->sums);
	free(r->packed);
}

/* ---- the inner loop ---- */

#define ADD(k) acc[(k)*WIDTH + v[k]] += add
#define ADD_4(k) ADD(k), ADD((k) + 1), ADD((k) + 2), ADD((k) + 3)
#define ADD_16(k) ADD_4(k), ADD_4((k) + 4), ADD_4((k) + 8), ADD_4((k) + 12)

/* The features from v on of n rows. */
#define EACH_ROW(...) \
	for (size_t i = 0; i < n; i++) { \
		const uint8_t *v = first + (size_t)rows[i] * stride; \
		uint64_t add = w[rows[i]]; \
		if (i + AHEAD < n) { \
			__builtin_prefetch(first + (size_t)rows[i + AHEAD] * stride); \
			__builtin_prefetch(w + rows[i + AHEAD]); \
		} \
		__VA_ARGS__; \
	}

#define ROWS \
	uint64_t *acc, const uint8_t *first, size_t stride, const uint32_t *rows, \
		const uint64_t *w, size_t n

#define WIDTH_OF(n, adds) \
	static void add_##n(ROWS) \
	{ \
		EACH_ROW(adds) \
	}
WIDTH_OF(32, (ADD_16(0), ADD_16(16)))
WIDTH_OF(28, (ADD_16(0), ADD_4(16), ADD_4(20), ADD_4(24)))
WIDTH_OF(24, (ADD_16(0), ADD_4(16), ADD_4(20)))
WIDTH_OF(20, (ADD_16(0), ADD_4(16)))
WIDTH_OF(16, ADD_16(0))
WIDTH_OF(12, (ADD_4(0), ADD_4(4), ADD_4(8)))
WIDTH_OF(8, (ADD_4(0), ADD_4(4)))
WIDTH_OF(4, (ADD_4(0)))
WIDTH_OF(2, (ADD(0), ADD(1)))
WIDTH_OF(1, ADD(0))

static const struct width {
	size_t features;
	void (*add)(ROWS);
} widths[] = { { 32, add_32 }, { 28, add_28 }, { 24, add_24 }, { 20, add_20 }, { 16, add_16 },
	       { 12, add_12 }, { 8, add_8 },   { 4, add_4 },   { 2, add_2 },   { 1, add_1 } };

/* Adds the packed sums of a feature to the wide ones, and zeroes them. */
static void unpack(struct ml_bin_sum *sum, uint64_t *acc, size_t bins)
{
	for (size_t k = 0; k < bins; k++) {
		uint64_t w = acc[k];

		sum[k].n += (int64_t)(w & 0x7fff);
		sum[k].h += (int64_t)(w >> 15 & 0xffffff);
		sum[k].g += (int64_t)w >> 39;
		acc[k] = 0;
	}
}

struct work {
	const struct ml_hist_layout *l;
	const struct ml_binned *b;
	const uint32_t *rows;
	const uint64_t *packed;
	struct ml_hist_room *room;
	struct ml_bin_sum *sum;
	size_t n;
};

static int do_piece(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct work *w = arg;
	const struct ml_hist_layout *l = w->l;
	size_t from = block * ML_HIST_ROWS, left = w->n - from;
	size_t n = left < ML_HIST_ROWS ? left : ML_HIST_ROWS;
	uint64_t *acc = w->room->packed + (size_t)worker * packed_sums(l);
	struct ml_bin_sum *sum =
		worker ? w->room->sums + ((size_t)worker - 1) * l->bins : w->sum;

	(void)err;
	for (size_t j = 0, k = 0; j < l->cols; j += widths[k].features) {
		while (widths[k].features > l->cols - j)
			k++;
		widths[k].add(acc, w->b->v + j, w->b->stride, w->rows + from, w->packed, n);
		for (size_t f = 0; f < widths[k].features; f++)
			unpack(sum + l->base[j + f], acc + f * WIDTH,
			       l->base[j + f + 1] - l->base[j + f]);
	}
	return ML_OK;
}

int ml_hist_rows(struct ml_bin_sum *sum, const struct ml_hist_layout *l,
		 const struct ml_binned *b, const uint32_t *rows, size_t n,
		 const uint64_t *packed, struct ml_hist_room *room, struct ml_error *err)
{
	struct work w = { l, b, rows, packed, room, sum, n };
	size_t pieces = (n + ML_HIST_ROWS - 1) / ML_HIST_ROWS;
	size_t others = pieces >= ALONE ? (size_t)room->workers - 1 : 0;

	memset(sum, 0, l->bins * sizeof *sum);
	memset(room->sums, 0, others * l->bins * sizeof *room->sums);
	int rc = ml_parallel(others ? room->workers : 1, pieces, do_piece, &w, err);
	for (size_t t = 0; !rc && t < others; t++)
		for (size_t k = 0; k < l->bins; k++) {
			const struct ml_bin_sum *more = &room->sums[t * l->bins + k];

			sum[k].g += more->g;
			sum[k].h += more->h;
			sum[k].n += more->n;
		}
	return rc;
}

void ml_hist_subtract(struct ml_bin_sum *sum, const struct ml_bin_sum *less, size_t bins)
{
	for (size_t k = 0; k < bins; k++) {
		sum[k].g -= less[k].g;
		sum[k].h -= less[k].h;
		sum[k].n -= less[k].n;
	}
}
