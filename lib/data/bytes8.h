/* bytes8.h - eight bytes of text looked at in one word.
 *
 * Byte i of the text is bits 8i..8i+7 on every machine.  A mask has the top bit of each byte
 * that answers yes; unlike the well-known trick with a borrow it is exact for all eight, so
 * that every hit of a word can be used (Warren, Hacker's Delight, 6-1). */
#ifndef ML_DATA_BYTES8_H
#define ML_DATA_BYTES8_H

#include <stddef.h>
#include <stdint.h>

#define ML_EIGHT(byte) (UINT64_C(0x0101010101010101) * (unsigned char)(byte))

/* Compilers make one load of it. */
static inline uint64_t ml_eight_load(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	return (uint64_t)s[0] | (uint64_t)s[1] << 8 | (uint64_t)s[2] << 16 |
	       (uint64_t)s[3] << 24 | (uint64_t)s[4] << 32 | (uint64_t)s[5] << 40 |
	       (uint64_t)s[6] << 48 | (uint64_t)s[7] << 56;
}

/* Nonzero low bits wherever a byte differs from that of `pattern`, top bits only. */
static inline uint64_t ml_eight_differ(uint64_t w, uint64_t pattern)
{
	uint64_t x = w ^ pattern;

	return ((x & ML_EIGHT(0x7f)) + ML_EIGHT(0x7f)) | x;
}

static inline uint64_t ml_eight_equal(uint64_t w, uint64_t pattern)
{
	return ~ml_eight_differ(w, pattern) & ML_EIGHT(0x80);
}

/* Bytes below 0x80 that are less than `limit` (at most 0x80). */
static inline uint64_t ml_eight_below(uint64_t w, unsigned char limit)
{
	return ~((w | ML_EIGHT(0x80)) - ML_EIGHT(limit)) & ~w & ML_EIGHT(0x80);
}

/* The eight answers of a mask as bits 0..7: each top bit is moved to its own place in the last
 * byte. */
static inline uint64_t ml_eight_bits(uint64_t mask)
{
	return (mask >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* Index of the first byte of a mask that is not zero. */
static inline size_t ml_eight_first(uint64_t mask)
{
	return (size_t)__builtin_ctzll(mask) / 8;
}

#endif
