/* kdnorm.c - distances of the tree: to the eight points of a block, to a box, of two points.
 * All are chains of additions over the columns, without fused operations, so that the vector
 * unit changes no bit. */
#include <math.h>
#include <stdbool.h>

#include "la/kdtree.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#endif

enum { LANES = ML_KD_LANES };

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

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
#define euclidean_vector euclidean_plain
#define manhattan_vector manhattan_plain
#define chebyshev_vector chebyshev_plain

static bool has_vectors(void)
{
	return false;
}
#endif

/* How far q is outside [lo, hi]; 0 inside. */
static inline double outside(double lo, double hi, double q)
{
	double below = lo - q, above = q - hi, most = below > above ? below : above;

	return most > 0 ? most : 0;
}

static double euclidean_box(const double *lo, const double *hi, const double *q, size_t p)
{
	double d = 0;

	for (size_t j = 0; j < p; j++) {
		double out = outside(lo[j], hi[j], q[j]);
		d += out * out;
	}
	return d;
}

static double manhattan_box(const double *lo, const double *hi, const double *q, size_t p)
{
	double d = 0;

	for (size_t j = 0; j < p; j++)
		d += outside(lo[j], hi[j], q[j]);
	return d;
}

static double chebyshev_box(const double *lo, const double *hi, const double *q, size_t p)
{
	double d = 0;

	for (size_t j = 0; j < p; j++) {
		double out = outside(lo[j], hi[j], q[j]);
		d = out > d ? out : d;
	}
	return d;
}

static const struct {
	ml_kd_block_fn *plain, *vector;
	ml_kd_box_fn *box;
} norms[] = {
	[ML_KD_EUCLIDEAN] = { euclidean_plain, euclidean_vector, euclidean_box },
	[ML_KD_MANHATTAN] = { manhattan_plain, manhattan_vector, manhattan_box },
	[ML_KD_CHEBYSHEV] = { chebyshev_plain, chebyshev_vector, chebyshev_box },
};

ml_kd_block_fn *ml_kd_measure(enum ml_kd_norm norm)
{
	return has_vectors() ? norms[norm].vector : norms[norm].plain;
}

ml_kd_box_fn *ml_kd_reach(enum ml_kd_norm norm)
{
	return norms[norm].box;
}

/* A box of one point. */
double ml_kd_between(enum ml_kd_norm norm, const double *a, const double *b, size_t p)
{
	return norms[norm].box(b, b, a, p);
}

double ml_kd_raw(enum ml_kd_norm norm, double distance)
{
	return norm == ML_KD_EUCLIDEAN ? distance * distance : distance;
}

double ml_kd_plain(enum ml_kd_norm norm, double raw)
{
	return norm == ML_KD_EUCLIDEAN ? sqrt(raw) : raw;
}
