/* brute_tile.c - sixteen points against twelve queries in single precision.
 *
 * The order of additions is the same everywhere, and what the tile lets through is measured
 * again: no bit of a result depends on the vector unit. */
#include "la/brute.h"

#include <stdbool.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f")))
#endif

enum { POINTS = ML_BRUTE_POINTS, QUERIES = ML_BRUTE_QUERIES, ROOM = ML_BRUTE_ROOM };
enum { HALF = QUERIES / 2 };

static void tile_plain(const float *f, const float *half, const float *q, size_t p,
		       const float *limit, unsigned mask[QUERIES])
{
	for (size_t i = 0; i < QUERIES; i++) {
		float s[POINTS];

		mask[i] = 0;
		for (size_t l = 0; l < POINTS; l++)
			s[l] = half[l];
		for (size_t j = 0; j < p; j++)
			for (size_t l = 0; l < POINTS; l++)
				s[l] -= f[j * POINTS + l] * q[j * ROOM + i];
		for (size_t l = 0; l < POINTS; l++)
			mask[i] |= (unsigned)(s[l] <= limit[i]) << l;
	}
}

#ifdef AVX2
AVX2 static unsigned at_most(__m256 low, __m256 high, const float *limit)
{
	__m256 most = _mm256_broadcast_ss(limit);
	int l = _mm256_movemask_ps(_mm256_cmp_ps(low, most, _CMP_LE_OQ));
	int h = _mm256_movemask_ps(_mm256_cmp_ps(high, most, _CMP_LE_OQ));

	return (unsigned)(l | h << 8);
}

/* Half of the queries.  Spelled out, since only named accumulators are sure to stay in
 * registers at -O2. */
AVX2 static void tile_half(const float *f, const float *half, const float *q, size_t p,
			   const float *limit, unsigned mask[HALF])
{
	__m256 l0 = _mm256_loadu_ps(half), h0 = _mm256_loadu_ps(half + 8);
	__m256 l1 = l0, l2 = l0, l3 = l0, l4 = l0, l5 = l0;
	__m256 h1 = h0, h2 = h0, h3 = h0, h4 = h0, h5 = h0;

	for (size_t j = 0; j < p; j++, f += POINTS, q += ROOM) {
		__m256 l = _mm256_loadu_ps(f), h = _mm256_loadu_ps(f + 8);
		__m256 v = _mm256_broadcast_ss(q);
		l0 = _mm256_fnmadd_ps(v, l, l0);
		h0 = _mm256_fnmadd_ps(v, h, h0);
		v = _mm256_broadcast_ss(q + 1);
		l1 = _mm256_fnmadd_ps(v, l, l1);
		h1 = _mm256_fnmadd_ps(v, h, h1);
		v = _mm256_broadcast_ss(q + 2);
		l2 = _mm256_fnmadd_ps(v, l, l2);
		h2 = _mm256_fnmadd_ps(v, h, h2);
		v = _mm256_broadcast_ss(q + 3);
		l3 = _mm256_fnmadd_ps(v, l, l3);
		h3 = _mm256_fnmadd_ps(v, h, h3);
		v = _mm256_broadcast_ss(q + 4);
		l4 = _mm256_fnmadd_ps(v, l, l4);
		h4 = _mm256_fnmadd_ps(v, h, h4);
		v = _mm256_broadcast_ss(q + 5);
		l5 = _mm256_fnmadd_ps(v, l, l5);
		h5 = _mm256_fnmadd_ps(v, h, h5);
	}
	mask[0] = at_most(l0, h0, limit);
	mask[1] = at_most(l1, h1, limit + 1);
	mask[2] = at_most(l2, h2, limit + 2);
	mask[3] = at_most(l3, h3, limit + 3);
	mask[4] = at_most(l4, h4, limit + 4);
	mask[5] = at_most(l5, h5, limit + 5);
}

AVX2 static void tile_vector(const float *f, const float *half, const float *q, size_t p,
			     const float *limit, unsigned mask[QUERIES])
{
	tile_half(f, half, q, p, limit, mask);
	tile_half(f, half, q + HALF, p, limit + HALF, mask + HALF);
}

/* All of them, a register of sixteen points each. */
AVX512 static void tile_wide(const float *f, const float *half, const float *q, size_t p,
			     const float *limit, unsigned mask[QUERIES])
{
	__m512 s0 = _mm512_loadu_ps(half), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
	__m512 s6 = s0, s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0;

	for (size_t j = 0; j < p; j++, f += POINTS, q += ROOM) {
		__m512 v = _mm512_loadu_ps(f);
		s0 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[0]), s0);
		s1 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[1]), s1);
		s2 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[2]), s2);
		s3 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[3]), s3);
		s4 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[4]), s4);
		s5 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[5]), s5);
		s6 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[6]), s6);
		s7 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[7]), s7);
		s8 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[8]), s8);
		s9 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[9]), s9);
		s10 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[10]), s10);
		s11 = _mm512_fnmadd_ps(v, _mm512_set1_ps(q[11]), s11);
	}
#define AT_MOST(i) mask[i] = _mm512_cmp_ps_mask(s##i, _mm512_set1_ps(limit[i]), _CMP_LE_OQ)
	AT_MOST(0);
	AT_MOST(1);
	AT_MOST(2);
	AT_MOST(3);
	AT_MOST(4);
	AT_MOST(5);
	AT_MOST(6);
	AT_MOST(7);
	AT_MOST(8);
	AT_MOST(9);
	AT_MOST(10);
	AT_MOST(11);
#undef AT_MOST
}

static ml_brute_tile_fn *choose(void)
{
	if (__builtin_cpu_supports("avx512f"))
		return tile_wide;
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? tile_vector
									       : tile_plain;
}
#else
static ml_brute_tile_fn *choose(void)
{
	return tile_plain;
}
#endif

ml_brute_tile_fn *ml_brute_tile(void)
{
	return choose();
}
