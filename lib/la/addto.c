/* addto.c - four numbers at a time, in the compiler's own vectors: compiled plain and for AVX2.
 */
#include "la/addto.h"

#include <string.h>

enum { LANES = 4 };
typedef double reals __attribute__((vector_size(8 * LANES)));
typedef float singles __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline))

INLINE void from(float *to, const double *v, size_t n)
{
	size_t k = 0;

	for (; n - k >= LANES; k += LANES) {
		reals x;
		memcpy(&x, v + k, sizeof x);
		singles y = __builtin_convertvector(x, singles);
		memcpy(to + k, &y, sizeof y);
	}
	for (; k < n; k++)
		to[k] = (float)v[k];
}

INLINE void add(double *sum, const float *const *row, const double *d, size_t rows, size_t at,
		size_t n)
{
	size_t k = 0;

	for (; n - k >= LANES; k += LANES) {
		reals s;
		memcpy(&s, sum + k, sizeof s);
		for (size_t r = 0; r < rows; r++) {
			singles y;
			memcpy(&y, row[r] + at + k, sizeof y);
			s += d[r] * __builtin_convertvector(y, reals);
		}
		memcpy(sum + k, &s, sizeof s);
	}
	for (; k < n; k++)
		for (size_t r = 0; r < rows; r++)
			sum[k] += d[r] * (double)row[r][at + k];
}

INLINE void multiple(double *sum, const double *v, double d, size_t n)
{
	size_t k = 0;

	for (; n - k >= LANES; k += LANES) {
		reals s, x;
		memcpy(&s, sum + k, sizeof s);
		memcpy(&x, v + k, sizeof x);
		s += d * x;
		memcpy(sum + k, &s, sizeof s);
	}
	for (; k < n; k++)
		sum[k] += d * v[k];
}

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2")))

AVX2 static void from_vector(float *to, const double *v, size_t n)
{
	from(to, v, n);
}

AVX2 static void add_vector(double *sum, const float *const *row, const double *d, size_t rows,
			    size_t at, size_t n)
{
	add(sum, row, d, rows, at, n);
}

AVX2 static void multiple_vector(double *sum, const double *v, double d, size_t n)
{
	multiple(sum, v, d, n);
}

void ml_single_from(float *to, const double *v, size_t n)
{
	if (__builtin_cpu_supports("avx2"))
		from_vector(to, v, n);
	else
		from(to, v, n);
}

void ml_add_singles(double *sum, const float *const *row, const double *d, size_t rows,
		    size_t at, size_t n)
{
	if (__builtin_cpu_supports("avx2"))
		add_vector(sum, row, d, rows, at, n);
	else
		add(sum, row, d, rows, at, n);
}

void ml_add_multiple(double *sum, const double *v, double d, size_t n)
{
	if (__builtin_cpu_supports("avx2"))
		multiple_vector(sum, v, d, n);
	else
		multiple(sum, v, d, n);
}
#else
void ml_add_multiple(double *sum, const double *v, double d, size_t n)
{
	multiple(sum, v, d, n);
}

void ml_single_from(float *to, const double *v, size_t n)
{
	from(to, v, n);
}

void ml_add_singles(double *sum, const float *const *row, const double *d, size_t rows,
		    size_t at, size_t n)
{
	add(sum, row, d, rows, at, n);
}
#endif
