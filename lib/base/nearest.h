/* nearest.h - the double nearest to a decimal of up to 19 digits. */
#ifndef ML_BASE_NEAREST_H
#define ML_BASE_NEAREST_H

#include <stdint.h>

/* The double nearest to w * 10^q, ties to even; w != 0.  Infinity when that is beyond the
 * largest double, 0 when it is below half of the smallest. */
double ml_nearest(uint64_t w, int64_t q);

#endif
