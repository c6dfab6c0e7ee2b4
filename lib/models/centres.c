/* centres.c - squared distances of a row from many points, four points in a vector. */
#include "models/centres.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

enum { MAX_POINTS = 1 << 20, MAX_FEATURES = 1 << 28 };

int ml_centres_init(struct ml_centres *c, size_t n, size_t p, struct ml_error *err)
{
	*c = (struct ml_centres){ .n = n, .p = p };
	if (!(c->v = ml_alloc(n, p * sizeof *c->v, err)) ||
	    !(c->across = ml_alloc(n, p * sizeof *c->across, err)))
		return err->code;
	return ML_OK;
}

void ml_centres_release(struct ml_centres *c)
{
	free(c->v);
	free(c->across);
	*c = (struct ml_centres){ 0 };
}

void ml_centres_turn(struct ml_centres *c)
{
	for (size_t k = 0; k < c->n; k++)
		for (size_t j = 0; j < c->p; j++)
			c->across[j * c->n + k] = c->v[k * c->p + j];
}

/* ---- distances ---- */

/* Points from..n-1. */
static void squares_plain(const struct ml_centres *c, size_t from, const double *row,
			  double *sq)
{
	for (size_t k = from; k < c->n; k++) {
		const double *at = c->across + k;
		double sum = 0;

		for (size_t j = 0; j < c->p; j++) {
			double d = row[j] - at[j * c->n];
			sum += d * d;
		}
		sq[k] = sum;
	}
}

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2")))

/* Multiplied, then added: the bits of squares_plain(). */
AVX2 static void squares_vector(const struct ml_centres *c, const double *row, double *sq)
{
	size_t k = 0;

	for (; k + 16 <= c->n; k += 16) {
		__m256d s0 = _mm256_setzero_pd(), s1 = s0, s2 = s0, s3 = s0;
		const double *at = c->across + k;

		for (size_t j = 0; j < c->p; j++, at += c->n) {
			__m256d x = _mm256_broadcast_sd(row + j);
			__m256d d0 = _mm256_sub_pd(x, _mm256_loadu_pd(at));
			__m256d d1 = _mm256_sub_pd(x, _mm256_loadu_pd(at + 4));
			__m256d d2 = _mm256_sub_pd(x, _mm256_loadu_pd(at + 8));
			__m256d d3 = _mm256_sub_pd(x, _mm256_loadu_pd(at + 12));

			s0 = _mm256_add_pd(s0, _mm256_mul_pd(d0, d0));
			s1 = _mm256_add_pd(s1, _mm256_mul_pd(d1, d1));
			s2 = _mm256_add_pd(s2, _mm256_mul_pd(d2, d2));
			s3 = _mm256_add_pd(s3, _mm256_mul_pd(d3, d3));
		}
		_mm256_storeu_pd(sq + k, s0);
		_mm256_storeu_pd(sq + k + 4, s1);
		_mm256_storeu_pd(sq + k + 8, s2);
		_mm256_storeu_pd(sq + k + 12, s3);
	}
	for (; k + 4 <= c->n; k += 4) {
		__m256d s = _mm256_setzero_pd();
		const double *at = c->across + k;

		for (size_t j = 0; j < c->p; j++, at += c->n) {
			__m256d d = _mm256_sub_pd(_mm256_broadcast_sd(row + j),
						  _mm256_loadu_pd(at));
			s = _mm256_add_pd(s, _mm256_mul_pd(d, d));
		}
		_mm256_storeu_pd(sq + k, s);
	}
	squares_plain(c, k, row, sq);
}

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
static void squares_vector(const struct ml_centres *c, const double *row, double *sq)
{
	squares_plain(c, 0, row, sq);
}

static bool has_vectors(void)
{
	return false;
}
#endif

void ml_centres_squares(const struct ml_centres *c, const double *row, double *sq)
{
	if (has_vectors())
		squares_vector(c, row, sq);
	else
		squares_plain(c, 0, row, sq);
}

size_t ml_centres_nearest(const struct ml_centres *c, const double *sq)
{
	size_t best = 0;

	for (size_t k = 1; k < c->n; k++)
		if (sq[k] < sq[best])
			best = k;
	return best;
}

/* ---- for estimators ---- */

int ml_centres_predict(const struct ml_centres *c, const struct ml_mat *x, struct ml_mat *out,
		       struct ml_error *err)
{
	if (ml_mat_expect(x, c->p, err))
		return err->code;
	double *sq = ml_alloc(c->n, sizeof *sq, err);
	if (!sq)
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		double *to = out->v + i * out->ld;

		ml_centres_squares(c, x->v + i * x->ld, sq);
		to[0] = (double)ml_centres_nearest(c, sq);
		for (size_t k = 0; k < c->n; k++)
			to[1 + k] = sqrt(sq[k]);
	}
	free(sq);
	return ML_OK;
}

void ml_centres_save(const struct ml_centres *c, struct ml_fields *out)
{
	ml_put_size(out, "clusters", c->n);
	ml_put_size(out, "features", c->p);
	ml_put_reals(out, "centres", c->v, c->n * c->p);
}

int ml_centres_load(struct ml_centres *c, const struct ml_fields *in, struct ml_error *err)
{
	size_t n, p, all;
	double *v = NULL;

	if (ml_get_size(in, "clusters", MAX_POINTS, &n, err) ||
	    ml_get_size(in, "features", MAX_FEATURES, &p, err) ||
	    ml_get_count(in, "centres", SIZE_MAX, &all, err))
		return err->code;
	/* Counted before memory is asked for. */
	if (!n || !p || all / n != p || all % n)
		return ml_fail(err, ML_EDATA, "E-MODEL", "%zu numbers for %zu points of %zu",
			       all, n, p);
	int rc = ml_get_reals(in, "centres", &v, all, err);
	for (size_t i = 0; !rc && i < all; i++)
		if (!(fabs(v[i]) <= ML_CENTRE_MAX))
			rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'centres': %g", v[i]);
	if (!rc)
		rc = ml_centres_init(c, n, p, err);
	if (!rc) {
		memcpy(c->v, v, all * sizeof *v);
		ml_centres_turn(c);
	}
	free(v);
	return rc;
}
