/* chances.h - probabilities in equal-width bins: what calibration is told from. */
#ifndef ML_METRICS_CHANCES_H
#define ML_METRICS_CHANCES_H

#include "la/dd.h"
#include "metrics/sheet.h"

/* Weight of the rows in a bin, and their weighted sums of probability and of outcome (0 or 1).
 */
struct ml_bin {
	struct ml_dd weight, prob, hits;
	size_t rows;
};

/* The bin of p in [0, 1]: bin b is (b / bins, (b + 1) / bins], the first one holds 0 as well
 * (as in scikit-learn's calibration_curve). */
size_t ml_bin_of(double p, size_t bins);
/* Fills bin[0..bins) from the probability of class c and whether the row is of it; c SIZE_MAX:
 * from the highest probability of the row and whether its class is the true one. */
void ml_bins_fill(struct ml_bin *bin, size_t bins, const struct ml_parts *p, size_t c);

#endif
