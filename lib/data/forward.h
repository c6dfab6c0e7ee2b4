/* forward.h - rows cut into stretches of time. */
#ifndef ML_DATA_FORWARD_H
#define ML_DATA_FORWARD_H

#include "data/table.h"

/* part[i] = 0..parts-1, earlier to later; the cut before part j is where edge[j - 1] rows
 * (rising, 1..rows-1; then SIZE_MAX as the last of `parts` edges) are earlier, moved to the
 * nearest place between two different times: rows of one time stay together.  Numbers and
 * numeric categories go by value, others bytewise (dates as 2024-03-01).  E-MISSING when a time
 * is missing, E-TOOFEW when there are fewer times than parts. */
int ml_split_forward(const struct ml_column *time, size_t rows, const size_t *edge,
		     size_t parts, size_t *part, struct ml_error *err) ML_CHECK;

#endif
