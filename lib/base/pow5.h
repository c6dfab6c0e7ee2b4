/* pow5.h - 128 leading bits of the powers of five, for reading and printing numbers.
 *
 * ml_pow5[q - POW5_MIN] holds 5^q, scaled by a power of two so that its top bit is set:
 * exact for 0 <= q <= 55, rounded up for -27 <= q < 0, rounded down elsewhere.
 * The table is made by pow5.py, which says why it is rounded so. */
#ifndef ML_BASE_POW5_H
#define ML_BASE_POW5_H

#include "base/wide.h"

enum { POW5_MIN = -342, POW5_MAX = 324 };

extern const struct ml_wide ml_pow5[POW5_MAX - POW5_MIN + 1];

#endif
