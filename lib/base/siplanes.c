/* siplanes.c - SipHash-1-3 of many messages of the same length at once.
 *
 * One message is a chain of operations that each wait for the one before; eight in the lanes of
 * AVX-512 registers take the time of one. */
#include "base/siplanes.h"

#include <stdbool.h>

#include "base/siphash.h"

/* "somepseudorandomlygeneratedbytes" */
static const uint64_t some[4] = { UINT64_C(0x736f6d6570736575), UINT64_C(0x646f72616e646f6d),
				  UINT64_C(0x6c7967656e657261), UINT64_C(0x7465646279746573) };

static uint64_t one(const uint64_t key[2], const uint64_t *word, size_t stride, size_t count)
{
	uint64_t v[4] = { key[0] ^ some[0], key[1] ^ some[1], key[0] ^ some[2],
			  key[1] ^ some[3] };

	for (size_t k = 0; k < count; k++)
		ml_sip_mix(v, 1, word[k * stride]);
	ml_sip_mix(v, 1, (uint64_t)count * 8 << 56);
	v[2] ^= 0xff;
	ml_sip_rounds(v, 3);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f")))
enum { LANES = 8 };

WIDE static inline void rounds(__m512i v[4], int n)
{
	for (int i = 0; i < n; i++) {
		v[0] = _mm512_add_epi64(v[0], v[1]);
		v[2] = _mm512_add_epi64(v[2], v[3]);
		v[1] = _mm512_xor_si512(_mm512_rol_epi64(v[1], 13), v[0]);
		v[3] = _mm512_xor_si512(_mm512_rol_epi64(v[3], 16), v[2]);
		v[0] = _mm512_add_epi64(_mm512_rol_epi64(v[0], 32), v[3]);
		v[2] = _mm512_add_epi64(v[2], v[1]);
		v[1] = _mm512_xor_si512(_mm512_rol_epi64(v[1], 17), v[2]);
		v[3] = _mm512_xor_si512(_mm512_rol_epi64(v[3], 21), v[0]);
		v[2] = _mm512_rol_epi64(v[2], 32);
	}
}

WIDE static inline void mix(__m512i v[4], __m512i word)
{
	v[3] = _mm512_xor_si512(v[3], word);
	rounds(v, 1);
	v[0] = _mm512_xor_si512(v[0], word);
}

WIDE static void eight(const uint64_t key[2], const uint64_t *word, size_t stride, size_t count,
		       uint64_t *hash)
{
	__m512i v[4];

	for (int i = 0; i < 4; i++)
		v[i] = _mm512_set1_epi64((long long)(key[i % 2] ^ some[i]));
	for (size_t k = 0; k < count; k++)
		mix(v, _mm512_loadu_si512(word + k * stride));
	mix(v, _mm512_set1_epi64((long long)((uint64_t)count * 8 << 56)));
	v[2] = _mm512_xor_si512(v[2], _mm512_set1_epi64(0xff));
	rounds(v, 3);
	v[0] = _mm512_xor_si512(_mm512_xor_si512(v[0], v[1]), _mm512_xor_si512(v[2], v[3]));
	_mm512_storeu_si512(hash, v[0]);
}

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx512f");
}
#else
enum { LANES = 1 };

static void eight(const uint64_t key[2], const uint64_t *word, size_t stride, size_t count,
		  uint64_t *hash)
{
	*hash = one(key, word, stride, count);
}

static bool has_vectors(void)
{
	return true;
}
#endif

void ml_siphash_lanes(const uint64_t key[2], const uint64_t *word, size_t stride, size_t count,
		      size_t n, uint64_t *hash)
{
	size_t i = 0;

	if (has_vectors())
		for (; n - i >= LANES; i += LANES)
			eight(key, word + i, stride, count, hash + i);
	for (; i < n; i++)
		hash[i] = one(key, word + i, stride, count);
}
