/* cloud.c - rows as points. */
#include "models/cloud.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/columnwise.h"
#include "la/slices.h"
#include "models/centres.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

/* ---- how far they reach ---- */

struct reach {
	const struct ml_cloud *c;
	struct ml_slices slices;
	double *most; /* of each slice: the largest |x|, the largest |x - mean| */
};

static int look(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct reach *r = arg;
	const struct ml_problem *p = r->c->p;
	double far = 0, large = 0;

	(void)worker;
	(void)err;
	for (size_t j = 0; j < p->x.cols; j++) {
		const double *v = p->x.v ? p->x.v + j : p->col[j], mean = r->c->mean[j];
		size_t step = p->x.v ? p->x.ld : 1, to = ml_slice_to(&r->slices, block);

		for (size_t i = ml_slice_from(&r->slices, block); i < to; i++) {
			double x = fabs(v[i * step]), d = fabs(v[i * step] - mean);
			large = x > large ? x : large;
			far = d > far ? d : far;
		}
	}
	r->most[2 * block] = large;
	r->most[2 * block + 1] = far;
	return ML_OK;
}

static int measure(struct ml_cloud *c, const struct ml_run *run, struct ml_error *err)
{
	struct reach r = { .c = c, .slices = ml_slices_of(c->n) };
	double large = 0, far = 0;
	int exponent;

	if (!(r.most = ml_alloc(2 * r.slices.count, sizeof *r.most, err)))
		return err->code;
	int rc = ml_parallel(run->threads, r.slices.count, look, &r, err);
	for (size_t b = 0; b < r.slices.count; b++) {
		large = fmax(large, r.most[2 * b]);
		far = fmax(far, r.most[2 * b + 1]);
	}
	free(r.most);
	if (!rc && !(large <= ML_CENTRE_MAX))
		rc = ml_fail(err, ML_EDATA, "E-RANGE",
			     "%g is too large for squares of distances (--scale standard)",
			     large);
	frexp(far, &exponent);
	c->unit = far > 0 ? ldexp(1, -exponent) : 1;
	return rc;
}

int ml_cloud_init(struct ml_cloud *c, const struct ml_problem *p, const struct ml_run *run,
		  struct ml_error *err)
{
	*c = (struct ml_cloud){ .p = p, .n = p->x.rows, .cols = p->x.cols };
	double *deviation = ml_alloc(c->cols, sizeof *deviation, err);
	int rc = deviation ? ML_OK : err->code;

	if (!rc && !(c->mean = ml_alloc(c->cols, sizeof *c->mean, err)))
		rc = err->code;
	if (!rc)
		rc = ml_columnwise(&p->x, p->col, p->w, c->mean, deviation, err);
	for (size_t j = 0; !rc && j < c->cols; j++)
		c->spread += deviation[j] * deviation[j] / (double)c->cols;
	free(deviation);
	return rc ? rc : measure(c, run, err);
}

void ml_cloud_release(struct ml_cloud *c)
{
	free(c->mean);
	*c = (struct ml_cloud){ 0 };
}

/* ---- rows ---- */

double ml_cloud_weight(const struct ml_cloud *c, size_t i)
{
	return c->p->w ? c->p->w[i] : 1;
}

void ml_cloud_row(const struct ml_cloud *c, size_t i, double *row)
{
	const struct ml_problem *p = c->p;

	if (p->x.v) {
		memcpy(row, p->x.v + i * p->x.ld, c->cols * sizeof *row);
		return;
	}
	for (size_t j = 0; j < c->cols; j++)
		row[j] = p->col[j][i];
}

/* Column j of the rows from `from` on; *step: how far they are apart. */
static const double *column(const struct ml_cloud *c, size_t j, size_t from, size_t *step)
{
	const struct ml_problem *p = c->p;

	*step = p->x.v ? p->x.ld : 1;
	return p->x.v ? p->x.v + from * *step + j : p->col[j] + from;
}

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2")))

/* How many of the numbers it has converted. */
AVX2 static size_t to_floats(const double *v, size_t n, double mean, double unit, float *out)
{
	__m256d m = _mm256_set1_pd(mean), u = _mm256_set1_pd(unit);
	size_t i = 0;

	for (; i + 4 <= n; i += 4) {
		__m256d d = _mm256_sub_pd(_mm256_loadu_pd(v + i), m);
		_mm_storeu_ps(out + i, _mm256_cvtpd_ps(_mm256_mul_pd(d, u)));
	}
	return i;
}

/* sq += (v - at)^2; how many of the numbers it has done. */
AVX2 static size_t add_squares(const double *v, size_t n, double at, double *sq)
{
	__m256d a = _mm256_set1_pd(at);
	size_t i = 0;

	for (; i + 4 <= n; i += 4) {
		__m256d d = _mm256_sub_pd(_mm256_loadu_pd(v + i), a);
		_mm256_storeu_pd(sq + i,
				 _mm256_add_pd(_mm256_loadu_pd(sq + i), _mm256_mul_pd(d, d)));
	}
	return i;
}

AVX2 static inline void add_to(double *sum, __m256d v)
{
	_mm256_storeu_pd(sum, _mm256_add_pd(_mm256_loadu_pd(sum), v));
}

/* Columns j..j+3 of the rows from `from` on, as many fours as there are; how many rows that
 * makes.  Four rows of four columns are turned, so that a row is added at once; each sum sees
 * its rows in order. */
AVX2 static size_t add_four(const struct ml_cloud *c, size_t j, size_t from, size_t m,
			    const int32_t *own, double *sum)
{
	const double *const *col = c->p->col + j, *w = c->p->w;
	size_t cols = c->cols, i = 0;

	sum += j;
	for (; i + 4 <= m; i += 4) {
		__m256d v0 = _mm256_loadu_pd(col[0] + from + i);
		__m256d v1 = _mm256_loadu_pd(col[1] + from + i);
		__m256d v2 = _mm256_loadu_pd(col[2] + from + i);
		__m256d v3 = _mm256_loadu_pd(col[3] + from + i);

		if (w) {
			__m256d by = _mm256_loadu_pd(w + from + i);
			v0 = _mm256_mul_pd(v0, by);
			v1 = _mm256_mul_pd(v1, by);
			v2 = _mm256_mul_pd(v2, by);
			v3 = _mm256_mul_pd(v3, by);
		}
		__m256d a = _mm256_unpacklo_pd(v0, v1), b = _mm256_unpackhi_pd(v0, v1);
		__m256d d = _mm256_unpacklo_pd(v2, v3), e = _mm256_unpackhi_pd(v2, v3);
		add_to(sum + (size_t)own[i] * cols, _mm256_permute2f128_pd(a, d, 0x20));
		add_to(sum + (size_t)own[i + 1] * cols, _mm256_permute2f128_pd(b, e, 0x20));
		add_to(sum + (size_t)own[i + 2] * cols, _mm256_permute2f128_pd(a, d, 0x31));
		add_to(sum + (size_t)own[i + 3] * cols, _mm256_permute2f128_pd(b, e, 0x31));
	}
	return i;
}

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
static size_t to_floats(const double *v, size_t n, double mean, double unit, float *out)
{
	(void)v;
	(void)n;
	(void)mean;
	(void)unit;
	(void)out;
	return 0;
}

static size_t add_squares(const double *v, size_t n, double at, double *sq)
{
	(void)v;
	(void)n;
	(void)at;
	(void)sq;
	return 0;
}

static size_t add_four(const struct ml_cloud *c, size_t j, size_t from, size_t m,
		       const int32_t *own, double *sum)
{
	(void)c;
	(void)j;
	(void)from;
	(void)m;
	(void)own;
	(void)sum;
	return 0;
}

static bool has_vectors(void)
{
	return false;
}
#endif

void ml_cloud_floats(const struct ml_cloud *c, size_t from, size_t rows, const uint32_t *idx,
		     size_t m, float *out, size_t stride)
{
	/* Where most are wanted, a stretch of all of them is converted, and they are picked. */
	bool fast = c->p->col && has_vectors() && m > rows / 4 && rows <= ML_CLOUD_ROWS;
	bool whole = m == rows;
	float all[ML_CLOUD_ROWS];

	for (size_t j = 0; j < c->cols; j++, out += stride) {
		double mean = c->mean[j], unit = c->unit;
		size_t step, done = 0;
		const double *v = column(c, j, from, &step);
		float *to = whole ? out : &all[0];

		if (fast)
			done = to_floats(v, rows, mean, unit, to);
		for (size_t i = done; fast && i < rows; i++)
			to[i] = (float)((v[i] - mean) * unit);
		for (size_t i = 0; fast && !whole && i < m; i++)
			out[i] = all[idx[i]];
		for (size_t i = 0; !fast && i < m; i++)
			out[i] = (float)((v[idx[i] * step] - mean) * unit);
	}
}

void ml_cloud_squares(const struct ml_cloud *c, size_t from, size_t m, const double *point,
		      double *sq)
{
	bool fast = c->p->col && has_vectors();

	for (size_t i = 0; i < m; i++)
		sq[i] = 0;
	for (size_t j = 0; j < c->cols; j++) {
		size_t step;
		const double *v = column(c, j, from, &step);

		for (size_t i = fast ? add_squares(v, m, point[j], sq) : 0; i < m; i++) {
			double d = v[i * step] - point[j];
			sq[i] += d * d;
		}
	}
}

/* Columns j..to-1 of the rows from + first..from + m. */
static void add_plain(const struct ml_cloud *c, size_t j, size_t to, size_t from, size_t first,
		      size_t m, const int32_t *own, double *sum)
{
	const double *w = c->p->w ? c->p->w + from : NULL;

	for (; j < to; j++) {
		size_t step;
		const double *v = column(c, j, from, &step);

		for (size_t i = first; i < m; i++)
			sum[(size_t)own[i] * c->cols + j] +=
				w ? w[i] * v[i * step] : v[i * step];
	}
}

void ml_cloud_add(const struct ml_cloud *c, size_t from, size_t m, const int32_t *own,
		  double *sum, double *weight)
{
	bool fast = c->p->col && has_vectors();
	size_t j = 0;

	for (size_t i = 0; i < m; i++)
		weight[own[i]] += ml_cloud_weight(c, from + i);
	for (; fast && j + 4 <= c->cols; j += 4)
		add_plain(c, j, j + 4, from, add_four(c, j, from, m, own, sum), m, own, sum);
	add_plain(c, j, c->cols, from, 0, m, own, sum);
}
