/* screen.c - the nearest points in single precision. */
#include "models/screen.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

/* A chunk stays in the first cache beside a group of points. */
enum { CHUNK_NUMBERS = 4096, CHUNK_MOST = 128 };
_Static_assert(CHUNK_MOST % ML_SCREEN_ROWS == 0, "whole tiles");

int ml_screen_init(struct ml_screen *s, size_t n, size_t p, struct ml_error *err)
{
	size_t groups = (n + ML_SCREEN_GROUP - 1) / ML_SCREEN_GROUP;

	*s = (struct ml_screen){ .n = n, .p = p };
	s->chunk = CHUNK_NUMBERS / p / ML_SCREEN_ROWS * ML_SCREEN_ROWS;
	if (s->chunk < ML_SCREEN_ROWS)
		s->chunk = ML_SCREEN_ROWS;
	if (s->chunk > CHUNK_MOST)
		s->chunk = CHUNK_MOST;
	if (!(s->c = ml_alloc(groups * ML_SCREEN_GROUP, p * sizeof *s->c, err)) ||
	    !(s->half = ml_alloc(groups * ML_SCREEN_GROUP, sizeof *s->half, err)))
		return err->code;
	return ML_OK;
}

void ml_screen_release(struct ml_screen *s)
{
	free(s->c);
	free(s->half);
	*s = (struct ml_screen){ 0 };
}

void ml_screen_set(struct ml_screen *s, const struct ml_centres *c, const double *mean,
		   double unit)
{
	size_t padded = (s->n + ML_SCREEN_GROUP - 1) / ML_SCREEN_GROUP * ML_SCREEN_GROUP;
	double most = 0;

	for (size_t k = 0; k < padded; k++) {
		float *to = s->c + k / ML_SCREEN_GROUP * s->p * ML_SCREEN_GROUP +
			    k % ML_SCREEN_GROUP;
		double square = 0;

		for (size_t j = 0; k < s->n && j < s->p; j++) {
			double v = (c->v[k * s->p + j] - mean[j]) * unit;

			to[j * ML_SCREEN_GROUP] = (float)v;
			square += v * v;
		}
		s->half[k] = k < s->n ? (float)(-square / 2) : -INFINITY;
		most = fmax(most, square);
	}
	/* Rounded up, as everything that bounds something. */
	s->most = (float)(sqrt(most) * (1 + 1e-6));
}

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512dq")))

/* ---- 16 rows, four points ---- */

/* A value of eight rows enters the ranking. */
AVX2 static inline void enter8(__m256 t, int index, __m256 *best, __m256 *second, __m256 *own)
{
	__m256 more = _mm256_cmp_ps(t, *best, _CMP_GT_OQ);
	__m256 name = _mm256_castsi256_ps(_mm256_set1_epi32(index));

	*second = _mm256_max_ps(*second, _mm256_min_ps(t, *best));
	*best = _mm256_max_ps(*best, t);
	*own = _mm256_blendv_ps(*own, name, more);
}

AVX2 static inline void rank8(const __m256 t[4], int index, const struct ml_screened *out,
			      size_t at)
{
	__m256 best = _mm256_loadu_ps(out->best + at);
	__m256 second = _mm256_loadu_ps(out->second + at);
	__m256 own = _mm256_loadu_ps((const float *)(const void *)(out->own + at));

	enter8(t[0], index, &best, &second, &own);
	enter8(t[1], index + 1, &best, &second, &own);
	enter8(t[2], index + 2, &best, &second, &own);
	enter8(t[3], index + 3, &best, &second, &own);
	_mm256_storeu_ps(out->best + at, best);
	_mm256_storeu_ps(out->second + at, second);
	_mm256_storeu_ps((float *)(void *)(out->own + at), own);
}

/* Spelled out, since only named accumulators are sure to stay in registers at -O2. */
AVX2 static void tile_avx2(const struct ml_screen *s, size_t first, const float *x, size_t at,
			   const struct ml_screened *out)
{
	const float *c = s->c + first / ML_SCREEN_GROUP * s->p * ML_SCREEN_GROUP +
			 first % ML_SCREEN_GROUP;
	const float *half = s->half + first;
	__m256 l0 = _mm256_set1_ps(half[0]), l1 = _mm256_set1_ps(half[1]);
	__m256 l2 = _mm256_set1_ps(half[2]), l3 = _mm256_set1_ps(half[3]);
	__m256 r0 = l0, r1 = l1, r2 = l2, r3 = l3;

	x += at;
	for (size_t j = 0; j < s->p; j++, x += s->chunk, c += ML_SCREEN_GROUP) {
		__m256 left = _mm256_loadu_ps(x), right = _mm256_loadu_ps(x + 8);
		__m256 v = _mm256_broadcast_ss(c);

		l0 = _mm256_fmadd_ps(left, v, l0);
		r0 = _mm256_fmadd_ps(right, v, r0);
		v = _mm256_broadcast_ss(c + 1);
		l1 = _mm256_fmadd_ps(left, v, l1);
		r1 = _mm256_fmadd_ps(right, v, r1);
		v = _mm256_broadcast_ss(c + 2);
		l2 = _mm256_fmadd_ps(left, v, l2);
		r2 = _mm256_fmadd_ps(right, v, r2);
		v = _mm256_broadcast_ss(c + 3);
		l3 = _mm256_fmadd_ps(left, v, l3);
		r3 = _mm256_fmadd_ps(right, v, r3);
	}
	const __m256 l[4] = { l0, l1, l2, l3 }, r[4] = { r0, r1, r2, r3 };
	rank8(l, (int)first, out, at);
	rank8(r, (int)first, out, at + 8);
}

AVX2 static void rows_avx2(const struct ml_screen *s, const float *x, size_t rows,
			   const struct ml_screened *out)
{
	for (size_t k = 0; k < s->n; k += ML_SCREEN_GROUP)
		for (size_t at = 0; at < rows; at += 16) {
			tile_avx2(s, k, x, at, out);
			if (k + 4 < s->n)
				tile_avx2(s, k + 4, x, at, out);
		}
}

/* ---- 32 rows, eight points ---- */

AVX512 static inline void enter16(__m512 t, int index, __m512 *best, __m512 *second,
				  __m512i *own)
{
	__mmask16 more = _mm512_cmp_ps_mask(t, *best, _CMP_GT_OQ);

	*second = _mm512_max_ps(*second, _mm512_min_ps(t, *best));
	*best = _mm512_max_ps(*best, t);
	*own = _mm512_mask_mov_epi32(*own, more, _mm512_set1_epi32(index));
}

AVX512 static inline void rank16(const __m512 t[8], int index, const struct ml_screened *out,
				 size_t at)
{
	__m512 best = _mm512_loadu_ps(out->best + at),
	       second = _mm512_loadu_ps(out->second + at);
	__m512i own = _mm512_loadu_si512(out->own + at);

	for (int k = 0; k < 8; k++)
		enter16(t[k], index + k, &best, &second, &own);
	_mm512_storeu_ps(out->best + at, best);
	_mm512_storeu_ps(out->second + at, second);
	_mm512_storeu_si512(out->own + at, own);
}

AVX512 static void tile_avx512(const struct ml_screen *s, size_t first, const float *x,
			       size_t at, const struct ml_screened *out)
{
	const float *c = s->c + first * s->p, *half = s->half + first;
	__m512 l0 = _mm512_set1_ps(half[0]), l1 = _mm512_set1_ps(half[1]);
	__m512 l2 = _mm512_set1_ps(half[2]), l3 = _mm512_set1_ps(half[3]);
	__m512 l4 = _mm512_set1_ps(half[4]), l5 = _mm512_set1_ps(half[5]);
	__m512 l6 = _mm512_set1_ps(half[6]), l7 = _mm512_set1_ps(half[7]);
	__m512 r0 = l0, r1 = l1, r2 = l2, r3 = l3, r4 = l4, r5 = l5, r6 = l6, r7 = l7;

	x += at;
	for (size_t j = 0; j < s->p; j++, x += s->chunk, c += ML_SCREEN_GROUP) {
		__m512 left = _mm512_loadu_ps(x), right = _mm512_loadu_ps(x + 16);
		__m512 v = _mm512_set1_ps(c[0]);

		l0 = _mm512_fmadd_ps(left, v, l0);
		r0 = _mm512_fmadd_ps(right, v, r0);
		v = _mm512_set1_ps(c[1]);
		l1 = _mm512_fmadd_ps(left, v, l1);
		r1 = _mm512_fmadd_ps(right, v, r1);
		v = _mm512_set1_ps(c[2]);
		l2 = _mm512_fmadd_ps(left, v, l2);
		r2 = _mm512_fmadd_ps(right, v, r2);
		v = _mm512_set1_ps(c[3]);
		l3 = _mm512_fmadd_ps(left, v, l3);
		r3 = _mm512_fmadd_ps(right, v, r3);
		v = _mm512_set1_ps(c[4]);
		l4 = _mm512_fmadd_ps(left, v, l4);
		r4 = _mm512_fmadd_ps(right, v, r4);
		v = _mm512_set1_ps(c[5]);
		l5 = _mm512_fmadd_ps(left, v, l5);
		r5 = _mm512_fmadd_ps(right, v, r5);
		v = _mm512_set1_ps(c[6]);
		l6 = _mm512_fmadd_ps(left, v, l6);
		r6 = _mm512_fmadd_ps(right, v, r6);
		v = _mm512_set1_ps(c[7]);
		l7 = _mm512_fmadd_ps(left, v, l7);
		r7 = _mm512_fmadd_ps(right, v, r7);
	}
	const __m512 l[8] = { l0, l1, l2, l3, l4, l5, l6, l7 };
	const __m512 r[8] = { r0, r1, r2, r3, r4, r5, r6, r7 };
	rank16(l, (int)first, out, at);
	rank16(r, (int)first, out, at + 16);
}

AVX512 static void rows_avx512(const struct ml_screen *s, const float *x, size_t rows,
			       const struct ml_screened *out)
{
	for (size_t k = 0; k < s->n; k += ML_SCREEN_GROUP)
		for (size_t at = 0; at < rows; at += ML_SCREEN_ROWS)
			tile_avx512(s, k, x, at, out);
}

/* ---- what is known of a row ---- */

/* Numbers that bound something are widened by more than they can be off. */
static const float wider = 1 + 0x1p-21f, narrower = 1 - 0x1p-21f;

AVX2 static __m256 squares8(const struct ml_screen *s, const float *x)
{
	__m256 sum = _mm256_setzero_ps();

	for (size_t j = 0; j < s->p; j++, x += s->chunk) {
		__m256 v = _mm256_loadu_ps(x);
		sum = _mm256_fmadd_ps(v, v, sum);
	}
	return _mm256_mul_ps(sum, _mm256_set1_ps(1 + 0x1p-22f * (float)s->p));
}

/* A product of floats that were rounded is off by 2 u of itself, u = 2^-24, a chain of p + 1
 * additions by p + 1 u of the sum of absolute values, which is at most |x| |c| + |c|^2 / 2.
 * The rest is for what double precision may tell otherwise, and for the bound's own rounding.
 */
AVX2 static __m256 error8(const struct ml_screen *s, __m256 square)
{
	__m256 u = _mm256_set1_ps(0x1p-24f * (1.5f * (float)s->p + 8) * s->most);
	__m256 norm = _mm256_add_ps(_mm256_sqrt_ps(square), _mm256_set1_ps(s->most));
	__m256 little = _mm256_add_ps(_mm256_mul_ps(square, _mm256_set1_ps(0x1p-45f)),
				      _mm256_set1_ps(0x1p-120f));

	return _mm256_add_ps(_mm256_mul_ps(norm, u), little);
}

/* |x - c|^2 = |x|^2 - 2 (x c - |c|^2 / 2) */
AVX2 static void bounds8(const struct ml_screen *s, const float *x, const float *first,
			 const float *next, float *upper, float *lower)
{
	__m256 two = _mm256_set1_ps(2), zero = _mm256_setzero_ps();
	__m256 best = _mm256_loadu_ps(first), second = _mm256_loadu_ps(next);
	__m256 square = squares8(s, x), error = _mm256_mul_ps(two, error8(s, square));
	__m256 sure = _mm256_cmp_ps(_mm256_sub_ps(best, second), error, _CMP_GT_OQ);
	__m256 off = _mm256_set1_ps(0x1p-21f * (float)(s->p + 4));
	__m256 slack = _mm256_add_ps(error, _mm256_mul_ps(square, off));
	__m256 up = _mm256_add_ps(_mm256_sub_ps(square, _mm256_mul_ps(two, best)), slack);
	__m256 low = _mm256_sub_ps(_mm256_sub_ps(square, _mm256_mul_ps(two, second)), slack);

	up = _mm256_mul_ps(_mm256_sqrt_ps(_mm256_max_ps(up, zero)), _mm256_set1_ps(wider));
	up = _mm256_add_ps(up, _mm256_set1_ps(FLT_MIN));
	low = _mm256_min_ps(_mm256_max_ps(low, zero), _mm256_set1_ps(FLT_MAX));
	low = _mm256_mul_ps(_mm256_sqrt_ps(low), _mm256_set1_ps(narrower));
	_mm256_storeu_ps(upper, _mm256_blendv_ps(_mm256_set1_ps(INFINITY), up, sure));
	_mm256_storeu_ps(lower, _mm256_and_ps(low, sure));
}

static void all_bounds(const struct ml_screen *s, const float *x, size_t rows,
		       const struct ml_screened *in, float *upper, float *lower)
{
	for (size_t i = 0; i < rows; i += 8)
		bounds8(s, x + i, in->best + i, in->second + i, upper + i, lower + i);
}

bool ml_screen_can(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static void all_rows(const struct ml_screen *s, const float *x, size_t rows,
		     const struct ml_screened *out)
{
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
		rows_avx512(s, x, rows, out);
	else
		rows_avx2(s, x, rows, out);
}
#else
bool ml_screen_can(void)
{
	return false;
}

static void all_rows(const struct ml_screen *s, const float *x, size_t rows,
		     const struct ml_screened *out)
{
	(void)s;
	(void)x;
	(void)rows;
	(void)out;
}

static void all_bounds(const struct ml_screen *s, const float *x, size_t rows,
		       const struct ml_screened *in, float *upper, float *lower)
{
	(void)s;
	(void)x;
	(void)rows;
	(void)in;
	(void)upper;
	(void)lower;
}
#endif

void ml_screen_rows(const struct ml_screen *s, const float *x, size_t rows,
		    struct ml_screened *out)
{
	for (size_t i = 0; i < rows; i++) {
		out->best[i] = out->second[i] = -INFINITY;
		out->own[i] = 0;
	}
	all_rows(s, x, rows, out);
}

void ml_screen_bounds(const struct ml_screen *s, const float *x, size_t rows,
		      const struct ml_screened *in, float *upper, float *lower)
{
	all_bounds(s, x, rows, in, upper, lower);
}
