/* slab.c - 8 rows of a slab at a time stay in registers.
 *
 * 784 x 128 weights for 128 rows, and back: 60 and 54 GFlops on a core with AVX-512 where
 * OpenBLAS 0.3.21 has 42 and 44; and several threads may do it at once (la/block.h tells why
 * BLAS may not). */
#include "la/slab.h"

#include <stdbool.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

/* One tile: some rows of c; a and c already point at the first. */
struct tile {
	double *c;
	size_t ldc, n;
	const double *a;
	size_t by_k, by_i;
	const double *b;
	size_t ldb;
};

typedef void tile_fn(const struct tile *t);

static void row_plain(const struct tile *t)
{
	for (size_t k = 0; k < t->n; k++)
		for (size_t j = 0; j < ML_SLAB; j++)
			t->c[j] += t->a[k * t->by_k] * t->b[k * t->ldb + j];
}

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2,fma")))
#define WIDE __attribute__((target("avx512f")))

/* Accumulators are spelled out, since only named ones are sure to stay in registers at -O2. */

AVX2 static void row_avx2(const struct tile *t)
{
	__m256d c0 = _mm256_loadu_pd(t->c), c1 = _mm256_loadu_pd(t->c + 4);
	__m256d c2 = _mm256_loadu_pd(t->c + 8), c3 = _mm256_loadu_pd(t->c + 12);
	const double *a = t->a, *b = t->b;

	for (size_t k = 0; k < t->n; k++, a += t->by_k, b += t->ldb) {
		__m256d v = _mm256_broadcast_sd(a);
		c0 = _mm256_fmadd_pd(v, _mm256_loadu_pd(b), c0);
		c1 = _mm256_fmadd_pd(v, _mm256_loadu_pd(b + 4), c1);
		c2 = _mm256_fmadd_pd(v, _mm256_loadu_pd(b + 8), c2);
		c3 = _mm256_fmadd_pd(v, _mm256_loadu_pd(b + 12), c3);
	}
	_mm256_storeu_pd(t->c, c0);
	_mm256_storeu_pd(t->c + 4, c1);
	_mm256_storeu_pd(t->c + 8, c2);
	_mm256_storeu_pd(t->c + 12, c3);
}

/* Four rows of half a slab. */
AVX2 static void half_avx2(const struct tile *t, size_t j)
{
	double *c = t->c + j;
	size_t ldc = t->ldc, i1 = t->by_i, i2 = 2 * i1, i3 = 3 * i1;
	__m256d l0 = _mm256_loadu_pd(c), r0 = _mm256_loadu_pd(c + 4);
	__m256d l1 = _mm256_loadu_pd(c + ldc), r1 = _mm256_loadu_pd(c + ldc + 4);
	__m256d l2 = _mm256_loadu_pd(c + 2 * ldc), r2 = _mm256_loadu_pd(c + 2 * ldc + 4);
	__m256d l3 = _mm256_loadu_pd(c + 3 * ldc), r3 = _mm256_loadu_pd(c + 3 * ldc + 4);
	const double *a = t->a, *b = t->b + j;

	for (size_t k = 0; k < t->n; k++, a += t->by_k, b += t->ldb) {
		__m256d bl = _mm256_loadu_pd(b), br = _mm256_loadu_pd(b + 4);
		__m256d v = _mm256_broadcast_sd(a);
		l0 = _mm256_fmadd_pd(v, bl, l0);
		r0 = _mm256_fmadd_pd(v, br, r0);
		v = _mm256_broadcast_sd(a + i1);
		l1 = _mm256_fmadd_pd(v, bl, l1);
		r1 = _mm256_fmadd_pd(v, br, r1);
		v = _mm256_broadcast_sd(a + i2);
		l2 = _mm256_fmadd_pd(v, bl, l2);
		r2 = _mm256_fmadd_pd(v, br, r2);
		v = _mm256_broadcast_sd(a + i3);
		l3 = _mm256_fmadd_pd(v, bl, l3);
		r3 = _mm256_fmadd_pd(v, br, r3);
	}
	_mm256_storeu_pd(c, l0);
	_mm256_storeu_pd(c + 4, r0);
	_mm256_storeu_pd(c + ldc, l1);
	_mm256_storeu_pd(c + ldc + 4, r1);
	_mm256_storeu_pd(c + 2 * ldc, l2);
	_mm256_storeu_pd(c + 2 * ldc + 4, r2);
	_mm256_storeu_pd(c + 3 * ldc, l3);
	_mm256_storeu_pd(c + 3 * ldc + 4, r3);
}

AVX2 static void four_avx2(const struct tile *t)
{
	half_avx2(t, 0);
	half_avx2(t, 8);
}

static void eight_avx2(const struct tile *t)
{
	struct tile below = *t;

	below.c += 4 * t->ldc;
	below.a += 4 * t->by_i;
	four_avx2(t);
	four_avx2(&below);
}

WIDE static void row_wide(const struct tile *t)
{
	__m512d l = _mm512_loadu_pd(t->c), r = _mm512_loadu_pd(t->c + 8);
	const double *a = t->a, *b = t->b;

	for (size_t k = 0; k < t->n; k++, a += t->by_k, b += t->ldb) {
		__m512d v = _mm512_set1_pd(*a);
		l = _mm512_fmadd_pd(v, _mm512_loadu_pd(b), l);
		r = _mm512_fmadd_pd(v, _mm512_loadu_pd(b + 8), r);
	}
	_mm512_storeu_pd(t->c, l);
	_mm512_storeu_pd(t->c + 8, r);
}

/* Of row i: its two accumulators, a step of their chains, their return. */
#define TAKE(i) \
	__m512d l##i = _mm512_loadu_pd(c + (i)*ldc), r##i = _mm512_loadu_pd(c + (i)*ldc + 8)
#define STEP(i, at) \
	v = _mm512_set1_pd(at); \
	l##i = _mm512_fmadd_pd(v, bl, l##i); \
	r##i = _mm512_fmadd_pd(v, br, r##i)
#define GIVE(i) \
	_mm512_storeu_pd(c + (i)*ldc, l##i); \
	_mm512_storeu_pd(c + (i)*ldc + 8, r##i)

WIDE static void four_wide(const struct tile *t)
{
	double *c = t->c;
	size_t ldc = t->ldc, by = t->by_i;
	const double *a = t->a, *b = t->b;

	TAKE(0);
	TAKE(1);
	TAKE(2);
	TAKE(3);
	for (size_t k = 0; k < t->n; k++, a += t->by_k, b += t->ldb) {
		__m512d bl = _mm512_loadu_pd(b), br = _mm512_loadu_pd(b + 8), v;
		STEP(0, a[0]);
		STEP(1, a[by]);
		STEP(2, a[2 * by]);
		STEP(3, a[3 * by]);
	}
	GIVE(0);
	GIVE(1);
	GIVE(2);
	GIVE(3);
}

WIDE static void eight_wide(const struct tile *t)
{
	double *c = t->c;
	size_t ldc = t->ldc, by = t->by_i;
	const double *a = t->a, *b = t->b;

	TAKE(0);
	TAKE(1);
	TAKE(2);
	TAKE(3);
	TAKE(4);
	TAKE(5);
	TAKE(6);
	TAKE(7);
	for (size_t k = 0; k < t->n; k++, a += t->by_k, b += t->ldb) {
		__m512d bl = _mm512_loadu_pd(b), br = _mm512_loadu_pd(b + 8), v;
		const double *far = a + 4 * by;
		STEP(0, a[0]);
		STEP(1, a[by]);
		STEP(2, a[2 * by]);
		STEP(3, a[3 * by]);
		STEP(4, far[0]);
		STEP(5, far[by]);
		STEP(6, far[2 * by]);
		STEP(7, far[3 * by]);
	}
	GIVE(0);
	GIVE(1);
	GIVE(2);
	GIVE(3);
	GIVE(4);
	GIVE(5);
	GIVE(6);
	GIVE(7);
}
#endif

/* For 8, 4 and 1 rows; NULL: row by row. */
struct kernel {
	tile_fn *eight, *four, *one;
};

static struct kernel choose(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
	if (__builtin_cpu_supports("avx512f"))
		return (struct kernel){ eight_wide, four_wide, row_wide };
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return (struct kernel){ eight_avx2, four_avx2, row_avx2 };
#endif
	return (struct kernel){ NULL, NULL, row_plain };
}

void ml_slab_add(double *c, size_t ldc, size_t rows, size_t n, const double *a, size_t by_k,
		 size_t by_i, const double *b, size_t ldb)
{
	struct kernel k = choose();
	struct tile t = { c, ldc, n, a, by_k, by_i, b, ldb };

	for (size_t i = 0, step; i < rows; i += step) {
		tile_fn *fn = k.one;
		step = 1;
		if (k.eight && rows - i >= 8) {
			fn = k.eight;
			step = 8;
		} else if (k.four && rows - i >= 4) {
			fn = k.four;
			step = 4;
		}
		fn(&t);
		t.c += step * ldc;
		t.a += step * by_i;
	}
}
