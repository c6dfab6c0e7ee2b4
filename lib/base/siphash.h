/* siphash.h - SipHash-c-d (Aumasson, Bernstein 2012) of bytes under a key (k0, k1).
 * The rounds are parameters so that the published vectors of 2-4 check the code that the
 * tables in memory use as 1-3 (hash.h); with constants the loops unroll. */
#ifndef ML_BASE_SIPHASH_H
#define ML_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t ml_sip_rotate(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static inline void ml_sip_rounds(uint64_t v[4], int rounds)
{
	for (int i = 0; i < rounds; i++) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = ml_sip_rotate(v[1], 13) ^ v[0];
		v[3] = ml_sip_rotate(v[3], 16) ^ v[2];
		v[0] = ml_sip_rotate(v[0], 32) + v[3];
		v[2] += v[1];
		v[1] = ml_sip_rotate(v[1], 17) ^ v[2];
		v[3] = ml_sip_rotate(v[3], 21) ^ v[0];
		v[2] = ml_sip_rotate(v[2], 32);
	}
}

/* Compilers make one load of it. */
static inline uint64_t ml_sip_four(const unsigned char *s)
{
	return s[0] | (uint64_t)s[1] << 8 | (uint64_t)s[2] << 16 | (uint64_t)s[3] << 24;
}

/* The n < 8 last bytes as a little-endian word: loads that overlap, no loop. */
static inline uint64_t ml_sip_tail(const unsigned char *s, size_t n)
{
	if (n >= 4)
		return ml_sip_four(s) | ml_sip_four(s + n - 4) << 8 * (n - 4);
	if (!n)
		return 0;
	return s[0] | (uint64_t)s[n / 2] << 8 * (n / 2) | (uint64_t)s[n - 1] << 8 * (n - 1);
}

/* One word of the message. */
static inline void ml_sip_mix(uint64_t v[4], int c, uint64_t word)
{
	v[3] ^= word;
	ml_sip_rounds(v, c);
	v[0] ^= word;
}

static inline uint64_t ml_siphash(int c, int d, uint64_t k0, uint64_t k1, const void *bytes,
				  size_t n)
{
	const unsigned char *s = bytes;
	/* "somepseudorandomlygeneratedbytes" */
	uint64_t v[4] = { k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
			  k0 ^ UINT64_C(0x6c7967656e657261),
			  k1 ^ UINT64_C(0x7465646279746573) };
	size_t left = n;

	for (; left >= 8; left -= 8, s += 8)
		ml_sip_mix(v, c, ml_sip_four(s) | ml_sip_four(s + 4) << 32);
	ml_sip_mix(v, c, (uint64_t)n << 56 | ml_sip_tail(s, left));
	v[2] ^= 0xff;
	ml_sip_rounds(v, d);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif
