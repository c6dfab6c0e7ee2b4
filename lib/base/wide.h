/* wide.h - 64-bit words: whole products, zeros at either end. */
#ifndef ML_BASE_WIDE_H
#define ML_BASE_WIDE_H

#include <stdint.h>

struct ml_wide {
	uint64_t hi, lo;
};

static inline struct ml_wide ml_wide_mul(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (struct ml_wide){ (uint64_t)(product >> 64), (uint64_t)product };
#else
	uint64_t a0 = a & UINT32_MAX, a1 = a >> 32, b0 = b & UINT32_MAX, b1 = b >> 32;
	/* Neither sum reaches 2^64: no carry is lost. */
	uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32);
	uint64_t mid = a0 * b1 + (cross & UINT32_MAX);

	return (struct ml_wide){ a1 * b1 + (cross >> 32) + (mid >> 32),
				 mid << 32 | (low & UINT32_MAX) };
#endif
}

/* Zero bits above the highest one of v, v != 0. */
static inline int ml_leading_zeros(uint64_t v)
{
#ifdef __GNUC__
	return __builtin_clzll(v);
#else
	int n = 0;

	for (int by = 32; by; by /= 2) {
		if (!(v >> (64 - by))) {
			n += by;
			v <<= by;
		}
	}
	return n;
#endif
}

/* Zero bits below the lowest one of v, v != 0. */
static inline int ml_trailing_zeros(uint64_t v)
{
	return 63 - ml_leading_zeros(v & (0 - v));
}

#endif
