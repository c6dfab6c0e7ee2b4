/* block.c - small matrix products: 4 x 8 elements of C at a time stay in registers, with
 * AVX-512 8 x 16. */
#include "la/block.h"

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

enum { TILE_ROWS = 4, TILE_COLS = 8, WIDE_ROWS = 8, WIDE_COLS = 16 };

/* One tile: rows of C, their columns, the inner length; a, b, c already point at it. */
struct tile {
	double *c;
	size_t ldc, rows, cols, n;
	const double *a;
	size_t by_r, by_i;
	const double *b;
	size_t ldb;
};

static void tile_plain(const struct tile *t)
{
	double s[TILE_ROWS][TILE_COLS] = { { 0 } };

	for (size_t r = 0; r < t->n; r++)
		for (size_t i = 0; i < t->rows; i++)
			for (size_t j = 0; j < t->cols; j++)
				s[i][j] +=
					t->a[r * t->by_r + i * t->by_i] * t->b[r * t->ldb + j];
	for (size_t i = 0; i < t->rows; i++)
		for (size_t j = 0; j < t->cols; j++)
			t->c[i * t->ldc + j] += s[i][j];
}

/* What is done with a tile, and the largest that it takes. */
struct kernel {
	void (*multiply)(const struct tile *t);
	size_t rows, cols;
};

static const struct kernel plain = { tile_plain, TILE_ROWS, TILE_COLS };

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2,fma")))

/* Lanes k.. of a tile that has `cols` columns. */
AVX2 static __m256i lanes(size_t cols, size_t k)
{
	int64_t m[4];

	for (size_t l = 0; l < 4; l++)
		m[l] = k + l < cols ? -1 : 0;
	return _mm256_loadu_si256((const __m256i *)m);
}

AVX2 static void add_to(double *c, __m256d left, __m256d right, __m256i ml, __m256i mr)
{
	_mm256_maskstore_pd(c, ml, _mm256_add_pd(_mm256_maskload_pd(c, ml), left));
	_mm256_maskstore_pd(c + 4, mr, _mm256_add_pd(_mm256_maskload_pd(c + 4, mr), right));
}

AVX2 static void tile_one_row(const struct tile *t, const double *a, double *c)
{
	__m256i ml = lanes(t->cols, 0), mr = lanes(t->cols, 4);
	__m256d l = _mm256_setzero_pd(), r = l;
	const double *b = t->b;

	for (size_t k = 0; k < t->n; k++, a += t->by_r, b += t->ldb) {
		__m256d v = _mm256_broadcast_sd(a);
		l = _mm256_fmadd_pd(v, _mm256_maskload_pd(b, ml), l);
		r = _mm256_fmadd_pd(v, _mm256_maskload_pd(b + 4, mr), r);
	}
	add_to(c, l, r, ml, mr);
}

/* Spelled out, since only named accumulators are sure to stay in registers at -O2. */
AVX2 static void tile_four_rows(const struct tile *t)
{
	__m256i ml = lanes(t->cols, 0), mr = lanes(t->cols, 4);
	__m256d l0 = _mm256_setzero_pd(), l1 = l0, l2 = l0, l3 = l0;
	__m256d r0 = l0, r1 = l0, r2 = l0, r3 = l0;
	const double *a = t->a, *b = t->b;
	size_t i1 = t->by_i, i2 = 2 * i1, i3 = 3 * i1;

	for (size_t k = 0; k < t->n; k++, a += t->by_r, b += t->ldb) {
		__m256d bl = _mm256_maskload_pd(b, ml), br = _mm256_maskload_pd(b + 4, mr);
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
	add_to(t->c, l0, r0, ml, mr);
	add_to(t->c + t->ldc, l1, r1, ml, mr);
	add_to(t->c + 2 * t->ldc, l2, r2, ml, mr);
	add_to(t->c + 3 * t->ldc, l3, r3, ml, mr);
}

static void tile_vector(const struct tile *t)
{
	if (t->rows == TILE_ROWS)
		tile_four_rows(t);
	else
		for (size_t i = 0; i < t->rows; i++)
			tile_one_row(t, t->a + i * t->by_i, t->c + i * t->ldc);
}

#define AVX512 __attribute__((target("avx512f")))

/* Columns of a wide tile that are there, eight and eight. */
struct halves {
	__mmask8 l, r;
};

static struct halves halves_of(size_t cols)
{
	unsigned there = (1u << cols) - 1;

	return (struct halves){ (__mmask8)(there & 0xff), (__mmask8)(there >> 8) };
}

AVX512 static void add_wide(double *c, __m512d l, __m512d r, struct halves m)
{
	_mm512_mask_storeu_pd(c, m.l, _mm512_add_pd(_mm512_maskz_loadu_pd(m.l, c), l));
	_mm512_mask_storeu_pd(c + 8, m.r, _mm512_add_pd(_mm512_maskz_loadu_pd(m.r, c + 8), r));
}

/* Row i of A; behind the last row that again. */
static const double *row_of(const struct tile *t, size_t i)
{
	return t->a + (i < t->rows ? i : t->rows - 1) * t->by_i;
}

/* Kernels of four and of eight rows, and of at most eight columns: spelled out, since only
 * named accumulators are sure to stay in registers at -O2. */
#define FOUR(each) each(0) each(1) each(2) each(3)
#define EIGHT(each) FOUR(each) each(4) each(5) each(6) each(7)
#define BEGIN(i) \
	const double *a##i = row_of(t, i); \
	__m512d l##i = _mm512_setzero_pd(), r##i = l##i;
#define LEFT(i) l##i = _mm512_fmadd_pd(_mm512_set1_pd(a##i[at]), bl, l##i);
#define BOTH(i) LEFT(i) r##i = _mm512_fmadd_pd(_mm512_set1_pd(a##i[at]), br, r##i);
#define PUT(i) \
	if (i < t->rows) \
		add_wide(t->c + i * t->ldc, l##i, r##i, m);
/* clang-format off */
#define WIDE(name, rows, step) \
	AVX512 static void name(const struct tile *t) \
	{ \
		struct halves m = halves_of(t->cols); \
		const double *b = t->b; \
		rows(BEGIN) \
		for (size_t k = 0, at = 0; k < t->n; k++, at += t->by_r, b += t->ldb) { \
			__m512d bl = _mm512_maskz_loadu_pd(m.l, b); \
			__m512d br = _mm512_maskz_loadu_pd(m.r, b + 8); \
			(void)br; \
			rows(step) \
		} \
		rows(PUT) \
	}

WIDE(wide_four, FOUR, BOTH)
WIDE(wide_eight, EIGHT, BOTH)
WIDE(wide_narrow, EIGHT, LEFT)
/* clang-format on */

static void tile_wide(const struct tile *t)
{
	if (t->cols <= WIDE_COLS / 2)
		wide_narrow(t);
	else if (t->rows > WIDE_ROWS / 2)
		wide_eight(t);
	else
		wide_four(t);
}

static const struct kernel *choose(void)
{
	static const struct kernel wide = { tile_wide, WIDE_ROWS, WIDE_COLS };
	static const struct kernel vector = { tile_vector, TILE_ROWS, TILE_COLS };

	if (__builtin_cpu_supports("avx512f"))
		return &wide;
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &vector
									       : &plain;
}
#else
static const struct kernel *choose(void)
{
	return &plain;
}
#endif

/* Tiles of C; with `upper` those that lie wholly under the diagonal are skipped. */
static void all_tiles(const struct tile *whole, bool upper)
{
	const struct kernel *kernel = choose();

	for (size_t j = 0; j < whole->cols; j += kernel->cols) {
		for (size_t i = 0; i < whole->rows; i += kernel->rows) {
			struct tile t = *whole;
			if (upper && i > j + kernel->cols - 1)
				break;
			t.rows =
				whole->rows - i < kernel->rows ? whole->rows - i : kernel->rows;
			t.cols =
				whole->cols - j < kernel->cols ? whole->cols - j : kernel->cols;
			t.c += i * t.ldc + j;
			t.a += i * t.by_i;
			t.b += j;
			kernel->multiply(&t);
		}
	}
}

void ml_block_add(double *c, size_t ldc, size_t rows, size_t cols, size_t n, const double *a,
		  size_t by_r, size_t by_i, const double *b, size_t ldb)
{
	struct tile whole = { c, ldc, rows, cols, n, a, by_r, by_i, b, ldb };

	all_tiles(&whole, false);
}

void ml_block_gram(double *g, size_t ldg, size_t m, size_t n, const double *a, size_t lda)
{
	struct tile whole = { g, ldg, m, m, n, a, lda, 1, a, lda };

	all_tiles(&whole, true);
}
