/* hist.h - sums of gradients by bin: the inner loop of growing trees.
 *
 * A row's gradient, curvature and count of 1 are packed into one 64-bit number, so that one
 * addition a cell does; after at most ML_HIST_ROWS rows the packed sums are unpacked into wide
 * ones.  All sums are of whole numbers: exact, whatever the order. */
#ifndef ML_MODELS_HIST_H
#define ML_MODELS_HIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "models/binned.h"

/* Sums of one bin: gradients and curvatures in units of the quanta, and rows. */
struct ml_bin_sum {
	int64_t g, h, n;
};

/* From the lowest bit: 15 bits for the count, 24 for the sum of h, 25 for that of g. */
enum { ML_HIST_ROWS = 1 << 14, ML_HIST_QUANTA = 1023 };

/* -ML_HIST_QUANTA <= g <= ML_HIST_QUANTA, 0 <= h <= ML_HIST_QUANTA. */
static inline uint64_t ml_hist_pack(int32_t g, int32_t h)
{
	return ((uint64_t)(int64_t)g << 39) + ((uint64_t)(uint32_t)h << 15) + 1;
}

/* Where the bins of each feature stand in a histogram: base[j], base[cols] in all. */
struct ml_hist_layout {
	uint32_t *base; /* cols + 1; owned */
	size_t cols, bins;
};
int ml_hist_layout_init(struct ml_hist_layout *l, const struct ml_cuts *cuts, size_t cols,
			struct ml_error *err) ML_CHECK;
void ml_hist_layout_release(struct ml_hist_layout *l);

/* sum[l->bins] = the sums over rows[0..n) of b, whose packed numbers are packed[row]. Workspace
 * is kept in `room`; zeroed before the first use. */
struct ml_hist_room {
	uint64_t *packed;        /* bins, of each worker */
	struct ml_bin_sum *sums; /* bins, of each worker but the first */
	int workers;
};
int ml_hist_room_init(struct ml_hist_room *r, const struct ml_hist_layout *l, int threads,
		      struct ml_error *err) ML_CHECK;
void ml_hist_room_release(struct ml_hist_room *r);
int ml_hist_rows(struct ml_bin_sum *sum, const struct ml_hist_layout *l,
		 const struct ml_binned *b, const uint32_t *rows, size_t n,
		 const uint64_t *packed, struct ml_hist_room *room,
		 struct ml_error *err) ML_CHECK;
/* sum -= less. */
void ml_hist_subtract(struct ml_bin_sum *sum, const struct ml_bin_sum *less, size_t bins);

#endif
