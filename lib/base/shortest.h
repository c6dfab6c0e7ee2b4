/* shortest.h - the shortest decimal that reads back as a given double. */
#ifndef ML_BASE_SHORTEST_H
#define ML_BASE_SHORTEST_H

#include <stdint.h>

struct ml_decimal {
	uint64_t digits;
	int exp;
}; /* digits * 10^exp */

/* For v finite and > 0: of the decimals that round to v one with the fewest digits, and of
 * those the closest to v.  It has at most 17 digits; zeros may stand at their end. */
struct ml_decimal ml_shortest(double v);

#endif
