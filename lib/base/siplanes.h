/* siplanes.h - SipHash-1-3 of many messages of the same length at once. */
#ifndef ML_BASE_SIPLANES_H
#define ML_BASE_SIPLANES_H

#include <stddef.h>
#include <stdint.h>

/* hash[i], i < n: that of the little-endian bytes of word[i], word[stride + i], ...,
 * word[(count - 1) * stride + i]; what ml_siphash(1, 3, ...) gives. */
void ml_siphash_lanes(const uint64_t key[2], const uint64_t *word, size_t stride, size_t count,
		      size_t n, uint64_t *hash);

#endif
