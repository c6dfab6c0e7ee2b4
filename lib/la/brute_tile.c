/* brute_tile.c - sixteen points against six queries in single precision. */
#include "la/brute.h"

#include <stdbool.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,fma")))
#endif

enum { POINTS = ML_BRUTE_POINTS, QUERIES = ML_BRUTE_QUERIES, ROOM = ML_BRUTE_ROOM };

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

/* Spelled out, since only named accumulators are sure to stay in registers at -O2. */
AVX2 static void tile_vector(const float *f, const float *half, const float *q, size_t p,
			     const float *limit, unsigned mask[QUERIES])
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

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
#define tile_vector tile_plain

static bool has_vectors(void)
{
	return false;
}
#endif

void ml_brute_tile(const float *f, const float *half, const float *q, size_t p,
		   const float *limit, unsigned mask[QUERIES])
{
	(has_vectors() ? tile_vector : tile_plain)(f, half, q, p, limit, mask);
}
