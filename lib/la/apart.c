/* apart.c - squares of differences, four at a time where the CPU can.  Multiplications and
 * additions stay apart (no fused ones), so that each number is rounded as it would be alone. */
#include "la/apart.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

__attribute__((target("avx2"))) static size_t add_vectors(double *u, const double *z, double x,
							  double by, size_t m)
{
	const __m256d xs = _mm256_set1_pd(x), bys = _mm256_set1_pd(by);
	size_t b = 0;

	for (; b + 4 <= m; b += 4) {
		__m256d d = _mm256_mul_pd(_mm256_sub_pd(xs, _mm256_loadu_pd(z + b)), bys);
		_mm256_storeu_pd(u + b,
				 _mm256_add_pd(_mm256_loadu_pd(u + b), _mm256_mul_pd(d, d)));
	}
	return b;
}

/* How many were done. */
static size_t add_some(double *u, const double *z, double x, double by, size_t m)
{
	return __builtin_cpu_supports("avx2") ? add_vectors(u, z, x, by, m) : 0;
}
#else
static size_t add_some(double *u, const double *z, double x, double by, size_t m)
{
	(void)u;
	(void)z;
	(void)x;
	(void)by;
	(void)m;
	return 0;
}
#endif

void ml_apart_add(double *u, const double *z, double x, double by, size_t m)
{
	for (size_t b = add_some(u, z, x, by, m); b < m; b++) {
		double d = (x - z[b]) * by;
		u[b] += d * d;
	}
}
