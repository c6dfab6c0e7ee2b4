/* kdnorm.c - distances of the tree: to the eight points of a block, to a box, of two points.
 * Those of points are chains of additions over the columns, without fused operations, so that
 * the vector unit changes no bit. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "la/kdtree.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#endif

enum { LANES = ML_KD_LANES };

const char *const ml_kd_norm_names[] = { "euclidean", "manhattan", "chebyshev", NULL };

static unsigned at_most(const double *d, double bound)
{
	unsigned mask = 0;

	for (unsigned l = 0; l < LANES; l++)
		mask |= (unsigned)(d[l] <= bound) << l;
	return mask;
}

static unsigned euclidean_plain(const double *block, const double *q, size_t p, double bound,
				double *d)
{
	for (size_t l = 0; l < LANES; l++)
		d[l] = 0;
	for (size_t j = 0; j < p; j++, block += LANES)
		for (size_t l = 0; l < LANES; l++)
			d[l] += (block[l] - q[j]) * (block[l] - q[j]);
	return at_most(d, bound);
}

static unsigned manhattan_plain(const double *block, const double *q, size_t p, double bound,
				double *d)
{
	for (size_t l = 0; l < LANES; l++)
		d[l] = 0;
	for (size_t j = 0; j < p; j++, block += LANES)
		for (size_t l = 0; l < LANES; l++)
			d[l] += fabs(block[l] - q[j]);
	return at_most(d, bound);
}

static unsigned chebyshev_plain(const double *block, const double *q, size_t p, double bound,
				double *d)
{
	for (size_t l = 0; l < LANES; l++)
		d[l] = 0;
	for (size_t j = 0; j < p; j++, block += LANES)
		for (size_t l = 0; l < LANES; l++)
			d[l] = fabs(block[l] - q[j]) > d[l] ? fabs(block[l] - q[j]) : d[l];
	return at_most(d, bound);
}

/* How far q is outside [lo, hi]; 0 inside. */
static inline double outside(double lo, double hi, double q)
{
	double below = lo - q, above = q - hi, most = below > above ? below : above;

	return most > 0 ? most : 0;
}

static double euclidean_box_plain(const double *lo, const double *hi, const double *q, size_t p)
{
	double d = 0;

	for (size_t j = 0; j < p; j++) {
		double out = outside(lo[j], hi[j], q[j]);
		d += out * out;
	}
	return d;
}

static double manhattan_box_plain(const double *lo, const double *hi, const double *q, size_t p)
{
	double d = 0;

	for (size_t j = 0; j < p; j++)
		d += outside(lo[j], hi[j], q[j]);
	return d;
}

static double chebyshev_box_plain(const double *lo, const double *hi, const double *q, size_t p)
{
	double d = 0;

	for (size_t j = 0; j < p; j++) {
		double out = outside(lo[j], hi[j], q[j]);
		d = out > d ? out : d;
	}
	return d;
}

#ifdef AVX2
AVX2 static unsigned store(__m256d a, __m256d b, double bound, double *d)
{
	__m256d most = _mm256_set1_pd(bound);

	_mm256_storeu_pd(d, a);
	_mm256_storeu_pd(d + 4, b);
	int low = _mm256_movemask_pd(_mm256_cmp_pd(a, most, _CMP_LE_OQ));
	int high = _mm256_movemask_pd(_mm256_cmp_pd(b, most, _CMP_LE_OQ));
	return (unsigned)(low | high << 4);
}

AVX2 static unsigned euclidean_vector(const double *block, const double *q, size_t p,
				      double bound, double *d)
{
	__m256d a = _mm256_setzero_pd(), b = a;

	for (size_t j = 0; j < p; j++, block += LANES) {
		__m256d v = _mm256_broadcast_sd(q + j);
		__m256d u = _mm256_sub_pd(_mm256_loadu_pd(block), v);
		__m256d w = _mm256_sub_pd(_mm256_loadu_pd(block + 4), v);
		a = _mm256_add_pd(a, _mm256_mul_pd(u, u));
		b = _mm256_add_pd(b, _mm256_mul_pd(w, w));
	}
	return store(a, b, bound, d);
}

AVX2 static unsigned manhattan_vector(const double *block, const double *q, size_t p,
				      double bound, double *d)
{
	__m256d a = _mm256_setzero_pd(), b = a, sign = _mm256_set1_pd(-0.0);

	for (size_t j = 0; j < p; j++, block += LANES) {
		__m256d v = _mm256_broadcast_sd(q + j);
		__m256d u = _mm256_sub_pd(_mm256_loadu_pd(block), v);
		__m256d w = _mm256_sub_pd(_mm256_loadu_pd(block + 4), v);
		a = _mm256_add_pd(a, _mm256_andnot_pd(sign, u));
		b = _mm256_add_pd(b, _mm256_andnot_pd(sign, w));
	}
	return store(a, b, bound, d);
}

AVX2 static unsigned chebyshev_vector(const double *block, const double *q, size_t p,
				      double bound, double *d)
{
	__m256d a = _mm256_setzero_pd(), b = a, sign = _mm256_set1_pd(-0.0);

	for (size_t j = 0; j < p; j++, block += LANES) {
		__m256d v = _mm256_broadcast_sd(q + j);
		__m256d u = _mm256_sub_pd(_mm256_loadu_pd(block), v);
		__m256d w = _mm256_sub_pd(_mm256_loadu_pd(block + 4), v);
		a = _mm256_max_pd(a, _mm256_andnot_pd(sign, u));
		b = _mm256_max_pd(b, _mm256_andnot_pd(sign, w));
	}
	return store(a, b, bound, d);
}

/* Four columns at a time, so in another order than distances of points: a little is taken off,
 * more than rounding can be for a million columns. */
static const double cautious = 1 - 0x1p-30;

/* Of columns j..j + 3 how far q is outside; 0 for those that are not there. */
AVX2 static inline __m256d outside_four(const double *lo, const double *hi, const double *q,
					size_t j, size_t p)
{
	static const int64_t ones[8] = { -1, -1, -1, -1 };
	__m256d l, h, v;

	if (p - j >= 4) {
		l = _mm256_loadu_pd(lo + j);
		h = _mm256_loadu_pd(hi + j);
		v = _mm256_loadu_pd(q + j);
	} else {
		__m256i there = _mm256_loadu_si256((const __m256i *)(ones + 4 - (p - j)));
		l = _mm256_maskload_pd(lo + j, there);
		h = _mm256_maskload_pd(hi + j, there);
		v = _mm256_maskload_pd(q + j, there);
	}
	l = _mm256_max_pd(_mm256_sub_pd(l, v), _mm256_sub_pd(v, h));
	return _mm256_max_pd(l, _mm256_setzero_pd());
}

AVX2 static inline double sum_four(__m256d a)
{
	__m128d s = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));

	return _mm_cvtsd_f64(_mm_add_sd(s, _mm_unpackhi_pd(s, s)));
}

AVX2 static double euclidean_box_vector(const double *lo, const double *hi, const double *q,
					size_t p)
{
	__m256d a = _mm256_setzero_pd();

	for (size_t j = 0; j < p; j += 4) {
		__m256d out = outside_four(lo, hi, q, j, p);
		a = _mm256_add_pd(a, _mm256_mul_pd(out, out));
	}
	return sum_four(a) * cautious;
}

AVX2 static double manhattan_box_vector(const double *lo, const double *hi, const double *q,
					size_t p)
{
	__m256d a = _mm256_setzero_pd();

	for (size_t j = 0; j < p; j += 4)
		a = _mm256_add_pd(a, outside_four(lo, hi, q, j, p));
	return sum_four(a) * cautious;
}

AVX2 static double chebyshev_box_vector(const double *lo, const double *hi, const double *q,
					size_t p)
{
	__m256d a = _mm256_setzero_pd();

	for (size_t j = 0; j < p; j += 4)
		a = _mm256_max_pd(a, outside_four(lo, hi, q, j, p));
	__m128d s = _mm_max_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
	return _mm_cvtsd_f64(_mm_max_sd(s, _mm_unpackhi_pd(s, s)));
}

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
#define euclidean_vector euclidean_plain
#define manhattan_vector manhattan_plain
#define chebyshev_vector chebyshev_plain
#define euclidean_box_vector euclidean_box_plain
#define manhattan_box_vector manhattan_box_plain
#define chebyshev_box_vector chebyshev_box_plain

static bool has_vectors(void)
{
	return false;
}
#endif

static const struct {
	ml_kd_block_fn *plain, *vector;
	ml_kd_box_fn *box_plain, *box_vector;
} norms[] = {
	[ML_KD_EUCLIDEAN] = { euclidean_plain, euclidean_vector, euclidean_box_plain,
			      euclidean_box_vector },
	[ML_KD_MANHATTAN] = { manhattan_plain, manhattan_vector, manhattan_box_plain,
			      manhattan_box_vector },
	[ML_KD_CHEBYSHEV] = { chebyshev_plain, chebyshev_vector, chebyshev_box_plain,
			      chebyshev_box_vector },
};

ml_kd_block_fn *ml_kd_measure(enum ml_kd_norm norm)
{
	return has_vectors() ? norms[norm].vector : norms[norm].plain;
}

ml_kd_box_fn *ml_kd_reach(enum ml_kd_norm norm)
{
	return has_vectors() ? norms[norm].box_vector : norms[norm].box_plain;
}

/* A box of one point. */
double ml_kd_between(enum ml_kd_norm norm, const double *a, const double *b, size_t p)
{
	return norms[norm].box_plain(b, b, a, p);
}

double ml_kd_raw(enum ml_kd_norm norm, double distance)
{
	return norm == ML_KD_EUCLIDEAN ? distance * distance : distance;
}

double ml_kd_plain(enum ml_kd_norm norm, double raw)
{
	return norm == ML_KD_EUCLIDEAN ? sqrt(raw) : raw;
}
