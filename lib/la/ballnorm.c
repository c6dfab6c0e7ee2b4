/* ballnorm.c - how far a query is from the centre of a ball, four columns at a time.
 *
 * The additions stand in another order than those of distances of points: what comes of it is
 * for bounds, which leave room for rounding. */
#include <math.h>
#include <stdbool.h>

#include "la/balltree.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#endif

#ifdef AVX2
AVX2 static double sum_eight(__m256d a, __m256d b)
{
	__m256d c = _mm256_add_pd(a, b);
	__m128d s = _mm_add_pd(_mm256_castpd256_pd128(c), _mm256_extractf128_pd(c, 1));

	return _mm_cvtsd_f64(_mm_add_sd(s, _mm_unpackhi_pd(s, s)));
}

/* The sum of squares, or of sizes. */
AVX2 static inline __attribute__((always_inline)) double sum_vector(const double *c,
								    const double *q, size_t p,
								    bool squares)
{
	__m256d s[2] = { _mm256_setzero_pd(), _mm256_setzero_pd() };
	double rest = 0;
	size_t j = 0;

	for (; j + 8 <= p; j += 8)
		for (size_t h = 0; h < 2; h++) {
			__m256d d = _mm256_sub_pd(_mm256_loadu_pd(c + j + 4 * h),
						  _mm256_loadu_pd(q + j + 4 * h));
			s[h] = _mm256_add_pd(
				s[h], squares ? _mm256_mul_pd(d, d)
					      : _mm256_andnot_pd(_mm256_set1_pd(-0.0), d));
		}
	for (; j < p; j++)
		rest += squares ? (c[j] - q[j]) * (c[j] - q[j]) : fabs(c[j] - q[j]);
	return sum_eight(s[0], s[1]) + rest;
}

AVX2 static double euclidean_vector(const double *c, const double *q, size_t p)
{
	return sum_vector(c, q, p, true);
}

AVX2 static double manhattan_vector(const double *c, const double *q, size_t p)
{
	return sum_vector(c, q, p, false);
}

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
static bool has_vectors(void)
{
	return false;
}
#endif

static double euclidean_plain(const double *c, const double *q, size_t p)
{
	return ml_kd_between(ML_KD_EUCLIDEAN, c, q, p);
}

static double manhattan_plain(const double *c, const double *q, size_t p)
{
	return ml_kd_between(ML_KD_MANHATTAN, c, q, p);
}

static double chebyshev_plain(const double *c, const double *q, size_t p)
{
	return ml_kd_between(ML_KD_CHEBYSHEV, c, q, p);
}

#ifndef AVX2
#define euclidean_vector euclidean_plain
#define manhattan_vector manhattan_plain
#endif

static const struct {
	ml_ball_apart_fn *plain, *vector;
} norms[] = {
	[ML_KD_EUCLIDEAN] = { euclidean_plain, euclidean_vector },
	[ML_KD_MANHATTAN] = { manhattan_plain, manhattan_vector },
	[ML_KD_CHEBYSHEV] = { chebyshev_plain, chebyshev_plain },
};

ml_ball_apart_fn *ml_ball_apart(enum ml_kd_norm norm)
{
	return has_vectors() ? norms[norm].vector : norms[norm].plain;
}
